"""What a study's answers rest on, as plain data of a JSON document: values, axes, and what is asked."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import configs
from ...kernels.model.grid import SUM_COLUMN, Axis
from ...kernels.model.kinds import ByKind
from ...kernels.model.quantity import Model
from ...kernels.model.questions import (
    Best,
    Decision,
    Histogram,
    Pareto,
    Quantiles,
    Question,
    Sensitivity,
    Summary,
    Table,
)
from ..answers.decision_parts import comparison_text, condition_text
from ..study.loader import Study
from ..study.names import axis_words, point_words

MAX_POINTS = 1000  # of an axis with labels whose values stand one by one
_SPREAD = {"P10": 0.1, "P50": 0.5, "P90": 0.9}
_DIGITS = 12  # to which values are alike


def given_entries(study: Study) -> list[dict[str, Any]]:
    """List every value that holds for the whole study and is no assumption: what is ``stated``, and numbers of fits."""
    assumed, defaults = {assumption.quantity for assumption in study.assumptions}, configs.defaults()
    return [
        {
            "quantity": name,
            "value": _finite(study.in_unit(name, value)),
            "unit": study.problem.model[name].unit,
            "source": study.sources.get(name, ""),
            "stated": name not in defaults or study.sources.get(name) != defaults[name].source,
        }
        for name, value in study.problem.given.items()
        if name not in assumed and not name.startswith(SUM_COLUMN)
    ]


def axis_entries(study: Study) -> list[dict[str, Any]]:
    """List the axes with their columns.

    Returns
    -------
    list
        Of each axis its name, what people call it (``words``), its number of ``points``, whether it is ``uncertain`` or only
        ``summed`` over,
        its ``labels`` with what people read for them (``names``), and its ``columns``: of labelled points every value, of
        others the least and the greatest, P10, P50 and P90 of draws, and a ``digest`` that tells whether all are alike.
    """
    return [
        {
            "axis": axis.name,
            "words": axis_words(study, axis.name),
            "points": len(axis),
            "uncertain": axis.uncertain,
            "summed": axis in study.summed,
            "labels": None if axis.labels is None else list(axis.labels),
            "names": _names(study, axis),
            "weights": None if axis.weights is None else _digest(axis.weights),
            "columns": {name: _column_entry(study, axis, name, column) for name, column in axis.own_columns.items()},
        }
        for axis in study.all_axes
    ]


def _names(study: Study, axis: Axis) -> dict[str, str]:
    words = {label: point_words(study, axis.name, label) for label in axis.labels or ()}
    return {label: text for label, text in words.items() if text != label}


def _column_entry(study: Study, axis: Axis, name: str, column: NDArray[np.float64]) -> dict[str, Any]:
    own = np.array([study.in_unit(name, value) for value in column.tolist()])
    entry: dict[str, Any] = {"unit": study.problem.model[name].unit, "source": study.sources.get(name, "")}
    if axis.labels is not None and len(axis) <= MAX_POINTS:
        return entry | {"data": [_finite(value) for value in own.tolist()]}
    known = own[~np.isnan(own)]
    if len(known):
        entry |= {"least": _finite(float(known.min())), "greatest": _finite(float(known.max()))}
        if axis.uncertain:
            quantiles = np.quantile(own, list(_SPREAD.values()), method="inverted_cdf", weights=axis.weights).tolist()
            entry |= {key: _finite(value) for key, value in zip(_SPREAD, quantiles, strict=True)}
    return entry | {"digest": _digest(own)}


def _digest(values: NDArray[np.float64]) -> str:
    text = "\n".join(f"{value:.{_DIGITS}g}" for value in values.tolist())
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _objectives(question: Question) -> list[str]:
    return list(question.objectives())


def _statistic(question: Decision) -> list[str]:
    return [str(question.objective)]


def _conditions(question: Question, model: Model) -> list[str]:
    return [condition_text(condition, model) for condition in question.where]


def _conditions_and_promises(question: Decision, model: Model) -> list[str]:
    return [*_conditions(question, model), *(comparison_text(promise, model) for promise in question.promises)]


@dataclass(frozen=True)
class AskedKind:
    """What a question of a kind asks, as a study writes it; a kind's entry says what differs from most.

    Attributes
    ----------
    of
        The quantities or the statistic that it is about.
    where
        Its conditions.
    """

    of: Callable[[Any], list[str]] = _objectives
    where: Callable[[Any, Model], list[str]] = _conditions


ASKED: ByKind[AskedKind] = ByKind(
    "bench.runner.study_entries.ASKED",
    {
        Best: AskedKind(),
        Decision: AskedKind(of=_statistic, where=_conditions_and_promises),
        Summary: AskedKind(),
        Quantiles: AskedKind(),
        Histogram: AskedKind(),
        Sensitivity: AskedKind(),
        Pareto: AskedKind(),
        Table: AskedKind(),
    },
)


def asked_entry(question: Question, model: Model) -> dict[str, list[str]]:
    """Tell what a question is about (``of``), which axes it keeps, and its conditions as a study writes them."""
    kind = ASKED.of(question)
    return {"of": kind.of(question), "by": list(question.by), "where": kind.where(question, model)}

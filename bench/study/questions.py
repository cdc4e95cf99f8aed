"""Questions as a study writes them: one ``[[questions]]`` to a Question.

A new kind is written here and nowhere else in this room: its keys in QuestionSpec, its entry in KINDS.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from ...kernels.model import questions as q
from ...kernels.model import units
from ...kernels.model.condition import Condition
from ...kernels.model.kinds import ByKind
from ...kernels.model.quantity import Model
from ...kernels.text import nearest
from ...kernels.validation.type_parts import Place
from ..errors import StudyError
from . import conditions
from .fields import Numbers, Strict, Text, Texts, Whole, key_text

MAX_BINS = 4096

Common = Mapping[str, Any]  # what questions of every kind have: name, by and where


class QuestionError(StudyError):
    """A question is not valid; the message starts with the key."""


class QuestionSpec(Strict):
    """One ``[[questions]]``; which kind it is follows from the key that names a quantity."""

    name: Text | None = None
    minimize: Text | None = None
    maximize: Text | None = None
    summary: Text | None = None
    quantiles: Text | None = None
    histogram: Text | None = None
    sensitivity: Text | None = None
    pareto: Texts | None = None
    table: Texts | None = None
    at: Numbers | None = None
    bins: Whole | None = None
    where: Texts = Field(default_factory=list)
    by: Texts = Field(default_factory=list)


def _best(spec: QuestionSpec, place: Place, common: Common) -> q.Question:
    if spec.minimize is not None:
        return q.Best(objective=spec.minimize, **common)
    return q.Best(objective=str(spec.maximize), maximize=True, **common)


def _summary(spec: QuestionSpec, place: Place, common: Common) -> q.Question:
    return q.Summary(quantity=str(spec.summary), **common)


def _quantiles(spec: QuestionSpec, place: Place, common: Common) -> q.Question:
    at_key = key_text((*place, "at"))
    if spec.at is None:
        return q.Quantiles(quantity=str(spec.quantiles), **common)
    if not spec.at:
        raise QuestionError(f"{at_key}: is empty; give shares such as [0.05, 0.5, 0.95]")
    try:
        at = tuple(units.parse(share, "") for share in spec.at)
    except units.UnitError as error:
        raise QuestionError(f"{at_key}: {error}") from None
    for share in at:
        if not 0 <= share <= 1:
            raise QuestionError(f"{at_key}: {share:g} is not between 0 and 1")
    if len(set(at)) != len(at):
        raise QuestionError(f"{at_key}: names a share twice")
    return q.Quantiles(quantity=str(spec.quantiles), at=at, **common)


def _histogram(spec: QuestionSpec, place: Place, common: Common) -> q.Question:
    if spec.bins is None:
        return q.Histogram(quantity=str(spec.histogram), **common)
    if not 1 <= spec.bins <= MAX_BINS:
        raise QuestionError(f"{key_text((*place, 'bins'))}: must be from 1 to {MAX_BINS}, not {spec.bins}")
    return q.Histogram(quantity=str(spec.histogram), bins=spec.bins, **common)


def _sensitivity(spec: QuestionSpec, place: Place, common: Common) -> q.Question:
    return q.Sensitivity(quantity=str(spec.sensitivity), **common)


def _pareto(spec: QuestionSpec, place: Place, common: Common) -> q.Question:
    names = _several(spec.pareto, (*place, "pareto"))
    if len(names) != 2:
        raise QuestionError(f"{key_text((*place, 'pareto'))}: takes two quantities, not {len(names)}")
    return q.Pareto(quantities=(names[0], names[1]), **common)


def _table(spec: QuestionSpec, place: Place, common: Common) -> q.Question:
    return q.Table(quantities=_several(spec.table, (*place, "table")), **common)


def _several(names: list[str] | None, place: Place) -> tuple[str, ...]:
    if not names:
        raise QuestionError(f"{key_text(place)}: is empty; name at least one quantity")
    if len(set(names)) != len(names):
        raise QuestionError(f"{key_text(place)}: names a quantity twice")
    return tuple(names)


@dataclass(frozen=True)
class WrittenKind:
    """How questions of a kind are written in a study.

    Attributes
    ----------
    keys
        Each of them asks a question of the kind, and its value names the quantity or the quantities.
    options
        Keys that go with no other kind; every kind takes ``name`` and ``where``.
    without_by
        Why ``by`` does not go with the kind; empty where it does.
    build
        Makes the question, its quantities known to be the model's. Raises QuestionError.
    """

    keys: tuple[str, ...]
    options: tuple[str, ...]
    without_by: str
    build: Callable[[QuestionSpec, Place, Common], q.Question]


KINDS: ByKind[WrittenKind] = ByKind(
    "bench.study.questions.KINDS",
    {
        q.Best: WrittenKind(keys=("minimize", "maximize"), options=(), without_by="", build=_best),
        q.Summary: WrittenKind(keys=("summary",), options=(), without_by="", build=_summary),
        q.Quantiles: WrittenKind(keys=("quantiles",), options=("at",), without_by="", build=_quantiles),
        q.Histogram: WrittenKind(keys=("histogram",), options=("bins",), without_by="", build=_histogram),
        q.Sensitivity: WrittenKind(keys=("sensitivity",), options=(), without_by="", build=_sensitivity),
        q.Pareto: WrittenKind(keys=("pareto",), options=(), without_by="", build=_pareto),
        q.Table: WrittenKind(keys=("table",), options=(), without_by="which has a row for each scenario", build=_table),
    },
)
KIND_OF_KEY = {key: kind for kind in KINDS.entries().values() for key in kind.keys}
OPTIONS = tuple(option for kind in KINDS.entries().values() for option in kind.options)


def build_question(spec: QuestionSpec, number: int, model: Model, axes: list[str]) -> q.Question:
    """Build the question that a ``[[questions]]`` asks.

    Parameters
    ----------
    spec
        The keys of the table.
    number
        Which question of the study it is, counted from 0.
    model
        The quantities that it may name.
    axes
        The names of the study's axes.

    Raises
    ------
    QuestionError
        Where no kind or several are asked, or a key's value does not do.
    """
    place = ("questions", number)
    keys = [key for key in KIND_OF_KEY if getattr(spec, key) is not None]
    if len(keys) != 1:
        asked = f"asks {' and '.join(keys)} at once" if keys else "asks nothing"
        raise QuestionError(f"{key_text(place)}: {asked}; give one of {', '.join(KIND_OF_KEY)}")
    (key,) = keys
    kind = KIND_OF_KEY[key]
    for option in OPTIONS:
        if getattr(spec, option) is not None and option not in kind.options:
            raise QuestionError(f"{key_text((*place, option))}: does not go with {key}")
    named = [getattr(spec, key)] if isinstance(getattr(spec, key), str) else getattr(spec, key)
    for name in named:
        if name not in model:
            raise QuestionError(f"{key_text((*place, key))}: unknown quantity {name!r}{nearest(name, model.quantities)}")
    common = {
        "name": spec.name or f"{key} {', '.join(named)}",
        "by": _by(spec.by, axes, place),
        "where": _where(spec.where, model, place),
    }
    if kind.without_by and spec.by:
        raise QuestionError(f"{key_text((*place, 'by'))}: does not go with {key}, {kind.without_by}")
    return kind.build(spec, place, common)


def _by(by: list[str], axes: list[str], place: Place) -> tuple[str, ...]:
    by_key = key_text((*place, "by"))
    for name in by:
        if name not in axes:
            hint = nearest(name, axes) or (f"; there are {', '.join(axes)}" if axes else "; the study has none")
            raise QuestionError(f"{by_key}: there is no axis {name!r}{hint}")
    if len(set(by)) != len(by):
        raise QuestionError(f"{by_key}: names an axis twice")
    return tuple(by)


def _where(clauses: list[str], model: Model, place: Place) -> tuple[Condition, ...]:
    try:
        return tuple(conditions.parse(text, model) for text in clauses)
    except conditions.ConditionError as error:
        raise QuestionError(f"{key_text((*place, 'where'))}: {error}") from None

"""What a question asks, in words: of what, at which points of the axes, and under which conditions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...kernels.model import units
from ...kernels.model.comparisons import COMPARISONS
from ...kernels.model.condition import Condition
from ...kernels.model.grid import Axis
from ...kernels.model.kinds import ByKind
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
from ...kernels.model.statistics import is_mean
from ..study.conditions import ON_EVIDENCE, show, show_all, show_promise, show_quantity, show_share, show_statistic
from ..study.loader import Study
from ..study.names import axis_words, place_text, point_words
from ..study.resolution import listed


def question_text(question: Question, study: Study) -> str:
    """Put a question into words: ``least cost where run time <= 120 days``.

    Parameters
    ----------
    question
        The question.
    study
        What asks it: it names quantities, axes and their points.
    """
    return with_conditions(PHRASES.of(question).phrase(question, study), question, study)


def with_conditions(text: str, question: Question, study: Study) -> str:
    """Add to what is asked at which points, and under which conditions: ``energy, at site power 10 GW, where cost < 1 USD``.

    Conditions that leave one point of an axis are said as that point.

    Parameters
    ----------
    text
        What is asked, without conditions.
    question
        Whose conditions.
    study
        What asks it.
    """
    places, others = fixed_places(question, study)
    at = listed([place_text(axis, point) for axis, point in places])
    text = f"{text}, at {at}" if at else text
    shown = [show(condition, study.problem.model) for condition in others if condition != ON_EVIDENCE]
    where = ", ".join([*shown, *PHRASES.of(question).promises(question, study)])
    text = f"{text}{',' if at and where else ''} where {where}" if where else text
    return f"{text}, on chips with fitted runs or published step times" if ON_EVIDENCE in question.where else text


def fixed_places(question: Question, study: Study) -> tuple[list[tuple[str, str]], list[Condition]]:
    """Tell conditions that leave a single point of an axis from the others.

    Parameters
    ----------
    question
        Whose conditions.
    study
        What asks it.

    Returns
    -------
    tuple
        The axes of which one point is left, each with that point, both in words; and the other conditions.
    """
    others, by_axis = list[Condition](), dict[int, list[Condition]]()
    grid = study.problem.grid
    for condition in question.where:
        place = grid.column_axis.get(condition.quantity)
        if place is None or isinstance(condition.value, str) or condition == ON_EVIDENCE:
            others.append(condition)
        else:
            by_axis.setdefault(place, []).append(condition)
    places = []
    for number, conditions in by_axis.items():
        point = _only_point(study, grid.axes[number], conditions)
        if point:
            places.append((axis_words(study, grid.axes[number].name), point))
        else:
            others += conditions
    return places, [condition for condition in question.where if condition in others]


def _only_point(study: Study, axis: Axis, conditions: Sequence[Condition]) -> str:
    """Name the only point of an axis that meets conditions; empty where it is not the only one, or has no name."""
    meets = np.logical_and.reduce([COMPARISONS[c.op].compute(axis.columns[c.quantity], c.value) for c in conditions])
    (numbers,) = np.nonzero(meets)
    quantity = axis.coordinate_quantity()
    if len(numbers) != 1 or (axis.labels is None and (quantity is None or len(axis.columns) > 1)):
        return ""
    if axis.labels is not None:
        return point_words(study, axis.name, axis.labels[numbers[0]])
    assert quantity is not None
    own = units.from_base(axis.columns[quantity][numbers[0]], study.problem.model[quantity].unit)
    return point_words(study, axis.name, float(own))


def direction(question: Best | Decision) -> str:
    """Say which end a best is of."""
    return "greatest" if question.maximize else "least"


def _best_phrase(question: Best, study: Study) -> str:
    return f"{direction(question)} {show_quantity(question.objective, study.problem.model)}"


def _decision_phrase(question: Decision, study: Study) -> str:
    return f"{direction(question)} {show_statistic(question.objective, study.problem.model)}"


def _quantities(question: Question, study: Study) -> str:
    return listed([show_quantity(name, study.problem.model) for name in question.objectives()])


def _summary_phrase(question: Summary, study: Study) -> str:
    return f"least, mean and greatest {_quantities(question, study)}"


def _drivers_phrase(question: Sensitivity, study: Study) -> str:
    return f"what the variance of {_quantities(question, study)} comes from"


def _histogram_phrase(question: Histogram, study: Study) -> str:
    return f"histogram of {_quantities(question, study)}"


def _front_phrase(question: Pareto, study: Study) -> str:
    if not any(question.more):
        return f"front of {_quantities(question, study)}, the less the better: nothing has less of one and no more of the other"
    wanted = zip(question.quantities, question.more, strict=True)
    words = [f"{'more' if more else 'less'} {show_quantity(name, study.problem.model)}" for name, more in wanted]
    return f"front of {' against '.join(words)}: nothing is better in one and no worse in the other"


def _no_promises(question: Question, study: Study) -> list[str]:
    return []


def _promises(question: Decision, study: Study) -> list[str]:
    """Show the promises as they are asked: where there are several confidences, at these."""
    model = study.problem.model
    asked = [promise for promise in question.promises if question.confidences and not is_mean(promise)]
    shown = [show_promise(promise, model) for promise in question.promises if promise not in asked]
    if asked:
        at = listed([show_share(share) for share in question.confidences])
        joint = [show_all(promise.on_a_draw(), model) for promise in asked]
        if len(asked) == 1:
            shown.append(f"{joint[0]} in at least {at} of draws")
        else:
            several = [f"({text})" if " and " in text else text for text in joint]
            shown.append(f"{' and '.join(several)}, each in at least {at} of draws")
    return shown


@dataclass(frozen=True)
class PhraseKind:
    """How a question of a kind is put into words.

    Attributes
    ----------
    phrase
        Says what is asked, conditions apart: ``least cost``.
    promises
        Says what is promised over what nobody knows, where something is.
    """

    phrase: Callable[[Any, Study], str] = _quantities
    promises: Callable[[Any, Study], list[str]] = _no_promises


PHRASES: ByKind[PhraseKind] = ByKind(
    "bench.runner.question_words.PHRASES",
    {
        Best: PhraseKind(phrase=_best_phrase),
        Decision: PhraseKind(phrase=_decision_phrase, promises=_promises),
        Summary: PhraseKind(phrase=_summary_phrase),
        Quantiles: PhraseKind(),
        Histogram: PhraseKind(phrase=_histogram_phrase),
        Sensitivity: PhraseKind(phrase=_drivers_phrase),
        Pareto: PhraseKind(phrase=_front_phrase),
        Table: PhraseKind(),
    },
)

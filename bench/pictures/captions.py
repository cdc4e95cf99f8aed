"""What captions say of a question's conditions: which points of axes they leave, else the conditions in words."""

from collections.abc import Sequence

import numpy as np

from ...kernels.model.comparisons import COMPARISONS
from ...kernels.model.condition import Condition
from ...kernels.model.grid import Axis
from ...kernels.model.questions import Decision, Question
from ..answers.column import Maker
from ..runner.decision_words import comparison_words
from ..study.loader import Study
from ..study.names import axis_words, condition_words, point_words
from .labels import joined

_MOST_POINTS = 2  # that conditions on an axis are told by
_MOST_CONDITIONS = 2


def conditions_said(question: Question, study: Study) -> str:
    """Say what a question's answer is limited to: ``basis: facility; run time <= 120 days``; empty where nothing limits it."""
    grid = study.problem.grid
    said, rest = list[str](), list[Condition]()
    by_axis: dict[str, list[Condition]] = {}
    for condition in question.where:
        axis = grid.column_axis.get(condition.quantity)
        if axis is None or isinstance(condition.value, str):
            rest.append(condition)
        else:
            by_axis.setdefault(grid.axes[axis].name, []).append(condition)
    for name, conditions in by_axis.items():
        axis = grid.axes[grid.position(name)]
        places = _left(axis, conditions)
        if name in question.by or len(places) == len(axis):
            continue  # the picture shows what is left
        if 0 < len(places) <= _MOST_POINTS:
            points = Maker(study.problem, "float64", {}).coordinates(axis).data
            said.append(f"{axis_words(study, name)}: {joined([point_words(study, name, points[place]) for place in places])}")
        else:
            rest += conditions
    if rest:
        said.append(_shortened([condition_words(condition, study.problem.model) for condition in rest]))
    if isinstance(question, Decision) and question.promises:
        said.append(joined([comparison_words(promise, study.problem.model) for promise in question.promises]))
    return "; ".join(said)


def _shortened(conditions: Sequence[str]) -> str:
    more = len(conditions) - _MOST_CONDITIONS
    return joined([*conditions[:_MOST_CONDITIONS], *([f"{more} more conditions hold"] if more > 0 else [])])


def _left(axis: Axis, conditions: Sequence[Condition]) -> list[int]:
    """List the points of an axis that meet conditions on its columns."""
    left = np.ones(len(axis), bool)
    for condition in conditions:
        left &= COMPARISONS[condition.op].compute(axis.columns[condition.quantity], condition.value)
    return [int(place) for place in np.flatnonzero(left)]

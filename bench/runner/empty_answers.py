"""Which condition leaves questions without any scenario, said once for all of them."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from ...kernels.model.condition import Condition
from ...kernels.model.evaluate import dependence, evaluate_at, meets
from ...kernels.model.grid import Grid
from ...kernels.model.questions import Problem, Question
from ..answers.answer import Answer
from ..study.conditions import show
from ..study.loader import Study

NOTHING = "No scenario meets the conditions."
MAX_POINTS = 1 << 16  # that are tried, to tell whether a condition is met anywhere


def has_number(answer: Answer) -> bool:
    """Tell whether an answer has a number anywhere."""
    names = [name for name in answer.question.objectives() if name in answer.values] or list(answer.values)
    return any(not np.isnan(answer.values[name].data.astype(np.float64)).all() for name in names)


def unmet_anywhere(question: Question, study: Study) -> str:
    """Word the first condition of a question that no scenario meets; empty where each is met by some.

    Parameters
    ----------
    question
        What has the conditions.
    study
        Whose question it is.
    """
    unmet = (condition for condition in question.where if _is_met_nowhere(condition, study.problem))
    return next((show(condition, study.problem.model) for condition in unmet), "")


def emptiness_sentences(conditions: Sequence[str], every: int) -> tuple[str, ...]:
    """Say of several questions together that they have no scenario.

    Parameters
    ----------
    conditions
        For each of them the condition that none meets; empty where it takes several to leave none.
    every
        How many questions there are in all.
    """
    return tuple(
        f"{count} of {every} questions ask{'s' if count == 1 else ''} for {text}, which no scenario has."
        if text
        else f"No scenario meets the conditions of {count} of {every} questions."
        for text, count in Counter(conditions).most_common()
    )


def _is_met_nowhere(condition: Condition, problem: Problem) -> bool:
    """Tell whether a condition rules out every scenario by itself; not of statistics, nor where too many points tell it."""
    names = list(condition.names())
    if any(name in problem.statistics for name in names):
        return False
    axes_of = dependence(problem, names)
    matter = frozenset[int]().union(*(axes_of[name] for name in names))
    grid = Grid(tuple(problem.grid.axes[i] for i in sorted(matter)))
    if grid.size > MAX_POINTS:
        return False
    values = evaluate_at(Problem(problem.model, grid, problem.given), names, np.arange(grid.size))
    return not np.any(meets(condition, values, np.dtype(np.float64)))

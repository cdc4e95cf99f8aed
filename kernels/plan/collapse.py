"""Leaving out the axes that a question does not need, whose points are all alike, and the draws that cannot be."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..model.evaluate import dependence
from ..model.grid import Axis, Grid
from ..model.questions import Problem, Question, Result
from ..reductions.draws import possible
from .kept import keep_latest

COUNTS = ("count", "feasible", "nan", "counts", "failed", "considered")
INDICES = ("index", "nearest")
_ONE_DRAW = "one draw"  # an axis for where no draw matters, and its column, which no quantity is called


@dataclass(frozen=True)
class Collapsed:
    """A problem without the axes that a question neither depends on nor keeps.

    Attributes
    ----------
    problem
        What is left.
    times
        How many points of the original grid are alike for each point left; where statistics are over draws, how many decisions.
    original
        The whole grid.
    """

    problem: Problem
    times: int
    original: Grid

    def expand(self, result: Result) -> Result:
        """Turn a result on the smaller grid into one on the original: counts multiplied, flat indices of the original."""
        if self.problem.grid.shape == self.original.shape:
            return result
        values: Mapping[str, Any] = {
            name: self.original_index(array) if name in INDICES else array * self.times if name in COUNTS else array
            for name, array in result.values.items()
        }
        return replace(result, values=values, nan=result.nan * self.original.size // self.problem.grid.size)

    def original_index(self, index: Any) -> Any:
        """Turn flat indices of the smaller grid into those of the first of their points on the original; -1 stays."""
        flat = np.zeros_like(index)
        strides = dict(zip([axis.name for axis in self.original.axes], self.original.strides, strict=True))
        for axis, position in zip(self.problem.grid.axes, self.problem.grid.indices(np.maximum(index, 0)), strict=True):
            flat = flat + position * strides.get(axis.name, 0)  # the one draw that stands for others is at 0
        return np.where(index < 0, -1, flat)


@keep_latest
def collapse(problem: Problem, question: Question) -> Collapsed:
    """Leave out the axes that the question's quantities do not depend on, unless they are kept.

    Of the axes that statistics are over, points of weight 0 are left out too; one draw stays where no such axis is left, so
    that an engine always has draws. A flat index stays right, since those axes are at their index 0 in it.

    Parameters
    ----------
    problem
        The model on its grid.
    question
        What is asked.

    Raises
    ------
    ValueError
        Where an input has no value.
    """
    needed = _needed(problem, question)
    axes: list[Axis] = [a for a in problem.grid.axes if a.name in needed or a.name in question.by]
    left = {column for axis in problem.grid.axes if axis not in axes for column in axis.columns}
    # A quantity that a dropped axis holds fixed stays held, so that its formula is not asked for in its place.
    given = {**problem.given, **dict.fromkeys(left, 0.0)}
    drawing = question.draw_axes(problem.grid)
    drawn = {axis.name for axis in drawing or ()}
    times = math.prod(len(a) for a in problem.grid.axes if a not in axes and a.name not in drawn)
    axes = [possible(axis) if axis.name in drawn else axis for axis in axes]
    if drawing is not None and not any(axis.name in drawn for axis in axes):
        axes.append(Axis(_ONE_DRAW, {_ONE_DRAW: np.zeros(1)}, uncertain=True))
    return Collapsed(replace(problem, grid=Grid(tuple(axes)), given=given), times, problem.grid)


def collapse_rows(problem: Problem, question: Question) -> Collapsed:
    """Leave out the uncertain axes that a table of statistics does not depend on: one of nothing else has a row for a decision.

    A table without statistics has a row for each point of the grid.

    Parameters
    ----------
    problem
        The model on its grid.
    question
        The table.
    """
    left = settled_axes(problem, question)
    axes = tuple(axis for axis in problem.grid.axes if axis.name not in left)
    given = {**problem.given, **{column: 0.0 for a in problem.grid.axes if a.name in left for column in a.columns}}
    times = math.prod(len(axis) for axis in problem.grid.axes if axis.name in left)
    return Collapsed(replace(problem, grid=Grid(axes), given=given), times, problem.grid)


def settled_axes(problem: Problem, question: Question) -> frozenset[str]:
    """Name the uncertain axes that play no part beside a question's statistics: its points have no place along them.

    None where the question asks for no statistics: then it is of the grid's points, whatever it depends on.

    Parameters
    ----------
    problem
        The model on its grid.
    question
        What is asked.
    """
    if not any(name in problem.statistics for name in question.targets()):
        return frozenset()
    needed = {*_needed(problem, question), *question.by}
    return frozenset(axis.name for axis in problem.grid.axes if axis.uncertain and axis.name not in needed)


def scenarios(problem: Problem, question: Question) -> int:
    """Count the scenarios that are computed for a question: those of its statistics' draws too.

    Parameters
    ----------
    problem
        The model on its grid.
    question
        What is asked.
    """
    drawn = {name for target in question.targets() if target in problem.statistics for name in problem.statistics[target].drawn}
    needed = {*_needed(problem, question), *question.by}
    axes = (axis for axis in problem.grid.axes if axis.name in needed | drawn)
    return math.prod(len(axis if axis.name in needed else possible(axis)) for axis in axes)


def _needed(problem: Problem, question: Question) -> set[str]:
    """Name the axes that a question's quantities depend on."""
    positions = frozenset().union(*dependence(problem, question.targets()).values())
    return {problem.grid.axes[i].name for i in positions}

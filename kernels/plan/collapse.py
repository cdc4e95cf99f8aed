"""Leaving out the axes that a question does not need: their points are all alike."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..model.evaluate import dependence
from ..model.grid import Axis, Grid
from ..model.questions import Problem, Question, Result

COUNTS = ("count", "feasible", "nan", "counts")


@dataclass(frozen=True)
class Collapsed:
    """A problem without the axes that a question neither depends on nor keeps.

    Attributes
    ----------
    problem
        What is left.
    times
        How many points of the original grid are alike for each point left.
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
            name: self._index(array) if name == "index" else array * self.times if name in COUNTS else array
            for name, array in result.values.items()
        }
        return replace(result, values=values, nan=result.nan * self.times)

    def _index(self, index: Any) -> Any:
        """Turn flat indices of the smaller grid into those of the first of their points on the original; -1 stays."""
        flat = np.zeros_like(index)
        for axis, position in zip(self.problem.grid.axes, self.problem.grid.indices(np.maximum(index, 0)), strict=True):
            flat = flat + position * self.original.strides[self.original.position(axis.name)]
        return np.where(index < 0, -1, flat)


def collapse(problem: Problem, question: Question) -> Collapsed:
    """Leave out the axes that the question's quantities do not depend on, unless they are kept.

    Raises
    ------
    ValueError
        Where an input has no value.
    """
    needed = frozenset().union(*dependence(problem, question.targets()).values())
    axes: list[Axis] = [a for i, a in enumerate(problem.grid.axes) if i in needed or a.name in question.by]
    left = {column for axis in problem.grid.axes if axis not in axes for column in axis.columns}
    # A quantity that a dropped axis holds fixed stays held, so that its formula is not asked for in its place.
    given = {**problem.given, **dict.fromkeys(left, 0.0)}
    grid = Grid(tuple(axes))
    return Collapsed(Problem(problem.model, grid, given), problem.grid.size // math.prod(grid.shape), problem.grid)

"""Some groups of an answer, whole: a part of the grid that the reference answers at once, and what an engine said of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.model.grid import Axis, Grid
from ...kernels.model.questions import Problem, Question, Result, group_shape
from ...kernels.plan.collapse import INDICES, collapse
from .subgrid import lengths_within

Places = Mapping[str, NDArray[np.int64]]  # of the points that are left of an axis, rising, by the axis's name


@dataclass(frozen=True)
class SomeGroups:
    """A choice of an answer's groups.

    Attributes
    ----------
    problem
        On the grid of these groups: every scenario of each.
    result
        What was answered, of these groups alone, with flat indices of that grid.
    misplaced
        Whether a point that was reported for one of them is of another group.
    """

    problem: Problem
    result: Result
    misplaced: bool


def some_groups(
    problem: Problem, question: Question, result: Result, most: int, random: np.random.Generator
) -> SomeGroups | None:
    """Choose groups of an answer, such that what they take together is little; of those that have an answer first.

    Parameters
    ----------
    problem, question
        What was answered, by groups that are answers of their own.
    result
        The answer.
    most
        How many scenarios the groups may have together, those that are alike counted as one.
    random
        Chooses.

    Returns
    -------
    SomeGroups or None
        None where one group has more.
    """
    shape = group_shape(problem.grid, question)
    each = collapse(problem, question).problem.grid.size // math.prod(shape)
    if not shape or each > most:
        return None
    kept = [problem.grid.axes[problem.grid.position(name)] for name in question.by]
    known = _known(result, shape)
    chosen = [
        _choose(axis, count, known, i, random)
        for i, (axis, count) in enumerate(zip(kept, lengths_within(shape, most // each), strict=True))
    ]
    places = dict(zip(question.by, chosen, strict=True))
    axes = tuple(axis.take(places[axis.name]) if axis.name in places else axis for axis in problem.grid.axes)
    part = replace(problem, grid=Grid(axes))
    own, misplaced = _of_groups(result, chosen), False
    for name in INDICES:
        if name in own:
            own[name], wrong = _moved(own[name], problem.grid, part.grid, places)
            misplaced |= wrong
    return SomeGroups(part, replace(result, values=own), misplaced)


def _known(result: Result, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Tell which groups have a number."""
    known = np.zeros(shape, np.bool_)
    for values in map(np.asarray, result.values.values()):
        if values.dtype.kind == "f":
            known |= ~np.isnan(values.reshape(*shape, -1)).all(axis=-1)
    return known


def _choose(axis: Axis, count: int, known: NDArray[np.bool_], place: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Choose points of a kept axis, at that place among them, at random: of those with a weight and an answer first."""
    answered = np.moveaxis(known, place, 0).reshape(len(axis), -1).any(axis=1)
    weighed = np.ones(len(axis), np.bool_) if axis.weights is None else axis.weights > 0
    order = random.permutation(len(axis))
    order = order[np.argsort(~(answered & weighed)[order], kind="stable")]
    return np.sort(order[:count])


def _of_groups(result: Result, chosen: list[NDArray[np.int64]]) -> dict[str, Any]:
    """Cut an answer's arrays to the chosen places along the kept axes, which come first."""
    return {name: np.asarray(values)[np.ix_(*chosen)] for name, values in result.values.items()}


def _moved(index: NDArray[np.int64], whole: Grid, part: Grid, places: Places) -> tuple[NDArray[np.int64], bool]:
    """Turn flat indices of the whole grid into those of a part of it, and tell whether one is not on the part."""
    flat, misplaced = np.zeros_like(index), np.zeros(index.shape, np.bool_)
    positions = whole.indices(np.clip(index, 0, whole.size - 1))
    for axis, stride, position in zip(whole.axes, part.strides, positions, strict=True):
        if axis.name in places:
            place = np.minimum(np.searchsorted(places[axis.name], position), len(places[axis.name]) - 1)
            misplaced |= places[axis.name][place] != position
            position = place
        flat = flat + position * stride
    return np.where(index < 0, -1, flat), bool((misplaced & (index >= 0)).any())

"""Some groups of an answer, whole: a part of the grid that the reference answers at once, and what an engine said of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.model.evaluate import dependence, evaluate_at, is_nan
from ...kernels.model.grid import Axis, Grid
from ...kernels.model.questions import Problem, Question, Result, group_shape
from ...kernels.plan.collapse import INDICES, collapse
from .agreement import KINDS
from .subgrid import lengths_within
from .tolerance import met_within

_TRIED = 2**14  # scenarios at which a condition is tried, at most: all that its quantities tell apart

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


def some_groups(problem: Problem, question: Question, result: Result, most: int, dtype: str) -> SomeGroups | None:
    """Choose groups of an answer, such that what they take together is little; of those that have an answer first.

    Where an answer is of the scenarios alone that meet the conditions, points of an axis at which none does are left out.

    Parameters
    ----------
    problem, question
        What was answered.
    result
        The answer.
    most
        How many scenarios the groups may have together, those that are alike counted as one.
    dtype
        Whose tolerance decides what may meet a condition.

    Returns
    -------
    SomeGroups or None
        None where one group has more, or groups are no answers of their own.
    """
    kind, shape = KINDS.of(question), group_shape(problem.grid, question)
    if not shape or not kind.in_groups:
        return None
    possible = _possible(problem, question, dtype) if kind.of_met_alone else [np.ones(n, np.bool_) for n in problem.grid.shape]
    others = [i for i, axis in enumerate(problem.grid.axes) if axis.name not in question.by]
    places = {problem.grid.axes[i].name: np.flatnonzero(possible[i]) for i in others if not possible[i].all()}
    left = collapse(_cut(problem, places), question).problem.grid
    group_size = left.size // math.prod(shape)
    if group_size > most:
        return None
    known, random = _known(result, shape), np.random.default_rng(0)
    for i, (name, count) in enumerate(zip(question.by, lengths_within(shape, most // group_size), strict=True)):
        answered = np.moveaxis(known, i, 0).reshape(shape[i], -1).any(axis=1)
        axis = problem.grid.position(name)
        places[name] = _choose(problem.grid.axes[axis], count, answered & possible[axis], random)
    part = _cut(problem, places)
    own, misplaced = _of_groups(result, [places[name] for name in question.by]), False
    for name in INDICES:
        if name in own:
            own[name], wrong = _moved(own[name], problem.grid, part.grid, places)
            misplaced |= wrong
    return SomeGroups(part, replace(result, values=own), misplaced)


def _possible(problem: Problem, question: Question, dtype: str) -> list[NDArray[np.bool_]]:
    """Tell of each axis at which of its points some scenario may meet each condition, so far as few scenarios tell it."""
    grid = problem.grid
    result = [np.ones(length, np.bool_) for length in grid.shape]
    for condition in question.where:
        axes = sorted(frozenset().union(*dependence(problem, condition.names()).values()))
        shape = [grid.shape[axis] for axis in axes]
        if not axes or math.prod(shape) > _TRIED:
            continue
        flat = sum(np.indices(shape)[i] * grid.strides[axis] for i, axis in enumerate(axes)).reshape(-1)
        values = evaluate_at(problem, condition.names(), flat, dtype)
        met = (met_within(condition, values, dtype)[1] & ~is_nan(condition.names(), values)).reshape(shape)
        for i, axis in enumerate(axes):
            result[axis] &= np.moveaxis(met, i, 0).reshape(shape[i], -1).any(axis=1)
    return [points if points.any() else np.ones_like(points) for points in result]


def _cut(problem: Problem, places: Places) -> Problem:
    """Keep some points of some axes."""
    axes = (axis.take(places[axis.name]) if axis.name in places else axis for axis in problem.grid.axes)
    return replace(problem, grid=Grid(tuple(axes)))


def _known(result: Result, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Tell which groups have a number."""
    known = np.zeros(shape, np.bool_)
    for values in map(np.asarray, result.values.values()):
        if values.dtype.kind == "f":
            known |= ~np.isnan(values.reshape(*shape, -1)).all(axis=-1)
    return known


def _choose(axis: Axis, count: int, wanted: NDArray[np.bool_], random: np.random.Generator) -> NDArray[np.int64]:
    """Choose points of an axis: those that are wanted and have a weight first, its ends before others at random.

    At an end lies what a loop's last, shorter turn computed. One of several is not wanted, so that an answer that is missing
    is noticed.
    """
    weighed = np.ones(len(axis), np.bool_) if axis.weights is None else axis.weights > 0
    ends = list(dict.fromkeys((len(axis) - 1, 0)))
    order = np.array([*ends, *(place for place in random.permutation(len(axis)).tolist() if place not in ends)])
    order = order[np.argsort(~(wanted & weighed)[order], kind="stable")]
    if 1 < count <= np.count_nonzero(wanted & weighed) < len(axis):
        count, others = count - 1, order[~(wanted & weighed)[order]][:1]
        return np.sort(np.append(order[:count], others))
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

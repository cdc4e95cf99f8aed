"""Scenarios by NumPy: all of a grid, chunk by chunk, or those at the coordinates that a result reports."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...kernels.model.evaluate import evaluate_at, is_nan
from ...kernels.model.questions import Problem, Question, group_shape
from .tolerance import TOLERANCE, Agreement, Array, ResultPair, largest, met_within, relative

CHUNK = 2**17  # scenarios that are evaluated together


@dataclass(frozen=True)
class Scenarios:
    """Known scenarios that may meet `where`: arrays over them.

    Attributes
    ----------
    group
        The number of each scenario's group, in the order of the kept axes.
    values
        NumPy's values of the question's objectives, in base units.
    surely
        Which meet `where` on every engine: with each threshold a little tighter.
    """

    group: NDArray[np.int64]
    values: tuple[Array, ...]
    surely: NDArray[np.bool_]


def scenarios(results: ResultPair) -> Iterator[Scenarios]:
    """Walk the grid chunk by chunk, and leave out scenarios that are unknown or cannot meet `where`."""
    problem, question = results.problem, results.question
    for start in range(0, problem.grid.size, CHUNK):
        flat = np.arange(start, min(start + CHUNK, problem.grid.size))
        values = evaluate_at(problem, question.targets(), flat, results.dtype)
        surely, maybe = np.ones(len(flat), bool), ~is_nan(question.targets(), values)
        for condition in question.where:
            tight, loose = met_within(condition, values, results.dtype)
            surely, maybe = surely & tight, maybe & loose
        objectives = tuple(values[name][maybe] for name in question.objectives())
        yield Scenarios(groups_of(problem, question, flat[maybe]), objectives, surely[maybe])


def groups_of(problem: Problem, question: Question, flat: Array) -> NDArray[np.int64]:
    """Find the number of each flat index's group, in the order of the kept axes.

    Parameters
    ----------
    problem, question
        Whose grid is meant, and which of its axes are kept.
    flat
        Flat indices, of any shape; that of the result is the same.
    """
    indices = problem.grid.indices(flat)
    number = np.zeros(np.shape(flat), np.int64)
    for name in question.by:
        axis = problem.grid.position(name)
        number = number * problem.grid.shape[axis] + indices[axis]
    return number


def at_coordinates(problem: Problem, question: Question, index: Array, reported: dict[str, Array], dtype: str) -> Agreement:
    """Judge points that a result reports: NumPy's values at them, their group, and `where`.

    Parameters
    ----------
    problem, question
        What was asked.
    index
        Flat indices (groups..., any further dimensions); below 0 where no point is reported.
    reported
        The objectives' values that are reported for the points, by name, in base units: arrays of the shape of ``index``.
    dtype
        Whose tolerance is meant.
    """
    reports = index >= 0
    if not reports.any():
        return Agreement(0.0)
    if index.max() >= problem.grid.size:
        return Agreement(np.inf, "a point that it reports is not on the grid")
    flat = index[reports]
    values = evaluate_at(problem, question.targets(), flat, dtype)
    error = max(largest(relative(numbers[reports], values[name])) for name, numbers in reported.items())
    if error > TOLERANCE[dtype]:
        return Agreement(error, "what it reports is not NumPy's at its coordinates")
    shape = group_shape(problem.grid, question)
    number = np.arange(math.prod(shape)).reshape(shape + (1,) * (index.ndim - len(shape)))
    if (groups_of(problem, question, flat) != np.broadcast_to(number, index.shape)[reports]).any():
        return Agreement(error, "a point that it reports is of another group")
    for condition in question.where:
        if not met_within(condition, values, dtype)[1].all():
            return Agreement(error, f"its point does not meet {condition.quantity} {condition.op} {condition.value}")
    return Agreement(error)

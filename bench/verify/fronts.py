"""Whether Pareto fronts are equal: each has the points that no other surely beats, and leaves out none that it should have.

A number within tolerance of a bin's edge may fall into the bin on its other side, and of two second quantities within
tolerance of one another either may be the lesser: so fronts may differ, by such points and by no others.
"""

import itertools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...kernels.model.questions import Pareto, Problem, Result
from ...kernels.reductions.bins import keys
from ...kernels.reductions.more_is_better import less_is_better, turned
from . import scenarios
from .tolerance import Agreement, Array, ResultPair, around, largest, relative

KEY_BITS = 21  # more than any key has; a group's number stands above it


def pareto(results: ResultPair) -> Agreement:
    """Judge a front: its points by NumPy at their coordinates, then against NumPy's front or, where they differ, the grid."""
    results = _less_is_better(results)
    (front, numpy_front), (index, numpy_index) = results.pair("front"), results.pair("index")
    own = at_coordinates(results.problem, results.question, results.candidate, results.dtype)
    if own.wrong:
        return own
    if not np.isnan(front[index < 0]).all() or ((index[..., :-1] < 0) & (index[..., 1:] >= 0)).any():
        return Agreement(np.inf, "its front has gaps")
    if front.shape == numpy_front.shape and ((index < 0) == (numpy_index < 0)).all():
        error = largest(relative(front, numpy_front))
        if error <= results.tolerance:
            return Agreement(max(own.error, error))
    fronts = front.reshape(-1, *front.shape[-2:])
    staircases = zip(fronts, _staircases(results, len(fronts)), strict=True)
    if not all(_may_be_front(points, results, staircase) for points, staircase in staircases):
        return Agreement(np.inf, "its front differs")
    return own


def _less_is_better(results: ResultPair) -> ResultPair:
    """Turn a front of which more is better into one of which less is."""
    problem, question = less_is_better(results.problem, results.question)
    candidate, reference = (turned(result, results.question) for result in (results.candidate, results.reference))
    return replace(results, problem=problem, question=question, candidate=candidate, reference=reference)


def at_coordinates(problem: Problem, question: Pareto, result: Result, dtype: str) -> Agreement:
    """Judge each point of a front by NumPy at its coordinates: both quantities reported, its group, and `where`.

    Parameters
    ----------
    problem, question
        What was asked.
    result
        What is judged; its flat indices are of the whole grid, its quantities in base units.
    dtype
        ``float64`` or ``float32``, which says how far apart equal numbers may be.
    """
    index, front = np.asarray(result.values["index"]), np.asarray(result.values["front"])
    reported = {name: front[..., i] for i, name in enumerate(question.quantities)}
    return scenarios.at_coordinates(problem, question, index, reported, dtype)


@dataclass(frozen=True)
class _Staircase:
    """The scenarios of one group that surely count, by the bin that each is surely in or before."""

    key: NDArray[np.int64]  # of the bins that have some, rising
    least: Array  # what the least second quantity in each bin is at most


def _staircases(results: ResultPair, groups: int) -> list[_Staircase]:
    """Find each group's staircase in one walk over the grid."""
    code, least = np.empty(0, np.int64), np.empty(0)
    for part in scenarios.scenarios(results):
        key = _keys(around(part.values[0][part.surely], results.tolerance)[1], results.dtype)
        second = around(part.values[1][part.surely], results.tolerance)[1]
        every = np.concatenate([code, (part.group[part.surely] << KEY_BITS) + key])
        code, place = np.unique(every, return_inverse=True)
        both, least = np.concatenate([least, second]), np.full(len(code), np.inf)
        np.minimum.at(least, place, both)
    cuts = np.searchsorted(code >> KEY_BITS, np.arange(groups + 1))
    return [_Staircase(code[a:b] & (2**KEY_BITS - 1), least[a:b]) for a, b in itertools.pairwise(cuts)]


def _keys(values: Array, dtype: str) -> NDArray[np.int64]:
    """Compute the keys of numbers' bins, shifted to be above 0; all below the normal numbers have that of zero."""
    real = np.ascontiguousarray(values, dtype)
    key: NDArray[np.int64] = keys(np.where(np.abs(real) < np.finfo(dtype).tiny, real.dtype.type(0), real)) + 2 ** (KEY_BITS - 1)
    return key


def _may_be_front(front: Array, results: ResultPair, staircase: _Staircase) -> bool:
    """Tell whether a group's front is in order, has no point that is surely beaten, and reaches every number."""
    points = front[~np.isnan(front).any(axis=1)]
    first, second = (around(points[:, i], results.tolerance) for i in (0, 1))
    low, high = (_keys(end, results.dtype) for end in first)
    if (low[:-1] >= high[1:]).any() or (second[0][1:] >= second[1][:-1]).any():
        return False
    beaten = _least_up_to(staircase.key, staircase.least, low) < second[0]
    missed = _least_up_to(np.maximum.accumulate(low), second[0], staircase.key) > staircase.least
    return not (beaten.any() or missed.any())


def _least_up_to(key: NDArray[np.int64], values: Array, at: NDArray[np.int64]) -> Array:
    """Find the least value whose sorted key is at most each of ``at``; inf where there is none."""
    least: Array = np.append(np.inf, np.minimum.accumulate(values))[np.searchsorted(key, at, side="right")]
    return least

"""Whether answers that are read from bins are equal: quantiles, histograms and Pareto fronts."""

import numpy as np

from ...kernels.model.evaluate import evaluate_at
from ...kernels.model.questions import Condition
from ...kernels.reductions.bins import MANTISSA_BITS
from .tolerance import Agreement, Array, ResultPair, most, relative

MAX_LOOKED_AT = 20  # numbers that fell into a neighbouring bin; each takes NumPy a pass or two to look at


def quantiles(case: ResultPair) -> Agreement:
    """Values read from bins: equal, or of neighbouring bins where NumPy finds a point at the edge between them."""
    got, want = case.pair("quantiles")
    errors = relative(got, want)
    far = np.argwhere(errors > case.tolerance)
    if not len(far):
        return Agreement(most(errors))
    if (errors[tuple(far.T)] > 2.0 / 2**MANTISSA_BITS).any() or len(far) > MAX_LOOKED_AT:
        return Agreement(most(errors), f"its quantiles of {case.question.quantity} differ")
    for place in far:
        if not _edge_between(case, tuple(place[:-1]), float(got[tuple(place)]), float(want[tuple(place)])):
            return Agreement(most(errors), f"its quantiles of {case.question.quantity} differ")
    return Agreement(most(np.where(errors > case.tolerance, 0, errors)))


def _edge_between(case: ResultPair, group: tuple[int, ...], a: float, b: float) -> bool:
    """Whether a point of the group lies within tolerance of the bin's edge between two values, or of a threshold."""
    low, high = min(a, b), max(a, b)
    step = 2.0 ** (np.floor(np.log2(max(abs(low), abs(high)))) - MANTISSA_BITS)
    edges = [edge for edge in np.arange(np.floor(low / step), np.ceil(high / step) + 1) * step if low <= edge <= high]
    if any(points_near(case, edge)[group] > 0 for edge in edges):
        return True
    tight, loose = (case.feasible(case.shifted(sign).where) for sign in (-1, 1))
    return bool(tight[group] != loose[group])


def points_near(case: ResultPair, edge: float) -> Array:
    """How many points of each group lie within tolerance of a bin's edge."""
    name, width = case.question.objectives()[0], case.tolerance * abs(edge)
    return case.feasible((*case.question.where, Condition(name, ">=", edge - width), Condition(name, "<=", edge + width)))


def histogram(case: ResultPair) -> Agreement:
    """Equal edges and counts; or counts that differ by points at an edge or a threshold."""
    got, want = case.pair("edges")
    error = most(relative(got, want)) if got.shape == want.shape else np.inf
    if error > case.tolerance:
        return Agreement(error, "its bins differ")
    got, want = case.pair("counts")
    moved = np.cumsum(got.astype(np.int64) - want.astype(np.int64), axis=-1)
    total = moved[..., -1]
    if total.any():
        tight, loose = (case.feasible(case.shifted(sign).where) for sign in (-1, 1))
        count = got.sum(axis=-1)
        if ((count < tight) | (count > loose)).any():
            return Agreement(np.inf, "its counts differ by more than the points near a threshold")
    edges = np.flatnonzero((moved - total[..., None]).reshape(-1, moved.shape[-1]).any(axis=0))
    if len(edges) > MAX_LOOKED_AT:
        return Agreement(np.inf, "its counts differ")
    for edge in edges:
        near = points_near(case, float(np.asarray(case.reference.values["edges"])[edge + 1]))
        if (np.abs(moved[..., edge]) > near + np.abs(total)).any():
            return Agreement(np.inf, "its counts differ by more than the points near an edge")
    return Agreement(error)


def pareto(case: ResultPair) -> Agreement:
    """Equal fronts; or fronts of which neither has a point that the other does not reach within a bin.

    A number at a bin's edge may fall into the next bin, which then shows another of its points.
    """
    there = _on_grid(case)
    if there.wrong:
        return there
    (got, want), (index, expected) = case.pair("front"), case.pair("index")
    if got.shape == want.shape:
        error = max(there.error, most(relative(got, want)))
        if error <= case.tolerance:
            return Agreement(error)
    groups = index.reshape(-1, index.shape[-1]), expected.reshape(-1, expected.shape[-1])
    fronts = got.reshape(-1, got.shape[-2], 2), want.reshape(-1, want.shape[-2], 2)
    for one, other, mine, yours in zip(*fronts, *groups, strict=True):
        a, b = one[mine >= 0].astype(np.float64), other[yours >= 0].astype(np.float64)
        if not (_reaches(a, b, case.tolerance) and _reaches(b, a, case.tolerance)):
            return Agreement(np.inf, "its front differs")
    return Agreement(there.error)


def _on_grid(case: ResultPair) -> Agreement:
    """Whether the points of the front have, by NumPy, the values that are reported."""
    index, front = np.asarray(case.candidate.values["index"]), np.asarray(case.candidate.values["front"])
    some = index >= 0
    names = case.question.objectives()
    found = evaluate_at(case.problem, names, index[some], case.dtype)
    errors = [most(relative(front[..., i][some], found[name])) for i, name in enumerate(names)]
    wrong = "the front it reports is not NumPy's at its coordinates" if max(errors) > case.tolerance else ""
    return Agreement(max(errors), wrong)


def _reaches(front: Array, points: Array, tolerance: float) -> bool:
    """Whether every point is reached by one of the front that is worse by at most a bin in the first quantity."""
    slack = np.array([1.0 / 2**MANTISSA_BITS + tolerance, tolerance])
    return all(bool((front <= point + slack * np.abs(point)).all(axis=1).any()) for point in points)

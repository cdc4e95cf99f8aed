"""Whether answers that are counted in bins are equal: quantiles and histograms.

A number within tolerance of a bin's edge may be counted on either side of it, and one within tolerance of a threshold may
be counted or not. NumPy's numbers say how many those are, so each count must lie between two that they give.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...kernels.model.questions import Condition, Summary
from ...kernels.reductions.bins import Bins, Range, keys, layout, merge_bins, middle
from .scenarios import scenarios
from .tolerance import Agreement, Array, ResultPair, around, most, relative

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Span:
    """Between what a number of each group lies; ``blank`` where there may be none."""

    low: Array
    high: Array
    blank: NDArray[np.bool_]

    def holds(self, values: Array) -> NDArray[np.bool_]:
        """Tell which values, (groups, ...), lie within; a NaN stands for no number."""
        low, high, blank = (x.reshape((-1,) + (1,) * (values.ndim - 1)) for x in (self.low, self.high, self.blank))
        fine: NDArray[np.bool_] = np.where(np.isnan(values), blank, (values >= low) & (values <= high))
        return fine


def quantiles(case: ResultPair) -> Agreement:
    """Judge values read from bins: equal, or of a bin that the numbers near its edges or near a threshold allow."""
    got, want = case.pair("quantiles")
    errors = relative(got, want)
    far = errors > case.tolerance
    if not far.any():
        return Agreement(most(errors))
    values, at = got.reshape(-1, got.shape[-1]), np.asarray(case.question.at)
    fine = _as_read(case, values, at) & _of_the_rank(case, values, at)
    if not fine.reshape(far.shape)[far].all():
        return Agreement(most(errors), f"its quantiles of {case.question.quantity} differ")
    return Agreement(most(np.where(far, 0, errors)))


def _as_read(case: ResultPair, values: Array, at: Array) -> NDArray[np.bool_]:
    """Tell which values are a bin's middle, or the group's least or greatest number where that cuts a bin short."""
    at_least, at_greatest = (_span(case, which, case.question.by).holds(values) for which in ("min", "max"))
    middles = middle(keys(np.ascontiguousarray(values, case.dtype)), case.dtype)
    in_middle = ~np.isnan(values) & (relative(values, middles) <= case.tolerance)
    return np.where(at == 0, at_least, np.where(at == 1, at_greatest, in_middle | at_least | at_greatest))


def _of_the_rank(case: ResultPair, values: Array, at: Array) -> NDArray[np.bool_]:
    """Tell which values' bins may hold the number of the quantile's rank, counted from the least and from the greatest."""
    low, high = _bin_of(values, case.dtype)
    below, up_to = np.zeros(values.shape, np.int64), np.zeros(values.shape, np.int64)
    sure, some = np.zeros(len(values), np.int64), np.zeros(len(values), np.int64)
    for part in scenarios(case):
        least, greatest = around(part.values[0], case.tolerance)
        np.add.at(sure, part.group[part.surely], 1)
        np.add.at(some, part.group, 1)
        for i in range(len(at)):
            np.add.at(below[:, i], part.group[part.surely & (greatest < low[part.group, i])], 1)
            np.add.at(up_to[:, i], part.group[least <= high[part.group, i]], 1)
    first, last = (np.maximum(np.ceil(at * count[:, None]), 1) for count in (sure, some))
    return np.where(np.isnan(values), (sure == 0)[:, None], (below < last) & (up_to >= first)).astype(bool)


def _bin_of(values: Array, dtype: str) -> tuple[Array, Array]:
    """The edges of the bin that each value is read from, as float64; all below the normal numbers share one."""
    integer, mask, shift = layout(dtype)
    size = (np.ascontiguousarray(values, dtype).view(integer) & mask) >> shift
    inner, outer = ((edge << shift).astype(integer).view(dtype).astype(np.float64) for edge in (size, size + 1))
    inner = np.where(size == 0, -outer, inner)
    outer = np.where(np.isinf(values), np.inf, outer)
    return np.where(values < 0, -outer, inner), np.where(values < 0, -inner, outer)


def histogram(case: ResultPair) -> Agreement:
    """Judge edges and counts: equal, or edges and counts that numbers near an edge or a threshold allow."""
    got, want = case.pair("edges")
    counts, expected = case.pair("counts")
    error = most(relative(got, want)) if got.shape == want.shape else np.inf
    if error <= case.tolerance and counts.shape == expected.shape and (counts == expected).all():
        return Agreement(error)
    if not any(got.shape == edges.shape and most(relative(got, edges)) <= case.tolerance for edges in _edges(case, got)):
        return Agreement(error, "its bins differ")
    if counts.shape != (*expected.shape[:-1], len(got) - 1):
        return Agreement(np.inf, "it has not a count for each bin")
    wrong = _miscounted(case, counts.reshape(-1, counts.shape[-1]).astype(np.int64), got)
    return Agreement(np.inf, wrong) if wrong else Agreement(error if error <= case.tolerance else 0.0)


def _edges(case: ResultPair, own: Array) -> Iterator[Array]:
    """The edges that a histogram from ``own[0]`` to ``own[-1]`` may have, where its range is one that NumPy's numbers allow.

    Where zero lies within, bins begin anew at the numbers next to it, which may fall on either side of a bin's edge.
    """
    name, most_bins = case.question.quantity, case.question.bins
    low, high = own[:1].astype(case.dtype), own[-1:].astype(case.dtype)
    if not all(_span(case, which, ()).holds(end).all() for which, end in (("min", low), ("max", high))):
        return
    if np.isnan(own).all():
        yield np.full(2, np.nan, case.dtype)
        return
    nothing = np.full(1, np.inf, case.dtype)
    above = [low] if low[0] > 0 else _next_to(case, Condition(name, ">", 0.0), "min") if high[0] > 0 else [nothing]
    below = [high] if high[0] < 0 else _next_to(case, Condition(name, "<", 0.0), "max") if low[0] < 0 else [-nothing]
    for positive, negative in itertools.product(above, below):
        spread = Range(low, high, positive, negative)
        bins = Bins.of(spread, case.dtype)
        yield merge_bins(np.zeros((1, bins.width), np.int64), bins, spread, most_bins)[1]


def _next_to(case: ResultPair, side: Condition, which: str) -> list[Array]:
    """What the number next to zero on one side may be; infinite where no finite one is there."""
    span = _span(case, which, (), side)
    return [end.astype(case.dtype) for end in (span.low, span.high) if not np.isnan(end).any()]


def _miscounted(case: ResultPair, counts: Counts, edges: Array) -> str:
    """Say what is wrong with counts in bins of these edges, for (groups, bins); nothing where all may be so."""
    inner = edges[1:-1].astype(np.float64)
    first, last, only = (np.zeros(counts.shape, np.int64) for _ in range(3))  # the bins that numbers may fall into
    sure_first, sure_last = np.zeros_like(first), np.zeros_like(first)
    for part in scenarios(case):
        lower, upper = (_place(value, inner, case.dtype) for value in around(part.values[0], case.tolerance))
        np.add.at(first, (part.group, lower[0]), 1)
        np.add.at(last, (part.group, upper[1]), 1)
        sure = part.surely
        np.add.at(sure_first, (part.group[sure], lower[0][sure]), 1)
        np.add.at(sure_last, (part.group[sure], upper[1][sure]), 1)
        one = sure & (lower[0] == upper[1])
        np.add.at(only, (part.group[one], lower[0][one]), 1)
    total = counts.sum(axis=1)
    if ((total < sure_first.sum(axis=1)) | (total > first.sum(axis=1))).any():
        return "its counts differ by more than the points near a threshold"
    up_to, reaching, from_there = np.cumsum(counts, axis=1), np.cumsum(first, axis=1), _from(counts)
    either = reaching - np.cumsum(last, axis=1) + last
    wrong = (counts < only) | (counts > either)
    wrong |= (up_to < np.cumsum(sure_last, axis=1)) | (up_to > reaching)
    wrong |= (from_there < _from(sure_first)) | (from_there > _from(last))
    return "its counts differ by more than the points near an edge" if wrong.any() else ""


def _from(counts: Counts) -> Counts:
    """The sum of each bin's count and of all after it."""
    return np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]


def _place(values: Array, inner: Array, dtype: str) -> tuple[Counts, Counts]:
    """The lowest and the highest bin of each number: a number at an edge has one on either side, but zero only the higher."""
    normal = np.where(np.abs(values) < np.finfo(dtype).tiny, 0.0, values)
    high = np.searchsorted(inner, normal, side="right")
    return np.where(normal == 0, high, np.searchsorted(inner, normal, side="left")), high


def _span(case: ResultPair, which: str, by: tuple[str, ...], *more: Condition) -> Span:
    """Find between what the least (``min``) or the greatest (``max``) number of each group lies."""
    where = [(*case.shifted(sign).where, *more) for sign in (-1, 1)]
    name, quantity = case.question.name, case.question.quantity
    tight, loose = (case.numpy_run(Summary(name=name, by=by, where=w, quantity=quantity)).values for w in where)
    blank = np.asarray(tight["feasible"]) == 0
    other = "max" if which == "min" else "min"
    ends = np.stack([loose[which], np.where(blank, loose[other], tight[which])])
    lower, upper = around(ends, case.tolerance)
    return Span(lower.min(axis=0).reshape(-1), upper.max(axis=0).reshape(-1), blank.reshape(-1))

"""Whether answers that are counted in bins are equal: quantiles and histograms.

A number within tolerance of a bin's edge may be counted on either side of it, and one within tolerance of a threshold may
be counted or not. NumPy's numbers say how many those are, so each count must lie between two that they give.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...kernels.model.condition import Condition
from ...kernels.model.questions import Summary
from ...kernels.reductions.bins import Bins, Range, keys, layout, merge_bins, middle
from .scenarios import scenarios
from .tolerance import Agreement, Array, ResultPair, around, largest, relative

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Span:
    """The range that a number of each group lies in.

    Attributes
    ----------
    low, high
        The ends, in base units, over the groups.
    blank
        In which groups there may be no number.
    """

    low: Array
    high: Array
    blank: NDArray[np.bool_]

    def holds(self, values: Array) -> NDArray[np.bool_]:
        """Tell which values, (groups, ...), lie within; a NaN stands for no number."""
        low, high, blank = (x.reshape((-1,) + (1,) * (values.ndim - 1)) for x in (self.low, self.high, self.blank))
        fine: NDArray[np.bool_] = np.where(np.isnan(values), blank, (values >= low) & (values <= high))
        return fine


def quantiles(results: ResultPair) -> Agreement:
    """Judge values read from bins: equal, or of a bin that the numbers near its edges or near a threshold allow."""
    own, expected = results.pair("quantiles")
    errors = relative(own, expected)
    far = errors > results.tolerance
    if not far.any():
        return Agreement(largest(errors))
    values, at = own.reshape(-1, own.shape[-1]), np.asarray(results.question.at)
    fine = _as_read(results, values, at) & _of_the_rank(results, values, at)
    if not fine.reshape(far.shape)[far].all():
        return Agreement(largest(errors), f"its quantiles of {results.question.quantity} differ")
    return Agreement(largest(np.where(far, 0, errors)))


def _as_read(results: ResultPair, values: Array, at: Array) -> NDArray[np.bool_]:
    """Tell which values are a bin's middle, or the group's least or greatest number where that cuts a bin short."""
    at_least, at_greatest = (_span(results, extreme, results.question.by).holds(values) for extreme in ("min", "max"))
    middles = middle(keys(np.ascontiguousarray(values, results.dtype)), results.dtype)
    in_middle = ~np.isnan(values) & (relative(values, middles) <= results.tolerance)
    return np.where(at == 0, at_least, np.where(at == 1, at_greatest, in_middle | at_least | at_greatest))


def _of_the_rank(results: ResultPair, values: Array, at: Array) -> NDArray[np.bool_]:
    """Tell which values' bins may hold the number of the quantile's rank, counted from the least and from the greatest."""
    low, high = _bin_of(values, results.dtype)
    below, up_to = np.zeros(values.shape, np.int64), np.zeros(values.shape, np.int64)
    sure, some = np.zeros(len(values), np.int64), np.zeros(len(values), np.int64)
    for part in scenarios(results):
        least, greatest = around(part.values[0], results.tolerance)
        np.add.at(sure, part.group[part.surely], 1)
        np.add.at(some, part.group, 1)
        for i in range(len(at)):
            np.add.at(below[:, i], part.group[part.surely & (greatest < low[part.group, i])], 1)
            np.add.at(up_to[:, i], part.group[least <= high[part.group, i]], 1)
    first, last = (np.maximum(np.ceil(at * count[:, None]), 1) for count in (sure, some))
    return np.where(np.isnan(values), (sure == 0)[:, None], (below < last) & (up_to >= first)).astype(bool)


def _bin_of(values: Array, dtype: str) -> tuple[Array, Array]:
    """Compute the edges of the bin that each value is read from, as float64; all below the normal numbers share one."""
    integer, mask, shift = layout(dtype)
    size = (np.ascontiguousarray(values, dtype).view(integer) & mask) >> shift
    inner, outer = ((edge << shift).astype(integer).view(dtype).astype(np.float64) for edge in (size, size + 1))
    inner = np.where(size == 0, -outer, inner)
    outer = np.where(np.isinf(values), np.inf, outer)
    return np.where(values < 0, -outer, inner), np.where(values < 0, -inner, outer)


def histogram(results: ResultPair) -> Agreement:
    """Judge edges and counts: equal, or edges and counts that numbers near an edge or a threshold allow."""
    own, numpy_edges = results.pair("edges")
    counts, expected = results.pair("counts")
    error = largest(relative(own, numpy_edges)) if own.shape == numpy_edges.shape else np.inf
    if error <= results.tolerance and counts.shape == expected.shape and (counts == expected).all():
        return Agreement(error)
    allowed = (edges for edges in _edges(results, own) if edges.shape == own.shape)
    if not any(largest(relative(own, edges)) <= results.tolerance for edges in allowed):
        return Agreement(error, "its bins differ")
    if counts.shape != (*expected.shape[:-1], len(own) - 1):
        return Agreement(np.inf, "it has not a count for each bin")
    wrong = _miscounted(results, counts.reshape(-1, counts.shape[-1]).astype(np.int64), own)
    return Agreement(np.inf, wrong) if wrong else Agreement(error if error <= results.tolerance else 0.0)


def _edges(results: ResultPair, own: Array) -> Iterator[Array]:
    """Walk the edges that a histogram from ``own[0]`` to ``own[-1]`` may have, if NumPy's numbers allow that range.

    Where zero lies within, bins begin anew at the numbers next to it, which may fall on either side of a bin's edge.
    """
    name, max_bins = results.question.quantity, results.question.bins
    low, high = own[:1].astype(results.dtype), own[-1:].astype(results.dtype)
    if not all(_span(results, extreme, ()).holds(end).all() for extreme, end in (("min", low), ("max", high))):
        return
    if np.isnan(own).all():
        yield np.full(2, np.nan, results.dtype)
        return
    absent = np.full(1, np.inf, results.dtype)
    above = [low] if low[0] > 0 else _next_to(results, Condition(name, ">", 0.0), "min") if high[0] > 0 else [absent]
    below = [high] if high[0] < 0 else _next_to(results, Condition(name, "<", 0.0), "max") if low[0] < 0 else [-absent]
    for positive, negative in itertools.product(above, below):
        spread = Range(low, high, positive, negative)
        bins = Bins.of(spread, results.dtype)
        yield merge_bins(np.zeros((1, bins.width), np.int64), bins, spread, max_bins)[1]


def _next_to(results: ResultPair, side: Condition, extreme: str) -> list[Array]:
    """List what the number next to zero on one side may be; infinite where that side has no finite one."""
    span = _span(results, extreme, (), side)
    return [end.astype(results.dtype) for end in (span.low, span.high) if not np.isnan(end).any()]


def _miscounted(results: ResultPair, counts: Counts, edges: Array) -> str:
    """Say what is wrong with counts in bins of these edges, for (groups, bins); nothing where all may be so."""
    inner = edges[1:-1].astype(np.float64)
    first, last, only = (np.zeros(counts.shape, np.int64) for _ in range(3))  # the bins that numbers may fall into
    sure_first, sure_last = np.zeros_like(first), np.zeros_like(first)
    for part in scenarios(results):
        lower, upper = (_place(value, inner, results.dtype) for value in around(part.values[0], results.tolerance))
        np.add.at(first, (part.group, lower[0]), 1)
        np.add.at(last, (part.group, upper[1]), 1)
        sure = part.surely
        np.add.at(sure_first, (part.group[sure], lower[0][sure]), 1)
        np.add.at(sure_last, (part.group[sure], upper[1][sure]), 1)
        in_one_bin = sure & (lower[0] == upper[1])
        np.add.at(only, (part.group[in_one_bin], lower[0][in_one_bin]), 1)
    total = counts.sum(axis=1)
    if ((total < sure_first.sum(axis=1)) | (total > first.sum(axis=1))).any():
        return "its counts differ by more than the points near a threshold"
    up_to, reaching, onwards = np.cumsum(counts, axis=1), np.cumsum(first, axis=1), _sum_onwards(counts)
    either = reaching - np.cumsum(last, axis=1) + last
    wrong = (counts < only) | (counts > either)
    wrong |= (up_to < np.cumsum(sure_last, axis=1)) | (up_to > reaching)
    wrong |= (onwards < _sum_onwards(sure_first)) | (onwards > _sum_onwards(last))
    return "its counts differ by more than the points near an edge" if wrong.any() else ""


def _sum_onwards(counts: Counts) -> Counts:
    """Add up each bin's count and all after it."""
    return np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]


def _place(values: Array, inner: Array, dtype: str) -> tuple[Counts, Counts]:
    """Find each number's lowest and highest bin: a number at an edge has one on either side, but zero only the higher."""
    normal = np.where(np.abs(values) < np.finfo(dtype).tiny, 0.0, values)
    high = np.searchsorted(inner, normal, side="right")
    return np.where(normal == 0, high, np.searchsorted(inner, normal, side="left")), high


def _span(results: ResultPair, extreme: str, by: tuple[str, ...], *more: Condition) -> Span:
    """Find between what the least (``min``) or the greatest (``max``) number of each group lies."""
    where = [(*results.shifted(sign).where, *more) for sign in (-1, 1)]
    name, quantity = results.question.name, results.question.quantity
    tight, loose = (results.numpy_run(Summary(name=name, by=by, where=w, quantity=quantity)).values for w in where)
    blank = np.asarray(tight["feasible"]) == 0
    other = "max" if extreme == "min" else "min"
    ends = np.stack([loose[extreme], np.where(blank, loose[other], tight[extreme])])
    lower, upper = around(ends, results.tolerance)
    return Span(lower.min(axis=0).reshape(-1), upper.max(axis=0).reshape(-1), blank.reshape(-1))

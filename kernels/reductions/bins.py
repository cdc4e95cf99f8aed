"""Bins taken from a float's own bits: 64 linear bins an octave, the same on every engine.

The key of a number is its exponent and the first six bits of its mantissa as one integer; it grows with the number, and
negative numbers have negative keys. A bin is at most 1/64 of its lower edge wide, so its middle is within 1/128 (0.79%)
of every number in it. Subnormal numbers have the width of the least normal number's bins, and those next to zero share its
bin.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MANTISSA_BITS = 6
RELATIVE_ERROR = 0.5 / 2**MANTISSA_BITS

_LAYOUT: dict[str, tuple[type, int, int]] = {  # dtype -> integer of its width, its mask without the sign, shift to the key
    "float64": (np.int64, 2**63 - 1, 52 - MANTISSA_BITS),
    "float32": (np.int32, 2**31 - 1, 23 - MANTISSA_BITS),
}


def layout(dtype: str) -> tuple[type, int, int]:
    """Look up how a dtype's bits give the key: the integer type, the mask that clears the sign, and the shift in bits."""
    return _LAYOUT[dtype]


def keys(values: NDArray[Any]) -> NDArray[np.int64]:
    """Compute the key of each number, an array of their shape. A NaN has one too, which means nothing."""
    integer, mask, shift = layout(values.dtype.name)
    bits: Any = values.view(integer)
    key = (bits & mask) >> shift
    signed: NDArray[np.int64] = np.where(bits < 0, -key - 1, key).astype(np.int64)
    return signed


def middle(key: NDArray[np.int64], dtype: str) -> NDArray[Any]:
    """Compute the middle of the bin of each key, in the dtype; 0 for the bin of zero, the lower edge for one without end."""
    integer, _, shift = layout(dtype)
    size = np.where(key < 0, -key - 1, key)
    low = (size << shift).astype(integer).view(dtype)
    high = ((size + 1) << shift).astype(integer).view(dtype)
    with np.errstate(over="ignore", invalid="ignore"):
        half = np.where(np.isfinite(high), low + (high - low) / 2, low)
    half = np.where(size == 0, 0, half).astype(dtype)
    return np.where(key < 0, -half, half).astype(dtype)


@dataclass(frozen=True)
class Range:
    """The range of each group's feasible numbers, in base units: arrays over groups; empty groups hold inf and -inf.

    Parameters
    ----------
    low, high
        The least and the greatest number.
    positive
        The least number above zero, else inf; where no number is zero or negative, ``low``.
    negative
        The greatest number below zero, else -inf.
    """

    low: NDArray[Any]
    high: NDArray[Any]
    positive: NDArray[Any]
    negative: NDArray[Any]


@dataclass(frozen=True)
class Bins:
    """Bins of each group: the bin of key k is ``max(k - above, 0) + min(k + below, 0) + base``, from 0 to ``width`` - 1.

    Keys between the least positive and the greatest negative number are skipped, so a group that holds zero does not
    need bins for every octave down to it.

    Attributes
    ----------
    above, below, base
        The numbers of the formula, for each group.
    width
        How many bins each group has; a narrower group uses the first of them.
    dtype
        That of the numbers.
    positive
        Whether all numbers are known to lie above zero.
    """

    above: NDArray[np.int64]
    below: NDArray[np.int64]
    base: NDArray[np.int64]
    width: int
    dtype: str
    positive: bool = False

    @classmethod
    def of(cls, span: Range, dtype: str) -> "Bins":
        """Choose the bins that cover each group's range.

        Parameters
        ----------
        span
            The groups' ranges.
        dtype
            ``float64`` or ``float32``, that of the numbers.
        """
        real = np.dtype(dtype)
        empty = span.low > span.high

        def key(values: NDArray[Any]) -> NDArray[np.int64]:
            return keys(np.ascontiguousarray(np.where(empty, 1, values), dtype=real))

        lowest, highest = key(span.low), key(span.high)
        above = np.where(span.positive <= span.high, key(span.positive) - 1, np.maximum(highest, 0))  # infinite ones too
        below = np.where(span.negative >= span.low, -key(span.negative) - 1, np.maximum(-lowest, 1))
        above, below = np.maximum(above, 0), np.maximum(below, 1)
        first = np.maximum(lowest - above, 0) + np.minimum(lowest + below, 0)
        last = np.maximum(highest - above, 0) + np.minimum(highest + below, 0)
        positive = bool((empty | (span.low > 0)).all())
        return cls(above, below, -first, int((last - first).max(initial=0)) + 1, dtype, positive)

    def spread(self, first: int, groups: int) -> "Bins":
        """Arrange bins of some groups that follow each other as arrays over all, of which the others are not to be read.

        Parameters
        ----------
        first
            The number of the first group that these bins are of.
        groups
            How many groups there are.
        """
        if len(self.base) == groups:
            return self

        def whole(values: NDArray[np.int64]) -> NDArray[np.int64]:
            result = np.empty(groups, np.int64)
            result[first : first + len(values)] = values
            return result

        return Bins(whole(self.above), whole(self.below), whole(self.base), self.width, self.dtype, self.positive)

    def place(self, key: NDArray[np.int64], group: Any) -> NDArray[np.int64]:
        """Find the bin of each key in its group, whose number ``group`` has for each key or for all."""
        above, below = self.above[group], self.below[group]
        place: NDArray[np.int64] = np.maximum(key - above, 0) + np.minimum(key + below, 0) + self.base[group]
        return place

    def keys(self, group: Any, place: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the key of each bin: what `place` says of a key in a group, the other way round."""
        step = place - self.base[group]
        return np.where(step > 0, step + self.above[group], np.where(step < 0, step - self.below[group], 0))


def common_range(span: Range) -> Range:
    """Join the groups' ranges into one that covers all, repeated for each."""

    def repeat(values: NDArray[Any], reduce: Any) -> NDArray[Any]:
        return np.full_like(values, reduce(values))

    low, high = repeat(span.low, np.min), repeat(span.high, np.max)
    return Range(low, high, repeat(span.positive, np.min), repeat(span.negative, np.max))


def merge_bins(counts: NDArray[np.int64], bins: Bins, span: Range, max_bins: int) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Merge neighbouring bins, which are common to all groups, until there are at most ``max_bins``.

    Parameters
    ----------
    counts
        How many numbers lie in each bin: (groups, bins).
    bins
        The bins, of a `common_range`.
    span
        The groups' ranges.
    max_bins
        How many bins there may be, at least 1.

    Returns
    -------
    tuple[NDArray[np.int64], NDArray]
        The counts (groups, merged bins), and the merged bins' edges, of which the outer ones are the least and greatest
        number; one bin between NaN where all groups are empty.
    """
    low, high = span.low.min(), span.high.max()
    if low > high:
        return np.zeros((len(counts), 1), np.int64), np.full(2, np.nan, bins.dtype)
    times = -(-bins.width // max_bins)
    starts = np.arange(0, bins.width, times)
    key = bins.keys(0, starts)
    integer, _, shift = layout(bins.dtype)
    size = np.where(key < 0, -key, key)
    with np.errstate(invalid="ignore"):  # below the bin of -inf there is no number
        edges = (size << shift).astype(integer).view(bins.dtype) * np.where(key < 0, -1, 1).astype(bins.dtype)
    edges[0] = low
    return np.add.reduceat(counts, starts, axis=1), np.append(edges, high).astype(bins.dtype)


def quantiles(counts: NDArray[np.int64], bins: Bins, span: Range, at: tuple[float, ...]) -> NDArray[Any]:
    """Read each group's quantiles from its counts.

    The q-quantile is the value of rank ceil(q n), as `numpy.quantile(method="inverted_cdf")` has it, read as the middle
    of its bin and clipped to the group's range. So 0 and 1 are exact.

    Parameters
    ----------
    counts
        How many numbers lie in each bin: (groups, bins).
    bins
        Each group's bins.
    span
        Each group's range.
    at
        The shares q, from 0 to 1.

    Returns
    -------
    NDArray
        The quantiles (groups, len(at)) in the bins' dtype; NaN for an empty group.
    """
    groups, width = counts.shape
    cumulated = np.cumsum(counts)  # over all groups in one, so that one search finds the bins of all
    ends = cumulated[width - 1 :: width]
    total = np.diff(ends, prepend=0)
    full = np.flatnonzero(total)
    before = (ends - total)[full]
    result = np.full((groups, len(at)), np.nan, dtype=bins.dtype)
    for i, q in enumerate(at):
        rank = np.maximum(np.ceil(q * total[full]), 1).astype(np.int64)
        place = np.searchsorted(cumulated, before + rank) - full * width
        middles = middle(bins.keys(full, place), bins.dtype)  # of the bins that are read alone: there may be millions
        result[full, i] = np.clip(middles, span.low[full], span.high[full])
        if q in (0, 1):
            result[full, i] = (span.high if q else span.low)[full]
    return result

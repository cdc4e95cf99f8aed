"""Whole weights of uncertain axes: sums of whole numbers are the same in any order, so that a quantile is exact."""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from .grid import Axis, Floats, GridError, Ints

MAX_TOTAL = 2**62  # of the product of all axes' weights: a count of draws is a whole number of 64 bits
MAX_ERROR = 1e-6  # of a point's share, where weights have more digits than there is room for


def whole_weights(axes: Sequence[Axis]) -> list[Ints]:
    """Turn the weights of uncertain axes into whole numbers in the same proportion.

    The proportion is that of the numbers as they are written, exactly, as long as the sum over all axes' points is a whole
    number of 62 bits; of what has too many digits for that it is kept as closely as there is room.

    Parameters
    ----------
    axes
        The axes, which are independent of each other: a point's weight is the product of theirs.

    Returns
    -------
    list
        For each axis an array of its length; all 1 without weights.

    Raises
    ------
    GridError
        Where a point's share would be off by more than `MAX_ERROR`.
    """
    weighted = [i for i, axis in enumerate(axes) if axis.weights is not None]
    room = MAX_TOTAL // math.prod(len(axis) for axis in axes if axis.weights is None)
    whole = [np.ones(len(axis), np.int64) for axis in axes]
    for left, i in zip(range(len(weighted), 0, -1), sorted(weighted, key=lambda i: _sum(axes[i])), strict=True):
        whole[i] = np.asarray(_whole(axes[i], room ** (1 / left) if left > 1 else room), np.int64)
        room //= int(whole[i].sum())
    return whole


def total_weight(axes: Sequence[Axis]) -> int:
    """Add up the whole weights of all points of the axes' product. Raises GridError: see `whole_weights`."""
    return math.prod(int(weights.sum()) for weights in whole_weights(axes))


def _sum(axis: Axis) -> float:
    """Give the sum that an axis's exact weights take, infinity where they have too many digits."""
    assert axis.weights is not None
    return float(sum(_exact(axis.weights, MAX_TOTAL) or [])) or math.inf


def _whole(axis: Axis, most: float) -> list[int]:
    assert axis.weights is not None
    return _exact(axis.weights, most) or _rounded(axis, axis.weights, most)


def _exact(weights: Floats, most: float) -> list[int] | None:
    """Find the least whole numbers in the proportion of the weights as they are written; None where they pass ``most``."""
    fractions = [Fraction(repr(weight)) for weight in weights.tolist()]
    common = 1
    for fraction in fractions:
        common = math.lcm(common, fraction.denominator)
        if common > 2**1100:
            return None
    whole = [int(fraction * common) for fraction in fractions]
    divisor = math.gcd(*whole)
    whole = [weight // divisor for weight in whole]
    return whole if sum(whole) <= most else None


def _rounded(axis: Axis, weights: Floats, most: float) -> list[int]:
    """Round weights to whole numbers whose sum is at most ``most``; one that is above 0 stays so.

    Raises
    ------
    GridError
        Where there is no room for them.
    """
    shares = weights / weights.max()  # neither a very small nor a very large sum
    shares = shares / shares.sum()
    most = min(most, 2.0**52)  # beyond that shares have no more digits
    scaled = shares * max(most - len(weights), 1.0)
    whole = [max(round(share), 1) if weight > 0 else 0 for share, weight in zip(scaled.tolist(), weights.tolist(), strict=True)]
    off = np.abs(np.array(whole) / sum(whole) - shares).max()
    if off > MAX_ERROR or sum(whole) > most:
        raise GridError(
            f"the weights of the axis {axis.name!r} have more digits than there is room for beside the other uncertain axes; "
            "round them, or weigh fewer axes"
        )
    return whole

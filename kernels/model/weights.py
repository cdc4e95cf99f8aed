"""Whole weights of uncertain axes: sums of whole numbers are the same in any order, so that a quantile is exact."""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from .grid import Axis, Floats, Ints

MAX_TOTAL = 2**53  # of the product of all axes' weights: whole numbers up to this are doubles too
_EXACT = 2**20  # an axis whose weights add up to at most this keeps them exactly


def whole_weights(axes: Sequence[Axis]) -> list[Ints]:
    """Turn the weights of uncertain axes into whole numbers in the same proportion.

    Weights that are small multiples of one number, as 0.1, 0.2 and 0.7 are, keep their proportion exactly; others
    keep it to the resolution that is left when the sum over all axes' points has to be a whole number that a double holds.

    Parameters
    ----------
    axes
        The axes, which are independent of each other: a point's weight is the product of theirs.

    Returns
    -------
    list
        For each axis an array of its length; all 1 without weights.
    """
    weighted = [axis for axis in axes if axis.weights is not None]
    equal = math.prod(len(axis) for axis in axes if axis.weights is None)
    room = (MAX_TOTAL // max(equal, 1)) ** (1 / max(len(weighted), 1))
    return [np.asarray(_whole(axis, room), np.int64) for axis in axes]


def total_weight(axes: Sequence[Axis]) -> int:
    """Add up the whole weights of all points of the axes' product."""
    return math.prod(int(weights.sum()) for weights in whole_weights(axes))


def _whole(axis: Axis, room: float) -> list[int]:
    if axis.weights is None:
        return [1] * len(axis)
    return _exact(axis.weights, min(_EXACT, room)) or _rounded(axis.weights, room)


def _exact(weights: Floats, most: float) -> list[int] | None:
    """Find the least whole numbers in the proportion of the weights as they are written; None where they pass ``most``."""
    common = 1
    fractions = []
    for weight in weights.tolist():
        fraction = Fraction(repr(weight))
        common = math.lcm(common, fraction.denominator)
        if common > 2**62:
            return None
        fractions.append(fraction)
    whole = [int(fraction * common) for fraction in fractions]
    divisor = math.gcd(*whole)
    whole = [weight // divisor for weight in whole]
    return whole if sum(whole) <= most else None


def _rounded(weights: Floats, most: float) -> list[int]:
    """Round weights to whole numbers whose sum is about ``most``; one that is above 0 stays so."""
    shares = weights / weights.max()  # neither a very small nor a very large sum
    scaled = shares * (most / shares.sum() / 2)
    return [max(round(share), 1) if weight > 0 else 0 for share, weight in zip(scaled.tolist(), weights.tolist(), strict=True)]

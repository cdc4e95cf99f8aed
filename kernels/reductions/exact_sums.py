"""Sums that no order can change: exact, as whole numbers of limbs, rounded once at the end.

A float64 is a whole number of 53 bits times a power of two, so a sum of some is a whole number times a power of two too. It is
kept in limbs of 32 bits in base 2^32, of which an array has only as many as its values reach over. What threads, devices or
machines have added up merges by adding limbs, and so gives the bits of one run in any order and number of parts.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BITS = 32  # of a limb: 2^31 of them add up in 64 bits
_MASK = (1 << _BITS) - 1
_MANTISSA = 53  # bits of a float64's whole number
_FULL = 1 << 40  # from which on a last limb gets another above it, long before it overflows
_SPAN = 3  # limbs that one float64 may reach over: 53 bits that begin at any of 32


@dataclass(frozen=True)
class ExactSums:
    """The exact sums of float64 numbers, a sum for each group.

    Attributes
    ----------
    limbs
        Whole numbers (groups, limbs), the lowest first: each from 0 to 2^32 - 1 but the last, which has the sign.
    low
        The place of the first limb: it counts 2^(32 low).
    special
        Sums of what is infinite or NaN, which is no whole number; 0 where there is none. (groups,)
    """

    limbs: NDArray[np.int64]
    low: int
    special: NDArray[np.float64]

    @classmethod
    def of(cls, values: NDArray[Any], starts: NDArray[np.int64]) -> "ExactSums":
        """Add up numbers that stand group by group.

        Parameters
        ----------
        values
            The numbers, any float dtype.
        starts
            Where each group's numbers begin; none is empty.
        """
        values = np.asarray(values, np.float64)
        finite = np.isfinite(values)
        special = np.zeros(len(starts))
        if not finite.all():
            with np.errstate(invalid="ignore"):
                special = np.add.reduceat(np.where(finite, 0.0, values), starts)
            values = np.where(finite, values, 0.0)
        fraction, exponent = np.frexp(values)
        whole = np.ldexp(fraction, _MANTISSA).astype(np.int64)
        place, shift = np.divmod(exponent.astype(np.int64) - _MANTISSA, _BITS)
        used = whole != 0
        if not used.any():
            return cls(np.zeros((len(starts), 1), np.int64), 0, special)
        low, high = int(place[used].min()), int(place[used].max()) + _SPAN
        size, at = np.abs(whole), np.where(used, place - low, 0)
        # The low 32 bits and the 21 above, each shifted by less than 32: 63 bits at most.
        lower, upper = (size & _MASK) << shift, (size >> _BITS) << shift
        parts = (lower & _MASK, (lower >> _BITS) + (upper & _MASK), upper >> _BITS)
        limbs = np.zeros((len(starts), high - low), np.int64)
        for i, part in enumerate(parts):
            signed = np.where(whole < 0, -part, part)
            for limb in range(high - low - i):  # few: as many as the values' exponents reach over
                mine = at == limb
                if mine.any():
                    limbs[:, limb + i] += np.add.reduceat(np.where(mine, signed, 0), starts)
        return cls(_carried(limbs), low, special)

    def merge(self, other: "ExactSums") -> "ExactSums":
        """Add another's sums, group by group."""
        low = min(self.low, other.low)
        high = max(self.low + self.limbs.shape[1], other.low + other.limbs.shape[1])
        with np.errstate(invalid="ignore"):
            special = self.special + other.special
        return ExactSums(_carried(self._widened(low, high) + other._widened(low, high)), low, special)

    def _widened(self, low: int, high: int) -> NDArray[np.int64]:
        """Give the limbs from one place to before another, the same numbers."""
        below, above = self.low - low, high - self.low - self.limbs.shape[1]
        return np.pad(self.limbs, ((0, 0), (below, above)))

    def take(self, first: int, last: int) -> "ExactSums":
        """Keep the sums of the groups from one to before another."""
        return ExactSums(self.limbs[first:last], self.low, self.special[first:last])

    def values(self) -> NDArray[np.float64]:
        """Round the sums to float64: to a unit in the last place, the same bits for the same sum however it came about."""
        limbs = _carried(np.pad(self.limbs, ((0, 0), (0, 2))))
        negative = limbs[:, -1] < 0
        limbs = _carried(np.where(negative[:, None], -limbs, limbs))
        total, places = np.zeros(len(limbs)), np.arange(limbs.shape[1])
        highest = np.where(limbs != 0, places, 0).max(axis=1)
        for limb in places:  # from the lowest: none is below 0 now, so that none cancels another
            total = np.where(limb <= highest, total * 2.0**-_BITS + limbs[:, limb], total)
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = np.ldexp(total, _BITS * (self.low + highest))
            return np.asarray(np.where(negative, -scaled, scaled) + self.special)


def _carried(limbs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Carry what each limb has beyond 32 bits to the next; the last keeps what it has, and the sign."""
    result = limbs if np.abs(limbs[:, -1]).max(initial=0) < _FULL else np.pad(limbs, ((0, 0), (0, 1)))
    result = result.copy()
    for limb in range(result.shape[1] - 1):
        result[:, limb + 1] += result[:, limb] >> _BITS
        result[:, limb] &= _MASK
    return result

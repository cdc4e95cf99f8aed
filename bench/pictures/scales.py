"""The scale of a picture's axis: one unit for all of its values, linear or logarithmic, with its ends and its ticks."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..terminal import numbers

Floats = NDArray[np.float64]
MAX_LINEAR = 30.0  # the ratio of the greatest to the least value from which an axis is logarithmic
DIGITS = 4  # significant digits of numbers in a specification
_HUGE = 1e280  # and beyond is as good as infinite
_MANY_TICKS = 1.2  # decades up to which a logarithmic axis has ticks between powers of ten
_WORDED = (
    "abs(datum.value) >= 1e12 ? format(datum.value / 1e12, ',~g') + ' trillion' : "
    "abs(datum.value) >= 1e9 ? format(datum.value / 1e9, ',~g') + ' billion' : "
    "abs(datum.value) >= 1e6 ? format(datum.value / 1e6, ',~g') + ' million' : "
    "abs(datum.value) >= 1e-3 || datum.value == 0 ? format(datum.value, ',~r') : format(datum.value, '~e')"
)


FROM_RIGHT = {"titleAnchor": "end", "titleAlign": "right"}  # a title longer than the axis goes on under the labels of rows


@dataclass(frozen=True)
class Scale:
    """How values of one quantity lie along an axis.

    Parameters
    ----------
    factor
        What a value in its own unit is multiplied by.
    unit
        What it is in then, in words: ``million chips``.
    logarithmic
        Whether equal distances are equal ratios.
    low, high
        The ends of the axis, in the unit of the axis.
    """

    factor: float
    unit: str
    logarithmic: bool
    low: float
    high: float

    def at(self, value: float) -> float | None:
        """Place a value of the quantity's own unit: what is beyond an end or infinite stands at the end; None for NaN."""
        if math.isnan(value):
            return None
        return rounded(min(max(value * self.factor, self.low), self.high), self.digits)

    @property
    def digits(self) -> int:
        """Significant digits of what lies along it: more where its ends are close to each other, as calendar years are."""
        if self.logarithmic or self.high <= self.low:
            return DIGITS
        return DIGITS + max(0, math.ceil(math.log10(max(abs(self.low), abs(self.high)) / (self.high - self.low))))

    def title(self, words: str) -> str:
        """Name the axis: its quantity, and its unit once."""
        scale, _, noun = self.unit.rpartition(" ")
        unit = scale if noun.removesuffix("s") in {word.removesuffix("s") for word in words.split()} else self.unit
        return f"{words} ({unit})" if unit else words

    def tight(self, values: Floats) -> "Scale":
        """Return the scale from the least to the greatest value, without room beyond them."""
        return replace(self, low=float(values.min()) * self.factor, high=float(values.max()) * self.factor)

    def roomy(self, share: float) -> "Scale":
        """Return the scale with room beyond both ends, as a share of its length."""
        if self.logarithmic:
            room = (self.high / self.low) ** share
            return replace(self, low=self.low / room, high=self.high * room)
        return replace(self, low=self.low - share * (self.high - self.low), high=self.high + share * (self.high - self.low))

    def definition(self) -> dict[str, Any]:
        """Return Vega-Lite's ``scale``."""
        scale: dict[str, Any] = {"domain": [rounded(end, self.digits) for end in (self.low, self.high)], "nice": False}
        return {**scale, "type": "log"} if self.logarithmic else {**scale, "zero": False}

    def axis(self, words: str) -> dict[str, Any]:
        """Return Vega-Lite's ``axis``."""
        title = self.title(words)
        if not self.logarithmic:
            return {"title": title, "tickCount": 5, **FROM_RIGHT}
        return {
            "title": title,
            **FROM_RIGHT,
            "values": log_ticks(self.low, self.high),
            "labelExpr": _WORDED,
            "labelOverlap": "greedy",
        }


def scale_of(
    values: Iterable[Floats], unit: str, preferred: str = "", *, about: float | None = None, wide: float = MAX_LINEAR
) -> Scale:
    """Choose the scale of an axis.

    Parameters
    ----------
    values
        All that is to be seen along it, in the quantity's own unit; NaN and what is infinite counts for nothing.
    unit, preferred
        The quantity's own unit, and the one that people read.
    about
        A value that is to be seen, too, such as what others are compared with.
    wide
        The ratio of the greatest to the least value from which the axis is logarithmic.
    """
    joined = np.concatenate([np.ravel(np.asarray(part, dtype=np.float64)) for part in values] or [np.empty(0)])
    seen = joined[np.abs(joined) < _HUGE]
    seen = np.where(np.abs(seen) < 1 / _HUGE, 0.0, seen)
    if about is not None:
        seen = np.append(seen, about)
    if not len(seen):
        seen = np.array([0.0, 1.0])
    low, high = float(seen.min()), float(seen.max())
    logarithmic = low > 0 and high / low > wide
    size = math.sqrt(low) * math.sqrt(high) if logarithmic else max(abs(low), abs(high))
    factor, words = numbers.natural_unit(size, unit, preferred)
    low, high = low * factor, high * factor
    if logarithmic:
        return Scale(factor, words, True, low / (high / low) ** 0.06, high * (high / low) ** 0.06)
    return Scale(factor, words, False, *_linear_ends(low, high))


def _linear_ends(low: float, high: float) -> tuple[float, float]:
    """Leave room beyond the values, and begin at 0 where that is not far off."""
    if high <= low:
        high, low = (low * 1.25, min(low, 0.0)) if low > 0 else (max(high, 0.0), low * 1.25) if low < 0 else (1.0, 0.0)
        return low, high
    room = 0.06 * (high - low)
    start = 0.0 if 0 <= low <= 0.6 * high else low - room
    return start, 0.0 if high == 0 and start < 0 else high + 1.6 * room


def log_ticks(low: float, high: float) -> list[float]:
    """List the powers of ten between two ends, with 2 and 5 times them where there are few, all digits where these are too."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    decades = math.log10(high / low)
    parts = (1.0, 2.0, 5.0) if decades <= 2 * _MANY_TICKS else (1.0,)
    step = max(1, math.ceil(decades / 8))
    ticks = _between(low, high, range(first, last + 1, step), parts)
    return ticks if len(ticks) > 1 else _between(low, high, range(first, last + 1), range(1, 10))


def _between(low: float, high: float, powers: Iterable[int], parts: Sequence[float]) -> list[float]:
    ticks = (rounded(part * 10.0**power) for power in powers for part in parts)
    return [tick for tick in ticks if low <= tick <= high]


def rounded(value: float, digits: int = DIGITS) -> float:
    """Round a number of a specification to so many significant digits: a picture shows no more of it."""
    exact = float(value)
    short = float(f"{exact:.{digits}g}")
    return int(short) if short == int(short) and abs(short) < 1e15 else short

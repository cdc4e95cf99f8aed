"""The unit that a column of numbers is read in: one for all of its rows, picked from their size, and how they are written."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...kernels.model import units
from ...kernels.model.quantity import Quantity
from ..terminal import numbers

# what is counted stays in ones, which sheets write with separators
_COUNTED = {unit: f"{unit}s" for unit in ("chip", "rack", "run", "token", "layer", "parameter", "sequence")} | {"FLOP": "FLOP"}
PERCENT_FORMAT = "0.0%"


@dataclass(frozen=True)
class ReadingUnit:
    """A unit that people read.

    Attributes
    ----------
    name
        What stands in the heading; empty for a plain number.
    size
        How many of the column's own units one is.
    is_share
        Whether the numbers are shares of 1, written in percent.
    """

    name: str
    size: float = 1.0
    is_share: bool = False

    def heading(self, words: str) -> str:
        """Put the unit behind a column's words, unless they say it: number of chips."""
        return words if not self.name or self.name in words.split() else f"{words} [{self.name}]"

    def convert(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn numbers in the column's own unit into this one."""
        return values if self.size == 1.0 else values / self.size


def reading_unit(values: Iterable[float], unit: str, quantity: Quantity | None = None) -> ReadingUnit:
    """Pick a unit for all of some numbers: the quantity's own for people, or the one that suits the middle of their sizes.

    Parameters
    ----------
    values
        In ``unit``; what is not finite, and 0, do not count.
    unit
        A unit of the model, or nothing for a plain number.
    quantity
        Whose numbers they are, where they are one's.
    """
    if unit in _COUNTED:
        return ReadingUnit(_COUNTED[unit])
    preferred = quantity.show if quantity is not None else ""
    if preferred in units.RATIOS:
        names = {units.PERCENT_A_YEAR: "a year", units.TIMES: units.TIMES}
        return ReadingUnit(names.get(preferred, ""), is_share=preferred != units.TIMES)
    if not unit:
        return ReadingUnit("")
    sizes = sorted(abs(value) for value in values if math.isfinite(value) and value)
    middle = sizes[len(sizes) // 2] if sizes else 1.0
    factor, name = numbers.natural_unit(middle, unit, preferred)
    size, whole = 1 / factor, round(1 / factor)
    return ReadingUnit(name, float(whole) if math.isclose(size, whole, rel_tol=1e-12) else size)


def number_format(values: Iterable[float], *, is_share: bool = False) -> str:
    """Write the format of numbers' cells: as many places as the middle of their sizes is read with.

    Parameters
    ----------
    values
        As the cells have them.
    is_share
        Whether they are written in percent.
    """
    if is_share:
        return PERCENT_FORMAT
    sizes = sorted(abs(value) for value in values if math.isfinite(value))
    if all(value == math.floor(value) for value in sizes):
        return "#,##0" if not sizes or sizes[-1] < 1e15 else "0.00E+00"
    middle = sizes[len(sizes) // 2]
    if middle and not 1e-4 <= middle < 1e15:
        return "0.00E+00"
    return next(text for size, text in _PLACES if middle >= size)


_PLACES = ((1e3, "#,##0"), (1e2, "#,##0.0"), (1.0, "#,##0.00"), (1e-2, "0.000"), (0.0, "0.000000"))

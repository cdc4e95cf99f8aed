"""Values of an estimate as people say them: carbon in tonnes, all else with the unit that its size suits."""

import math
from collections.abc import Sequence

from ...kernels.model import units
from ...kernels.model.quantity import Quantity
from ..terminal import numbers
from .intervals import Spread

_ROUNDING = 1e-9  # by which a whole number may be off
_TONNE = 1e3  # kg
_GRAMS = 1e3  # of a kg
_CARBON = "kgCO2e"
_CHIP = "chip"
_SCALES = (["million"], ["billion"], ["trillion"])
_OF_WHAT = " of CO2e"


def natural(value: float, quantity: Quantity) -> str:
    """Write a value, given in the quantity's own unit: 44%, 13,400 tonnes of CO2e, 38.8 million USD, 73 days.

    Parameters
    ----------
    value
        In the quantity's own unit.
    quantity
        What it is a value of.
    """
    if quantity.unit == _CARBON:
        return _tonnes(units.to_base(value, quantity.unit))
    if (quantity.whole or quantity.unit == _CHIP) and math.isfinite(value):  # 99.8 chips are 100: no fewer will do
        value = math.ceil(value * (1 - _ROUNDING))
    return numbers.show(value, quantity)


def _tonnes(kilograms: float) -> str:
    """Write a mass of carbon dioxide in tonnes, below one in kilograms, below one of these in grams."""
    if not math.isfinite(kilograms):
        return numbers.number(kilograms)
    if 0 < abs(kilograms) < 1:
        return f"{numbers.number(kilograms * _GRAMS)} g{_OF_WHAT}"
    if abs(kilograms) < _TONNE:
        return f"{numbers.number(kilograms)} kg{_OF_WHAT}"
    return f"{numbers.count(numbers.significant(kilograms / _TONNE, 3))} tonnes{_OF_WHAT}"


def in_table(text: str) -> str:
    """Leave out of a written value what its row says already: ``13,400 tonnes``."""
    return text.replace(_OF_WHAT, "")


def spread_interval(spread: Spread) -> str:
    """Write the P10 and P90 of a spread as ``27.3 to 58.8 million USD``; empty where nothing is drawn, or both read alike."""
    if spread.low is None or spread.high is None:
        return ""
    low, high = natural(spread.low, spread.quantity), natural(spread.high, spread.quantity)
    return numbers.join_range(low, high) if low != high else ""


def spread_words(spread: Spread, naming: str = "") -> str:
    """Write a spread as ``38.8 million USD (27.3 to 58.8)``: the unit of the ends where it is another than the median's.

    Parameters
    ----------
    spread
        A spread with a median.
    naming
        What goes before the ends, such as ``P10 to P90: ``.
    """
    if spread.median is None:
        return ""
    middle, ends = natural(spread.median, spread.quantity), spread_interval(spread)
    return f"{middle} ({naming}{without_unit(ends, middle)})" if ends else middle


def without_unit(ends: str, middle: str) -> str:
    """Leave out of the ends of an interval the unit of the number before them, where both have it: ``27.3 to 58.8``.

    ``869,000 to 1.7 million`` keeps it: its lower end has no millions.
    """
    unit = f" {middle.partition(' ')[2]}"
    if unit.split()[:1] in _SCALES and "," in ends.partition(" to ")[0]:
        return ends
    return ends.removesuffix(unit) if ends.count(" ") == 2 + unit.count(" ") and len(unit) > 1 else ends


def cell_text(shown: tuple[str, str], joint: str = " ") -> str:
    """Write a cell of a table as ``38.8 million USD (27.3 to 58.8)``, without what its row says already.

    Parameters
    ----------
    shown
        A median and its interval, as they are written.
    joint
        What stands between the two.
    """
    middle, ends = map(in_table, shown)
    return f"{middle}{joint}({without_unit(ends, middle)})" if ends else middle


def join_words(parts: Sequence[str]) -> str:
    """Join parts of a sentence: ``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))

"""Units at the edges: text to base units and back. Inside, every number is in base units (SI, USD, kgCO2e, counts)."""

import functools
import math
import re
from typing import Any

from ..errors import FlopwattError


class UnitError(FlopwattError, ValueError):
    """A unit is unknown or of the wrong dimension."""


# Counts are dimensionless, and a year is the 8,760 h that utilities and energy reports count.
_DEFINITIONS = """
USD = [currency]
kgCO2e = [emission]
gCO2e = 1e-3 kgCO2e
tCO2e = 1e3 kgCO2e
byte = [information] = B
bit = 0.125 byte
FLOP = []
token = []
chip = []
rack = []
run = []
layer = []
parameter = []
sequence = []
year = 8760 hour = a = yr
L = 1e-3 meter ** 3 = l = liter = litre
"""


@functools.cache
def registry() -> Any:
    """The pint registry, built once (pint takes a while to import)."""
    import logging

    import pint

    logging.getLogger("pint").setLevel(logging.ERROR)  # redefining byte, year and litre is meant
    result: Any = pint.UnitRegistry()
    for line in _DEFINITIONS.strip().splitlines():
        result.define(line)
    result._build_cache()  # what was derived from the redefined units must be derived anew
    return result


# A power as units have it, of a name and small. pint computes any other too, and 10**10**10 for ever.
_POWER = re.compile(r"(?<=[^\W\d])\d*\s*(\*\*|\^)\s*(-?\d{1,2}(\.\d{1,4})?|\(\s*-?\d{1,2}(\.\d{1,4})?\s*\))(?![\w.])")


@functools.cache
def _base(unit: str) -> Any:
    if re.search(r"\*\*|\^", _POWER.sub("", unit)):
        raise UnitError(f"unknown unit {unit!r}")
    known = registry()
    try:
        return (1.0 * known.parse_units(unit)).to_base_units() if unit else known.Quantity(1.0)
    except Exception as error:  # pint evaluates what people write, and its tokenizer and arithmetic raise what they like
        raise UnitError(f"unknown unit {unit!r}") from error


# The units met in the model itself, and those that people write most: no need to wake pint for them.
_KNOWN = {
    "": 1.0, "FLOP": 1.0, "FLOP/s": 1.0, "token": 1.0, "chip": 1.0, "rack": 1.0, "run": 1.0, "layer": 1.0, "s": 1.0, "W": 1.0,
    "J": 1.0, "USD": 1.0, "kgCO2e": 1.0, "byte": 1.0, "byte/s": 1.0, "parameter": 1.0, "sequence": 1.0, "h": 3600.0,
    "min": 60.0,
    "day": 86400.0, "kWh": 3.6e6, "MWh": 3.6e9, "TWh": 3.6e15, "kW": 1e3, "MW": 1e6, "GW": 1e9, "year": 31536000.0,
    "USD/kWh": 1 / 3.6e6, "kgCO2e/kWh": 1 / 3.6e6, "L": 1e-3, "L/kWh": 1e-3 / 3.6e6, "USD/W": 1.0, "USD/chip": 1.0,
    "ms": 1e-3, "µs": 1e-6, "us": 1e-6, "token/s": 1.0, "1/s": 1.0, "GB": 1e9, "GB/s": 1e9, "TB/s": 1e12,
    "B": 1.0, "MB": 1e6, "TB": 1e12, "Wh": 3600.0, "GWh": 3.6e12, "hour": 3600.0, "days": 86400.0,
}  # fmt: skip

_DIMENSIONS = {
    "": ("", "FLOP", "token", "chip", "rack", "run", "layer", "parameter", "sequence"),
    "1 / [time]": ("FLOP/s", "token/s", "1/s"),
    "[time]": ("s", "min", "h", "hour", "day", "days", "year", "ms", "µs", "us"),
    "[mass] * [length] ** 2 / [time] ** 3": ("W", "kW", "MW", "GW"),
    "[mass] * [length] ** 2 / [time] ** 2": ("J", "Wh", "kWh", "MWh", "GWh", "TWh"),
    "[currency]": ("USD", "USD/chip"),
    "[emission]": ("kgCO2e",),
    "[information]": ("byte", "B", "MB", "GB", "TB"),
    "[information] / [time]": ("byte/s", "GB/s", "TB/s"),
    "[currency] * [time] ** 2 / [mass] / [length] ** 2": ("USD/kWh",),
    "[emission] * [time] ** 2 / [mass] / [length] ** 2": ("kgCO2e/kWh",),
    "[length] ** 3": ("L",),
    "[length] * [time] ** 2 / [mass]": ("L/kWh",),
    "[currency] * [time] ** 3 / [mass] / [length] ** 2": ("USD/W",),
}
_KNOWN_DIMENSION = {unit: name for name, several in _DIMENSIONS.items() for unit in several}


def factor(unit: str) -> float:
    """How many base units one ``unit`` is. Raises UnitError for an unknown unit."""
    known = _KNOWN.get(unit)
    return float(_base(unit).magnitude) if known is None else known


def dimension(unit: str) -> str:
    """The dimension of a unit as text, equal for units that convert into each other; empty for counts and ratios."""
    known = _KNOWN_DIMENSION.get(unit)
    return str(_base(unit).dimensionality).replace("dimensionless", "") if known is None else known


def to_base(value: float, unit: str) -> float:
    """A value in ``unit`` in base units."""
    return value * factor(unit)


def from_base(value: Any, unit: str) -> Any:
    """A value (or an array) in base units in ``unit``."""
    return value / factor(unit)


def parse(text: str | float | int, unit: str) -> float:
    """``"120 day"``, ``"15.6e12"`` or a number, in base units; a bare number is in ``unit``.

    Raises UnitError when the text is no number with a unit, or its unit does not convert into ``unit``.
    """
    if isinstance(text, bool):
        raise UnitError(f"{text!r} is not a number")
    if isinstance(text, (int, float)):
        return to_base(float(text), unit)
    head, _, tail = text.strip().partition(" ")
    try:
        value = float(head.replace("_", ""))
    except ValueError:
        form = f", or a number and a unit such as {'1.5 ' + unit!r}" if unit else ""
        raise UnitError(f"{text!r} is not a number{form}") from None
    if math.isnan(value):
        raise UnitError(f"{text!r} is not a number")
    tail = tail.strip()
    if not tail:
        return to_base(value, unit)
    if dimension(tail) != dimension(unit):
        wanted = f"one that converts to {unit!r} is needed" if unit else "a plain number is needed"
        raise UnitError(f"{text!r} has the wrong unit; {wanted}")
    return to_base(value, tail)

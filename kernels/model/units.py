"""Units at the edges: text to base units and back. Inside, every number is in base units (SI, USD, kgCO2e, counts)."""

import functools
import re
from typing import Any

from ..errors import FlopwattError
from . import number_text
from .number_text import NumberError, WrittenNumber
from .unit_spellings import spelled


class UnitError(FlopwattError, ValueError):
    """A unit is unknown or of the wrong dimension."""


# Counts are dimensionless, and a year is the 8,760 h that utilities and energy reports count.
_DEFINITIONS = """
USD = [currency]
kgCO2e = [emission]
gCO2e = 1e-3 kgCO2e
tCO2e = 1e3 kgCO2e
lbCO2e = 0.45359237 kgCO2e
UScent = 0.01 USD
byte = [information] = B
bit = 0.125 byte
bps = bit / second
Bps = byte / second
FLOP = []
token = []
chip = []
rack = []
run = []
layer = []
parameter = []
sequence = []
times = []
year = 8760 hour = a = yr
L = 1e-3 meter ** 3 = l = liter = litre
"""


_defined: dict[str, str] = {}  # by unit, what `define` added


@functools.cache
def registry() -> Any:
    """Return the pint registry, built once (pint takes a while to import)."""
    import logging

    import pint

    logging.getLogger("pint").setLevel(logging.ERROR)  # redefining byte, year and litre is meant
    result: Any = pint.UnitRegistry()
    for line in (*_DEFINITIONS.strip().splitlines(), *_defined.values()):
        result.define(line)
    result._build_cache()  # what was derived from the redefined units must be derived anew
    return result


PERCENT = "%"  # of a plain ratio
TIMES = "times"  # of a ratio that people read as a multiple: 3.7 times
PERCENT_A_YEAR = "%/year"  # of a rate
RATIOS = (PERCENT, TIMES, PERCENT_A_YEAR)
MAX_UNIT = 200  # characters: pint takes quadratic time

# A power as units have it, of a name and small. pint computes any other too, and 10**10**10 for ever.
_POWER = re.compile(r"(?<=[^\W\d])\d*\s*(\*\*|\^)\s*(-?\d{1,2}(\.\d{1,4})?|\(\s*-?\d{1,2}(\.\d{1,4})?\s*\))(?![\w.])")
# What pint passes over in a unit: marks at its end, all behind a # or a % without a sign between, ones, and numbers as 1E0.
_NO_UNIT = re.compile(
    r"(?<![\w.])\d[\d.]*[eE][+-]?\d|[^\w\s*/^().%°+-]|\.(?!\d)|%(?!\s*([*/)]|$))|(?<!\*)[*/]\s*\d|^[\W\d]*(?<!%)$"
)


@functools.cache
def _base(unit: str) -> Any:
    """Convert one ``unit`` to base units, as a pint quantity. Raises UnitError for an unknown unit."""
    if len(unit) > MAX_UNIT or (unit and _NO_UNIT.search(unit)) or re.search(r"\*\*|\^", _POWER.sub("", unit)):
        raise UnitError(f"unknown unit {unit!r}")
    known = registry()
    try:
        return (1.0 * known.parse_units(unit)).to_base_units() if unit else known.Quantity(1.0)
    except Exception as error:  # pint evaluates what people write, and its tokenizer and arithmetic raise what they like
        alike = next((f"; did you mean {other!r}?" for other in _KNOWN if other.lower() == unit.lower()), "")
        raise UnitError(f"unknown unit {unit!r}{alike}") from error


# The units met in the model itself, and those that people write most, by dimension: how many base units one is. No need to
# wake pint for them.
_BY_DIMENSION = {
    "": {PERCENT: 0.01} | dict.fromkeys(
        ("", "FLOP", "token", "chip", "rack", "run", "layer", "parameter", "sequence", TIMES), 1.0
    ),
    "1 / [time]": {
        "FLOP/s": 1.0, "GFLOP/s": 1e9, "TFLOP/s": 1e12, "PFLOP/s": 1e15, "EFLOP/s": 1e18,
        "token/s": 1.0, "1/s": 1.0, "1/h": 1 / 3600.0, "1/day": 1 / 86400.0, "1/year": 1 / 31536000.0,
        PERCENT_A_YEAR: 0.01 / 31536000.0,
    },
    "[time]": {
        "s": 1.0, "ms": 1e-3, "µs": 1e-6, "us": 1e-6, "min": 60.0, "h": 3600.0, "hour": 3600.0,
        "day": 86400.0, "days": 86400.0, "week": 604800.0, "year": 31536000.0, "chip*h": 3600.0,
    },
    "[mass] * [length] ** 2 / [time] ** 3": {"W": 1.0, "kW": 1e3, "MW": 1e6, "GW": 1e9},
    "[mass] * [length] ** 2 / [time] ** 2": {
        "J": 1.0, "Wh": 3600.0, "kWh": 3.6e6, "MWh": 3.6e9, "GWh": 3.6e12, "TWh": 3.6e15,
    },
    "[currency]": {"USD": 1.0, "USD/chip": 1.0, "USD/Mtoken": 1e-6},
    "[currency] / [time]": {"USD/h": 1 / 3600.0, "USD/year": 1 / 31536000.0},
    "[emission]": {"kgCO2e": 1.0, "tCO2e": 1e3},
    "[information]": {"bit": 0.125, "byte": 1.0, "B": 1.0, "MB": 1e6, "GB": 1e9, "TB": 1e12, "GiB": 2.0**30},
    "[time] ** 2 / [mass] / [length] ** 2": {"FLOP/s/W": 1.0, "GFLOP/s/W": 1e9, "TFLOP/s/W": 1e12},
    "1 / [information]": {"FLOP/byte": 1.0},
    "[information] / [time]": {"byte/s": 1.0, "GB/s": 1e9, "TB/s": 1e12, "Gbps": 1.25e8},
    "[currency] * [time] ** 2 / [mass] / [length] ** 2": {
        "USD/kWh": 1 / 3.6e6, "USD/MWh": 1 / 3.6e9, "UScent/kWh": 0.01 / 3.6e6,
    },
    "[emission] * [time] ** 2 / [mass] / [length] ** 2": {
        "kgCO2e/kWh": 1 / 3.6e6, "gCO2e/kWh": 1e-3 / 3.6e6, "kgCO2e/MWh": 1 / 3.6e9,
    },
    "[length] ** 3": {"L": 1e-3, "m**3": 1.0},
    "[length] * [time] ** 2 / [mass]": {"L/kWh": 1e-3 / 3.6e6},
    "[currency] * [time] ** 3 / [mass] / [length] ** 2": {"USD/W": 1.0},
}  # fmt: skip
_KNOWN = {unit: (text, size) for text, sizes in _BY_DIMENSION.items() for unit, size in sizes.items()}


def define(unit: str, size: float, base: str) -> None:
    """Make a unit known, also within others such as ``EUR/kWh``: so many of a unit that is known already.

    Parameters
    ----------
    unit
        Letters alone.
    size, base
        What one of it is; the last definition holds.

    Raises
    ------
    UnitError
        Where the unit is another one's name, or ``base`` is unknown.
    """
    line = f"{unit} = {size!r} {base}"
    if _defined.get(unit) == line:
        return
    if not unit.isalpha() or unit in _KNOWN.keys() - _defined.keys():
        raise UnitError(f"{unit!r} cannot be the name of a new unit")
    _KNOWN[unit] = (dimension(base), size * factor(base))
    _defined[unit] = line
    registry.cache_clear()  # pint derives units from one another: built anew, it forgets what an old rate gave
    _base.cache_clear()


def factor(unit: str) -> float:
    """Return how many base units one ``unit`` is. Raises UnitError for an unknown unit."""
    return _KNOWN[unit][1] if unit in _KNOWN else float(_base(unit).magnitude)


def dimension(unit: str) -> str:
    """Return a unit's dimension as text. Raises UnitError for an unknown unit.

    The text is equal for units that convert into each other, and empty for counts and ratios.
    """
    return _KNOWN[unit][0] if unit in _KNOWN else str(_base(unit).dimensionality).replace("dimensionless", "")


def alike(unit: str) -> tuple[str, ...]:
    """List the units that people write most of those that convert into a unit, as pint need not be asked for."""
    return tuple(other for other, (kind, _) in _KNOWN.items() if kind == dimension(unit))


def to_base(value: float, unit: str) -> float:
    """Convert a number from ``unit`` to base units. Raises UnitError for an unknown unit."""
    return value * factor(unit)


def from_base(value: Any, unit: str) -> Any:
    """Convert a number or an array from base units to ``unit``. Raises UnitError for an unknown unit."""
    return value / factor(unit)


_COUNT = "", "[currency]"  # dimensions of what a letter for thousands may stand behind
_THOUSANDS = {"k": 3, "K": 3, "M": 6, "b": 9, "B": 9, "T": 12}  # such letters, as powers of ten
_LETTER = re.compile(r"([A-Za-z])(?:\s+(.+))?")
_NO_LETTER = {"m": (-3, 6), "G": (9,), "g": (9,), "t": (12,), "P": (15,), "E": (18,)}  # what others could mean
_CURRENCY_FIRST = re.compile(r"([+-]?)\s*(US\s?\$|\$|€|£|USD\b)\s*(.+)", re.DOTALL)
_COUNTED = ("FLOP", "token", "chip", "rack", "run", "layer", "parameter", "sequence")
_COUNTS = re.compile(rf"(?<![^\W_])[kMGTPEZY]?({'|'.join(_COUNTED)})(?![^\W_])")
_CHIP_HOURS = re.compile(r"(chip|gpu|tpu|accelerator)s?[\s·-](h|hr|hour)s?", re.IGNORECASE)


def parse(text: str | float | int, unit: str) -> float:
    """Read a number with a unit, and convert it to base units.

    Parameters
    ----------
    text
        Such as ``"120 days"``, ``"15.6e12"``, ``"405B"`` of a count, ``"95%"`` or a number; a bare number is in ``unit``.
    unit
        The unit that the quantity is in.

    Raises
    ------
    UnitError
        When the text is no number with a unit, or its unit does not convert into ``unit``.
    """
    if isinstance(text, bool):
        raise UnitError(f"{text!r} is not a number")
    if isinstance(text, (int, float)):
        try:
            return to_base(float(text), unit)
        except OverflowError:
            raise UnitError("the number is too large") from None
    try:
        return _read(text, unit)
    except NumberError as error:
        form = f", or a number and a unit such as {'1.5 ' + unit!r}" if unit and not error.told else ""
        raise UnitError(f"{error}{form}") from None


def parse_whole(text: str) -> int:
    """Read a whole number without a unit: ``16_384``, ``16,384``, ``1e4``, ``16k``. Raises UnitError where the text is none."""
    try:
        number = number_text.split(text)
        power, tail = _thousands(number, "")
        if tail:
            raise NumberError(f"{text!r} is not a whole number")
        return number.whole(power)
    except NumberError as error:
        raise UnitError(str(error)) from None


def _read(text: str, unit: str) -> float:
    first = _CURRENCY_FIRST.fullmatch(text.strip())  # $60 million, $2/h
    number = number_text.split(f"{first[1]}{first[3]}" if first else text)
    power, tail = _thousands(number, dimension(unit))
    tail = spelled(f"{first[2]}{tail if tail[:1] in ('', '/') else f' {tail}'}" if first else tail, dimension(unit))
    if not tail:
        return to_base(number.value(power), unit)
    if tail == PERCENT and unit == "1/year":  # what people mean by an interest of 7%
        return to_base(number.value(power - 2), unit)
    try:
        fits = _fits(tail, unit)
    except UnitError as error:
        known = (
            "" if "did you mean" in str(error) else f"; write one such as {unit!r}" if unit else "; a plain number is needed"
        )
        raise UnitError(f"{error}{known}") from None
    if not fits:
        wanted = f"one that converts to {unit!r} is needed" if unit else "a plain number is needed"
        raise UnitError(f"{text!r} has the wrong unit; {wanted}")
    if tail == PERCENT:  # 99.9% is 0.999, not the nearest multiple of a hundredth that is a double
        return number.value(power - 2)
    return to_base(number.value(power), tail)


def _thousands(number: WrittenNumber, wanted: str) -> tuple[int, str]:
    """Take a letter for thousands from what stands behind a count, and return its power of ten and the rest."""
    letter = _LETTER.fullmatch(number.rest)
    is_count = wanted in _COUNT or (letter is not None and _CHIP_HOURS.fullmatch(letter[2] or ""))
    if letter is None or not is_count or number.is_infinite:
        return 0, number.rest
    if letter[1] in _NO_LETTER:
        meant = " or ".join(f"{number.digits}e{int(number.power) + power}" for power in _NO_LETTER[letter[1]])
        raise NumberError(f"{letter[1]!r} behind a count is not read; write {meant}", told=True)
    return (_THOUSANDS[letter[1]], letter[2] or "") if letter[1] in _THOUSANDS else (0, number.rest)


def _fits(written: str, unit: str) -> bool:
    """Tell whether what is written converts into a unit; tokens are no chips, though both are counts."""
    if dimension(written) != dimension(unit) or (PERCENT in written and (written != PERCENT or unit not in ("", PERCENT))):
        return written == "%/year" and unit == "1/year"
    counts, wanted = set(_COUNTS.findall(written)), set(_COUNTS.findall(unit))
    if (wanted and counts and not counts & wanted) or ("chip" in counts and dimension(unit) == "[time]" and unit != "h"):
        return False
    return bool(dimension(unit) or counts) or not written.isalpha()  # radians and the like count nothing

"""Numbers for people: 87.6 TWh, 3.4 million chips, 38.2 days; the scale is picked from the quantity's unit and its size."""

import math
from collections.abc import Callable
from typing import Literal

from ...kernels.model import units
from ...kernels.model.quantity import Quantity

# dimension's own scales, in base units and rising: a number is shown in the largest that it reaches
_LADDERS: dict[str, tuple[tuple[float, str], ...]] = {
    "s": ((1e-6, "µs"), (1e-3, "ms"), (1.0, "s"), (60.0, "min"), (3600.0, "h"), (86400.0, "days"), (2 * 31536e3, "years")),
    "J": tuple((3600 * 10.0 ** (3 * i), unit) for i, unit in enumerate(("Wh", "kWh", "MWh", "GWh", "TWh"))),
    "W": tuple((10.0 ** (3 * i), unit) for i, unit in enumerate(("W", "kW", "MW", "GW", "TW"))),
    "kgCO2e": ((1e-3, "gCO2e"), (1.0, "kgCO2e"), (1e3, "tCO2e"), (1e6, "ktCO2e"), (1e9, "MtCO2e"), (1e12, "GtCO2e")),
    "byte": tuple((10.0 ** (3 * i), unit) for i, unit in enumerate(("byte", "kB", "MB", "GB", "TB", "PB", "EB"))),
    "byte/s": tuple((10.0 ** (3 * i), f"{p}B/s") for i, p in enumerate(("", "k", "M", "G", "T", "P", "E"))),
    "FLOP/s": tuple((10.0 ** (3 * i), f"{p}FLOP/s") for i, p in enumerate(("", "k", "M", "G", "T", "P", "E", "Z", "Y"))),
    "L": ((1e-6, "mL"), (1e-3, "L"), (1.0, "m³"), (1e3, "thousand m³"), (1e6, "million m³")),
}
_OTHER_UNITS = {"s": "min day year", "J": "kWh MWh GWh TWh", "W": "kW MW GW", "kgCO2e": "tCO2e"}  # shown on the same ladder
_LADDER_OF = {unit: base for base in _LADDERS for unit in (base, *_OTHER_UNITS.get(base, "").split())}
_YEARS = 31536e3
_SMALL = 1e-3  # of a currency, below which other numbers have an exponent
_NOUNS = ("chip", "rack", "run", "token", "FLOP", "layer", "parameter", "sequence", "household")  # units that are counted
_RATES = {"1/year": "a year", "1/day": "a day"}
_WORDS = ((1e3, "thousand"), (1e6, "million"), (1e9, "billion"), (1e12, "trillion"))


def number(value: float, digits: int = 3) -> str:
    """Write a number to so many significant digits, without an exponent where that stays short: 3.14, 1,024, 3.8e25."""
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 1e6 or size < 1e-3:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        return f"{mantissa}e{int(exponent)}"
    places = max(digits - 1 - math.floor(math.log10(size)), 0)
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def share(value: float, error: float = 0.0) -> str:
    """Write a share of 1 in percent, with its standard error where it has one: 34% ± 2%, 3.1% ± 0.4%, 34.2%.

    Parameters
    ----------
    value
        The share, of 1.
    error
        Its standard error, alike; at least 0.1% is said of one that is above 0.
    """
    if math.isnan(value):
        return "-"
    if not error > 0:
        return f"{number(100 * value)}%"
    places = 0 if 100 * error >= 0.95 else 1
    return f"{100 * value:.{places}f}% ± {max(100 * error, 0.1):.{places}f}%"


def significant(value: float, digits: int) -> float:
    """Round a value to so many significant digits, for files that people read too."""
    return float(f"{value:.{digits}g}")


def count(value: float, noun: str = "", digits: int = 3) -> str:
    """Write a count in words: 3.4 million chips, 16,384 chips; above a thousand trillion as 3.8e25.

    Parameters
    ----------
    value
        The count; below a million a whole number is written in full.
    noun
        What is counted, in the singular; an abbreviation in capitals has no plural.
    digits
        Significant digits of what is not written in full.
    """
    size = abs(value)
    plural = f" {noun}{'' if noun.isupper() or size == 1 or not noun else 's'}" if noun else ""
    if size < 1e6 and value == math.floor(value):
        return f"{value:,.0f}{plural}"
    for scale, word in reversed(_WORDS[1:]):
        if scale * (1 - 0.5 * 10.0**-digits) <= size < 1e15:
            return f"{number(value / scale, digits)} {word}{plural}"
    return number(value, digits) + plural


def is_date(name: str) -> bool:
    """Tell whether a quantity of this name is a calendar year, or one with its fraction."""
    return name == "year" or name.endswith("_date")


def show(value: float, quantity: Quantity) -> str:
    """Write a value, given in the quantity's own unit, with the scale and unit that people read; years as they are written."""
    if value in range(len(quantity.words)):
        return quantity.words[int(value)]
    if is_date(quantity.name):
        return f"{value:g}"
    return show_unit(value, quantity.unit, quantity.show)


def show_base(base: float, quantity: Quantity) -> str:
    """Write a value, given in base units, with the scale and unit that people read."""
    return show(float(units.from_base(base, quantity.unit)), quantity)


def show_unit(value: float, unit: str, preferred: str = "") -> str:
    """Write a value with the scale and unit that people read.

    Parameters
    ----------
    value
        In ``unit``.
    unit
        A unit of the model, or nothing for a plain number.
    preferred
        The unit to show it in where it is from 1 to below 100,000 there; nothing where the quantity has none. A percent sign
        makes percent of a ratio, "times" percent of one below 1 and a multiple of others.
    """
    if not math.isfinite(value):
        return number(value)
    if preferred in _RATIOS:
        return _RATIOS[preferred](units.to_base(value, unit))
    wanted = units.from_base(units.to_base(value, unit), preferred) if preferred else math.nan
    if 1 <= abs(wanted) < 1e5:
        return f"{number(wanted)} {preferred}{'s' if preferred in ('day', 'year') and number(wanted) != '1' else ''}"
    ladder = _LADDER_OF.get(unit)
    if ladder is not None:
        return _climb(units.to_base(value, unit), _LADDERS[ladder])
    if preferred:
        value, unit = wanted, preferred
    if unit == "h":  # chip-hours and the like are counted, not turned into years
        return f"{count(_as_exact_as_known(value))} h"
    if len(unit) == 3 and unit.isupper():  # a currency: USD, EUR
        return f"{_money(value)} {unit}"
    if unit == "token/s":
        return f"{count(significant(value, 3))} {'token/s' if value == 1 else 'tokens/s'}"
    if unit in _NOUNS:
        return count(value, unit)
    if unit in _RATES:
        return f"{count(value) if abs(value) >= 1e6 else number(value)} {_RATES[unit]}"
    if not unit and 1e6 <= abs(value) < 1e15:
        return count(value)
    return f"{number(value)} {unit}".rstrip()


def _money(value: float) -> str:
    """Write an amount: in words where it is large, without an exponent where it is small, as that of one query is."""
    if abs(value) >= 1e6:
        return count(value)
    if 0 < abs(value) < _SMALL:
        return f"{value:.{2 - math.floor(math.log10(abs(value)))}f}".rstrip("0")
    return number(_as_exact_as_known(value), 4 if abs(value) >= 1 else 3)


def _times(ratio: float) -> str:
    """Write a ratio as people compare: what is less than the whole in percent, what is more as 3.7 times."""
    return share(ratio) if abs(ratio) < 1 else f"{count(ratio) if abs(ratio) >= 1e6 else number(ratio)} {units.TIMES}"


# How a ratio or a rate, in base units, is written where people read it otherwise than as a plain number.
_RATIOS: dict[str, Callable[[float], str]] = {
    units.PERCENT: share,
    units.TIMES: _times,
    units.PERCENT_A_YEAR: lambda rate: f"{share(units.from_base(rate, '1/year'))} a year",
}


def size_of(words: str, unit: str) -> float:
    """Return how much of a unit a scale and unit in words are: 1e6 of chips for ``million chips``; 0 where it is not known.

    Parameters
    ----------
    words
        As values are shown with: ``million chips``, ``days``.
    unit
        The values' own unit.
    """
    base = _LADDER_OF.get(unit, "")
    for scale, name in _LADDERS.get(base, ()):
        if name == words:
            return (_YEARS if name == "years" else scale) / float(units.to_base(1.0, unit))
    head, _, _ = words.partition(" ")
    return next((scale for scale, word in _WORDS if word == head), 1.0 if words.removesuffix("s") == unit else 0.0)


def natural_unit(size: float, unit: str, preferred: str = "") -> tuple[float, str]:
    """Choose one unit for values of about one size, as an axis has it.

    Parameters
    ----------
    size
        What the values are like, in ``unit``.
    unit, preferred
        As for `show_unit`.

    Returns
    -------
    tuple
        What a value in ``unit`` is multiplied by, and what it is in then: ``million chips``, ``TWh``; empty for plain numbers.
    """
    own = float(units.to_base(1.0, unit))
    if preferred in _RATIOS:
        return (own if preferred == units.TIMES else float(units.from_base(own, preferred))), preferred
    factor = float(units.from_base(own, preferred)) if preferred else math.nan
    if 1 <= abs(size * factor) < 1e5 or (preferred and unit not in _LADDER_OF):
        return factor, f"{preferred}s" if preferred in ("day", "year") else preferred
    size = abs(size)
    if unit not in _LADDER_OF and (1e15 <= size < math.inf or 0 < size < 1e-3):
        exponent = 3 * math.floor(math.log10(size) / 3)
        return 10.0**-exponent, f"1e{exponent} {unit}".rstrip()
    words = show_unit(2.0 if size == 1 else size, unit).partition(" ")[2]
    return 1 / (size_of(words, unit) or 1.0), words


def _as_exact_as_known(value: float) -> float:
    """Round what was computed to four digits from ten thousand on; a whole number is one that was said, and stays."""
    return significant(value, 4) if abs(value) >= 1e4 and value != math.floor(value) else value


def join_range(low: str, high: str) -> str:
    """Join the shown ends of a range as ``25.6 to 34.2 million USD``: the unit once where both ends have the same."""
    number_text, _, unit = low.partition(" ")
    return f"{number_text if unit == high.partition(' ')[2] else low} to {high}"


def join_spread(middle: str, low: str, high: str) -> str:
    """Join a shown number with the ends of its range as ``29.8 (25.6 to 34.2) million USD``: the unit once where all agree.

    Parameters
    ----------
    middle, low, high
        As they are shown by themselves; the ends are left out where they are shown as the middle is.
    """
    if low == middle == high:
        return middle
    parts = [text.partition(" ") for text in (middle, low, high)]
    (number_text, _, unit), *ends = parts
    if any(end[2] != unit for end in ends):
        return f"{middle} ({join_range(low, high)})"
    return f"{number_text} ({ends[0][0]} to {ends[1][0]}) {unit}".rstrip()


def rounded(value: float, digits: int = 4) -> float:
    """Round a number that would be shown to its last digit to so many significant digits: it is no more exact than that.

    Others stay as they are, since a number that is rounded twice may come out wrong.
    """
    return float(f"{value:.{digits}g}") if 10**digits <= abs(value) < 1e6 else value


def _climb(value: float, ladder: tuple[tuple[float, str], ...]) -> str:
    if value == 0:
        return f"0 {next((unit for scale, unit in ladder if scale == 1.0), ladder[0][1])}"
    rounded = abs(value) * (1 + 0.5e-3)  # 999.96 kW is 1 MW
    scale, unit = next((step for step in reversed(ladder) if rounded >= step[0]), ladder[0])
    return f"{number(value / (_YEARS if unit == 'years' else scale))} {unit}"


def _measured(seconds: float) -> str:
    """Write a time in four digits and without minutes, so that two times can be held against each other."""
    scale, unit = next((step for step in _MEASURED if seconds >= step[0]), _MEASURED[-1])
    return f"{seconds / scale:.4g} {unit}"


_MEASURED = ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns"))

DurationStyle = Literal["people", "measured", "seconds", "whole", "milliseconds", "column", "rough"]
_DURATIONS: dict[DurationStyle, Callable[[float], str]] = {
    "people": lambda seconds: _climb(seconds, _LADDERS["s"]),
    "measured": _measured,
    "seconds": lambda seconds: f"{number(seconds)} s",
    "whole": lambda seconds: f"{seconds:.0f} s",
    "milliseconds": lambda seconds: f"{seconds:.3f} s",
    "column": lambda seconds: f"{seconds:.3g}",
    "rough": lambda seconds: f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min",
}


def duration(seconds: float | None, style: DurationStyle = "people") -> str:
    """Write a time.

    Parameters
    ----------
    seconds
        The time (s); an empty text comes of None.
    style
        ``people``: three digits in the largest unit that it reaches, microseconds to years (38.2 days, 4.1 s, 310 ms).
        ``measured``: four digits, nanoseconds to seconds (12.34 ms). ``seconds``: three digits in seconds (0.01 s).
        ``whole``: whole seconds (12 s). ``milliseconds``: seconds to the millisecond (0.120 s). ``column``: three digits in
        seconds, without the unit, under a heading that has it. ``rough``: how long something will take (90 s, 3 min).
    """
    return "" if seconds is None else _DURATIONS[style](seconds)


def memory(size: int | None) -> str:
    """Write a size (bytes) in bytes to EB, or a dash where it is not known."""
    return "-" if size is None else _climb(float(size), _LADDERS["byte"])

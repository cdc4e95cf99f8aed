"""What a user states of a quantity as text, by its own parameter or by name, read as fixed values."""

import math
import re
from collections.abc import Mapping

from ... import configs
from ...kernels.quantities import MODEL
from ...kernels.text import nearest
from ..errors import InputError, Parameter
from ..facts.precisions import OPTIONS, match_precision, peak_column
from .recompute_text import recompute
from .scenario import StatedValue
from .source import Source, SourceKind, stated_with
from .stated_number import number

_WHOLE = ("data_parallel",)  # quantities that are whole only here
_DATES = ("software_date",)  # years, of which a month may be written
_YEAR = re.compile(r"\s*\d{4}(\.\d*)?\s*")
_MONTH = re.compile(r"\s*(\d{4})-(0?[1-9]|1[0-2])\s*")
_NAMED = ("model", "chip", "precision", "country", "strategy", "system", "currency")  # what is stated by a name
_UNITS = {"run_time": "day"}  # of numbers without one, where they are not in the quantity's own


def default_value(name: str) -> StatedValue:
    """Return the default of an input, with its source."""
    default = configs.defaults()[name]
    return StatedValue(default.value, Source(SourceKind.DEFAULT, default.source))


def stated_values(name: str, text: str, unusual: bool) -> dict[str, StatedValue]:
    """Read the text that is stated of a quantity as fixed values, by quantity.

    Parameters
    ----------
    name, text
        The quantity, and what is stated of it.
    unusual
        Whether to take a value that lies far from all that is known of the quantity.

    Raises
    ------
    InputError
        Names the quantity's parameter, and what would be right.
    """
    source = stated_with(name)
    if name == "recomputed_layers":
        return {key: StatedValue(value, source) for key, value in recompute(text).items()}
    value = number(_dated(text, name) if name in _DATES else text, MODEL[name], name, _UNITS.get(name), unusual=unusual)
    if name in _WHOLE and not (value >= 1 and value == math.floor(value)):
        raise InputError(f"must be a whole number of at least 1, not {value:g}", where=Parameter(name))
    return {name: StatedValue(value, source)}


def _dated(text: str, name: str) -> str:
    """Write a year and a month, such as 2025-06, as a year with its fraction; a year as it stands."""
    if match := _MONTH.fullmatch(text):
        return f"{int(match[1]) + (int(match[2]) - 0.5) / 12:.3f}"
    if not _YEAR.fullmatch(text):
        right = "a year such as 2025.5, or a year and a month such as 2025-06"
        raise InputError(f"must be {right}, not {text!r}", where=Parameter(name))
    return text


def stated_precision(name: str | None, fixed: Mapping[str, StatedValue], chip: configs.FactRow) -> dict[str, StatedValue]:
    """Read the precision that is stated, else BF16; its peak must be published.

    Parameters
    ----------
    name
        One of `precisions.OPTIONS`; None where nothing is stated, and nothing is returned.
    fixed
        All that is stated, in base units, the chip's facts among it.
    chip
        The chip's row of the hardware table.

    Raises
    ------
    InputError
        Where there is no such precision, or the chip's peak in it is not published.
    """
    name = name.strip() if name is not None else None
    if name is not None and name.lower() not in OPTIONS:
        raise InputError(f"must be one of {', '.join(OPTIONS)}, not {name!r}", where=Parameter("precision"))
    stated = match_precision(name) if name else None
    bits = stated.bits if stated else configs.defaults()["precision_bits"].value
    if math.isnan(fixed[peak_column(bits)].value):
        known = [text for text in OPTIONS if (item := match_precision(text)) and not math.isnan(fixed[item.peak].value)]
        alternatives = f"; there is {', '.join(known)}" if known else ""
        raise InputError(
            f"the {(name or 'bf16').upper()} peak of {chip.name} is not published{alternatives}", where=Parameter("precision")
        )
    return {"precision_bits": StatedValue(bits, stated_with("precision"))} if name else {}


def set_value(text: str, unusual: bool) -> tuple[str, StatedValue]:
    """Read ``name=value``, which states any quantity, as its name and a fixed value.

    Parameters
    ----------
    text
        What is stated.
    unusual
        Whether to take a value that lies far from all that is known of the quantity.

    Raises
    ------
    InputError
        Where it is no such text, there is no such quantity, or it cannot have the value.
    """
    name, separator, value = text.partition("=")
    name = name.strip()
    if not separator:
        raise InputError(f"must be NAME=VALUE, not {text!r}", where=Parameter("sets"))
    if name in _NAMED:
        raise InputError(f"{name} is no quantity; state it with ", Parameter(name, value.strip()), where=Parameter("sets"))
    if name not in MODEL:
        raise InputError(f"unknown quantity {name!r}{nearest(name, MODEL.quantities)}", where=Parameter("sets"))
    return name, StatedValue(number(value.strip(), MODEL[name], "sets", unusual=unusual), stated_with("sets"))

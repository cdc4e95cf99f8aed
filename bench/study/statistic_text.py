"""A statistic as a study writes it: ``P50(cost)``, ``mean(cost)``, ``min(cost)``, ``max(cost)``; never evaluated as Python."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ...kernels.model import units
from ...kernels.model.quantity import Model, Quantity
from ...kernels.model.statistics import Measure, Statistic
from ...kernels.text import nearest
from ..errors import StudyError

_PERCENTILE = re.compile(r"[Pp]([0-9]+)(?:\.([0-9]+))?")
_NAME = re.compile(r"[^\W\d]\w*")
_COMPARING = re.compile("[<>=!]")
MAX_DECIMALS = 4  # of a percentile
SHARE = "share"  # of the draws that meet conditions; the others are statistics of a quantity
FORM = "write it as P50(cost), mean(cost), min(cost), max(cost) or share(run_time <= 120 day)"
_NAMED: Mapping[str, tuple[Measure, Fraction]] = {
    "mean": (Measure.MEAN, Fraction(0)),
    "min": (Measure.QUANTILE, Fraction(0)),
    "max": (Measure.QUANTILE, Fraction(1)),
}
_CALLED_OTHERWISE = {
    "median": "P50",
    "p": "P50",
    "quantile": "P50",
    "percentile": "P50",
    "average": "mean",
    "avg": "mean",
    "expected": "mean",
    "minimum": "min",
    "maximum": "max",
}


class StatisticError(StudyError):
    """A statistic or a clause is not understood; the message says what would be."""


@dataclass(frozen=True)
class Call:
    """Text of the form ``name(argument) rest``."""

    name: str
    argument: str
    rest: str


def split_call(text: str) -> Call | None:
    """Split text that begins with a call, such as ``P80(run_time) <= 120 day``; None where it begins with none.

    Raises
    ------
    StatisticError
        Where the call's parentheses do not match.
    """
    start = text.find("(")
    name = text[: max(start, 0)].strip()
    if not name or " " in name or _COMPARING.search(name):
        return None
    depth = 0
    for i, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth < 0 or text.count("(") != text.count(")"):
            break
        if character == ")" and depth == 0:
            return Call(name, text[start + 1 : i].strip(), text[i + 1 :].strip())
    raise StatisticError(f"{text!r}: the parentheses do not match")


def read_statistic(call: Call, text: str, model: Model) -> Statistic:
    """Read a call as a statistic of a quantity.

    Parameters
    ----------
    call
        The call.
    text
        All that the study has there, which errors quote.
    model
        The quantities that it may name.

    Raises
    ------
    StatisticError
        Where there is no such statistic, or it is not of one quantity.
    """
    measure, share = _measure(call.name, text)
    if "(" in call.argument:
        raise StatisticError(f"{text!r}: statistics do not nest; {call.name}(...) takes a quantity, as {call.name}(cost)")
    if _COMPARING.search(call.argument):
        raise StatisticError(f"{text!r}: {call.name}(...) takes a quantity; share(...) takes conditions")
    if not _NAME.fullmatch(call.argument):
        stated = f"not {call.argument!r}" if call.argument else "and has none"
        raise StatisticError(f"{text!r}: {call.name}(...) takes a quantity, {stated}; write {call.name}(cost)")
    return Statistic(find(call.argument, text, model).name, measure, share)


def parse_objective(text: str, model: Model) -> Statistic:
    """Read what ``minimize`` or ``maximize`` names: a statistic, or a quantity as it stands.

    Parameters
    ----------
    text
        Such as ``P50(cost)`` or ``cost``.
    model
        The quantities that it may name.

    Raises
    ------
    StatisticError
        Where it is not understood.
    """
    call = split_call(text)
    if call is None:
        if text not in model:
            raise StatisticError(f"unknown quantity {text!r}{nearest(text, model.quantities)}")
        return Statistic(text)
    if call.name == SHARE:
        raise StatisticError(f"{text!r}: share(...) is a condition; ask it under where, as share(run_time <= 120 day) >= 95%")
    statistic = read_statistic(call, text, model)
    if call.rest:
        raise StatisticError(f"{text!r}: nothing goes behind {statistic}, but {call.rest!r} does")
    return statistic


def parse_share(value: float | str) -> Fraction:
    """Read a share such as ``95%`` or 0.95, exactly as its digits say.

    Parameters
    ----------
    value
        A number, or text, perhaps with a percent sign.

    Raises
    ------
    UnitError
        Where it is no plain number.
    StatisticError
        Where it is not from 0 to 1.
    """
    number = units.parse(value, "")
    if not 0 <= number <= 1:  # NaN is not, either
        hint = f"; write {number:g}% or {number / 100:g}" if 1 < number <= 100 else ""
        raise StatisticError(f"{value if isinstance(value, str) else f'{value:g}'} is not between 0 and 1{hint}")
    return Fraction(repr(number))


def find(name: str, text: str, model: Model) -> Quantity:
    """Find a quantity by its name.

    Parameters
    ----------
    name, model
        The name, and the quantities that it may be of.
    text
        All that the study has there, which errors quote.

    Raises
    ------
    StatisticError
        Where there is none.
    """
    if name not in model:
        raise StatisticError(f"{text!r}: unknown quantity {name!r}{nearest(name, model.quantities)}")
    return model[name]


def _measure(name: str, text: str) -> tuple[Measure, Fraction]:
    percentile = _PERCENTILE.fullmatch(name)
    if percentile is None:
        if name in _NAMED:
            return _NAMED[name]
        raise StatisticError(f"{text!r}: there is no statistic {name!r}{_hint(name)}")
    whole, decimals = percentile[1], (percentile[2] or "").rstrip("0")
    if len(decimals) > MAX_DECIMALS:
        raise StatisticError(f"{text!r}: P takes at most {MAX_DECIMALS} decimals")
    share = Fraction(f"{whole}.{decimals or 0}") / 100
    if not 0 < share < 1:
        raise StatisticError(f"{text!r}: P is above 0 and below 100; min(...) and max(...) are the ends")
    return Measure.QUANTILE, share


def _hint(name: str) -> str:
    small = name.lower()
    if small in _CALLED_OTHERWISE:
        return f"; write {_CALLED_OTHERWISE[small]}(...)"
    return nearest(small, (*_NAMED, SHARE)) or f"; {FORM}"

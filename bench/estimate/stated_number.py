"""A number that a user states of a quantity, as text: read, and held against the quantity's limits and what is known of it."""

from ... import configs
from ...kernels.model import units
from ...kernels.model.quantity import Quantity
from ..errors import InputError, Parameter
from ..facts.plausible import ImplausibleError, check_plausible, slip

_OF_ANY = "sets"  # the parameter that states several quantities, so that errors say which
MAX_VALUE = 1e50  # in base units; beyond it products overflow


def number(text: str, quantity: Quantity, parameter: str, unit: str | None = None, *, unusual: bool = False) -> float:
    """Read a user's number, with or without a unit, in base units.

    Parameters
    ----------
    text
        As `number_text` reads it; one of the quantity's words where it has such.
    quantity
        What it is a value of: its unit and limits.
    parameter
        What the user stated it with, for errors.
    unit
        The unit of a number without one, where that is not the quantity's own.
    unusual
        Whether to take a value that lies far from all that is known of the quantity.

    Raises
    ------
    InputError
        Where the text is no number, its unit does not convert, the quantity cannot have this value, or it is far from all
        that is known.
    """
    named = quantity.from_word(text)
    try:
        value = units.parse(named, unit or quantity.unit)
    except units.UnitError as error:
        hint = _currency_hint(text, str(error))
        wrong = str(error).partition(";")[0] if hint else str(error)
        if quantity.words:
            wrong = f"{quantity.name} must be {' or '.join(quantity.words)}, not {text!r}"
        elif parameter == _OF_ANY:
            wrong = f"{quantity.name}: {wrong}"
        raise InputError(wrong, *hint, where=Parameter(parameter)) from None
    if abs(value) > MAX_VALUE:
        raise InputError(f"{quantity.name} is beyond anything real, {text.strip()[:40]}", where=Parameter(parameter))
    problem = quantity.check(value)
    if problem is not None:
        raise InputError(f"{quantity.name} {problem}, not {text}{slip(quantity.name, value)}", where=Parameter(parameter))
    try:
        check_plausible(quantity.name, value, unusual)
    except ImplausibleError as error:
        raise InputError(*error.parts, where=Parameter(parameter)) from None
    return value


def _currency_hint(text: str, wrong: str) -> tuple[str | Parameter, ...]:
    """Say what makes a currency a unit, where a number in one was not read for want of that."""
    codes = (row.name for row in configs.load("currencies").rows.values())
    code = next((code for code in codes if code in f"{text} {wrong}" and "unknown unit" in wrong), None)
    return ("; amounts in it are read with ", Parameter("currency", code)) if code else ()

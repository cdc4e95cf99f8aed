"""Whether a formula's units fit: it is computed once with units in place of plain numbers."""

from collections.abc import Callable

import numpy as np

from . import units
from .quantity import Quantity


def misfit(item: Quantity, unit_of: Callable[[str], str]) -> str | None:
    """Check a formula's units, and say what is wrong with them.

    A number in the formula counts as a plain one: a constant with a unit is a quantity of its own.

    Parameters
    ----------
    item
        The quantity, with a formula.
    unit_of
        Gives the unit of a quantity that the formula needs, by its name.

    Returns
    -------
    str or None
        What is wrong, as the rest of a message; None where the units fit.
    """
    import pint

    registry = units.registry()
    arguments = [registry.Quantity(np.float64(2.0), unit_of(name)).to_base_units() for name in item.parameters]
    try:
        with np.errstate(all="ignore"):
            result = registry.Quantity(1.0, "") * item(*arguments)
    except (pint.errors.PintError, TypeError, ValueError) as error:
        return str(error).rstrip(".")
    if result.dimensionality != registry.Quantity(1.0, item.unit).to_base_units().dimensionality:
        return f"it gives {result.to_base_units().units:~} and not {item.unit or 'a plain number'}"
    return None

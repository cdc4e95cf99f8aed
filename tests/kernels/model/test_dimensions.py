"""A formula's units: what fits, and what is said of what does not."""

import pytest

from flopwatt.kernels.model.dimensions import misfit
from flopwatt.kernels.model.quantity import Quantity

UNITS = {"power": "kW", "time": "h", "price": "USD/kWh", "count": ""}


def formula(unit: str, function: object, *parameters: str) -> Quantity:
    return Quantity("made", unit, "test", "", function, parameters)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("item", "what"),
    [
        (formula("J", lambda power, time: power * time, "power", "time"), None),
        (formula("USD", lambda power, time, price: power * time * price, "power", "time", "price"), None),
        (formula("", lambda count: 2 * count + 1, "count"), None),
        (formula("W", lambda power, time: power * time, "power", "time"), "and not W"),
        (formula("", lambda power: power, "power"), "and not a plain number"),
        (formula("W", lambda power, time: power + time, "power", "time"), "Cannot convert"),
        (formula("W", lambda power: power + 1.0, "power"), "Cannot convert"),
    ],
)
def test_units_that_fit_and_that_do_not(item: Quantity, what: str | None) -> None:
    problem = misfit(item, UNITS.__getitem__)
    assert problem is None if what is None else what in (problem or "")

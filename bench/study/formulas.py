"""A study may hold a quantity at another one: ``mfu = "step_mfu"`` takes the MFU from the strategy's own step time."""

from collections.abc import Mapping
from typing import Any

from ...kernels.model import units
from ...kernels.model.quantity import Model, Quantity
from ..errors import StudyError


class FormulaError(StudyError):
    """A quantity cannot stand for another; the message starts with the key."""


def named(values: Mapping[str, Any], model: Model) -> dict[str, str]:
    """The entries of ``[given]`` whose value is the name of a quantity."""
    return {name: value for name, value in values.items() if isinstance(value, str) and value in model and name in model}


def substituted(model: Model, names: Mapping[str, str]) -> Model:
    """The model with each of the quantities computed as another. Raises FormulaError where their units do not fit."""
    return model.extended({name: _stand_in(model[name], model[other]) for name, other in names.items()})


def _stand_in(item: Quantity, other: Quantity) -> Quantity:
    if units.dimension(item.unit) != units.dimension(other.unit):
        raise FormulaError(f"given.{item.name}: {other.name} has the unit {other.unit or '1'}, which is not one of {item.name}")
    return Quantity(
        item.name, item.unit, f"{other.name}, as the study says", item.doc, _same, (other.name,), item.low, item.high,
        item.low_open, item.whole, item.show,
    )  # fmt: skip


def _same(value: Any) -> Any:
    return value

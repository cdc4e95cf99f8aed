"""Every input of an estimate as plain data of its JSON document, so that two documents can be told apart by them."""

import math
from typing import Any

from ...kernels.model import units
from ...kernels.model.quantity import Quantity
from ..drivers.alternatives import spread_of
from ..errors import Spelling, named
from .scenario import Scenario
from .source import SourceKind


def held_entries(scenario: Scenario, spell: Spelling = named) -> list[dict[str, Any]]:
    """List the inputs that have a value, and those that are drawn.

    Parameters
    ----------
    scenario
        The run.
    spell
        Words the parameters that the user stated values with.

    Returns
    -------
    list
        Of each its ``quantity``, ``unit`` and ``source``, whether it was ``stated`` or ``assumed``, and its ``value``; of one
        that is drawn ``P10``, ``P50`` and ``P90``.
    """
    fixed = [
        _entry(scenario.model[name], held.source.text(spell))
        | {
            "stated": held.source.kind is SourceKind.STATED,
            "assumed": held.source.kind is SourceKind.DEFAULT,
            "value": _own(scenario.model[name], held.value),
        }
        for name, held in scenario.fixed.items()
    ]
    drawn = [
        _entry(scenario.model[name], distribution.source)
        | dict(zip(("P10", "P50", "P90"), (_own(scenario.model[name], end) for end in spread_of(distribution)), strict=True))
        for name, distribution in scenario.drawn.items()
    ]
    return fixed + drawn


def _entry(item: Quantity, source: str) -> dict[str, Any]:
    return {"quantity": item.name, "unit": item.unit, "source": source}


def _own(item: Quantity, base: float) -> float | None:
    return float(units.from_base(base, item.unit)) if math.isfinite(base) else None

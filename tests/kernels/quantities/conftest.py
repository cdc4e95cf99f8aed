"""Evaluating the model in plain Python: what the tests of single quantities need."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from flopwatt import configs
from flopwatt.kernels.model.units import factor
from flopwatt.kernels.quantities import MODEL

Values = dict[str, Any]


def _evaluate(targets: Iterable[str], held: Mapping[str, Any]) -> Values:
    values = dict(held)
    for item in MODEL.order(targets, values):
        if item.name not in values:
            values[item.name] = item(*(values[name] for name in item.parameters))
    return values


@pytest.fixture
def evaluate() -> Callable[..., Values]:
    """``evaluate("cost", model=..., chip=..., tokens=1e12)``: every quantity on the way to the targets, in base units.

    Inputs come from the defaults, then from the rows of the facts tables, then from the keywords (in base units).
    """

    def run(*targets: str, model: str | None = None, chip: str | None = None, grid: str | None = None, **held: float) -> Values:
        values: Values = {name: default.value for name, default in configs.defaults().items()}
        for table, row in (("models", model), ("hardware", chip), ("grids", grid)):
            if row is not None:
                values |= configs.load(table).find(row).values
        return _evaluate(targets, values | held)

    return run


@pytest.fixture
def unit_of() -> Callable[[str], float]:
    """How many base units one unit is."""
    return factor

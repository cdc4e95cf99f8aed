"""Every formula has the dimension that it declares, and gives the same in SI and in kW, h and kWh."""

import ast
import inspect
import math
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from flopwatt import configs
from flopwatt.kernels.model import units
from flopwatt.kernels.model.dimensions import misfit
from flopwatt.kernels.model.quantity import Quantity
from flopwatt.kernels.quantities import MODEL

COMPUTED = [item for item in MODEL.quantities.values() if not item.given]

# Of each dimension a unit that people use in place of the SI one.
OTHER_UNITS = ("h", "kW", "kWh", "day", "GB", "GB/s", "1/h", "USD/kW", "USD/kWh", "gCO2e/kWh", "tCO2e", "L", "L/kWh", "kW/GB")
HELD = {
    "tokens": 14.8e12, "chip_count": 2048.0, "site_power": 1e9, "money": 1e11, "compared_energy": 1.6e18,
    "compared_power": 1.2e10, "chip_embodied_carbon": 164.0, "server_embodied_carbon": 712.5, "recomputed_layers": 0.5,
    "recomputed_attention": 0.25, "mtp_layers": 1.0, "site_basis": 1.0, "staff_cost_per_year": 1e6,
    "period_date": 2028.0, "period_years": 1.0, "phase_date": 2028.25, "phase_power": 1e9, "phase_gain_years": 1.0,
}  # fmt: skip


def _inputs() -> dict[str, float]:
    """A value of every input, in base units: defaults, DeepSeek-V3 on GB200, and for the rest 2 of the input's unit."""
    values = {name: 2.0 * units.factor(item.unit) for name, item in MODEL.quantities.items() if item.given}
    values |= {name: default.value for name, default in configs.defaults().items()}
    for table, row in (("models", "deepseek-v3"), ("hardware", "gb200-nvl72")):
        values |= {k: v for k, v in configs.load(table).find(row).values.items() if not math.isnan(v)}
    return {name: value for name, value in (values | HELD).items() if name in MODEL}


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    """Every quantity of the model in base units."""
    result: dict[str, Any] = dict(_inputs())
    with np.errstate(all="ignore"):
        for item in MODEL.order(MODEL.quantities, result):
            if item.name not in result:
                result[item.name] = item(*(np.float64(result[name]) for name in item.parameters))
    return result


def _in(value: float, unit: str, other: bool) -> Any:
    """A base-unit value as a pint quantity, in SI or in another unit of the same dimension."""
    registry = units.registry()
    quantity = registry.Quantity(np.float64(value / units.factor(unit)), unit).to_base_units()
    if other:
        for candidate in OTHER_UNITS:
            if quantity.is_compatible_with(candidate) and not quantity.dimensionless:
                return quantity.to(candidate)
    return quantity


def _dimension(quantity: Any) -> dict[str, float]:
    """The exponent of each base dimension; powers with a fraction leave a rounding error in it."""
    exponents = {name: round(float(power), 9) for name, power in quantity.dimensionality.items()}
    return {name: power for name, power in exponents.items() if power}


@pytest.mark.parametrize("item", COMPUTED, ids=lambda item: item.name)
def test_dimension_and_value_in_two_systems_of_units(item: Quantity, values: dict[str, Any]) -> None:
    registry = units.registry()
    declared = registry.Quantity(1.0, item.unit).to_base_units()
    for other in (False, True):
        arguments = [_in(values[name], MODEL[name].unit, other) for name in item.parameters]
        result = registry.Quantity(1.0, "") * item(*arguments)
        assert _dimension(result) == _dimension(declared), f"{item.name} is in {result.units}"
        found = float(result.to_base_units().magnitude)
        assert found == pytest.approx(float(values[item.name]), rel=1e-9, nan_ok=True)


def test_no_formulas_units_misfit() -> None:
    assert {item.name: wrong for item in COMPUTED if (wrong := misfit(item, lambda name: MODEL[name].unit))} == {}


def test_the_values_do_exercise_the_formulas(values: dict[str, Any]) -> None:
    unknown = [item.name for item in COMPUTED if math.isnan(float(values[item.name]))]
    assert not unknown


def test_units_are_really_changed() -> None:
    for value, unit in ((1.0, "s"), (1.0, "W"), (3.6e6, "kWh"), (1.0, "USD/kWh"), (1.0, "byte"), (1.0, "kgCO2e")):
        assert _in(value, unit, True).units != _in(value, unit, False).units


def _numbers(function: Callable[..., Any]) -> set[float]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return {
        abs(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, int | float)
    }


CONVERSIONS = {24, 60, 365, 1000, 1024, 3600, 8760, 86400, 1e6, 3.6e6, 1e9, 1e12, 2**20, 2**30, 1e-3, 1e-6, 1e-9}


@pytest.mark.parametrize("item", COMPUTED, ids=lambda item: item.name)
def test_no_unit_is_converted_inside_a_formula(item: Quantity) -> None:
    """W s / 3.6e6 (USD/kWh) has the right dimension and is wrong by 3.6e6: no dimension test finds it."""
    assert item.function is not None
    assert not _numbers(item.function) & CONVERSIONS
    assert all(math.isfinite(number) for number in _numbers(item.function))


def test_every_quantity_says_what_it_is_and_where_it_is_from() -> None:
    for item in MODEL.quantities.values():
        assert item.doc.strip().endswith((".", ".)")) or "\n" in item.doc, item.name
        assert item.given or item.source.strip(), item.name

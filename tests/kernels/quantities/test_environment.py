"""Carbon of a run and of its chips' making, and water."""

import math
from collections.abc import Callable
from typing import Any

import pytest

Evaluate = Callable[..., dict[str, Any]]


def test_carbon_of_llama_405b(evaluate: Evaluate) -> None:
    """8,930 tCO2e by Meta, who count 700 W per GPU and no servers (model card): ours is that with a whole node and site."""
    held = {"chip_hours": 30.84e6 * 3600, "tokens": 15.6e12, "chip_count": 16384}
    values = evaluate("carbon", "chip_energy", model="llama-3.1-405b", chip="h100", **held)
    assert 8930e3 < values["carbon"] < 2 * 8930e3
    tdp_only = 30.84e6 * 0.7 * 0.385 * 1.1
    assert tdp_only == pytest.approx(8930e3, rel=0.03)
    assert values["carbon"] / tdp_only == pytest.approx(values["facility_power_per_chip"] / 770 * 0.38355 / 0.385)


def test_embodied_carbon_is_a_share_of_the_time_in_service(evaluate: Evaluate) -> None:
    values = evaluate("total_carbon", chip="h100", chip_count=8, run_time=3 * 8760 * 3600.0)
    assert values["embodied_carbon"] == pytest.approx(8 * 164 + 5700)
    written_off = evaluate("total_carbon", chip="h100", chip_count=8, run_time=1e6, chip_life=1e9)
    assert (
        written_off["embodied_carbon"] == evaluate("total_carbon", chip="h100", chip_count=8, run_time=1e6)["embodied_carbon"]
    )
    unknown = evaluate("total_carbon", "carbon", chip="gb200", chip_count=8, run_time=1e6)
    assert math.isnan(unknown["total_carbon"])
    assert unknown["carbon"] > 0


def test_water_on_site_goes_with_it_energy(evaluate: Evaluate, unit_of: Callable[[str], float]) -> None:
    one = evaluate("total_water", chip="h100", chip_count=8, run_time=1e6)
    other = evaluate("total_water", chip="h100", chip_count=8, run_time=1e6, pue=2.24)
    assert other["water"] == one["water"]
    assert other["grid_water"] == pytest.approx(2 * one["grid_water"])
    litres = one["it_energy"] / unit_of("kWh") * 0.473
    assert one["water"] / unit_of("L") == pytest.approx(litres)

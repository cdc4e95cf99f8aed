"""Capital by part, a year and a run of a year, electricity's share, and prices that are not published."""

import math
from collections.abc import Callable
from typing import Any

import pytest

Evaluate = Callable[..., dict[str, Any]]


def test_prices_of_servers_are_the_published_ones(evaluate: Evaluate) -> None:
    """GB200 NVL72: 3.1 million USD a rack, 3.9 all in. H100: 250 thousand all in for 8. SemiAnalysis, 2025-08-20."""
    gb200 = evaluate("capital_per_chip", chip="gb200")
    rack = 72 * (gb200["chip_price"] + gb200["server_price_per_chip"])
    assert rack == pytest.approx(3.1e6, rel=0.005)
    assert rack + 72 * gb200["network_price_per_chip"] == pytest.approx(3.9e6, rel=0.005)
    h100 = evaluate("capital_per_chip", chip="h100")
    all_in = h100["capital_per_chip"] - h100["facility_price_per_chip"]
    assert all_in == pytest.approx(250e3 / 8, rel=0.10)


def test_a_gigawatt_costs_about_what_epoch_found(evaluate: Evaluate) -> None:
    """29 billion USD per GW of facility power, the median of 13 sites: Epoch AI by nextbigfuture.com, 2025-11-05."""
    for chip in ("h100", "gb200", "gb300"):
        values = evaluate("site_parts_capital", chip=chip, site_power=1e9)
        assert values["site_parts_capital"] == pytest.approx(29e9, rel=0.10), chip


def test_a_year_is_a_run_of_a_year(evaluate: Evaluate) -> None:
    targets = ("cost", "cost_per_year", "capital_cost_per_year", "electricity_cost_per_year")
    values = evaluate(*targets, chip="h100", chip_count=1000, run_time=8760 * 3600.0, staff_cost_per_year=1e6)
    assert values["cost"] == pytest.approx(values["cost_per_year"])
    assert values["capital_cost"] == pytest.approx(values["capital_cost_per_year"])
    assert values["electricity_cost"] == pytest.approx(values["electricity_cost_per_year"])
    assert values["staff_cost"] == pytest.approx(1e6)


def test_each_part_is_written_off_over_its_own_life(evaluate: Evaluate) -> None:
    base = evaluate("capital_cost_per_year", chip="h100", chip_count=1)
    for part, life in (
        ("chip", "chip_life"),
        ("server", "server_life"),
        ("network", "network_life"),
        ("facility", "facility_life"),
    ):
        longer = evaluate("capital_cost_per_year", chip="h100", chip_count=1, **{life: 2 * base[life]})
        price = base["chip_price" if part == "chip" else f"{part}_price_per_chip"]
        saved = base["capital_cost_per_year"] - longer["capital_cost_per_year"]
        assert saved == pytest.approx(price * base["year_length"] / base[life] / 2), part


def test_an_unknown_price_leaves_energy_known(evaluate: Evaluate) -> None:
    values = evaluate("cost", "energy", "carbon", chip="gh200", chip_count=1000, run_time=1e6)
    assert math.isnan(values["cost"])
    assert values["energy"] > 0
    assert values["carbon"] > 0


def test_electricity_is_a_small_part_of_the_cost(evaluate: Evaluate) -> None:
    """Energy is 2 to 6% of a frontier run's cost, staff included: Cottier et al. 2024, arXiv:2405.21015."""
    values = evaluate("cost", model="llama-3.1-405b", chip="h100", tokens=15.6e12, chip_count=16384)
    assert 0.02 < values["electricity_cost"] / values["cost"] < 0.12

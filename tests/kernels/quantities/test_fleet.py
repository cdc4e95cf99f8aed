"""What a site of so many gigawatts holds, uses and builds."""

from collections.abc import Callable
from typing import Any

import pytest

from flopwatt import configs

Evaluate = Callable[..., dict[str, Any]]
GW, TWH = 1e9, 3.6e15


@pytest.mark.parametrize("chip", ["gb200", "gb300"])
def test_chips_of_10_gigawatts(chip: str, evaluate: Evaluate) -> None:
    values = evaluate("site_racks", chip=chip, site_power=10 * GW)
    assert 2.6e6 < values["site_chips"] < 5.0e6
    assert 71 * values["site_racks"] < values["site_chips"] <= 72 * values["site_racks"]


def test_dies_of_10_gigawatts_of_vera_rubin(evaluate: Evaluate) -> None:
    """10 GW are 4 to 5 million GPUs (Huang, 2025-09-22): dies, of which a package has two; 27 to 52 thousand racks."""
    values = evaluate("site_dies", "site_racks", chip="vr200-nvl72", site_power=10 * GW)
    assert 4e6 <= values["site_dies"] <= 5e6
    assert 27e3 <= values["site_racks"] <= 52e3  # HotHardware, from 370 and 192 kW a rack


def test_10_gigawatts_for_a_year(evaluate: Evaluate) -> None:
    values = evaluate("site_full_load_energy", "site_energy", chip="gb300", site_power=10 * GW)
    assert values["site_full_load_energy"] / TWH == pytest.approx(87.6, rel=1e-6)
    assert 0.4 < values["site_energy"] / values["site_full_load_energy"] < 0.9


def test_bases_of_an_announcement(evaluate: Evaluate) -> None:
    facility, it, chips = (evaluate("site_chips", chip="h100", site_power=GW, site_basis=b)["site_chips"] for b in (0, 1, 2))
    assert facility < it < chips == 1e9 // 700
    assert it / facility == pytest.approx(1.4, rel=1e-4)


def test_ten_gigawatts_of_h100(evaluate: Evaluate) -> None:
    """10 GW of critical IT power are 7.3 million H100: SemiAnalysis, September 2024."""
    values = evaluate("site_chips", chip="h100", site_power=10 * GW, site_basis=1)
    assert values["site_chips"] == pytest.approx(7.3e6, rel=0.07)


def test_comparisons(evaluate: Evaluate) -> None:
    values = evaluate("site_full_load_energy", "site_peak_power", chip="gb300", site_power=10 * GW)

    def ratio(name: str, row: str) -> float:
        held = {**values, **configs.load("comparisons").find(row).values}
        return float(evaluate(name, **held)[name])

    assert ratio("energy_ratio", "france") == pytest.approx(0.195, abs=0.001)  # a fifth of France
    assert ratio("power_ratio", "new-york-city") == pytest.approx(0.758, abs=0.001)
    assert ratio("power_ratio", "New York") == pytest.approx(0.345, abs=0.001)
    assert ratio("power_ratio", "home") == pytest.approx(8.18e6, rel=0.001)
    assert ratio("energy_ratio", "home") == pytest.approx(8.18e6, rel=0.001)  # one household, one figure
    assert ratio("energy_ratio", "london") == pytest.approx(3.71, abs=0.01)
    assert ratio("power_ratio", "reactor") == pytest.approx(6.13, abs=0.01)


def test_what_money_builds(evaluate: Evaluate) -> None:
    values = evaluate("funded_chips", "funded_share", chip="gb300", site_power=10 * GW, money=100e9)
    assert values["funded_power"] == 2 * GW  # at 50 USD/W
    assert values["funded_share"] == pytest.approx(0.2, rel=1e-6)
    assert values["funded_chips"] == pytest.approx(values["site_chips"] / 5, rel=1e-5)


def test_runs_of_a_year_use_the_sites_training_share(evaluate: Evaluate) -> None:
    targets = ("runs_per_year", "site_cost_per_run", "site_energy_per_run")
    held = {"site_power": GW, "training_flops": 3.8e25, "chip_count": 16384, "mfu": 0.41}
    values = evaluate(*targets, chip="gb300", **held)
    flops = values["site_chips"] * 0.714 * 2.5e15 * 0.41 * values["goodput"] * 8760 * 3600
    assert values["runs_per_year"] == pytest.approx(flops / 3.8e25)
    half = evaluate(*targets, chip="gb300", training_share=0.357, **held)
    assert half["runs_per_year"] == pytest.approx(values["runs_per_year"] / 2)
    assert half["site_cost_per_run"] == pytest.approx(values["site_cost_per_run"])  # a run bears its share alone
    spent = values["runs_per_year"] * values["site_energy_per_run"]
    assert spent == pytest.approx(0.714 * values["site_energy"])


def test_a_sites_run_costs_what_the_same_run_costs(evaluate: Evaluate) -> None:
    """From gigawatts down and from chips up: the same energy and the same cost of a run."""
    held = {"tokens": 15.6e12, "chip_count": 16384, "site_power": 10 * GW}
    values = evaluate(
        "cost", "site_cost_per_run", "energy", "site_energy_per_run", model="llama-3.1-405b", chip="gb200", **held
    )
    assert values["site_cost_per_run"] == pytest.approx(values["cost"], rel=1e-9)
    assert values["site_energy_per_run"] == pytest.approx(values["energy"], rel=1e-9)

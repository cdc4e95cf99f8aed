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
    assert values["site_dies"] == pytest.approx(5.41e6, rel=0.01)  # at 190 kW a rack
    assert 27e3 <= values["site_racks"] <= 52e3  # HotHardware, from 370 and 192 kW a rack
    greater = evaluate("site_dies", chip="vr200-nvl72", site_power=10 * GW, server_rating=230e3 / 72)
    assert 4e6 <= greater["site_dies"] <= 5e6


def test_10_gigawatts_for_a_year(evaluate: Evaluate) -> None:
    values = evaluate("site_full_load_energy", "site_energy", chip="gb300", site_power=10 * GW)
    assert values["site_full_load_energy"] / TWH == pytest.approx(87.6, rel=1e-6)
    assert 0.4 < values["site_energy"] / values["site_full_load_energy"] < 0.9


def test_bases_of_an_announcement(evaluate: Evaluate) -> None:
    facility, it, chips = (evaluate("site_chips", chip="h100", site_power=GW, site_basis=b)["site_chips"] for b in (0, 1, 2))
    assert facility < it < chips == 1e9 // 700
    assert it / facility == pytest.approx(1.25, rel=1e-4)


@pytest.mark.parametrize("chip", ["h100", "b200", "gb300", "vr200-nvl72"])
@pytest.mark.parametrize("peak_pue", [1.13, 1.25, 1.37])
def test_no_chip_wins_by_the_remainder_of_a_division(chip: str, peak_pue: float, evaluate: Evaluate) -> None:
    """A site of so many gigawatts at the facility uses the same at full load whatever it holds, to the last bit."""
    targets = ("site_full_load_energy", "site_peak_power", "site_average_power", "site_chips", "facility_power_per_chip")
    values = evaluate(*targets, chip=chip, site_power=5 * GW, peak_pue=peak_pue)
    assert values["site_peak_power"] == 5 * GW
    assert values["site_full_load_energy"] == 5 * GW * values["calendar_year"]
    assert values["site_average_power"] == pytest.approx(values["site_chips"] * values["facility_power_per_chip"], rel=1e-6)


def test_ten_gigawatts_of_it_take_more_at_the_meter(evaluate: Evaluate) -> None:
    values = evaluate("site_peak_power", "site_chips", chip="gb200", site_power=10 * GW, site_basis=1)
    assert values["site_peak_power"] == pytest.approx(12.5 * GW)
    assert values["site_chips"] == pytest.approx(4.87e6, rel=0.01)


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
    held = {"site_power": 10 * GW, "money": 100e9, "capital_per_watt_low": 50, "capital_per_watt_high": 50}
    values = evaluate("funded_chips", "funded_share", "site_chips", chip="gb300", **held)
    assert values["funded_power"] == 2 * GW
    assert values["funded_share"] == pytest.approx(0.2, rel=1e-6)
    assert values["funded_chips"] == pytest.approx(values["site_chips"] / 5, rel=1e-5)


@pytest.mark.parametrize(("position", "price"), [(0, 29), (0.5, (29 * 100) ** 0.5), (1, 100)])
def test_a_published_price_of_a_watt_is_a_range(position: float, price: float, evaluate: Evaluate) -> None:
    said = {"capital_per_watt_low": 29, "capital_per_watt_high": 100, "capital_position": position}
    assert evaluate("capital_per_watt", **said)["capital_per_watt"] == pytest.approx(price)
    assert evaluate("capital_per_watt", **said, capital_basis=1)["capital_per_watt"] == pytest.approx(price / 1.25)


def test_the_capital_of_a_site_both_ways(evaluate: Evaluate) -> None:
    """38 USD per watt of IT (Epoch AI's model of GB200) are what the parts of a GB200 site add up to, within a quarter."""
    epoch = {"capital_per_watt_low": 38, "capital_per_watt_high": 38, "capital_basis": 1}
    values = evaluate("capital_ratio", "site_capital", "site_parts_capital", chip="gb200", site_power=GW, site_basis=1, **epoch)
    assert values["site_capital"] == pytest.approx(38e9)
    assert values["capital_ratio"] == pytest.approx(values["site_capital"] / values["site_parts_capital"], rel=1e-5)
    assert values["capital_ratio"] == pytest.approx(1, abs=0.25)

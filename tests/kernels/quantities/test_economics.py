"""Capital by part, a year and a run of a year, electricity's share, and prices that are not published."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from flopwatt.kernels.quantities import MODEL

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


# USD per chip-hour of an owner, power and site included: "TCO, hyperscaler" of SemiAnalysis, 2025
# (github.com/SemiAnalysisAI/InferenceX-app, packages/app/src/lib/constants.ts).
HYPERSCALER = {"h100": 1.30, "b200": 1.95, "gb200": 2.21}
YEAR, HOUR = 8760 * 3600.0, 3600.0


@pytest.mark.parametrize("chip", HYPERSCALER)
def test_a_chip_hour_costs_what_it_costs_hyperscalers(evaluate: Evaluate, chip: str) -> None:
    assert evaluate("chip_hour_cost", chip=chip)["chip_hour_cost"] * HOUR == pytest.approx(HYPERSCALER[chip], rel=0.10)


def test_a_gigawatt_costs_about_what_epoch_counts(evaluate: Evaluate) -> None:
    """29 billion USD per GW of facility power, the median of 13 sites: Epoch AI by nextbigfuture.com, 2025-11-05."""
    for chip in ("h100", "gb200"):
        values = evaluate("site_parts_capital", "parts_capital_per_watt", chip=chip, site_power=1e9)
        assert values["site_parts_capital"] == pytest.approx(29e9, rel=0.10), chip
        assert values["parts_capital_per_watt"] == pytest.approx(values["site_parts_capital"] / 1e9, rel=1e-4), chip


@pytest.mark.parametrize(("years", "billion"), [(3, 12.0), (5, 8.5), (7, 7.0)])
def test_a_year_of_a_gigawatt_of_it_costs_what_epoch_counts(evaluate: Evaluate, years: float, billion: float) -> None:
    """GB200 NVL72 written off over 5 years, and over 3 and 7: Epoch AI and GovAI, 2026-05-14."""
    targets = ("site_cost_per_year", "parts_capital_per_it_watt")
    values = evaluate(*targets, chip="gb200", site_power=1e9, site_basis=1, chip_life=years * YEAR)
    assert values["site_cost_per_year"] == pytest.approx(billion * 1e9, rel=0.10)
    assert values["parts_capital_per_it_watt"] == pytest.approx(38, rel=0.10)
    parts = ("site_capital_charge", "site_maintenance", "site_electricity_cost")
    assert values["site_cost_per_year"] == pytest.approx(sum(values[part] for part in parts))
    assert values["site_electricity_cost"] == pytest.approx(0.6e9, rel=0.10)
    assert values["site_maintenance"] == pytest.approx(0.3e9, rel=0.10)


def test_capital_as_a_gigawatt_is_priced_scales_what_is_charged_for_it(evaluate: Evaluate) -> None:
    targets = ("site_cost_per_year_as_priced", "site_cost_per_year", "site_capital", "site_parts_capital")
    values = evaluate(*targets, chip="gb200", site_power=1e9, capital_per_watt=50.0)
    electricity, ratio = values["site_electricity_cost"], values["site_capital"] / values["site_parts_capital"]
    assert values["site_cost_per_year_as_priced"] - electricity == pytest.approx(
        ratio * (values["site_cost_per_year"] - electricity)
    )


def rate(evaluate: Evaluate, part: str = "chip", **held: float) -> float:
    """Compute the share of a part's price that a year bears."""
    return float(evaluate(f"{part}_charge_rate", **held)[f"{part}_charge_rate"] * YEAR)


@pytest.mark.parametrize(
    ("percent", "years", "factor"),
    [  # of tables of annuities: r / (1 - (1 + r)^-n) by hand
        (7, 5, 0.24389069),
        (7, 14, 0.11434494),
        (10, 10, 0.16274539),
        (5, 1, 1.05),
        (3, 20, 0.06721571),
    ],
)
def test_capital_recovery_is_the_annuity(evaluate: Evaluate, percent: float, years: float, factor: float) -> None:
    for part in ("chip", "server", "network", "facility"):
        held = {"cost_of_capital": percent / 100 / YEAR, f"{part}_life": years * YEAR}
        assert rate(evaluate, part, **held) == pytest.approx(factor, rel=1e-6), part


def test_without_cost_of_capital_it_is_the_straight_line(evaluate: Evaluate) -> None:
    for part, years in (("chip", 5), ("server", 5), ("network", 5), ("facility", 14)):
        assert rate(evaluate, part, cost_of_capital=0.0) == pytest.approx(1 / years, rel=1e-12), part
        assert rate(evaluate, part, depreciation=1) == pytest.approx(1 / years, rel=1e-12), part
    almost = rate(evaluate, cost_of_capital=1e-6 / YEAR)
    assert almost == pytest.approx(0.2, rel=1e-5)
    assert almost > 0.2


def test_declining_value_is_the_mean_loss_over_a_life(evaluate: Evaluate) -> None:
    """0.14 orders of magnitude a year leave 72.4% after one year and 20.0% after five (Cottier et al. 2024)."""
    assert rate(evaluate, depreciation=2) == pytest.approx((1 - 10**-0.7) / 5)
    assert rate(evaluate, depreciation=2, chip_life=YEAR) == pytest.approx(0.2756, abs=1e-4)
    assert rate(evaluate, depreciation=2, chip_life=YEAR / 1000) == pytest.approx(0.14 * math.log(10), rel=1e-3)  # at first
    assert rate(evaluate, "facility", depreciation=2) == pytest.approx(1 / 14)  # its value follows no chip's
    assert rate(evaluate, "network", depreciation=2, network_life=YEAR) == pytest.approx(0.2756, abs=1e-4)


def test_a_chip_hour_is_dearest_where_the_money_in_it_costs(evaluate: Evaluate) -> None:
    recovery, line, value = (evaluate("chip_hour_cost", chip="h100", depreciation=d)["chip_hour_cost"] for d in range(3))
    assert recovery > line > value


def test_idle_hardware_is_written_off_by_the_hours_in_use(evaluate: Evaluate) -> None:
    targets = ("cost", "chip_hour_cost", "site_cost_per_year", "embodied_carbon")
    held = {"chip_count": 1000, "run_time": 1e6, "site_power": 1e9}
    full, half = (evaluate(*targets, chip="h100", utilisation=u, **held) for u in (1.0, 0.5))
    for name in ("capital_cost", "maintenance_cost", "embodied_carbon"):
        assert half[name] == pytest.approx(2 * full[name]), name
    assert half["electricity_cost"] == pytest.approx(full["electricity_cost"])
    assert half["site_capital_charge"] == pytest.approx(full["site_capital_charge"])  # of a year, in use or not
    assert half["site_electricity_cost"] == pytest.approx(full["site_electricity_cost"] / 2)
    for values in (full, half):
        assert values["cost"] == pytest.approx(values["chip_hours"] * values["chip_hour_cost"])


def test_hours_of_operation_change_no_capital(evaluate: Evaluate) -> None:
    targets = ("cost_per_year", "cost", "site_cost_per_year", "chip_hour_cost")
    held = {"chip_count": 1000, "run_time": 1e6, "site_power": 1e9, "staff_cost_per_year": 1e6}
    year, half = (evaluate(*targets, chip="h100", year_length=length, **held) for length in (YEAR, YEAR / 2))
    for name in ("capital_charge_per_year", "maintenance_per_year", "cost", "site_capital_charge", "chip_hour_cost"):
        assert half[name] == pytest.approx(year[name]), name
    assert half["electricity_cost_per_year"] == pytest.approx(year["electricity_cost_per_year"] / 2)


def test_a_year_is_a_run_of_a_year(evaluate: Evaluate) -> None:
    targets = ("cost", "cost_per_year", "capital_charge_per_year", "maintenance_per_year", "electricity_cost_per_year")
    values = evaluate(*targets, chip="h100", chip_count=1000, run_time=YEAR, staff_cost_per_year=1e6)
    assert values["cost"] == pytest.approx(values["cost_per_year"])
    assert values["capital_cost"] == pytest.approx(values["capital_charge_per_year"])
    assert values["maintenance_cost"] == pytest.approx(values["maintenance_per_year"])
    assert values["electricity_cost"] == pytest.approx(values["electricity_cost_per_year"])
    assert values["staff_cost"] == pytest.approx(1e6)


def test_each_part_is_charged_over_its_own_life(evaluate: Evaluate) -> None:
    held = {"chip": "h100", "chip_count": 1, "depreciation": 1}
    targets = ("capital_charge_per_year", "server_life", "network_life")
    base = evaluate(*targets, **held)
    lives = {name: base[name] for name in ("chip_life", "server_life", "network_life", "facility_life")}
    for life in lives:
        longer = evaluate(*targets, **held, **lives | {life: 2 * lives[life]})
        part = life.removesuffix("_life")
        price = base["chip_price" if part == "chip" else f"{part}_price_per_chip"]
        saved = base["capital_charge_per_year"] - longer["capital_charge_per_year"]
        assert saved == pytest.approx(price * YEAR / lives[life] / 2), part


def test_servers_and_network_are_written_off_with_the_chips_unless_said(evaluate: Evaluate) -> None:
    values = evaluate("server_life", "network_life", chip_life=3 * YEAR)
    assert values["server_life"] == values["network_life"] == 3 * YEAR


def test_a_price_lies_between_what_was_said_in_equal_ratios(evaluate: Evaluate) -> None:
    said = {"chip_price_low": 20_000.0, "chip_price_high": 45_000.0, "rental_price_low": 1.0, "rental_price_high": 4.0}
    for position, price, rent in ((0.0, 20_000.0, 1.0), (0.5, 30_000.0, 2.0), (1.0, 45_000.0, 4.0)):
        values = evaluate("chip_price", "rental_price", price_position=position, rental_position=position, **said)
        assert values["chip_price"] == pytest.approx(price)
        assert values["rental_price"] == pytest.approx(rent)
    one = evaluate("chip_price", chip_price_low=7.0, chip_price_high=7.0, price_position=0.3)
    assert one["chip_price"] == 7.0


def test_a_run_on_rented_chips_pays_for_the_hours_it_holds_them(evaluate: Evaluate) -> None:
    held = {"chip_count": 1000, "run_time": 100 * HOUR, "rental_price": 2.5 / HOUR}
    assert evaluate("rental_cost", **held)["rental_cost"] == pytest.approx(250_000)
    staffed = evaluate("rental_cost", **held, staff_cost_per_year=876e6)
    assert staffed["rental_cost"] == pytest.approx(250_000 + 10e6)


def test_an_unknown_price_leaves_energy_known(evaluate: Evaluate) -> None:
    values = evaluate("cost", "energy", "carbon", chip="gh200", chip_count=1000, run_time=1e6)
    assert math.isnan(values["cost"])
    assert values["energy"] > 0
    assert values["carbon"] > 0


def test_electricity_is_a_small_part_of_the_cost(evaluate: Evaluate) -> None:
    """Energy is 2 to 6% of a frontier run's cost, staff included: Cottier et al. 2024, arXiv:2405.21015."""
    values = evaluate("cost", model="llama-3.1-405b", chip="h100", tokens=15.6e12, chip_count=16384)
    assert 0.02 < values["electricity_cost"] / values["cost"] < 0.12


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-12), (np.float32, 1e-5)])
@pytest.mark.parametrize("rate", [1e-13, 1e-9, 1e-6, 1e-4, 1e-3, 0.07, 1.0])
@pytest.mark.parametrize("years", [0.01, 1.0, 5.0, 14.0, 100.0])
def test_small_rates_keep_their_digits(rate: float, years: float, dtype: Any, tolerance: float) -> None:
    """(1 + r)^n - 1 and 1 - 10^-x have few of them left near 0, in float32 two or three: what is divided by has as few."""
    life, year = dtype(years * YEAR), dtype(YEAR)
    yearly, orders = float(dtype(rate / YEAR)) * float(year), float(dtype(rate / YEAR)) * float(life)
    annuity = yearly / -math.expm1(-float(life) / float(year) * math.log1p(yearly)) / float(year)
    lost = -math.expm1(-orders * math.log(10)) / float(life)
    for kind, expected in ((0, annuity), (1, 1 / float(life)), (2, lost)):
        interest = MODEL["charged_interest"](dtype(kind), dtype(rate / YEAR))
        with np.errstate(divide="ignore"):  # of nothing that is left
            charge = MODEL["chip_charge_rate"](life, interest, dtype(rate / YEAR), dtype(kind), year)
        assert charge.dtype == dtype
        assert float(charge) == pytest.approx(expected, rel=tolerance), kind
    assert float(MODEL["facility_charge_rate"](life, dtype(rate / YEAR), year)) == pytest.approx(annuity, rel=tolerance)


def test_no_rate_at_all(evaluate: Evaluate) -> None:
    values = evaluate("chip_charge_rate", "facility_charge_rate", cost_of_capital=0.0)
    assert values["chip_charge_rate"] == pytest.approx(1 / (5 * YEAR), rel=1e-15)
    assert values["facility_charge_rate"] == pytest.approx(1 / (14 * YEAR), rel=1e-15)
    assert evaluate("chip_charge_rate", value_decline=0.0, depreciation=2)["chip_charge_rate"] == 0
    total = evaluate("chip_charge_rate", value_decline=50 / YEAR, depreciation=2)["chip_charge_rate"]
    assert total == pytest.approx(1 / (5 * YEAR), rel=1e-15)

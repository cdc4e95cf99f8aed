"""Accelerators by what was shipped: years add up, what nobody counted grows from the last year, and parts make the whole."""

from collections.abc import Callable
from typing import Any

import pytest

from flopwatt import configs

Evaluate = Callable[..., dict[str, Any]]
GW, TWH = 1e9, 3.6e15


@pytest.mark.parametrize("growth", [1.2, 1.45, 2.0])
@pytest.mark.parametrize("years", [1, 2, 4])
def test_shipments_after_the_last_counted_year_are_a_sum_of_years(growth: float, years: int, evaluate: Evaluate) -> None:
    values = evaluate("shipments_since", shipment_growth=growth, counted_year=2024.0 + years, last_counted_year=2024.0)
    by_year = [growth**year for year in range(1, years + 1)]
    assert values["shipments_since"] == pytest.approx(sum(by_year) - by_year[-1] / 2)


def test_half_of_a_years_own_chips_are_in_service_on_average_over_it(evaluate: Evaluate) -> None:
    values = evaluate(
        "chip_power_in_service", shipped_chip_power=4 * GW, stock_chip_power=6 * GW, shipment_growth=1.5, counted_year=2024,
        last_counted_year=2024,
    )  # fmt: skip
    assert values["chip_power_in_service"] == 4 * GW


@pytest.mark.parametrize(("position", "expected"), [(0.0, 4.0), (0.5, 6.0), (1.0, 9.0)])
def test_shipments_lie_between_their_ends_in_equal_ratios(position: float, expected: float, evaluate: Evaluate) -> None:
    ends = {"shipped_chip_power_low": 4.0, "shipped_chip_power_high": 9.0}
    assert evaluate("shipped_chip_power", shipment_position=position, **ends)["shipped_chip_power"] == pytest.approx(expected)


def test_the_parts_add_up_and_lie_inside_a_forecast_or_not(evaluate: Evaluate) -> None:
    held = {
        "chip_power_in_service": 40 * GW, "country_share": 0.5, "peak_server_factor": 1.5, "network_factor": 1.1,
        "accelerated_load": 0.6, "pue": 1.2, "other_energy_known": 100 * TWH, "other_energy_year": 2023, "other_growth": 1.1,
        "counted_year": 2025,
    }  # fmt: skip
    values = evaluate("inside_forecast", forecast_energy_low=300 * TWH, forecast_energy_high=400 * TWH, **held)
    assert values["accelerated_energy"] / TWH == pytest.approx(40 * 0.5 * 1.5 * 1.1 * 0.6 * 1.2 * 8.76)
    assert values["other_energy"] / TWH == pytest.approx(121)
    assert values["national_energy"] == pytest.approx(values["accelerated_energy"] + values["other_energy"])
    assert values["inside_forecast"] == 1
    assert evaluate("inside_forecast", forecast_energy_low=0.0, forecast_energy_high=300 * TWH, **held)["inside_forecast"] == 0


def test_what_was_shipped_in_a_year_is_the_difference_of_the_stocks() -> None:
    rows = configs.load("shipped_chips").rows
    for end in ("low", "high"):
        for year in (2025, 2026):
            late, early = (rows[str(number)].values[f"stock_chip_power_{end}"] for number in (year, year - 1))
            assert late - early == pytest.approx(rows[str(year)].values[f"shipped_chip_power_{end}"], rel=0.02)

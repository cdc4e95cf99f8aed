"""Money of a fleet in build-out: all capital is paid once, ahead; what must come in, and who pays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phase_curves import QUARTERS, curves

PHASES = [(2027.5, 1.0), (2028.0, 2.0), (2029.0, 0.5)]
HELD = {"site_parts_capital": 40e9, "site_capital": 50e9, "fleet_life_years": 5.0}
COST = {"site_capital_charge": 8e9, "site_maintenance": 0.5e9, "site_average_power": 0.7e9}
YEAR = 8760 * 3600.0


@settings(max_examples=20, deadline=None)
@given(st.floats(0.0, 3.0), st.floats(0.0, 1.0), st.floats(0.1, 2.0))
def test_all_capital_is_paid_once_and_ahead(slip: float, lead: float, ramp: float) -> None:
    names = ("capital_so_far", "period_capital", "priced_capital_so_far", "built_power")
    found = curves(PHASES, names, **HELD, power_slip=slip, capital_lead_years=lead, phase_ramp_years=ramp)
    assert found["capital_so_far"][-1] == pytest.approx(3 * 40e9)
    assert found["priced_capital_so_far"][-1] == pytest.approx(3 * 50e9)
    assert (found["period_capital"] >= -1).all()
    on_time = curves(PHASES, ("capital_so_far",), **HELD, power_slip=slip, capital_lead_years=0.0, phase_ramp_years=ramp)
    assert (found["capital_so_far"] >= on_time["capital_so_far"] - 1).all()


def test_the_capital_of_a_year_is_that_of_its_quarters() -> None:
    found = curves(PHASES, ("year_capital", "period_capital"), **HELD)
    four = np.convolve(found["period_capital"], np.ones(4))[3 : len(QUARTERS)]
    assert np.allclose(found["year_capital"][3:], four, atol=1)


def test_funding_comes_by_the_gigawatt_up_to_its_limit_and_others_bring_the_rest() -> None:
    names = ("funding_so_far", "built_power", "capital_so_far", "capital_of_others", "funding_share")
    found = curves(PHASES, names, **HELD, funding_per_gigawatt=10e9, funding_limit=30e9)
    assert np.allclose(found["funding_so_far"], np.minimum(10 * found["built_power"], 30e9))
    assert found["funding_so_far"][-1] == 30e9  # of 3.5 GW
    assert np.allclose(found["capital_of_others"] + found["funding_so_far"], found["capital_so_far"])
    assert found["funding_share"][-1] == pytest.approx(30 / 120)


def test_what_a_gigawatt_needs_is_its_charge_maintenance_and_electricity() -> None:
    price = 0.05 / 3.6e6  # USD a joule
    names = ("revenue_needed_per_gigawatt", "revenue_cover", "rent_needed", "period_cost", "cost_so_far", "year_cost")
    held = {**HELD, **COST, "electricity_price": price, "site_chips": 5e5, "fleet_life_years": 50.0}
    found = curves([(2027.0, 1.0)], names, **held, revenue_per_gigawatt=10e9)
    yearly = 8.5e9 + 0.7e9 * YEAR * price
    assert found["year_cost"][-1] == pytest.approx(yearly)
    assert found["revenue_needed_per_gigawatt"][-1] == pytest.approx(yearly)
    assert found["revenue_cover"][-1] == pytest.approx(10e9 / yearly)
    assert found["rent_needed"][-1] == pytest.approx(yearly / 5e5 / YEAR)
    assert found["cost_so_far"][-1] == pytest.approx(found["period_cost"].sum())


def test_tokens_and_rent_are_held_against_what_the_whole_fleet_costs() -> None:
    held = {**HELD, **COST, "site_chips": 5e5, "fleet_life_years": 50.0, "electricity_price": 0.05 / 3.6e6}
    sold = {"query_rate_per_chip": 2.0, "list_price_per_query": 1e-4, "final_run_share": 0.1, "research_share": 0.4}
    rented = {"rental_price": 3 / 3600, "utilisation": 0.8}
    names = ("period_token_revenue", "token_cover", "period_rent", "rent_cover", "period_cost")
    found = curves([(2027.0, 1.0)], names, **held, **sold, **rented)
    assert found["period_token_revenue"][-1] == pytest.approx(5e5 * 2 * 0.5 * 1e-4 * YEAR / 4)
    assert found["period_rent"][-1] == pytest.approx(5e5 * 3 * 0.8 * 8760 / 4)
    for income, cover in (("period_token_revenue", "token_cover"), ("period_rent", "rent_cover")):
        assert found[cover][-1] == pytest.approx(found[income][-1] / found["period_cost"][-1])

"""What a fleet in build-out uses: energy and carbon that slips move and do not change, runs that must fit, queries."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phase_curves import QUARTERS, curves

PHASES = [(2026.5, 1.0), (2027.0, 2.0), (2028.0, 0.5)]
HOUR = 3600.0
MODEL_OF_RUN = {"mfu": 0.4, "training_flops": 1e26, "chip_count": 10_000.0}


@settings(max_examples=20, deadline=None)
@given(st.floats(0.0, 3.0), st.floats(0.0, 3.0), st.floats(0.5, 2.0), st.floats(1.0, 8.0))
def test_slips_change_no_energy_of_a_fixed_life(power: float, chips: float, pace: float, life: float) -> None:
    held = {"site_average_power": 0.7e9, "fleet_life_years": life}
    plan = curves(PHASES, ("energy_so_far", "period_energy"), **held)
    late = curves(PHASES, ("energy_so_far", "period_energy"), **held, power_slip=power, chip_slip=chips, build_pace=pace)
    whole = 0.7e9 * len(PHASES) * life * 8760 * HOUR
    for found in (plan, late):
        assert found["energy_so_far"][-1] == pytest.approx(whole, rel=1e-9)
        assert found["period_energy"].min() >= -1e-6 * whole
        assert np.allclose(np.diff(found["energy_so_far"]), found["period_energy"][1:], rtol=1e-9, atol=1e-12 * whole)
    assert (late["energy_so_far"] <= plan["energy_so_far"] * (1 + 1e-9)).all() or pace < 1


def test_the_year_is_the_sum_of_its_quarters() -> None:
    found = curves(PHASES, ("year_energy", "period_energy"), site_average_power=0.7e9, fleet_life_years=4.0)
    four = np.convolve(found["period_energy"], np.ones(4))[3 : len(QUARTERS)]
    assert np.allclose(found["year_energy"][3:], four, rtol=1e-9, atol=1e-3)


def test_a_grid_that_gets_cleaner_emits_less_by_its_share_each_year() -> None:
    names = ("period_carbon", "period_energy", "carbon_so_far")
    held = {"site_average_power": 0.7e9, "carbon_intensity": 0.4 / 3.6e6, "schedule_date": 2026.0}
    found = curves(PHASES, names, **held, grid_decline=0.1)
    online = found["period_energy"] > 0
    intensity = found["period_carbon"][online] / found["period_energy"][online]
    assert np.allclose(intensity, 0.4 / 3.6e6 * 0.9 ** (QUARTERS[online] - 2026))
    assert found["carbon_so_far"][-1] == pytest.approx(found["period_carbon"].sum())


def test_generations_add_up_to_the_fleet() -> None:
    held = {**MODEL_OF_RUN, "site_chips": 3e5, "run_chips": 1.0, "run_days_limit": 100 * 24 * HOUR, "query_rate_per_chip": 3.0}
    for name in ("online_chips", "year_energy", "year_runs", "possible_queries_per_day"):
        own = {"site_average_power": 0.7e9, **held}
        whole = curves(PHASES, (name,), **own)[name]
        apart = [curves(PHASES, (name,), **own, counted_generation=number)[name] for number in (1.0, 2.0, 3.0)]
        assert whole.max() > 0
        assert np.allclose(sum(apart), whole), name


def test_a_run_may_take_the_chips_of_several_phases_and_no_more_than_are_online() -> None:
    held = {"site_chips": 1e5, "run_days_limit": 100 * 24 * HOUR, "final_run_share": 0.1, "fleet_life_years": 50.0}
    small, large, huge = (curves(PHASES, ("year_runs", "year_chips"), **held, run_chips=chips) for chips in (1e4, 2.5e5, 3.1e5))
    assert not huge["year_runs"].any()  # three phases of 1e5 chips
    fits = large["year_chips"] >= 2.5e5
    assert (large["year_runs"][~fits] == 0).all()
    assert np.allclose(large["year_runs"][fits], small["year_runs"][fits] / 25)


def test_the_share_for_queries_is_those_asked_over_those_possible() -> None:
    held = {"site_chips": 1e5, "query_rate_per_chip": 2.0, "queries_per_day": 1e4, "fleet_life_years": 50.0}
    names = ("fleet_share_for_queries", "possible_queries_per_day", "fleet_queries_per_day")
    found = curves(PHASES, names, **held, final_run_share=0.1, research_share=0.4)
    assert found["possible_queries_per_day"][-1] == pytest.approx(6e5)  # a second
    assert found["fleet_queries_per_day"][-1] == pytest.approx(3e5)
    assert found["fleet_share_for_queries"][-1] == pytest.approx(1 / 60)

"""Phases over time: what was built is online or retired, slips move curves and change no total, nothing jumps."""

from collections.abc import Callable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from phase_curves import QUARTERS, STOCKS, curves

YEARS = st.floats(0.0, 3.0)
PHASES = st.lists(st.tuples(st.floats(2026.0, 2033.0), st.floats(0.05, 2.0)), min_size=1, max_size=6)


@settings(max_examples=30, deadline=None)
@given(PHASES, YEARS, YEARS, st.floats(0.5, 2.0), st.floats(0.1, 2.0), st.floats(1.0, 12.0))
def test_what_was_built_is_online_or_retired(
    phases: list[tuple[float, float]], power: float, chips: float, pace: float, ramp: float, life: float
) -> None:
    found = curves(phases, power_slip=power, chip_slip=chips, build_pace=pace, phase_ramp_years=ramp, fleet_life_years=life)
    whole = 1e9 * sum(size for _, size in phases)
    assert np.allclose(found["built_power"], found["online_power"] + found["retired_power"], rtol=1e-12, atol=1e-3)
    assert np.allclose(found["added_power_so_far"], found["built_power"], rtol=1e-9, atol=1e-3)
    for stock in STOCKS:
        assert (found[stock] >= -1e-3).all()
    assert (np.diff(found["built_power"]) >= -1e-3).all()
    steepest = whole * min(0.25 / ramp, 1.0)
    assert (np.abs(np.diff(found["online_power"])) <= 2 * steepest * (1 + 1e-9)).all()


@settings(max_examples=30, deadline=None)
@given(PHASES, YEARS)
def test_slips_move_curves_in_time_and_change_no_total(phases: list[tuple[float, float]], slip: float) -> None:
    quarters = round(slip * 4)
    names = (*STOCKS, "built_phase_power")[:-1]
    plan, late = (curves(phases, names, power_slip=by, fleet_life_years=5.0) for by in (0.0, quarters / 4))
    for name in ("built_power", "online_power", "retired_power"):
        moved = plan[name][: len(QUARTERS) - quarters]
        assert np.allclose(late[name][quarters:], moved, rtol=1e-9, atol=1e-3), name
    assert np.isclose(plan["built_power"][-1], late["built_power"][-1])
    assert np.isclose(plan["mean_online_power"].sum(), late["mean_online_power"].sum(), rtol=1e-9)  # all lives end by 2050


def test_a_generation_is_counted_alone_and_all_together() -> None:
    phases = [(2026.5, 1.0), (2027.0, 2.0), (2028.0, 0.5)]
    whole = curves(phases)["online_power"]
    apart = [curves(phases, counted_generation=number)["online_power"] for number in (1.0, 2.0, 3.0)]
    assert np.allclose(sum(apart), whole)


def test_a_phase_waits_for_its_chips(evaluate: Callable[..., dict[str, float]]) -> None:
    dates = {"phase_date": 2027.0, "schedule_date": 2026.0, "phase_chip_date": 2028.0}
    assert evaluate("phase_online_date", **dates)["phase_online_date"] == 2028.0
    assert evaluate("phase_online_date", **dates, chip_slip=0.5)["phase_online_date"] == 2028.5
    assert evaluate("phase_online_date", **dates, power_slip=2.0)["phase_online_date"] == 2029.0
    assert evaluate("phase_online_date", **dates, build_pace=3.0)["phase_online_date"] == 2029.0


def test_a_ramp_is_integrated_exactly(evaluate: Callable[..., dict[str, float]]) -> None:
    phase = {"phase_date": 2027.0, "phase_ramp_years": 1.0, "fleet_life_years": 5.0}
    first = evaluate("phase_online_share", **phase, period_date=2027.0, period_years=0.5)
    assert first["phase_online_share"] == 0.25  # it rises from 0 to a half
    assert evaluate("phase_online_share", **phase, period_date=2027.0, period_years=1.0)["phase_online_share"] == 0.5
    assert evaluate("phase_online_share", **phase, period_date=2029.0, period_years=0.25)["phase_online_share"] == 1.0
    last = evaluate("phase_online_share", **phase, period_date=2032.0, period_years=1.0)
    assert last["phase_online_share"] == 0.5

"""The best that is possible, and what published runs lead to expect, beside an estimate."""

import numpy as np
import pytest

from flopwatt.bench.estimate.best_possible import best_possible, expected_mfu
from flopwatt.bench.estimate.intervals import estimate
from flopwatt.bench.estimate.request import Request, run_of
from flopwatt.bench.estimate.scenario import Scenario, evaluate
from flopwatt.bench.prior.drawn_inputs import TARGETS


def asked(**more: object) -> Scenario:
    stated = {"chip_count": "16384"} | dict(more.pop("stated", {}))  # type: ignore[call-overload]
    request = Request(model="llama-3.1-405b", chip="h100", stated=stated, **more)  # type: ignore[arg-type]
    return run_of(request, TARGETS).scenario


def test_no_draw_is_better_than_the_best_possible() -> None:
    scenario = asked()
    best = best_possible(scenario)
    assert best is not None
    mfu = evaluate(scenario.problem(4096), ["mfu"])["mfu"]
    assert mfu.max() == pytest.approx(best.mfu)
    spreads = estimate(scenario, TARGETS, 4096).spreads
    for name in ("run_time", "energy", "cost", "rental_cost"):
        median = spreads[name].median
        assert median is not None
        assert best.values[name] < median


def test_it_is_the_run_at_that_mfu() -> None:
    best = best_possible(asked())
    assert best is not None
    same = asked(stated={"chip_count": "16384", "mfu": str(best.mfu)}).medians()
    assert best.values["run_time"] == pytest.approx(float(evaluate(same, ["run_time"])["run_time"][0]), rel=1e-12)


def test_of_a_stated_time_it_is_the_fewest_chips() -> None:
    solved = run_of(Request(model="llama-3.1-405b", chip="h100", stated={"run_time": "90"}), TARGETS).scenario
    best = best_possible(solved)
    assert best is not None
    chips = estimate(solved, TARGETS, 1024).spreads["chip_count"].median
    assert chips is not None
    assert 1 < best.values["chip_count"] < chips


def test_what_published_runs_lead_to_expect_does_not_hang_on_what_is_stated() -> None:
    drawn = estimate(asked(), ("mfu",), 2**14).spreads["mfu"]
    for scenario in (asked(), asked(stated={"mfu": "0.2"}), asked(strategy="auto")):
        expected = expected_mfu(scenario)
        assert expected is not None
        assert [expected.low, expected.median, expected.high] == pytest.approx([drawn.low, drawn.median, drawn.high], rel=2e-3)


def test_fp8_is_bounded_by_its_own_share() -> None:
    bounds = [best_possible(asked(precision=name)) for name in ("bf16", "fp8")]
    assert all(bound is not None and np.isfinite(list(bound.values.values())).all() for bound in bounds)
    times = [bound.values["run_time"] for bound in bounds if bound is not None]
    assert times[1] < times[0]

"""Peak by precision, goodput, run time and chip-hours."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from flopwatt.kernels.quantities import MODEL

Evaluate = Callable[..., dict[str, Any]]
DAY = 86400.0


LLAMA_3 = {"detection_time": 270.0, "restart_time": 360.0, "checkpoint_write_time": 10.0}  # what is drawn before 2025


def test_goodput_of_llama_3(evaluate: Evaluate) -> None:
    """466 interruptions in 54 days on 16,384 GPUs, over 90% effective time: arXiv:2407.21783, section 3.3.4."""
    values = evaluate("goodput", "time_between_failures", "checkpoint_overhead", chip_count=16384, **LLAMA_3)
    assert 0.90 <= values["goodput"] < 0.91
    assert values["time_between_failures"] == pytest.approx(54 * DAY / 466, rel=1e-3)
    useful = values["goodput"] * 54 * DAY
    between = useful / (1 - values["checkpoint_overhead"])  # training, checkpoints written meanwhile
    lost = between / values["time_between_failures"] * values["time_lost_per_failure"]
    assert lost + between == pytest.approx(54 * DAY, rel=1e-9)  # useful and lost time make the run


def test_what_an_interruption_costs_can_be_held(evaluate: Evaluate) -> None:
    """18.5 min at 466 interruptions in 54 days are a tenth of the run."""
    values = evaluate("goodput", "checkpoint_overhead", chip_count=16384, time_lost_per_failure=1110.0)
    assert values["goodput"] / (1 - values["checkpoint_overhead"]) == pytest.approx(0.90, abs=1e-3)


def test_expected_effective_time_of_meta_s_clusters(evaluate: Evaluate) -> None:
    """(1 - N r (u + interval / 2)) / (1 + w / interval) for few failures: Kokolis et al. 2025, arXiv:2410.21680."""
    hours = 8 * 24 * 3600 / 6.5e-3  # 6.50 failures in 1,000 server-days of 8 chips
    held = {"chip_mtbf": hours, "detection_time": 0.0, "restart_time": 60.0, "checkpoint_write_time": 10.0}
    values = evaluate("goodput", chip_count=2048, checkpoint_interval=600.0, **held)
    rate = 2048 / hours
    assert values["goodput"] == pytest.approx((1 - rate * (60 + 600 / 2)) / (1 + 10 / 600), rel=1e-3)


def test_no_interval_is_better_than_the_best(evaluate: Evaluate) -> None:
    def at(interval: float) -> dict[str, Any]:
        names = ("goodput", "best_checkpoint_interval", "time_between_checkpoints")
        return evaluate(*names, chip_count=16384, checkpoint_write_time=20.0, checkpoint_interval=interval)

    best = at(0.0)
    assert best["time_between_checkpoints"] == best["best_checkpoint_interval"]
    assert best["best_checkpoint_interval"] == pytest.approx(math.sqrt(2 * 20 * 45564 * 3600 / 16384))
    for factor in (0.2, 0.5, 2.0, 5.0):
        assert at(factor * best["best_checkpoint_interval"])["goodput"] < best["goodput"]
    near = [at(factor * best["best_checkpoint_interval"])["goodput"] for factor in (0.95, 1.05)]
    assert max(near) < best["goodput"] * (1 + 1e-3)  # Young's interval is of the first order


def test_chips_in_reserve_and_other_losses_each_take_their_share(evaluate: Evaluate) -> None:
    plain, held = (evaluate("goodput", chip_count=1024, spare_share=s)["goodput"] for s in (0.0, 0.02))
    assert held == pytest.approx(0.98 * plain)
    assert evaluate("goodput", chip_count=1024, other_losses=0.1)["goodput"] == pytest.approx(0.9 * plain)


def test_more_chips_lose_more_of_their_time(evaluate: Evaluate) -> None:
    counts = [1, 1e3, 1e4, 1e5, 1e6, 1e9]
    goodputs = [evaluate("goodput", chip_count=n)["goodput"] for n in counts]
    assert goodputs == sorted(goodputs, reverse=True)
    assert goodputs[0] == pytest.approx(1, abs=1e-3)
    assert goodputs[-1] > 0
    assert goodputs[2:5] == pytest.approx([0.958, 0.788, 0.301], abs=0.001)  # 0.937, 0.597 and 0.129 by Llama 3's minutes


@pytest.mark.parametrize("held", [{}, {"checkpoint_interval": 1.0}, {"checkpoint_write_time": 1e4, "restart_time": 1e6}])
@pytest.mark.parametrize("chips", [1.0, 1e4, 1e9])
def test_goodput_is_a_share_whatever_is_stated(held: dict[str, float], chips: float, evaluate: Evaluate) -> None:
    assert 0 < evaluate("goodput", chip_count=chips, **held)["goodput"] <= 1


def test_a_checkpoint_takes_time() -> None:
    assert MODEL["checkpoint_write_time"].check(0.0) is not None  # the best interval would be none


def test_past_some_number_chips_do_not_help(evaluate: Evaluate) -> None:
    def run(n: float) -> dict[str, Any]:
        return evaluate("cost", model="llama-3.1-405b", chip="h100", tokens=15.6e12, chip_count=n)

    few, many = run(1e5), run(2e6)
    assert many["run_time"] > few["run_time"] / 6  # of twenty times the chips
    assert many["cost"] > 3.5 * few["cost"]


def test_the_cheapest_number_of_chips_is_in_between_when_time_costs(evaluate: Evaluate) -> None:
    def cost(n: float) -> float:
        held = {"tokens": 15.6e12, "chip_count": n, "staff_cost_per_year": 100e6}
        return float(evaluate("cost", model="llama-3.1-405b", chip="h100", **held)["cost"])

    costs = [cost(2.0**k) for k in range(8, 22)]
    best = costs.index(min(costs))
    assert 0 < best < len(costs) - 1


@pytest.mark.parametrize(("bits", "column"), [(16, "peak_bf16"), (8, "peak_fp8"), (4, "peak_fp4")])
def test_the_precision_chooses_the_peak(bits: int, column: str, evaluate: Evaluate) -> None:
    values = evaluate("peak_flops", chip="gb200", precision_bits=bits)
    assert values["peak_flops"] == values[column]


def test_a_peak_that_is_not_published_spoils_only_what_needs_it(evaluate: Evaluate) -> None:
    targets = ("run_time", "peak_facility_power", "facility_power", "training_flops")
    run = {"model": "llama-3.1-8b", "chip": "h100", "tokens": 1e12, "chip_count": 64}
    values = evaluate(*targets, **run, precision_bits=4)
    assert math.isnan(values["run_time"])
    assert all(values[name] > 0 for name in targets[1:])
    assert evaluate("run_time", **run, precision_bits=8)["run_time"] > 0


def test_chip_hours_of_llama_405b(evaluate: Evaluate, unit_of: Callable[[str], float]) -> None:
    """30.84 million H100-hours for the whole of Llama 3.1 405B: Llama 3.1 model card. MFU 0.41 is its paper's."""
    held = {"tokens": 15.6e12, "chip_count": 16384, "mfu": 0.41} | LLAMA_3
    values = evaluate("chip_hours", model="llama-3.1-405b", chip="h100", **held)
    assert values["chip_hours"] / unit_of("h") == pytest.approx(30.84e6, rel=0.05)
    assert values["chip_hours"] == values["run_time"] * 16384


@pytest.mark.parametrize(
    ("name", "value"), [("goodput", 0.0), ("goodput", 1.1), ("run_time", -1.0), ("mfu", 0.0), ("mfu", 1.5)]
)
def test_what_cannot_be_is_refused_where_it_is_held(name: str, value: float) -> None:
    assert MODEL[name].check(value) is not None
    assert MODEL[name].check(0.5) is None

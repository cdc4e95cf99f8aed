"""Peak by precision, goodput, run time and chip-hours."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from flopwatt.kernels.quantities import MODEL

Evaluate = Callable[..., dict[str, Any]]
DAY = 86400.0


def test_goodput_of_llama_3(evaluate: Evaluate) -> None:
    """466 interruptions in 54 days on 16,384 GPUs, over 90% effective time: arXiv:2407.21783, section 3.3.4."""
    values = evaluate("goodput", "time_between_failures", chip_count=16384)
    assert 0.90 <= values["goodput"] < 0.92
    assert values["time_between_failures"] == pytest.approx(54 * DAY / 466, rel=1e-3)
    useful = values["goodput"] * 54 * DAY / values["time_between_failures"] * values["time_lost_per_failure"]
    assert useful + values["goodput"] * 54 * DAY == pytest.approx(54 * DAY, rel=1e-9)  # useful and lost time make the run


def test_more_chips_lose_more_of_their_time(evaluate: Evaluate) -> None:
    counts = [1, 1e3, 1e4, 1e5, 1e6]
    goodputs = [evaluate("goodput", chip_count=n)["goodput"] for n in counts]
    assert goodputs == sorted(goodputs, reverse=True)
    assert goodputs[0] == pytest.approx(1, abs=1e-4)
    assert goodputs[-1] > 0


def test_past_some_number_chips_do_not_help(evaluate: Evaluate) -> None:
    def run(n: float) -> dict[str, Any]:
        return evaluate("cost", model="llama-3.1-405b", chip="h100", tokens=15.6e12, chip_count=n)

    few, many = run(1e5), run(2e6)
    assert many["run_time"] > few["run_time"] / 4  # of twenty times the chips
    assert many["cost"] > 5 * few["cost"]


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
    values = evaluate("chip_hours", model="llama-3.1-405b", chip="h100", tokens=15.6e12, chip_count=16384, mfu=0.41)
    assert values["chip_hours"] / unit_of("h") == pytest.approx(30.84e6, rel=0.05)
    assert values["chip_hours"] == values["run_time"] * 16384


@pytest.mark.parametrize(
    ("name", "value"), [("goodput", 0.0), ("goodput", 1.1), ("run_time", -1.0), ("mfu", 0.0), ("mfu", 1.5)]
)
def test_what_cannot_be_is_refused_where_it_is_held(name: str, value: float) -> None:
    assert MODEL[name].check(value) is not None
    assert MODEL[name].check(0.5) is None

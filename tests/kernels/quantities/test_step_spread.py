"""How far a step time is off: shares of the step against its parts, and the spread that they make."""

import math
from typing import Any

import pytest

from flopwatt.bench.step_time import predict, spread_fit

SHARES = tuple(spread_fit.SHARES.values())


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    """The inputs of a dense step on several servers, TP 2 without recompute or overlap."""
    (case, *_), _ = predict.cases([row for row in predict.published_rows() if "LLAMA3_8B" in str(row["model"])])
    strategy = {"chip_count": 64.0, "tensor_parallel": 2.0, "pipeline_parallel": 1.0, "context_parallel": 1.0}
    strategy |= {"interleave": 1.0, "batch_size": 64.0, "microbatch_size": 1.0, "sequence_length": 8192.0, "overlap": 0.0}
    strategy |= {"zero_stage": 1.0, "straggling": 0.0}
    return {**predict.inputs([case], ("step_time", "step_time_spread")), **strategy}


def of(known: dict[str, Any], *names: str, **changed: float) -> dict[str, float]:
    values = predict.evaluate({**known, **changed}, names)
    return {name: float(values[name].reshape(-1)[0]) for name in names}


def test_a_deviation_is_counted_in_standard_deviations_of_the_logarithm(known: dict[str, Any]) -> None:
    names = ("step_time", "predicted_step_time", "step_time_spread")
    at = {deviate: of(known, *names, step_time_deviation=deviate) for deviate in (-2.0, 0.0, 1.5)}
    assert at[0.0]["step_time"] == at[0.0]["predicted_step_time"]
    for deviate, values in at.items():
        assert math.log(values["step_time"] / values["predicted_step_time"]) == pytest.approx(
            deviate * values["step_time_spread"], abs=1e-12
        )


def test_a_share_is_the_time_that_the_step_is_shorter_without_its_part(known: dict[str, Any]) -> None:
    """A step whose part takes no time is shorter by that part's share, where nothing hides behind it."""
    without = {
        "attention_step_share": {"core_time": 1e-12},
        "network_step_share": {"tp_collective_time": 1e-12},
        "sync_step_share": {"exposed_sync_time": 0.0},
        "memory_step_share": {
            "attention_traffic_time": 0.0,
            "dense_traffic_time": 0.0,
            "mixer_cast_time": 0.0,
            "dense_cast_time": 0.0,
        },
    }
    whole = of(known, "predicted_step_time", *SHARES)
    for share, parts in without.items():
        left = of(known, "predicted_step_time", **parts)["predicted_step_time"]
        assert whole[share] == pytest.approx(1 - left / whole["predicted_step_time"], rel=0.1), share
        assert 0 < whole[share] < 1
    assert whole["expert_step_share"] == whole["bubble_step_share"] == 0  # a dense model's, in one stage
    staged = {"pipeline_parallel": 4.0}
    full = of(known, "predicted_step_time", "bubble_step_share", **staged)
    left = of(known, "predicted_step_time", **staged, bubble_time=0.0, pp_time=0.0)["predicted_step_time"]
    assert full["bubble_step_share"] == pytest.approx(1 - left / full["predicted_step_time"], rel=0.01)


def test_a_longer_sequence_and_a_shorter_batch_are_less_sure(known: dict[str, Any]) -> None:
    usual = of(known, "step_time_spread")["step_time_spread"]
    assert of(known, "step_time_spread", sequence_length=131072.0)["step_time_spread"] > usual
    assert of(known, "step_time_spread", pipeline_parallel=8.0, batch_size=4.0)["step_time_spread"] > usual


def test_parts_add_up_as_independent_ones(known: dict[str, Any]) -> None:
    values = of(known, "step_time_spread", *SHARES)
    base = {spread_fit.BASE: 0.03, spread_fit.SOURCE: 0.04}
    alone = of(known, "step_time_spread", **base, **dict.fromkeys(spread_fit.SHARES, 0.0))
    assert alone["step_time_spread"] == pytest.approx(0.05)
    one = of(known, "step_time_spread", **base, **dict.fromkeys(spread_fit.SHARES, 0.0) | {"step_spread_attention": 0.3})
    assert one["step_time_spread"] == pytest.approx(math.hypot(0.05, 0.3 * values["attention_step_share"]))

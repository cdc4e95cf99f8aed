"""Decoding steps: limits at small and large batches, what moves them, experts, drafts."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flopwatt import configs
from flopwatt.kernels.quantities import MODEL

Evaluate = Callable[..., dict[str, Any]]
CHIP = "h100-sxm-80gb"
ONE = {
    "weight_bits": 2.0, "cache_bits": 2.0, "precision_bits": 16.0, "replica_chips": 1.0, "concurrent_sequences": 1.0,
    "serving_input_tokens": 1000.0, "serving_output_tokens": 500.0,
}  # fmt: skip
PARTS = ("decode_dense_time", "decode_expert_time", "decode_attention_time", "decode_exchange_time", "decode_overhead")


def test_one_sequence_of_a_dense_model_waits_for_the_weights(evaluate: Evaluate) -> None:
    values = evaluate("decode_step", model="llama-3.1-8b", chip=CHIP, **ONE)
    read = 2 * (values["parameters"] - values["embedding_parameters"]) / (3.35e12 * values["serving_weight_share"])
    assert values["decode_dense_time"] == pytest.approx(read, rel=1e-3)
    assert values["decode_expert_time"] == values["decode_exchange_time"] == 0
    assert values["decode_step"] == pytest.approx(sum(values[part] for part in PARTS))


def test_large_batches_are_bound_by_products(evaluate: Evaluate) -> None:
    small, large = (
        evaluate("decode_step", model="llama-3.1-8b", chip=CHIP, **{**ONE, "concurrent_sequences": batch})
        for batch in (1e4, 2e4)
    )
    assert large["decode_dense_time"] / small["decode_dense_time"] == pytest.approx(2, rel=1e-2)


def test_a_batch_reads_more_experts_until_it_reads_all(evaluate: Evaluate) -> None:
    shares = [
        evaluate("read_experts_share", model="deepseek-v3", chip=CHIP, **{**ONE, "concurrent_sequences": batch})[
            "read_experts_share"
        ]
        for batch in (1.0, 32.0, 1000.0)
    ]
    assert shares == pytest.approx([8 / 256, 1 - (1 - 8 / 256) ** 32, 1])


def test_the_busiest_chip_is_late_where_experts_are_whole(evaluate: Evaluate) -> None:
    held = {**ONE, "replica_chips": 8.0, "concurrent_sequences": 64.0}
    whole, sliced = (
        evaluate("decode_step", model="llama-4-scout", chip=CHIP, **held, sliced_experts=slices) for slices in (0.0, 1.0)
    )
    assert whole["late_computing"] > 1.2
    assert whole["late_reading"] >= 1
    assert sliced["late_computing"] == sliced["late_reading"] == 1
    wide = evaluate(
        "late_computing", model="deepseek-v3", chip=CHIP, **{**ONE, "replica_chips": 64.0, "concurrent_sequences": 8192.0}
    )
    assert 1 < wide["late_computing"] < 1.15  # chance alone: spare copies even the rest out


def test_a_batch_of_one_is_read_by_no_more_than_all_of_its_experts(evaluate: Evaluate) -> None:
    values = evaluate("late_reading", model="llama-4-scout", chip=CHIP, **{**ONE, "replica_chips": 16.0})
    assert values["late_reading"] <= 1 / values["read_experts_share"] + 1e-9


def test_tokens_go_once_to_each_domain_over_nics(evaluate: Evaluate) -> None:
    held = {**ONE, "concurrent_sequences": 1024.0, "attention_data_parallel": 1.0}
    near, far = (
        evaluate("decode_step", model="deepseek-v3", chip=CHIP, **{**held, "replica_chips": chips}) for chips in (8.0, 32.0)
    )
    assert near["dispatch_copies"] == 8
    assert far["dispatch_copies"] == pytest.approx(4 * (1 - 0.75**8))
    assert far["dispatch_time_per_token"] > near["dispatch_time_per_token"]


def test_a_draft_moves_on_by_the_published_sum(evaluate: Evaluate) -> None:
    values = evaluate("tokens_per_step", draft_tokens=3.0, draft_acceptance=0.8)
    assert values["tokens_per_step"] == pytest.approx(1 + 0.8 + 0.64 + 0.512)
    assert evaluate("tokens_per_step", draft_tokens=0.0)["tokens_per_step"] == pytest.approx(1)


def _models() -> dict[str, np.ndarray[Any, Any]]:
    rows = [row.values for row in configs.load("models").rows.values() if row.values["layers"] > 0]
    return {name: np.array([row[name] for row in rows], dtype=np.float64) for name in rows[0]}


@settings(max_examples=20, deadline=None)
@given(st.floats(1.0, 4000.0), st.sampled_from([1.0, 4.0, 8.0, 64.0]), st.sampled_from([0.0, 1.0]), st.floats(10.0, 1e5))
def test_every_model_has_a_step_that_grows_with_its_batch(batch: float, chips: float, parallel: float, tokens: float) -> None:
    held: dict[str, Any] = {name: default.value for name, default in configs.defaults().items()}
    held |= configs.load("hardware").rows["b200-sxm"].values | _models() | ONE
    held |= {"replica_chips": chips, "attention_data_parallel": parallel, "serving_input_tokens": tokens}
    targets = ("decode_step", "inter_token_latency", "throughput_per_chip", "time_to_first_token")
    few, many = (MODEL.compute(targets, held | {"concurrent_sequences": number}) for number in (batch, 2 * batch))
    for values in (few, many):
        for name in targets:
            assert np.isfinite(values[name]).all(), name
            assert (values[name] > 0).all(), name
    assert (many["decode_step"] >= few["decode_step"] * (1 - 1e-9)).all()
    assert (many["decode_step"] <= 2 * few["decode_step"] * (1 + 1e-2)).all()


def test_the_deviation_moves_time_by_its_spread(evaluate: Evaluate) -> None:
    middle, late = (
        evaluate("decode_step", model="qwen3-30b-a3b", chip=CHIP, **ONE, serving_step_deviation=deviation)
        for deviation in (0.0, 1.0)
    )
    assert math.log(late["decode_step"] / middle["decode_step"]) == pytest.approx(middle["serving_time_spread"])


def test_few_bits_are_never_slower_than_sixteen(evaluate: Evaluate) -> None:
    """The FP8 peak of TPU v6e is that of BF16, so that a share of it would be less than BF16's own."""
    held = {"model": "llama-3.1-405b", "chip": "tpu-v6e-trillium", "replica_chips": 64.0, "weight_bits": 1.0, "cache_bits": 1.0}
    held |= {"concurrent_sequences": 512.0, "serving_input_tokens": 1000.0, "serving_output_tokens": 500.0}
    held |= {"attention_data_parallel": 0.0}
    rates = ("serving_dense_rate", "serving_expert_rate", "decode_step")
    few, wide = (evaluate(*rates, **held, precision_bits=bits) for bits in (8.0, 16.0))
    assert [few[name] for name in rates] == [wide[name] for name in rates]
    on_b200 = [evaluate(*rates, **{**held, "chip": "b200-sxm"}, precision_bits=bits) for bits in (16.0, 8.0, 4.0)]
    assert on_b200[0]["serving_dense_rate"] < on_b200[1]["serving_dense_rate"] < on_b200[2]["serving_dense_rate"]

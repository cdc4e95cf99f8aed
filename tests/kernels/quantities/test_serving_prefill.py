"""Prompts: what is cached costs nothing, longer ones more than in proportion, waiting grows with the load."""

from collections.abc import Callable
from typing import Any

import pytest

Evaluate = Callable[..., dict[str, Any]]
ONE = {
    "model": "llama-3.1-70b", "chip": "h100-sxm-80gb", "weight_bits": 2.0, "cache_bits": 2.0, "precision_bits": 16.0,
    "replica_chips": 4.0, "concurrent_sequences": 16.0, "serving_input_tokens": 2000.0, "serving_output_tokens": 500.0,
}  # fmt: skip


def test_a_prompt_takes_two_operations_a_weight_and_token(evaluate: Evaluate) -> None:
    values = evaluate("prefill_time", **{**ONE, "serving_input_tokens": 10.0, "replica_chips": 1.0})
    rate = values["serving_dense_rate"] * values["serving_prefill_share"]
    assert values["prefill_time"] == pytest.approx(10 * 2 * values["read_parameters"] / rate, rel=1e-3)


def test_longer_prompts_take_more_than_in_proportion(evaluate: Evaluate) -> None:
    one, ten = (evaluate("prefill_time", **{**ONE, "serving_input_tokens": n})["prefill_time"] for n in (1e4, 1e5))
    assert 10 * one < ten < 40 * one


def test_what_is_cached_is_not_worked_through(evaluate: Evaluate) -> None:
    whole, half = (evaluate("prefill_time", **ONE, cache_hit_share=share) for share in (0.0, 0.5))
    assert half["prefilled_tokens"] == whole["prefilled_tokens"] / 2
    assert whole["prefill_time"] / 2 < half["prefill_time"] < whole["prefill_time"] * 0.55  # later tokens see more keys


def test_prompts_take_turns_with_steps_only_together(evaluate: Evaluate) -> None:
    together, apart = (
        evaluate("time_to_first_token", "inter_token_latency", **ONE, disaggregated=apart, prefill_replica_chips=4.0)
        for apart in (0.0, 1.0)
    )
    assert together["prefill_pause"] == pytest.approx(16 / 500 * together["prefill_time"])
    assert apart["prefill_pause"] == 0
    assert apart["inter_token_latency"] < together["inter_token_latency"]


def test_the_first_token_waits_for_prompts_before_it(evaluate: Evaluate) -> None:
    idle, busy = (evaluate("time_to_first_token", **{**ONE, "concurrent_sequences": batch}) for batch in (1.0, 256.0))
    alone = idle["prefill_time"] + idle["decode_step"]
    assert idle["time_to_first_token"] == pytest.approx(alone, rel=0.05)
    assert busy["time_to_first_token"] > busy["prefill_time"] + busy["decode_step"]


def test_chips_that_split_heads_each_choose_keys(evaluate: Evaluate) -> None:
    held = {**ONE, "model": "deepseek-v3.2", "serving_input_tokens": 1e5}
    split, whole = (
        evaluate("prefill_core_flops", **held, attention_data_parallel=parallel)["prefill_core_flops"]
        for parallel in (0.0, 1.0)
    )
    assert split > whole

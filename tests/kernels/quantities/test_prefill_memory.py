"""Memory of chips that work through prompts alone, by hand."""

from collections.abc import Callable
from typing import Any

import pytest

HELD = {"weight_bits": 1.0, "dense_weight_bits": 2.0, "routed_parameters": 600e9, "unrouted_parameters": 20e9}
HELD |= {"cache_bytes_per_sequence": 8e9, "prefill_replica_chips": 8.0, "serving_reserve": 3e9}


def test_chips_split_one_copy_of_the_weights_and_a_prompts_cache(evaluate: Callable[..., dict[str, Any]]) -> None:
    found = evaluate("prefill_memory_per_chip", **HELD)
    assert found["prefill_memory_per_chip"] == pytest.approx((600e9 + 40e9 + 8e9) / 8 + 3e9)


def test_nothing_is_left_where_the_model_is_larger_and_all_where_nothing_is_apart(
    evaluate: Callable[..., dict[str, Any]],
) -> None:
    chip = {**HELD, "memory_capacity": 80e9, "serving_memory_share": 0.9}
    apart = evaluate("prefill_memory_margin", **chip, disaggregated=1.0)
    assert apart["prefill_memory_margin"] == pytest.approx(72e9 - 84e9)
    together = evaluate("prefill_memory_margin", **chip, disaggregated=0.0)
    assert together["prefill_memory_margin"] == pytest.approx(72e9)

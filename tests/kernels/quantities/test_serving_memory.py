"""Memory of chips that serve: weights, copies, and how many sequences fit."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flopwatt import configs
from flopwatt.kernels.quantities import MODEL

Evaluate = Callable[..., dict[str, Any]]
FP8 = {
    "chip": "h200-sxm", "weight_bits": 1.0, "cache_bits": 1.0, "serving_input_tokens": 1024.0, "serving_output_tokens": 1024.0,
    "concurrent_sequences": 1.0,
}  # fmt: skip


def test_weights_are_those_of_the_model(evaluate: Evaluate) -> None:
    values = evaluate("serving_weight_bytes", model="llama-3.1-405b", **FP8, replica_chips=8.0)
    assert values["serving_weight_bytes"] == values["parameters"] == pytest.approx(405e9, rel=0.01)


def test_data_parallel_attention_copies_all_but_the_routed_experts(evaluate: Evaluate) -> None:
    split, copied = (
        evaluate(
            "serving_weight_bytes",
            "cache_copies",
            model="deepseek-v3",
            **FP8,
            replica_chips=8.0,
            attention_data_parallel=parallel,
        )
        for parallel in (0.0, 1.0)
    )
    more = copied["serving_weight_bytes"] - split["serving_weight_bytes"]
    assert more == pytest.approx(7 * split["unrouted_parameters"])
    assert split["routed_parameters"] == 58 * 256 * 3 * 7168 * 2048
    assert (split["cache_copies"], copied["cache_copies"]) == (8.0, 1.0)  # one latent has no heads to split


def test_fewer_heads_than_chips_are_held_more_than_once(evaluate: Evaluate) -> None:
    copies = [
        evaluate("cache_copies", model="qwen3-235b-a22b", **FP8, replica_chips=chips)["cache_copies"]
        for chips in (2.0, 4.0, 8.0)
    ]
    assert copies == [1.0, 1.0, 2.0]


def test_experts_of_other_bits_leave_the_rest(evaluate: Evaluate) -> None:
    held = {**FP8, "weight_bits": 4.25 / 8, "dense_weight_bits": 2.0, "replica_chips": 1.0}
    values = evaluate("serving_weight_bytes", model="gpt-oss-120b", **held)
    assert values["serving_weight_bytes"] == pytest.approx(65e9, rel=0.05)  # 60.8 GiB, as published


CHIP = configs.load("hardware").rows["h100-sxm-80gb"].values
MODELS = ("llama-3.1-8b", "gpt-oss-20b", "qwen3-30b-a3b", "deepseek-v3")


@given(
    st.sampled_from(MODELS), st.sampled_from([1.0, 2.0, 8.0, 16.0]), st.sampled_from([0.0, 1.0]), st.floats(100.0, 1e5),
    st.floats(1.0, 1e5),
)  # fmt: skip
def test_the_largest_batch_fits_and_one_more_does_not(
    model: str, chips: float, parallel: float, tokens: float, answer: float
) -> None:
    values: dict[str, Any] = {name: default.value for name, default in configs.defaults().items()}
    values |= CHIP | configs.load("models").rows[model].values
    values |= {
        "weight_bits": 1.0, "cache_bits": 2.0, "replica_chips": chips, "attention_data_parallel": parallel,
        "serving_input_tokens": tokens, "serving_output_tokens": answer,
    }  # fmt: skip
    most = MODEL.compute(["largest_batch"], values)["largest_batch"]
    margins = [
        MODEL.compute(["serving_memory_margin"], values | {"concurrent_sequences": batch})["serving_memory_margin"]
        for batch in (most, most + 1)
    ]
    assert margins[0] >= -1e-3
    assert margins[1] < 0

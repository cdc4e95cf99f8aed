"""Caches of sequences: bytes of published models, windows, chosen keys, states that do not grow."""

from collections.abc import Callable
from typing import Any

import pytest

from flopwatt import configs

Evaluate = Callable[..., dict[str, Any]]
BF16 = {"cache_bits": 2.0, "serving_output_tokens": 1.0, "output_progress": 0.0, "chip": "h100-sxm-80gb"}


def _cache(evaluate: Evaluate, model: str, tokens: float, **held: Any) -> float:
    values = evaluate("cache_bytes_per_sequence", model=model, **{**BF16, "serving_input_tokens": tokens, **held})
    return float(values["cache_bytes_per_sequence"])


@pytest.mark.parametrize(
    ("model", "per_token"),
    [
        ("deepseek-v3", (512 + 64) * 2 * 61),  # 70 KB, DeepSeek-AI 2025, arXiv:2505.09343, table 1
        ("llama-3.1-405b", 8 * 128 * 2 * 2 * 126),  # 516 KB, the same table
        ("llama-3.1-70b", 8 * 128 * 2 * 2 * 80),
        ("qwen3-235b-a22b", 4 * 128 * 2 * 2 * 94),
    ],
)
def test_a_token_takes_what_is_published(evaluate: Evaluate, model: str, per_token: float) -> None:
    assert _cache(evaluate, model, 1000.0) == 1000 * per_token


def test_windows_keep_their_own_tokens_alone(evaluate: Evaluate) -> None:
    """gpt-oss: every other layer of 36 sees 128 tokens; 8 key and value heads of 64."""
    width = 2 * 8 * 64 * 2
    assert _cache(evaluate, "gpt-oss-120b", 10_000.0) == width * 18 * (10_000 + 128)
    assert _cache(evaluate, "gpt-oss-120b", 100.0) == width * 36 * 100


def test_software_that_frees_nothing_keeps_all_tokens_and_reads_windows(evaluate: Evaluate) -> None:
    whole = _cache(evaluate, "gpt-oss-120b", 10_000.0, window_overhang=1.0)
    assert whole == 2 * 8 * 64 * 2 * 36 * 10_000
    read = [
        evaluate("cache_bytes_read", model="gpt-oss-120b", **{**BF16, "serving_input_tokens": 1e4, "window_overhang": kept})[
            "cache_bytes_read"
        ]
        for kept in (0.0, 1.0)
    ]
    assert read[0] == read[1] < whole


def test_states_do_not_grow(evaluate: Evaluate) -> None:
    short, long = (_cache(evaluate, "nemotron-3-nano-30b-a3b", tokens) for tokens in (1000.0, 2000.0))
    per_token = 2 * 2 * 128 * 2 * 6  # six layers with attention, two heads
    assert long - short == 1000 * per_token
    state = 4 * 23 * 64 * 64 * 128
    assert short == pytest.approx(state + 1000 * per_token)


def test_of_chosen_keys_no_more_are_read_than_are_chosen(evaluate: Evaluate) -> None:
    values = [
        evaluate(
            "cache_bytes_read", "cache_bytes_per_sequence", model="deepseek-v3.2", **{**BF16, "serving_input_tokens": tokens}
        )
        for tokens in (1000.0, 100_000.0, 200_000.0)
    ]
    assert values[0]["cache_bytes_read"] == values[0]["cache_bytes_per_sequence"]
    grown = values[2]["cache_bytes_read"] - values[1]["cache_bytes_read"]
    assert grown == pytest.approx(1e5 * 61 * 128 * 2)  # the indexers' own keys
    assert values[1]["cache_bytes_read"] < 0.35 * values[1]["cache_bytes_per_sequence"]


def test_a_cache_of_8_bits_is_half_and_answers_add_their_progress(evaluate: Evaluate) -> None:
    one = _cache(evaluate, "llama-3.1-8b", 1000.0)
    assert _cache(evaluate, "llama-3.1-8b", 1000.0, cache_bits=1.0) == one / 2
    assert _cache(evaluate, "llama-3.1-8b", 500.0, serving_output_tokens=1000.0, output_progress=0.5) == one


def test_every_model_keeps_something_and_no_less_for_more_tokens(evaluate: Evaluate) -> None:
    for row in configs.load("models").rows.values():
        if row.values["layers"] > 0:
            short, long = (_cache(evaluate, row.key, tokens) for tokens in (1000.0, 50_000.0))
            assert 0 < short <= long, row.key

"""Operations per token under each convention, recompute, MFU and HFU."""

from collections.abc import Callable
from typing import Any

import pytest

Evaluate = Callable[..., dict[str, Any]]


def test_llama_405b_is_what_its_paper_says(evaluate: Evaluate) -> None:
    """3.8e25 FLOP: Llama Team 2024, arXiv:2407.21783, section 1."""
    for convention in (0, 2):
        values = evaluate("training_flops", model="llama-3.1-405b", tokens=15.6e12, flops_convention=convention)
        assert values["training_flops"] == pytest.approx(3.8e25, rel=0.05)


def test_gpt_3_is_what_its_paper_says(evaluate: Evaluate) -> None:
    """3.14e23 FLOP on 300 billion tokens: Brown et al. 2020, arXiv:2005.14165, table D.1, which counts 6ND."""
    values = evaluate("training_flops", model="gpt-3-175b", tokens=300e9, flops_convention=2)
    assert values["training_flops"] == pytest.approx(3.14e23, rel=0.005)


def test_full_attention_is_narayanans_closed_form(evaluate: Evaluate) -> None:
    """72 B s L h^2 (1 + s/6h + V/12Lh) without recompute, 96 (1 + s/6h + V/16Lh) with: arXiv:2104.04473, equation 3."""
    layers, h, s, vocabulary = 96, 12288, 2048, 50257
    values = evaluate("hardware_flops", model="gpt-3-175b", tokens=1.0, flops_convention=1)
    closed = 72 * layers * h**2 * (1 + s / (6 * h) + vocabulary / (12 * layers * h))
    assert values["training_flops"] == pytest.approx(closed, rel=1e-12)
    assert values["hardware_flops"] == values["training_flops"]


def test_causal_attention_is_half_of_full(evaluate: Evaluate) -> None:
    for model in ("llama-3.1-8b", "deepseek-v3", "gpt-3-175b"):
        values = evaluate("full_attention_core_flops", "attention_core_flops", model=model, tokens=1.0)
        assert values["full_attention_core_flops"] == 2 * values["attention_core_flops"]


def test_a_window_as_wide_as_the_sequence_is_causal_attention(evaluate: Evaluate) -> None:
    values = evaluate("attention_core_flops", model="llama-3.1-8b", window_layers=0)
    same = evaluate("attention_core_flops", model="llama-3.1-8b", window_layers=32, window_size=8192)
    narrow = evaluate("attention_core_flops", model="llama-3.1-8b", window_layers=32, window_size=128)
    assert same["attention_core_flops"] == values["attention_core_flops"]
    seen = sum(min(i, 128) for i in range(1, 8193)) / 8192  # keys that a query sees, the mean over positions
    assert narrow["attention_core_flops"] == pytest.approx(4 * 32 * 32 * 128 * seen, rel=0.01)


def test_mla_core_counts_its_own_head_sizes(evaluate: Evaluate) -> None:
    """DeepSeek-V3: 128 + 64 wide queries and keys, 128 wide values, 128 heads, 61 layers, sequence 4,096."""
    values = evaluate("attention_core_flops", model="deepseek-v3")
    assert values["attention_core_flops"] == 2 * 128 * (192 + 128) * 61 * 2048


def test_an_uncompressed_query_has_the_weights_of_its_projection(evaluate: Evaluate) -> None:
    """DeepSeek-V2-Lite's attention: hidden 2,048, 16 heads, latent 512, queries not compressed (arXiv:2405.04434, B.1)."""
    sizes = {"query_rank": 0, "kv_rank": 512, "nope_head_size": 128, "rope_head_size": 64, "value_head_size": 128}
    values = evaluate("mla_parameters", hidden_size=2048, heads=16, **sizes)
    assert values["mla_parameters"] == 2048 * 16 * 192 + 2048 * 576 + 512 * 16 * 256 + 16 * 128 * 2048


def test_a_token_pays_for_its_experts_only(evaluate: Evaluate) -> None:
    few = evaluate("training_flops", model="mixtral-8x7b", tokens=1.0)
    many = evaluate("training_flops", model="mixtral-8x7b", tokens=1.0, experts=64)
    router = 3 * 2 * 32 * 4096 * (64 - 8)
    assert many["training_flops"] - few["training_flops"] == pytest.approx(router, rel=1e-6)
    one = evaluate("training_flops", model="mixtral-8x7b", tokens=1.0, active_experts=1)
    assert few["training_flops"] - one["training_flops"] == pytest.approx(3 * 2 * 32 * few["expert_parameters"], rel=1e-9)


def test_mtp_adds_a_layer_a_projection_and_logits(evaluate: Evaluate) -> None:
    without = evaluate("training_flops", model="deepseek-v3", tokens=1.0)
    with_it = evaluate("training_flops", model="deepseek-v3", tokens=1.0, mtp_layers=1)
    extra = (with_it["training_flops"] - without["training_flops"]) / without["training_flops"]
    assert 1 / 61 < extra < 0.05


def test_full_recompute_is_a_forward_pass_of_the_layers(evaluate: Evaluate) -> None:
    values = evaluate("hfu", model="llama-3.1-405b", chip="h100", tokens=1.0, recomputed_layers=1.0)
    forward = 2 * values["active_layer_parameters"] + values["attention_core_flops"]
    assert values["recompute_flops"] == pytest.approx(forward, rel=1e-12)
    assert values["hfu"] / values["mfu"] == pytest.approx(4 / 3, rel=0.01)  # logits are not done again


def test_selective_recompute_is_one_attention_core(evaluate: Evaluate) -> None:
    values = evaluate("recompute_flops", model="llama-3.1-405b", tokens=1.0, recomputed_attention=1.0)
    assert values["recompute_flops"] == values["attention_core_flops"]
    both = evaluate("recompute_flops", model="llama-3.1-405b", tokens=1.0, recomputed_attention=1.0, recomputed_layers=1.0)
    full = evaluate("recompute_flops", model="llama-3.1-405b", tokens=1.0, recomputed_layers=1.0)
    assert both["recompute_flops"] == full["recompute_flops"]

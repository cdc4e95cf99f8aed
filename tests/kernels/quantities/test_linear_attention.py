"""Linear attention: weights of each kind, operations without a square of the sequence, time and memory beside attention's."""

from collections.abc import Callable
from typing import Any

import pytest

from flopwatt.kernels.quantities import MODEL, linear_attention

Evaluate = Callable[..., dict[str, Any]]
Step = Callable[..., dict[str, float]]
HYBRIDS = ("qwen3-next-80b-a3b", "kimi-linear-48b-a3b", "kimi-k3", "minimax-text-01", "ling-2.5-1t")


def test_weights_of_gated_deltanet(evaluate: Evaluate) -> None:
    """Qwen3-Next: 16 key heads and 32 value heads of 128; what transformers' Qwen3NextGatedDeltaNet has."""
    keys, values, heads, hidden = 16 * 128, 32 * 128, 32, 2048
    projections = hidden * (2 * keys + 2 * values) + hidden * 2 * heads + values * hidden
    rest = 4 * (2 * keys + values) + 2 * heads + 128
    assert evaluate("linear_parameters", model="qwen3-next-80b-a3b")["linear_parameters"] == projections + rest


def test_weights_of_kimi_delta_attention(evaluate: Evaluate) -> None:
    """Kimi Linear: 32 heads of 128, decay and gate through 128; Kimi K3: 96 heads, and a full gate."""
    hidden, width = 2304, 32 * 128
    projections = hidden * 3 * width + 2 * 128 * (hidden + width) + hidden * 32 + width * hidden
    rest = 4 * 3 * width + 32 + width + 128
    assert evaluate("linear_parameters", model="kimi-linear-48b-a3b")["linear_parameters"] == projections + rest
    hidden, width = 7168, 96 * 128
    projections = hidden * 3 * width + 128 * (hidden + width) + hidden * width + hidden * 96 + width * hidden
    rest = 4 * 3 * width + 96 + width + 128
    assert evaluate("linear_parameters", model="kimi-k3")["linear_parameters"] == projections + rest


def test_weights_of_lightning_attention(evaluate: Evaluate) -> None:
    """MiniMax-Text-01: queries, keys, values, gate and output of 64 heads of 128, and a norm."""
    hidden, width = 6144, 64 * 128
    assert evaluate("linear_parameters", model="minimax-text-01")["linear_parameters"] == 5 * hidden * width + width


def test_operations_of_the_delta_rule_are_those_of_its_paper() -> None:
    """6 T d^2 + 3 T C d + T C^2 per head: Kimi Team 2025, arXiv:2510.26692, section 6.3."""
    d, chunk, heads, layers = 128, linear_attention.DELTA_CHUNK, 32, 20
    per_head = 6 * d * d + 3 * chunk * d + chunk * chunk
    assert MODEL["linear_scan_flops"](layers, 1.0, heads, d, d) == layers * heads * per_head
    recurrent = 8 * d * d  # as Megatron-LM counts it: without chunks
    assert per_head == pytest.approx(recurrent, rel=0.05)


def test_operations_of_lightning_attention_are_those_of_its_loops() -> None:
    """Products of one chunk, counted multiplication by multiplication, in units of two operations."""
    heads, keys, values, chunk = 4, 3, 2, linear_attention.CHUNK
    within = chunk * chunk * keys + chunk * chunk * values
    into, out = chunk * keys * values, chunk * keys * values
    scan = MODEL["linear_scan_flops"](5.0, 0.0, heads, keys, values)
    assert scan == pytest.approx(5 * heads * 2 * (within + into + out) / chunk, rel=1e-12)


@pytest.mark.parametrize("model", HYBRIDS)
def test_only_the_layers_with_attention_grow_with_the_sequence(model: str, evaluate: Evaluate) -> None:
    short = evaluate("causal_flops_per_token", model=model, sequence_length=4096)
    long = evaluate("causal_flops_per_token", model=model, sequence_length=8192)
    added = long["causal_flops_per_token"] - short["causal_flops_per_token"]
    layers = short["layers"] - short["linear_layers"]
    assert short["whole_layers"] == layers
    assert added == pytest.approx(3 * 2 * short["core_width"] * layers * 2048, rel=1e-9)


@pytest.mark.parametrize("model", HYBRIDS)
def test_linear_layers_take_time_and_memory_of_their_own(model: str, step: Step) -> None:
    """Not none, and not that of attention, which grows with the sequence."""

    def time(length: float, **changed: float) -> float:
        tokens = {"sequence_length": length, "batch_size": 64 * 8192 / length}
        return step(model, **tokens, **changed)["mixer_forward_time"]

    none = {"linear_layers": 0.0}
    attention = {"linear_layers": 0.0, "attention_free_layers": 0.0}
    assert time(8192.0, **none) < time(8192.0)
    assert step(model, **none)["memory_per_chip"] < step(model)["memory_per_chip"]
    long, longer = 65536.0, 131072.0
    assert time(longer) < time(longer, **attention)
    grown = time(longer) / longer - time(long) / long
    assert 0 < grown < 0.5 * (time(longer, **attention) / longer - time(long, **attention) / long)


def test_a_model_without_linear_attention_does_not_depend_on_its_sizes(step: Step) -> None:
    sizes = {"linear_key_size": 7.0, "linear_value_heads": 8.0, "linear_value_size": 9.0, "linear_gates": 1.0}
    assert step() == step(**sizes)


def test_tp_must_divide_the_heads(step: Step) -> None:
    assert step("qwen3-next-80b-a3b", tensor_parallel=2.0)["tensor_divides"] == 1
    assert step("qwen3-next-80b-a3b", tensor_parallel=2.0, linear_key_heads=15.0)["tensor_divides"] == 0

"""Hyper-connections: what residual streams cost beyond one, and that one costs nothing."""

from collections.abc import Callable
from typing import Any

import pytest

Evaluate = Callable[..., dict[str, Any]]
FLASH = "deepseek-v4-flash"


def test_reads_and_writes_are_those_of_fused_kernels(evaluate: Evaluate) -> None:
    """Weights read n widths, the input n and writes one, sums read n + 1 and write n; a residual sum has three."""
    streams = 4
    weights, inputs, sums = streams, streams + 1, (streams + 1) + streams
    assert evaluate("stream_passes", residual_streams=streams)["stream_passes"] == weights + inputs + sums - 3
    assert evaluate("stream_passes", residual_streams=1)["stream_passes"] == 0


def test_streams_take_time_forward_and_thrice_backward(evaluate: Evaluate) -> None:
    parts = ("mixer_forward_time", "mixer_backward_time", "stream_time")
    four, one = (evaluate(*parts, model=FLASH, chip="GB200", residual_streams=n) for n in (4.0, 1.0))
    assert one["stream_time"] == 0
    assert four["mixer_forward_time"] - one["mixer_forward_time"] == pytest.approx(four["stream_time"])
    assert four["mixer_backward_time"] - one["mixer_backward_time"] == pytest.approx(3 * four["stream_time"])


def test_the_step_takes_longer_by_about_what_its_makers_say(evaluate: Evaluate) -> None:
    """Xie et al. 2025 (arXiv:2512.24880), abstract: 6.7% with four streams."""
    layer = "moe_layer_time"
    shape = {"model": FLASH, "chip": "H800", "sequence_length": 4096.0, "expert_parallel": 64.0, "microbatch_size": 1.0}
    four, one = (evaluate(layer, **shape, residual_streams=n)[layer] for n in (4.0, 1.0))
    assert four / one == pytest.approx(1.067, abs=0.05)


def test_streams_are_kept_and_handed_on(evaluate: Evaluate) -> None:
    """Two blocks of a layer keep the stream that they read, a stage hands on all of them."""
    shape = {"model": FLASH, "chip": "GB200", "pipeline_parallel": 8.0, "chip_count": 8.0, "send_latency": 0.0}
    parts = ("shared_activation_bytes", "hidden_bytes", "layer_input_bytes", "pp_time")
    four, one = (evaluate(*parts, **shape, residual_streams=n) for n in (4.0, 1.0))
    kept = four["shared_activation_bytes"] - one["shared_activation_bytes"]
    assert kept == pytest.approx(2 * 3 * four["hidden_bytes"])
    assert four["layer_input_bytes"] == 4 * one["layer_input_bytes"]
    assert four["pp_time"] == pytest.approx(4 * one["pp_time"])

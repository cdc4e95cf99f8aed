# mypy: allow-untyped-defs
"""Hyper-connections: several residual streams in place of one, which each block reads one mixture of and writes to all.

Before a block its input is mixed from the streams, with weights that each token makes from all of them; behind it the streams
are mixed with each other and its output is added to them. Products are small, and the streams' way through memory is the cost.

Sources: Xie et al. 2025 (arXiv:2512.24880), section 4.3 (kernels and recompute) and table 2 (reads and writes);
DeepSeek-AI 2026 (arXiv:2606.19348), which trains with four streams.
"""

from ..model.quantity import given, quantity, where

_KERNELS = "Xie et al. 2025, arXiv:2512.24880, section 4.3.1"
PLAIN_PASSES = 3  # reads and writes of a residual sum, which `hidden_passes` counts

given(
    "residual_streams", "", "Residual streams that layers mix (hyper-connections); 1 for a plain residual.", low=1, whole=True
)


@quantity(unit="", source=_KERNELS)
def stream_passes(residual_streams):
    """Reads and writes of a block's width by n streams beyond those of one, forward: weights n, input n + 1, sums 2n + 1."""
    return where(residual_streams > 1, 4 * residual_streams + 2 - PLAIN_PASSES, 0.0)


@quantity(unit="s", source=_KERNELS)
def stream_time(stream_passes, mixers_per_layer, hidden_bytes, activation_shards, elementwise_rate):
    """Mixing the residual streams of a layer, forward."""
    return (1 + mixers_per_layer) * stream_passes * hidden_bytes / (activation_shards * elementwise_rate)


@quantity(unit="byte", source="Xie et al. 2025, arXiv:2512.24880, section 4.3.2: mixtures are computed again")
def stream_excess_bytes(residual_streams, mixers_per_layer, hidden_bytes, activation_shards):
    """What a layer keeps of its streams beyond one."""
    return (1 + mixers_per_layer) * (residual_streams - 1) * hidden_bytes / activation_shards

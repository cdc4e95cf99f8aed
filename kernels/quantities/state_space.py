# mypy: allow-untyped-defs, allow-untyped-calls
"""State-space mixers (Mamba-2): weights, operations, time and memory of one, and the mean mixer of a hybrid's layer.

A mixer brings each token to a gate, values, keys and queries of its groups and a step per head, runs a short convolution over
all but gate and step, scans the sequence in chunks, norms the gated result and brings it back. Heads are split by TP.

Sources: Dao and Gu 2024 (arXiv:2405.21060), sections 6 and 7; NVIDIA 2025, Nemotron-H (arXiv:2504.03624), section 2.
"""

from ..model.quantity import given, maximum, quantity
from .gemm import product_time

_SSD = "Dao and Gu 2024, arXiv:2405.21060, section 6"
_BLOCK = "Dao and Gu 2024, arXiv:2405.21060, section 7.1"
_SUM = "definition"
KERNEL = 4  # width of the convolution
CHUNK = 128  # tokens that are scanned at once, as in the configs of Nemotron-H and Nemotron 3

given("mamba_layers", "layer", "State-space mixers of all layers together; 0 for a model without them.", whole=True)
given("mamba_heads", "", "Heads of a state-space mixer.", whole=True)
given("mamba_head_size", "", "Width of a head of a state-space mixer.", whole=True)
given("mamba_state_size", "", "State of a head, per element of its width.", whole=True)
given("mamba_groups", "", "Groups of heads that share keys and queries (B and C) in a state-space mixer.", whole=True)
given("scan_passes", "", "Reads and writes of a state-space mixer's width by convolution, scan and gated norm, forward.")


@quantity(unit="", source=_SUM)
def mamba_per_layer(mamba_layers, layers):
    """State-space mixers of a layer of the mean kind."""
    return mamba_layers / layers


@quantity(unit="", source=_SUM)
def mixers_per_layer(attention_per_layer, mamba_per_layer, linear_per_layer):
    """What mixes tokens in a layer of the mean kind: attentions, state spaces and linear attentions."""
    return attention_per_layer + mamba_per_layer + linear_per_layer


@quantity(unit="", source=_BLOCK)
def mamba_width(mamba_heads, mamba_head_size):
    """Width of a state-space mixer's values, of its gate and of its output."""
    return mamba_heads * mamba_head_size


@quantity(unit="", source=_BLOCK)
def mamba_mixed_width(mamba_width, mamba_groups, mamba_state_size):
    """What its convolution runs over: values, keys and queries."""
    return mamba_width + 2 * mamba_groups * mamba_state_size


@quantity(unit="parameter", source=_BLOCK)
def mamba_parameters(hidden_size, mamba_width, mamba_mixed_width, mamba_heads):
    """Weights of one state-space mixer: projections, convolution with its bias, three numbers per head, gains of its norm."""
    into = hidden_size * (mamba_width + mamba_mixed_width + mamba_heads)
    return into + (KERNEL + 1) * mamba_mixed_width + 3 * mamba_heads + mamba_width + mamba_width * hidden_size


@quantity(unit="parameter", source=_SUM)
def mixer_parameters(
    attention_per_layer, attention_parameters, mamba_per_layer, mamba_parameters, linear_per_layer, linear_parameters
):
    """Weights of what mixes tokens in a layer of the mean kind: attention, state spaces, linear attention."""
    others = mamba_per_layer * mamba_parameters + linear_per_layer * linear_parameters
    return attention_per_layer * attention_parameters + others


@quantity(unit="FLOP", source=_SSD)
def mamba_scan_flops(mamba_layers, mamba_width, mamba_groups, mamba_state_size):
    """Forward operations per token of all scans: keys times queries and values within a chunk, states into and out of it."""
    within = mamba_groups * CHUNK * mamba_state_size + CHUNK * mamba_width
    return mamba_layers * (2 * (within + 2 * mamba_width * mamba_state_size))


@quantity(unit="FLOP", source=_SUM)
def scan_flops(mamba_scan_flops, linear_scan_flops):
    """Forward operations per token of all scans, those of state spaces and of linear attention, all layers once."""
    return mamba_scan_flops + linear_scan_flops


# --- on one chip --------------------------------------------------------------------------------------------------------


@quantity(unit="s", source="NVIDIA, Matrix Multiplication Background User's Guide: tile and wave quantisation")
def mamba_product_time(
    microbatch_tokens, hidden_size, mamba_width, mamba_mixed_width, mamba_heads, tensor_parallel, matmul_rate, tile_fill,
    compute_units, wave_share,
):  # fmt: skip
    """Projections of one state-space mixer, into and out of it."""
    shared = matmul_rate, tile_fill, compute_units, wave_share
    columns = maximum((mamba_width + mamba_mixed_width + mamba_heads) / tensor_parallel, 1.0)
    into = product_time(microbatch_tokens, hidden_size, columns, 1.0, *shared)
    return into + product_time(microbatch_tokens, mamba_width / tensor_parallel, hidden_size, 1.0, *shared)


@quantity(unit="s", source="reads and writes counted per kernel; the scan's products at the rate of attention's")
def mamba_scan_time(
    mamba_scan_flops, layers, microbatch_tokens, tensor_parallel, attention_rate, mamba_per_layer, mamba_width, scan_passes,
    element_bytes, memory_rate,
):  # fmt: skip
    """Convolution, scan and norm of the state spaces of a layer of the mean kind, forward."""
    share = microbatch_tokens / tensor_parallel
    moved = mamba_per_layer * scan_passes * mamba_width * element_bytes
    return share * (mamba_scan_flops / layers / attention_rate + moved / memory_rate)


@quantity(unit="s", source=_SUM)
def scan_time(mamba_scan_time, linear_scan_time):
    """Scans of a layer of the mean kind with what belongs to them, forward."""
    return mamba_scan_time + linear_scan_time


@quantity(unit="s", source="reads and writes counted per kernel")
def mamba_cast_time(microbatch_tokens, hidden_size, mamba_width, tensor_parallel, element_bytes, cast_passes, memory_rate):
    """Casting the inputs of one state-space mixer's products, forward."""
    return cast_passes * microbatch_tokens * (hidden_size + mamba_width / tensor_parallel) * element_bytes / memory_rate


@quantity(unit="byte", source="state-spaces/mamba, mamba_ssm/ops/triton/ssd_combined.py: convolution and states run again")
def mamba_activation_bytes(
    microbatch_tokens, mamba_width, mamba_mixed_width, mamba_heads, element_bytes, stored_bytes, tensor_parallel
):
    """What one state-space mixer keeps of a microbatch: its projection, what the scan gives, the norm's product input."""
    kept = (2 * mamba_width + mamba_mixed_width + mamba_heads) * element_bytes + mamba_width * stored_bytes
    return microbatch_tokens * kept / tensor_parallel

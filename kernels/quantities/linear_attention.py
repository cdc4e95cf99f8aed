# mypy: allow-untyped-defs, allow-untyped-calls
"""Linear attention: weights, operations, time and memory of one, none of which grows with the square of the sequence.

Its layers stand beside layers with attention in a hybrid. Keys and values are summed up in a state per head. Under the delta
rule (Gated DeltaNet, Kimi Delta Attention) a key's old value is taken out first, and short convolutions run over queries, keys
and values; under lightning attention the state decays by itself. The sequence is worked through in chunks.

Sources: Yang et al. 2024 (arXiv:2412.06464), sections 3 and 4, for Gated DeltaNet; Kimi Team 2025 (arXiv:2510.26692), sections
3 and 4, for Kimi Delta Attention; MiniMax 2025 (arXiv:2501.08313), section 2.2, for lightning attention.
"""

from ..model.quantity import given, maximum, quantity, where
from .gemm import product_time
from .state_space import CHUNK, KERNEL

_DELTA = "Yang et al. 2024, arXiv:2412.06464, section 3.3"
_BLOCK = "Yang et al. 2024, arXiv:2412.06464, section 3.4; Kimi Team 2025, arXiv:2510.26692, section 4"
_SUM = "definition"
DELTA_CHUNK = 64  # tokens of a chunk under the delta rule, as in the kernels of flash-linear-attention

given("linear_layers", "layer", "Linear attentions of all layers together; 0 for a model without them.", whole=True)
given("linear_key_heads", "", "Query and key heads of a linear attention.", whole=True)
given("linear_value_heads", "", "Value heads of a linear attention, each with a state.", whole=True)
given("linear_key_size", "", "Width of a query or key head of a linear attention.", whole=True)
given("linear_value_size", "", "Width of a value head of a linear attention.", whole=True)
given(
    "linear_gates",
    "",
    "Numbers per value head made from each token: step and decay 2, step 1; 0 without a delta rule.",
    whole=True,
)
given("linear_decay_rank", "", "Rank that a decay per element of the key is made with; 0 where each head has one.", whole=True)
given("linear_gate_rank", "", "Rank that the gate on the output is made with; 0 for a full one.", whole=True)


@quantity(unit="", source=_SUM)
def linear_per_layer(linear_layers, layers):
    """Linear attentions of a layer of the mean kind."""
    return linear_layers / layers


@quantity(unit="", source=_BLOCK)
def linear_value_width(linear_value_heads, linear_value_size):
    """Width of a linear attention's values, of its gate and of its output."""
    return linear_value_heads * linear_value_size


@quantity(unit="", source=_BLOCK)
def linear_key_width(linear_key_heads, linear_key_size):
    """Width of its queries, and of its keys."""
    return linear_key_heads * linear_key_size


@quantity(unit="", source=_BLOCK)
def linear_mixed_width(linear_key_width, linear_value_width):
    """Width of its queries, keys and values."""
    return 2 * linear_key_width + linear_value_width


@quantity(unit="parameter", source=_BLOCK)
def linear_gate_parameters(
    hidden_size, linear_gates, linear_value_heads, linear_value_width, linear_key_width, linear_decay_rank, linear_gate_rank
):
    """Weights of one linear attention's gates: on the output, decay, step."""
    low = linear_gate_rank * (hidden_size + linear_value_width)
    output = where(linear_gate_rank > 0, low, hidden_size * linear_value_width)
    return output + linear_decay_rank * (hidden_size + linear_key_width) + hidden_size * linear_gates * linear_value_heads


@quantity(unit="parameter", source=_BLOCK)
def linear_parameters(
    hidden_size, linear_mixed_width, linear_value_width, linear_gate_parameters, linear_gates, linear_value_heads,
    linear_value_size, linear_decay_rank, linear_key_width,
):  # fmt: skip
    """Weights of one linear attention: projections, gates, convolutions, decays, gains of its norm."""
    products = hidden_size * (linear_mixed_width + linear_value_width) + linear_gate_parameters
    decay = linear_value_heads + where(linear_decay_rank > 0, linear_key_width, linear_value_heads)
    delta = KERNEL * linear_mixed_width + decay + linear_value_size
    return products + where(linear_gates > 0, delta, linear_value_width)


@quantity(unit="FLOP", source="Kimi Team 2025, arXiv:2510.26692, section 6.3; Dao and Gu 2024, arXiv:2405.21060, section 6")
def linear_scan_flops(linear_layers, linear_gates, linear_value_heads, linear_key_size, linear_value_size):
    """Forward operations per token of all linear attentions: within a chunk, and states into and out of it.

    Under the delta rule 6 d^2 + 3 C d + C^2 per head for keys and values of d and chunks of C: states are read once more.
    """
    state = linear_key_size * linear_value_size
    widths = linear_key_size + linear_value_size
    delta = 6 * state + DELTA_CHUNK * (1.5 * widths) + DELTA_CHUNK * DELTA_CHUNK
    plain = 4 * state + CHUNK * (2 * widths)
    return linear_layers * linear_value_heads * where(linear_gates > 0, delta, plain)


# --- on one chip --------------------------------------------------------------------------------------------------------


@quantity(unit="s", source="NVIDIA, Matrix Multiplication Background User's Guide: tile and wave quantisation")
def linear_product_time(
    microbatch_tokens, hidden_size, linear_mixed_width, linear_value_width, linear_gate_parameters, tensor_parallel,
    matmul_rate, tile_fill, compute_units, wave_share,
):  # fmt: skip
    """Projections of one linear attention, into and out of it; gates take the time of a matrix of their weights."""
    shared = matmul_rate, tile_fill, compute_units, wave_share
    columns = maximum((linear_mixed_width + linear_gate_parameters / hidden_size) / tensor_parallel, 1.0)
    into = product_time(microbatch_tokens, hidden_size, columns, 1.0, *shared)
    return into + product_time(microbatch_tokens, linear_value_width / tensor_parallel, hidden_size, 1.0, *shared)


@quantity(unit="s", source="reads and writes counted per kernel, as of a state space's scan; products at attention's rate")
def linear_scan_time(
    linear_scan_flops, layers, microbatch_tokens, tensor_parallel, attention_rate, linear_per_layer, linear_mixed_width,
    linear_value_width, scan_passes, element_bytes, memory_rate,
):  # fmt: skip
    """Convolution, scan and norm of the linear attentions of a layer of the mean kind, forward."""
    share = microbatch_tokens / tensor_parallel
    width = (linear_mixed_width + linear_value_width) / 2
    moved = linear_per_layer * scan_passes * width * element_bytes
    return share * (linear_scan_flops / layers / attention_rate + moved / memory_rate)


@quantity(unit="s", source="reads and writes counted per kernel")
def linear_cast_time(
    microbatch_tokens, hidden_size, linear_value_width, tensor_parallel, element_bytes, cast_passes, memory_rate
):
    """Casting the inputs of one linear attention's products, forward."""
    inputs = hidden_size + linear_value_width / tensor_parallel
    return cast_passes * microbatch_tokens * inputs * element_bytes / memory_rate


@quantity(unit="byte", source="inputs of its kernels; the states between chunks are computed again")
def linear_activation_bytes(
    microbatch_tokens, linear_mixed_width, linear_value_width, linear_decay_rank, linear_key_width, linear_gates,
    linear_value_heads, element_bytes, tensor_parallel,
):  # fmt: skip
    """What one linear attention keeps of a microbatch: its projections and gates, what convolutions give, scan, norm."""
    decay = where(linear_decay_rank > 0, linear_key_width, 0.0) + linear_gates * linear_value_heads
    convolved = where(linear_gates > 0, 2.0, 1.0) * linear_mixed_width
    return microbatch_tokens * (convolved + 3 * linear_value_width + decay) * element_bytes / tensor_parallel

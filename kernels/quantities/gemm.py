# mypy: allow-untyped-defs, allow-untyped-calls
"""The time of the matrix products and attention of one layer, from what a chip sustains.

A product of an m x k by a k x n matrix runs as tiles of 128 x 256 outputs, spread over the chip's compute units in waves.
A last wave that is not full, and tiles that stick out over the edge, cost as if they were whole (a part of that is hidden,
`wave_share`), and every tile pays for filling and draining its pipeline as if k were larger by a constant.

Sources: NVIDIA, Matrix Multiplication Background (tile and wave quantisation). Attention: Dao 2023 (arXiv:2307.08691): the
backward pass of the fused kernel does 2.5 times the forward work. Everything is per microbatch, on one chip, forward; a
backward pass of a product is two products.
"""

from ..model.quantity import ceil, given, maximum, quantity, where

_TILE = "NVIDIA, Matrix Multiplication Background User's Guide: tile and wave quantisation"
_MLA = "DeepSeek-AI 2024, arXiv:2412.19437, section 2.1.1"
TILE_ROWS, TILE_COLUMNS = 128, 256

given("compute_units", "", "Streaming multiprocessors (or the like) of a chip.", low=1)
given("tile_depth", "byte", "Fill and drain of a tile, as the bytes of memory traffic that take as long, per unit of k.")
given("wave_share", "", "Share of the cost of an unfilled last wave that is not hidden.", high=1, show="%")
given("quantised_passes", "", "Passes over a product's input that casting it to fewer than 16 bits takes.")


@quantity(unit="", source=_TILE)
def bf16_tile_fill(tile_depth, peak_bf16, memory_bandwidth):
    """What a tile's fill and drain cost, as steps of k, in BF16."""
    return tile_depth * peak_bf16 / memory_bandwidth


@quantity(unit="", source=_TILE)
def tile_fill(tile_depth, peak_flops, memory_bandwidth):
    """What a tile's fill and drain cost, as steps of k, in the precision of the run."""
    return tile_depth * peak_flops / memory_bandwidth


def product_time(rows, depth, columns, count, rate, fill, compute_units, wave_share):
    """Seconds of ``count`` products of a rows x depth by a depth x columns matrix, done as one launch."""
    tiles = ceil(rows / TILE_ROWS) * ceil(columns / TILE_COLUMNS) * count
    waves = tiles / compute_units
    idle = 1 + wave_share * (ceil(waves) / waves - 1)
    return 2 * (TILE_ROWS * TILE_COLUMNS) * tiles * (depth + fill) * idle / rate


# --- the products of a layer, forward -----------------------------------------------------------------------------------


@quantity(unit="s", source=_TILE)
def gqa_product_time(
    microbatch_tokens, hidden_size, head_size, value_size, heads, kv_heads, kv_head_width, tensor_parallel, matmul_rate,
    tile_fill, compute_units, wave_share,
):  # fmt: skip
    """Query, key, value and output projections of attention without MLA."""
    shared = matmul_rate, tile_fill, compute_units, wave_share
    inputs = head_size * heads / tensor_parallel + kv_head_width * maximum(kv_heads / tensor_parallel, 1.0)
    into = product_time(microbatch_tokens, hidden_size, inputs, 1.0, *shared)
    return into + product_time(microbatch_tokens, value_size * heads / tensor_parallel, hidden_size, 1.0, *shared)


@quantity(unit="s", source=_MLA)
def mla_product_time(
    microbatch_tokens, hidden_size, heads, query_rank, kv_rank, nope_head_size, rope_head_size, value_head_size,
    tensor_parallel, matmul_rate, tile_fill, compute_units, wave_share,
):  # fmt: skip
    """Projections of latent attention: down to the ranks (not split by TP), up to the heads, and out."""
    shared = matmul_rate, tile_fill, compute_units, wave_share
    local = heads / tensor_parallel
    query_width = maximum(local * (nope_head_size + rope_head_size), 1.0)
    direct = product_time(microbatch_tokens, hidden_size, query_width, 1.0, *shared)
    down = product_time(microbatch_tokens, hidden_size, maximum(query_rank, 1.0), 1.0, *shared)
    query = where(query_rank > 0, down + product_time(microbatch_tokens, query_rank, query_width, 1.0, *shared), direct)
    latent = product_time(microbatch_tokens, hidden_size, kv_rank + maximum(rope_head_size, 1.0), 1.0, *shared)
    up = maximum(local * (nope_head_size + value_head_size), 1.0)
    out = local * value_head_size
    return (
        query
        + latent
        + product_time(microbatch_tokens, kv_rank, up, 1.0, *shared)
        + product_time(microbatch_tokens, out, hidden_size, 1.0, *shared)
    )


@quantity(unit="s", source="definition")
def attention_product_time(kv_rank, gqa_product_time, mla_product_time, gqa_parameters, mla_parameters, attention_parameters):
    """All projections of one layer's attention; what stands beside the four takes time as they do, by its weights."""
    beside = attention_parameters / where(kv_rank > 0, mla_parameters, gqa_parameters)
    return where(kv_rank > 0, mla_product_time, gqa_product_time) * beside


@quantity(unit="s", source=_TILE)
def dense_product_time(
    microbatch_tokens, hidden_size, ffn_size, ffn_matrices, tensor_parallel, matmul_rate, tile_fill, compute_units, wave_share
):
    """The feed-forward block of a dense layer."""
    shared = matmul_rate, tile_fill, compute_units, wave_share
    width = maximum(ffn_size / tensor_parallel, 1.0)
    up = product_time(microbatch_tokens, hidden_size, (ffn_matrices - 1) * width, 1.0, *shared)
    return up + product_time(microbatch_tokens, width, hidden_size, 1.0, *shared)


@quantity(unit="token", source="Megatron-LM: experts are not split by TP, whose chips share the tokens")
def routed_tokens(microbatch_tokens, active_experts, tensor_parallel):
    """Copies of tokens that a chip's experts work on, balanced."""
    return microbatch_tokens * active_experts / tensor_parallel


@quantity(unit="s", source=_TILE)
def expert_product_time(
    routed_tokens, expert_width, expert_ffn_size, ffn_matrices, experts, expert_parallel, grouped_rate, tile_fill,
    compute_units, wave_share,
):  # fmt: skip
    """The routed experts of an MoE layer: grouped products, each expert with its share of the tokens."""
    shared = grouped_rate, tile_fill, compute_units, wave_share
    local = maximum(experts / expert_parallel, 1.0)
    rows = maximum(routed_tokens / local, 1.0)
    width = maximum(expert_ffn_size, 1.0)
    up = product_time(rows, expert_width, (ffn_matrices - 1) * width, local, *shared)
    return up + product_time(rows, width, expert_width, local, *shared)


@quantity(unit="s", source=_TILE)
def latent_product_time(
    microbatch_tokens, hidden_size, latent_size, tensor_parallel, matmul_rate, tile_fill, compute_units, wave_share
):
    """Bringing an MoE layer's tokens to the routed experts' width and back; TP's chips share the tokens."""
    shared = matmul_rate, tile_fill, compute_units, wave_share
    rows, width = microbatch_tokens / tensor_parallel, maximum(latent_size, 1.0)
    down = product_time(rows, hidden_size, width, 1.0, *shared)
    return (down + product_time(rows, width, hidden_size, 1.0, *shared)) * where(latent_size > 0, 1.0, 0.0)


@quantity(unit="s", source=_TILE)
def shared_expert_product_time(
    microbatch_tokens, hidden_size, shared_ffn_size, ffn_matrices, tensor_parallel, matmul_rate, tile_fill, compute_units,
    wave_share,
):  # fmt: skip
    """The shared experts of an MoE layer."""
    shared = matmul_rate, tile_fill, compute_units, wave_share
    width = maximum(shared_ffn_size / tensor_parallel, 1.0)
    up = product_time(microbatch_tokens, hidden_size, (ffn_matrices - 1) * width, 1.0, *shared)
    down = product_time(microbatch_tokens, width, hidden_size, 1.0, *shared)
    return (up + down) * where(shared_ffn_size > 0, 1.0, 0.0)


@quantity(unit="s", source=_TILE)
def logit_product_time(
    microbatch_tokens, hidden_size, vocabulary_size, tensor_parallel, bf16_rate, bf16_tile_fill, compute_units, wave_share
):
    """The output embedding, in BF16."""
    return product_time(
        microbatch_tokens,
        hidden_size,
        vocabulary_size / tensor_parallel,
        1.0,
        bf16_rate,
        bf16_tile_fill,
        compute_units,
        wave_share,
    )


# --- attention's core ---------------------------------------------------------------------------------------------------


@quantity(unit="FLOP", source="Narayanan et al. 2021; a fused kernel leaves out what the causal mask hides")
def layer_core_flops(
    attention_core_flops, full_attention_core_flops, fused_attention, layers, microbatch_tokens, tensor_parallel
):
    """Forward operations of attention's core in a layer of the mean kind."""
    return (
        where(fused_attention > 0, attention_core_flops, full_attention_core_flops)
        / layers
        * microbatch_tokens
        / tensor_parallel
    )


@quantity(unit="s", source="Dao 2023, arXiv:2307.08691")
def core_time(
    layer_core_flops, attention_rate, gathered_core_flops, gathered_attention_share, layers, microbatch_tokens,
    tensor_parallel,
):  # fmt: skip
    """Attention's core, forward; slower where keys are gathered from all over the sequence."""
    gathered = gathered_core_flops / layers * microbatch_tokens / tensor_parallel
    return (layer_core_flops + gathered * (1 / gathered_attention_share - 1)) / attention_rate


given("score_bytes", "byte", "Memory traffic per score of unfused attention: write, softmax, dropout, each read and written.")


@quantity(unit="s", source="Korthikanti et al. 2022, arXiv:2205.05198, figure 3")
def score_time(
    fused_attention, attention_per_layer, microbatch_tokens, sequence_length, heads, tensor_parallel, score_bytes, memory_rate
):
    """Moving the scores of unfused attention through memory in a layer of the mean kind, forward."""
    unfused = where(fused_attention > 0, 0.0, attention_per_layer)
    scores = unfused * microbatch_tokens * sequence_length * heads / tensor_parallel
    return scores * score_bytes / memory_rate


@quantity(unit="", source="definition")
def cast_passes(precision_bits, quantised_passes):
    """Passes over each product's input for casting; none in 16 bits."""
    return where(precision_bits < 16, quantised_passes, 0.0)

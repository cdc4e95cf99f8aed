# mypy: allow-untyped-defs, allow-untyped-calls
"""What a chip's arithmetic and memory sustain, and the time of the matrix products and attention of one layer.

A product of an m x k by a k x n matrix runs as tiles of 128 x 256 outputs, spread over the chip's compute units in waves.
A last wave that is not full, and tiles that stick out over the edge, cost as if they were whole (a part of that is hidden,
`wave_share`), and every tile pays for filling and draining its pipeline as if k were larger by a constant. The rate inside
the tiles is a share of the dense peak that
- falls with the power that a chip has for each FLOP of peak: faster chips of the same power clock lower under load, and
- grows with the age of the chip's generation when the software was made: kernels mature.

Sources: NVIDIA, Matrix Multiplication Background (tile and wave quantisation); the shares are fitted, see
configs/efficiency.toml. Attention: Dao 2023 (arXiv:2307.08691): the backward pass of the fused kernel does 2.5 times the
forward work. Everything is per microbatch, on one chip, forward; a backward pass of a product is two products.
"""

from ..model.quantity import ceil, exp, given, maximum, minimum, quantity, where

_FIT = "fitted to published step times, configs/efficiency.toml"
_TILE = "NVIDIA, Matrix Multiplication Background User's Guide: tile and wave quantisation"
_MLA = "DeepSeek-AI 2024, arXiv:2412.19437, section 2.1.1"
TILE_ROWS, TILE_COLUMNS = 128, 256

given("compute_units", "", "Streaming multiprocessors (or the like) of a chip.", low=1)
given("architecture_date", "", "Calendar year, with its fraction, in which the chip's architecture first shipped.")
given("software_date", "", "Calendar year, with its fraction, that the training software dates from.", low=1990)
given("block_scaling", "", "1 where operands carry a scale per small block (MXFP8, NVFP4), else 0.", high=1, whole=True)
given("fused_attention", "", "1 where scores never leave the chip (FlashAttention), 0 where they go through memory.", high=1)
given("element_bytes", "byte", "Bytes of an activation or a weight in computation: 2 for BF16 and FP16.", low_open=True)

given(
    "matmul_share",
    "",
    "Share of the peak that large matrix products sustain at the reference power per FLOP.",
    low_open=True,
    show="%",
)
given("fp8_share", "", "The same for FP8 over that for BF16.", low_open=True, show="%")
given("fp4_share", "", "The same for FP4 over that for BF16.", low_open=True, show="%")
given("grouped_share", "", "Rate of the experts' grouped products over that of one product.", low_open=True, show="%")
given(
    "attention_share",
    "",
    "Share of the BF16 peak that fused attention sustains at the reference power.",
    low_open=True,
    show="%",
)
given(
    "gathered_attention_share",
    "",
    "Rate of attention on keys that are gathered, chosen or made from many tokens, over that on whole sequences.",
    low_open=True,
    show="%",
)
given("memory_share", "", "Share of the memory bandwidth that element-wise kernels sustain.", low_open=True, high=1, show="%")
given("energy_per_flop", "J", "Reference: TDP per BF16 FLOP/s of peak at which the shares hold.", low_open=True)
given("power_exponent", "", "How the sustained share grows with TDP per FLOP/s of peak.")
given(
    "power_limit_share",
    "",
    "Power that a limit leaves a chip, over its own TDP; 1 without a limit.",
    low_open=True,
    high=1,
    show="%",
    label="power limit over the TDP",
)
given("immaturity", "", "Share of the rate that software still misses when an architecture first ships.", high=1, show="%")
given("maturing_time", "", "Years in which that falls to 1/e.", low_open=True)
given("first_attention_share", "", "Rate of FlashAttention's first generation over the second's, on its own chips.", low_open=True, show="%")
given("ported_attention_share", "", "Rate of attention written for Ampere over its best, on later architectures.", low_open=True, show="%")
given("second_attention_date", "", "Calendar year from which software has FlashAttention's second generation.")
given("third_attention_date", "", "Calendar year from which software has attention written for Hopper and later.")
given("asynchronous_date", "", "Calendar year from which architectures ship that move data to the tensor cores by themselves.")
given("unfused_kernels", "", "Share of element-wise operations that run as kernels of their own, not fused.", high=1, show="%")
given("unfused_traffic", "", "Memory traffic of such kernels beyond that of fused ones, over the latter.")
given("promotion_share", "", "Rate of FP8 products whose sums software promotes on the way, over that of others.", low_open=True, show="%")
given("whole_sums_date", "", "Calendar year from which architectures ship that add up FP8 products in FP32.")
given("ample_power_exponent", "", "The same where a chip has more power than the reference.")
given("plain_unfused_traffic", "", "The same of models without gates, whose norms and activations are kernels of PyTorch itself.")
given("overtaken_attention_share", "", "Rate of attention written for Hopper over its best, on Blackwell.", low_open=True, show="%")
given("exponentials", "", "Exponential functions that a compute unit starts each clock.", low_open=True)
given("tile_depth", "byte", "Fill and drain of a tile, as the bytes of memory traffic that take as long, per unit of k.")
given("wave_share", "", "Share of the cost of an unfilled last wave that is not hidden.", high=1, show="%")
given("quantised_passes", "", "Passes over a product's input that casting it to fewer than 16 bits takes.")


@quantity(unit="", source=_FIT, show="%")
def clock_share(power_limit_share, power_exponent):
    """Clock under a power limit, and with it the peaks, over that at the chip's own TDP."""
    return power_limit_share**power_exponent


@quantity(unit="", source=_FIT)
def power_derating(
    tdp, peak_bf16, energy_per_flop, power_exponent, ample_power_exponent, power_limit_share, clock_share
):
    """How far the power per FLOP of peak lets the chip go, over the reference's.

    Both are taken as they are without a power limit, which lowers the peaks themselves: what is sustained under a limit falls
    with the clock once, not twice.
    """
    own_power, own_peak = tdp / power_limit_share, peak_bf16 / clock_share
    ratio = own_power / (own_peak * energy_per_flop)
    return minimum(ratio, 1.0) ** power_exponent * maximum(ratio, 1.0) ** ample_power_exponent


@quantity(unit="", source=_FIT)
def software_maturity(immaturity, software_date, architecture_date, maturing_time):
    """Share of its final rate that the software reaches."""
    return 1 - immaturity * exp(-maximum(software_date - architecture_date, 0.0) / maturing_time)


@quantity(unit="FLOP/s", source=_FIT)
def bf16_rate(peak_bf16, matmul_share, power_derating, software_maturity):
    """What large products in BF16 sustain on one chip."""
    return peak_bf16 * (matmul_share * power_derating * software_maturity)


@quantity(unit="FLOP/s", source=_FIT)
def matmul_rate(
    bf16_rate, peak_bf16, peak_flops, precision_bits, fp8_share, fp4_share, promotion_share, architecture_date,
    whole_sums_date,
):  # fmt: skip
    """What large products in the precision of the run sustain on one chip.

    Tensor cores before Blackwell add up FP8 products in few bits, and software promotes their sums on the way.
    """
    fp8 = fp8_share * where(architecture_date < whole_sums_date, promotion_share, 1.0)
    share = where(precision_bits <= 4, fp4_share, where(precision_bits <= 8, fp8, 1.0))
    return bf16_rate * (share * peak_flops / peak_bf16)


@quantity(unit="FLOP/s", source=_FIT)
def grouped_rate(matmul_rate, grouped_share, routing_immaturity):
    """What the experts' grouped products sustain on one chip."""
    return matmul_rate / (1 + (1 / grouped_share - 1) * routing_immaturity)


@quantity(
    unit="",
    source="Dao et al. 2022, arXiv:2205.14135; Dao 2023, arXiv:2307.08691; Shah et al. 2024, arXiv:2407.08608",
    show="%",
)
def attention_maturity(
    software_date, architecture_date, second_attention_date, third_attention_date, exponentials, asynchronous_date,
    whole_sums_date, fused_attention, first_attention_share, ported_attention_share, overtaken_attention_share,
):  # fmt: skip
    """Rate of the fused attention of the software's generation over that of the newest, on the chip's architecture.

    FlashAttention's first generation fills the tensor cores half; the second was written for Ampere, and until the third it
    ran on chips that move data by themselves (Hopper and later) as if they did not.
    """
    own = where(software_date < second_attention_date, where(fused_attention > 0, first_attention_share, 1.0), 1.0)
    ported = where(architecture_date >= asynchronous_date, ported_attention_share, 1.0)
    overtaken = where(architecture_date >= whole_sums_date, where(exponentials > 16, 1.0, overtaken_attention_share), 1.0)
    return own * where(software_date < third_attention_date, ported, 1.0) * overtaken


@quantity(unit="FLOP/s", source=_FIT)
def attention_rate(peak_bf16, attention_share, attention_maturity, software_maturity):
    """What fused attention sustains on one chip."""
    return peak_bf16 * (attention_share * attention_maturity * software_maturity)


@quantity(unit="byte/s", source=_FIT)
def memory_rate(memory_bandwidth, memory_share):
    """What element-wise kernels sustain of the memory's bandwidth."""
    return memory_bandwidth * memory_share


@quantity(unit="byte/s", source=_FIT)
def elementwise_rate(memory_rate, unfused_kernels, unfused_traffic, plain_unfused_traffic, ffn_matrices):
    """The same, over the traffic that fused kernels would have: what is not fused reads and writes more.

    Models with gates have RMS norms, rotary positions and gates, each of many operations; layer norms and GELU are one kernel
    each in any framework.
    """
    return memory_rate / (1 + unfused_kernels * where(ffn_matrices > 2, unfused_traffic, plain_unfused_traffic))


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

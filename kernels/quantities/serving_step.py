# mypy: allow-untyped-defs, allow-untyped-calls
"""Time of a decoding step: each sequence of a replica's batch moves on by a token, or by several that a draft proposes.

A step reads the weights once, of routed experts those that some token of the batch goes to, and every sequence's cache.
Products are bound by that or by arithmetic (the two overlap only in part: the root of the sum of their squares), as is
attention; then come tensor parallelism's two all-reduces a layer or the experts' dispatch, and what goes with layers and
sequences and not with bytes: launches, synchronising, sampling, scheduling, which differs by software.

Sources: Pope et al. 2022 (arXiv:2211.05102), sections 3.1 to 3.3; Bambhaniya et al. 2024, GenZ (arXiv:2406.01698), section 4;
Leviathan et al. 2022 (arXiv:2211.17192), section 3, for drafts. The shares are fitted, configs/serving_efficiency.toml.
"""

import math

from ..model.quantity import exp, given, log2, maximum, minimum, quantity, sqrt, where

_FIT = "fitted to measured serving, configs/serving_efficiency.toml"
_ROOFLINE = "Pope et al. 2022, arXiv:2211.05102, section 3; Bambhaniya et al. 2024, arXiv:2406.01698, section 4"
_DRAFT = "Leviathan et al. 2022, arXiv:2211.17192, section 3.1"
_SUM = "definition"
_LN4 = 2 * math.log(2)  # of logarithms to the base of 2

given("serving_weight_share", "", "Share of the memory's bandwidth at which a step reads weights.", low_open=True, show="%")
given("serving_cache_share", "", "Share of the memory's bandwidth at which attention reads caches.", low_open=True, show="%")
given("serving_matmul_share", "", "Share of the peak that a step's dense products reach.", low_open=True, show="%")
given(
    "serving_routing_passes",
    "",
    "Times that a routed token's width is read or written beside its expert's products: sorting, quantising, scaling, adding.",
)
given("serving_attention_share", "", "Share of the BF16 peak that attention's products reach.", low_open=True, show="%")
given("serving_fp8_share", "", "Share of its own peak that FP8 reaches in serving, over BF16's.", low_open=True, show="%")
given("serving_fp4_share", "", "Share of its own peak that FP4 reaches in serving, over BF16's.", low_open=True, show="%")
given(
    "serving_imbalance",
    "",
    "Standard deviation of how many tokens an expert gets, over the mean, beyond chance: some are more popular.",
    high=10,
)
given(
    "balanced_from",
    "chip",
    "Chips of a replica beyond which spare copies of popular experts even their load out.",
    low=1,
    label="chips from which experts are balanced",
)
given(
    "sliced_experts",
    "",
    "How routed experts are shared by the chips of a replica: 0 whole ones on each (expert parallel), 1 a slice of each.",
    high=1,
    whole=True,
    label="experts' parallelism",
    words=("expert parallel", "tensor parallel"),
)
given("serving_step_overhead", "s", "Time of a step that goes with nothing: scheduling and sampling of a batch.", show="ms")
given("serving_layer_overhead", "s", "Time of a layer's launches and synchronising in a step.", show="us")
given("serving_moe_overhead", "s", "What routing adds to it in a layer with experts.", show="us")
given(
    "serving_sequence_overhead",
    "s",
    "Time that software takes for each sequence of a step: sampling, detokenising, bookkeeping.",
    show="us",
)
given("serving_reduce_latency", "s", "Latency of one collective between a replica's chips.", show="us")
given("draft_tokens", "token", "Tokens that a draft proposes in each step; 0 without speculation.", whole=True)
given("draft_acceptance", "", "Probability that a proposed token is accepted.", high=0.999, show="%")


@quantity(unit="", source=_SUM, low_open=True)
def dense_precision_bits(precision_bits):
    """Bits of products outside the routed experts: as theirs, unless stated otherwise."""
    return precision_bits


@quantity(unit="FLOP/s", source=_SUM)
def dense_peak_flops(dense_precision_bits, peak_bf16, peak_fp8, peak_fp4):
    """Dense peak of a chip in that format."""
    return where(dense_precision_bits <= 4, peak_fp4, where(dense_precision_bits <= 8, peak_fp8, peak_bf16))


@quantity(unit="FLOP/s", source=_FIT)
def serving_dense_rate(
    dense_peak_flops, dense_precision_bits, serving_matmul_share, serving_fp8_share, serving_fp4_share, peak_bf16
):
    """What a chip's dense products sustain while serving: in few bits no less than in 16, which they can be widened to."""
    few = where(dense_precision_bits <= 4, serving_fp4_share, where(dense_precision_bits <= 8, serving_fp8_share, 1.0))
    return serving_matmul_share * maximum(dense_peak_flops * few, peak_bf16)


@quantity(unit="FLOP/s", source=_FIT)
def serving_expert_rate(peak_flops, precision_bits, serving_matmul_share, serving_fp8_share, serving_fp4_share, peak_bf16):
    """What a chip's products of routed experts sustain while serving: in few bits no less than in 16."""
    few = where(precision_bits <= 4, serving_fp4_share, where(precision_bits <= 8, serving_fp8_share, 1.0))
    return serving_matmul_share * maximum(peak_flops * few, peak_bf16)


@quantity(unit="s", source=_FIT)
def routing_time_per_token(
    moe_layers, active_experts, hidden_size, element_bytes, serving_routing_passes, memory_bandwidth, layer_passes
):
    """Chip time that bringing one token to its experts and back takes, all layers, beside their products."""
    moved = layer_passes * moe_layers * active_experts * hidden_size * element_bytes
    return moved * serving_routing_passes / memory_bandwidth


@quantity(unit="parameter", source=_SUM)
def read_parameters(unrouted_parameters, tied_embeddings, embedding_parameters, learned_positions, hidden_size):
    """Weights outside the routed experts that each step reads: all but the input embedding."""
    return unrouted_parameters - where(tied_embeddings > 0, 0.0, embedding_parameters) - learned_positions * hidden_size


@quantity(unit="", source="each token goes to k of E experts: a batch misses one with (1 - k/E)^B", show="%")
def read_experts_share(active_experts, experts, concurrent_sequences):
    """Share of the routed experts that some token of a batch goes to."""
    missed = (1 - active_experts / maximum(experts, 1.0)) ** concurrent_sequences
    return where(experts > 0, 1 - missed, 0.0)


@quantity(unit="token", source=_DRAFT)
def step_tokens(concurrent_sequences, draft_tokens):
    """Tokens that a step works on: one of each sequence and what a draft proposes."""
    return concurrent_sequences * (1 + draft_tokens)


@quantity(unit="s", source=_ROOFLINE)
def decode_dense_time(
    dense_weight_bits, read_parameters, layer_passes, attention_shards, attention_data_parallel, replica_chips, step_tokens,
    memory_bandwidth, serving_weight_share, serving_dense_rate,
):  # fmt: skip
    """Products of a step outside the routed experts, on one chip."""
    own = step_tokens / where(attention_data_parallel > 0, replica_chips, 1.0)
    weights = layer_passes * read_parameters / attention_shards
    read = dense_weight_bits * weights / (memory_bandwidth * serving_weight_share)
    computed = 2 * weights * own / serving_dense_rate
    return sqrt(read * read + computed * computed)


@quantity(unit="", source="largest of G normal deviates: about sqrt(2 ln G), exact for many")
def largest_deviate(replica_chips, sliced_experts):
    """Standard deviations that the busiest of a replica's chips is above the mean one; 0 where experts are sliced."""
    return where(sliced_experts > 0, 0.0, sqrt(_LN4 * log2(maximum(replica_chips, 1.0))))


@quantity(unit="", source="experts that a batch reads are a binomial number of each chip's", low_open=True)
def late_reading(read_experts_share, experts, replica_chips, largest_deviate):
    """Experts that the chip reads that reads most, over the mean."""
    own = maximum(experts / replica_chips, 1.0)
    share = maximum(read_experts_share, 1e-12)
    return minimum(1 + largest_deviate * sqrt((1 - minimum(share, 1.0)) / (own * share)), 1 / share)


@quantity(unit="", source="chance and popularity vary apart; a chip with several experts has the mean of theirs", low_open=True)
def late_computing(step_tokens, active_experts, experts, replica_chips, serving_imbalance, largest_deviate, balanced_from):
    """Tokens of the chip that gets most for its experts, over the mean."""
    tokens = maximum(step_tokens * active_experts / replica_chips, 1.0)
    uneven = where(replica_chips > balanced_from, 0.0, serving_imbalance)
    popular = uneven * uneven / maximum(experts / replica_chips, 1.0)
    return minimum(1 + largest_deviate * sqrt(1 / tokens + popular), replica_chips)


@quantity(unit="s", source=_ROOFLINE)
def decode_expert_time(
    weight_bits, routed_parameters, read_experts_share, replica_chips, step_tokens, active_experts, experts, memory_bandwidth,
    serving_weight_share, serving_expert_rate, late_reading, late_computing, layer_passes, routing_time_per_token,
):  # fmt: skip
    """Products of a step's routed experts, on the chip that is last."""
    weights = layer_passes * routed_parameters / replica_chips
    read = late_reading * weight_bits * weights * read_experts_share / (memory_bandwidth * serving_weight_share)
    products = 2 * weights * (active_experts / maximum(experts, 1.0)) * step_tokens / serving_expert_rate
    computed = late_computing * (products + step_tokens / replica_chips * routing_time_per_token)
    return sqrt(read * read + computed * computed)


@quantity(
    unit="", source="DeepSeek-AI 2024, arXiv:2405.04434, section 2.1.2: keys and values are absorbed into queries and outputs"
)
def decode_core_width(kv_rank, heads, rope_head_size, query_width):
    """Multiplications of a query with a key, and of its weight with the value, all heads, in decoding."""
    return where(kv_rank > 0, heads * (2 * kv_rank + rope_head_size), query_width)


@quantity(unit="FLOP", source=_SUM)
def decode_core_flops(
    whole_layers, context_tokens, window_layers, window_tokens, indexer_layers, chosen_keys, chosen_compression,
    compressed_layers, key_compression, decode_core_width, indexer_heads, indexer_head_size, layer_passes, scan_flops,
    attention_shards,
):  # fmt: skip
    """Operations of queries with keys and weights with values for one token in decoding, scans and indexers included.

    Chips that split heads do not split indexers: each chooses for itself.
    """
    entries = context_tokens / maximum(chosen_compression, 1.0)
    gathered = indexer_layers * (minimum(chosen_keys, entries) + window_tokens)
    compressed = compressed_layers * (context_tokens / maximum(key_compression, 1.0) + window_tokens)
    keys = whole_layers * context_tokens + window_layers * window_tokens + gathered + compressed
    choosing = attention_shards * 2 * indexer_layers * (indexer_heads * indexer_head_size) * entries
    return layer_passes * (2 * decode_core_width * keys + choosing + scan_flops)


@quantity(unit="s", source=_ROOFLINE)
def decode_attention_time(
    concurrent_sequences, step_tokens, cache_bytes_read, cache_copies, replica_chips, decode_core_flops, memory_bandwidth,
    serving_cache_share, peak_bf16, serving_attention_share,
):  # fmt: skip
    """Attention of a step on one chip: caches read, queries with keys and weights with values."""
    read = concurrent_sequences * cache_bytes_read * cache_copies / replica_chips / (memory_bandwidth * serving_cache_share)
    computed = step_tokens * decode_core_flops / replica_chips / (peak_bf16 * serving_attention_share)
    return sqrt(read * read + computed * computed)


@quantity(unit="byte/s", source=_SUM)
def replica_link(replica_chips, scaleup_domain, scaleup_bandwidth, nic_bandwidth):
    """Bandwidth of a chip to the others of its replica: the NIC's where they are of several scale-up domains."""
    return where(replica_chips > scaleup_domain, nic_bandwidth, scaleup_bandwidth)


@quantity(unit="", source="a token is sent once to each domain that its experts are in: N (1 - (1 - 1/N)^k) of N on average")
def dispatch_copies(active_experts, replica_chips, scaleup_domain):
    """Times that a token is sent to its experts: once to each chip's, or over NICs once to each scale-up domain."""
    domains = maximum(replica_chips / scaleup_domain, 1.0)
    return where(replica_chips > scaleup_domain, domains * (1 - (1 - 1 / domains) ** active_experts), active_experts)


@quantity(unit="s", source="DeepSeek-AI 2024, arXiv:2412.19437, section 3.4: dispatch in 8 bits, combining in 16")
def dispatch_time_per_token(
    moe_layers, dispatch_copies, hidden_size, element_bytes, replica_link, replica_chips, attention_data_parallel, layer_passes
):
    """Time of a chip's link that sending one of its tokens to experts and back takes, all layers."""
    sent = layer_passes * moe_layers * 1.5 * dispatch_copies * hidden_size * element_bytes
    return where(replica_chips > 1, attention_data_parallel * sent / replica_link, 0 * sent / replica_link)


@quantity(unit="s", source="Thakur et al. 2005: rings; DeepSeek-AI 2024, arXiv:2412.19437, section 3.4.1: two batches overlap")
def decode_exchange_time(
    replica_chips, attention_shards, attention_data_parallel, layers, moe_layers, hidden_size, step_tokens, element_bytes,
    replica_link, serving_reduce_latency, dispatch_time_per_token, decode_dense_time, decode_expert_time,
    decode_attention_time,
):  # fmt: skip
    """Exchange between a replica's chips that a step waits for: all-reduces, two a layer, or what products do not hide.

    Experts' dispatch goes on while another half of the batch computes, as far as products last: as with reading, the root of
    the sum of their squares.
    """
    reduced = 2 * (1 - 1 / attention_shards) * step_tokens * hidden_size * element_bytes / replica_link
    tensor = where(attention_shards > 1, 2 * layers * (serving_reduce_latency + reduced), 0 * serving_reduce_latency)
    latency = where(
        replica_chips > 1, attention_data_parallel * moe_layers * 2 * serving_reduce_latency, 0 * serving_reduce_latency
    )
    products = decode_dense_time + decode_expert_time + decode_attention_time
    sent = step_tokens / replica_chips * dispatch_time_per_token
    return tensor + latency + sent * sent / (sqrt(products * products + sent * sent) + products)


@quantity(unit="s", source=_FIT)
def decode_overhead(
    serving_step_overhead, layers, mamba_layers, serving_layer_overhead, moe_layers, serving_moe_overhead,
    serving_sequence_overhead, concurrent_sequences, attention_data_parallel, replica_chips, layer_passes,
):  # fmt: skip
    """What a step takes beside bytes and operations: launches by layer, and software's work by sequence."""
    own = concurrent_sequences / where(attention_data_parallel > 0, replica_chips, 1.0)
    by_layer = (layers + mamba_layers) * serving_layer_overhead + moe_layers * serving_moe_overhead
    return serving_step_overhead + layer_passes * by_layer + own * serving_sequence_overhead


@quantity(unit="", source=_FIT, label="step time over its prediction")
def serving_time_factor(serving_time_spread, serving_step_deviation):
    """What steps and prefilling take over what is predicted of them."""
    return exp(serving_time_spread * serving_step_deviation)


@quantity(unit="", source=_DRAFT)
def drafting_factor(draft_tokens, layers):
    """A step with its drafts over one without: each token of a draft takes one more layer."""
    return 1 + draft_tokens / layers


@quantity(unit="s", source=_ROOFLINE, show="ms", label="time of a decoding step")
def decode_step(
    decode_dense_time, decode_expert_time, decode_attention_time, decode_exchange_time, decode_overhead, drafting_factor,
    serving_time_factor,
):  # fmt: skip
    """Time of a decoding step of a replica's batch."""
    products = decode_dense_time + decode_expert_time + decode_attention_time
    return serving_time_factor * drafting_factor * (products + decode_exchange_time + decode_overhead)


@quantity(unit="token", source=_DRAFT, label="tokens a step")
def tokens_per_step(draft_tokens, draft_acceptance):
    """Tokens that a sequence moves on by in a step, the mean: (1 - p^(g + 1)) / (1 - p)."""
    return (1 - draft_acceptance ** (draft_tokens + 1)) / (1 - draft_acceptance)

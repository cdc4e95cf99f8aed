# mypy: allow-untyped-defs, allow-untyped-calls
"""Time to work through a prompt before its first token: what is not cached of it, at the rates of large products.

A cached beginning of a prompt costs nothing but its keys, which the rest still sees. A prompt waits for those before it: the
queue of a server of constant service time.

Sources: Zhong et al. 2024, DistServe (arXiv:2401.09670), sections 3.1 and 3.2; Pope et al. 2022 (arXiv:2211.05102), section 3.
"""

import math

from ..model.quantity import given, log2, maximum, minimum, quantity, sqrt, where

_ROOFLINE = "Pope et al. 2022, arXiv:2211.05102, section 3"
_QUEUE = "Zhong et al. 2024, arXiv:2401.09670, section 3.1: a queue of random arrivals and constant service (M/D/1)"
_SUM = "definition"

given("cache_hit_share", "", "Share of a prompt's tokens whose keys and values are cached already.", high=0.999, show="%")
given(
    "disaggregated",
    "",
    "1 where prompts are worked through by chips of their own, 0 where a replica does both.",
    high=1,
    whole=True,
)
given(
    "prefill_replica_chips",
    "chip",
    "Chips that work through one prompt, where they are others than those that decode.",
    low=1,
    whole=True,
    label="chips of a prefilling replica",
)
given(
    "prefill_load",
    "",
    "Share of their time in which prefilling chips of their own work.",
    high=0.99,
    low_open=True,
    show="%",
    label="load of prefilling chips",
)
given(
    "serving_prefill_share", "", "Rate of products over long prompts, over that of a decoding step's.", low_open=True, show="%"
)


@quantity(unit="chip", source=_SUM)
def prefilling_chips(disaggregated, prefill_replica_chips, replica_chips):
    """Chips that work through one prompt."""
    return where(disaggregated > 0, prefill_replica_chips, replica_chips)


@quantity(unit="token", source=_SUM)
def prefilled_tokens(serving_input_tokens, cache_hit_share):
    """Tokens of a prompt that are not cached."""
    return serving_input_tokens * (1 - cache_hit_share)


@quantity(unit="token", source="mean over the tokens that are not cached of a causal mask")
def prefill_keys(serving_input_tokens, cache_hit_share):
    """Keys before a token that is worked through, the mean."""
    return serving_input_tokens * (1 + cache_hit_share) / 2


@quantity(unit="FLOP", source="as attention's operations in training")
def prefill_core_flops(
    whole_layers, prefill_keys, serving_input_tokens, window_layers, window_size, indexer_layers, chosen_keys,
    chosen_compression, compressed_layers, key_compression, core_width, window_core_width, indexer_heads, indexer_head_size,
    layer_passes, scan_flops, attention_data_parallel, prefilling_chips,
):  # fmt: skip
    """Operations of attention for one token of a prompt, all layers, scans and indexers included.

    Chips that split heads do not split indexers: each chooses for itself.
    """
    window = minimum(window_size, serving_input_tokens)
    seen = minimum(window - window * window / (2 * serving_input_tokens), prefill_keys)
    entries = prefill_keys / maximum(chosen_compression, 1.0)
    gathered = indexer_layers * (minimum(chosen_keys, entries) + seen)
    compressed = compressed_layers * (prefill_keys / maximum(key_compression, 1.0) + seen)
    copies = where(attention_data_parallel > 0, 1.0, prefilling_chips)
    choosing = copies * 2 * indexer_layers * (indexer_heads * indexer_head_size) * entries
    wide = core_width * (whole_layers * prefill_keys + gathered + compressed) + window_core_width * window_layers * seen
    return layer_passes * (2 * wide + choosing + scan_flops)


@quantity(unit="s", source=_ROOFLINE)
def prefill_product_time(
    read_parameters, layer_passes, routed_parameters, active_experts, experts, serving_dense_rate, serving_expert_rate,
    serving_prefill_share, serving_imbalance, sliced_experts, prefilling_chips, prefill_core_flops, peak_bf16,
    serving_attention_share, routing_time_per_token, balanced_from,
):  # fmt: skip
    """Chip time of one token's products in a long prompt, attention included."""
    dense = 2 * layer_passes * read_parameters / serving_dense_rate
    uneven = where(prefilling_chips > balanced_from, 0.0, serving_imbalance)
    late = 1 + uneven * sqrt(1 / maximum(experts / prefilling_chips, 1.0)) * where(
        sliced_experts > 0, 0.0, sqrt(2 * math.log(2) * log2(prefilling_chips))
    )
    products = 2 * layer_passes * routed_parameters * (active_experts / maximum(experts, 1.0)) / serving_expert_rate
    routed = late * (products + routing_time_per_token)
    return (dense + routed) / serving_prefill_share + prefill_core_flops / (peak_bf16 * serving_attention_share)


@quantity(unit="s", source="as in a decoding step; Thakur et al. 2005 for rings")
def prefill_exchange_time(
    prefilling_chips, attention_data_parallel, layers, moe_layers, hidden_size, active_experts, element_bytes,
    scaleup_bandwidth, scaleup_domain, nic_bandwidth, prefill_product_time,
):  # fmt: skip
    """Chip time of one token's exchange between the chips of a prompt: all-reduces, or of dispatch what products do not hide."""
    apart = prefilling_chips > scaleup_domain
    link = where(apart, nic_bandwidth, scaleup_bandwidth)
    domains = maximum(prefilling_chips / scaleup_domain, 1.0)
    copies = where(apart, domains * (1 - (1 - 1 / domains) ** active_experts), active_experts)
    reduced = (1 - attention_data_parallel) * 4 * layers * (prefilling_chips - 1) * hidden_size * element_bytes / link
    routed = attention_data_parallel * 1.5 * moe_layers * copies * where(prefilling_chips > 1, 1.0, 0.0)
    sent = routed * hidden_size * element_bytes / link
    both = sqrt(prefill_product_time * prefill_product_time + sent * sent)
    return reduced + sent * sent / (both + prefill_product_time)


@quantity(unit="s", source=_ROOFLINE, show="ms", label="time of a prompt")
def prefill_time(prefilled_tokens, prefilling_chips, prefill_product_time, prefill_exchange_time, serving_time_factor):
    """Time that a prompt takes of the chips that work it through, others beside it in the batch; spread over all of them."""
    return serving_time_factor * prefilled_tokens * (prefill_product_time + prefill_exchange_time) / prefilling_chips


@quantity(unit="s", source="Zhong et al. 2024, arXiv:2401.09670, section 3: prompts of a replica take turns with its steps")
def prefill_pause_per_sequence(disaggregated, serving_output_tokens, prefill_time):
    """Time of prompts that goes with each token of a sequence, where the chips that decode work through prompts too."""
    return where(disaggregated > 0, 0 * prefill_time, prefill_time / serving_output_tokens)


@quantity(unit="s", source=_SUM)
def prefill_pause(concurrent_sequences, tokens_per_step, prefill_pause_per_sequence):
    """Time between two steps in which a replica that does both works through prompts: each answer's share of them."""
    return concurrent_sequences * tokens_per_step * prefill_pause_per_sequence


@quantity(unit="", source=_SUM, show="%", label="share of time that prompts take")
def prefill_occupancy(disaggregated, prefill_load, prefill_pause, decode_step):
    """Share of their time in which the chips that work through prompts do so."""
    return where(disaggregated > 0, prefill_load, prefill_pause / (prefill_pause + decode_step))


@quantity(unit="1/s", source=_SUM)
def step_rate(decode_step):
    """Steps that a replica takes a second where no prompts come between."""
    return 1 / decode_step


@quantity(unit="", source=_QUEUE, label="waiting of a prompt over its own time")
def prefill_wait(disaggregated, prefill_load, prefill_pause, step_rate):
    """Time that a prompt waits for those before it, over its own: r / (2 (1 - r)), where prompts take a share r of the time."""
    return where(disaggregated > 0, prefill_load / (2 * (1 - prefill_load)), prefill_pause * step_rate / 2)


@quantity(unit="s", source=_QUEUE, label="time to first token")
def time_to_first_token(prefill_time, prefill_wait, decode_step):
    """Time from a prompt to its first token, the mean: waiting for prompts before it, its own, and a step."""
    return prefill_time * (1 + prefill_wait) + decode_step

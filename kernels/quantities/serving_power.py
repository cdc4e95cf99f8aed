# mypy: allow-untyped-defs
"""Power of a chip while it serves: an idle share, and what moving bytes and computing add.

The shares are fitted, configs/serving_efficiency.toml. A chip draws no more than its TDP.

Sources: the form as in GenZ (arXiv:2406.01698), section 4.4: static, memory and compute parts of the power.
"""

import math

from ..model.quantity import exp, given, maximum, minimum, quantity, where

_FORM = "Bambhaniya et al. 2024, arXiv:2406.01698: static, memory and compute parts; fitted, configs/serving_efficiency.toml"
_SUM = "definition"

given("serving_static_load", "", "Share of TDP that a chip draws that serves, whatever it does.", high=1, show="%")
given("serving_memory_load", "", "Share of TDP that moving bytes at the memory's full bandwidth adds.", high=3, show="%")
given("serving_compute_load", "", "Share of TDP that computing at the full peak adds.", high=3, show="%")
given("serving_power_deviation", "", "Standard normal: where a serving chip's power lies in its interval.", low=-math.inf)
given("serving_power_spread", "", "Standard deviation of the logarithm of a serving chip's power.", high=3)


@quantity(unit="s", source=_SUM)
def turn_time(decode_step, prefill_pause):
    """Time of a step and of the prompts between two steps."""
    return decode_step + prefill_pause


@quantity(unit="", source=_SUM, show="%", label="use of the memory's bandwidth")
def serving_memory_use(
    dense_weight_bits, read_parameters, layer_passes, attention_shards, weight_bits, routed_parameters, read_experts_share,
    replica_chips, concurrent_sequences, cache_bytes_read, cache_copies, memory_bandwidth, turn_time,
):  # fmt: skip
    """Share of its memory's bandwidth that a decoding chip uses, the mean."""
    weights = dense_weight_bits * read_parameters / attention_shards
    weights = layer_passes * (weights + weight_bits * routed_parameters * read_experts_share / replica_chips)
    caches = concurrent_sequences * cache_bytes_read * cache_copies / replica_chips
    return minimum((weights + caches) / (memory_bandwidth * turn_time), 1.0)


@quantity(unit="", source=_SUM, show="%", label="use of the peak in decoding")
def decode_compute_use(
    read_parameters, dense_peak_flops, routed_parameters, active_experts, experts, peak_flops, layer_passes, step_tokens,
    decode_core_flops, peak_bf16, replica_chips, decode_step,
):  # fmt: skip
    """Share of its peak that a chip uses in a decoding step, each format's operations over its own peak."""
    routed = routed_parameters * (active_experts / maximum(experts, 1.0))
    each = 2 * layer_passes * (read_parameters / dense_peak_flops + routed / peak_flops) + decode_core_flops / peak_bf16
    return minimum(step_tokens * each / (replica_chips * decode_step), 1.0)


@quantity(unit="", source=_SUM, show="%", label="use of the peak in prefilling")
def prefill_compute_use(
    read_parameters, dense_peak_flops, routed_parameters, active_experts, experts, peak_flops, layer_passes, prefilled_tokens,
    prefill_core_flops, peak_bf16, prefilling_chips, prefill_time,
):  # fmt: skip
    """Share of its peak that a chip uses while it works through prompts."""
    routed = routed_parameters * (active_experts / maximum(experts, 1.0))
    each = 2 * layer_passes * (read_parameters / dense_peak_flops + routed / peak_flops) + prefill_core_flops / peak_bf16
    return minimum(prefilled_tokens * each / (prefilling_chips * prefill_time), 1.0)


@quantity(unit="", source=_SUM, show="%", label="use of the peak")
def serving_compute_use(
    disaggregated, decode_compute_use, prefill_compute_use, prefill_occupancy, replica_chips, added_prefill_chips
):
    """Share of their peak that the chips of a service use, the mean over those that decode and those that prefill."""
    together = decode_compute_use + (prefill_compute_use - decode_compute_use) * prefill_occupancy
    chips = replica_chips + added_prefill_chips
    prefilling = added_prefill_chips * prefill_compute_use * prefill_occupancy
    return where(disaggregated > 0, (replica_chips * decode_compute_use + prefilling) / chips, together)


@quantity(unit="", source=_FORM, show="%", label="load of a chip that serves")
def serving_load(
    serving_static_load, serving_memory_load, serving_memory_use, serving_compute_load, serving_compute_use,
    serving_power_spread, serving_power_deviation,
):  # fmt: skip
    """Share of its TDP that a chip draws while it serves."""
    moved = serving_static_load + serving_memory_load * serving_memory_use + serving_compute_load * serving_compute_use
    return minimum(moved * exp(serving_power_spread * serving_power_deviation), 1.0)


@quantity(unit="W", source=_SUM, low_open=True, label="power of a chip that serves")
def serving_chip_power(tdp, serving_load):
    """Power of a chip while it serves, the mean over those that decode and those that work through prompts."""
    return tdp * serving_load


@quantity(unit="J", source=_SUM, label="energy of the chips per token out")
def energy_per_output_token(serving_chip_power, throughput_per_chip):
    """Energy of the chips alone for each token out, its share of the prompt included."""
    return serving_chip_power / throughput_per_chip

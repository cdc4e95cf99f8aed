# mypy: allow-untyped-defs
"""Power of a chip while it serves: an idle share, and what moving bytes and computing add.

Power rises fast with the first work that a chip does, since clocks and voltage rise with it and units are on that wait: as the
root of the use of memory and of the peak. Routed experts of few bits, scaled by blocks, take units beside those of products.
The shares are fitted, configs/serving_efficiency.toml. A chip draws no more than its TDP.

Sources: the form as in GenZ (arXiv:2406.01698), section 4.4: static, memory and compute parts of the power.
"""

import math

from ..model.quantity import exp, given, maximum, minimum, quantity, sqrt, where

_FORM = "Bambhaniya et al. 2024, arXiv:2406.01698: static, memory and compute parts; fitted, configs/serving_efficiency.toml"
_BLOCKS = "DeepSeek-AI 2024, arXiv:2412.19437, section 3.3: scales of 128 values, partial sums promoted outside tensor cores"
_SUM = "definition"

given("serving_static_load", "", "Share of TDP that a chip draws that serves, whatever it does.", high=1, show="%")
given("serving_memory_load", "", "Share of TDP that moving bytes at the memory's full bandwidth adds.", high=3, show="%")
given("serving_compute_load", "", "Share of TDP that computing at the full peak adds.", high=3, show="%")
given("serving_block_load", "", "Share of TDP that scaling experts' products by blocks adds.", high=3, show="%")
given("serving_power_deviation", "", "Standard normal: where a serving chip's power lies in its interval.", low=-math.inf)
given("serving_power_spread", "", "Standard deviation of the logarithm of a serving chip's power.", high=3)


@quantity(unit="", source=_SUM, show="%", label="use of the memory's bandwidth in decoding")
def decode_memory_use(
    dense_weight_bits, read_parameters, layer_passes, attention_shards, weight_bits, routed_parameters, read_experts_share,
    replica_chips, concurrent_sequences, cache_bytes_read, cache_copies, memory_bandwidth, decode_step,
):  # fmt: skip
    """Share of its memory's bandwidth that a chip uses in a decoding step."""
    weights = dense_weight_bits * read_parameters / attention_shards
    weights = layer_passes * (weights + weight_bits * routed_parameters * read_experts_share / replica_chips)
    caches = concurrent_sequences * cache_bytes_read * cache_copies / replica_chips
    return minimum((weights + caches) / (memory_bandwidth * decode_step), 1.0)


@quantity(unit="s", source="each format's operations over its own peak")
def ideal_token_time(
    read_parameters, dense_peak_flops, routed_parameters, active_experts, experts, peak_flops, layer_passes
):  # fmt: skip
    """Time that the products of one token would take one chip at its peak, attention's left out."""
    routed = routed_parameters * (active_experts / maximum(experts, 1.0))
    return 2 * layer_passes * (read_parameters / dense_peak_flops + routed / peak_flops)


@quantity(unit="", source=_SUM, show="%", label="use of the peak in decoding")
def decode_compute_use(ideal_token_time, step_tokens, decode_core_flops, peak_bf16, replica_chips, decode_step):
    """Share of its peak that a chip uses in a decoding step."""
    return minimum(step_tokens * (ideal_token_time + decode_core_flops / peak_bf16) / (replica_chips * decode_step), 1.0)


@quantity(unit="", source=_SUM, show="%", label="use of the peak in prefilling")
def prefill_compute_use(ideal_token_time, prefilled_tokens, prefill_core_flops, peak_bf16, prefilling_chips, prefill_time):
    """Share of its peak that a chip uses while it works through prompts."""
    each = ideal_token_time + prefill_core_flops / peak_bf16
    return minimum(prefilled_tokens * each / (prefilling_chips * prefill_time), 1.0)


@quantity(unit="", source=_BLOCKS)
def block_scaled(experts, precision_bits):
    """Whether products of experts are of few bits and scaled by blocks: 1 in mixtures of experts below 16 bits, else 0."""
    return where(experts > 0, where(precision_bits < 16, 1.0, 0.0), 0.0)


@quantity(unit="", source=_FORM, show="%", label="load of a chip that decodes")
def decode_load(
    serving_static_load, serving_memory_load, decode_memory_use, serving_compute_load, decode_compute_use, serving_block_load,
    block_scaled,
):  # fmt: skip
    """Share of its TDP that a chip draws in a decoding step."""
    moved = serving_memory_load * sqrt(decode_memory_use) + serving_compute_load * sqrt(decode_compute_use)
    return minimum(serving_static_load + moved + serving_block_load * block_scaled, 1.0)


@quantity(unit="", source=_FORM, show="%", label="load of a chip that works through prompts")
def prompt_load(serving_static_load, serving_compute_load, prefill_compute_use, serving_block_load, block_scaled):
    """Share of its TDP that a chip draws while it works through prompts."""
    computed = serving_compute_load * sqrt(prefill_compute_use)
    return minimum(serving_static_load + computed + serving_block_load * block_scaled, 1.0)


@quantity(unit="", source=_FORM, show="%", label="load of prefilling chips of their own")
def prefilling_load(prompt_load, prefill_load, serving_static_load):
    """Share of their TDP that chips draw that do nothing but work through prompts, waiting for them included."""
    return prompt_load * prefill_load + serving_static_load * (1 - prefill_load)


@quantity(unit="", source=_FORM, show="%", label="load of a chip that serves")
def serving_load(
    disaggregated, decode_load, prompt_load, prefill_occupancy, prefilling_load, replica_chips, added_prefill_chips,
    serving_power_spread, serving_power_deviation,
):  # fmt: skip
    """Share of its TDP that a chip draws while it serves, the mean over those that decode and those that prefill."""
    together = decode_load + (prompt_load - decode_load) * prefill_occupancy
    apart = (replica_chips * decode_load + added_prefill_chips * prefilling_load) / (replica_chips + added_prefill_chips)
    return minimum(where(disaggregated > 0, apart, together) * exp(serving_power_spread * serving_power_deviation), 1.0)


@quantity(unit="W", source=_SUM, low_open=True, label="power of a chip that serves")
def serving_chip_power(tdp, serving_load):
    """Power of a chip while it serves, the mean over those that decode and those that prefill."""
    return tdp * serving_load


@quantity(unit="W", source="as servers in training, power.py", low_open=True, label="power of a server per chip that serves")
def serving_wall_power(serving_chip_power, peak_server_power, tdp, host_load):
    """Power of a server per chip while it serves: the chip, and CPUs, NICs and fans at their share of their rating."""
    return serving_chip_power + (peak_server_power - tdp) * host_load


@quantity(unit="J", source=_SUM, label="energy of the chips per token out")
def energy_per_output_token(serving_chip_power, throughput_per_chip):
    """Energy of the chips alone for each token out, its share of the prompt included."""
    return serving_chip_power / throughput_per_chip


@quantity(unit="J", source=_SUM, label="energy of the server per token out")
def server_energy_per_output_token(serving_wall_power, throughput_per_chip):
    """Energy of the server for each token out, its share of the prompt included."""
    return serving_wall_power / throughput_per_chip


@quantity(unit="J", source=_SUM, label="energy of decoding chips per token out")
def decode_energy_per_output_token(tdp, decode_load, replica_chips, replica_throughput):
    """Energy of the chips that decode for each token out, that of prefilling left out."""
    return tdp * decode_load * replica_chips / replica_throughput


@quantity(unit="J", source=_SUM, label="energy of prefilling chips per token in")
def prefill_energy_per_input_token(tdp, prefilling_load, prefill_throughput_per_chip, prefill_load):
    """Energy of prefilling chips of their own for each token in that is worked through."""
    return tdp * prefilling_load / (prefill_throughput_per_chip * prefill_load)

# mypy: allow-untyped-defs, allow-untyped-calls
"""Communication: latency and bandwidth of each kind of parallelism on the span that its groups really have.

Ranks fill a scale-up domain (NVLink: 8 chips of a server, 72 of a rack) in the order TP, CP (and EP), DP, PP. A group that
leaves its domain goes through the network cards, one for each chip: groups that cross at the same time do not share one.
A collective of n ranks moves (n - 1)/n of its payload per chip (ring); gathering and scattering over several domains does so
first within each, then between them, where every chip carries its share. Tokens go once to each chip and each domain that
holds one of their experts. That exchange has independent work to hide behind only where a stage interleaves its pieces.

Sources: Thakur et al. 2005, Optimization of Collective Communication Operations in MPICH (alpha-beta costs);
Narayanan et al. 2021 (arXiv:2104.04473), section 3 (volumes of TP and PP); Korthikanti et al. 2022 (arXiv:2205.05198), section
4.2 (sequence parallelism); DeepSeek-AI 2024 (arXiv:2412.19437), section 3.2 (a token crosses the network once per node);
deepseek-ai/DeepEP (a token goes once to each chip); NVIDIA Megatron Core user guide, MoE (overlap with 1F1B, interleaved).
"""

from ..model.quantity import given, maximum, minimum, quantity, where

_RING = "Thakur et al. 2005: (n - 1)/n of the payload per rank"
_FIT = "fitted to published step times, configs/efficiency.toml"
_PTD = "Narayanan et al. 2021, arXiv:2104.04473, section 3.2"
_MOE = "DeepSeek-AI 2024, arXiv:2412.19437, section 3.2"

given("scaleup_share", "", "Share of the scale-up bandwidth that collectives sustain.", low_open=True, high=1, show="%")
given("nic_share", "", "Share of the network cards' bandwidth that collectives sustain.", low_open=True, high=1, show="%")
given("hop_latency", "s", "Latency of one step of a collective.")
given("send_latency", "s", "Latency of handing a microbatch to the next stage, the wait for it included.")
given(
    "server_gathering",
    "",
    "1 where ZeRO's traffic of a microbatch shares a server's cards, 0 where each chip fetches it all.",
    high=1,
    whole=True,
)
given("tp_overlap", "", "Share of TP's communication that runs beside the products, in pieces.", high=1, show="%")
given("exposed_tp_share", "", "Share of TP's communication that overlap leaves exposed.", high=1, show="%")
given("exposed_cp_share", "", "Share of CP's communication that overlap leaves exposed.", high=1, show="%")
given(
    "exposed_ep_share",
    "",
    "Share of EP's communication that overlap leaves exposed between pieces of a stage.",
    high=1,
    show="%",
)
given("exposed_pp_share", "", "Share of PP's communication that an interleaved schedule leaves exposed.", high=1, show="%")


@quantity(unit="byte/s", source=_FIT)
def scaleup_rate(scaleup_bandwidth, scaleup_share):
    """What collectives sustain within a scale-up domain, per chip."""
    return scaleup_bandwidth * scaleup_share


@quantity(unit="byte/s", source=_FIT)
def nic_rate(nic_bandwidth, nic_share):
    """What collectives sustain through the network cards, per chip."""
    return nic_bandwidth * nic_share


@quantity(unit="byte", source="definition")
def hidden_bytes(microbatch_tokens, hidden_size, element_bytes):
    """The residual stream of a microbatch on a chip, not split by TP."""
    return microbatch_tokens * hidden_size * element_bytes


def sharded_time(payload, ranks, near, scaleup_rate, nic_rate):
    """Seconds of gathering or scattering ``payload`` bytes over ``ranks``, of which ``near`` share a scale-up domain."""
    inside = (1 - 1 / near) / scaleup_rate
    between = where(ranks > near, (1 - 1 / ranks) / near, 0.0) / nic_rate
    return payload * (inside + between)


def _exposed(overlap, share):
    return where(overlap > 0, share, 1.0)


@quantity(unit="s", source=_PTD)
def tp_collective_time(hidden_bytes, tensor_parallel, scaleup_domain, scaleup_rate, nic_rate, hop_latency):
    """One gather or scatter of the residual stream over a TP group; an all-reduce is two."""
    near = minimum(tensor_parallel, scaleup_domain)
    return sharded_time(hidden_bytes, tensor_parallel, near, scaleup_rate, nic_rate) + (tensor_parallel - 1) * hop_latency


@quantity(unit="s", source="Korthikanti et al. 2022, arXiv:2205.05198, section 4.2")
def tp_half_time(
    tp_collective_time, tensor_parallel, tp_overlap, exposed_tp_share, gathered_bytes, element_bytes, sequence_parallel
):
    """TP of one half of a layer, forward: a gather before it and a scatter after it, as far as exposed.

    Overlapped, each goes in as many pieces as there are chips, and the product waits for the first.
    """
    hidden = (1 - exposed_tp_share) * (1 - 1 / tensor_parallel)
    gather = where(sequence_parallel > 0, gathered_bytes / element_bytes, 1.0)
    return (1 + gather) * tp_collective_time * (1 - tp_overlap * hidden)


@quantity(
    unit="s",
    source="Liu et al. 2023, arXiv:2310.01889 (ring attention): keys and values go round; state spaces as in Megatron Core",
)
def cp_time(
    microbatch_tokens, kv_heads, kv_head_width, window_kv_excess, kv_rank, rope_head_size, attention_per_layer,
    mamba_per_layer, mamba_width, mamba_mixed_width, linear_per_layer, linear_value_width, linear_mixed_width, element_bytes,
    context_parallel, tensor_parallel, scaleup_domain, scaleup_rate, nic_rate, overlap, exposed_cp_share,
):  # fmt: skip
    """CP of one layer, forward: the keys and values (MLA: the latents) of the rest of the sequence, as far as exposed.

    Scans exchange heads for tokens before and back behind them: a share 1/n of their widths for each other chip.
    """
    heads = maximum(kv_heads / tensor_parallel, 1.0) * kv_head_width + window_kv_excess / tensor_parallel
    keys = where(kv_rank > 0, kv_rank + rope_head_size, heads)
    chips = tensor_parallel * context_parallel
    scanned = mamba_per_layer * ((2 * mamba_width + mamba_mixed_width) / chips)
    linear = linear_per_layer * ((2 * linear_value_width + linear_mixed_width) / chips)
    width = attention_per_layer * keys + scanned + linear
    rate = where(tensor_parallel * context_parallel <= scaleup_domain, scaleup_rate, nic_rate)
    volume = (context_parallel - 1) * microbatch_tokens * width * element_bytes
    return volume / rate * _exposed(overlap, exposed_cp_share)


@quantity(unit="", source=_MOE)
def expert_domains(expert_parallel, scaleup_domain):
    """Scale-up domains that an EP group spans."""
    return maximum(expert_parallel / scaleup_domain, 1.0)


@quantity(unit="", source="expected number of other domains that hold one of a token's experts, chosen at random")
def remote_domains(expert_domains, active_experts):
    """Other scale-up domains that a token is sent to."""
    share = 1 / expert_domains
    return expert_domains * (1 - (1 - share) ** active_experts) * (1 - share)


@quantity(unit="", source="expected number of other chips that hold one of a token's experts, chosen at random")
def remote_chips(expert_parallel, active_experts):
    """Other chips that a token is sent to."""
    share = 1 / expert_parallel
    return expert_parallel * (1 - (1 - share) ** active_experts) * (1 - share)


@quantity(unit="s", source=_MOE)
def ep_exchange_time(
    microbatch_tokens, tensor_parallel, expert_width, element_bytes, expert_parallel, remote_chips, remote_domains,
    scaleup_rate, nic_rate, hop_latency, interleave, overlap, exposed_ep_share,
):  # fmt: skip
    """Sending tokens to their experts (or back): once to each chip, between domains once to each, as far as exposed."""
    slower = maximum(remote_chips / scaleup_rate, remote_domains / nic_rate)
    payload = microbatch_tokens / tensor_parallel * expert_width * element_bytes
    exchange = payload * slower + (expert_parallel - 1) * hop_latency
    return exchange * _exposed(where(interleave > 1, overlap, 0.0), exposed_ep_share)


@quantity(unit="s", source=_PTD)
def pp_time(
    hidden_bytes, activation_shards, tensor_parallel, context_parallel, data_parallel, pipeline_parallel, scaleup_domain,
    scaleup_rate, nic_rate, send_latency, interleave, exposed_pp_share, residual_streams,
):  # fmt: skip
    """Handing a microbatch on, forward and backward, for each piece of a stage, as far as exposed."""
    ranks = tensor_parallel * context_parallel * data_parallel * pipeline_parallel
    rate = where(ranks <= scaleup_domain, scaleup_rate, nic_rate)
    send = residual_streams * hidden_bytes / (activation_shards * rate) + send_latency
    hidden = where(interleave > 1, exposed_pp_share, 1.0)
    return 2 * send * interleave * hidden * where(pipeline_parallel > 1, 1.0, 0.0)


# --- gradients and weights ----------------------------------------------------------------------------------------------


@quantity(unit="byte", source="Rajbhandari et al. 2020, arXiv:1910.02054, section 7")
def synchronised_bytes(zero_stage, gradient_bytes, gathered_bytes):
    """Bytes per parameter that replicas exchange at the end of a step: an all-reduce, or a scatter and a gather."""
    return where(zero_stage >= 1, gradient_bytes + gathered_bytes, 2 * gradient_bytes)


@quantity(unit="byte", source="Transformer Engine: weights are gathered in FP8 where the run is in 8 bits or fewer")
def gathered_bytes(precision_bits, element_bytes):
    """Bytes per parameter in which sharded weights are gathered."""
    return where(precision_bits < 16, element_bytes / 2, element_bytes)


@quantity(unit="s", source=_RING)
def dense_sync_time(
    stage_dense_parameters, synchronised_bytes, replica_ranks, tensor_parallel, scaleup_domain, scaleup_rate, nic_rate
):
    """Exchanging the dense part of a chip's gradients and weights over its replicas."""
    near = maximum(minimum(replica_ranks, scaleup_domain / tensor_parallel), 1.0)
    return sharded_time(stage_dense_parameters * synchronised_bytes, replica_ranks, near, scaleup_rate, nic_rate)


@quantity(unit="s", source=_RING)
def expert_sync_time(
    stage_expert_parameters, synchronised_bytes, expert_replicas, expert_parallel, scaleup_domain, scaleup_rate, nic_rate
):
    """Exchanging the experts' part over the chips that hold the same experts."""
    near = maximum(minimum(expert_replicas, scaleup_domain / expert_parallel), 1.0)
    return sharded_time(stage_expert_parameters * synchronised_bytes, expert_replicas, near, scaleup_rate, nic_rate)


def streamed_time(payload, ranks, near, server_gathering, scaleup_rate, nic_rate):
    """Seconds of gathering or scattering while the step runs: as at its end, or each chip for itself beyond its domain."""
    together = where(near >= ranks, 1.0, server_gathering)
    return sharded_time(payload, ranks, where(together > 0, near, 1.0), scaleup_rate, nic_rate)


@quantity(unit="s", source="Rajbhandari et al. 2020, arXiv:1910.02054, section 7: gather twice, scatter once a microbatch")
def streaming_time(
    stage_dense_parameters, stage_expert_parameters, gathered_bytes, gradient_bytes, zero_stage, replica_ranks,
    expert_replicas, tensor_parallel, expert_parallel, scaleup_domain, server_gathering, scaleup_rate, nic_rate, layer_passes,
    layers_per_stage, hop_latency,
):  # fmt: skip
    """What ZeRO moves for every microbatch: stage 2 scatters gradients, stage 3 also gathers the weights twice a pass."""
    gathered = layer_passes * (2 * gathered_bytes)
    moved = where(zero_stage >= 3, gathered + gradient_bytes, where(zero_stage >= 2, gradient_bytes, 0 * gradient_bytes))
    rates = server_gathering, scaleup_rate, nic_rate
    near = maximum(minimum(replica_ranks, scaleup_domain / tensor_parallel), 1.0)
    expert_near = maximum(minimum(expert_replicas, scaleup_domain / expert_parallel), 1.0)
    dense = streamed_time(moved * stage_dense_parameters, replica_ranks, near, *rates)
    hops = layers_per_stage * (replica_ranks / near - 1) * hop_latency
    waits = hops * where(zero_stage >= 3, 2 * layer_passes + 1, where(zero_stage >= 2, 1.0, 0.0))
    return dense + streamed_time(moved * stage_expert_parameters, expert_replicas, expert_near, *rates) + waits

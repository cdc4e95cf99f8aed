# mypy: allow-untyped-defs, allow-untyped-calls
"""The time of one training step under a strategy: layers, stages, the pipeline, communication, the optimizer.

T = m t + (sum of the stages' times - t)/v + what is left exposed, with m microbatches, t the slowest stage's time for one
(forward, backward, recompute, TP, CP, EP) and v pieces per stage: one-forward-one-backward, interleaved (Narayanan et al.
2021, arXiv:2104.04473, section 2.2). Times of layers are those of one microbatch on one chip.
"""

from ..quantity import exp, given, log2, maximum, quantity, where

_FIT = "fitted to published step times, configs/efficiency.toml"
_PTD = "Narayanan et al. 2021, arXiv:2104.04473, section 2.2"
_SUM = "definition"

given("hidden_passes", "", "Reads and writes of the residual stream by a layer's norms and residual sums, forward.")
given("head_passes", "", "Reads and writes of queries, keys and values by rotary positions, forward.")
given("ffn_passes", "", "Reads and writes of a feed-forward block's inner widths by its activation, forward.")
given("permute_passes", "", "Reads and writes of each routed token by permuting and weighting, forward.")
given("fused_permute_passes", "", "The same where the exchange's own kernels permute.")
given("logit_bytes", "byte", "Memory traffic per logit of the loss, forward and backward.")
given("launch_time", "s", "Time per layer and pass in which a chip waits for the host.")
given("routing_time", "s", "The same for what routing adds to an MoE layer: counting, sorting, waiting for counts.")
given(
    "rack_routing_share", "", "Share of it left where chips exchange tokens by themselves (scale-up domains of a rack).", high=1
)
given("routing_date", "", "Calendar year from which software captures routing in graphs, and its time falls.")
given("routing_decay", "", "Years in which it falls to 1/e.", low_open=True)
given("sync_window_share", "", "Share of a backward pass in which exchanging gradients and weights can hide.", high=1)
given("least_exposed_sync", "", "Share of that exchange that is never hidden.", high=1)
given("stream_window_share", "", "Share of the pipeline's time in which ZeRO's streaming of weights can hide.", high=1)
given("optimizer_traffic", "byte", "Memory traffic per parameter of the optimizer's update.")
given("step_overhead", "s", "Time per step that does not depend on its size: data, checks, launching the optimizer.")
given("straggling", "", "Growth of the step time with each doubling of the chips.")


# --- a layer ----------------------------------------------------------------------------------------------------------


@quantity(unit="s", source="reads and writes counted per kernel")
def attention_traffic_time(
    hidden_bytes, activation_shards, hidden_passes, head_passes, head_size, heads, kv_heads, hidden_size, tensor_parallel,
    memory_rate,
):  # fmt: skip
    """Norms, residual sums and rotary positions of a layer, forward."""
    heads_share = head_size * (heads + 2 * kv_heads) / (hidden_size * tensor_parallel)
    return hidden_bytes * (hidden_passes / activation_shards + head_passes * heads_share) / memory_rate


@quantity(unit="s", source="reads and writes counted per kernel")
def attention_cast_time(hidden_bytes, cast_passes, head_size, heads, hidden_size, tensor_parallel, memory_rate):
    """Casting the inputs of attention's products, forward."""
    return cast_passes * hidden_bytes * (1 + head_size * heads / (hidden_size * tensor_parallel)) / memory_rate


@quantity(unit="s", source="reads and writes counted per kernel")
def dense_traffic_time(microbatch_tokens, ffn_size, ffn_matrices, tensor_parallel, element_bytes, ffn_passes, memory_rate):
    """The activation of a dense feed-forward block, forward."""
    return ffn_passes * microbatch_tokens * ffn_matrices * ffn_size / tensor_parallel * element_bytes / memory_rate


@quantity(unit="s", source="reads and writes counted per kernel")
def dense_cast_time(microbatch_tokens, hidden_size, ffn_size, tensor_parallel, element_bytes, cast_passes, memory_rate):
    """Casting the inputs of a dense block's products, forward."""
    return cast_passes * microbatch_tokens * (hidden_size + ffn_size / tensor_parallel) * element_bytes / memory_rate


@quantity(unit="s", source="reads and writes counted per kernel")
def moe_traffic_time(
    routed_tokens, microbatch_tokens, expert_ffn_size, shared_ffn_size, ffn_matrices, hidden_size, tensor_parallel,
    element_bytes, ffn_passes, permute_passes, fused_permute_passes, routing_immaturity, memory_rate,
):  # fmt: skip
    """The activations of the experts, and permuting tokens to them and back, forward, as far as no product does it."""
    inner = routed_tokens * expert_ffn_size + microbatch_tokens * shared_ffn_size / tensor_parallel
    permuting = fused_permute_passes + (permute_passes - fused_permute_passes) * routing_immaturity
    moved = ffn_passes * routing_immaturity * ffn_matrices * inner + permuting * routed_tokens * hidden_size
    return moved * element_bytes / memory_rate


@quantity(unit="s", source="reads and writes counted per kernel")
def moe_cast_time(
    routed_tokens, hidden_size, expert_ffn_size, element_bytes, cast_passes, routing_immaturity, memory_rate,
):  # fmt: skip
    """Casting the inputs of the experts' products, forward, as far as no product or exchange does it."""
    passes = cast_passes * routing_immaturity
    return passes * routed_tokens * (hidden_size + expert_ffn_size) * element_bytes / memory_rate


@quantity(unit="s", source=_SUM)
def attention_forward_time(attention_product_time, core_time, score_time, attention_traffic_time, attention_cast_time):
    """Attention and norms of a layer, forward, on one chip."""
    return attention_product_time + core_time + score_time + attention_traffic_time + attention_cast_time


@quantity(unit="s", source="two products for each forward one; Dao 2023, arXiv:2307.08691: 2.5 times the core where fused")
def attention_backward_time(
    attention_product_time, core_time, score_time, attention_traffic_time, attention_cast_time, fused_attention,
):  # fmt: skip
    """The same, backward."""
    core = where(fused_attention > 0, 2.5, 2.0) * core_time
    return 2 * (attention_product_time + score_time + attention_traffic_time) + core + 1.5 * attention_cast_time


@quantity(unit="s", source=_SUM)
def core_again_time(recomputed_layers, recomputed_attention, core_time, score_time):
    """Attention's core a second time where it alone is recomputed."""
    return where(recomputed_layers > 0, 0.0, recomputed_attention) * (core_time + score_time)


@quantity(unit="s", source=_SUM)
def dense_forward_time(
    attention_forward_time, dense_product_time, dense_traffic_time, dense_cast_time, tp_half_time, cp_time, launch_time
):
    """A dense layer, forward, communication included."""
    block = dense_product_time + dense_traffic_time + dense_cast_time
    return attention_forward_time + block + 2 * tp_half_time + cp_time + launch_time


@quantity(unit="s", source=_SUM)
def dense_backward_time(
    attention_backward_time, dense_product_time, dense_traffic_time, dense_cast_time, tp_backward_time, cp_time, launch_time,
):  # fmt: skip
    """A dense layer, backward, communication included."""
    block = 2 * (dense_product_time + dense_traffic_time) + 1.5 * dense_cast_time
    return attention_backward_time + block + 2 * tp_backward_time + 2 * cp_time + 2 * launch_time


@quantity(unit="s", source="Korthikanti et al. 2022, arXiv:2205.05198, section 4.2.2: inputs are gathered once more")
def tp_backward_time(tp_half_time, sequence_parallel):
    """TP of one half of a layer, backward."""
    return tp_half_time * where(sequence_parallel > 0, 1.5, 1.0)


@quantity(unit="", source=_FIT)
def routing_immaturity(software_date, routing_date, routing_decay):
    """What is left of the cost of routing since software began to do it in few fused kernels without the host.

    The same kernels take in what the experts' activation, casting and permuting move through memory.
    """
    return exp(-maximum(software_date - routing_date, 0.0) / routing_decay)


@quantity(unit="s", source=_FIT)
def moe_launch_time(launch_time, routing_time, rack_routing_share, scaleup_domain, routing_immaturity):
    """Time per MoE layer and pass in which a chip waits for the host."""
    return launch_time + routing_time * routing_immaturity * where(scaleup_domain > 8, rack_routing_share, 1.0)


@quantity(unit="s", source=_SUM)
def moe_block_time(expert_product_time, shared_expert_product_time, router_product_time, moe_traffic_time):
    """The feed-forward block of an MoE layer, forward, without casting and communication."""
    return expert_product_time + shared_expert_product_time + router_product_time + moe_traffic_time


@quantity(unit="s", source=_SUM)
def router_product_time(microbatch_tokens, tensor_parallel, hidden_size, experts, bf16_rate):
    """The router of an MoE layer, in BF16, forward."""
    return 2 * microbatch_tokens / tensor_parallel * hidden_size * experts / bf16_rate


@quantity(unit="s", source=_SUM)
def moe_forward_time(
    attention_forward_time, moe_block_time, moe_cast_time, tp_half_time, cp_time, ep_exchange_time, moe_launch_time,
):  # fmt: skip
    """An MoE layer, forward, communication included."""
    return (
        attention_forward_time
        + moe_block_time
        + moe_cast_time
        + tp_half_time
        + cp_time
        + 2 * ep_exchange_time
        + moe_launch_time
    )


@quantity(unit="s", source=_SUM)
def moe_backward_time(
    attention_backward_time, moe_block_time, moe_cast_time, tp_backward_time, cp_time, ep_exchange_time, moe_launch_time,
):  # fmt: skip
    """An MoE layer, backward, communication included."""
    block = 2 * moe_block_time + 1.5 * moe_cast_time
    return attention_backward_time + block + tp_backward_time + 2 * cp_time + 2 * ep_exchange_time + 2 * moe_launch_time


@quantity(unit="s", source=_SUM)
def dense_layer_time(dense_forward_time, dense_backward_time, recomputed_layers, core_again_time):
    """A dense layer, forward and backward, recompute included."""
    return (1 + recomputed_layers) * dense_forward_time + dense_backward_time + core_again_time


@quantity(unit="s", source=_SUM)
def moe_layer_time(moe_forward_time, moe_backward_time, recomputed_layers, core_again_time):
    """An MoE layer, forward and backward, recompute included."""
    return (1 + recomputed_layers) * moe_forward_time + moe_backward_time + core_again_time


# --- stages and the pipeline ------------------------------------------------------------------------------------------


@quantity(unit="s", source=_SUM)
def logit_time(logit_product_time, microbatch_tokens, vocabulary_size, tensor_parallel, logit_bytes, memory_rate):
    """Logits and loss of a microbatch, forward and backward."""
    return 3 * logit_product_time + microbatch_tokens * vocabulary_size / tensor_parallel * logit_bytes / memory_rate


@quantity(unit="s", source="DeepSeek-AI 2024, arXiv:2412.19437, section 2.2")
def mtp_time(
    mtp_layers, moe_layers, dense_layer_time, moe_layer_time, logit_time, microbatch_tokens, hidden_size, tensor_parallel,
    bf16_rate,
):  # fmt: skip
    """The layers that predict further tokens: each a layer, its 2h x h projection and its logits."""
    projection = 3 * 2 * microbatch_tokens * hidden_size * (2 * hidden_size) / (tensor_parallel * bf16_rate)
    return mtp_layers * (where(moe_layers > 0, moe_layer_time, dense_layer_time) + logit_time + projection)


@quantity(unit="s", source=_SUM)
def pipeline_sum_time(layers, moe_layers, dense_layer_time, moe_layer_time, logit_time, mtp_time):
    """One microbatch through all stages, forward and backward."""
    return (layers - moe_layers) * dense_layer_time + moe_layers * moe_layer_time + logit_time + mtp_time


@quantity(unit="s", source="dense layers come first, as in DeepSeek-AI 2024, arXiv:2412.19437, section 4.2")
def inner_stage_time(layers_per_stage, stage_moe_layers, dense_layer_time, moe_layer_time):
    """One microbatch on a stage without the logits."""
    return (layers_per_stage - stage_moe_layers) * dense_layer_time + stage_moe_layers * moe_layer_time


@quantity(unit="s", source=_SUM)
def last_stage_time(last_stage_layers, last_moe_layers, dense_layer_time, moe_layer_time, logit_time, mtp_time):
    """One microbatch on the last stage, logits and loss included."""
    own = (last_stage_layers - last_moe_layers) * dense_layer_time + last_moe_layers * moe_layer_time
    return own + logit_time + mtp_time


@quantity(unit="s", source=_SUM)
def stage_time(inner_stage_time, last_stage_time):
    """One microbatch on the slowest stage."""
    return maximum(inner_stage_time, last_stage_time)


@quantity(unit="s", source=_PTD)
def bubble_time(pipeline_sum_time, stage_time, pp_time, pipeline_parallel, interleave):
    """Filling and draining the pipeline."""
    return (pipeline_sum_time - stage_time + (pipeline_parallel - 1) * pp_time) / interleave


@quantity(unit="s", source=_PTD)
def pipeline_time(microbatches, stage_time, pp_time, bubble_time):
    """All microbatches through the pipeline."""
    return microbatches * (stage_time + pp_time) + bubble_time


# --- what replicas exchange, the optimizer, the step ------------------------------------------------------------------


@quantity(unit="s", source=_FIT)
def sync_window(stage_time, layers_per_stage, interleave, microbatches, overlap, sync_window_share):
    """Time in which the exchange of gradients and weights can hide: passes of one microbatch, without the last piece."""
    pieces = maximum(maximum(interleave, layers_per_stage), 2.0)
    backward = where(microbatches > 1, 1.0, 2 / 3)
    return stage_time * (overlap * sync_window_share * backward * (1 - 1 / pieces))


@quantity(unit="s", source=_FIT)
def exposed_sync_time(dense_sync_time, expert_sync_time, sync_window, least_exposed_sync, zero_stage):
    """What of the exchange at the end of a step is not hidden."""
    exchange = (dense_sync_time + expert_sync_time) * where(zero_stage >= 2, 0.0, 1.0)
    return maximum(exchange - sync_window, least_exposed_sync * exchange)


@quantity(unit="s", source=_FIT)
def exposed_streaming_time(streaming_time, microbatches, pipeline_time, overlap, stream_window_share, least_exposed_sync):
    """What of ZeRO's traffic per microbatch is not hidden."""
    total = microbatches * streaming_time
    return maximum(total - overlap * stream_window_share * pipeline_time, least_exposed_sync * total)


@quantity(unit="s", source="memory traffic of Adam's update")
def optimizer_time(
    stage_dense_parameters, stage_expert_parameters, zero_stage, replica_ranks, expert_replicas, optimizer_traffic,
    memory_rate,
):  # fmt: skip
    """The optimizer's update of a chip's share of the parameters."""
    dense = stage_dense_parameters / where(zero_stage >= 1, replica_ranks, 1.0)
    experts = stage_expert_parameters / where(zero_stage >= 1, expert_replicas, 1.0)
    return (dense + experts) * optimizer_traffic / memory_rate


@quantity(unit="s", source="the sum of its parts, Narayanan et al. 2021, arXiv:2104.04473")
def step_time(
    pipeline_time, exposed_sync_time, exposed_streaming_time, optimizer_time, step_overhead, straggling, chip_count,
    scaleup_domain,
):  # fmt: skip
    """Wall-clock time of one training step."""
    parts = pipeline_time + exposed_sync_time + exposed_streaming_time + optimizer_time + step_overhead
    return parts * (1 + straggling * log2(maximum(chip_count / scaleup_domain, 1.0)))


@quantity(unit="FLOP", source=_SUM)
def step_flops(batch_size, sequence_length, flops_per_token):
    """Model operations of one step."""
    return batch_size * sequence_length * flops_per_token


@quantity(unit="", source="Chowdhery et al. 2022, arXiv:2204.02311, section 4.1")
def step_mfu(step_flops, step_time, chip_count, peak_flops):
    """MFU of the step: model operations over what the chips' dense peak would do in its time."""
    return step_flops / (step_time * chip_count * peak_flops)


@quantity(unit="token/s", source=_SUM)
def chip_token_rate(batch_size, sequence_length, step_time, chip_count):
    """Tokens per second and chip."""
    return batch_size * sequence_length / (step_time * chip_count)

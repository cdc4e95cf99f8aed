# mypy: allow-untyped-defs, allow-untyped-calls
"""The time of one training step under a strategy: stages, the pipeline, what replicas exchange, the optimizer.

T = m t + (sum of the stages' times - t)/v + what is left exposed, with m microbatches, t the slowest stage's time for one
(forward, backward, recompute, TP, CP, EP) and v pieces per stage: one-forward-one-backward, interleaved (Narayanan et al.
2021, arXiv:2104.04473, section 2.2).
"""

from ..model.quantity import given, log2, maximum, minimum, quantity, where

_FIT = "fitted to published step times, configs/efficiency.toml"
_PTD = "Narayanan et al. 2021, arXiv:2104.04473, section 2.2"
_SUM = "definition"

given("logit_bytes", "byte", "Memory traffic per logit of the loss, forward and backward.")
given("sync_window_share", "", "Share of a backward pass in which exchanging gradients and weights can hide.", high=1, show="%")
given(
    "lone_window_share",
    "",
    "Share of the window for exchanging gradients and weights that is left where a step has one microbatch.",
    high=1,
    show="%",
)
given("least_exposed_sync", "", "Share of the exchange of gradients and weights that is never hidden.", high=1, show="%")
given(
    "stream_window_share", "", "Share of the pipeline's time in which ZeRO's streaming of weights can hide.", high=1, show="%"
)
given("optimizer_traffic", "byte", "Memory traffic per parameter of the optimizer's update.")
given("step_overhead", "s", "Time per step that does not depend on its size: data, checks, launching the optimizer.")
given("straggling", "", "Growth of the step time with each doubling of the chips.", show="%")


# --- stages and the pipeline ------------------------------------------------------------------------------------------


@quantity(unit="s", source=_SUM)
def logit_time(
    logit_product_time, microbatch_tokens, vocabulary_size, tensor_parallel, logit_bytes, elementwise_rate, trained_weights
):
    """Logits and loss of a microbatch, forward and backward."""
    traffic = microbatch_tokens * vocabulary_size / tensor_parallel * logit_bytes / elementwise_rate
    return (2 + trained_weights) * logit_product_time + traffic


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
def inner_stage_time(
    layers_per_stage, stage_moe_layers, dense_layer_time, moe_layer_time, stage_attention_excess, attention_excess_time,
    layer_passes,
):  # fmt: skip
    """One microbatch on a stage without the logits; of a hybrid, on the one with most attention."""
    own = (layers_per_stage - stage_moe_layers) * dense_layer_time + stage_moe_layers * moe_layer_time
    return own + layer_passes * stage_attention_excess * attention_excess_time


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


@quantity(unit="s", source=_PTD)
def sync_window(
    stage_time, layers_per_stage, interleave, microbatches, pipeline_parallel, overlap, sync_window_share, lone_window_share
):
    """Time in which the exchange can hide: gradients behind what is left of the backward passes, weights behind forward ones.

    Gradients of a piece are complete after its last microbatch: layer by layer, or, interleaved, with a round of microbatches,
    one for each stage, left for every other piece.
    """
    rounds = minimum(microbatches, pipeline_parallel) * (1 - 1 / interleave)
    passes = where(interleave > 1, rounds, 1 - 1 / maximum(layers_per_stage, 2.0))
    lone = where(microbatches > 1, 1.0, lone_window_share)
    return stage_time * (overlap * sync_window_share * lone * passes)


@quantity(unit="s", source=_FIT)
def exposed_sync_time(
    dense_sync_time, expert_sync_time, sync_window, least_exposed_sync, zero_stage, gradient_bytes, synchronised_bytes
):
    """What of the exchange at the end of a step is not hidden: gradients behind backward passes, weights behind the others.

    Experts' is not: tokens take the same links and processors in the passes that would hide it.
    """
    exchanged = where(zero_stage >= 2, 0.0, 1.0)
    dense, experts = exchanged * dense_sync_time, exchanged * expert_sync_time
    share = where(zero_stage >= 1, gradient_bytes / synchronised_bytes, 1.0)
    gradients = maximum(share * dense - sync_window * (2 / 3), 0.0)
    weights = maximum((1 - share) * dense - sync_window / 3, 0.0)
    return maximum(gradients + weights, least_exposed_sync * dense) + experts


@quantity(unit="s", source=_FIT)
def exposed_streaming_time(streaming_time, microbatches, pipeline_time, overlap, stream_window_share, least_exposed_sync):
    """What of ZeRO's traffic per microbatch is not hidden."""
    total = microbatches * streaming_time
    return maximum(total - overlap * stream_window_share * pipeline_time, least_exposed_sync * total)


@quantity(unit="s", source="memory traffic of Adam's update")
def optimizer_time(
    stage_dense_parameters, stage_expert_parameters, zero_stage, replica_ranks, expert_replicas, optimizer_traffic, memory_rate
):
    """The optimizer's update of a chip's share of the parameters."""
    dense = stage_dense_parameters / where(zero_stage >= 1, replica_ranks, 1.0)
    experts = stage_expert_parameters / where(zero_stage >= 1, expert_replicas, 1.0)
    return (dense + experts) * optimizer_traffic / memory_rate


@quantity(unit="s", source="the sum of its parts, Narayanan et al. 2021, arXiv:2104.04473")
def predicted_step_time(
    pipeline_time, exposed_sync_time, exposed_streaming_time, optimizer_time, step_overhead, straggling, chip_count,
    scaleup_domain,
):  # fmt: skip
    """Wall-clock time of one training step, as its parts predict it."""
    parts = pipeline_time + exposed_sync_time + exposed_streaming_time + optimizer_time + step_overhead
    return parts * (1 + straggling * log2(maximum(chip_count / scaleup_domain, 1.0)))


@quantity(unit="FLOP", source=_SUM)
def step_flops(batch_size, sequence_length, flops_per_token):
    """Model operations of one step."""
    return batch_size * sequence_length * flops_per_token


@quantity(unit="", source="Chowdhery et al. 2022, arXiv:2204.02311, section 4.1", show="%", label="MFU of the step")
def step_mfu(step_flops, step_time, chip_count, peak_flops):
    """MFU of the step: model operations over what the chips' dense peak would do in its time."""
    return step_flops / (step_time * chip_count * peak_flops)


@quantity(unit="token/s", source=_SUM)
def chip_token_rate(batch_size, sequence_length, step_time, chip_count):
    """Tokens per second and chip."""
    return batch_size * sequence_length / (step_time * chip_count)

# mypy: allow-untyped-defs, allow-untyped-calls
"""How far a step time is from its prediction: the standard deviation of the logarithm, from what the step's time goes into.

Large matrix products in 16 bits are predicted well on every chip; attention's kernels, traffic between chips, bubbles, what
routing costs and products in fewer bits are less well known, and a step is the less sure the larger their shares of it are.
The parts are taken to be wrong independently: sigma^2 = base^2 + source^2 + sum of (coefficient x share)^2.
"""

import math

from ..model.quantity import exp, given, maximum, quantity, sqrt, where

_FIT = "fitted to step times predicted without their source, configs/prior/step_time_spread.toml"
_SUM = "definition"

given(
    "step_time_deviation",
    "",
    "How many standard deviations of its logarithm a step time is from its prediction; 0 is the prediction itself.",
    low=-math.inf,
    label="the step-time model's error",
)
given("step_spread_base", "", "Standard deviation of the logarithm of a step time of matrix products alone.")
given("step_spread_source", "", "Standard deviation of what all steps of one publisher, one that the fit has not seen, share.")
given("step_spread_attention", "", "Relative standard deviation of the time of attention's core.")
given("step_spread_network", "", "Relative standard deviation of the exposed time of TP's and CP's traffic.")
given("step_spread_bubble", "", "Relative standard deviation of the time that stages wait for one another and hand on.")
given("step_spread_sync", "", "Relative standard deviation of the exposed time of exchanging gradients and weights.")
given("step_spread_experts", "", "Relative standard deviation of the time of sending tokens to experts and of routing.")
given("step_spread_memory", "", "Relative standard deviation of the time of element-wise kernels.")
given("step_spread_low_bits", "", "Relative standard deviation of the time of products in fewer than 16 bits, beside the base.")


@quantity(unit="", source=_SUM)
def stage_visits(microbatches, layers_per_stage, layer_passes):
    """How often a microbatch passes a layer of a chip in one step."""
    return microbatches * layers_per_stage * layer_passes


@quantity(unit="", source=_SUM, high=1, show="%")
def moe_layer_share(moe_layers, layers):
    """Share of the layers that are mixtures of experts."""
    return moe_layers / layers


@quantity(unit="", source=_SUM, show="%")
def attention_step_share(
    stage_visits, recomputed_layers, core_time, score_time, scan_time, core_again_time, fused_attention, predicted_step_time
):
    """Share of the step's time in attention's core (or a scan), forward and backward."""
    backward = where(fused_attention > 0, 2.5, 2.0) * core_time + 2 * score_time + 2.5 * scan_time
    layer = (1 + recomputed_layers) * (core_time + score_time + scan_time) + backward + core_again_time
    return stage_visits * layer / predicted_step_time


@quantity(unit="", source=_SUM, show="%")
def network_step_share(
    stage_visits, recomputed_layers, mixers_per_layer, moe_layer_share, tp_half_time, tp_backward_time, cp_time,
    predicted_step_time,
):  # fmt: skip
    """Share of the step's time in what TP and CP leave exposed."""
    halves = mixers_per_layer + 1 - moe_layer_share
    layer = halves * ((1 + recomputed_layers) * tp_half_time + tp_backward_time) + (3 + recomputed_layers) * cp_time
    return stage_visits * layer / predicted_step_time


@quantity(unit="", source=_SUM, show="%")
def bubble_step_share(bubble_time, microbatches, pp_time, predicted_step_time):
    """Share of the step's time in filling and draining the pipeline and in handing microbatches on."""
    return (bubble_time + microbatches * pp_time) / predicted_step_time


@quantity(unit="", source=_SUM, show="%")
def sync_step_share(exposed_sync_time, exposed_streaming_time, predicted_step_time):
    """Share of the step's time in what the exchange of gradients and weights leaves exposed."""
    return (exposed_sync_time + exposed_streaming_time) / predicted_step_time


@quantity(unit="", source=_SUM, show="%")
def expert_step_share(
    stage_visits, recomputed_layers, moe_layer_share, moe_forward_time, moe_backward_time, mixer_forward_time,
    mixer_backward_time, moe_block_time, moe_traffic_time, mixers_per_layer, tp_half_time, tp_backward_time, cp_time,
    predicted_step_time, trained_weights,
):  # fmt: skip
    """Share of the step's time in an MoE layer's sending, routing, permuting and waiting: all but products and attention."""
    products = moe_block_time - moe_traffic_time
    forward = moe_forward_time - mixer_forward_time - products - mixers_per_layer * tp_half_time - cp_time
    sent = mixers_per_layer * tp_backward_time + 2 * cp_time
    backward = moe_backward_time - mixer_backward_time - (1 + trained_weights) * products - sent
    return stage_visits * moe_layer_share * ((1 + recomputed_layers) * forward + backward) / predicted_step_time


@quantity(unit="", source=_SUM, show="%")
def memory_step_share(
    stage_visits, recomputed_layers, moe_layer_share, attention_traffic_time, mixer_cast_time, dense_traffic_time,
    dense_cast_time, predicted_step_time,
):  # fmt: skip
    """Share of the step's time in element-wise kernels, those of experts apart."""
    dense = 1 - moe_layer_share
    traffic = (3 + recomputed_layers) * (attention_traffic_time + dense * dense_traffic_time)
    casting = (2.5 + recomputed_layers) * (mixer_cast_time + dense * dense_cast_time)
    return stage_visits * (traffic + casting) / predicted_step_time


@quantity(unit="", source=_SUM, show="%")
def low_bits_step_share(
    precision_bits, attention_step_share, network_step_share, bubble_step_share, sync_step_share, expert_step_share,
    memory_step_share,
):  # fmt: skip
    """Share of the step's time in products in fewer than 16 bits: what the other shares leave, in 16 bits nothing."""
    exchanged = network_step_share + bubble_step_share + sync_step_share + expert_step_share
    return where(precision_bits < 16, maximum(1 - attention_step_share - memory_step_share - exchanged, 0.0), 0.0)


@quantity(unit="", source=_FIT)
def step_time_spread(
    step_spread_base, step_spread_source, step_spread_attention, attention_step_share, step_spread_network,
    network_step_share, step_spread_bubble, bubble_step_share, step_spread_sync, sync_step_share, step_spread_experts,
    expert_step_share, step_spread_memory, memory_step_share, step_spread_low_bits, low_bits_step_share,
):  # fmt: skip
    """Standard deviation of the logarithm of measured over predicted step time."""
    return sqrt(
        step_spread_base**2
        + step_spread_source**2
        + (step_spread_attention * attention_step_share) ** 2
        + (step_spread_network * network_step_share) ** 2
        + (step_spread_bubble * bubble_step_share) ** 2
        + (step_spread_sync * sync_step_share) ** 2
        + (step_spread_experts * expert_step_share) ** 2
        + (step_spread_memory * memory_step_share) ** 2
        + (step_spread_low_bits * low_bits_step_share) ** 2
    )


@quantity(unit="s", source="the step-time model, and how far it is off", low_open=True)
def step_time(predicted_step_time, step_time_spread, step_time_deviation):
    """Wall-clock time of one training step."""
    return predicted_step_time * exp(step_time_spread * step_time_deviation)

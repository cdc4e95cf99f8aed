# mypy: allow-untyped-defs, allow-untyped-calls
"""The time of one layer, forward and backward: its products, what moves through memory, communication, waiting for the host.

Times are those of one microbatch on one chip, dense layers and mixtures of experts apart. Memory traffic is counted in passes,
each a read or a write of a tensor by a kernel of its own.
"""

from ..model.quantity import exp, given, maximum, quantity, where

_FIT = "fitted to published step times, configs/efficiency.toml"
_SUM = "definition"

given("hidden_passes", "", "Reads and writes of the residual stream by a layer's norms and residual sums, forward.")
given("head_passes", "", "Reads and writes of queries, keys and values by rotary positions, forward.")
given("ffn_passes", "", "Reads and writes of a feed-forward block's inner widths by its activation, forward.")
given("permute_passes", "", "Reads and writes of each routed token by permuting and weighting, forward.")
given(
    "recomputed_operations",
    "",
    "Share of the products that checkpointing by operation computes again; 0 without it.",
    high=1,
    show="%",
)
given("early_stop", "", "1 where recompute of a layer stops with the last input that is needed, else 0.", high=1, whole=True)
given("launch_time", "s", "Time per layer and pass in which a chip waits for the host.")
given("routing_time", "s", "Time per MoE layer and pass that routing adds as an architecture first ships: counting, sorting.")
given("expert_launch_time", "s", "Time per MoE layer and pass that an expert of a chip adds to that of routing: own launches.")
given(
    "rack_routing_share",
    "",
    "Share of routing's time that is left where chips exchange tokens by themselves (scale-up domains of a rack).",
    high=1,
    show="%",
)
given("routing_decay", "", "Years in which the cost of routing falls to 1/e.", low_open=True)
given(
    "trained_weights",
    "",
    "1 where all weights have gradients, 0 where adapters alone do.",
    high=1,
    label="share of the weights with gradients",
)
given("waiting_share", "", "Share of the host's time that chips wait for, as the host waits for counts.", high=1, show="%")


@quantity(unit="s", source="reads and writes counted per kernel")
def attention_traffic_time(
    hidden_bytes, activation_shards, hidden_passes, head_passes, head_size, heads, kv_heads, hidden_size, tensor_parallel,
    attention_per_layer, mixers_per_layer, elementwise_rate,
):  # fmt: skip
    """Norms and residual sums of a layer, half of them its feed-forward block's, and rotary positions, forward."""
    heads_share = attention_per_layer * head_size * (heads + 2 * kv_heads) / (hidden_size * tensor_parallel)
    stream = hidden_passes * ((1 + mixers_per_layer) / 2) / activation_shards
    return hidden_bytes * (stream + head_passes * heads_share) / elementwise_rate


@quantity(unit="s", source="reads and writes counted per kernel")
def attention_cast_time(hidden_bytes, cast_passes, head_size, heads, hidden_size, tensor_parallel, memory_rate):
    """Casting the inputs of attention's products, forward."""
    return cast_passes * hidden_bytes * (1 + head_size * heads / (hidden_size * tensor_parallel)) / memory_rate


@quantity(unit="s", source="reads and writes counted per kernel")
def dense_traffic_time(microbatch_tokens, ffn_size, ffn_matrices, tensor_parallel, element_bytes, ffn_passes, elementwise_rate):
    """The activation of a dense feed-forward block, forward."""
    return ffn_passes * microbatch_tokens * ffn_matrices * ffn_size / tensor_parallel * element_bytes / elementwise_rate


@quantity(unit="s", source="reads and writes counted per kernel")
def dense_cast_time(microbatch_tokens, hidden_size, ffn_size, tensor_parallel, element_bytes, cast_passes, memory_rate):
    """Casting the inputs of a dense block's products, forward."""
    return cast_passes * microbatch_tokens * (hidden_size + ffn_size / tensor_parallel) * element_bytes / memory_rate


@quantity(unit="s", source="reads and writes counted per kernel")
def moe_traffic_time(
    routed_tokens, microbatch_tokens, expert_ffn_size, shared_ffn_size, ffn_matrices, expert_width, tensor_parallel,
    element_bytes, ffn_passes, permute_passes, memory_rate,
):  # fmt: skip
    """The activations of the experts, and permuting tokens to them and back, forward."""
    inner = routed_tokens * expert_ffn_size + microbatch_tokens * shared_ffn_size / tensor_parallel
    moved = ffn_passes * ffn_matrices * inner + permute_passes * routed_tokens * expert_width
    return moved * element_bytes / memory_rate


@quantity(unit="s", source="reads and writes counted per kernel")
def moe_cast_time(routed_tokens, expert_width, expert_ffn_size, element_bytes, cast_passes, memory_rate):
    """Casting the inputs of the experts' products, forward."""
    return cast_passes * routed_tokens * (expert_width + expert_ffn_size) * element_bytes / memory_rate


@quantity(unit="s", source=_SUM)
def mixer_product_time(
    attention_per_layer, attention_product_time, mamba_per_layer, mamba_product_time, linear_per_layer, linear_product_time
):
    """Projections of attention, state spaces and linear attention in a layer of the mean kind, forward."""
    own = attention_per_layer * attention_product_time + mamba_per_layer * mamba_product_time
    return own + linear_per_layer * linear_product_time


@quantity(unit="s", source=_SUM)
def mixer_cast_time(
    attention_per_layer, attention_cast_time, mamba_per_layer, mamba_cast_time, linear_per_layer, linear_cast_time
):
    """Casting the inputs of what mixes tokens in a layer, forward."""
    own = attention_per_layer * attention_cast_time + mamba_per_layer * mamba_cast_time
    return own + linear_per_layer * linear_cast_time


@quantity(unit="s", source=_SUM)
def mixer_forward_time(
    mixer_product_time, core_time, score_time, scan_time, attention_traffic_time, mixer_cast_time, stream_time
):
    """What mixes tokens and residual streams in a layer, and its norms, forward, on one chip."""
    return mixer_product_time + core_time + score_time + scan_time + attention_traffic_time + mixer_cast_time + stream_time


@quantity(unit="s", source="two products for each forward one; Dao 2023, arXiv:2307.08691: 2.5 times the core where fused")
def mixer_backward_time(
    mixer_product_time, core_time, score_time, scan_time, attention_traffic_time, mixer_cast_time, stream_time,
    fused_attention, trained_weights,
):  # fmt: skip
    """What mixes tokens and residual streams, backward; the scan's states and the streams' mixtures are computed again."""
    core = where(fused_attention > 0, 2.5, 2.0) * core_time + 2.5 * scan_time
    again = 1.5 * mixer_cast_time + 3 * stream_time
    products = (1 + trained_weights) * mixer_product_time
    return products + 2 * (score_time + attention_traffic_time) + core + again


@quantity(unit="s", source=_SUM)
def attention_excess_time(
    attention_per_layer, mamba_per_layer, linear_per_layer, attention_product_time, mamba_product_time, linear_product_time,
    core_time, score_time, scan_time,
):  # fmt: skip
    """How much longer a hybrid's attention takes than what mixes tokens in its place, forward and backward; at least 0."""
    others = mamba_per_layer + linear_per_layer
    products = mamba_per_layer * mamba_product_time + linear_per_layer * linear_product_time
    other = (3 * products + 3.5 * scan_time) / where(others > 0, others, 1.0)
    attention = (3.5 * core_time + 3 * score_time) / where(attention_per_layer > 0, attention_per_layer, 1.0)
    return maximum(3 * attention_product_time + attention - other, 0.0)


@quantity(unit="s", source=_SUM)
def core_again_time(recomputed_layers, recomputed_attention, core_time, score_time):
    """Attention's core a second time where it alone is recomputed."""
    return where(recomputed_layers > 0, 0.0, recomputed_attention) * (core_time + score_time)


@quantity(unit="s", source=_SUM)
def dense_forward_time(
    mixer_forward_time, dense_product_time, dense_traffic_time, dense_cast_time, mixers_per_layer, tp_half_time, cp_time,
    launch_time,
):  # fmt: skip
    """A dense layer, forward, communication included."""
    block = dense_product_time + dense_traffic_time + dense_cast_time
    return mixer_forward_time + block + (1 + mixers_per_layer) * (tp_half_time + launch_time / 2) + cp_time


@quantity(unit="s", source=_SUM)
def dense_backward_time(
    mixer_backward_time, dense_product_time, dense_traffic_time, dense_cast_time, mixers_per_layer, tp_backward_time, cp_time,
    launch_time, trained_weights,
):  # fmt: skip
    """A dense layer, backward, communication included: products once for activations, once for weights that are trained."""
    block = (1 + trained_weights) * dense_product_time + 2 * dense_traffic_time + 1.5 * dense_cast_time
    return mixer_backward_time + block + (1 + mixers_per_layer) * (tp_backward_time + launch_time) + 2 * cp_time


@quantity(unit="s", source="Korthikanti et al. 2022, arXiv:2205.05198, section 4.2.2: inputs are gathered once more")
def tp_backward_time(tp_half_time, sequence_parallel):
    """TP of one half of a layer, backward."""
    return tp_half_time * where(sequence_parallel > 0, 1.5, 1.0)


@quantity(unit="", source=_FIT)
def routing_immaturity(software_date, architecture_date, routing_decay):
    """What is left of the cost of routing since the chip's architecture shipped: kernels are fused, graphs spare the host."""
    return exp(-maximum(software_date - architecture_date, 0.0) / routing_decay)


@quantity(unit="s", source="NVIDIA/Megatron-LM, docs/discussions/deepseek-v3-gb200-optimization, section 2: CPU overhead")
def moe_host_time(
    launch_time, mixers_per_layer, routing_time, expert_launch_time, experts, expert_parallel, rack_routing_share,
    scaleup_domain, routing_immaturity,
):  # fmt: skip
    """Time that the host takes to launch a pass of an MoE layer."""
    routing = routing_time + expert_launch_time * maximum(experts / expert_parallel, 1.0)
    own = launch_time * ((1 + mixers_per_layer) / 2)
    return own + routing * routing_immaturity * where(scaleup_domain > 8, rack_routing_share, 1.0)


@quantity(unit="s", source=_SUM)
def moe_block_time(expert_product_time, shared_expert_product_time, router_product_time, latent_product_time, moe_traffic_time):
    """The feed-forward block of an MoE layer, forward, without casting and communication."""
    own = expert_product_time + shared_expert_product_time + router_product_time + latent_product_time
    return own + moe_traffic_time


@quantity(unit="s", source=_SUM)
def router_product_time(microbatch_tokens, tensor_parallel, hidden_size, experts, bf16_rate):
    """The router of an MoE layer, in BF16, forward."""
    return 2 * microbatch_tokens / tensor_parallel * hidden_size * experts / bf16_rate


def _launched(device, host, waiting_share):
    """Seconds of a pass that the host launches while the chip works, but for what it can only launch once counts are there."""
    return maximum(device, host) + waiting_share * host


@quantity(unit="s", source=_SUM)
def moe_forward_time(
    mixer_forward_time, moe_block_time, moe_cast_time, mixers_per_layer, tp_half_time, cp_time, ep_exchange_time,
    moe_host_time, waiting_share,
):  # fmt: skip
    """An MoE layer, forward, communication included."""
    own = mixer_forward_time + moe_block_time + moe_cast_time
    return _launched(own + mixers_per_layer * tp_half_time + cp_time + 2 * ep_exchange_time, moe_host_time, waiting_share)


@quantity(unit="s", source=_SUM)
def moe_backward_time(
    mixer_backward_time, moe_block_time, moe_traffic_time, moe_cast_time, mixers_per_layer, tp_backward_time, cp_time,
    ep_exchange_time, moe_host_time, waiting_share, trained_weights,
):  # fmt: skip
    """An MoE layer, backward, communication included: products once for activations, once for weights that are trained."""
    block = 2 * moe_block_time - (1 - trained_weights) * (moe_block_time - moe_traffic_time) + 1.5 * moe_cast_time
    own = mixer_backward_time + block + mixers_per_layer * tp_backward_time
    return _launched(own + 2 * cp_time + 2 * ep_exchange_time, 2 * moe_host_time, waiting_share)


@quantity(unit="s", source="pytorch/torchtitan, activation checkpointing by operation: every second product is kept")
def operations_again_time(
    recomputed_operations, mixer_product_time, dense_product_time, attention_traffic_time, dense_traffic_time, mixer_cast_time,
    dense_cast_time,
):  # fmt: skip
    """A dense layer's element-wise work and a share of its products a second time, where those are recomputed."""
    products = recomputed_operations * (mixer_product_time + dense_product_time + mixer_cast_time + dense_cast_time)
    return products + where(recomputed_operations > 0, 1.0, 0.0) * (attention_traffic_time + dense_traffic_time)


@quantity(unit="s", source="Megatron Core, --recompute-modules layernorm moe_act mlp mla_up_proj")
def modules_again_time(
    recomputed_modules, recomputed_layers, attention_traffic_time, moe_layers, moe_traffic_time, dense_traffic_time,
    attention_per_layer, kv_rank, query_rank, heads, nope_head_size, rope_head_size, value_head_size, gqa_parameters,
    mla_parameters, mla_product_time,
):  # fmt: skip
    """A layer's norms, rotary positions, activations and MLA's projections up again, where modules alone are recomputed."""
    up = heads * (query_rank * (nope_head_size + rope_head_size) + kv_rank * (nope_head_size + value_head_size))
    share = up / where(kv_rank > 0, mla_parameters, gqa_parameters)
    moved = attention_traffic_time + where(moe_layers > 0, moe_traffic_time, dense_traffic_time)
    again = moved + attention_per_layer * where(kv_rank > 0, share, 0.0) * mla_product_time
    return recomputed_modules * (1 - recomputed_layers) * again


@quantity(unit="s", source=_SUM)
def dense_layer_time(
    dense_forward_time, dense_backward_time, dense_product_time, ffn_matrices, recomputed_layers, early_stop, core_again_time,
    operations_again_time, modules_again_time, layer_passes,
):  # fmt: skip
    """A dense layer, forward and backward, each time that a token passes through it, recompute included.

    Recompute that stops early leaves out the last product, whose output no backward pass needs.
    """
    whole = dense_forward_time - early_stop * dense_product_time / ffn_matrices
    again = recomputed_layers * whole + core_again_time + operations_again_time + modules_again_time
    return layer_passes * (dense_forward_time + dense_backward_time + again)


@quantity(unit="s", source=_SUM)
def moe_layer_time(moe_forward_time, moe_backward_time, recomputed_layers, core_again_time, modules_again_time, layer_passes):
    """An MoE layer, forward and backward, each time that a token passes through it, recompute included."""
    again = recomputed_layers * moe_forward_time + core_again_time + modules_again_time
    return layer_passes * (moe_forward_time + moe_backward_time + again)

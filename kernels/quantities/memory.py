# mypy: allow-untyped-defs, allow-untyped-calls
"""Memory of the fullest chip: weights, gradients and optimizer state of each stage, and with activations the whole."""

import math

from ..model.quantity import given, maximum, quantity, where

_ZERO = "Rajbhandari et al. 2020, arXiv:1910.02054, section 5"
_SUM = "definition"

given("memory_reserve", "byte", "Memory that the driver, libraries and communication buffers take.")
given(
    "gradient_bytes",
    "byte",
    "Bytes per parameter of the gradient that is summed up: 4 for FP32, 2 for BF16 or FP16, 0 where weights are frozen.",
)
given("optimizer_bytes", "byte", "Bytes per parameter of optimizer state: 12 for Adam with master weights in FP32.")


# --- parameters of a stage, on one chip -----------------------------------------------------------------------------------
# Three stages can be the fullest: the first holds an embedding and the most microbatches, those behind it only MoE layers,
# the last the output embedding and the logits. With one stage, the first is all there is.


@quantity(unit="parameter", source=_SUM)
def dense_layer_part(mixer_parameters, dense_ffn_parameters, tensor_parallel):
    """Weights of a dense layer."""
    return (mixer_parameters + dense_ffn_parameters) / tensor_parallel


@quantity(unit="parameter", source=_SUM)
def moe_layer_part(mixer_parameters, shared_expert_parameters, router_parameters, latent_parameters, tensor_parallel):
    """Weights of an MoE layer, routed experts left out; router and latent projections are not split by TP."""
    return (mixer_parameters + shared_expert_parameters) / tensor_parallel + router_parameters + latent_parameters


@quantity(unit="parameter", source=_SUM)
def expert_part(experts, expert_parameters, expert_parallel):
    """Weights of the routed experts of an MoE layer."""
    return experts * expert_parameters / expert_parallel


@quantity(unit="parameter", source=_SUM)
def embedding_part(embedding_parameters, tensor_parallel):
    """Weights of one embedding."""
    return embedding_parameters / tensor_parallel


@quantity(unit="parameter", source="DeepSeek-AI 2024, arXiv:2412.19437, section 2.2")
def mtp_part(mtp_layers, moe_layers, dense_layer_part, moe_layer_part, hidden_size, tensor_parallel):
    """Weights of the MTP layers, routed experts left out; they use the model's own embeddings."""
    return mtp_layers * (
        where(moe_layers > 0, moe_layer_part, dense_layer_part) + 2 * hidden_size * hidden_size / tensor_parallel
    )


@quantity(unit="parameter", source=_SUM)
def first_dense_parameters(
    layers_per_stage, first_moe_layers, dense_layer_part, moe_layer_part, embedding_part, mtp_part, pipeline_parallel,
    tied_embeddings,
):  # fmt: skip
    """Weights on a chip of the first stage, routed experts left out."""
    own = (layers_per_stage - first_moe_layers) * dense_layer_part + first_moe_layers * moe_layer_part + embedding_part
    return own + where(pipeline_parallel > 1, 0.0, 1.0) * ((1 - tied_embeddings) * embedding_part + mtp_part)


@quantity(unit="parameter", source=_SUM)
def inner_dense_parameters(layers_per_stage, stage_moe_layers, dense_layer_part, moe_layer_part):
    """Weights on a chip of a stage behind the first, routed experts left out."""
    return (layers_per_stage - stage_moe_layers) * dense_layer_part + stage_moe_layers * moe_layer_part


@quantity(unit="parameter", source=_SUM)
def last_dense_parameters(last_stage_layers, last_moe_layers, dense_layer_part, moe_layer_part, embedding_part, mtp_part):
    """Weights on a chip of the last of several stages, routed experts left out."""
    own = (last_stage_layers - last_moe_layers) * dense_layer_part + last_moe_layers * moe_layer_part
    return own + embedding_part + mtp_part


@quantity(unit="parameter", source=_SUM)
def first_expert_parameters(first_moe_layers, expert_part, pipeline_parallel, mtp_layers):
    """Weights of routed experts on a chip of the first stage."""
    return (first_moe_layers + where(pipeline_parallel > 1, 0.0, mtp_layers)) * expert_part


@quantity(unit="parameter", source=_SUM)
def inner_expert_parameters(stage_moe_layers, expert_part):
    """Weights of routed experts on a chip of a stage behind the first."""
    return stage_moe_layers * expert_part


@quantity(unit="parameter", source=_SUM)
def last_expert_parameters(last_moe_layers, expert_part, mtp_layers):
    """Weights of routed experts on a chip of the last of several stages."""
    return (last_moe_layers + mtp_layers) * expert_part


def _fullest(first, inner, last, stages):
    return maximum(first, maximum(where(stages > 2, 1.0, 0.0) * inner, where(stages > 1, 1.0, 0.0) * last))


@quantity(unit="parameter", source=_SUM)
def stage_dense_parameters(first_dense_parameters, inner_dense_parameters, last_dense_parameters, pipeline_parallel):
    """Weights on a chip of the stage that holds most, routed experts left out."""
    return _fullest(first_dense_parameters, inner_dense_parameters, last_dense_parameters, pipeline_parallel)


@quantity(unit="parameter", source=_SUM)
def stage_expert_parameters(first_expert_parameters, inner_expert_parameters, last_expert_parameters, pipeline_parallel):
    """Weights of routed experts on a chip of the stage that holds most."""
    return _fullest(first_expert_parameters, inner_expert_parameters, last_expert_parameters, pipeline_parallel)


@quantity(unit="byte", source=_ZERO)
def dense_state_bytes(zero_stage, element_bytes, gradient_bytes, optimizer_bytes, replica_ranks):
    """Bytes per dense parameter on a chip: weight, gradient and optimizer state, each whole or sharded."""
    weights = element_bytes / where(zero_stage >= 3, replica_ranks, 1.0)
    gradients = gradient_bytes / where(zero_stage >= 2, replica_ranks, 1.0)
    return weights + gradients + optimizer_bytes / where(zero_stage >= 1, replica_ranks, 1.0)


@quantity(unit="byte", source=_ZERO)
def expert_state_bytes(zero_stage, element_bytes, gradient_bytes, optimizer_bytes, expert_replicas):
    """The same for a parameter of a routed expert."""
    weights = element_bytes / where(zero_stage >= 3, expert_replicas, 1.0)
    gradients = gradient_bytes / where(zero_stage >= 2, expert_replicas, 1.0)
    return weights + gradients + optimizer_bytes / where(zero_stage >= 1, expert_replicas, 1.0)


@quantity(unit="byte", source=_ZERO)
def gathering_memory(zero_stage, dense_layer_part, moe_layer_part, expert_part, moe_layers, element_bytes, gradient_bytes):
    """Two layers' weights and one layer's gradients, whole, under ZeRO 3: one layer is gathered while another computes."""
    layer = where(moe_layers > 0, moe_layer_part + expert_part, dense_layer_part)
    return where(zero_stage >= 3, 1.0, 0.0) * layer * (2 * element_bytes + gradient_bytes)


# --- the whole ------------------------------------------------------------------------------------------------------------


@quantity(unit="byte", source=_SUM)
def first_stage_memory(
    first_dense_parameters, first_expert_parameters, dense_state_bytes, expert_state_bytes, first_activation_memory,
    pipeline_parallel, logit_activation_bytes, mtp_activation_memory,
):  # fmt: skip
    """Memory of a chip of the first stage; of the only one where there is one."""
    state = first_dense_parameters * dense_state_bytes + first_expert_parameters * expert_state_bytes
    ends = where(pipeline_parallel > 1, 0.0, 1.0) * (logit_activation_bytes + mtp_activation_memory)
    return state + first_activation_memory + ends


@quantity(unit="byte", source=_SUM)
def inner_stage_memory(
    inner_dense_parameters, inner_expert_parameters, dense_state_bytes, expert_state_bytes, inner_activation_memory
):
    """Memory of a chip of the stage behind the first."""
    return inner_dense_parameters * dense_state_bytes + inner_expert_parameters * expert_state_bytes + inner_activation_memory


@quantity(unit="byte", source=_SUM)
def last_stage_memory(
    last_dense_parameters, last_expert_parameters, dense_state_bytes, expert_state_bytes, last_activation_memory
):
    """Memory of a chip of the last of several stages."""
    return last_dense_parameters * dense_state_bytes + last_expert_parameters * expert_state_bytes + last_activation_memory


@quantity(unit="byte", source=_SUM, label="memory taken on a chip")
def memory_per_chip(
    first_stage_memory, inner_stage_memory, last_stage_memory, pipeline_parallel, working_bytes, gathering_memory
):
    """Memory that training takes on the fullest chip."""
    return (
        _fullest(first_stage_memory, inner_stage_memory, last_stage_memory, pipeline_parallel)
        + working_bytes
        + gathering_memory
    )


@quantity(unit="byte", source=_SUM, low=-math.inf, label="memory left on a chip")
def memory_margin(memory_capacity, memory_reserve, memory_per_chip):
    """Memory left on the fullest chip; a strategy that leaves less than none does not fit."""
    return memory_capacity - memory_reserve - memory_per_chip

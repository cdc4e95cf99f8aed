# mypy: allow-untyped-defs, allow-untyped-calls
"""Memory of the fullest chip: weights, gradients, optimizer state, activations in flight, buffers.

Activations follow Korthikanti et al. 2022 (arXiv:2205.05198), section 4, and give its table 2 exactly for its architecture
(plain attention of equal heads, an inner width of 4h, dropout); grouped queries, gated blocks, latent attention, experts and
fused attention are counted in the same way. With one-forward-one-backward the first stage holds as many microbatches as
there are stages, interleaving a little more (section 4.2.3); the last one holds one, and the logits.
"""

from ..quantity import given, maximum, minimum, quantity, where

_ACT = "Korthikanti et al. 2022, arXiv:2205.05198, section 4.1"
_TABLE = "Korthikanti et al. 2022, arXiv:2205.05198, table 2"
_ZERO = "Rajbhandari et al. 2020, arXiv:1910.02054, section 5"
_SUM = "definition"

given("memory_reserve", "byte", "Memory that the driver, libraries and communication buffers take.")
given(
    "gradient_bytes",
    "byte",
    "Bytes per parameter of the gradient that is summed up: 4 for FP32, 2 for BF16 or FP16.",
    low_open=True,
)
given("optimizer_bytes", "byte", "Bytes per parameter of optimizer state: 12 for Adam with master weights in FP32.")
given("dropout", "", "1 where the model is trained with dropout, whose masks are kept, else 0.", high=1, whole=True)
given("mask_bytes", "byte", "Bytes per element of a dropout mask.")
given("statistic_bytes", "byte", "Bytes per query and head of the softmax statistics that fused attention keeps.")
given("logit_memory", "byte", "Bytes per logit that are held while the loss is computed.")


# --- parameters of a stage, on one chip -----------------------------------------------------------------------------------
# Three stages can be the fullest: the first holds an embedding and the most microbatches, those behind it only MoE layers,
# the last the output embedding and the logits. With one stage, the first is all there is.


@quantity(unit="parameter", source=_SUM)
def dense_layer_part(attention_parameters, dense_ffn_parameters, tensor_parallel):
    """Weights of a dense layer."""
    return (attention_parameters + dense_ffn_parameters) / tensor_parallel


@quantity(unit="parameter", source=_SUM)
def moe_layer_part(attention_parameters, shared_expert_parameters, router_parameters, tensor_parallel):
    """Weights of an MoE layer, routed experts left out; the router is not split by TP."""
    return (attention_parameters + shared_expert_parameters) / tensor_parallel + router_parameters


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


# --- activations --------------------------------------------------------------------------------------------------------


@quantity(unit="byte", source=_ACT)
def layer_input_bytes(hidden_bytes, activation_shards):
    """The input of a layer: what full recompute keeps."""
    return hidden_bytes / activation_shards


@quantity(unit="byte", source=_ACT)
def stream_activation_bytes(microbatch_tokens, hidden_size, element_bytes, activation_shards, dropout, mask_bytes):
    """Inputs of the two norms and of the two blocks, and the two dropout masks behind them."""
    return microbatch_tokens * hidden_size * (4 * element_bytes + 2 * dropout * mask_bytes) / activation_shards


@quantity(unit="byte", source=_ACT)
def attention_activation_bytes(
    microbatch_tokens, heads, kv_heads, head_size, kv_rank, query_rank, nope_head_size, rope_head_size, value_head_size,
    element_bytes, tensor_parallel,
):  # fmt: skip
    """Queries, keys, values and the input of the output projection; MLA also its latents, which TP does not split."""
    gqa = head_size * (2 * heads + 2 * maximum(kv_heads, tensor_parallel)) / tensor_parallel
    mla = heads * (2 * (nope_head_size + rope_head_size) + 2 * value_head_size) / tensor_parallel
    latents = 2 * (query_rank + kv_rank) + rope_head_size
    return microbatch_tokens * where(kv_rank > 0, mla + latents, gqa) * element_bytes


@quantity(unit="byte", source=_ACT)
def score_activation_bytes(
    microbatch_tokens, sequence_length, heads, tensor_parallel, fused_attention, recomputed_attention, dropout, element_bytes,
    mask_bytes, statistic_bytes,
):  # fmt: skip
    """Softmax, its dropout mask and output where attention is not fused, else the statistics; none if recomputed."""
    scores = sequence_length * (element_bytes + dropout * (element_bytes + mask_bytes))
    kept = where(fused_attention > 0, statistic_bytes, scores * (1 - recomputed_attention))
    return microbatch_tokens * heads / tensor_parallel * kept


@quantity(unit="byte", source=_ACT)
def dense_activation_bytes(microbatch_tokens, ffn_size, ffn_matrices, element_bytes, tensor_parallel):
    """A dense block's widths: the activation's inputs and its output."""
    return microbatch_tokens * ffn_matrices * ffn_size * element_bytes / tensor_parallel


@quantity(unit="byte", source="the inputs and outputs of the experts' products and of permuting tokens to them")
def moe_activation_bytes(
    microbatch_tokens, routed_tokens, hidden_size, expert_ffn_size, shared_ffn_size, ffn_matrices, element_bytes,
    tensor_parallel,
):  # fmt: skip
    """An MoE block's widths: routed tokens before and after the experts, the experts' and the shared experts' widths."""
    routed = routed_tokens * (2 * hidden_size + ffn_matrices * expert_ffn_size)
    return (routed + microbatch_tokens * ffn_matrices * shared_ffn_size / tensor_parallel) * element_bytes


@quantity(unit="byte", source=_TABLE)
def shared_activation_bytes(stream_activation_bytes, attention_activation_bytes, score_activation_bytes):
    """What norms and attention of a layer keep of a microbatch."""
    return stream_activation_bytes + attention_activation_bytes + score_activation_bytes


@quantity(unit="byte", source=_TABLE)
def dense_layer_activations(shared_activation_bytes, dense_activation_bytes, recomputed_layers, layer_input_bytes):
    """What a dense layer keeps of a microbatch for its backward pass."""
    whole = shared_activation_bytes + dense_activation_bytes
    return recomputed_layers * layer_input_bytes + (1 - recomputed_layers) * whole


@quantity(unit="byte", source=_TABLE)
def moe_layer_activations(shared_activation_bytes, moe_activation_bytes, recomputed_layers, layer_input_bytes):
    """What an MoE layer keeps of a microbatch for its backward pass."""
    whole = shared_activation_bytes + moe_activation_bytes
    return recomputed_layers * layer_input_bytes + (1 - recomputed_layers) * whole


@quantity(unit="byte", source=_ACT)
def working_bytes(recomputed_layers, moe_layers, shared_activation_bytes, dense_activation_bytes, moe_activation_bytes):
    """One layer's activations while it is recomputed."""
    block = where(moe_layers > 0, moe_activation_bytes, dense_activation_bytes)
    return where(recomputed_layers > 0, 1.0, 0.0) * (shared_activation_bytes + block)


@quantity(unit="byte", source="Korthikanti et al. 2022, arXiv:2205.05198, section 4.3")
def logit_activation_bytes(microbatch_tokens, vocabulary_size, hidden_size, element_bytes, logit_memory, tensor_parallel):
    """Logits of a microbatch while the loss is computed, and the inputs of the last norm and the output embedding."""
    return microbatch_tokens * (vocabulary_size / tensor_parallel * logit_memory + 2 * hidden_size * element_bytes)


@quantity(unit="", source="Korthikanti et al. 2022, arXiv:2205.05198, section 4.2.3")
def microbatches_in_flight(pipeline_parallel, interleave, microbatches):
    """Microbatches of whole stages that a chip of the first stage holds activations of at once."""
    extra = where(interleave > 1, 1 + (pipeline_parallel - 1) / (pipeline_parallel * interleave), 1.0)
    return minimum(pipeline_parallel * extra, microbatches)


@quantity(unit="byte", source=_TABLE)
def first_activation_memory(
    layers_per_stage, first_moe_layers, microbatches_in_flight, dense_layer_activations, moe_layer_activations,
):  # fmt: skip
    """Activations that a chip of the first stage keeps of all microbatches in flight."""
    kept = (layers_per_stage - first_moe_layers) * dense_layer_activations + first_moe_layers * moe_layer_activations
    return microbatches_in_flight * kept


@quantity(unit="byte", source=_TABLE)
def inner_activation_memory(
    layers_per_stage, stage_moe_layers, microbatches_in_flight, dense_layer_activations, moe_layer_activations,
):  # fmt: skip
    """The same of the stage behind the first, which holds one microbatch less."""
    kept = (layers_per_stage - stage_moe_layers) * dense_layer_activations + stage_moe_layers * moe_layer_activations
    return maximum(microbatches_in_flight - 1, 1.0) * kept


@quantity(unit="byte", source=_SUM)
def mtp_activation_memory(mtp_layers, moe_layers, dense_layer_activations, moe_layer_activations, logit_activation_bytes):
    """Activations of the MTP layers and their logits."""
    return mtp_layers * (where(moe_layers > 0, moe_layer_activations, dense_layer_activations) + logit_activation_bytes)


@quantity(unit="byte", source=_SUM)
def last_activation_memory(
    last_stage_layers, last_moe_layers, interleave, dense_layer_activations, moe_layer_activations, logit_activation_bytes,
    mtp_activation_memory,
):  # fmt: skip
    """Activations on a chip of the last stage: one microbatch (interleaved: and one more of all pieces but one), the logits."""
    kept = (last_stage_layers - last_moe_layers) * dense_layer_activations + last_moe_layers * moe_layer_activations
    return (2 - 1 / interleave) * kept + logit_activation_bytes + mtp_activation_memory


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
    inner_dense_parameters, inner_expert_parameters, dense_state_bytes, expert_state_bytes, inner_activation_memory,
):  # fmt: skip
    """Memory of a chip of the stage behind the first."""
    return inner_dense_parameters * dense_state_bytes + inner_expert_parameters * expert_state_bytes + inner_activation_memory


@quantity(unit="byte", source=_SUM)
def last_stage_memory(
    last_dense_parameters, last_expert_parameters, dense_state_bytes, expert_state_bytes, last_activation_memory,
):  # fmt: skip
    """Memory of a chip of the last of several stages."""
    return last_dense_parameters * dense_state_bytes + last_expert_parameters * expert_state_bytes + last_activation_memory


@quantity(unit="byte", source=_SUM)
def memory_per_chip(
    first_stage_memory, inner_stage_memory, last_stage_memory, pipeline_parallel, working_bytes, gathering_memory,
):  # fmt: skip
    """Memory that training takes on the fullest chip."""
    return (
        _fullest(first_stage_memory, inner_stage_memory, last_stage_memory, pipeline_parallel)
        + working_bytes
        + gathering_memory
    )


@quantity(unit="byte", source=_SUM)
def memory_margin(memory_capacity, memory_reserve, memory_per_chip):
    """Memory left on the fullest chip; a strategy that leaves less than none does not fit."""
    return memory_capacity - memory_reserve - memory_per_chip

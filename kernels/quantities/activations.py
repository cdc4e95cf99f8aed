# mypy: allow-untyped-defs, allow-untyped-calls
"""Memory of activations on one chip: what layers keep of a microbatch, and how many microbatches are in flight.

They follow Korthikanti et al. 2022 (arXiv:2205.05198), section 4, and give its table 2 exactly for its architecture (plain
attention of equal heads, an inner width of 4h, dropout); grouped queries, gated blocks, latent attention, experts and fused
attention are counted in the same way. With one-forward-one-backward the first stage holds as many microbatches as there are
stages, interleaving a little more (section 4.2.3); the last one holds one, and the logits.
"""

from ..model.quantity import given, maximum, minimum, quantity, where

_ACT = "Korthikanti et al. 2022, arXiv:2205.05198, section 4.1"
_TABLE = "Korthikanti et al. 2022, arXiv:2205.05198, table 2"
_SUM = "definition"
_MODULES = "Megatron Core, --recompute-modules layernorm moe_act mlp mla_up_proj"

given(
    "recomputed_modules",
    "",
    "Share of what norms, activations and the projections up of MLA make that is made again in the backward pass.",
    high=1,
    show="%",
)
given("dropout", "", "1 where the model is trained with dropout, whose masks are kept, else 0.", high=1, whole=True)
given("mask_bytes", "byte", "Bytes per element of a dropout mask.")
given("statistic_bytes", "byte", "Bytes per query and head of the softmax statistics that fused attention keeps.")
given("index_bytes", "byte", "Bytes of the place of a key that an indexer chose.")
given("logit_memory", "byte", "Bytes per logit that are held while the loss is computed.")


@quantity(unit="byte", source=_ACT)
def layer_input_bytes(hidden_bytes, activation_shards, residual_streams):
    """The input of a layer: what full recompute keeps."""
    return residual_streams * hidden_bytes / activation_shards


@quantity(unit="byte", source="Transformer Engine: a product in fewer than 16 bits keeps its input as it was cast")
def stored_bytes(precision_bits, element_bytes):
    """Bytes per element of a product's input that is kept for its backward pass."""
    return where(precision_bits < 16, element_bytes * (precision_bits / 16), element_bytes)


@quantity(unit="byte", source=_MODULES)
def remade_bytes(stored_bytes, recomputed_modules):
    """Bytes per element that is kept of an input that a norm or an activation makes, which may be made again."""
    return stored_bytes * (1 - recomputed_modules)


@quantity(unit="byte", source=_ACT)
def stream_activation_bytes(
    microbatch_tokens, hidden_size, element_bytes, remade_bytes, activation_shards, mixers_per_layer, dropout, mask_bytes
):
    """Inputs of the norms and of the blocks (two but for hybrids), and the dropout masks behind them."""
    block = element_bytes + remade_bytes + dropout * mask_bytes
    return microbatch_tokens * hidden_size * ((1 + mixers_per_layer) * block) / activation_shards


@quantity(unit="byte", source=_ACT)
def attention_activation_bytes(
    microbatch_tokens, heads, query_width, kv_heads, kv_head_width, window_query_excess, window_kv_excess, kv_rank, query_rank,
    nope_head_size, rope_head_size, value_head_size, element_bytes, recomputed_modules, tensor_parallel,
):  # fmt: skip
    """Queries, keys, values and the input of the output projection; also what they are made from, which TP does not split."""
    own = query_width + kv_head_width * maximum(kv_heads, tensor_parallel) + window_query_excess + window_kv_excess
    up = 2 * (nope_head_size + rope_head_size) + value_head_size
    mla = heads * ((1 - recomputed_modules) * up + value_head_size) / tensor_parallel
    latents = 2 * (query_rank + kv_rank) + rope_head_size
    return microbatch_tokens * where(kv_rank > 0, mla + latents, own / tensor_parallel + 2 * query_rank) * element_bytes


@quantity(unit="byte", source="inputs of the kernels that come after them")
def attention_extra_bytes(
    microbatch_tokens, heads, attention_gate_size, value_size, value_head_size, indexer_layers, layers, attention_free_layers,
    indexer_heads, indexer_head_size, chosen_keys, index_bytes, element_bytes, tensor_parallel,
):  # fmt: skip
    """What gates and indexers of a layer's attention keep: gates and what they are for, queries, weights, chosen places."""
    value = where(value_head_size > 0, value_head_size, value_size)
    gates = heads * where(attention_gate_size > 0, attention_gate_size + value, 0.0) / tensor_parallel
    choosing = (indexer_heads * (indexer_head_size + 1) + indexer_head_size) * element_bytes + chosen_keys * index_bytes
    share = indexer_layers / maximum(layers - attention_free_layers, 1)
    return microbatch_tokens * (gates * element_bytes + share * choosing)


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
def dense_activation_bytes(microbatch_tokens, ffn_size, ffn_matrices, element_bytes, remade_bytes, tensor_parallel):
    """A dense block's widths: the activation's inputs and its output."""
    return microbatch_tokens * ffn_size * ((ffn_matrices - 1) * element_bytes + remade_bytes) / tensor_parallel


@quantity(unit="byte", source="the inputs and outputs of the experts' products and of permuting tokens to them")
def moe_activation_bytes(
    microbatch_tokens, routed_tokens, expert_width, expert_ffn_size, latent_size, shared_ffn_size, ffn_matrices, element_bytes,
    stored_bytes, remade_bytes, tensor_parallel,
):  # fmt: skip
    """An MoE block's widths: routed tokens before and after the experts, the experts' and the shared experts' widths."""
    inner = (ffn_matrices - 1) * element_bytes + remade_bytes
    routed = routed_tokens * (expert_width * (element_bytes + stored_bytes) + expert_ffn_size * inner)
    whole = microbatch_tokens * (shared_ffn_size * inner + latent_size * (element_bytes + stored_bytes))
    return routed + whole / tensor_parallel


@quantity(unit="byte", source=_TABLE)
def shared_activation_bytes(
    stream_activation_bytes, attention_activation_bytes, score_activation_bytes, attention_extra_bytes, attention_per_layer,
    mamba_activation_bytes, mamba_per_layer, linear_activation_bytes, linear_per_layer, stream_excess_bytes,
):  # fmt: skip
    """What norms, attention, state spaces and linear attention of a layer keep of a microbatch."""
    attention = attention_per_layer * (attention_activation_bytes + score_activation_bytes + attention_extra_bytes)
    others = mamba_per_layer * mamba_activation_bytes + linear_per_layer * linear_activation_bytes
    return stream_activation_bytes + stream_excess_bytes + attention + others


@quantity(unit="", source="what is recomputed by operation is kept as much less", show="%")
def dropped_share(recomputed_layers, recomputed_operations):
    """Share of a layer's activations that are not kept but recomputed: of all layers, or of each one's products."""
    return maximum(recomputed_layers, recomputed_operations)


@quantity(unit="byte", source=_TABLE)
def dense_layer_activations(shared_activation_bytes, dense_activation_bytes, dropped_share, layer_input_bytes, layer_passes):
    """What a dense layer keeps of a microbatch for its backward pass, each time that it is passed through."""
    whole = shared_activation_bytes + dense_activation_bytes
    return layer_passes * (dropped_share * layer_input_bytes + (1 - dropped_share) * whole)


@quantity(unit="byte", source=_TABLE)
def moe_layer_activations(shared_activation_bytes, moe_activation_bytes, dropped_share, layer_input_bytes, layer_passes):
    """What an MoE layer keeps of a microbatch for its backward pass, each time that it is passed through."""
    whole = shared_activation_bytes + moe_activation_bytes
    return layer_passes * (dropped_share * layer_input_bytes + (1 - dropped_share) * whole)


@quantity(unit="byte", source=_ACT)
def working_bytes(dropped_share, moe_layers, shared_activation_bytes, dense_activation_bytes, moe_activation_bytes):
    """One layer's activations while it is recomputed."""
    block = where(moe_layers > 0, moe_activation_bytes, dense_activation_bytes)
    return where(dropped_share > 0, 1.0, 0.0) * (shared_activation_bytes + block)


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
    layers_per_stage, first_moe_layers, microbatches_in_flight, dense_layer_activations, moe_layer_activations
):
    """Activations that a chip of the first stage keeps of all microbatches in flight."""
    kept = (layers_per_stage - first_moe_layers) * dense_layer_activations + first_moe_layers * moe_layer_activations
    return microbatches_in_flight * kept


@quantity(unit="byte", source=_TABLE)
def inner_activation_memory(
    layers_per_stage, stage_moe_layers, microbatches_in_flight, dense_layer_activations, moe_layer_activations
):
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

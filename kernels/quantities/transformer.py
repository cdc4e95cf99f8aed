# mypy: allow-untyped-defs
"""Parameters and floating-point operations of a transformer language model, from its architecture.

A model of one kind of layer, or of dense and mixture-of-experts (MoE) layers. What mixes tokens is attention (attention.py),
or in a hybrid linear attention (linear_attention.py) or state spaces (state_space.py) beside it or in its place: layers of a
hybrid are its feed-forward blocks, and what mixes tokens is counted as the mean of a layer. A product of an m x k by a k x n
matrix counts 2mkn operations. Biases and norms of queries and keys are left out: they are below 0.1% of every published model.
Two backward products for each forward one make training three times the forward pass.

Sources: Narayanan et al. 2021 (arXiv:2104.04473), section 5.1, for the operations of a layer; Korthikanti et al. 2022
(arXiv:2205.05198), appendix A; DeepSeek-AI 2024 (arXiv:2412.19437), section 2.1, for the mixture of experts; Kaplan et al. 2020
(arXiv:2001.08361), section 2.1, for 6ND.
"""

from ..model.quantity import given, maximum, minimum, quantity, where

_LAYER = "Narayanan et al. 2021, arXiv:2104.04473, section 5.1"
_MOE = "DeepSeek-AI 2024, arXiv:2412.19437, section 2.1.2"
_LATENT = "NVIDIA 2025, Nemotron 3 white paper, arXiv:2512.20856: LatentMoE"
_SUM = "definition"

given("layers", "layer", "Transformer layers, dense and MoE together; of a hybrid, its feed-forward blocks.", low=1, whole=True)
given("layer_passes", "", "Times that a token passes through all layers, each time with the same weights.", low=1, whole=True)
given("attention_free_layers", "layer", "Layers that no attention belongs to; 0 but for hybrids.", whole=True)
given("hidden_size", "", "Width of the residual stream.", low=1, whole=True)
given("ffn_size", "", "Inner width of a dense layer's feed-forward block.", low=0, whole=True)
given("ffn_matrices", "", "Matrices of a feed-forward block: 3 where it is gated (SwiGLU), else 2.", low=2, high=3, whole=True)
given("vocabulary_size", "", "Rows of the embedding, padding included.", low=1, whole=True)
given("tied_embeddings", "", "1 where input and output share one embedding, else 0.", high=1, whole=True)
given("learned_positions", "", "Rows of a learned position embedding; 0 for rotary or ALiBi.", whole=True)
given("sequence_length", "token", "Tokens of a training sequence in the main phase of pre-training.", low=1, whole=True)
given(
    "moe_layers",
    "layer",
    "Layers whose feed-forward block is a mixture of experts; 0 for a dense model.",
    whole=True,
    label="MoE layers",
)
given("experts", "", "Routed experts of an MoE layer.", whole=True)
given("active_experts", "", "Routed experts that each token passes through.", whole=True)
given("expert_ffn_size", "", "Inner width of a routed expert.", whole=True)
given("latent_size", "", "Width that tokens are brought to before the routed experts (LatentMoE); 0 for their own.", whole=True)
given("shared_ffn_size", "", "Inner width of shared experts, or of the dense block beside the experts; 0 for none.", whole=True)
given("mtp_layers", "layer", "Extra layers that predict further tokens (MTP), trained along and not in the counts.", whole=True)
given(
    "flops_convention",
    "",
    "What training_flops counts: 0 causal attention, 1 full attention, 2 6ND.",
    high=2,
    whole=True,
    label="what training compute counts",
    words=("causal attention", "full attention", "6ND"),
)
given(
    "recomputed_layers",
    "",
    "Share of the layers' forward pass done again in the backward pass: 0 none, 1 full.",
    high=1,
    show="%",
    label="share of layers recomputed",
)
given(
    "recomputed_attention",
    "",
    "Share of the attention core alone done again: 1 for selective recompute.",
    high=1,
    show="%",
    label="share of attention recomputed",
)
given("tokens", "token", "Tokens trained on, repeats included.", low=0, low_open=True, label="training tokens")
given("published_parameters", "parameter", "All parameters, as the model's makers count them.", low_open=True)
given(
    "published_active_parameters", "parameter", "Parameters that a token uses, as the model's makers count them.", low_open=True
)
given("published_tokens", "token", "Tokens of pre-training, as published.", low_open=True)


@quantity(unit="parameter", source=_LAYER)
def dense_ffn_parameters(hidden_size, ffn_size, ffn_matrices):
    """Weights of a dense layer's feed-forward block."""
    return ffn_matrices * hidden_size * ffn_size


@quantity(unit="", source=_SUM)
def attention_per_layer(attention_free_layers, layers):
    """Attentions of a layer of the mean kind: 1 but for hybrids."""
    return 1 - attention_free_layers / layers


@quantity(unit="", source=_LATENT)
def expert_width(latent_size, hidden_size):
    """Width of what goes in and out of a routed expert."""
    return where(latent_size > 0, latent_size, hidden_size)


@quantity(unit="parameter", source=_MOE)
def expert_parameters(expert_width, expert_ffn_size, ffn_matrices):
    """Weights of one routed expert."""
    return ffn_matrices * expert_width * expert_ffn_size


@quantity(unit="parameter", source=_MOE)
def shared_expert_parameters(hidden_size, shared_ffn_size, ffn_matrices):
    """Weights of an MoE layer's shared experts together."""
    return ffn_matrices * hidden_size * shared_ffn_size


@quantity(unit="parameter", source=_MOE)
def router_parameters(hidden_size, experts):
    """Weights of an MoE layer's router."""
    return hidden_size * experts


@quantity(unit="parameter", source=_LATENT)
def latent_parameters(hidden_size, latent_size):
    """Weights that bring a layer's tokens to the routed experts' width and back."""
    return 2 * hidden_size * latent_size


@quantity(unit="parameter", source=_MOE)
def active_moe_ffn_parameters(
    active_experts, expert_parameters, shared_expert_parameters, router_parameters, latent_parameters
):
    """Weights of an MoE layer's feed-forward block that a token passes through."""
    return active_experts * expert_parameters + shared_expert_parameters + router_parameters + latent_parameters


@quantity(unit="parameter", source=_MOE)
def moe_ffn_parameters(experts, active_experts, expert_parameters, active_moe_ffn_parameters):
    """All weights of an MoE layer's feed-forward block."""
    return active_moe_ffn_parameters + (experts - active_experts) * expert_parameters


@quantity(unit="parameter", source=_SUM)
def embedding_parameters(vocabulary_size, hidden_size):
    """Weights of one token embedding."""
    return vocabulary_size * hidden_size


@quantity(unit="parameter", source=_LAYER)
def norm_parameters(layers, mixers_per_layer, hidden_size, attention_per_layer, query_rank, kv_rank):
    """Gains of the norms: one before each attention and feed-forward block, a last one, and those of MLA's compressions."""
    compressions = attention_per_layer * (query_rank + kv_rank)
    return layers * ((1 + mixers_per_layer) * hidden_size + compressions) + hidden_size


@quantity(unit="parameter", source=_SUM)
def active_layer_parameters(layers, moe_layers, mixer_parameters, dense_ffn_parameters, active_moe_ffn_parameters):
    """Weights of all layers that a token is multiplied with: attention and the feed-forward blocks it passes through."""
    dense = (layers - moe_layers) * dense_ffn_parameters
    return layers * mixer_parameters + dense + moe_layers * active_moe_ffn_parameters


@quantity(unit="parameter", source=_SUM, low_open=True)
def active_parameters(
    active_layer_parameters, embedding_parameters, tied_embeddings, learned_positions, hidden_size, norm_parameters
):
    """Parameters that a token uses, both embeddings counted: of an MoE only the chosen and the shared experts."""
    embeddings = (2 - tied_embeddings) * embedding_parameters + learned_positions * hidden_size
    return active_layer_parameters + embeddings + norm_parameters


@quantity(unit="parameter", source=_SUM, low_open=True)
def parameters(active_parameters, moe_layers, moe_ffn_parameters, active_moe_ffn_parameters):
    """All parameters, without MTP layers."""
    return active_parameters + moe_layers * (moe_ffn_parameters - active_moe_ffn_parameters)


# --- operations ---------------------------------------------------------------------------------------------------------


@quantity(unit="FLOP", source=_LAYER)
def matmul_flops(layer_passes, active_layer_parameters, embedding_parameters):
    """Forward operations per token of products with weights: the layers and the output embedding (logits)."""
    return 2 * (layer_passes * active_layer_parameters + embedding_parameters)


@quantity(unit="FLOP", source="DeepSeek-AI 2024, arXiv:2412.19437, section 2.2")
def mtp_flops(
    mtp_layers,
    layers,
    attention_free_layers,
    moe_layers,
    hidden_size,
    attention_parameters,
    dense_ffn_parameters,
    active_moe_ffn_parameters,
    embedding_parameters,
    attention_core_flops,
):
    """Forward operations per token of the MTP layers: attention and the last layer's block, a 2h x h projection, logits."""
    block = where(moe_layers > 0, active_moe_ffn_parameters, dense_ffn_parameters)
    weights = attention_parameters + block + 2 * hidden_size * hidden_size + embedding_parameters
    return mtp_layers * (2 * weights + attention_core_flops / maximum(layers - attention_free_layers, 1))


@quantity(unit="FLOP", source="three times the forward pass; half of the attention core, for the causal mask")
def causal_flops_per_token(matmul_flops, layer_passes, attention_core_flops, scan_flops, mtp_flops):
    """Training operations per token, causal attention counted at half."""
    return 3 * (matmul_flops + layer_passes * attention_core_flops + layer_passes * scan_flops + mtp_flops)


@quantity(unit="FLOP", source="three times the forward pass, Narayanan et al. 2021, arXiv:2104.04473, section 5.1")
def full_flops_per_token(matmul_flops, layer_passes, full_attention_core_flops, scan_flops, mtp_flops):
    """Training operations per token, attention counted in full."""
    return 3 * (matmul_flops + layer_passes * full_attention_core_flops + layer_passes * scan_flops + mtp_flops)


@quantity(unit="FLOP", source="Kaplan et al. 2020, arXiv:2001.08361, section 2.1")
def six_n_flops_per_token(active_parameters, layer_passes, active_layer_parameters):
    """Training operations per token as 6N, N the active parameters, each as often as it is used; attention's core left out."""
    return 6 * (active_parameters + (layer_passes - 1) * active_layer_parameters)


@quantity(unit="FLOP", source="the convention that flops_convention names", low_open=True)
def flops_per_token(flops_convention, causal_flops_per_token, full_flops_per_token, six_n_flops_per_token):
    """Training operations per token (the numerator of MFU: no recompute)."""
    attention = where(flops_convention < 1, causal_flops_per_token, full_flops_per_token)
    return where(flops_convention < 2, attention, six_n_flops_per_token)


@quantity(unit="FLOP", source=_SUM, low_open=True, label="training compute")
def training_flops(tokens, flops_per_token):
    """Operations that training the model once takes, recompute left out."""
    return tokens * flops_per_token


@quantity(unit="FLOP", source="Korthikanti et al. 2022, arXiv:2205.05198, section 5 and appendix A")
def recompute_flops(
    tokens, recomputed_layers, recomputed_attention, layer_passes, active_layer_parameters, attention_core_flops, scan_flops
):
    """Operations done a second time in the backward pass to spare memory; logits are not recomputed."""
    core = minimum(recomputed_layers + recomputed_attention, 1) * attention_core_flops
    return tokens * layer_passes * (recomputed_layers * (2 * active_layer_parameters + scan_flops) + core)


@quantity(unit="FLOP", source=_SUM, low_open=True)
def hardware_flops(training_flops, recompute_flops):
    """Operations that the hardware does: those of training and those done again (the numerator of HFU)."""
    return training_flops + recompute_flops

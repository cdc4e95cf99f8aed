"""A Hugging Face ``config.json`` as the model's columns: dense, grouped-query, mixture-of-experts, latent attention, hybrids.

Key names are those of the transformers library's configuration classes (huggingface.co/docs/transformers). A config does not
say what sequence length the model was trained on: ``max_position_embeddings`` is what it can read.
"""

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from .... import configs
from ....kernels import reading
from ...errors import InputError, Parameter
from . import hybrid, mixing
from .model_reading import ModelReading
from .values import MAX_LAYERS, Config

# Feed-forward blocks of two matrices; every other known kind has three (gated).
_PLAIN = {
    "gpt2",
    "gpt_neo",
    "gpt_neox",
    "gptj",
    "opt",
    "bloom",
    "falcon",
    "mpt",
    "phi",
    "starcoder2",
    "gpt_bigcode",
    "nemotron",
    "nemotron_h",
    "apertus",
}
# Kinds whose class ties the embeddings unless the config says otherwise.
_TIED = {
    "gpt2",
    "gpt_neo",
    "opt",
    "bloom",
    "falcon",
    "mpt",
    "gpt_bigcode",
    "gemma",
    "gemma2",
    "gemma3",
    "gemma3_text",
    "gemma4",
    "gemma4_text",
    "cohere",
}
_LEARNED = {
    "gpt2": ("n_positions",),
    "gpt_bigcode": ("n_positions",),
    "opt": ("max_position_embeddings",),
    "gpt_neo": ("max_position_embeddings",),
}
# Keys of layers that are no attention (state spaces, linear attention), of other kinds: what they compute is not modelled.
_OTHER_LAYERS = (
    "attn_layer_period",
    "hybrid_override_pattern",
    "layers_block_type",
    "linear_num_value_heads",
    "mamba_d_state",
    "mamba_num_heads",
    "ssm_cfg",
    "ssm_state_size",
    "state_size",
)
_ATTENTION = {"full_attention", "sliding_attention", "chunked_attention", "attention", "deepseek_sparse_attention"}
_ENCODERS = {"albert", "bert", "deberta", "deberta-v2", "distilbert", "electra", "modernbert", "roberta", "xlm-roberta"}
_PATTERN = {"gemma2": 2.0, "gemma3": 6.0, "gemma3_text": 6.0, "cohere2": 4.0}  # one layer in so many looks at everything
_HALVED = {"qwen"}  # whose `intermediate_size` is that of gate and value together

# Kinds whose `intermediate_size` is an expert's when there are experts.
_EXPERT_WIDTH = ("moe_intermediate_size", "expert_ffn_hidden_size")
_SHARED = ("n_shared_experts", "num_shared_experts", "num_shared_expert", "moe_num_shared_experts")
_SHARED_WIDTH = (
    "shared_expert_intermediate_size",
    "moe_shared_expert_intermediate_size",
    "shared_intermediate_size",
    "share_expert_dim",
)


def read(path: Path, settled: Collection[str] = ()) -> ModelReading:
    """Read the model that a file describes.

    Parameters
    ----------
    path
        The file.
    settled
        As of `read_document`.

    Raises
    ------
    InputError
        Names the file and the key.
    """
    try:
        document = json.loads(reading.read_text(path, piped=True))
        reading.check_nesting(document)
    except reading.ReadingError as error:
        raise InputError(str(error), where=str(path)) from error
    except (ValueError, RecursionError) as error:  # of JSONDecodeError, and of a number of thousands of digits
        raise InputError(f"is not valid JSON: {error}", where=str(path)) from None
    if not isinstance(document, dict):
        raise InputError("must be a JSON object, a model's config.json", where=str(path))
    return read_document(document, str(path), settled)


def read_document(document: Mapping[str, Any], where: str = "config.json", settled: Collection[str] = ()) -> ModelReading:
    """Read the model that a config describes; of a model with several parts, its language model.

    Parameters
    ----------
    document
        The JSON object of a ``config.json``.
    where
        What errors name: the file.
    settled
        Quantities that the caller states: a key that bears on these alone is not refused.

    Raises
    ------
    InputError
        Where a key is missing or wrong, and where the model's quantities do not describe its layers.
    """
    config = Config(document.get("text_config") or document, str(document.get("model_type", "")), where)
    return ModelReading(_columns(config), config.kind)


def _columns(config: Config) -> dict[str, float]:
    _decoder_of_attention(config)
    heads = config.need("num_attention_heads", "n_head", "n_heads")
    hidden = config.need("hidden_size", "n_embd", "n_embed", "d_model")
    sizes = {
        "layers": config.need("num_hidden_layers", "n_layer", "n_layers", "num_layers", most=MAX_LAYERS),
        "hidden_size": hidden,
        "heads": heads,
        "kv_heads": _kv_heads(config, heads),
        "head_size": config.get("head_dim", "attention_head_dim", default=0.0) or hidden / heads,
        "ffn_matrices": 2.0 if config.kind in _PLAIN else 3.0,
        "vocabulary_size": config.need("vocab_size", "padded_vocab_size"),
        "tied_embeddings": float(bool(config.raw.get("tie_word_embeddings", config.kind in _TIED))),
        "learned_positions": config.get(*_LEARNED.get(config.kind, ()), default=0.0),
    }
    sizes["ffn_size"] = config.get("intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size", default=4 * hidden)
    if config.kind in _HALVED:
        sizes["ffn_size"] /= 2
    if config.kind == "granitemoehybrid":  # the block beside the experts, which is all there is without them
        sizes["ffn_size"] = config.get("shared_intermediate_size", default=sizes["ffn_size"])
    sizes = {**configs.load("models").otherwise, **sizes, **hybrid.columns(config, sizes["layers"])}
    return sizes | _experts(config, sizes) | _latent(config) | _window(config, sizes["layers"]) | mixing.columns(config, sizes)


def _decoder_of_attention(config: Config) -> None:
    """Refuse what the model's quantities do not describe, rather than count it wrongly."""
    if config.kind in hybrid.HYBRIDS | mixing.LINEAR:
        return
    other = next((key for key in _OTHER_LAYERS if config.raw.get(key) not in (None, 0, False)), None)
    kinds = config.raw.get("layer_types")
    strange = [kind for kind in kinds if not isinstance(kind, str) or kind not in _ATTENTION] if isinstance(kinds, list) else []
    if other is not None or strange:
        named = other if other is not None else f"layer_types {strange[0]!r}"
        raise InputError(
            f"has layers that are no attention ({named}), which are not modelled; give ",
            Parameter("parameters"),
            where=config.where,
        )
    if config.raw.get("is_encoder_decoder") or config.kind in _ENCODERS:
        instead = Parameter("parameters")
        raise InputError("is no decoder alone, which is all that is modelled; give ", instead, where=config.where)


def _kv_heads(config: Config, heads: float) -> float:
    if config.raw.get("multi_query") and not config.raw.get("new_decoder_architecture"):
        return 1.0
    return config.get(
        "num_key_value_heads", "num_kv_heads", "multi_query_group_num", "kv_n_heads", "num_attention_groups", default=heads
    )


def _experts(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    experts = config.get("n_routed_experts", "num_local_experts", "num_experts", "moe_num_experts", default=0.0)
    if config.kind.startswith("gemma4") and not config.raw.get("enable_moe_block"):
        experts = 0.0
    if experts <= 1:
        none = ("moe_layers", "experts", "active_experts", "expert_ffn_size", "latent_size", "shared_ffn_size")
        return dict.fromkeys(none, 0.0)
    width = config.get(*_EXPERT_WIDTH, "intermediate_size", default=sizes["ffn_size"])
    shared = config.get(*_SHARED, default=0.0) * width
    active = config.need("num_experts_per_tok", "num_experts_per_token", "moe_topk", "moe_top_k", "moe_k", most=experts)
    result = {
        "moe_layers": _moe_layers(config, sizes["layers"]),
        "experts": experts,
        "active_experts": active,
        "expert_ffn_size": width,
        "latent_size": config.get("moe_latent_size", "routed_expert_hidden_size", default=0.0),
        "shared_ffn_size": config.get(*_SHARED_WIDTH, default=shared),
    }
    if config.raw.get("residual_moe"):  # a dense block beside the experts
        result["shared_ffn_size"] = sizes["ffn_size"]
    if config.kind.startswith("llama4"):  # a shared expert of an expert's width, and dense layers of their own
        result["shared_ffn_size"] = width
        result["ffn_size"] = config.get("intermediate_size_mlp", default=sizes["ffn_size"])
    return result


def _moe_layers(config: Config, layers: float) -> float:
    if config.kind in hybrid.HYBRIDS:
        return hybrid.moe_layers(config, layers)
    listed = config.raw.get("moe_layers")
    if isinstance(listed, list):
        return float(len(listed))
    listed = config.raw.get("moe_layers_enum")
    if isinstance(listed, str):
        return float(len(listed.split(",")))
    listed = config.raw.get("moe_layer_freq")
    if isinstance(listed, list):
        return float(sum(layer == 1 for layer in listed))
    dense_first = config.get("first_k_dense_replace", "num_dense_layers", "moe_layer_start_index", default=0.0)
    step = max(config.get("decoder_sparse_step", "moe_layer_freq", "interleave_moe_layer_step", default=1.0), 1.0)
    listed = config.raw.get("mlp_only_layers")
    only_dense = listed if isinstance(listed, list) else []
    dense = set(range(int(min(dense_first, layers)))) | {i for i in only_dense if isinstance(i, int)}
    # transformers: layer i is sparse where (i + 1) % step is 0; DeepSeek's moe_layer_freq is 1 throughout
    return float(sum((i + 1) % int(step) == 0 and i not in dense for i in range(int(layers))))


def _latent(config: Config) -> dict[str, float]:
    rank = config.get("kv_lora_rank", default=0.0)
    if not rank:
        none = dict.fromkeys(("kv_rank", "nope_head_size", "rope_head_size"), 0.0)
        ranks = {"query_rank": config.get("share_q_dim", default=0.0)}
        return none | ranks | {"value_head_size": config.get("v_head_dim", default=0.0)}
    return {
        "query_rank": config.get("q_lora_rank", default=0.0),
        "kv_rank": rank,
        "nope_head_size": config.need("qk_nope_head_dim"),
        "rope_head_size": config.need("qk_rope_head_dim"),
        "value_head_size": config.need("v_head_dim"),
    }


def _window(config: Config, layers: float) -> dict[str, float]:
    size = config.get("sliding_window", default=0.0)
    kinds = config.raw.get("layer_types")
    if isinstance(pattern := config.raw.get("hybrid_layer_pattern"), list):  # 1 where a layer sees a window
        kinds = ["sliding_attention" if kind == 1 else "full_attention" for kind in pattern]
    if not size or config.raw.get("use_sliding_window") is False:
        return {"window_layers": 0.0, "window_size": 0.0}
    if isinstance(kinds, list):
        return {"window_layers": float(sum(kind == "sliding_attention" for kind in kinds)), "window_size": size}
    pattern = config.get("sliding_window_pattern", default=_PATTERN.get(config.kind, 0.0))
    full = layers // pattern if pattern else 0.0
    return {"window_layers": layers - full, "window_size": size}

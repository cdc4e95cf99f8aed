"""Attention of new kinds in a Hugging Face ``config.json``: linear, chosen, compressed, chunked, gated, of other widths.

What a config has nothing of is left out; the reader takes it as the table of models does.
"""

from collections.abc import Mapping
from typing import Any

from ...errors import InputError
from .values import Config

_DELTANET = ("qwen3_next", "qwen3_5_text", "qwen3_5_moe_text", "qwen3_5", "qwen3_5_moe")
_KDA = ("kimi_linear", "kimi_k3")
_LIGHTNING = ("minimax", "minimax_text_01", "MiniMaxText01", "bailing_hybrid")
LINEAR = frozenset((*_DELTANET, *_KDA, *_LIGHTNING))  # hybrids of linear and other attention
_GATED = ("afmoe", *_DELTANET)  # gates on attention's output, unless the config says otherwise
_INTERVAL = 4.0  # one layer in so many has full attention, where the config does not say which


def columns(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read what mixes tokens beside plain attention; ``sizes`` are the layers, heads and widths read so far.

    Raises
    ------
    InputError
        Where a kind's sizes are missing, or its layers cannot be counted.
    """
    result = {"layer_passes": config.get("total_ut_steps", default=1.0)}
    if config.kind in LINEAR:
        result |= _linear(config, sizes)
    if config.raw.get("attn_output_gate", config.raw.get("mla_use_output_gate", config.kind in _GATED)):
        result["attention_gate_size"] = config.get("v_head_dim", default=sizes["head_size"])
    if config.kind.startswith("llama4"):
        result |= _chunks(config, sizes["layers"])
    if config.kind == "deepseek_v4":
        return result | _compressed(config, sizes["layers"])
    if topk := config.get("index_topk", default=0.0):
        heads, size = config.need("index_n_heads"), config.need("index_head_dim")
        indexer = {"indexer_layers": sizes["layers"], "indexer_heads": heads, "indexer_head_size": size}
        result |= indexer | {"chosen_keys": topk}
    result["window_kv_heads"] = config.get("swa_num_key_value_heads", default=0.0)
    result["window_head_size"] = config.get("swa_head_dim", default=0.0)
    if config.raw.get("attention_k_eq_v"):
        result |= _two_kinds_of_heads(config, sizes)
    return result


def _linear(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    layers = sizes["layers"]
    counts = {"linear_layers": _linear_layers(config, layers)}
    counts["attention_free_layers"] = counts["linear_layers"]
    if config.kind in _DELTANET:
        return counts | {
            "linear_key_heads": config.need("linear_num_key_heads"),
            "linear_value_heads": config.need("linear_num_value_heads"),
            "linear_key_size": config.need("linear_key_head_dim"),
            "linear_value_size": config.need("linear_value_head_dim"),
            "linear_gates": 2.0,
        }
    if config.kind in _KDA:
        part = config.part("linear_attn_config")
        heads, size = part.need("num_heads"), part.need("head_dim")
        gates = {"linear_gates": 1.0, "linear_decay_rank": size}
        gates["linear_gate_rank"] = 0.0 if part.raw.get("use_full_rank_gate") else size
    else:
        heads, size = config.get("num_kv_heads_for_linear_attn", default=sizes["heads"]), sizes["head_size"]
        gates = {}
    widths = dict.fromkeys(("linear_key_size", "linear_value_size"), size)
    return counts | gates | widths | dict.fromkeys(("linear_key_heads", "linear_value_heads"), heads)


def _linear_layers(config: Config, layers: float) -> float:
    """Count the linear attentions by the list that the config has, else by how often another kind comes."""
    kinds, types = config.raw.get("layer_types"), config.raw.get("attn_type_list")
    listed: Any = config.part("linear_attn_config").raw.get("kda_layers") if config.kind in _KDA else None
    if isinstance(listed, list):
        count = float(len(listed))
    elif isinstance(kinds, list):
        count = float(sum(kind == "linear_attention" for kind in kinds))
    elif isinstance(types, list):
        count = float(sum(kind == 0 for kind in types))
    else:
        count = layers - layers // config.get("full_attention_interval", "layer_group_size", default=_INTERVAL)
    if not 0 < count < layers:
        raise InputError(
            f"must have linear attention in some of its {layers:g} layers and other attention in the rest, "
            f"not linear attention in {count:g}",
            where=config.where,
        )
    return count


def _chunks(config: Config, layers: float) -> dict[str, float]:
    size = config.get("attention_chunk_size", default=0.0)
    kinds = config.raw.get("layer_types")
    full = layers // config.get("no_rope_layer_interval", default=_INTERVAL)
    chunked = float(sum(kind == "chunked_attention" for kind in kinds)) if isinstance(kinds, list) else layers - full
    return {"window_layers": chunked, "window_size": size, "chunked_windows": 1.0} if size else {}


def _compressed(config: Config, layers: float) -> dict[str, float]:
    """Read DeepSeek-V4's layers by how many tokens a key stands for: 0 a window only, few with an indexer, many without."""
    ratios = config.raw.get("compress_ratios")
    if not isinstance(ratios, list) or len(ratios) < layers or not all(isinstance(ratio, int) for ratio in ratios):
        raise InputError("compress_ratios must have a whole number for each layer", where=config.where)
    own = ratios[: int(layers)]
    kinds = sorted({ratio for ratio in own if ratio > 0})
    if len(kinds) > 2:
        raise InputError(f"compress_ratios must be of at most two sizes, not {kinds[:5]}", where=config.where)
    few, many = ([*kinds, 0, 0] if len(kinds) != 1 else [kinds[0], 0])[:2]
    return {
        "query_rank": config.need("q_lora_rank"),
        "tied_values": 1.0,
        "output_rank": config.need("o_lora_rank"),
        "output_groups": config.need("o_groups"),
        "window_layers": float(own.count(0)),
        "window_size": config.need("sliding_window"),
        "indexer_layers": float(own.count(few)) if few else 0.0,
        "indexer_heads": config.need("index_n_heads"),
        "indexer_head_size": config.need("index_head_dim"),
        "chosen_keys": config.need("index_topk"),
        "chosen_compression": float(few),
        "compressed_layers": float(own.count(many)) if many else 0.0,
        "key_compression": float(many),
    }


def _two_kinds_of_heads(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read Gemma 4's heads: those of the config are of the windows, the global layers have their own, with keys as values."""
    return {
        "tied_values": 1.0,
        "window_kv_heads": sizes["kv_heads"],
        "window_head_size": sizes["head_size"],
        "kv_heads": config.get("num_global_key_value_heads", default=sizes["kv_heads"]),
        "head_size": config.need("global_head_dim"),
    }

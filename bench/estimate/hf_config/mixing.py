"""Attention of new kinds in a Hugging Face ``config.json``: linear, chosen, compressed, chunked, gated, of other widths.

What a config has nothing of is left out; the reader takes it as the table of models does.
"""

from collections.abc import Mapping
from typing import Any

from ....kernels.quantities.state_space import KERNEL
from ...errors import InputError, Parameter
from . import families
from .values import Config, is_size

_INTERVAL = 4.0  # one layer in so many has full attention, where the config does not say which
_LINEAR_KEYS = ("full_attention_interval", "layer_group_size", "layer_types", "attn_type_list")


def columns(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read what mixes tokens beside plain attention; ``sizes`` are the layers, heads and widths read so far.

    Raises
    ------
    InputError
        Where a kind's sizes are missing, or its layers cannot be counted.
    """
    result = _latent(config, sizes) | {"layer_passes": config.get("total_ut_steps", default=1.0)}
    linear = config.family.trait("linear")
    if not linear and set(config.listed("attn_type_list") or ()) - {1}:
        raise InputError("attn_type_list has other attention than full, which is not modelled here", where=config.where)
    if linear:
        result |= _linear(config, sizes, linear)
    if config.flag("attn_output_gate", "mla_use_output_gate", default=bool(config.family.trait("gated_attention"))):
        result["attention_gate_size"] = config.get("v_head_dim", default=0.0) or sizes["head_size"]
    if "gating" in config.family.takes:
        result["attention_gate_size"] = _gates(config, sizes["head_size"])
    if "attention_chunk_size" in config.family.takes:
        result |= _chunks(config, sizes["layers"])
    if "compress_ratios" in config.family.takes:
        return result | _compressed(config, sizes["layers"])
    if set(config.listed("indexer_types") or ()) - {"full"}:
        raise InputError("indexer_types has layers that share an indexer, which is not modelled", where=config.where)
    if topk := config.get("index_topk", default=0.0):
        heads, size = config.need("index_n_heads"), config.need("index_head_dim")
        indexer = {"indexer_layers": sizes["layers"], "indexer_heads": heads, "indexer_head_size": size}
        result |= indexer | {"chosen_keys": topk}
    result["window_kv_heads"] = config.get("swa_num_key_value_heads", default=0.0)
    result["window_head_size"] = config.get("swa_head_dim", default=0.0)
    if "global_head_dim" in config.family.takes:
        result |= _two_kinds_of_heads(config, sizes)
    return result


def _gates(config: Config, head_size: float) -> float:
    """Read how many gates a head's output has."""
    gates = {True: 1.0, "per-head": 1.0, "per-element": head_size}
    gating = config.value("gating")
    if not isinstance(gating, (bool, str)) or gating not in gates:
        raise InputError(f"gating must be true, per-head or per-element, not {str(gating)[:40]}", where=config.where)
    return gates[gating]


def _latent(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read latent attention (MLA), or what is made of narrower queries and values without it."""
    latent = config.flag("use_mla", default=True)
    rank = config.get("kv_lora_rank", default=0.0) if latent else 0.0
    if not latent:
        config.skip("kv_lora_rank", "q_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim")
        return dict.fromkeys(("kv_rank", "nope_head_size", "rope_head_size", "query_rank", "value_head_size"), 0.0)
    if not rank and config.family.takes.get("kv_lora_rank"):  # else the class's own would have been read
        stated = "0" if config.states("kv_lora_rank") else "null"
        said = f"kv_lora_rank is {stated}, and the attention of the model_type {config.kind} is latent; give "
        raise InputError(said, Parameter("parameters"), where=config.where)
    if not rank:
        none = dict.fromkeys(("kv_rank", "nope_head_size", "rope_head_size"), 0.0)
        ranks = {"query_rank": config.get("share_q_dim", default=0.0)}
        return none | ranks | {"value_head_size": config.get("v_head_dim", default=0.0)}
    for key in ("head_dim", "num_key_value_heads", "qk_head_dim"):  # of no meaning here
        config.skip(key)
        config.assumed.pop(key, None)
    return {
        "query_rank": config.get("q_lora_rank", default=0.0),
        "kv_rank": rank,
        "nope_head_size": config.need("qk_nope_head_dim"),
        "rope_head_size": config.need("qk_rope_head_dim"),
        "value_head_size": config.get("v_head_dim", default=0.0) or _value_size(config, sizes),
    }


def _value_size(config: Config, sizes: Mapping[str, float]) -> float:
    if config.family.trait("values_are_as_wide_as_heads"):
        return sizes["hidden_size"] / sizes["heads"]
    return config.need("v_head_dim")


def _linear(config: Config, sizes: Mapping[str, float], linear: str) -> dict[str, float]:
    layers = sizes["layers"]
    counts = {"linear_layers": _linear_layers(config, layers)}
    counts["attention_free_layers"] = counts["linear_layers"]
    kernel = config.get("linear_conv_kernel_dim", "short_conv_kernel_size", default=float(KERNEL))
    if kernel != KERNEL:
        raise InputError(f"has a convolution of {kernel:g} steps; only {KERNEL} are modelled", where=config.where)
    if linear == "deltanet":
        return counts | {
            "linear_key_heads": config.need("linear_num_key_heads"),
            "linear_value_heads": config.need("linear_num_value_heads"),
            "linear_key_size": config.need("linear_key_head_dim"),
            "linear_value_size": config.need("linear_value_head_dim"),
            "linear_gates": 2.0,
        }
    if "linear_attn_config" in config.family.takes and not config.states("linear_num_heads"):
        part = config.part("linear_attn_config")
        heads, size = (_of_part(part, key) for key in ("num_heads", "head_dim"))
        gates = {"linear_gates": 1.0, "linear_decay_rank": size}
        gates["linear_gate_rank"] = 0.0 if part.raw.get("use_full_rank_gate") else size
        _check_part(part, "linear_attn_config")
    elif linear == "kda" or config.states("linear_num_heads"):
        heads, size = config.need("linear_num_heads"), config.need("linear_head_dim")
        gates = {"linear_gates": 1.0, "linear_decay_rank": size, "linear_gate_rank": size}
        if config.family.trait("full_rank_gates"):  # a rank at which two matrices weigh what the one full matrix does
            hidden, width = sizes["hidden_size"], heads * size
            gates |= {
                "linear_decay_rank": hidden * width / (hidden + width),
                "linear_gate_rank": 0.0,
                "attention_gate_size": 1.0,
            }
    else:
        heads, size = config.get("num_kv_heads_for_linear_attn", default=sizes["heads"]), sizes["head_size"]
        gates = {}
    widths = dict.fromkeys(("linear_key_size", "linear_value_size"), size)
    return counts | gates | widths | dict.fromkeys(("linear_key_heads", "linear_value_heads"), heads)


def _linear_layers(config: Config, layers: float) -> float:
    """Count the linear attentions by the list that the config has, else by how often another kind comes."""
    kinds, types = config.raw.get("layer_types"), config.raw.get("attn_type_list")
    config.skip(*_LINEAR_KEYS)
    part = config.raw.get("linear_attn_config") if "linear_attn_config" in config.family.takes else None
    listed: Any = part.get("kda_layers") if isinstance(part, dict) else None
    if isinstance(listed, list):
        count = float(len(config.places("kda_layers", listed, layers, first=1)))
    elif isinstance(kinds, list):
        count = float(sum(kind == "linear_attention" for kind in _of_each(config, "layer_types", layers)))
    elif isinstance(types, list):
        count = float(sum(kind == 0 for kind in _of_each(config, "attn_type_list", layers)))
    elif key := config.family.trait("linear_layers"):
        raise InputError(f"has no {key}, which says which layers have linear attention", where=config.where)
    else:
        count = layers - layers // max(config.get("full_attention_interval", "layer_group_size", default=_INTERVAL), 1.0)
    if not 0 < count < layers:
        raise InputError(
            f"must have linear attention in some of its {layers:g} layers and other attention in the rest, "
            f"not linear attention in {count:g}",
            where=config.where,
        )
    return count


def _of_each(config: Config, key: str, layers: float) -> list[Any]:
    """Read a list of a word for each layer. Raises InputError where it is of another number of layers."""
    entries: list[Any] = config.raw[key]
    if len(entries) != layers:
        raise InputError(f"{key} lists {len(entries)} layers, and there are {layers:g}", where=config.where)
    return entries


_PART_KEYS = ("num_heads", "head_dim", "kda_layers", "full_attn_layers", "use_full_rank_gate", "short_conv_kernel_size")


def _of_part(part: Config, key: str) -> float:
    value = part.raw.get(key)
    if not is_size(value) or not value:
        raise InputError(f"has no {key} in linear_attn_config; a model's config.json states it", where=part.where)
    return float(value)


def _check_part(part: Config, name: str) -> None:
    """Refuse what a part says beyond what was read of it."""
    odd = next((key for key in part.raw if key not in _PART_KEYS and not families.is_neutral(key, part.raw[key])), None)
    if odd is not None:
        raise InputError(
            f"{name}.{odd} is {part.raw[odd]}, which is not understood; give ", Parameter("parameters"), where=part.where
        )
    if part.raw.get("short_conv_kernel_size", KERNEL) != KERNEL:
        raise InputError(f"{name}.short_conv_kernel_size must be {KERNEL}, which is what is modelled", where=part.where)


def _chunks(config: Config, layers: float) -> dict[str, float]:
    size = config.get("attention_chunk_size", default=0.0)
    kinds, rotary = config.raw.get("layer_types"), config.raw.get("no_rope_layers")
    config.skip("layer_types")
    if isinstance(kinds, list):
        chunked = float(sum(kind == "chunked_attention" for kind in kinds))
    elif isinstance(rotary, list) and len(rotary) == layers:  # 1 where a layer has rotary positions and attends in chunks
        chunked = float(sum(entry == 1 for entry in rotary))
    else:
        chunked = layers - layers // max(config.get("no_rope_layer_interval", default=_INTERVAL), 1.0)
    return {"window_layers": chunked, "window_size": size, "chunked_windows": 1.0} if size else {}


def _compressed(config: Config, layers: float) -> dict[str, float]:
    """Read DeepSeek-V4's layers by how many tokens a key stands for: 0 a window only, few with an indexer, many without."""
    ratios = config.value("compress_ratios")
    if ratios is None and isinstance(config.raw.get("layer_types"), list):
        ratios = _rates(config)
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
        "residual_streams": config.get("hc_mult", default=1.0),
    }


def _rates(config: Config) -> list[Any]:
    """Read how many tokens a key stands for from the kind of each layer."""
    rates = config.value("compress_rates")
    rates = {"sliding_attention": 0, **rates} if isinstance(rates, dict) else {}
    return [rates.get(kind) if isinstance(kind, str) else None for kind in config.listed("layer_types") or ()]


def _two_kinds_of_heads(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read Gemma 4's heads: those of the config are of the windows, the global layers have their own, with keys as values."""
    tied = config.flag("attention_k_eq_v")
    key = "num_global_key_value_heads"
    own = config.need(key) if config.states(key) else sizes["kv_heads"]
    return {
        "tied_values": float(tied),
        "window_kv_heads": sizes["kv_heads"],
        "window_head_size": sizes["head_size"],
        "kv_heads": own if tied else sizes["kv_heads"],
        "head_size": config.need("global_head_dim"),
    }

"""Layers that differ in a Hugging Face ``config.json``, as the mean of a layer, which gives the same counts and operations.

Weights and operations of a layer grow in proportion to its heads and to the width of its feed-forward block, so that a model
of layers of several sizes has those of one whose layers all have the mean.
"""

import math
from collections.abc import Mapping
from typing import Any

from ....kernels.validation.wording import described
from ...errors import InputError, Parameter
from .values import MAX_LAYERS, Config, is_size


def columns(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read the layers of a family whose layers differ; nothing for the others.

    Raises
    ------
    InputError
        Where a layer is not described as its family does.
    """
    if "block_configs" in config.family.takes:
        return _chosen_blocks(config, sizes)
    if "num_key_value_heads_per_layer" in config.family.takes:
        return _heads_per_layer(config, sizes)
    if "num_attention_heads_per_layer" in config.family.takes:
        return _listed_heads_of_windows(config, sizes)
    if "attention_other_setting" in config.family.takes:
        return _other_heads_of_windows(config, sizes)
    if "conv_L_cache" in config.family.takes:
        return _short_convolutions(config, sizes)
    if "mamba_dt_rank" in config.family.takes:
        return _first_state_spaces(config, sizes)
    if config.flag("use_cla"):
        return _shared_keys(config, sizes)
    config.skip("cla_share_factor")
    if "word_embed_proj_dim" in config.family.takes:
        return _projected_embeddings(config, sizes)
    if config.family.trait("two_attentions_per_layer"):
        return _two_attentions(config, sizes)
    return {}


def _chosen_blocks(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read the blocks that a search chose (Nemotron NAS): of attention its groups of heads, of feed-forward blocks the width.

    Either may be a linear map of the hidden size, or left out.
    """
    blocks = config.value("block_configs")
    if not isinstance(blocks, list) or not 0 < len(blocks) <= MAX_LAYERS:
        shown = repr(blocks)[:40] if isinstance(blocks, str) else described(blocks, "an object")
        raise InputError(
            f"block_configs must be the list of the layers' blocks, not {shown}; else give ",
            Parameter("parameters"),
            where=config.where,
        )
    hidden, heads = sizes["hidden_size"], sizes["heads"]
    kv_heads, width, without = 0.0, 0.0, 0
    for place, block in enumerate(blocks):
        attention, ffn = (_block(config, block, place, name) for name in ("attention", "ffn"))
        linear = (bool(attention.get("replace_with_linear")), bool(ffn.get("replace_with_linear")))
        width += sum(linear) * hidden / 3  # a matrix of the hidden size squared is a third of a gated block of that width
        if attention.get("no_op") or linear[0]:
            without += 1
        else:
            kv_heads += heads / _number(config, attention, place, "n_heads_in_group")
        if not (ffn.get("no_op") or linear[1]):
            width += _round_up(int(2 * _number(config, ffn, place, "ffn_mult") * hidden / 3))
    attentions = len(blocks) - without
    return {
        "layers": float(len(blocks)),
        "attention_free_layers": float(without),
        "kv_heads": kv_heads / attentions if attentions else heads,
        "ffn_size": width / len(blocks),
    }


_MODELLED = {"n_heads_in_group", "no_op", "replace_with_linear", "ffn_mult"}


def _block(config: Config, block: Any, place: int, name: str) -> Mapping[str, Any]:
    """Return one half of a layer's block, refusing what it says beyond what is modelled."""
    half = block.get(name) if isinstance(block, dict) else None
    if not isinstance(half, dict):
        raise InputError(f"block_configs[{place}] must have {name} as an object", where=config.where)
    odd = next((key for key, value in half.items() if key not in _MODELLED and value not in (None, False)), None)
    if odd is not None:
        raise InputError(
            f"block_configs[{place}].{name}.{odd} is {str(half[odd])[:40]}, which is not understood; give ",
            Parameter("parameters"),
            where=config.where,
        )
    return half


def _number(config: Config, half: Mapping[str, Any], place: int, key: str) -> float:
    value = half.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e6:
        raise InputError(f"block_configs[{place}] must have {key}, a number above 0", where=config.where)
    return float(value)


def _round_up(width: int, multiple: int = 256) -> int:
    return math.ceil(width / multiple) * multiple


def _heads_per_layer(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read how many heads of keys and values each layer has (DeciLM), as their mean."""
    listed = config.listed("num_key_value_heads_per_layer") or []
    if len(listed) != sizes["layers"]:
        said = f"num_key_value_heads_per_layer lists {len(listed)} layers, and there are {sizes['layers']:g}"
        raise InputError(said, where=config.where)
    return {"kv_heads": _mean(config, "num_key_value_heads_per_layer")}


def _listed_heads_of_windows(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read how many heads each layer has (Laguna): as many in all layers that see everything, as many in all windows."""
    listed, kinds = config.listed("num_attention_heads_per_layer"), config.raw.get("layer_types")
    if listed is None:
        return {}
    key = "num_attention_heads_per_layer"
    if len(listed) != sizes["layers"] or not all(is_size(entry) and entry for entry in listed):
        raise InputError(f"{key} must list the heads of each of the {sizes['layers']:g} layers", where=config.where)
    words = kinds if isinstance(kinds, list) else ["full_attention"] * len(listed)
    heads: dict[bool, set[float]] = {True: set(), False: set()}
    for count, word in zip(listed, words, strict=True):
        heads[word == "sliding_attention"].add(float(count))
    if max(len(counts) for counts in heads.values()) > 1:
        raise InputError(f"{key} differs among layers of one kind of attention, which is not modelled", where=config.where)
    full = next(iter(heads[False] or heads[True]))
    window = next(iter(heads[True] or heads[False]))
    return {"heads": full} | _window_heads({**sizes, "heads": full}, window, sizes["kv_heads"], sizes["head_size"])


_OTHER = {"attention_type", "num_attention_heads", "num_attention_groups", "head_dim"}


def _other_heads_of_windows(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read the heads of layers with a window where they are others than those of the rest (Step 3.5)."""
    other, own = config.value("attention_other_setting"), config.value("num_sliding_attention_heads")
    if not sizes["window_layers"]:
        return {}
    if other is None and own is not None:
        other = {"num_attention_heads": own}
    known = isinstance(other, dict) and other.keys() <= _OTHER and other.get("attention_type") in (None, "sliding_attention")
    sized = known and all(is_size(value) and value for key, value in other.items() if key != "attention_type")
    if not sized or "num_attention_heads" not in other:
        shown = "null" if other is None else str(other)[:60]
        said = f"attention_other_setting must have the heads of the layers with a window, not {shown}; else give "
        raise InputError(said, Parameter("parameters"), where=config.where)
    kv_heads, size = other.get("num_attention_groups", sizes["kv_heads"]), other.get("head_dim", sizes["head_size"])
    return _window_heads(sizes, other["num_attention_heads"], kv_heads, size)


def _window_heads(sizes: Mapping[str, float], own: float, kv_heads: float, size: float) -> dict[str, float]:
    """Describe another number of heads in layers with a window as heads of another width, as many as elsewhere."""
    more = own / sizes["heads"]
    gates = sizes["attention_gate_size"] * (1 + sizes["window_layers"] / sizes["layers"] * (more - 1))
    return {"window_head_size": size * more, "window_kv_heads": kv_heads / more, "attention_gate_size": gates}


def _short_convolutions(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read layers of short convolutions in place of attention (LFM2): their four square matrices widen the mean block."""
    layers, kinds, places = sizes["layers"], config.raw.get("layer_types"), config.listed("full_attn_idxs")
    config.skip("conv_L_cache", "layer_types")
    if isinstance(kinds, list):
        convolutions = float(kinds.count("conv"))
    elif places is not None:
        convolutions = layers - len({place for place in places if is_size(place) and place < layers})
    else:
        raise InputError("has no layer_types, which says which layers have convolutions", where=config.where)
    return _in_place_of_attention(config, {**sizes, **_adjusted(config, sizes)}, convolutions, 4 * sizes["hidden_size"] ** 2)


def _adjusted(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read the width of a dense block of LFM2, which may be made narrower by its class."""
    adjusts = config.flag("block_auto_adjust_ff_dim")
    config.skip("block_ffn_dim_multiplier", "block_multiple_of")
    if not adjusts:
        return {}
    factor = config.value("block_ffn_dim_multiplier")
    if not isinstance(factor, (int, float)) or isinstance(factor, bool) or not 0 < factor < 100:
        raise InputError("block_ffn_dim_multiplier must be a number above 0", where=config.where)
    width = int(factor * int(2 * sizes["ffn_size"] / 3))
    return {"ffn_size": float(_round_up(width, int(max(config.get("block_multiple_of", default=1.0), 1.0))))}


def _first_state_spaces(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read layers of state spaces of the first kind (Mamba, in Jamba), whose matrices widen the mean block."""
    period, offset = max(config.get("attn_layer_period", default=1.0), 1.0), config.get("attn_layer_offset", default=0.0)
    attentions = sum(layer % period == offset for layer in range(int(sizes["layers"])))
    hidden, state = sizes["hidden_size"], config.get("mamba_d_state", default=0.0)
    inner = config.get("mamba_expand", default=0.0) * hidden
    if config.raw.get("mamba_dt_rank") in (None, "auto"):  # which is what the class takes
        config.skip("mamba_dt_rank")
        rank = float(math.ceil(hidden / 16))
    else:
        rank = config.need("mamba_dt_rank")
    config.skip("mamba_d_conv")
    matrices = 3 * hidden * inner + inner * (2 * rank + 3 * state)  # in, out, steps and the states' own
    return _in_place_of_attention(config, sizes, sizes["layers"] - attentions, matrices)


def _in_place_of_attention(config: Config, sizes: Mapping[str, float], count: float, weights: float) -> dict[str, float]:
    """Widen the blocks of the mean layer by the weights of what so many layers have in place of attention."""
    if not 0 <= count < sizes["layers"]:
        raise InputError(f"has attention in none of its {sizes['layers']:g} layers, which is not modelled", where=config.where)
    width = weights * count / sizes["layers"] / (sizes["ffn_matrices"] * sizes["hidden_size"])
    config.notes.append(
        f"What {count:g} layers have in place of attention is counted as {width:,.0f} more columns of each feed-forward block."
    )
    shared = {"shared_ffn_size": sizes["shared_ffn_size"] + width} if sizes["moe_layers"] else {}
    return {"attention_free_layers": count, "ffn_size": sizes["ffn_size"] + width, **shared}


def _shared_keys(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read keys and values that so many layers share (Hunyuan): a layer of the mean kind has its share of the heads."""
    factor = config.need("cla_share_factor")
    if sizes["layers"] % factor:
        raise InputError(f"cla_share_factor {factor:g} must divide the {sizes['layers']:g} layers", where=config.where)
    return {"kv_heads": sizes["kv_heads"] / factor}


def _projected_embeddings(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read embeddings that are narrower than the layers (OPT 350M), with a projection each way, as fewer rows of full width."""
    hidden = sizes["hidden_size"]
    narrow = config.need("word_embed_proj_dim") if config.states("word_embed_proj_dim") else hidden
    if narrow == hidden:
        return {}
    if not sizes["tied_embeddings"]:
        raise InputError("word_embed_proj_dim is not modelled where embeddings are not tied", where=config.where)
    rows = sizes["vocabulary_size"] * narrow / hidden + 2 * narrow
    config.notes.append(
        f"Embeddings of width {narrow:g} are counted with their projections as {rows:,.0f} rows of the layers' width."
    )
    return {"vocabulary_size": rows}


def _two_attentions(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read layers of two attentions and two dense blocks each, one of them beside the experts (LongCat), as two layers."""
    experts, empty = config.need("n_routed_experts"), config.get("zero_expert_num", default=0.0)
    config.notes.append("Layers of two attentions and two feed-forward blocks each are counted as two.")
    return {
        "layers": 2 * sizes["layers"],
        "moe_layers": sizes["layers"],
        "shared_ffn_size": sizes["ffn_size"],
        "active_experts": sizes["active_experts"] * experts / (experts + empty),
    }


def listed_heads(config: Config) -> dict[str, float] | None:
    """Read OpenELM's layers, whose heads and widths are listed, as the mean of a layer; None for other families.

    Raises
    ------
    InputError
        Where a list is missing, or is not of a number for each layer.
    """
    if "ffn_multipliers" not in config.family.takes:
        return None
    hidden = config.need("model_dim")
    heads, kv_heads = (_mean(config, key) for key in ("num_query_heads", "num_kv_heads"))
    multipliers = config.listed("ffn_multipliers") or []
    if not multipliers or not all(isinstance(entry, (int, float)) and 0 < entry < 1e6 for entry in multipliers):
        raise InputError("ffn_multipliers must be a list of a number for each layer", where=config.where)
    divisor = config.need("ffn_dim_divisor")
    widths = [_divisible(entry * hidden, divisor) for entry in multipliers]
    layers = config.need("num_transformer_layers", most=MAX_LAYERS)
    if len(widths) != layers:
        raise InputError(f"ffn_multipliers lists {len(widths)} layers, and there are {layers:g}", where=config.where)
    config.skip("num_gqa_groups", "qkv_multipliers", "ffn_with_glu")
    return {
        "layers": layers,
        "hidden_size": hidden,
        "heads": heads,
        "kv_heads": kv_heads,
        "head_size": config.need("head_dim"),
        "ffn_matrices": 3.0 if config.flag("ffn_with_glu", default=True) else 2.0,
        "ffn_size": sum(widths) / len(widths),
        "vocabulary_size": config.need("vocab_size"),
        "tied_embeddings": float(config.flag("share_input_output_layers", default=True)),
        "learned_positions": 0.0,
    }


def _mean(config: Config, key: str) -> float:
    values = config.listed(key) or []
    if not values or not all(is_size(entry) and entry for entry in values):
        raise InputError(f"{key} must be a list of a whole number for each layer", where=config.where)
    return float(sum(values) / len(values))


def _divisible(width: float, divisor: float) -> float:
    """Round a width to a multiple, and not below nine tenths of itself, as OpenELM's make_divisible does."""
    rounded = max(divisor, math.floor((width + divisor / 2) / divisor) * divisor)
    return rounded + divisor if rounded < 0.9 * width else rounded

"""Mixtures of experts in a Hugging Face ``config.json``: how many, how wide, in which layers, and what stands beside them."""

from collections.abc import Mapping

from ...errors import InputError, Parameter
from . import hybrid
from .values import Config

_EXPERTS = ("n_routed_experts", "num_local_experts", "num_experts", "moe_num_experts", "num_routed_experts")
_ACTIVE = (
    "num_experts_per_tok",
    "num_experts_per_token",
    "experts_per_token",
    "moe_topk",
    "moe_top_k",
    "moe_k",
    "top_k_experts",
)
_WIDTH = ("moe_intermediate_size", "expert_ffn_hidden_size", "expert_intermediate_size")
_SHARED = ("n_shared_experts", "num_shared_experts", "num_shared_expert", "moe_num_shared_experts")
_SHARED_WIDTH = (
    "share_expert_dims",
    "shared_expert_intermediate_size",
    "moe_shared_expert_intermediate_size",
    "shared_intermediate_size",
    "share_expert_dim",
    "shared_experts_intermediate_size",
)
_DENSE_FIRST = ("first_k_dense_replace", "num_dense_layers", "moe_layer_start_index", "moe_layer_num_skipped")
_EVERY = ("decoder_sparse_step", "interleave_moe_layer_step", "moe_layer_interval", "moe_layer_frequency")
_LISTS = ("moe_layers", "moe_layers_enum", "moe_layer_freq", "mlp_layer_types")
_NONE = ("moe_layers", "experts", "active_experts", "expert_ffn_size", "latent_size", "shared_ffn_size")


def columns(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read the experts; ``sizes`` are the layers and widths read so far.

    Raises
    ------
    InputError
        Where a size of the experts is missing or wrong, or where it is not told which layers have them.
    """
    own = config.inner or any(config.states(key) for key in _EXPERTS)
    experts = config.get(*_EXPERTS, default=0.0) if own else 0.0
    config.skip(*_EXPERTS)
    if "enable_moe_block" in config.family.takes and not config.flag("enable_moe_block"):
        experts = 0.0
    least = 0.0 if config.family.trait("one_expert_is_a_mixture") else 1.0
    if experts <= least:
        _check_none(config)
        _check_no_sizes(config)
        config.skip(*_ACTIVE, *_WIDTH, *_SHARED, *_SHARED_WIDTH, *_DENSE_FIRST, *_EVERY, *_LISTS, "mlp_only_layers")
        config.skip("expert_layer_period", "expert_layer_offset")
        config.skip("moe_layer_end_index", "use_mixed_mlp_moe", "intermediate_size_mlp")
        return dict.fromkeys(_NONE, 0.0)
    width = _width(config, sizes["ffn_size"])
    result = {
        "moe_layers": _moe_layers(config, sizes["layers"]),
        "experts": experts,
        "active_experts": config.need(*_ACTIVE, most=experts),
        "expert_ffn_size": width,
        "latent_size": config.get("moe_latent_size", "routed_expert_hidden_size", "moe_hidden_size", default=0.0),
        "shared_ffn_size": _shared(config, width),
    }
    return result | _beside(config, sizes, width)


def _check_none(config: Config) -> None:
    """Refuse a number of experts that denies what the family is built of: most mixtures have no other block to fall back on."""
    key = next((key for key in _EXPERTS if key in config.family.takes and config.states(key)), None)
    may_be_dense = not config.family.known or config.family.trait("dense_without_experts")
    if key is None or "enable_moe_block" in config.family.takes or (may_be_dense and config.raw[key] == 0):
        return
    raise InputError(
        f"{key} is {config.raw[key]}, and the layers of the model_type {config.kind} have experts; leave it out for a model "
        "without, else give ",
        Parameter("parameters"),
        where=config.where,
    )


def _check_no_sizes(config: Config) -> None:
    """Refuse sizes of experts where it is not said how many experts there are, which is no model without."""
    if any(key in config.family.takes and config.states(key) for key in _EXPERTS) and config.family.known:
        return
    own = [key for key in _EXPERTS if key in config.family.takes]
    sizes = (key for key in (*_ACTIVE, *_WIDTH, *_SHARED, *_SHARED_WIDTH) if key in config.family.takes)
    key = next((key for key in sizes if config.raw.get(key)), None)
    if key is None or not own or "enable_moe_block" in config.family.takes:
        return
    raise InputError(
        f"has no {next((name for name in own if config.family.takes[name]), own[0])}, and {key} is {config.raw[key]}; "
        "state how many experts there are, or leave both out",
        where=config.where,
    )


def _width(config: Config, ffn_size: float) -> float:
    """Read an expert's width, which in families that have no key for it is that of a dense block."""
    own = [key for key in _WIDTH if key in config.family.takes]
    if own and not config.family.trait("experts_may_be_as_wide_as_blocks"):
        return config.need(*own)
    if not (width := config.get(*own, default=ffn_size) if own else ffn_size):
        raise InputError("has no intermediate_size; a model's config.json states it", where=config.where)
    return width


def _shared(config: Config, width: float) -> float:
    """Read the width of all shared experts together: it is stated, or so many have an expert's."""
    count = config.get(*_SHARED, default=0.0)
    if "use_mixed_mlp_moe" in config.family.takes:
        own = config.states("use_mixed_mlp_moe") or config.family.takes["use_mixed_mlp_moe"]
        if count and not own:
            said = f"has no use_mixed_mlp_moe, which says whether the {count:g} shared experts are there"
            raise InputError(said, where=config.where)
        count = count if config.flag("use_mixed_mlp_moe") else 0.0
    if config.family.trait("one_shared_expert") and count != 1:
        raise InputError(f"{_SHARED[0]} must be 1, not {count:g}, as the model_type {config.kind} has it", where=config.where)
    own = config.get(*_SHARED_WIDTH, default=0.0)
    if not own or not any(key in config.family.takes for key in _SHARED_WIDTH):
        return count * width
    if count <= 1 or config.family.trait("shared_width_is_of_all") or own == count * width:
        return own
    if own == width:
        return count * own
    key = next(key for key in _SHARED_WIDTH if config.states(key))
    raise InputError(
        f"{key} is neither of one nor of all {count:g} shared experts; give ",
        Parameter("sets", f"shared_ffn_size={own:g}"),
        where=config.where,
    )


def _beside(config: Config, sizes: Mapping[str, float], width: float) -> dict[str, float]:
    """Read what stands beside the experts of a layer in families that build it otherwise."""
    if config.flag("residual_moe") or config.family.trait("dense_beside_experts"):
        return {"shared_ffn_size": sizes["ffn_size"]}
    if config.flag("parallel_attn_mlp_res"):  # of the hidden size's width
        return {"shared_ffn_size": sizes["hidden_size"]}
    if "intermediate_size_mlp" in config.family.takes:  # a shared expert of an expert's width, dense layers of their own
        return {"shared_ffn_size": width, "ffn_size": config.get("intermediate_size_mlp", default=sizes["ffn_size"])}
    return {}


def _moe_layers(config: Config, layers: float) -> float:
    if config.family.trait("mixers"):
        return hybrid.moe_layers(config, layers)
    for key in _LISTS:
        if key in config.family.takes and config.states(key) and (listed := _listed(config, key, layers)) is not None:
            _check_dense_first(config, key, layers - listed)
            config.skip(*_DENSE_FIRST, *_EVERY, *_LISTS)
            return listed
    if "expert_layer_period" in config.family.takes:
        period, offset = (
            max(config.get("expert_layer_period", default=1.0), 1.0),
            config.get("expert_layer_offset", default=0.0),
        )
        return float(sum(layer % period == offset for layer in range(int(layers))))
    config.skip("moe_layer_end_index")
    dense_first = int(min(config.get(*_DENSE_FIRST, default=float(config.family.trait("dense_first", 0))), layers))
    ends = config.raw.get("moe_layer_end_index") != -1
    last = config.get("moe_layer_end_index", default=layers) if ends else layers
    step = int(max(config.get(*_EVERY, default=1.0), 1.0))
    period = int(max(config.get("moe_layer_freq", default=1.0), 1.0))
    only_dense = config.places("mlp_only_layers", config.listed("mlp_only_layers") or [], layers)
    # transformers: layer i is sparse where (i + 1) % step is 0; DeepSeek's moe_layer_freq counts from layer 0
    return float(
        sum(
            (layer + 1) % step == 0 and layer % period == 0 and layer not in only_dense and layer <= last
            for layer in range(dense_first, int(layers))
        )
    )


def _check_dense_first(config: Config, listed: str, dense: float) -> None:
    """Refuse a list of the layers with experts that has fewer without than are said to come first."""
    first = next((key for key in _DENSE_FIRST if key in config.family.takes and config.states(key)), None)
    if first is not None and config.get(first, default=0.0) > dense:
        said = f"{first} is {config.raw[first]}, and {listed} has {dense:g} layers without experts; leave out the wrong one"
        raise InputError(said, where=config.where)


def _listed(config: Config, key: str, layers: float) -> float | None:
    """Count the layers with experts by a list of them: their numbers, or a 0 or 1 or a word for each; None for no list."""
    value = config.value(key)
    if isinstance(value, str) and key == "moe_layers_enum":
        places = [entry.strip() for entry in value.split(",") if entry.strip()]
        if not all(entry.isdecimal() and len(entry) < 7 for entry in places):
            raise InputError(f"{key} must be numbers of layers with commas between them, not {value[:40]}", where=config.where)
        return float(len(config.places(key, [int(entry) for entry in places], layers)))
    if not isinstance(value, list):
        return None
    if key in ("moe_layers", "moe_layers_enum"):
        return float(len(config.places(key, value, layers)))
    sparse = [entry for entry in value if entry in (1, True, "sparse", "moe", "hash_moe")]
    if len(value) != layers or any(entry not in (0, 1, "sparse", "moe", "hash_moe", "dense") for entry in value):
        raise InputError(f"{key} must say of each of the {layers:g} layers whether it has experts", where=config.where)
    return float(len(sparse))

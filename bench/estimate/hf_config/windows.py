"""Windows of attention in a Hugging Face ``config.json``: how many layers see one, and how wide it is."""

from typing import Any

from ...errors import InputError, Parameter
from .values import Config

_SIZE = ("sliding_window", "sliding_window_size", "window_size", "local_attention")
_EVERY = ("sliding_window_pattern", "_sliding_window_pattern", "global_attn_every_n_layers", "layer_switch")
_WORDS = {
    "full_attention": "full",
    "global": "full",
    "attention": "full",
    "sliding_attention": "window",
    "local": "window",
    "chunked_attention": "window",
}
_OTHER = {"linear_attention", "indexed_attention", "deepseek_sparse_attention", "mamba", "conv"}  # read where they are known
NONE = {"window_layers": 0.0, "window_size": 0.0}


def columns(config: Config, layers: float) -> dict[str, float]:
    """Read which layers see a window only; ``layers`` is how many there are.

    Raises
    ------
    InputError
        Where the config has a window and does not say of which layers, or a word for a layer is not known.
    """
    if {
        "compress_ratios",
        "attention_chunk_size",
    } & config.family.takes.keys():  # read with what else is new of their attention
        return dict(NONE)
    result = _columns(config, layers)
    if not result["window_layers"]:
        config.settle("max_window_layers")  # says from which layer on there would be windows
    return result


def _columns(config: Config, layers: float) -> dict[str, float]:
    kinds = _kinds(config, int(layers))
    if "use_sliding_window" in config.family.takes and not config.flag("use_sliding_window"):
        config.skip(*_SIZE, "max_window_layers", *_EVERY)
        if "window" not in (kinds or ()):
            return dict(NONE)
    size = 0.0 if any(config.raw.get(key) == -1 for key in _SIZE) else _size(config)
    if size <= 0 and "window" in (kinds or ()) and not _full_without_size(config):
        raise InputError(
            "layer_types has windows, and there is no sliding_window that says how wide they are", where=config.where
        )
    config.skip("max_window_layers", *_EVERY)
    if size <= 0:
        config.skip(*_SIZE)
        return dict(NONE)
    count = kinds.count("window") if kinds is not None else _by_rule(config, int(layers), size)
    return {"window_layers": float(count), "window_size": size} if count else dict(NONE)


def _size(config: Config) -> float:
    return config.get(*_SIZE, default=0.0)


def _full_without_size(config: Config) -> bool:
    """Whether the config says that there is no window, which makes layers that have one see everything."""
    return any(key in config.raw and config.raw[key] is None for key in _SIZE)


def _kinds(config: Config, layers: int) -> list[str] | None:
    """Read what each layer's attention sees, where the config lists it."""
    raw = config.raw
    if "hybrid_layer_pattern" in config.family.takes and isinstance(pattern := config.value("hybrid_layer_pattern"), list):
        listed: list[Any] = ["sliding_attention" if entry == 1 else "full_attention" for entry in pattern]
    elif "attention_types" in config.family.takes and (config.states("attention_types") or config.states("attention_layers")):
        listed = _spelt_out(config)
    elif "layer_types" in config.family.takes and isinstance(raw.get("layer_types"), list):
        listed = config.listed("layer_types") or []
    else:
        return None
    odd = next((entry for entry in listed if not isinstance(entry, str) or entry not in _WORDS.keys() | _OTHER), None)
    if odd is not None:
        raise InputError(
            f"has layers that are no attention (layer_types {odd!r}), which are not modelled; give ",
            Parameter("parameters"),
            where=config.where,
        )
    further = config.raw.get("num_nextn_predict_layers")
    if config.family.trait("lists_further_layers") and isinstance(further, int) and len(listed) == layers + further:
        listed = listed[:layers]
    if len(listed) != layers:
        raise InputError(f"lists the attention of {len(listed)} layers, and has {layers}", where=config.where)
    return [_WORDS.get(entry, entry) for entry in listed]


def _spelt_out(config: Config) -> list[Any]:
    """Write out GPT-Neo's ``[[["global", "local"], 6]]`` as a word for each layer."""
    types = config.value("attention_types")
    config.skip("attention_layers")
    if types is None:
        return config.listed("attention_layers") or []
    try:
        return [kind for kinds, times in types for _ in range(min(int(times), 10_000)) for kind in kinds]
    except (TypeError, ValueError):
        raise InputError("attention_types must be a list of kinds and how often they come", where=config.where) from None


def _by_rule(config: Config, layers: int, size: float) -> int:
    """Count the layers with a window by the rule of the family."""
    rule = config.family.trait("windows")
    if rule == "all":
        return layers
    if rule == "upper":
        return max(layers - int(config.get("max_window_layers", default=0.0)), 0)
    every = config.value(*_EVERY) or rule
    if isinstance(every, str) and every and set(every) <= set("LG"):  # EXAONE's LLLG; the last layer sees everything
        kinds = [every[layer % len(every)] for layer in range(layers)]
        return [*kinds[:-1], "G"].count("L")
    if isinstance(every, int) and not isinstance(every, bool) and every >= 1:
        first = (layers - 1) % every if config.family.trait("windows_from_the_last") else every - 1
        at = int(config.family.trait("full_at", first))
        full = {layer for layer in range(layers) if layer % every == at}
        return layers - len(full | ({layers - 1} if config.family.trait("last_layer_is_full") else set()))
    key = next((key for key in _SIZE if config.states(key)), _SIZE[0])
    raise InputError(
        f"{key} is {size:g}, and which layers have that window is not told (layer_types); give ",
        Parameter("sets", "window_layers=0"),
        where=config.where,
    )

"""Hybrids of attention and Mamba-2 in a Hugging Face ``config.json``: how many of each, and the sizes of the state spaces.

Nemotron-H's blocks are each a state space, attention or a feed-forward block, in an order that the config spells out; the
layers of Granite 4 and Bamba each have one of the first two and a feed-forward block. Layers are counted by feed-forward block.
"""

from collections.abc import Mapping

from ....kernels.quantities.state_space import KERNEL
from ...errors import InputError
from .values import MAX_LAYERS, Config

_LETTERS = {"mamba": "M", "linear_attention": "M", "attention": "*", "full_attention": "*", "mlp": "-", "moe": "E"}
_SPELT_OUT = "spelt out"  # the trait of a family whose blocks are each one thing
_SIDE_BY_SIDE = "side by side"  # of one whose layers have both attention and a state space
_MAMBA = (
    "mamba_n_heads",
    "mamba_d_head",
    "mamba_d_state",
    "mamba_n_groups",
    "mamba_expand",
    "mamba_d_conv",
    "mamba_num_heads",
    "mamba_head_dim",
    "ssm_state_size",
    "n_groups",
    "conv_kernel",
    "expand",
)
_LISTS = ("layers_block_type", "layer_types", "attn_layer_indices", "hybrid_override_pattern")


def columns(config: Config, sizes: Mapping[str, float]) -> dict[str, float]:
    """Read the state spaces, and for a hybrid its layers; ``sizes`` are the layers that the config states, and its widths.

    Raises
    ------
    InputError
        Where the config does not tell what a block is, or has fewer feed-forward blocks than attentions.
    """
    mixers = config.family.trait("mixers")
    if mixers is None:
        return {}
    kinds = "B" * int(sizes["layers"]) if mixers == _SIDE_BY_SIDE else _kinds(config, int(sizes["layers"]))
    if len(kinds) != sizes["layers"]:
        said = f"lists what {len(kinds)} layers are, and there are {sizes['layers']:g}; give the right one of the two"
        raise InputError(said, where=config.where)
    blocks = kinds.count("-") + kinds.count("E") if mixers == _SPELT_OUT else len(kinds)
    attention, mamba = (kinds.count(letter) + kinds.count("B") for letter in "*M")
    if not blocks or attention > blocks:
        raise InputError("has fewer feed-forward blocks than attentions, which is not modelled", where=config.where)
    result = {"layers": float(blocks), "attention_free_layers": float(blocks - attention)}
    if mamba:
        result |= _state_spaces(config, sizes["hidden_size"]) | {"mamba_layers": float(mamba)}
    else:
        config.skip(*_MAMBA)
    if "shared_intermediate_size" in config.family.takes:  # the block beside the experts, which is all there is without them
        shared = config.get("shared_intermediate_size", default=sizes["ffn_size"])
        if not config.get("num_local_experts", default=0.0):
            result["ffn_size"] = shared
    return result


def _state_spaces(config: Config, hidden: float) -> dict[str, float]:
    """Read the sizes of a state space."""
    kernel = config.get("conv_kernel", "mamba_d_conv", default=float(KERNEL))
    if kernel != KERNEL:
        raise InputError(f"has a convolution of {kernel:g} steps; only {KERNEL} are modelled", where=config.where)
    heads = config.need("mamba_num_heads", "mamba_n_heads")
    head_size = _head_size(config, hidden / heads, heads)
    return {
        "mamba_heads": heads,
        "mamba_head_size": head_size,
        "mamba_state_size": config.need("ssm_state_size", "mamba_d_state"),
        "mamba_groups": config.need("n_groups", "mamba_n_groups"),
    }


def _head_size(config: Config, per_expansion: float, heads: float) -> float:
    """Read the width of a head; "auto" is what fills the width of the state space, which is stated or so many hidden sizes."""
    config.skip("mamba_d_ssm")
    whole = config.get("mamba_d_ssm", default=0.0)
    if "mamba_d_head" in config.family.takes and config.raw.get("mamba_d_head") in (None, "auto"):
        config.skip("mamba_d_head", "mamba_expand")
        return whole / heads or config.get("mamba_expand", default=2.0) * per_expansion
    config.skip("expand", "mamba_expand")
    size = config.need("mamba_head_dim", "mamba_d_head")
    if whole and size * heads != whole:
        raise InputError(
            f"mamba_d_ssm must be mamba_n_heads * mamba_d_head, {size * heads:g}, not {whole:g}", where=config.where
        )
    return size


def moe_layers(config: Config, layers: float) -> float:
    """Count a hybrid's feed-forward blocks that are mixtures of experts."""
    return float(_kinds(config, 0).count("E")) if config.family.trait("mixers") == _SPELT_OUT else layers


def _kinds(config: Config, layers: int) -> str:
    """Write a letter for each block: M state space, * attention, - feed-forward, E experts."""
    raw = config.raw
    config.skip(*_LISTS)
    listed = raw.get("layers_block_type") or raw.get("layer_types")
    if isinstance(listed, list):
        kinds = "".join(_LETTERS.get(str(kind), "?") for kind in listed)
    elif isinstance(places := raw.get("attn_layer_indices"), list):
        attentions = config.places("attn_layer_indices", places, layers)
        kinds = "".join("*" if place in attentions else "M" for place in range(min(layers, MAX_LAYERS)))
    else:
        kinds = str(raw.get("hybrid_override_pattern"))
    spelt_out = config.family.trait("mixers") == _SPELT_OUT
    if not set(kinds) <= set("M*-E" if spelt_out else "M*") or len(kinds) > MAX_LAYERS:
        key, blocks = "layer_types", "a state space or attention"
        if spelt_out:
            key, blocks = "hybrid_override_pattern", "a state space, attention or feed-forward"
        raise InputError(
            f"{key} must say of each block whether it is {blocks}, not {str(listed or kinds)[:40]!r}", where=config.where
        )
    return kinds

"""Hybrids of attention and Mamba-2 in a Hugging Face ``config.json``: how many of each, and the sizes of the state spaces.

Nemotron-H's blocks are each a state space, attention or a feed-forward block, in an order that the config spells out; the
layers of Granite 4 and Bamba each have one of the first two and a feed-forward block. Layers are counted by feed-forward block.
"""

from ...errors import InputError
from .values import MAX_LAYERS, Config

_LETTERS = {"mamba": "M", "attention": "*", "full_attention": "*", "mlp": "-", "moe": "E"}
_SPELT_OUT = "nemotron_h"
HYBRIDS = frozenset((_SPELT_OUT, "granitemoehybrid", "bamba"))


def columns(config: Config, layers: float) -> dict[str, float]:
    """Read the state spaces, and for a hybrid its layers; ``layers`` is the number that the config states.

    Raises
    ------
    InputError
        Where the config does not tell what a block is, or has fewer feed-forward blocks than attentions.
    """
    none = ("attention_free_layers", "mamba_layers", "mamba_heads", "mamba_head_size", "mamba_state_size", "mamba_groups")
    if config.kind not in HYBRIDS:
        return dict.fromkeys(none, 0.0)
    kinds = _kinds(config, int(layers))
    blocks = kinds.count("-") + kinds.count("E") if config.kind == _SPELT_OUT else len(kinds)
    attention = kinds.count("*")
    if not blocks or attention > blocks:
        raise InputError("has fewer feed-forward blocks than attentions, which is not modelled", where=config.where)
    return {
        "layers": float(blocks),
        "attention_free_layers": float(blocks - attention),
        "mamba_layers": float(kinds.count("M")),
        "mamba_heads": config.need("mamba_num_heads", "mamba_n_heads"),
        "mamba_head_size": config.need("mamba_head_dim", "mamba_d_head"),
        "mamba_state_size": config.need("ssm_state_size", "mamba_d_state"),
        "mamba_groups": config.need("n_groups", "mamba_n_groups"),
    }


def moe_layers(config: Config, layers: float) -> float:
    """Count a hybrid's feed-forward blocks that are mixtures of experts."""
    return float(_kinds(config, 0).count("E")) if config.kind == _SPELT_OUT else layers


def _kinds(config: Config, layers: int) -> str:
    """Write a letter for each block: M state space, * attention, - feed-forward, E experts."""
    raw = config.raw
    listed = raw.get("layers_block_type") or raw.get("layer_types")
    if isinstance(listed, list):
        kinds = "".join(_LETTERS.get(str(kind), "?") for kind in listed)
    elif isinstance(places := raw.get("attn_layer_indices"), list):
        attentions = {place for place in places if isinstance(place, int)}
        kinds = "".join("*" if place in attentions else "M" for place in range(min(layers, MAX_LAYERS)))
    else:
        kinds = str(raw.get("hybrid_override_pattern"))
    allowed = "M*-E" if config.kind == _SPELT_OUT else "M*"
    if not set(kinds) <= set(allowed) or len(kinds) > MAX_LAYERS:
        key, blocks = "layer_types", "a state space or attention"
        if config.kind == _SPELT_OUT:
            key, blocks = "hybrid_override_pattern", "a state space, attention or feed-forward"
        raise InputError(
            f"{key} must say of each block whether it is {blocks}, not {str(listed or kinds)[:40]!r}", where=config.where
        )
    return kinds

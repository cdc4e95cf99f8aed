"""Keys of a Hugging Face ``config.json`` that nothing read: they say nothing of the size, or are refused by name."""

from collections.abc import Collection, Mapping
from typing import Any

from ...errors import InputError, Parameter
from . import families
from .values import Config

_GATES = (
    "gated_mlp",
    "use_gated_mlp",
    "mlp_gated",
    "use_gated_activation",
    "swiglu",
    "use_swiglu",
    "ffn_with_glu",
    "gated_ffn",
)
_ACTIVATIONS = ("hidden_act", "hidden_activation", "activation_function", "activation", "activation_type")
_MAX_OTHERS = 4  # names of further keys that a refusal lists
_EXAMPLES = {"ffn_matrices": "2", "tied_embeddings": "1", "layer_passes": "1", "window_layers": "0", "attention_gate_size": "0"}


def check_leftovers(config: Config, settled: Collection[str]) -> tuple[str, ...]:
    """Refuse keys that were not read and may say something of the model's size.

    Parameters
    ----------
    config
        The config, once everything that is understood of it was read.
    settled
        Quantities that the caller states.

    Returns
    -------
    tuple[str, ...]
        A sentence on each key that was left alone for what the caller states.

    Raises
    ------
    InputError
        Names the key, its value and what may be stated instead.
    """
    odd = [key for key, value in config.raw.items() if not _is_understood(config, key, value)]
    lifted = [key for key in odd if families.instead_of(key) in settled]
    refused = [key for key in odd if key not in lifted]
    if refused:
        raise _refusal(config, refused)
    return tuple(f"{key} is not understood; {families.instead_of(key)} is stated in its place." for key in lifted)


def check_contradictions(config: Config, columns: Mapping[str, float], settled: Collection[str]) -> None:
    """Refuse keys that deny what the family has.

    Parameters
    ----------
    config
        The config.
    columns
        What was read of it.
    settled
        Quantities that the caller states.

    Raises
    ------
    InputError
        Names the key.
    """
    gated = columns["ffn_matrices"] > 2
    learned = columns["learned_positions"] > 0
    for key, value in config.raw.items():
        denied = (
            (key in _GATES and value is not None and bool(value) != gated)
            or (key in _ACTIVATIONS and not gated and str(value).lower().endswith("glu"))
            or (key in ("use_moe", "is_moe") and value is False and columns["moe_layers"] > 0)
            or (key == "use_sliding_window" and value is False and columns["window_layers"] > 0)
            or (key == "position_embedding_type" and learned and value not in (None, "learned", "absolute"))
        )
        if denied and families.instead_of(key) not in settled:
            raise _refusal(config, [key])
        if key in _GATES or (key == "position_embedding_type" and learned):
            config.settle(key)


def _is_understood(config: Config, key: str, value: Any) -> bool:
    if key in config.seen or key in config.family.harmless or families.is_harmless(key) or families.is_neutral(key, value):
        return True
    if config.family.trait("joined") and families.joins_parts(key):  # how images come to a language model that stands alone
        return True
    return key in config.family.takes and config.family.takes[key] == value and value is not None


def _refusal(config: Config, keys: list[str]) -> InputError:
    """Word the refusal of keys: the first with its value, and the names of the others."""
    first = keys[0]
    others = f" (nor {', '.join(keys[1 : 1 + _MAX_OTHERS])}{' ...' if len(keys) > 1 + _MAX_OTHERS else ''})" if keys[1:] else ""
    kind = config.kind if config.family.known else f"{config.kind}, which is not known either"
    said = (
        f"{first} is {_shown(config.raw[first])}, which is not understood of the model_type {kind}{others}; "
        "leave it out if it changes nothing, else give "
    )
    quantity = families.instead_of(first)
    if not quantity:
        return InputError(said, Parameter("parameters"), where=config.where)
    example = Parameter("sets", f"{quantity}={_EXAMPLES.get(quantity, 'VALUE')}")
    return InputError(said, example, " or ", Parameter("parameters"), where=config.where)


def _shown(value: Any) -> str:
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."

"""A Hugging Face ``config.json`` as the model's columns: every key is read, known to say nothing of the size, or refused.

Key names are those of the transformers library's configuration classes (huggingface.co/docs/transformers) and of the models'
own code. A config does not say what sequence length the model was trained on: ``max_position_embeddings`` is what it can read.
"""

import json
import math
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from .... import configs
from ....kernels import reading
from ...errors import InputError, Parameter
from . import experts, families, hybrid, language_part, mixing, sizes, uneven, windows
from .leftovers import check_contradictions, check_leftovers
from .model_reading import ModelReading
from .values import Config

_BYTES = {
    "float64": 8.0,
    "float32": 4.0,
    "bfloat16": 2.0,
    "float16": 2.0,
    "half": 2.0,
    "float8_e4m3fn": 1.0,
    "float8_e5m2": 1.0,
}
_FURTHER = (
    "num_nextn_predict_layers",
    "num_mtp_layers",
    "num_mtp_modules",
    "mtp_num_layers",
    "mtp_num_hidden_layers",
    "n_predict",
)
_AS_USUAL = ("conv_kernel", "mamba_d_conv", "linear_conv_kernel_dim", "short_conv_kernel_size", "no_rope_layer_interval")
_GATED_ACTIVATIONS = ("silu", "swish", "swiglu")
_ACTIVATIONS = ("hidden_act", "hidden_activation", "activation_function")


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
        Where a key is missing, wrong or not understood, and where the model's quantities do not describe its layers.
    """
    split = language_part.split(document, where)
    family = families.family(_alias(split, document))
    _check_decoder(split, family, where)
    if family.refused:
        instead = Parameter("parameters")
        raise InputError(f"model_type {family.kind} {family.refused}, which is not modelled; give ", instead, where=where)
    config = Config(language_part.with_embeddings(split, where), family, where, bool(split.path))
    config.settle(*_FURTHER, "use_mtp", *family.trait("beside", "").split())
    if family.known:  # the base class of all writes these
        config.settle("is_decoder", "is_encoder_decoder", "cross_attention_hidden_size")
    for key in family.trait("needs", ()):  # what its class takes where it is missing is not modelled
        if not config.states(key):
            raise InputError(f"has no {key}; a config of the kind {family.kind} states it", where=where)
    for key, value in family.trait("built_as", {}).items():
        if config.value(key) != value:
            stated = config.raw.get(key, "not there")
            said = f"{key} is {stated}; of the model_type {family.kind} only {key} {value} is modelled; give "
            raise InputError(said, Parameter("parameters"), where=where)
    if not family.known:
        _check_unknown(config, settled)
    columns = _columns(config)
    check_contradictions(config, columns, settled)
    _check_head(split, columns, settled, where)
    notes = check_leftovers(config, settled)
    beside = tuple(key for key in family.trait("beside", "").split() if key in config.raw) + language_part.check_around(
        split, config
    )
    further = _further_layers(split)
    notes = (*_notes(config, split, beside, further), *notes)
    return ModelReading(columns, family.kind, notes, beside, _bytes_per_parameter(split), further)


def _alias(split: language_part.ModelParts, document: Mapping[str, Any]) -> str:
    """Return the model_type; Grok 2's file has another model's."""
    if split.kind == "git" and "Grok1ForCausalLM" in (document.get("architectures") or ()):
        return "grok"
    return split.kind


def _check_decoder(split: language_part.ModelParts, family: families.Family, where: str) -> None:
    """Refuse what is no decoder of text, by its model_type or by its class."""
    for place, kind in enumerate((*split.kinds[:-1], family.kind)):
        last = place == len(split.kinds) - 1
        if what := families.not_a_decoder(kind, family.known or not last):
            _refuse_kind(f"model_type {kind} is {_article(what)}", where)
    for whole in (*split.around, split.language):
        named = whole.get("architectures")
        for architecture in named if isinstance(named, list) else ():
            if isinstance(architecture, str) and (what := families.class_of_another(architecture)):
                _refuse_kind(f"architectures has {architecture}, which is {_article(what)}", where)
        for key, at in (("is_encoder_decoder", True), ("is_causal", False), ("causal", False)):
            if whole.get(key) is at:
                _refuse_kind(f"{key} is {str(at).lower()}", where)
    if not family.known and split.language.get("is_decoder") is False:
        _refuse_kind(f"is_decoder is false, and the model_type {family.kind} is not known", where)


def _refuse_kind(what: str, where: str) -> None:
    raise InputError(
        f"{what}: it is no decoder alone, which is all that is modelled; give ", Parameter("parameters"), where=where
    )


def _article(what: str) -> str:
    return f"{'an' if what[0] in 'aeiou' else 'a'} {what}"


def _check_unknown(config: Config, settled: Collection[str]) -> None:
    """Refuse a model of an unknown family that leaves to its class what differs from one to the next.

    That is whether the feed-forward block is gated, and whether input and output share an embedding.
    """
    kind = f"the model_type {config.kind} is not known" if config.kind else "there is no model_type"
    stated = next((str(config.raw[key]) for key in _ACTIVATIONS if config.states(key)), "")
    if stated not in _GATED_ACTIVATIONS and "ffn_matrices" not in settled:
        key = next((key for key in _ACTIVATIONS if config.states(key)), _ACTIVATIONS[0])
        said = f"{key} is {stated or 'not there'}, and {kind}: whether its feed-forward block is gated is not told; give "
        raise InputError(said, Parameter("sets", "ffn_matrices=2"), " or 3", where=config.where)
    if not any(config.states(key) for key in sizes.TIED) and "tied_embeddings" not in settled:
        said = f"tie_word_embeddings is not there, and {kind}: whether its embeddings are shared is not told; give "
        raise InputError(said, Parameter("sets", "tied_embeddings=0"), " or 1", where=config.where)


def _check_head(split: language_part.ModelParts, columns: Mapping[str, float], settled: Collection[str], where: str) -> None:
    """Refuse a class that lacks the matrix of the output, of a model that is said to have one of its own."""
    if columns["tied_embeddings"] or "tied_embeddings" in settled or split.path:
        return
    named = split.language.get("architectures")
    for architecture in named if isinstance(named, list) else ():
        if isinstance(architecture, str) and families.is_without_output(architecture):
            raise InputError(
                f"architectures has {architecture}, which has no matrix of the output; to leave it out give ",
                Parameter("sets", "tied_embeddings=1"),
                ", to count it ",
                Parameter("sets", "tied_embeddings=0"),
                where=where,
            )


def _columns(config: Config) -> dict[str, float]:
    """Read all columns, each step from what was read before it."""
    result = {**configs.load("models").otherwise, **(uneven.listed_heads(config) or sizes.columns(config))}
    result |= hybrid.columns(config, result)
    result |= experts.columns(config, result)
    if not result["ffn_size"] and result["moe_layers"] < result["layers"] and not config.states("block_configs"):
        raise InputError("has no intermediate_size; a model's config.json states it", where=config.where)
    if not config.family.trait("mixers"):
        result |= windows.columns(config, result["layers"])
    result |= mixing.columns(config, result)
    return result | uneven.columns(config, result)


def _further_layers(split: language_part.ModelParts) -> float:
    """Read how many layers that predict further tokens stand beside the model."""
    for whole in (split.language, *split.around):
        for key in _FURTHER:
            value = whole.get(key)
            if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1000:
                return float(value)
    return 0.0


def _bytes_per_parameter(split: language_part.ModelParts) -> float:
    """Read in how many bytes a weight is stored; NaN where that is not told, or where weights are quantized."""
    every = (split.language, *split.around)
    if any(whole.get("quantization_config") or whole.get("compression_config") for whole in every):
        return math.nan
    stated = (whole.get(key) for whole in every for key in ("dtype", "torch_dtype"))
    name = next((str(value).removeprefix("torch.") for value in stated if value), "")
    return _BYTES.get(name, math.nan)


def _is_worth_saying(config: Config, key: str, value: Any) -> bool:
    """Whether what the class takes for a missing key could be otherwise: not what is usual, nor what is nothing."""
    by_word = key == "first_k_dense_replace" or (config.inner and key == "tie_word_embeddings")
    return key not in _AS_USUAL and (bool(value) or by_word)


def _notes(config: Config, split: language_part.ModelParts, beside: tuple[str, ...], further: float) -> tuple[str, ...]:
    """Say what was read otherwise than at its word, or in part."""
    notes = []
    if not config.family.known:
        notes.append(f"The model_type {config.kind or '(none)'} is not known; all its keys are, and it was read by them.")
    others = f"{' and '.join(beside)} {'is' if len(beside) == 1 else 'are'} not counted" if beside else ""
    if split.path:
        notes.append(f"The language model stands in {'.'.join(split.path)}{'; ' if others else ''}{others}.")
    elif others:
        notes.append(f"Of several parts the language model is counted; {others}.")
    assumed = {key: value for key, value in config.assumed.items() if _is_worth_saying(config, key, value)}
    if assumed:
        said = ", ".join(f"{key} {str(value).lower()}" for key, value in assumed.items())
        notes.append(f"Not stated, and so as the class of {config.kind} has it: {said}.")
    if further:
        layers = "A further layer that predicts" if further == 1 else f"{further:g} further layers that predict"
        notes.append(f"{layers} tokens ahead (MTP) {'is' if further == 1 else 'are'} not counted.")
    return (*notes, *config.notes)

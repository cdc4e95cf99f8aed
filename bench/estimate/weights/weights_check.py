"""Hold a model's count of parameters and layers against its stored weights, or against a number that the user gives.

Headers of safetensors give the language model's count exactly. An index gives bytes of all tensors, which are a count only
where the config says how many a parameter takes and nothing else is stored with the language model; else they bound it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ...errors import InputError, Parameter, Part
from ...terminal import numbers
from ..hf_config.model_reading import ModelReading
from ..known_values import values_of_model
from . import tensors
from .weight_files import StoredWeights

TOLERANCE = 0.01  # of a count: biases and norms of queries and keys, which are not counted, are below 0.1% of it
_NEEDED = ("parameters", "embedding_parameters", "layers", "attention_free_layers", "mamba_layers", "tied_embeddings")
_SETTLED: tuple[Part, ...] = (
    "; state what is read wrong with ",
    Parameter("sets", "NAME=VALUE"),
    ", or the size alone with ",
    Parameter("parameters"),
)
_CONFIRMED: tuple[Part, ...] = ("; if the model is right, say so with ", Parameter("parameters_check", "N"))
_BYTES = (4.0, 2.0, 1.0)  # that a parameter takes, as weights are stored


@dataclass(frozen=True)
class CountedModel:
    """A model as it is estimated, to be held against what is stored of it.

    Attributes
    ----------
    columns
        What is stated of it, in base units, by quantity.
    called
        What errors call it.
    reading
        What its config.json says; nothing but its columns where it has none.
    confirmed
        Whether the user set some of its columns, or gave a count that agrees: what differs from its weights is said then, and
        not refused.
    declared
        Numbers of layers that its config.json states, where tensors may be numbered otherwise than its layers are counted.
    """

    columns: Mapping[str, float]
    called: str
    reading: ModelReading
    confirmed: bool = False
    declared: frozenset[float] = frozenset()

    def values(self) -> dict[str, float]:
        """Compute what is held against the weights, in base units."""
        return values_of_model(self.columns, _NEEDED)


@dataclass(frozen=True)
class _Stored:
    """Parameters that are stored, and what is stored with them where that is not counted apart."""

    count: float
    beside: str = ""


def check_count(model: CountedModel, stated: float) -> str:
    """Hold a model's parameters against a number that the user gives, and say that they agree.

    Parameters
    ----------
    model
        The model.
    stated
        All its parameters.

    Raises
    ------
    InputError
        Where they differ by more than ``TOLERANCE``: both numbers, and by how much.
    """
    total = model.values()["parameters"]
    if abs(total / stated - 1) > TOLERANCE:
        message = (
            f"{model.called} has {_billions(total)} parameters, {_apart(total, stated)} than the {_billions(stated)} stated"
        )
        raise InputError(message, *_SETTLED, where=Parameter("parameters_check"))
    return f"Checked against the {_billions(stated)} parameters stated."


def check_weights(model: CountedModel, weights: StoredWeights) -> str:
    """Hold a model against its stored weights, and say in a sentence what agrees or could not be checked.

    Parameters
    ----------
    model
        The model.
    weights
        The weights.

    Raises
    ------
    InputError
        Where layers differ, or parameters by more than ``TOLERANCE``: both numbers, and by how much.
    """
    try:
        return _checked(model, weights)
    except InputError as error:
        if not model.confirmed:
            raise
        return f"Not what is stored: {weights.called} {error.parts[0]}."


def _checked(model: CountedModel, weights: StoredWeights) -> str:
    values = model.values()
    layers = _own_layers(model, values, weights)
    if weights.tensors is not None:
        stored = _by_headers(weights, values, layers)
    else:
        stored = _by_index(model.reading, weights, values, layers)
    if isinstance(stored, str):
        return f"Not checked against {weights.called} but for its layers: {stored}."
    total, most = values["parameters"], "at most " if stored.beside else ""
    apart = total / stored.count - 1
    if apart > TOLERANCE or (apart < -TOLERANCE and not stored.beside):
        said = f"has {most}{_billions(stored.count)} parameters, and {model.called} is read as {_billions(total)}"
        raise _differs(f"{said}, {_apart(total, stored.count)}{_other_bytes(model.reading, weights, total)}", weights)
    alone = f", {stored.beside} included, which bound the model from above alone" if stored.beside else ""
    return f"Checked against {weights.called}: {most}{_billions(stored.count)} parameters{alone}."


def _own_layers(model: CountedModel, values: Mapping[str, float], weights: StoredWeights) -> float:
    """Return up to which number layers are the model's own. Raises InputError where the weights have others than it."""
    stored, layers = tensors.count_layers(weights.names), values["layers"]
    mixers = layers - values["attention_free_layers"] + values["mamba_layers"]
    # of some hybrids each mixer and each feed-forward block has a number, and other layers hold two of what is counted
    for own in (layers, layers + mixers, *sorted(model.declared)):
        if stored in (0, own, own + model.reading.mtp_layers):
            return own
    raise _differs(f"has {stored:,} layers by its tensors' names, and {model.called} is read as {layers:,g}", weights)


def _by_headers(weights: StoredWeights, values: Mapping[str, float], layers: float) -> _Stored | str:
    """Count the language model's weights one by one, or say why that cannot be."""
    own = tensors.own_tensors(weights.tensors or {}, layers)
    packed = next((name for name, tensor in own.items() if tensors.is_packed(tensor)), None)
    if packed is not None:
        return f"several weights stand in one number of {packed}"
    second = tensors.second_embedding(own) if values["tied_embeddings"] else ""
    return _Stored(float(sum(tensor.size for name, tensor in own.items() if name != second)))


def _by_index(reading: ModelReading, weights: StoredWeights, values: Mapping[str, float], layers: float) -> _Stored | str:
    """Count what an index has in all, the second of two tied embeddings left out, or say why that cannot be."""
    names = frozenset(weights.names)
    if any(tensors.is_scale(name, names) for name in names):
        return "its weights are quantized, so that its bytes are no count"
    count = weights.total_parameters
    if math.isnan(count):
        count = weights.total_bytes / reading.bytes_per_parameter
    if math.isnan(count):
        return "it has bytes, and nobody says how many a parameter takes"
    if values["tied_embeddings"] and tensors.second_embedding(weights.names):
        count -= values["embedding_parameters"]
    beside = ["parts beside the language model"] if reading.beside or any(map(tensors.is_beside, weights.names)) else []
    if any(tensors.is_further(name, layers) for name in weights.names):
        beside.append("layers for further tokens")
    return _Stored(count, " and ".join(beside))


def _other_bytes(reading: ModelReading, weights: StoredWeights, total: float) -> str:
    """Say where the bytes of an index would agree, had a parameter as many as another dtype has."""
    if weights.tensors is not None or weights.total_parameters == weights.total_parameters:
        return ""
    fitting = [size for size in _BYTES if abs(total * size / weights.total_bytes - 1) <= TOLERANCE]
    return f" (at {fitting[0]:g} bytes a parameter, not {reading.bytes_per_parameter:g}, they would agree)" if fitting else ""


def _differs(text: str, weights: StoredWeights) -> InputError:
    return InputError(text, *_SETTLED, *_CONFIRMED, where=str(weights.path))


def _billions(count: float) -> str:
    """Word a number of parameters to four digits: 405.9 billion, 124.4 million."""
    return numbers.count(count, digits=4)


def _apart(total: float, stored: float) -> str:
    apart = total / stored - 1
    return f"{100 * abs(apart):.{0 if abs(apart) >= 0.1 else 1}f}% {'more' if apart > 0 else 'fewer'}"

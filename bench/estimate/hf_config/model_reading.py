"""What a Hugging Face ``config.json`` tells of a model."""

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ModelReading:
    """A model as its config tells it.

    Attributes
    ----------
    columns
        Quantities of the architecture, in base units.
    kind
        The model_type of the language model.
    notes
        Sentences on what was read otherwise than at its word, or in part.
    beside
        Keys of other parts, such as a vision tower, whose weights are not counted.
    bytes_per_parameter
        Of the weights as they are stored; NaN where the config does not tell, or where they are quantized.
    mtp_layers
        Layers that predict further tokens, stored beside the model and not counted.
    """

    columns: Mapping[str, float]
    kind: str = ""
    notes: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    bytes_per_parameter: float = math.nan
    mtp_layers: float = 0.0

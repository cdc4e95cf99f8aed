"""What is assumed of a service where nobody states it: its precision, the lengths of its queries, how fast it must answer.

These are choices, not facts: what is read says that they are assumed, and each has a parameter that states it.
"""

import math
import re
from collections.abc import Mapping

from ... import configs
from ..estimate.scenario import StatedValue
from ..estimate.source import Source, SourceKind

INPUT, OUTPUT = "serving_input_tokens", "serving_output_tokens"
SPEED, FIRST = "interactivity", "time_to_first_token"
_PRECISIONS = ("fp8", "bf16", "fp4")  # the first whose peak is known is taken
LENGTHS, LIMITS = (INPUT, OUTPUT), (SPEED, FIRST)

# In base units, with the reason that a person reads.
_USUAL: Mapping[str, tuple[float, str]] = {
    INPUT: (1000.0, "a choice: a question with some pages of context"),
    OUTPUT: (500.0, "a choice: an answer of a page"),
    SPEED: (50.0, "a choice: some ten times as fast as people read"),
    FIRST: (2.0, "a choice: a wait that people notice and bear"),
}
_MIXED = re.compile(r"gpt[-_]?oss")
_WHY_MIXED = (
    "as published: experts in MXFP4, a scale of 8 bits for 32 weights, all else in BF16 "
    "(huggingface.co/openai/gpt-oss-120b, config.json, quantization_config)"
)


def usual_value(name: str) -> StatedValue:
    """Return what is assumed of a length or a limit that nobody states, with the reason."""
    value, reason = _USUAL[name]
    return StatedValue(value, Source(SourceKind.DEFAULT, reason))


def usual_precision(chip: configs.FactRow, model: object = None) -> str:
    """Name the precision that a model is served in where nobody states one: FP8 where it has a peak, else BF16, else FP4.

    Parameters
    ----------
    chip
        Its row of the hardware table.
    model
        As the user states it: gpt-oss, whose experts are in MXFP4, is multiplied in BF16 on chips without FP4.
    """
    known = [name for name in _PRECISIONS if not math.isnan(chip.values.get(f"peak_{name}", math.nan))]
    if is_mixed(model) and "fp4" not in known:
        return "bf16"
    return known[0] if known else _PRECISIONS[0]


def is_mixed(model: object) -> bool:
    """Tell whether a model is published with its experts alone in MXFP4, as gpt-oss is.

    Parameters
    ----------
    model
        As the user states it: a name, a path, or the keys of a config.json.
    """
    named = model.get("model_type") if isinstance(model, Mapping) else model
    return _MIXED.search(str(named).lower()) is not None


def mixed_bits() -> dict[str, StatedValue]:
    """Return the bits of weights and products of a model that is published with its experts alone in MXFP4."""
    source = Source(SourceKind.DEFAULT, _WHY_MIXED)
    held = {"weight_bits": 4.25 / 8, "dense_weight_bits": 2.0, "dense_precision_bits": 16.0}
    return {name: StatedValue(value, source) for name, value in held.items()}

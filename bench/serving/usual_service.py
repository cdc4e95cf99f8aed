"""What is assumed of a service where nobody states it: its precision, the lengths of its queries, how fast it must answer.

These are choices, not facts: what is read says that they are assumed, and each has a parameter that states it.
"""

import math
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


def usual_value(name: str) -> StatedValue:
    """Return what is assumed of a length or a limit that nobody states, with the reason."""
    value, reason = _USUAL[name]
    return StatedValue(value, Source(SourceKind.DEFAULT, reason))


def usual_precision(chip: configs.FactRow) -> str:
    """Name the precision that a model is served in where nobody states one: FP8 where it has a peak, else BF16, else FP4."""
    known = (name for name in _PRECISIONS if not math.isnan(chip.values.get(f"peak_{name}", math.nan)))
    return next(known, _PRECISIONS[0])

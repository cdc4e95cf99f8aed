"""The MFU that the best strategy of a run would have by the step-time model, where enough is known of the run to search one.

It is what the expected MFU rests on beside the regression (``best_step_mfu`` in kernels/quantities/utilisation.py). Of a model
whose parameters alone are known, a transformer of that size is searched in its place.
"""

import math
from collections.abc import Mapping

from ... import configs
from ...kernels.quantities import MODEL
from ..facts.precisions import PEAKS
from ..prior import store
from . import strategy_search
from .scenario import StatedValue

NOT_SEARCHED = 0.0
_SEARCHED = ("step_mfu", "memory_margin", "divides")
GUESSED_MFU = 0.35  # by which chips are guessed that nothing gives: a factor of two in them moves the best MFU by hundredths
VOCABULARY = 32_768.0
SPARSE = 5.0  # parameters over active ones from which the experts that a token uses are eight, in place of two
MULTIPLE = 256.0  # of a sketched width


def best_step_mfu(fixed: Mapping[str, StatedValue], year: float = math.nan) -> float:
    """Search the best strategy of a run and return its MFU (0 to 1); 0 where too little is known, or nothing fits.

    Parameters
    ----------
    fixed
        What is known of the run, in base units: the model's architecture or its parameters, the chip's facts, chips or days.
    year
        The calendar year of the run, whose software it has; NaN for that of the newest steps.
    """
    known = {name: held.value for name, held in fixed.items() if not math.isnan(held.value)}
    try:
        given = known | _architecture(known)
        given |= {"chip_count": _chips(given), "sequence_length": _sequence_length(given, year)}
        if not math.isnan(year):
            given["software_date"] = min(year + 0.5, configs.defaults()["software_date"].value)
        parts = {name: given.pop(name) for name in strategy_search.PARTS if name in given}
        stated = {name: given[name] for name in MODEL.inputs(_SEARCHED) if name in given}
        peaks = {name: given.get(name, math.nan) for name in PEAKS.values()}  # that of another precision may be unknown
        best = strategy_search.best_strategy(peaks | stated, parts).mfu
    except (KeyError, strategy_search.NoStrategyError):
        return NOT_SEARCHED
    return best if best > 0 else NOT_SEARCHED


def _architecture(known: Mapping[str, float]) -> dict[str, float]:
    """Sketch a transformer of so many parameters where the model's architecture is not known."""
    if "ffn_size" in known and "vocabulary_size" in known:
        return {}
    active = known["active_parameters"]
    sketch = store.stated().sketch
    layers = max(round((active / (12 * sketch.width_per_layer**2)) ** (1 / 3)), 2)
    embedding = 2 * VOCABULARY * sketch.width_per_layer * layers
    width = math.sqrt(max(active - embedding, active / 2) / (12 * layers))
    width = max(round(width / MULTIPLE) * MULTIPLE, MULTIPLE)
    heads = width / sketch.head_size
    shape = {"layers": float(layers), "hidden_size": width, "heads": heads, "kv_heads": heads, "head_size": sketch.head_size}
    shape |= {"ffn_size": 64.0 * round(8 * width / 3 / 64), "ffn_matrices": 3.0, "vocabulary_size": VOCABULARY}
    return {**configs.load("models").otherwise, **shape, **_experts(known, layers, width)}


def _experts(known: Mapping[str, float], layers: int, width: float) -> dict[str, float]:
    """Sketch the experts of a mixture: as many as make up the parameters that a token does not use."""
    active, total = known["active_parameters"], known.get("parameters", known["active_parameters"])
    if total <= configs.defaults()["sparse_ratio"].value * active:
        return {}
    used = 8.0 if total > SPARSE * active else 2.0
    one = 8 * width**2 / used  # parameters of an expert, in a layer of 12 x width^2
    experts = 2.0 ** round(math.log2(used + (total - active) / layers / one))
    size = 64.0 * max(round(8 * width / 3 / used / 64), 1)
    return {"moe_layers": float(layers), "experts": experts, "active_experts": used, "expert_ffn_size": size}


def _chips(known: Mapping[str, float]) -> float:
    """Return the chips; where nothing gives them, a power of two that takes the stated or the usual time."""
    if "chip_count" in known:
        return float(round(known["chip_count"]))
    flops = 6 * known["active_parameters"] * known["tokens"]
    time = known.get("run_time", store.stated().run_time.of(flops).parameters[0])
    chips = flops / (GUESSED_MFU * known["peak_bf16"]) / time
    return 2.0 ** max(round(math.log2(chips)), 0)


def _sequence_length(known: Mapping[str, float], year: float) -> float:
    usual = store.stated().of("sequence_length", year=year)
    return known["sequence_length"] if "sequence_length" in known or usual is None else usual.parameters[0]

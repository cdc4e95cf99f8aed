"""The MFU that the best strategy of a run would have by the step-time model, where enough is known of the run to search one.

It is what the expected MFU rests on beside the regression (``best_step_mfu`` in kernels/quantities/utilisation.py).
"""

import math
from collections.abc import Mapping

from ... import configs
from ...kernels.quantities import MODEL
from ..facts.precisions import PEAKS
from ..prior import store
from . import strategy_search
from .scenario import StatedValue
from .source import Source, SourceKind

NOT_SEARCHED = 0.0
BEST_STEP = Source(SourceKind.SEARCHED, "best strategy by the step-time model")
_SEARCHED = ("step_mfu", "memory_margin", "divides")
GUESSED_MFU = 0.35  # by which chips are guessed that nothing gives: a factor of two in them moves the best MFU by hundredths


def best_step_mfu(fixed: Mapping[str, StatedValue], year: float = math.nan) -> float:
    """Search the best strategy of a run and return its MFU (0 to 1); 0 where too little is known, or nothing fits.

    Parameters
    ----------
    fixed
        What is known of the run, in base units: the model's architecture or its sketch, the chip's facts, chips or days.
    year
        The calendar year of the run, whose software it has; NaN for that of the newest steps.
    """
    known = {name: held.value for name, held in fixed.items() if not math.isnan(held.value)}
    try:
        given = _software(year) | known | {"chip_count": _chips(known), "sequence_length": _sequence_length(known, year)}
        parts = {name: given.pop(name) for name in strategy_search.PARTS if name in given}
        stated = {name: given[name] for name in MODEL.inputs(_SEARCHED) if name in given}
        peaks = {name: given.get(name, math.nan) for name in PEAKS.values()}  # that of another precision may be unknown
        best = strategy_search.best_strategy(peaks | stated, parts).mfu
    except (KeyError, strategy_search.NoStrategyError):
        return NOT_SEARCHED
    return best if best > 0 else NOT_SEARCHED


def _software(year: float) -> dict[str, float]:
    """Return what software of a year does, of the middle of that year and no newer than the newest steps."""
    from ..step_time.habits import DEFAULT, habits  # where a strategy is searched

    newest = configs.defaults()["software_date"].value
    does = habits(DEFAULT, newest if math.isnan(year) else min(year + 0.5, newest))
    return {name: value for name, value in does.items() if name not in strategy_search.PARTS}


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

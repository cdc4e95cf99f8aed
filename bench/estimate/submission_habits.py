"""What submissions of a benchmark do where nothing is said: their batch and their precision."""

import math

from ... import configs
from .convergence import least_batch

BATCH_SOURCE = (
    "the reference's smallest batch, to the nearest power of two times the chips: fewest sequences meet the target so "
    "(mlcommons/training_results_v5.0, llama31_405b: 1,216 on 2,432 chips, 1,248 on 2,496)"
)
PRECISION_SOURCE = "FP8 where the chip computes it faster than BF16, as submissions since MLPerf Training v3.0 do"


def usual_batch(rules: configs.FactRow, chips: float) -> float:
    """Return sequences of a step: the reference's smallest batch, to the nearest power of two times (or over) the chips.

    Parameters
    ----------
    rules
        The benchmark's row.
    chips
        Chips of the submission.
    """
    doublings = round(math.log2(least_batch(rules) / chips))
    return float(max(math.floor(chips * 2.0**doublings), 1))


def usual_precision(chip: configs.FactRow) -> str:
    """Return the precision of submissions on a chip: ``fp8`` where it is faster than BF16, else ``bf16``."""
    return "fp8" if chip.values["peak_fp8"] > chip.values["peak_bf16"] else "bf16"

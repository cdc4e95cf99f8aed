"""The batch of a benchmark's submission that states none: as few sequences as the reference's smallest, by whole replicas."""

import math

from ... import configs
from .convergence import least_batch

SOURCE = (
    "the reference's smallest batch, to the nearest power of two times the chips: fewest sequences meet the target so "
    "(mlcommons/training_results_v5.0, llama31_405b: 1,216 on 2,432 chips, 1,248 on 2,496)"
)


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

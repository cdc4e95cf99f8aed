"""What submissions of a benchmark do where nothing is said: their batch and their precision."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from ... import configs
from ..facts.precisions import PRECISIONS
from .convergence import least_batch

BATCH_SOURCE = (
    "the fastest of the reference's smallest batch, to the nearest power of two times the chips, and its doubles up to the "
    "greatest: fewest sequences meet the target so (mlcommons/training_results_v5.0, llama31_405b: 1,216 on 2,432 chips, "
    "1,248 on 2,496)"
)
PRECISION_SOURCE = (
    "FP8 where the chip computes it faster than BF16, as submissions since MLPerf Training v3.0 do; some since v5.1 take FP4 "
    "(mlcommons/training_results_v5.1, NVIDIA/results/hsg_ngpu2560_ngc25.09_nemo/llama31_405b)"
)
INTEGER_SOURCE = (
    "INT8 where a chip has no faster FP8 (mlcommons/training_results_v4.0, "
    "Google/benchmarks/gpt3/implementations/maxtext/v5p-1024.sh: quantization=int8)"
)


@dataclass(frozen=True)
class UsualPrecision:
    """In what submissions compute on a chip.

    Attributes
    ----------
    name
        What it is called.
    option
        The precision whose bits it has: one of `precisions.OPTIONS`.
    source
        Why it is taken.
    peaks
        Peaks (FLOP/s) of the chip that take the place of the option's.
    """

    name: str
    option: str
    source: str
    peaks: Mapping[str, float] = field(default_factory=dict)


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


def usual_precision(chip: configs.FactRow) -> UsualPrecision:
    """Return in what submissions compute on a chip: FP8 or INT8 where that is faster than BF16, else BF16.

    Parameters
    ----------
    chip
        Its row of the hardware table.
    """
    bf16, fp8, int8 = (chip.values[name] for name in ("peak_bf16", "peak_fp8", "peak_int8"))
    if fp8 > bf16:
        return UsualPrecision("FP8", "fp8", PRECISION_SOURCE)
    if int8 > bf16:
        return UsualPrecision("INT8", "fp8", INTEGER_SOURCE, PRECISIONS["INT8"].peaks(chip.values))
    return UsualPrecision("BF16", "bf16", "no products of fewer bits are faster on the chip")


def usual_step(best_seconds: float, best_spread: float) -> tuple[float, float]:
    """Return the step of a submission whose strategy is not known: its time (s) and the standard deviation of the logarithm.

    Parameters
    ----------
    best_seconds
        The step time with the best strategy (s).
    best_spread
        The standard deviation of its logarithm.
    """
    defaults = configs.defaults()
    seconds = best_seconds * defaults["submission_step_ratio"].value
    return seconds, math.hypot(best_spread, defaults["submission_step_spread"].value)

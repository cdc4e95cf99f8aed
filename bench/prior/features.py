"""What is known of a run before it starts and bears on its MFU, as numbers for a regression.

Each feature is an indicator, or made of logarithms of ratios to a round reference, so that 0 means "like the reference". A
feature that is not known (the chip's bandwidth is not published) is NaN and is marginalised by the regression. The
regression is fitted on these; predicting from it is a matter of the model's quantities (kernels/quantities/run_features.py and
utilisation.py), of which a test says that they agree.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ... import configs

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Known:
    """What is known of a run before it starts, NaN where it is not known.

    Parameters
    ----------
    active_parameters, parameters
        Parameters that a token uses, and all of them.
    peak_flops
        The chip's dense peak in the run's precision (FLOP/s).
    memory_bandwidth
        The chip's (bytes/s).
    year
        The calendar year of the run.
    peak_bf16
        The chip's dense peak in BF16 (FLOP/s); where it is not known, that of the precision by the bits.
    precision_bits
        Bits of the matrix products' operands.
    """

    active_parameters: float
    parameters: float = math.nan
    peak_flops: float = math.nan
    memory_bandwidth: float = math.nan
    year: float = math.nan
    peak_bf16: float = math.nan
    precision_bits: float = 16.0

    @property
    def counted_bf16_peak(self) -> float:
        """The peak in BF16 (FLOP/s) by which the chip is known; NaN without any."""
        return self.peak_bf16 if self.peak_bf16 > 0 else self.peak_flops * self.precision_bits / 16

    @property
    def balance(self) -> float:
        """Logarithm of the operations per byte of memory traffic over the reference; NaN where it is not known."""
        ratio = self.counted_bf16_peak / self.memory_bandwidth
        return _log(max(ratio, _constant("least_balance")) if ratio > 0 else ratio, _constant("reference_balance"))

    @property
    def narrowness(self) -> float:
        """How narrow the model's matrices are over the reference's; NaN where its size is not known."""
        if not self.active_parameters > 0:
            return math.nan
        ratio = _constant("reference_size") / max(self.active_parameters, _constant("least_size"))
        return float(ratio ** _constant("width_exponent"))


@dataclass(frozen=True)
class SeenRuns:
    """What the fitted runs are like, where a prediction asks for it.

    Parameters
    ----------
    greatest_peak
        The dense BF16 peak (FLOP/s) of their fastest chip.
    narrowness, narrowness_spread
        Mean and variance of their models' narrowness.
    """

    greatest_peak: float
    narrowness: float
    narrowness_spread: float

    @classmethod
    def of(cls, runs: Iterable[Known]) -> "SeenRuns":
        """Measure some runs; of none, no chip is beyond theirs and every model is like the reference."""
        runs = list(runs)
        peaks = [run.counted_bf16_peak for run in runs if run.counted_bf16_peak > 0]
        narrow = np.array([run.narrowness for run in runs if run.narrowness > 0] or [1.0])
        return cls(max(peaks, default=math.inf), float(narrow.mean()), float(narrow.var()))


def _constant(name: str) -> float:
    """Look up what counts 0, or divides one kind from the other, among the model's defaults."""
    return configs.defaults()[name].value


def _log(value: float, reference: float) -> float:
    ratio = value / reference  # 0 of what is next to nothing
    return math.log(ratio) if ratio > 0 else math.nan


def _scarcity(run: Known, seen: SeenRuns) -> float:
    return run.balance * (seen.narrowness if math.isnan(run.narrowness) else run.narrowness)


def _size(run: Known, seen: SeenRuns) -> float:
    return math.log(max(run.active_parameters / _constant("large_size"), 1.0)) if run.active_parameters > 0 else math.nan


def _speedup(run: Known, bits: Callable[[float], bool]) -> float:
    if not bits(run.precision_bits):
        return 0.0
    if not run.counted_bf16_peak > 0:
        return math.log(16 / run.precision_bits)
    return _log(run.peak_flops, run.counted_bf16_peak)


def _moe(run: Known, seen: SeenRuns) -> float:
    if not run.parameters > 0 or not run.active_parameters > 0:
        return math.nan
    return float(run.parameters > _constant("sparse_ratio") * run.active_parameters)


def _beyond(run: Known, seen: SeenRuns) -> float:
    ratio = run.counted_bf16_peak / seen.greatest_peak
    return math.nan if math.isnan(ratio) else min(max(math.log2(ratio), 0.0), 1.0) if ratio > 0 else 0.0


def _year(run: Known, holds: Callable[[float], bool]) -> float:
    return math.nan if math.isnan(run.year) else float(holds(run.year))


FEATURES: Mapping[str, Callable[[Known, SeenRuns], float]] = {
    "scarcity": _scarcity,  # bytes that the chip lacks for its operations, weighed by how narrow the model is
    "size": _size,
    "fp8": lambda run, seen: _speedup(run, lambda bits: 4 < bits <= 8),
    "fp4": lambda run, seen: _speedup(run, lambda bits: bits <= 4),
    "moe": _moe,
    "before_2023": lambda run, seen: _year(run, lambda year: year < _constant("modern_year")),
    "since_2026": lambda run, seen: _year(run, lambda year: year >= _constant("recent_year")),
    "beyond_runs": _beyond,
}


WORDS: Mapping[str, str] = {  # what a person reads of a feature
    "scarcity": "memory bandwidth and model size",
    "size": "memory bandwidth and model size",
    "fp8": "precision",
    "fp4": "precision",
    "moe": "mixture of experts",
    "before_2023": "year",
    "since_2026": "year",
    "beyond_runs": "speed of the chip",
}


def vector(run: Known, names: Sequence[str], seen: SeenRuns) -> Floats:
    """Compute features of a run.

    Parameters
    ----------
    names
        Which features, in the order wanted.
    seen
        What the fitted runs are like.

    Returns
    -------
    Floats
        Of shape ``(len(names),)``; NaN where a feature is not known. A model of unknown size is as narrow as the fitted ones.
    """
    return np.array([FEATURES[name](run, seen) for name in names], dtype=np.float64)

"""How fast a benchmark is in a record, as one number, and how sure that is: what histories follow over time."""

import math
import statistics

import numpy as np

from ..stats.inference import median_interval
from .record import Benchmark

CONFIDENCE = 0.95
MIN_BLOCKS = 3  # passes, below which their medians say nothing of what passes differ by


def level(benchmark: Benchmark) -> float:
    """Return a benchmark's level: the median of its samples (s)."""
    return statistics.median(benchmark.samples)


def log_error(benchmark: Benchmark) -> float | None:
    """Return the standard error of the logarithm of a benchmark's level, as its samples tell it.

    It is the larger of that of the median of all samples and, where there are at least ``MIN_BLOCKS`` passes, that of the
    passes' medians, since samples of one pass share the machine's mood. What records differ by from hour to hour is in
    neither. None where there are too few samples.
    """
    logs = np.log(np.asarray(benchmark.samples, np.float64))
    errors = []
    interval = median_interval(logs, CONFIDENCE)
    if interval is not None:
        errors.append((interval[1] - interval[0]) / 2 / statistics.NormalDist().inv_cdf(0.5 + CONFIDENCE / 2))
    if len(benchmark.blocks) >= MIN_BLOCKS:
        parts = np.split(logs, np.cumsum(benchmark.blocks)[:-1])
        errors.append(statistics.stdev(float(np.median(part)) for part in parts) / math.sqrt(len(parts)))
    return max(errors) if errors else None


def level_interval(benchmark: Benchmark) -> tuple[float, float] | None:
    """Return the 95% interval of a benchmark's level (s) that its `log_error` gives; None where there is none."""
    error = log_error(benchmark)
    if error is None:
        return None
    factor = math.exp(statistics.NormalDist().inv_cdf(0.5 + CONFIDENCE / 2) * error)
    return level(benchmark) / factor, level(benchmark) * factor

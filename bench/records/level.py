"""A benchmark's level in a record: one number for all its samples, with what the record itself shows of its variance."""

import math
import statistics
from typing import Any

from ..machine.info import GPU_ENGINES
from ..stats.levels import MEDIAN_VARIANCE, Level, level_of
from .record import Benchmark
from .summary import SampleSummary

# The loops whose times are divided out: the memory loop scatters more than what it would correct (see timing.reference_loops).
NORMAL_QUARTILES = 1.349  # the distance of a normal distribution's quartiles, in standard deviations
DIVIDED_OUT = ("integer", "floating point", "interpreter")


def work_of(benchmark: Benchmark) -> tuple[Any, ...]:
    """Return what two measurements have in common where their levels compare: the key, and what a call does."""
    shared = str(benchmark.extra.get("first_pass_of") or "")
    return (benchmark.key, benchmark.engine, benchmark.dtype, benchmark.points, benchmark.threads, shared)


def speed_logs(benchmark: Benchmark) -> tuple[float, ...] | None:
    """Return for each block the logarithm of what the machine's loops took, their geometric mean.

    Returns
    -------
    tuple or None
        Logarithms of seconds; None where the loops were not timed beside each block, or a GPU computed.
    """
    reference = benchmark.reference
    if reference is None or benchmark.engine in GPU_ENGINES:
        return None
    columns = [reference.seconds.get(name, ()) for name in DIVIDED_OUT]
    count = max(len(benchmark.blocks), 1)
    if any(len(column) != count for column in columns):
        return None
    return tuple(statistics.fmean(map(math.log, row)) for row in zip(*columns, strict=True))


def speed_log(benchmark: Benchmark) -> tuple[str, float] | None:
    """Return which loops were timed beside a benchmark, and the logarithm of what they took, the median of its blocks."""
    speeds = speed_logs(benchmark)
    return None if speeds is None or benchmark.reference is None else (benchmark.reference.version, statistics.median(speeds))


def block_logs(benchmark: Benchmark) -> tuple[float, ...]:
    """Return for each block the logarithm of its median sample (s)."""
    logs, start = [], 0
    for count in benchmark.blocks or (len(benchmark.samples),):
        logs.append(math.log(statistics.median(benchmark.samples[start : start + count])))
        start += count
    return tuple(logs)


def level(benchmark: Benchmark, *, divided: bool = False) -> Level:
    """Take a benchmark's level from its samples, or from the summary where a file has no samples.

    Parameters
    ----------
    benchmark
        The benchmark.
    divided
        Whether the reference loops are divided out, block by block; they must have been timed (`speed_logs`).

    Returns
    -------
    Level
        On logarithms; of seconds, or of multiples of the loops' time.
    """
    if benchmark.summary is not None:
        return _level_of_summary(benchmark.summary)
    logs = block_logs(benchmark)
    if divided:
        speeds = speed_logs(benchmark)
        assert speeds is not None
        logs = tuple(log - speed for log, speed in zip(logs, speeds, strict=True))
    return level_of(logs) if len(logs) > 1 else _level_of_samples(logs[0], benchmark.samples)


def _level_of_samples(log: float, samples: tuple[float, ...]) -> Level:
    """Give a single block the variance that its samples show; what other processes would show remains unknown."""
    count = len(samples)
    if count < 2:
        return Level(log, 0.0, 0.0)
    first, _, third = statistics.quantiles(map(math.log, samples), n=4, method="inclusive")  # the tails are others' doing
    variance = ((third - first) / NORMAL_QUARTILES) ** 2
    return Level(log, variance * MEDIAN_VARIANCE / count, float(count - 1))


def _level_of_summary(summary: SampleSummary) -> Level:
    log = math.log(summary.seconds)
    if not summary.spread or not summary.count or summary.count < 2:
        return Level(log, 0.0, 0.0)
    share = MEDIAN_VARIANCE if summary.statistic == "median" else 1.0
    return Level(log, share * (summary.spread / summary.seconds) ** 2 / summary.count, float(summary.count - 1))

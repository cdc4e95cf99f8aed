"""The verdicts: what the change of a benchmark's time and its error say, and what energy and memory do."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..records.level import level
from ..records.record import Benchmark
from ..stats.inference import false_discovery
from ..stats.levels import Change
from .change import PairChange, RecordHistory, compare_levels, pool
from .options import SIGNIFICANCE, ComparisonOptions
from .result import ComparisonRow, Metric, Pair, Pooled
from .thresholds import MetricLimits

SAME_CONFIDENCE = 0.95  # that a benchmark that is called the same is not slower by more than its threshold


@dataclass(frozen=True)
class Judged:
    """The change of one benchmark's time, with what it means.

    Attributes
    ----------
    change
        Candidate over baseline.
    verdict, reason
        faster, same, slower or unsure, and why where that needs saying.
    adjusted_p
        The p value after the control of false discoveries.
    detectable
        The smallest slow-down, as a share, that would have been found.
    speed
        How many times as long the reference loops took beside the candidate, where they are divided out.
    """

    change: Change
    verdict: str
    reason: str
    adjusted_p: float
    detectable: float
    speed: float | None = None


TimeJudge = Callable[[Sequence[Pair]], tuple[list[Judged], Pooled | None]]


def judge_records(history: RecordHistory, options: ComparisonOptions) -> TimeJudge:
    """Return what judges the times of two records: by their levels, and how far other records' lie apart."""

    def judge_times(pairs: Sequence[Pair]) -> tuple[list[Judged], Pooled | None]:
        compared = compare_levels(pairs, history)
        adjusted = false_discovery([item.change.p_value() for item in compared])
        judged = [_judge(*parts, len(pairs)) for parts in zip(pairs, compared, adjusted, strict=True)]
        return judged, pooled_verdict(pool(compared), len(compared), options.thresholds.default)

    return judge_times


def _judge(pair: Pair, compared: PairChange, adjusted_p: float, count: int) -> Judged:
    """Judge one of ``count`` benchmarks that are tested together."""
    change = compared.change
    detectable = change.detectable(SIGNIFICANCE / count)
    if compared.few:  # with others, all together may still say something
        return Judged(change, "unsure", "a handful of samples of one process says nothing alone", adjusted_p, detectable)
    verdict = verdict_of(change, adjusted_p < SIGNIFICANCE, pair.limits)
    return Judged(change, verdict, _reason(verdict, change, pair.limits), adjusted_p, detectable, compared.speed)


def verdict_of(change: Change, significant: bool, limits: MetricLimits) -> str:
    """Call a change slower, faster, same or unsure.

    Parameters
    ----------
    change
        Candidate over baseline.
    significant
        Whether it is more than chance.
    limits
        From where on a change counts, and below which it does not.
    """
    if significant and abs(change.log) > math.log1p(limits.margin):
        return "slower" if change.log > 0 else "faster"
    return "same" if significant or change.within(limits.time, SAME_CONFIDENCE) else "unsure"


def _reason(verdict: str, change: Change, limits: MetricLimits) -> str:
    """Say why a verdict is what it is, where that needs saying."""
    if verdict != "unsure":
        return ""
    if abs(change.bias) > 0.02:
        return f"other processes used the processor unequally, which may have done {math.expm1(abs(change.bias)):.0%} of it"
    return f"too noisy to tell a change of {limits.time:.0%} from none"


def pooled_verdict(change: Change | None, count: int, limits: MetricLimits) -> Pooled | None:
    """Judge the mean change of all benchmarks; None where there is none.

    Parameters
    ----------
    change
        The geometric mean of the ratios.
    count
        Of how many benchmarks.
    limits
        Those that hold by default.
    """
    if change is None:
        return None
    verdict = verdict_of(change, change.p_value() < SIGNIFICANCE, limits)
    return Pooled(verdict, change, count, limits.time, change.detectable(SIGNIFICANCE))


def judge(pairs: Sequence[Pair], judge_times: TimeJudge) -> tuple[list[ComparisonRow], Pooled | None]:
    """Make a row for each pair, and the verdict on all of them together.

    Parameters
    ----------
    pairs
        Each benchmark's two sides.
    judge_times
        What judges the pairs whose times may be compared.
    """
    timed = [pair for pair in pairs if not pair.reason]
    judged, pooled = judge_times(timed)
    rows = [_untimed_row(pair) for pair in pairs if pair.reason]
    return rows + [_row(pair, item) for pair, item in zip(timed, judged, strict=True)], pooled


def uncompared_row(benchmark: Benchmark, verdict: str, reason: str) -> ComparisonRow:
    """Make the row of a benchmark that was not compared.

    Parameters
    ----------
    benchmark
        The benchmark, of whichever side has it.
    verdict
        One of ``VERDICTS``.
    reason
        Why it was not compared.
    """
    return ComparisonRow(benchmark.name, verdict, reason, dict(benchmark.params), benchmark.fullname)


def _untimed_row(pair: Pair) -> ComparisonRow:
    """Make the row of a pair whose times are not compared: wrong, or incomparable."""
    row = uncompared_row(pair.candidate, "wrong" if pair.wrong else "incomparable", pair.reason)
    return replace(row, fails=(f"wrong answer: {pair.reason}",)) if pair.wrong else row


def _failures(judged: Judged, limits: MetricLimits, energy: Metric | None, memory: Metric | None) -> list[str]:
    """Word what goes beyond its threshold."""
    fails = []
    if judged.verdict == "slower" and judged.change.ratio > 1 + limits.time:
        fails.append(f"time {judged.change.ratio - 1:+.1%} (threshold {limits.time:.0%})")
    for name, metric in (("energy", energy), ("memory", memory)):
        if metric is not None and metric.worse:
            fails.append(f"{name} {metric.ratio - 1:+.1%} (threshold {metric.threshold:.0%})")
    return fails


def _row(pair: Pair, judged: Judged) -> ComparisonRow:
    baseline, candidate = pair.baseline, pair.candidate
    energy, memory = _energy(pair), _memory(pair)
    return ComparisonRow(
        name=candidate.name,
        verdict=judged.verdict,
        reason=judged.reason,
        params=dict(candidate.params),
        fullname=candidate.fullname,
        baseline=math.exp(level(baseline).log),
        candidate=math.exp(level(candidate).log),
        samples=(len(baseline.samples), len(candidate.samples)),
        time=judged.change,
        speed=judged.speed,
        adjusted_p=judged.adjusted_p,
        threshold=pair.limits.time,
        detectable=judged.detectable,
        energy=energy,
        memory=memory,
        fails=tuple(_failures(judged, pair.limits, energy, memory)),
    )


# --- energy and memory ------------------------------------------------------------------------------------------------


def _energy(pair: Pair) -> Metric | None:
    before, after = pair.baseline.energy.per_billion_points.value, pair.candidate.energy.per_billion_points.value
    return Metric(before, after, pair.limits.energy) if before and after is not None else None


# What a peak may grow by beyond its threshold: pages come in lumps, and a process that had to compile first holds more.
_MEMORY = (("device_peak_bytes", 16e6), ("host_above_bytes", 16e6), ("host_peak_bytes", 128e6))


def _memory(pair: Pair) -> Metric | None:
    """Take the device's peak where both have one, else what the calls took on the host, else the process's peak."""
    for name, slack in _MEMORY:
        before, after = getattr(pair.baseline.memory, name).value, getattr(pair.candidate.memory, name).value
        if before is not None and after is not None:
            return Metric(before, after, pair.limits.memory, slack)
    return None

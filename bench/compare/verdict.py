"""The verdicts: what a ratio, its interval and its p value say about a benchmark, and what other processes did to it."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..machine.info import GPU_ENGINES
from ..machine.noise import OTHERS
from ..records.record import Benchmark
from ..stats.inference import Ratio, compare_passes, compare_samples, false_discovery, min_p_value
from .result import ComparisonRow, Metric, Pair
from .thresholds import MetricLimits

SIGNIFICANT = 0.05  # the share of false verdicts allowed among the changes that are found
CROWDED = 0.001  # the same between two runs of which one shared the processor: the crowd differs from run to run


@dataclass(frozen=True)
class _Test:
    """A ratio, its p value after the control of false discoveries (None where there is none), and what counts as small."""

    ratio: Ratio
    adjusted: float | None
    significant: float


def judge(pairs: Sequence[Pair], paired: bool, significant: float = SIGNIFICANT) -> list[ComparisonRow]:
    """A row for each pair. ``paired`` passes were taken next to each other."""
    timed = [pair for pair in pairs if not pair.reason]
    times = _tests(timed, [_time(pair, paired) for pair in timed], paired, significant)
    crowded = [
        pair for pair in timed if paired and _share(pair) > OTHERS and pair.baseline.cpu_blocks and pair.candidate.cpu_blocks
    ]
    own = _tests(crowded, [compare_passes(p.baseline.cpu_blocks, p.candidate.cpu_blocks) for p in crowded], paired, significant)
    by_pair = {id(pair): test for pair, test in zip(crowded, own, strict=True)}
    rows = [_untimed(pair) for pair in pairs if pair.reason]
    return rows + [_row(pair, test, by_pair.get(id(pair)), len(timed), paired) for pair, test in zip(timed, times, strict=True)]


def alone(benchmark: Benchmark, verdict: str, reason: str) -> ComparisonRow:
    """The row of a benchmark that was not compared."""
    return ComparisonRow(benchmark.name, verdict, reason, dict(benchmark.params))


def _time(pair: Pair, paired: bool) -> Ratio:
    one, other = pair.baseline, pair.candidate
    return compare_samples(one.samples, other.samples, blocks=(one.blocks, other.blocks), paired=paired)


def _tests(pairs: Sequence[Pair], ratios: Sequence[Ratio], paired: bool, significant: float) -> list[_Test]:
    """False discoveries controlled over all that have a p value (single samples have none)."""
    tested = [i for i, ratio in enumerate(ratios) if ratio.p_value is not None]
    adjusted = dict(zip(tested, false_discovery([ratios[i].p_value or 0.0 for i in tested]), strict=True))
    return [
        _Test(ratio, adjusted.get(i), significant if paired or _share(pair) <= OTHERS else min(significant, CROWDED))
        for i, (pair, ratio) in enumerate(zip(pairs, ratios, strict=True))
    ]


def _share(pair: Pair) -> float:
    """The share of the CPU time that other processes used, in the run in which they used more; 0 for what a GPU does."""
    if pair.candidate.engine in GPU_ENGINES:
        return 0.0
    return max((each.noise.other_cpu_share or 0.0 for each in (pair.baseline, pair.candidate) if each.noise), default=0.0)


def _untimed(pair: Pair) -> ComparisonRow:
    """A pair whose times are not compared: wrong, or incomparable."""
    row = alone(pair.candidate, "wrong" if pair.wrong else "incomparable", pair.reason)
    return replace(row, fails=(f"wrong answer: {pair.reason}",)) if pair.wrong else row


def _row(pair: Pair, time: _Test, own: _Test | None, tests: int, paired: bool) -> ComparisonRow:
    baseline, candidate, limits = pair.baseline, pair.candidate, pair.limits
    smallest = min_p_value(len(baseline.samples), len(candidate.samples))
    few = time.adjusted is None or smallest > time.significant / tests
    verdict, reason = _few(pair, time.ratio) if few else _verdict(time, limits)
    decisive, what = time.ratio, "time"
    if few and verdict != "same" and _share(pair) > OTHERS:
        verdict = "unsure"
    if verdict in ("slower", "faster") and not paired and (crowd := _crowded_out(pair, time.ratio)):
        verdict, reason = "unsure", crowd
    elif verdict == "unsure" and own is not None and (found := _verdict(own, limits)[0]) in ("slower", "faster"):
        verdict, decisive, what = found, own.ratio, "CPU time"
        reason = (
            f"by its own CPU time ({own.ratio.value - 1:+.1%}): other processes used up to {_share(pair):.0%} of the processor"
        )
    energy, memory = _energy(pair), _memory(pair)
    fails = []
    if verdict == "slower" and decisive.value > 1 + limits.time:
        fails.append(f"{what} {decisive.value - 1:+.1%} (threshold {limits.time:.0%})")
    for name, metric in (("energy", energy), ("memory", memory)):
        if metric is not None and metric.worse:
            fails.append(f"{name} {metric.ratio - 1:+.1%} (threshold {metric.threshold:.0%})")
    return ComparisonRow(
        name=candidate.name,
        verdict=verdict,
        reason=reason,
        params=dict(candidate.params),
        baseline=statistics.median(baseline.samples),
        candidate=statistics.median(candidate.samples),
        samples=(len(baseline.samples), len(candidate.samples)),
        time=time.ratio,
        cpu=own.ratio if own else None,
        adjusted_p=time.adjusted,
        threshold=limits.time,
        energy=energy,
        memory=memory,
        fails=tuple(fails),
        few=few,
    )


def _verdict(test: _Test, limits: MetricLimits) -> tuple[str, str]:
    """slower, faster, same or unsure, and why where that needs saying."""
    ratio = test.ratio
    low, high = ratio.low or 0.0, ratio.high or math.inf
    if test.adjusted is not None and test.adjusted < test.significant and not low <= 1 <= high:
        if abs(math.log(ratio.value)) > math.log(1 + limits.margin):
            return ("slower" if ratio.value > 1 else "faster"), ""
        return "same", f"a change below {limits.margin:.0%}"
    if high <= 1 + limits.time and low >= 1 / (1 + limits.time):
        return "same", ""
    return "unsure", f"the interval reaches beyond {limits.time:.0%}; take more samples"


def _few(pair: Pair, ratio: Ratio) -> tuple[str, str]:
    """So few samples that no test could find a change: it counts where every sample of one side is beyond the other's."""
    one, other, limit = pair.baseline.samples, pair.candidate.samples, pair.limits.time
    reason = f"judged by the ratio alone: {len(one)} and {len(other)} samples are too few for a test"
    if ratio.value > 1 + limit:
        return ("slower" if min(other) > max(one) else "unsure"), reason
    if ratio.value < 1 / (1 + limit):
        return ("faster" if max(other) < min(one) else "unsure"), reason
    return "same", reason


def _crowded_out(pair: Pair, ratio: Ratio) -> str:
    """Why a change between two runs is rather other processes' doing, or nothing.

    Waiting for a processor that others use makes a benchmark slower, and its own CPU time hardly: unless the CPU time
    explains half of the change, it is put down to them. (Passes taken in turn have no need of this.)
    """
    share, before, after = _share(pair), pair.baseline.cpu_seconds.value, pair.candidate.cpu_seconds.value
    if share <= OTHERS or not before or not after or math.log(after / before) / math.log(ratio.value) >= 0.5:
        return ""
    own = f"its own CPU time changed by {after / before - 1:+.0%} only"
    return f"other processes used up to {share:.0%} of the CPU time, and {own}"


# --- energy and memory ------------------------------------------------------------------------------------------------


def _energy(pair: Pair) -> Metric | None:
    one, other = pair.baseline.energy.per_billion_points.value, pair.candidate.energy.per_billion_points.value
    return Metric(one, other, pair.limits.energy) if one and other is not None else None


# What a peak may grow by beyond its threshold: pages come in lumps, and a process that had to compile first holds more.
_MEMORY = (("device_peak_bytes", 16e6), ("host_above_bytes", 16e6), ("host_peak_bytes", 128e6))


def _memory(pair: Pair) -> Metric | None:
    """The device's peak where both have one, else what the calls took on the host, else the process's peak."""
    for name, slack in _MEMORY:
        one, other = getattr(pair.baseline.memory, name).value, getattr(pair.candidate.memory, name).value
        if one is not None and other is not None:
            return Metric(one, other, pair.limits.memory, slack)
    return None

"""The verdicts: what a ratio, its interval and its p value say about a benchmark, and what other processes did to it."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..machine.info import GPU_ENGINES
from ..machine.noise import OTHERS
from ..records.record import Benchmark
from ..stats.inference import Ratio, compare_passes, compare_samples, false_discovery, min_p_value
from .options import ComparisonOptions
from .result import ComparisonRow, Metric, Pair
from .thresholds import MetricLimits

# `options.SIGNIFICANCE`, between two runs of which one shared the processor: what others do differs from run to run
CROWDED_SIGNIFICANCE = 0.001


@dataclass(frozen=True)
class _Test:
    """A ratio, its p value after the control of false discoveries (None where there is none), and what counts as small."""

    ratio: Ratio
    adjusted_p: float | None
    significance: float


@dataclass(frozen=True)
class _Tests:
    """What was tested of one pair: its times, and the CPU times where others crowded the processor and passes are paired.

    ``count`` is the number of pairs whose times were tested together.
    """

    time: _Test
    cpu: _Test | None
    count: int

    def few(self, pair: Pair) -> bool:
        """Tell whether the pair has too few samples for any test to find a change among so many."""
        min_p = min_p_value(len(pair.baseline.samples), len(pair.candidate.samples))
        return self.time.adjusted_p is None or min_p > self.time.significance / self.count


@dataclass(frozen=True)
class _Decision:
    """A verdict, why where that needs saying, and the ratio that decided, which is one of the ``metric``."""

    verdict: str
    reason: str
    ratio: Ratio
    metric: str = "time"


def judge(pairs: Sequence[Pair], options: ComparisonOptions) -> list[ComparisonRow]:
    """Make a row for each pair, false discoveries controlled over all of them."""
    pairs = [replace(pair, baseline=_sampled(pair.baseline), candidate=_sampled(pair.candidate)) for pair in pairs]
    timed = [pair for pair in pairs if not pair.reason]
    times = _test(timed, [_time(pair, options.paired) for pair in timed], options)
    crowded = [pair for pair in timed if options.paired and _is_crowded(pair) and _has_cpu_times(pair)]
    cpu_ratios = [compare_passes(pair.baseline.cpu_blocks, pair.candidate.cpu_blocks) for pair in crowded]
    cpu = {id(pair): test for pair, test in zip(crowded, _test(crowded, cpu_ratios, options), strict=True)}
    rows = [_untimed_row(pair) for pair in pairs if pair.reason]
    tests = (_Tests(time, cpu.get(id(pair)), len(timed)) for pair, time in zip(timed, times, strict=True))
    return rows + [_row(pair, pair_tests, options.paired) for pair, pair_tests in zip(timed, tests, strict=True)]


def _sampled(benchmark: Benchmark) -> Benchmark:
    """Give a benchmark that has a summary alone samples at the quantiles of a normal distribution that has the summary."""
    if benchmark.summary is None:
        return benchmark
    summary, count = benchmark.summary, min(benchmark.summary.count or 1, 1000)
    spread = min(summary.spread or 0.0, summary.seconds / 4)
    normal = statistics.NormalDist(summary.seconds, spread or summary.seconds * 1e-9)
    return replace(benchmark, samples=tuple(normal.inv_cdf((i + 0.5) / count) for i in range(count)), summary=None)


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
    return ComparisonRow(benchmark.name, verdict, reason, dict(benchmark.params))


def _time(pair: Pair, paired: bool) -> Ratio:
    baseline, candidate = pair.baseline, pair.candidate
    blocks = (baseline.blocks, candidate.blocks)
    return compare_samples(baseline.samples, candidate.samples, blocks=blocks, paired=paired)


def _test(pairs: Sequence[Pair], ratios: Sequence[Ratio], options: ComparisonOptions) -> list[_Test]:
    """Control false discoveries over all ratios that have a p value (those of single samples have none)."""
    tested = [i for i, ratio in enumerate(ratios) if ratio.p_value is not None]
    adjusted = dict(zip(tested, false_discovery([ratios[i].p_value or 0.0 for i in tested]), strict=True))
    strict = min(options.significance, CROWDED_SIGNIFICANCE)
    return [
        _Test(ratio, adjusted.get(i), strict if _is_crowded(pair) and not options.paired else options.significance)
        for i, (pair, ratio) in enumerate(zip(pairs, ratios, strict=True))
    ]


def _others_share(pair: Pair) -> float:
    """Return the share of CPU time that other processes used, of the run in which they used more; 0 for what a GPU does."""
    if pair.candidate.engine in GPU_ENGINES:
        return 0.0
    noises = (side.noise for side in (pair.baseline, pair.candidate))
    return max((noise.other_cpu_share or 0.0 for noise in noises if noise), default=0.0)


def _is_crowded(pair: Pair) -> bool:
    return _others_share(pair) > OTHERS


def _has_cpu_times(pair: Pair) -> bool:
    return bool(pair.baseline.cpu_blocks and pair.candidate.cpu_blocks)


def _untimed_row(pair: Pair) -> ComparisonRow:
    """Make the row of a pair whose times are not compared: wrong, or incomparable."""
    row = uncompared_row(pair.candidate, "wrong" if pair.wrong else "incomparable", pair.reason)
    return replace(row, fails=(f"wrong answer: {pair.reason}",)) if pair.wrong else row


def _decide(pair: Pair, tests: _Tests, paired: bool) -> _Decision:
    """Decide by the times; where they leave it open for others' crowding the processor, by the CPU times."""
    time, cpu = tests.time, tests.cpu
    few = tests.few(pair)
    verdict, reason = _verdict_of_few(pair, time.ratio) if few else _verdict(time, pair.limits)
    if few and verdict != "same" and _is_crowded(pair):
        verdict = "unsure"
    if verdict in ("slower", "faster") and not paired and (crowd := _explain_by_others(pair, time.ratio)):
        return _Decision("unsure", crowd, time.ratio)
    if verdict == "unsure" and cpu is not None and (cpu_verdict := _verdict(cpu, pair.limits)[0]) in ("slower", "faster"):
        others = f"other processes used up to {_others_share(pair):.0%} of the processor"
        reason = f"by its own CPU time ({cpu.ratio.value - 1:+.1%}): {others}"
        return _Decision(cpu_verdict, reason, cpu.ratio, "CPU time")
    return _Decision(verdict, reason, time.ratio)


def _failures(decision: _Decision, limits: MetricLimits, energy: Metric | None, memory: Metric | None) -> list[str]:
    """Word what goes beyond its threshold."""
    fails = []
    if decision.verdict == "slower" and decision.ratio.value > 1 + limits.time:
        fails.append(f"{decision.metric} {decision.ratio.value - 1:+.1%} (threshold {limits.time:.0%})")
    for name, metric in (("energy", energy), ("memory", memory)):
        if metric is not None and metric.worse:
            fails.append(f"{name} {metric.ratio - 1:+.1%} (threshold {metric.threshold:.0%})")
    return fails


def _row(pair: Pair, tests: _Tests, paired: bool) -> ComparisonRow:
    baseline, candidate = pair.baseline, pair.candidate
    decision = _decide(pair, tests, paired)
    energy, memory = _energy(pair), _memory(pair)
    return ComparisonRow(
        name=candidate.name,
        verdict=decision.verdict,
        reason=decision.reason,
        params=dict(candidate.params),
        baseline=statistics.median(baseline.samples),
        candidate=statistics.median(candidate.samples),
        samples=(len(baseline.samples), len(candidate.samples)),
        time=tests.time.ratio,
        cpu=tests.cpu.ratio if tests.cpu else None,
        adjusted_p=tests.time.adjusted_p,
        threshold=pair.limits.time,
        energy=energy,
        memory=memory,
        fails=tuple(_failures(decision, pair.limits, energy, memory)),
        few=tests.few(pair),
    )


def _verdict(test: _Test, limits: MetricLimits) -> tuple[str, str]:
    """Call it slower, faster, same or unsure, and say why where that needs saying."""
    ratio = test.ratio
    low, high = ratio.low or 0.0, ratio.high or math.inf
    if test.adjusted_p is not None and test.adjusted_p < test.significance and not low <= 1 <= high:
        if abs(math.log(ratio.value)) > math.log(1 + limits.margin):
            return ("slower" if ratio.value > 1 else "faster"), ""
        return "same", f"a change below {limits.margin:.0%}"
    if high <= 1 + limits.time and low >= 1 / (1 + limits.time):
        return "same", ""
    return "unsure", f"the interval reaches beyond {limits.time:.0%}; take more samples"


def _verdict_of_few(pair: Pair, ratio: Ratio) -> tuple[str, str]:
    """Judge samples too few for any test: a change counts where every sample of one side is beyond the other's."""
    before, after, limit = pair.baseline.samples, pair.candidate.samples, pair.limits.time
    reason = f"judged by the ratio alone: {len(before)} and {len(after)} samples are too few for a test"
    if ratio.value > 1 + limit:
        return ("slower" if min(after) > max(before) else "unsure"), reason
    if ratio.value < 1 / (1 + limit):
        return ("faster" if max(after) < min(before) else "unsure"), reason
    return "same", reason


def _explain_by_others(pair: Pair, ratio: Ratio) -> str:
    """Word why a change between two runs is rather other processes' doing; empty where it is not.

    Waiting for a processor that others use makes a benchmark slower, and its own CPU time hardly: unless the CPU time
    explains half of the change, it is put down to them. (Passes taken in turn have no need of this.)
    """
    share, before, after = _others_share(pair), pair.baseline.cpu_seconds.value, pair.candidate.cpu_seconds.value
    if share <= OTHERS or not before or not after or math.log(after / before) / math.log(ratio.value) >= 0.5:
        return ""
    own = f"its own CPU time changed by {after / before - 1:+.0%} only"
    return f"other processes used up to {share:.0%} of the CPU time, and {own}"


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

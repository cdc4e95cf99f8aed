"""Two sets of benchmarks compared: for each a ratio with its interval, a p value and one verdict."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .equal import disagreement
from .machine import GPU_ENGINES, differences
from .noise import OTHERS
from .record import Benchmark, Record
from .statistics import Ratio, compare_samples, false_discovery, least_p
from .thresholds import Limits, Thresholds

VERDICTS = ("wrong", "slower", "unsure", "missing", "incomparable", "new", "same", "faster")
SIGNIFICANT = 0.05  # the share of false verdicts allowed among the changes that are found


@dataclass(frozen=True)
class Metric:
    """Energy or memory: one number on each side.

    ``worse`` where the ratio is beyond the threshold and the difference beyond ``slack``, which is in the metric's unit.
    """

    baseline: float
    candidate: float
    threshold: float
    slack: float = 0.0

    @property
    def ratio(self) -> float:
        return self.candidate / self.baseline if self.baseline else math.inf if self.candidate else 1.0

    @property
    def worse(self) -> bool:
        return self.ratio > 1 + self.threshold and self.candidate - self.baseline > self.slack


@dataclass(frozen=True)
class Row:
    """What became of one benchmark. Medians are seconds; ``fails`` says why the comparison does not pass, if it does not."""

    name: str
    verdict: str
    reason: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    baseline: float | None = None
    candidate: float | None = None
    samples: tuple[int, int] = (0, 0)
    time: Ratio | None = None
    adjusted_p: float | None = None
    threshold: float | None = None
    energy: Metric | None = None
    memory: Metric | None = None
    fails: tuple[str, ...] = ()
    few: bool = False  # too few samples for a test: judged by the ratio alone

    @property
    def open(self) -> bool:
        """Whether more samples would say more."""
        return self.verdict == "unsure" or self.few


@dataclass(frozen=True)
class Comparison:
    """All rows, worst first, and the exit code that they make."""

    rows: tuple[Row, ...]
    strict: bool = False

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(row.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in VERDICTS if found[verdict]}

    @property
    def failed(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.fails)

    @property
    def exit_code(self) -> int:
        """0 fine, 1 slower or wrong, 3 nothing comparable, 4 unsure or missing where that is asked to fail."""
        if self.failed:
            return 1
        if not any(row.verdict in ("faster", "same", "slower", "unsure") for row in self.rows):
            return 3
        return 4 if self.strict and any(row.verdict in ("unsure", "missing", "incomparable") for row in self.rows) else 0


@dataclass(frozen=True)
class _Pair:
    baseline: Benchmark
    candidate: Benchmark
    limits: Limits
    reason: str = ""  # why their times are not compared, if they are not
    wrong: bool = False


def compare(
    baseline: Sequence[Record],
    candidate: Sequence[Record],
    thresholds: Thresholds | None = None,
    *,
    strict: bool = False,
    across_machines: bool = False,
    paired: bool = False,
    significant: float = SIGNIFICANT,
) -> Comparison:
    """Compare every benchmark of two sets of records; of several records of one benchmark the newest counts.

    ``across_machines`` compares times of different machines too. ``paired`` says that the passes of the two sides were
    taken next to each other, in one order. Who looks several times, adding samples, asks for a smaller ``significant``.
    """
    thresholds = thresholds or Thresholds()
    old, new = _newest(baseline), _newest(candidate)
    pairs, rows, matched = [], [], set()
    for benchmark, record in new.values():
        match = _match(benchmark, record, old, {key for _, key in new})
        if match is None:
            rows.append(_alone(benchmark, "new", "only the candidate has it"))
        else:
            matched.add(match[0].key)
            pairs.append(_pair(match, benchmark, record, thresholds, across_machines))
    for benchmark, _ in old.values():
        if benchmark.key not in matched:
            rows.append(_alone(benchmark, "missing", "only the baseline has it"))
    rows += _judge(pairs, paired, significant)
    return Comparison(tuple(sorted(rows, key=lambda row: (not row.fails, VERDICTS.index(row.verdict), row.name))), strict)


# --- matching ---------------------------------------------------------------------------------------------------------

_Timed = tuple[Benchmark, Record]  # a benchmark and where it stands
_Key = tuple[Any, ...]


def _newest(records: Iterable[Record]) -> dict[tuple[str, _Key], _Timed]:
    """By machine and parameters, the newest record's benchmark; records come oldest first."""
    return {(record.machine.name, benchmark.key): (benchmark, record) for record in records for benchmark in record.benchmarks}


def _match(benchmark: Benchmark, record: Record, old: dict[tuple[str, _Key], _Timed], taken: set[_Key]) -> _Timed | None:
    """The baseline of the same parameters, from the same machine if there is one; else one of another dtype not taken."""
    here = old.get((record.machine.name, benchmark.key))
    if here is not None:
        return here
    elsewhere = [timed for (_, key), timed in old.items() if key == benchmark.key]
    bare = _without_dtype(benchmark.key)
    dtypes = [timed for (_, key), timed in old.items() if key not in taken and _without_dtype(key) == bare]
    return next(iter([*elsewhere, *dtypes]), None)


def _without_dtype(key: _Key) -> _Key:
    return tuple(item for item in key if item[0] != "dtype")


def _pair(match: _Timed, candidate: Benchmark, record: Record, thresholds: Thresholds, across_machines: bool) -> _Pair:
    baseline, where = match
    reasons = [
        f"{what} {one} and {other}"
        for what, one, other in (
            ("dtype", baseline.dtype or baseline.params.get("dtype"), candidate.dtype or candidate.params.get("dtype")),
            ("points", baseline.points, candidate.points),
            ("threads", baseline.threads, candidate.threads),
        )
        if one not in (None, "") and other not in (None, "") and one != other
    ]
    answers = disagreement(baseline, candidate) if not reasons else ""
    if answers:
        return _Pair(baseline, candidate, thresholds.of(candidate), answers, wrong=True)
    if not across_machines:
        reasons += differences(where.machine, record.machine, candidate.engine)
    return _Pair(baseline, candidate, thresholds.of(candidate), "; ".join(reasons))


def _alone(benchmark: Benchmark, verdict: str, reason: str) -> Row:
    return Row(benchmark.name, verdict, reason, dict(benchmark.params))


@dataclass(frozen=True)
class _Test:
    """A p value after the control of false discoveries (None where there is none), among how many, and what counts as small."""

    adjusted: float | None
    tests: int
    significant: float


# --- judging ----------------------------------------------------------------------------------------------------------


def _judge(pairs: list[_Pair], paired: bool, significant: float) -> list[Row]:
    timed = [pair for pair in pairs if not pair.reason]
    ratios = [
        compare_samples(
            pair.baseline.samples,
            pair.candidate.samples,
            blocks=(pair.baseline.blocks, pair.candidate.blocks),
            paired=paired,
        )
        for pair in timed
    ]
    # A ratio of single samples has no p value; it takes no part in the control of false discoveries.
    tested = [i for i, ratio in enumerate(ratios) if ratio.p_value is not None]
    adjusted = dict(zip(tested, false_discovery([ratios[i].p_value or 0.0 for i in tested]), strict=True))
    rows = [_row(pair) for pair in pairs if pair.reason]
    for i, (pair, ratio) in enumerate(zip(timed, ratios, strict=True)):
        rows.append(_timed_row(pair, ratio, _Test(adjusted.get(i), len(tested), significant), paired))
    return rows


def _row(pair: _Pair) -> Row:
    """A pair whose times are not compared: wrong, or incomparable."""
    row = _alone(pair.candidate, "wrong" if pair.wrong else "incomparable", pair.reason)
    return replace(row, fails=(f"wrong answer: {pair.reason}",)) if pair.wrong else row


def _timed_row(pair: _Pair, ratio: Ratio, test: _Test, paired: bool) -> Row:
    baseline, candidate, limits = pair.baseline, pair.candidate, pair.limits
    few = test.adjusted is None or least_p(len(baseline.samples), len(candidate.samples)) > test.significant / max(
        test.tests, 1
    )
    verdict, reason = _few(baseline, candidate, ratio, limits) if few else _verdict(ratio, test, limits)
    if verdict in ("slower", "faster") and not paired:
        crowd = _crowded_out(baseline, candidate, ratio)
        verdict, reason = ("unsure", crowd) if crowd else (verdict, reason)
    energy, memory = _energy(baseline, candidate, limits.energy), _memory(baseline, candidate, limits.memory)
    fails = []
    if verdict == "slower" and ratio.value > 1 + limits.time:
        fails.append(f"time {ratio.value - 1:+.1%} (threshold {limits.time:.0%})")
    for what, metric in (("energy", energy), ("memory", memory)):
        if metric is not None and metric.worse:
            fails.append(f"{what} {metric.ratio - 1:+.1%} (threshold {metric.threshold:.0%})")
    return Row(
        name=candidate.name,
        verdict=verdict,
        reason=reason,
        params=dict(candidate.params),
        baseline=_median(baseline),
        candidate=_median(candidate),
        samples=(len(baseline.samples), len(candidate.samples)),
        time=ratio,
        adjusted_p=test.adjusted,
        threshold=limits.time,
        energy=energy,
        memory=memory,
        fails=tuple(fails),
        few=few,
    )


def _verdict(ratio: Ratio, test: _Test, limits: Limits) -> tuple[str, str]:
    """slower, faster, same or unsure, and why where that needs saying."""
    low, high = ratio.low or 0.0, ratio.high or math.inf
    if test.adjusted is not None and test.adjusted < test.significant and not low <= 1 <= high:
        if abs(math.log(ratio.value)) > math.log(1 + limits.margin):
            return ("slower" if ratio.value > 1 else "faster"), ""
        return "same", f"a change below {limits.margin:.0%}"
    if high <= 1 + limits.time and low >= 1 / (1 + limits.time):
        return "same", ""
    return "unsure", f"the interval reaches beyond {limits.time:.0%}; take more samples"


def _crowded_out(baseline: Benchmark, candidate: Benchmark, ratio: Ratio) -> str:
    """Why a change of the time is rather other processes' doing, or nothing.

    Where others used the CPU during one of two runs, waiting for it makes a benchmark slower and its own CPU time hardly:
    unless the CPU time explains half of the change, it is put down to them. (Passes taken in turn have no need of this; a
    GPU's work is not in the CPU time.)
    """
    shares = [each.noise.other_cpu_share or 0.0 for each in (baseline, candidate) if each.noise]
    before, after = baseline.cpu_seconds.value, candidate.cpu_seconds.value
    if candidate.engine in GPU_ENGINES or max(shares, default=0.0) <= OTHERS or not before or not after:
        return ""
    explained = math.log(after / before) / math.log(ratio.value)
    if explained >= 0.5:
        return ""
    own = f"its own CPU time changed by {after / before - 1:+.0%} only"
    return f"other processes used up to {max(shares):.0%} of the CPU time, and {own}"


def _few(baseline: Benchmark, candidate: Benchmark, ratio: Ratio, limits: Limits) -> tuple[str, str]:
    """So few samples that no test could find a change: it counts where every sample of one side is beyond the other's."""
    reason = f"judged by the ratio alone: {len(baseline.samples)} and {len(candidate.samples)} samples are too few for a test"
    if ratio.value > 1 + limits.time:
        return ("slower" if min(candidate.samples) > max(baseline.samples) else "unsure"), reason
    if ratio.value < 1 / (1 + limits.time):
        return ("faster" if max(candidate.samples) < min(baseline.samples) else "unsure"), reason
    return "same", reason


def _median(benchmark: Benchmark) -> float:
    import statistics

    return statistics.median(benchmark.samples)


def _energy(baseline: Benchmark, candidate: Benchmark, threshold: float) -> Metric | None:
    one, other = baseline.energy.per_billion_points.value, candidate.energy.per_billion_points.value
    return Metric(one, other, threshold) if one and other is not None else None


# What a peak may grow by beyond its threshold: pages come in lumps, and a process that had to compile first holds more.
_MEMORY = (("device_peak_bytes", 16e6), ("host_above_bytes", 16e6), ("host_peak_bytes", 128e6))


def _memory(baseline: Benchmark, candidate: Benchmark, threshold: float) -> Metric | None:
    """The device's peak where both have one, else what the calls took on the host, else the process's peak."""
    for name, slack in _MEMORY:
        one, other = getattr(baseline.memory, name).value, getattr(candidate.memory, name).value
        if one is not None and other is not None:
            return Metric(one, other, threshold, slack)
    return None

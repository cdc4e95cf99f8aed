"""What two records tell of one benchmark's time, and what of all of them together."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..machine.info import GPU_ENGINES, differences
from ..machine.noise import OTHERS
from ..records.level import level, speed_logs, work_of
from ..records.record import Benchmark, Record
from ..stats.levels import Change, Level, RecordSpread, change_between, moderate, pooled_change, spread_of
from .result import Pair

# How far the levels of two records of one commit lie apart, beyond what their own processes show, until a history of records
# says it for this machine and benchmark: the standard deviation of the logarithm.
# With the machine's speed divided out and three processes or more, ten records within an hour lay no further apart than their
# processes explain (0.00 to 0.02), a core busy or not; without the loops 0.03 to 0.07. One process alone, or another
# tool's file: 0.14 to 0.20 on a shared machine.
SPREAD_DIVIDED = 0.02
SPREAD_PROCESSES = 0.07
SPREAD_ALONE = 0.15
SPREAD_ALONE_DIVIDED = 0.10
SPREAD_FEW = 0.30  # of fewer than `MIN_SAMPLES`: any of them may be the one that waited
MIN_SAMPLES = 5
MIN_PROCESSES = 3
MIN_PAST = 3


@dataclass(frozen=True)
class PairChange:
    """What a pair's times tell.

    Attributes
    ----------
    change
        Candidate over baseline.
    divided
        Whether the reference loops are divided out.
    speed
        How many times as long the loops took beside the candidate; None where they were not timed on both sides.
    spread
        That between records, which ``change`` counts.
    own
        The change as it would be if all records of one commit were equal: without ``spread``.
    few
        Whether a side has a handful of samples of one process, and no history says what they are worth.
    """

    change: Change
    divided: bool
    speed: float | None
    spread: RecordSpread
    own: Change
    few: bool = False


class RecordHistory:
    """Records to tell by how far those of one commit lie apart.

    Parameters
    ----------
    records
        All that there are, oldest first; the two sides may be among them and are left out.
    """

    def __init__(self, records: Sequence[Record] = ()):
        self._by_work: dict[tuple[Any, ...], list[tuple[Benchmark, Record]]] = {}
        for record in records:
            for benchmark in record.benchmarks:
                self._by_work.setdefault(work_of(benchmark), []).append((benchmark, record))

    def of(self, benchmark: Benchmark, record: Record, without: Sequence[Record]) -> list[Benchmark]:
        """Return the benchmark as other records of the same hardware have it, oldest first.

        Parameters
        ----------
        benchmark, record
            One of a record.
        without
            Records that are left out.
        """
        left_out = {id(other) for other in without} | {other.path.resolve() for other in without if other.path is not None}
        return [
            item
            for item, other in self._by_work.get(work_of(benchmark), ())
            if not {id(other), other.path and other.path.resolve()} & left_out
            and not differences(other.machine, record.machine, benchmark.engine)
        ]


@dataclass
class _Sides:
    """A pair's levels, and those of its history, in one unit."""

    pair: Pair
    divided: bool
    baseline: Level
    candidate: Level
    past: list[Level] = field(default_factory=list)


def compare_levels(pairs: Sequence[Pair], history: RecordHistory) -> list[PairChange]:
    """Compare the levels of pairs that may be compared.

    Parameters
    ----------
    pairs
        Each benchmark's two sides.
    history
        Other records.
    """
    sides = [_sides_of(pair, history) for pair in pairs]
    typical = _typical([level for side in sides for level in (side.baseline, side.candidate)])
    return [_change(side, typical) for side in sides]


def _sides_of(pair: Pair, history: RecordHistory) -> _Sides:
    both = pair.baseline, pair.candidate
    divided = _same_loops(*both)
    past = history.of(pair.candidate, pair.records[1], pair.records) if pair.records else []
    comparable = [item for item in past if not divided or _same_loops(item, pair.candidate)]
    baseline, candidate = (level(side, divided=divided) for side in both)
    return _Sides(pair, divided, baseline, candidate, [level(item, divided=divided) for item in comparable])


def _same_loops(baseline: Benchmark, candidate: Benchmark) -> bool:
    """Tell whether the same reference loops were timed beside both."""
    if speed_logs(baseline) is None or speed_logs(candidate) is None:
        return False
    assert baseline.reference is not None
    assert candidate.reference is not None
    return baseline.reference.version == candidate.reference.version


def _typical(levels: Sequence[Level]) -> float:
    """Return the variance that a level typically has: the geometric mean over those that have one."""
    known = [math.log(item.variance) for item in levels if item.degrees > 0 and item.variance > 0]
    return math.exp(statistics.fmean(known)) if known else 0.0


def _change(sides: _Sides, typical: float) -> PairChange:
    pair = sides.pair
    if len(sides.past) >= MIN_PAST:  # they know this benchmark's own variance better than other benchmarks do
        typical = _typical(sides.past) or typical
    baseline, candidate = (moderate(side, typical) for side in (sides.baseline, sides.candidate))
    spread = spread_of(RecordSpread(prior_spread(pair, divided=sides.divided) ** 2), sides.past)
    log = candidate.log - baseline.log
    change = change_between(baseline, candidate, spread, crowding(pair, log))
    own = change_between(baseline, candidate, RecordSpread(0.0), change.bias)
    few = spread.records == 0 and any(map(_has_few_samples, (pair.baseline, pair.candidate)))
    return PairChange(change, sides.divided, _speed(pair) if sides.divided else None, spread, own, few)


def prior_spread(pair: Pair, *, divided: bool) -> float:
    """Return the standard deviation, on logarithms, that is stated for records such as a pair's.

    Blocks count as processes where the reference loops were timed beside them: older records have passes of one process. Where
    nobody counted what other processes used, the samples stand for themselves alone.
    """
    sides = pair.baseline, pair.candidate
    if any(map(_has_few_samples, sides)):
        return SPREAD_FEW
    if all(len(side.blocks) >= MIN_PROCESSES and side.reference is not None and _is_counted(side) for side in sides):
        return SPREAD_DIVIDED if divided else SPREAD_PROCESSES
    return SPREAD_ALONE_DIVIDED if divided else SPREAD_ALONE


def _speed(pair: Pair) -> float:
    before, after = speed_logs(pair.baseline), speed_logs(pair.candidate)
    assert before is not None
    assert after is not None
    return math.exp(statistics.median(after) - statistics.median(before))


def pool(changes: Sequence[PairChange]) -> Change | None:
    """Compare all benchmarks at once; None where there are fewer than two.

    What moves all benchmarks of a record together is counted once and in full: as the middle one of their spreads, for what is
    larger is a benchmark's own.
    """
    if len(changes) < 2:
        return None
    common = sorted((item.spread for item in changes), key=lambda spread: spread.variance)[len(changes) // 2]
    return pooled_change([item.own for item in changes], common)


def crowding(pair: Pair, log: float) -> float:
    """Return how much of a change between two records others' use of the processor may have done.

    Waiting for a processor that others use makes a benchmark slower, and its own CPU time hardly. So where others used it more
    beside one of the two, what the CPU time does not explain is put down to them, up to the most that taking that share can do:
    of a benchmark that uses every core, and waits for its slowest thread, twice that share.

    Parameters
    ----------
    pair
        Both sides.
    log
        The logarithm of the ratio of times.

    Returns
    -------
    float
        Of the sign of ``log``, and at most as large.
    """
    before, after = (_others(side) for side in (pair.baseline, pair.candidate))
    difference = after - before
    if abs(difference) <= OTHERS or difference * log <= 0:
        return 0.0
    most = -math.log(max(1 - 2 * abs(difference), 0.05))
    return math.copysign(min(most, max(abs(log) - _explained(pair, log), 0.0)), log)


def _explained(pair: Pair, log: float) -> float:
    """Return how much of a change the CPU time shows too; nothing where it is not known."""
    before, after = pair.baseline.cpu_seconds.value, pair.candidate.cpu_seconds.value
    if not before or not after:
        return 0.0
    return max(math.log(after / before) * math.copysign(1, log), 0.0)


def _has_few_samples(benchmark: Benchmark) -> bool:
    count = len(benchmark.samples) if benchmark.summary is None else benchmark.summary.count or 1
    return count < MIN_SAMPLES and len(benchmark.blocks) < MIN_PROCESSES


def _is_counted(benchmark: Benchmark) -> bool:
    """Tell whether it is known how much of the processor others used."""
    return benchmark.engine in GPU_ENGINES or (benchmark.noise is not None and benchmark.noise.other_cpu_share is not None)


def _others(benchmark: Benchmark) -> float:
    """Return the share of the machine's CPU time that other processes used; 0 where a GPU computed, or nobody counted."""
    if benchmark.engine in GPU_ENGINES or benchmark.noise is None:
        return 0.0
    return benchmark.noise.other_cpu_share or 0.0

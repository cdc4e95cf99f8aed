"""Two versions timed in turn (A B B A ...) until their comparison is sure.

What a noisy machine does to one side it does to the other within the same tenth of a second, so they are compared in pairs of
short passes. Where a process lies in memory makes it faster or slower as a whole, so every round starts new ones: the ratio of
a round is what the statistics count. Rounds are looked at by a sequential test, whose errors are stated for all looks together,
and a benchmark that is decided leaves. What is called slower must be slower again in rounds of its own: a test's error is
stated for noise of a normal distribution, and a machine's has longer tails.
"""

import contextlib
import dataclasses
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ..errors import InputError, Parameter
from ..records.level import block_logs
from ..records.merge import merge_benchmarks
from ..records.record import Record, now
from ..stats.levels import RecordSpread, pooled_change
from ..stats.sequential import Finding, SequentialTest, change_of
from ..terminal.numbers import duration
from ..timing.worker import Worker, align_names
from .match import compare
from .options import SIGNIFICANCE, ComparisonOptions
from .result import Comparison, Pair, Pooled
from .verdict import Judged, pooled_verdict

LOOKS = (3, 4, 5, 6, 8, 10, 12, 16, 24)  # rounds, each a process of either side, after which the verdicts are looked at
CYCLES = 3  # of A B B A in a round: a virtual machine's speed changes within seconds, and the change should meet both sides
# A gate that cries wolf once in twenty runs is soon switched off. Both are over all looks, the first over all benchmarks too.
FALSE_ALARM, MISS = 0.02, 0.05
CONFIRMING_ROUNDS = (3, 6, 10)  # of a benchmark alone, after it was called slower
CONFIRMATION_SIGNIFICANCE = 0.10  # two-sided: one-sided, as only slower counts, half of it
PASS_SHARE, MIN_PASS_SECONDS, MAX_PASS_SECONDS = 1 / 40, 0.02, 0.25  # of a benchmark's budget: short, so that drift cancels


@dataclass
class Side:
    """One of the two: how to start its process, and what its processes measured, by benchmark."""

    label: str
    start: Callable[[bool], Worker]  # is told whether the process measures energy too: one of a side's does
    names: list[str] = field(default_factory=list)
    measured: dict[str, list[Record]] = field(default_factory=dict)
    # logarithms of the passes' medians (s), by benchmark and round
    passes: dict[str, list[tuple[float, ...]]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def without_measurements(self) -> "Side":
        """Return the same side, with nothing measured."""
        return Side(self.label, self.start)

    def add(self, other: "Side") -> None:
        """Take over what further rounds measured of this side."""
        for name, records in other.measured.items():
            self.measured.setdefault(name, []).extend(records)
            self.passes.setdefault(name, []).extend(other.passes[name])
        self.failed.update(other.failed)

    def record(self, subject: str) -> Record:
        """Make one record of all benchmarks, with a block of samples for each process."""
        last = next(iter(self.measured.values()))[-1]
        by_process = ([record.benchmarks[0] for record in records] for records in self.measured.values())
        benchmarks = tuple(merge_benchmarks(parts) for parts in by_process)
        return dataclasses.replace(last, benchmarks=benchmarks, subject=subject, created=last.created or now())


@dataclass
class _Round:
    """One process of either side, while they run."""

    sides: tuple[Side, Side]
    workers: dict[str, Worker] = field(default_factory=dict)

    def open(self, exits: contextlib.ExitStack) -> None:
        for side in self.sides:
            self.workers[side.label] = worker = side.start(not side.measured)
            exits.callback(worker.close)
        for side in self.sides:
            self.workers[side.label].start()
        align_names([self.workers[side.label] for side in self.sides])
        for side in self.sides:
            side.names = self.workers[side.label].names
            side.failed.update(self.workers[side.label].broken)

    def measure(self, name: str) -> None:
        """Take a pass of one side, two of the other, and one of the first again, A B B A, several times over."""
        records: dict[str, Record] = {}
        first, second = self.sides
        for side in (first, second, second, first) * CYCLES:
            if name in side.names and name not in side.failed:
                outcome = self.workers[side.label].take_pass(name)
                if isinstance(outcome, str):
                    side.failed[name] = outcome
                    side.measured.pop(name, None)
                    side.passes.pop(name, None)
                else:
                    records[side.label] = outcome
        for side in self.sides:
            if side.label in records and name not in side.failed:
                side.measured.setdefault(name, []).append(records[side.label])
                side.passes.setdefault(name, []).append(block_logs(records[side.label].benchmarks[0]))


@dataclass(frozen=True)
class InterleavedComparison:
    """The outcome.

    Parameters
    ----------
    baseline, candidate
        What either side measured, a block of samples for each of its processes.
    comparison
        The two compared.
    failed
        Why benchmarks failed on the candidate's side that did not fail on the baseline's, by name.
    failed_on_both
        The same of those that failed on both sides.
    rounds
        How many processes of either side ran.
    seconds
        How long it took (s).
    """

    baseline: Record
    candidate: Record
    comparison: Comparison
    failed: dict[str, str]
    failed_on_both: dict[str, str]
    rounds: int
    seconds: float


def pass_seconds(budget_seconds: float) -> float:
    """Return how long one pass takes (s) of a benchmark that is given a budget (s)."""
    return min(max(budget_seconds * PASS_SHARE, MIN_PASS_SECONDS), MAX_PASS_SECONDS)


@dataclass
class _Contest:
    """The two sides while they are compared, and what has been decided."""

    baseline: Side
    candidate: Side
    options: ComparisonOptions
    subject: str
    say: Callable[[str], None]
    rounds: int = 0
    begun: float = field(default_factory=time.monotonic)
    decided: dict[str, Finding] = field(default_factory=dict)
    unconfirmed: set[str] = field(default_factory=set)

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.baseline, self.candidate

    @property
    def names(self) -> list[str]:
        """The benchmarks that both sides measured."""
        return [name for name in self.candidate.measured if name in self.baseline.measured]

    @property
    def test(self) -> SequentialTest:
        return SequentialTest(LOOKS, FALSE_ALARM, MISS, max(len(self.names), 1))

    def report(self, progress: str) -> None:
        self.say(f"{self.rounds} rounds, {duration(time.monotonic() - self.begun, 'whole')}: {progress}")

    def records(self) -> tuple[Record, Record]:
        """Return what either side measured. Raises InputError where nothing ran on both."""
        if not all(side.measured for side in self.sides):
            raise InputError(f"no benchmark ran on both sides: {_first_failure(*self.sides)}", where=Parameter("ref"))
        baseline, candidate = (side.record(self.subject) for side in self.sides)
        return baseline, candidate

    def compare(self) -> Comparison:
        baseline, candidate = self.records()
        return compare([baseline], [candidate], self.options, self.judge_times)

    def judge_times(self, pairs: Sequence[Pair]) -> tuple[list[Judged], Pooled | None]:
        """Judge each pair by its rounds; a benchmark that was decided keeps its verdict."""
        judged = [self._judge(pair) for pair in pairs]
        pooled = pooled_change([item.change for item in judged], RecordSpread(0.0)) if len(judged) > 1 else None
        return judged, pooled_verdict(pooled, len(judged), self.options.thresholds.default)

    def _judge(self, pair: Pair) -> Judged:
        name = pair.candidate.fullname
        rounds = round_ratios(self.baseline.passes[pair.baseline.fullname], self.candidate.passes[name])
        change = change_of(rounds)
        assert change is not None, "the first look comes after several rounds"
        decision = self.decided.get(name) or self.test.decide(rounds, pair.limits.time, pair.limits.margin)
        self.decided[name] = decision
        reason = f"too noisy to tell a change of {pair.limits.time:.0%} from none" if decision is Finding.OPEN else ""
        if name in self.unconfirmed:
            reason = "slower at first, which more rounds did not confirm"
        verdict = "unsure" if decision is Finding.OPEN else str(decision)
        # what is decided was looked at until it was sure; what is open needs more than its last look had
        significance = self.test.significance if decision is Finding.OPEN else SIGNIFICANCE
        adjusted_p = min(change.p_value() * len(LOOKS) * self.test.tests, 1.0)
        return Judged(change, verdict, reason, adjusted_p, change.detectable(significance))


def round_ratios(baseline: Sequence[Sequence[float]], candidate: Sequence[Sequence[float]]) -> list[float]:
    """Return each round's ratio: the median over its pairs of passes, which were taken next to each other.

    Parameters
    ----------
    baseline, candidate
        For each round the logarithms of the passes' medians (s), in the order taken.

    Returns
    -------
    list
        Logarithms, candidate over baseline.
    """
    return [
        statistics.median(after - before for before, after in zip(*passes, strict=False))
        for passes in zip(baseline, candidate, strict=False)
    ]


def compare_interleaved(
    baseline: Side,
    candidate: Side,
    options: ComparisonOptions,
    subject: str,
    *,
    say: Callable[[str], None] = lambda _: None,
) -> InterleavedComparison:
    """Take rounds until every verdict is sure or the last look is over, then confirm what was called slower.

    Parameters
    ----------
    baseline, candidate
        The two sides, with nothing measured.
    options
        The thresholds and what else fails.
    subject
        What the records are of: the names of the suites.
    say
        What takes lines on how far it is.

    Raises
    ------
    InputError
        Where no benchmark ran on both sides.
    """
    contest = _Contest(baseline, candidate, options, subject, say)
    wanted: set[str] | None = None
    for look in LOOKS:
        _take_rounds(contest.sides, range(contest.rounds, look), wanted)
        contest.rounds = look
        outcome = contest.compare()
        wanted = {name for name, decision in contest.decided.items() if decision is Finding.OPEN}
        contest.report(f"{len(wanted)} of {len(outcome.rows)} benchmarks need more")
        if not wanted:
            break
        for name in wanted:
            del contest.decided[name]
    _confirm(contest, outcome)
    failed = {name: reason for name, reason in candidate.failed.items() if name not in baseline.failed}
    both = {name: reason for name, reason in candidate.failed.items() if name in baseline.failed}
    return InterleavedComparison(
        *contest.records(), contest.compare(), failed, both, contest.rounds, time.monotonic() - contest.begun
    )


def _confirm(contest: _Contest, outcome: Comparison) -> None:
    """Take rounds of their own for benchmarks that fail for being slower: who is not slower in these again is unsure."""
    failing = {row.fullname for row in outcome.rows if row.verdict == "slower" and row.fails}
    suspects = {name for name in failing if contest.decided.get(name) is Finding.SLOWER}
    again = contest.baseline.without_measurements(), contest.candidate.without_measurements()
    taken = 0
    for count in CONFIRMING_ROUNDS:
        if not suspects:
            break
        contest.report(f"{len(suspects)} slower: {count - taken} rounds more for {'them' if len(suspects) > 1 else 'it'} alone")
        _take_rounds(again, range(taken, count), suspects)
        contest.rounds += count - taken
        taken = count
        suspects = {name for name in suspects if not _is_slower(*(side.passes.get(name, []) for side in again))}
    for name in suspects:
        contest.decided[name] = Finding.OPEN
        contest.unconfirmed.add(name)
    for side, further in zip(contest.sides, again, strict=True):
        side.add(further)


def _is_slower(baseline: Sequence[Sequence[float]], candidate: Sequence[Sequence[float]]) -> bool:
    """Tell whether rounds alone say that the candidate is slower."""
    change = change_of(round_ratios(baseline, candidate))
    return change is not None and change.log > 0 and change.p_value() < CONFIRMATION_SIGNIFICANCE


def _take_rounds(sides: tuple[Side, Side], numbers: Iterable[int], wanted: set[str] | None) -> None:
    """Take the rounds of these numbers: in odd ones the second side begins."""
    for number in numbers:
        _take_round(sides if number % 2 == 0 else sides[::-1], wanted)
        if not all(side.measured for side in sides):
            return  # everything failed on one side: more of it tells nothing


def _take_round(sides: tuple[Side, Side], wanted: set[str] | None) -> None:
    """Start a process of either side and measure what is ``wanted``: everything in the first round."""
    with contextlib.ExitStack() as exits:
        current = _Round(sides)
        current.open(exits)
        for name in dict.fromkeys([*sides[0].names, *sides[1].names]):
            if wanted is None or name in wanted:
                current.measure(name)


def _first_failure(*sides: Side) -> str:
    failures = (f"{name} of {side.label}: {reason}" for side in sides for name, reason in side.failed.items())
    return next(failures, "the two have no benchmark in common")

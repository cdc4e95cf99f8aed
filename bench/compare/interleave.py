"""Two versions timed in turn (A B B A ...) until their comparison is sure.

What a noisy machine does to one side it does to the other within the same second, so they are compared in pairs. Where a
process lies in memory makes it faster or slower as a whole, so every round starts new ones: a pair of processes is what
the statistics count. Only benchmarks whose verdict is unsure get more rounds. What is called slower must be slower again in
as many rounds of its own: a verdict that was looked for in many places and several times is chance now and then, and what
chance made slower it seldom makes so twice.
"""

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ..errors import InputError, Parameter
from ..records.merge import merge_benchmarks
from ..records.record import Record, now
from ..terminal.numbers import duration
from ..timing.worker import Worker, align_names
from .match import compare
from .options import ComparisonOptions
from .result import Comparison, ComparisonRow, worst_first

LOOKS = (4, 7, 11, 17)  # rounds, each a process of either side, after which the verdicts are looked at
CYCLES = 3  # of A B B A in a round: a virtual machine's speed changes within seconds, and the change should meet both sides
# A gate that cries wolf once in twenty runs is soon switched off: over all looks a false alarm is to stay near 1%.
LOOK_SIGNIFICANCE = 0.003
CONFIRMATION_SIGNIFICANCE = 0.05  # of rounds that were taken for a benchmark alone, after it was called slower


@dataclass
class Side:
    """One of the two: how to start its process, and what its processes measured, by benchmark."""

    label: str
    start: Callable[[], Worker]
    names: list[str] = field(default_factory=list)
    measured: dict[str, list[Record]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def without_measurements(self) -> "Side":
        """Return the same side, with nothing measured."""
        return Side(self.label, self.start)

    def add(self, other: "Side") -> None:
        """Take over what further rounds measured of this side."""
        for name, records in other.measured.items():
            self.measured.setdefault(name, []).extend(records)
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
            self.workers[side.label] = worker = side.start()
            exits.callback(worker.close)
        for side in self.sides:
            self.workers[side.label].start()
        align_names([self.workers[side.label] for side in self.sides])
        for side in self.sides:
            side.names = self.workers[side.label].names

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
                else:
                    records[side.label] = outcome
        for side in self.sides:
            if side.label in records and name not in side.failed:
                side.measured.setdefault(name, []).append(records[side.label])


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
    rounds
        How many processes of either side ran.
    seconds
        How long it took (s).
    """

    baseline: Record
    candidate: Record
    comparison: Comparison
    failed: dict[str, str]
    rounds: int
    seconds: float


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
        The thresholds and what else fails. Each look tests at ``LOOK_SIGNIFICANCE``, for several looks are several chances
        to be wrong.
    subject
        What the records are of: the names of the suites.
    say
        What takes lines on how far it is.

    Raises
    ------
    InputError
        Where no benchmark ran on both sides.
    """
    begun, rounds, wanted = time.monotonic(), 0, None
    sides = baseline, candidate

    def report(progress: str) -> None:
        say(f"{rounds} rounds, {duration(time.monotonic() - begun, 'whole')}: {progress}")

    for look in LOOKS:
        _take_rounds(sides, range(rounds, look), wanted)
        rounds = look
        outcome = _compare(sides, options, subject, LOOK_SIGNIFICANCE)
        wanted = _measured_as(sides, {row.name for row in outcome.rows if row.open})
        report(f"{len(wanted)} of {len(outcome.rows)} benchmarks need more")
        if not wanted:
            break
    suspects = {row.name for row in outcome.rows if row.verdict == "slower" and row.fails}
    if suspects:
        suspected = _measured_as(sides, suspects)
        more = max(len(records) for node_id, records in candidate.measured.items() if node_id in suspected)
        report(f"{len(suspects)} slower: once more, {more} rounds for {'them' if len(suspects) > 1 else 'it'} alone")
        again = baseline.without_measurements(), candidate.without_measurements()
        _take_rounds(again, range(more), suspected)
        outcome = confirm(outcome, _compare(again, options, subject, CONFIRMATION_SIGNIFICANCE), suspects)
        for side, further in zip(sides, again, strict=True):
            side.add(further)
        rounds += more
    failed = {name: reason for name, reason in candidate.failed.items() if name not in baseline.failed}
    records = [side.record(subject) for side in sides]
    return InterleavedComparison(records[0], records[1], outcome, failed, rounds, time.monotonic() - begun)


def confirm(first: Comparison, second: Comparison, suspects: set[str]) -> Comparison:
    """Replace the verdicts on suspects by those of a second comparison, which was not chosen for their being slow.

    Parameters
    ----------
    first
        The comparison that called them slower.
    second
        That of rounds taken for them alone; where it does not call one slower again, that one is unsure.
    suspects
        The names of the benchmarks.
    """
    later = {row.name: row for row in second.rows}

    def confirm_row(row: ComparisonRow) -> ComparisonRow:
        if row.name not in suspects or row.name not in later:
            return row
        again = later[row.name]
        if again.verdict == "slower":
            return again
        reason = f"slower at first, which as many rounds more did not confirm ({again.verdict})"
        return dataclasses.replace(again, verdict="unsure", reason=reason)

    return dataclasses.replace(first, rows=worst_first(confirm_row(row) for row in first.rows))


def _measured_as(sides: tuple[Side, Side], names: set[str]) -> set[str]:
    """Return what workers call the benchmarks of these names: their node ids."""
    measured = ((node_id, records[0].benchmarks[0].name) for side in sides for node_id, records in side.measured.items())
    return {node_id for node_id, name in measured if name in names or node_id in names}


def _compare(sides: tuple[Side, Side], options: ComparisonOptions, subject: str, significance: float) -> Comparison:
    """Compare both sides as they are measured so far. Raises InputError where nothing ran on both."""
    if not all(side.measured for side in sides):
        raise InputError(f"no benchmark ran on both sides: {_first_failure(*sides)}", where=Parameter("ref"))
    baseline, candidate = (side.record(subject) for side in sides)
    return compare([baseline], [candidate], dataclasses.replace(options, paired=True, significance=significance))


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

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
from ..records.merge import merged
from ..records.record import Record, now
from ..terminal.numbers import duration
from ..timing.worker import Worker
from .match import compare
from .result import Comparison, ComparisonRow, worst_first
from .thresholds import Thresholds

LOOKS = (4, 7, 11, 17)  # rounds, each a process of either side, after which the verdicts are looked at
CYCLES = 3  # of A B B A in a round: a virtual machine's speed changes within seconds, and the change should meet both sides
# A gate that cries wolf once in twenty runs is soon switched off: over all looks a false alarm is to stay near 1%.
SIGNIFICANT = 0.003
CONFIRMED = 0.05  # of rounds that were taken for a benchmark alone, after it was called slower


@dataclass
class Side:
    """One of the two: how to start its process, and what each of its processes measured, by benchmark."""

    label: str
    start: Callable[[], Worker]
    names: list[str] = field(default_factory=list)
    measured: dict[str, list[Record]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def anew(self) -> "Side":
        """The same side, with nothing measured."""
        return Side(self.label, self.start)

    def add(self, other: "Side") -> None:
        """Take over what another measured of this side."""
        for name, records in other.measured.items():
            self.measured.setdefault(name, []).extend(records)
        self.failed.update(other.failed)

    def record(self, subject: str) -> Record:
        """All benchmarks as one record, with a block of samples for each process."""
        last = next(iter(self.measured.values()))[-1]
        benchmarks = tuple(merged([record.benchmarks[0] for record in found]) for found in self.measured.values())
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
            side.names = self.workers[side.label].names

    def measure(self, name: str) -> None:
        """A pass of one side, two of the other, and one of the first again, A B B A, several times over."""
        found: dict[str, Record] = {}
        first, second = self.sides
        for side in (first, second, second, first) * CYCLES:
            if name in side.names and name not in side.failed:
                outcome = self.workers[side.label].take_pass(name)
                if isinstance(outcome, str):
                    side.failed[name] = outcome
                    side.measured.pop(name, None)
                else:
                    found[side.label] = outcome
        for side in self.sides:
            if side.label in found and name not in side.failed:
                side.measured.setdefault(name, []).append(found[side.label])


@dataclass(frozen=True)
class Duel:
    """The outcome: both sides' records and their comparison; ``failed`` are benchmarks that failed on this tree."""

    baseline: Record
    candidate: Record
    comparison: Comparison
    failed: dict[str, str]
    rounds: int
    seconds: float


def duel(
    baseline: Side,
    candidate: Side,
    thresholds: Thresholds,
    subject: str,
    *,
    strict: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Duel:
    """Take rounds until every verdict is sure or the last look is over, then confirm what was called slower.

    Each look tests at ``SIGNIFICANT``, for several looks are several chances to be wrong. Raises InputError.
    """
    begun, rounds, wanted = time.monotonic(), 0, None
    sides = baseline, candidate

    def tell(doing: str) -> None:
        say(f"{rounds} rounds, {duration(time.monotonic() - begun, 'whole')}: {doing}")

    for look in LOOKS:
        _take_rounds(sides, range(rounds, look), wanted)
        rounds = look
        outcome = _compare(sides, thresholds, subject, strict=strict, significant=SIGNIFICANT)
        wanted = {row.name for row in outcome.rows if row.open}
        tell(f"{len(wanted)} of {len(outcome.rows)} benchmarks need more")
        if not wanted:
            break
    accused = {row.name for row in outcome.rows if row.verdict == "slower" and row.fails}
    if accused:
        more = max(len(candidate.measured[name]) for name in accused)
        tell(f"{len(accused)} slower: once more, {more} rounds for {'them' if len(accused) > 1 else 'it'} alone")
        again = baseline.anew(), candidate.anew()
        _take_rounds(again, range(more), accused)
        second = _compare(again, thresholds, subject, strict=strict, significant=CONFIRMED)
        outcome = confirmed(outcome, second, accused)
        for side, second_series in zip(sides, again, strict=True):
            side.add(second_series)
        rounds += more
    failed = {name: why for name, why in candidate.failed.items() if name not in baseline.failed}
    records = [side.record(subject) for side in sides]
    return Duel(records[0], records[1], outcome, failed, rounds, time.monotonic() - begun)


def confirmed(first: Comparison, second: Comparison, accused: set[str]) -> Comparison:
    """The first comparison, with what the second says of the accused: it was not chosen for being slow."""
    later = {row.name: row for row in second.rows}

    def judged(row: ComparisonRow) -> ComparisonRow:
        if row.name not in accused or row.name not in later:
            return row
        again = later[row.name]
        if again.verdict == "slower":
            return again
        reason = f"slower at first, which as many rounds more did not confirm ({again.verdict})"
        return dataclasses.replace(again, verdict="unsure", reason=reason)

    return dataclasses.replace(first, rows=worst_first(judged(row) for row in first.rows))


def _compare(sides: tuple[Side, Side], thresholds: Thresholds, subject: str, *, strict: bool, significant: float) -> Comparison:
    """Both sides as they are measured so far. Raises InputError where nothing ran on both."""
    if not all(side.measured for side in sides):
        raise InputError(f"no benchmark ran on both sides: {_first_failure(*sides)}", where=Parameter("ref"))
    baseline, candidate = (side.record(subject) for side in sides)
    return compare([baseline], [candidate], thresholds, strict=strict, paired=True, significant=significant)


def _take_rounds(sides: tuple[Side, Side], numbers: Iterable[int], wanted: set[str] | None) -> None:
    """Rounds by these numbers: in odd ones the second side begins."""
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
    found = [f"{name} of {side.label}: {why}" for side in sides for name, why in side.failed.items()]
    return found[0] if found else "the two have no benchmark in common"

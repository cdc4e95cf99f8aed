"""``flopwatt bench --against REF``: this tree and another commit timed in turn (A B B A ...), then compared.

What a noisy machine does to one side it does to the other within the same second, so they are compared in pairs. Where a
process lies in memory makes it faster or slower as a whole, so every round starts new ones: a pair of processes is what
the statistics count. Only benchmarks whose verdict is unsure get more rounds.
"""

import contextlib
import dataclasses
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .commit import checkout, git
from .compare import compare
from .comparison import Comparison
from .drive import find_suites
from .errors import InputError
from .measure import Policy
from .merge import merged
from .record import Record, now
from .thresholds import Thresholds
from .worker import Worker

LOOKS = (4, 7, 11, 17)  # rounds, each a process of either side, after which the verdicts are looked at
# A gate that cries wolf once in twenty runs is soon switched off: over all looks a false alarm is to stay near 1%.
SIGNIFICANT = 0.003


@contextlib.contextmanager
def worktree(root: Path, ref: str) -> Iterator[Path]:
    """A commit of the checkout in a temporary folder, which is removed afterwards. Raises InputError."""
    commit = git("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}", folder=root)
    if commit is None:
        raise InputError(f"git knows no commit {ref!r} in {root}", where="--against")
    git("worktree", "prune", folder=root)
    with tempfile.TemporaryDirectory(prefix="flopwatt-") as folder:
        place = Path(folder) / "tree"
        if git("worktree", "add", "--detach", "--force", str(place), commit, folder=root) is None:
            raise InputError(f"git could not check {ref!r} out into {place}", where="--against")
        try:
            yield place
        finally:
            git("worktree", "remove", "--force", str(place), folder=root)


@dataclass
class Side:
    """One of the two: how to start its process, and what each of its processes measured, by benchmark."""

    label: str
    start: Callable[[], Worker]
    names: list[str] = field(default_factory=list)
    measured: dict[str, list[Record]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

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
        """A pass of one side, two of the other, and one of the first again: A B B A."""
        found: dict[str, Record] = {}
        first, second = self.sides
        for side in (first, second, second, first):
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
    """Take rounds until every verdict is sure or the last look is over.

    Each look tests at ``SIGNIFICANT``, for several looks are several chances to be wrong.
    """
    begun, rounds, wanted = time.monotonic(), 0, None
    for look in LOOKS:
        while rounds < look:
            _take_round((baseline, candidate) if rounds % 2 == 0 else (candidate, baseline), wanted)
            rounds += 1
            if not baseline.measured or not candidate.measured:
                raise InputError(f"no benchmark ran on both sides: {_first_failure(baseline, candidate)}", where="--against")
        records = [baseline.record(subject)], [candidate.record(subject)]
        outcome = compare(*records, thresholds, strict=strict, paired=True, significant=SIGNIFICANT)
        wanted = {row.name for row in outcome.rows if row.open}
        seconds = time.monotonic() - begun
        say(f"{rounds} rounds, {seconds:.0f} s: {len(wanted)} of {len(outcome.rows)} benchmarks need more")
        if not wanted:
            break
    failed = {name: why for name, why in candidate.failed.items() if name not in baseline.failed}
    return Duel(records[0][0], records[1][0], outcome, failed, rounds, seconds)


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


def run_against(
    ref: str,
    suites: Sequence[str],
    options: Sequence[str],
    policy: Policy,
    thresholds: Thresholds,
    *,
    strict: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Duel:
    """Time this tree's suites against those of the commit ``ref``. Raises InputError."""
    root = checkout()
    if root is None:
        raise InputError(
            "flopwatt is not running from a git checkout, so there is no other commit to check out", where="--against"
        )
    arguments = [
        *options,
        f"--precision={policy.precision:.6%}",
        f"--budget={policy.budget_seconds}",
        f"--passes={policy.passes}",
    ]
    with worktree(root, ref) as tree:
        sides = [
            _side(label, place, [_there(name, root, place) for name in suites], arguments)
            for label, place in ((ref, tree), ("this tree", root))
        ]
        return duel(sides[0], sides[1], thresholds, ",".join(find_suites(suites)), strict=strict, say=say)


def _side(label: str, place: Path, suites: Sequence[str], arguments: Sequence[str]) -> Side:
    return Side(label, lambda: Worker(label, place / "src", [*suites, *arguments]))


def _there(suite: str, root: Path, place: Path) -> str:
    """A suite as the other tree has it: a path inside this checkout becomes the same one inside the other."""
    path = Path(suite)
    if not path.exists() or not path.resolve().is_relative_to(root.resolve()):
        return str(path.resolve()) if path.exists() else suite
    return str(place / path.resolve().relative_to(root.resolve()))

"""``flopwatt bench --against REF``: this tree and another commit timed in turn (A B B A ...), then compared.

What a noisy machine does to one side it does to the other within the same second, so the passes are compared in pairs.
Only benchmarks whose verdict is unsure get more passes.
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
from .record import Record, now
from .thresholds import Thresholds
from .worker import Worker

LOOKS = (5, 8, 13, 21, 34, 55)  # passes of each side after which the verdicts are looked at
# A gate that cries wolf once in twenty runs is soon switched off: over all looks a false alarm is to stay below 1%.
SIGNIFICANT = 0.001


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
    """One of the two: its process, and the newest record of each benchmark."""

    worker: Worker
    records: dict[str, Record] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def take_pass(self, name: str) -> None:
        if name in self.failed:
            return
        outcome = self.worker.take_pass(name)
        if isinstance(outcome, str):
            self.failed[name] = outcome
            self.records.pop(name, None)
        else:
            self.records[name] = outcome

    def record(self, subject: str) -> Record:
        """All benchmarks as one record."""
        found = list(self.records.values())
        benchmarks = tuple(benchmark for record in found for benchmark in record.benchmarks)
        return dataclasses.replace(found[0], benchmarks=benchmarks, subject=subject, created=found[0].created or now())


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
    """Take passes of both in turn until every verdict is sure or the last look is over.

    Each look tests at ``SIGNIFICANT``, for several looks are several chances to be wrong.
    """
    start, rounds = time.monotonic(), 0
    names = [name for name in candidate.worker.names if name in baseline.worker.names]
    unsure = list(names)
    for side in (baseline, candidate):  # what only one side has is new or missing; one pass puts it into the record
        for name in side.worker.names:
            if name not in names:
                side.take_pass(name)
    for look in LOOKS:
        while rounds < look:
            order = (baseline, candidate) if rounds % 2 == 0 else (candidate, baseline)
            for name in unsure:
                for side in order:
                    side.take_pass(name)
            rounds += 1
        if not baseline.records or not candidate.records:
            break
        outcome = compare(
            [baseline.record(subject)],
            [candidate.record(subject)],
            thresholds,
            strict=strict,
            paired=True,
            significant=SIGNIFICANT,
        )
        still = {row.name for row in outcome.rows if row.open}
        unsure = [name for name in unsure if name in still]
        say(f"{rounds} passes each, {time.monotonic() - start:.0f} s: {len(unsure)} of {len(names)} benchmarks need more")
        if not unsure:
            break
    if not baseline.records or not candidate.records:
        raise InputError(f"no benchmark ran on both sides: {_first_failure(baseline, candidate)}", where="--against")
    failed = {name: why for name, why in candidate.failed.items() if name not in baseline.failed}
    seconds = time.monotonic() - start
    return Duel(baseline.record(subject), candidate.record(subject), outcome, failed, rounds, seconds)


def _first_failure(*sides: Side) -> str:
    found = [f"{name} of {side.worker.label}: {why}" for side in sides for name, why in side.failed.items()]
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
    with worktree(root, ref) as tree, contextlib.ExitStack() as workers:
        sides = []
        for label, place in ((ref, tree), ("this tree", root)):
            worker = Worker(label, place / "src", [*(_there(name, root, place) for name in suites), *arguments])
            workers.callback(worker.close)
            sides.append(Side(worker))
        for side in sides:
            side.worker.start()
        return duel(sides[0], sides[1], thresholds, ",".join(find_suites(suites)), strict=strict, say=say)


def _there(suite: str, root: Path, place: Path) -> str:
    """A suite as the other tree has it: a path inside this checkout becomes the same one inside the other."""
    path = Path(suite)
    if not path.exists() or not path.resolve().is_relative_to(root.resolve()):
        return str(path.resolve()) if path.exists() else suite
    return str(place / path.resolve().relative_to(root.resolve()))

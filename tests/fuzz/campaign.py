"""Many inputs tried one after the other, the same ones for the same seed, with what they came to counted."""

import resource
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from .seeds import KINDS, seeds
from .targets import make_trial
from .trial import Outcome, judge

MAX_BYTES = 10**9  # of memory, beside what the imported libraries take


@dataclass
class Counts:
    """What inputs came to.

    Attributes
    ----------
    codes
        By kind and exit code.
    failures
        Kind and number of the input, and what was wrong.
    slowest
        The most seconds, and the kind and number of that input.
    """

    codes: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: list[tuple[str, int, str]] = field(default_factory=list)
    slowest: tuple[float, str, int] = (0.0, "", 0)

    def add(self, kind: str, number: int, outcome: Outcome) -> None:
        """Count an outcome."""
        self.codes[kind, outcome.code] += 1
        self.slowest = max(self.slowest, (outcome.seconds, kind, number))
        if outcome.fault:
            self.failures.append((kind, number, outcome.fault))


def limit_memory() -> None:
    """Let this process have ``MAX_BYTES`` more than it has now."""
    size = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MAX_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1]))


def peak_bytes() -> int:
    """Return the most memory that the program has held so far.

    Of what ``getrusage`` tells a part is the process's that started this one: Linux hands it on.
    """
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def try_one(kind: str, number: int, seed: int, folder: Path) -> Outcome:
    """Try the input of a number; its files stand in the folder afterwards."""
    return judge(make_trial(kind, folder, Random(f"{seed} {kind} {number}")))


def warm_up(folder: Path) -> None:
    """Load what the commands load, so that neither time nor memory of that is counted."""
    for kind in KINDS:
        seeds(kind)
        for number in range(3):
            judge(make_trial(kind, folder, Random(f"warm {kind} {number}")))


def inputs(count: int, kinds: Sequence[str]) -> Iterator[tuple[str, int]]:
    """List the inputs of a campaign: the kinds in turn."""
    return ((kinds[i % len(kinds)], i // len(kinds)) for i in range(count))


def campaign(count: int, seed: int, kinds: Sequence[str] = KINDS, seconds: float = float("inf")) -> Counts:
    """Try so many inputs, or fewer where the seconds are over.

    Parameters
    ----------
    count
        How many inputs.
    seed
        The same seed tries the same inputs.
    kinds
        The kinds of files that are changed.
    seconds
        When to stop.
    """
    counts, end = Counts(), time.monotonic() + seconds
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    try:
        warm_up(folder)
        limit_memory()
        for kind, number in inputs(count, kinds):
            for path in folder.iterdir():
                path.unlink()
            counts.add(kind, number, try_one(kind, number, seed, folder))
            if time.monotonic() > end:
                break
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return counts

"""Merging: the files of all shards of a study, checked against each other, stand for one run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...kernels.engines.jobs import Job
from ...kernels.errors import EngineError
from ...kernels.reductions.partials import Partial
from ..errors import InputError, Parameter, one_line
from .checkpoint import Origin
from .cuts import Steps, gaps
from .job_spread import Done, JobSpread, Progress
from .part_file import StoredState, read_states
from .shard import MOST, Shard, shards_text

_ALL = "the parts"  # where an error lies that is none of one file


@dataclass(frozen=True)
class PartOfStudy:
    """A shard's file.

    Attributes
    ----------
    path
        Where it stands.
    origin
        What its states are of.
    shard
        Which share it is.
    asked
        How the study was asked for.
    table
        Where it has written a table's rows; None for nowhere.
    states
        What it holds.
    """

    path: Path
    origin: Origin
    shard: Shard
    asked: Mapping[str, Any]
    table: str | None
    states: Sequence[StoredState]

    @classmethod
    def read(cls, path: Path) -> "PartOfStudy":
        """Read a shard's file. Raises InputError where it is none, or not whole."""
        header, states = read_states(path)
        try:
            shard, asked, table = Shard(*map(int, header["shard"])), dict(header["asked"]), header["table"]
            origin = Origin.read(header["origin"], str(path))
            if not 1 <= shard.number <= shard.count <= MOST:
                raise ValueError(f"there is no shard {shard}")
        except (KeyError, TypeError, ValueError):
            raise InputError(
                "is no part that was written with ", Parameter("shard"), "; name those alone", where=str(path)
            ) from None
        return cls(path, origin, shard, asked, table, states)


def read_parts(paths: Sequence[Path]) -> list[PartOfStudy]:
    """Read the files of all shards of a study.

    Parameters
    ----------
    paths
        The files, in any order.

    Raises
    ------
    InputError
        Where one cannot be read, is of something else than the first, comes twice, or one is missing.
    """
    parts = [PartOfStudy.read(path) for path in paths]
    first = parts[0]
    for part in parts[1:]:
        difference = part.origin.difference(first.origin)
        if difference:
            raise InputError(f"{difference}, unlike {first.path}; merge the parts of one study alone", where=str(part.path))
        if {**part.asked, "study": ""} != {**first.asked, "study": ""} or part.table != first.table:
            what = "options" if part.table == first.table else "places of the table"
            raise InputError(
                f"was computed with other {what}, unlike {first.path}; give all shards the same", where=str(part.path)
            )
        if part.shard.count != first.shard.count:
            raise InputError(
                f"is shard {part.shard} and {first.path} is {first.shard}; merge shards of one count", where=str(part.path)
            )
    known: dict[int, PartOfStudy] = {}
    for part in parts:
        other = known.setdefault(part.shard.number, part)
        if other is not part:
            twice = "is named twice" if other.path == part.path else f"is shard {part.shard}, as {other.path} is"
            raise InputError(f"{twice}; name each shard once", where=str(part.path))
    missing = [number for number in range(1, first.shard.count + 1) if number not in known]
    if missing:
        them = shards_text(missing, first.shard.count)
        raise InputError(f"{them} {'are' if len(missing) > 1 else 'is'} missing; name the files of all", where=_ALL)
    return parts


class MergedSpread(JobSpread):
    """Has nothing done: states are those of the shards' files.

    Parameters
    ----------
    parts
        All shards of a study.
    """

    def __init__(self, parts: Sequence[PartOfStudy]):
        super().__init__()
        self.states: dict[str, list[StoredState]] = {}
        for part in parts:
            for stored in part.states:
                self.states.setdefault(stored.key, []).append(stored)
        self.example = parts[0].path

    def workers(self, job: Job) -> int:
        """None."""
        return 0

    def prepare(self, job: Job) -> None:
        """Check that the shards have the job. Raises EngineError where they are of another study, or not of all of it."""
        self._of(job)

    def steps(self, job: Job) -> int:
        """Return in how many steps a job was shared out."""
        return self._of(job)[0].steps

    def do(self, job: Job, parts: Sequence[Steps]) -> Iterator[Done]:
        """Refuse: raises EngineError, since nothing is left to be done."""
        raise EngineError(f"the parts have not all of {job.name!r}")

    def collect(self, job: Job, progress: Progress | None = None) -> Partial:
        """Merge the shards' states of a job: see `JobSpread.collect`."""
        try:
            return job.within(job.merge([stored.state for stored in self._of(job)]))
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise InputError(
                f"what they hold of {job.name!r} does not fit together ({one_line(str(error))})", where=_ALL
            ) from None

    def _of(self, job: Job) -> list[StoredState]:
        ranges = {(stored.low, stored.high): stored for stored in self.states.get(job.key, [])}
        states = [ranges[steps] for steps in sorted(ranges)]
        whole = states and not gaps(0, states[0].steps, [(stored.low, stored.high) for stored in states])
        if not whole or sum(stored.high - stored.low for stored in states) != states[0].steps:
            raise InputError(
                f"they do not hold {job.name!r} as the study has it now; has it, or a file that it names, changed since?",
                where=_ALL,
            )
        return states

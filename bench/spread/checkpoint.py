"""Checkpoints: a folder in which the states of done parts are kept, so that what is killed goes on from there.

Each part is a file of its own, which has its name when it is whole; those of a job are joined to one when they are read again.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...kernels.engines.jobs import Job
from ...kernels.files import obstacle
from ..errors import InputError, Parameter, cause
from .computed_by import ComputedBy, from_entry
from .part_file import ENDING, StoredState, read_states, write_states

_ABOUT = f"checkpoint{ENDING}"


@dataclass(frozen=True)
class Origin:
    """What states are of, by which those of something else are told.

    Attributes
    ----------
    study, digest
        The study's name, and the digest of its file, overrides and choice of questions.
    dtype, engine
        In which type, and by which engine.
    computed_by
        The code, the libraries and the instruction set.
    """

    study: str
    digest: str
    dtype: str
    engine: str
    computed_by: ComputedBy

    def entry(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {**vars(self), "computed_by": vars(self.computed_by)}

    @classmethod
    def read(cls, entry: Mapping[str, Any], where: str) -> "Origin":
        """Read what `entry` gave. Raises InputError for anything else."""
        try:
            texts = {name: str(entry[name]) for name in ("study", "digest", "dtype", "engine")}
            return cls(**texts, computed_by=from_entry(entry["computed_by"]))
        except (KeyError, TypeError, ValueError):
            raise InputError("does not say what it was computed by; compute it again", where=where) from None

    def difference(self, other: "Origin") -> str:
        """Say in what another differs, as ``is of the study 'quick', not of 'frontier-run'``; nothing where it does not."""
        if self.study != other.study:
            return f"is of the study {self.study!r}, not of {other.study!r}"
        if self.digest != other.digest:
            return f"is of the study {self.study!r} with another text, other overrides or other questions"
        if self.dtype != other.dtype:
            return f"was computed in {self.dtype}, not in {other.dtype}"
        if self.engine != other.engine:
            return f"was computed by the engine {self.engine}, not by {other.engine}"
        difference = self.computed_by.difference(other.computed_by)
        return f"was computed {difference}" if difference else ""


class Checkpoint:
    """A folder of states.

    Parameters
    ----------
    folder
        Where; it is made where it is missing.
    origin
        What the states are of.

    Raises
    ------
    InputError
        Where the folder holds those of something else, or anything but a checkpoint, or nothing can be written there.
    """

    def __init__(self, folder: Path, origin: Origin):
        self.folder, where = folder, Parameter("checkpoint")
        about = folder / _ABOUT
        # Another process may be making it: what it writes has a name that begins with a dot until it is whole.
        others = folder.is_dir() and [path.name for path in folder.iterdir() if not path.name.startswith(".")]
        if about.is_file():
            difference = Origin.read(_read(about)[0], str(about)).difference(origin)
            if difference:
                raise InputError(
                    f"{str(folder)!r} holds a checkpoint that {difference}; name another folder, or remove it", where=where
                )
            return
        if others:
            raise InputError(f"{str(folder)!r} is a folder with other files; name one that is empty or not there", where=where)
        fault = obstacle(folder)
        if fault is not None:
            raise InputError(fault, where=where)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_states(about, origin.entry(), ())
        except OSError as error:
            raise InputError(f"{str(folder)!r} could not be written ({cause(error)})", where=where) from None

    @property
    def sweeps(self) -> int:
        """How many sweeps over the grid anything is kept of."""
        return sum(any(place.glob(f"*{ENDING}")) for place in self.folder.iterdir() if place.is_dir())

    def states(self, job: Job, low: int, high: int, steps: int) -> list[StoredState]:
        """Read what is done of a range of a job's steps, none of it twice, and join its files to one.

        Parameters
        ----------
        job
            The job.
        low, high
            The range: of a shard its own, so that shards may have one folder.
        steps
            In how many steps it can be shared out.
        """
        files: list[tuple[Path, StoredState]] = []
        for path in sorted(self._place(job).glob(f"*{ENDING}")):
            for stored in _read(path)[1]:
                mine = (stored.key, stored.scope, stored.steps) == (job.key, job.scope(), steps)
                if mine and low <= stored.low < stored.high <= high and job.stands(stored.low, stored.high):
                    files.append((path, stored))
        files.sort(key=lambda item: (item[1].low, -item[1].high))
        kept, end = list[StoredState](), low
        for _, stored in files:  # a file that was joined and not yet removed lies within the one it was joined to
            if stored.low >= end:
                kept.append(stored)
                end = stored.high
        if len(files) > 1:
            kept = _joined(job, kept)
            with contextlib.suppress(OSError):  # the disk is full: they do as they are
                names = {self._write(stored) for stored in kept}
                for path, stored in files:  # one that overlaps another's, as of another number of shards, stays
                    held = any(one.low <= stored.low and stored.high <= one.high for one in kept)
                    if held and path not in names:
                        path.unlink(missing_ok=True)
        return kept

    def keep(self, stored: StoredState) -> None:
        """Keep a state. Raises InputError where it could not be written: what was kept before stands."""
        try:
            self._write(stored)
        except OSError as error:
            raise InputError(
                f"{str(self.folder)!r} could not be written ({cause(error)}); what it holds stands, the same command goes on",
                where=Parameter("checkpoint"),
            ) from None

    def _place(self, job: Job) -> Path:
        return self.folder / f"{job.key[:16]}{'-' if job.scope() else ''}{job.scope()[:16]}"

    def _write(self, stored: StoredState) -> Path:
        scope = f"-{stored.scope[:16]}" if stored.scope else ""
        path = self.folder / f"{stored.key[:16]}{scope}" / f"{stored.low}-{stored.high}{ENDING}"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_states(path, {}, [stored])
        return path


def _read(path: Path) -> tuple[dict[str, Any], list[StoredState]]:
    """Read a file of a checkpoint; nothing where another process has joined it to others meanwhile."""
    try:
        return read_states(path)
    except InputError as error:
        if not path.exists():
            return {}, []
        raise InputError(f"{error.text()}; or remove it, and what it held is computed again") from None


def _joined(job: Job, kept: list[StoredState]) -> list[StoredState]:
    """Merge states of ranges that follow each other."""
    runs: list[list[StoredState]] = []
    for stored in kept:
        if runs and runs[-1][-1].high == stored.low:
            runs[-1].append(stored)
        else:
            runs.append([stored])
    return [
        StoredState(run[0].key, run[0].scope, run[0].low, run[-1].high, run[0].steps, job.merge([one.state for one in run]))
        for run in runs
    ]

"""A table as a job: whoever computes a part of its scenarios writes their rows, and keeps the first rows and their number."""

import bisect
import hashlib
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...kernels.engines import Settings, get
from ...kernels.engines.jobs import Job, JobParts
from ...kernels.engines.planned import PlannedRun
from ...kernels.host_memory import keep_memory
from ...kernels.model.questions import Chunk, Problem, Question, Result
from ...kernels.plan.collapse import collapse_rows
from ...kernels.reductions.partials import Partial
from ...kernels.reductions.states import Visited
from ..errors import DisagreementError, InputError, Parameter, cause
from ..runner.table_walk import MAX_KEPT, Probes, Walk, find_rows, rows_of
from ..verify.tolerance import TOLERANCE, Agreement
from .stretches import Stretches
from .table_parts import FileWriter, TableSink

_BYTES_A_SECOND = 3e8  # that a core computes and writes


@dataclass(frozen=True, eq=False)
class TableJob(Job):
    """A table, whose steps are files of stretches of scenarios.

    Attributes
    ----------
    question
        The table.
    sink
        Where its rows are written; None where they are only counted.
    """

    question: Question = field(kw_only=True)
    sink: TableSink | None = field(default=None, kw_only=True)

    by_one_thread = True

    @property
    def name(self) -> str:
        """What the study calls the question."""
        return self.question.name

    @property
    def stretches(self) -> Stretches:
        """How the grid is cut."""
        return Stretches(self.problem.grid.shape)

    def seconds(self) -> float:
        """Predict how long one core takes: what is written takes longer than what is computed."""
        itemsize = np.dtype(self.dtype).itemsize
        return math.prod(self.problem.grid.shape) * (1 + len(self.question.objectives())) * itemsize / _BYTES_A_SECOND

    def begin(self, settings: Settings) -> JobParts:
        """Compile the table's kernel, and check that its rows can be written from here: see `Job.begin`."""
        fault = self.sink.check() if self.sink is not None else ""
        if fault:
            raise InputError(fault, where=Parameter("table"))
        keep_memory()
        prepared: Any = get(self.engine).engine.prepare(self.problem, self.question, replace(settings, dtype=self.dtype))
        return _TableParts(self, prepared, Probes(self.problem, self.question, self.dtype))

    def merge(self, states: Sequence[Partial]) -> Partial:
        """Add up rows, and keep the first."""
        counts = {name: sum(state.arrays[name] for state in states) for name in ("rows", "nan")}
        errors = np.maximum.reduce([state.arrays["error"] for state in states])
        sparse = {name: np.concatenate([state.sparse[name] for state in states]) for name in states[0].sparse}
        first = np.argsort(sparse["index"], kind="stable")[:MAX_KEPT]
        arrays = {**counts, "error": errors}
        return Partial(0, 1, Visited(0), arrays, {name: array[first] for name, array in sparse.items()})

    def complete(self, state: Partial) -> Partial:
        """Return the rows of some parts, as if the others had none."""
        return state

    def stand_in(self) -> "TableJob":
        """Leave out where rows are written: see `Job.stand_in`."""
        return replace(self, sink=None)

    def stands(self, low: int, high: int) -> bool:
        """Tell whether what steps have written is still there: see `Job.stands`."""
        return self.sink is None or all(self.sink.holds(number) for number in range(low, high))

    def wanted(self) -> tuple[str, ...]:
        """Name the quantities that are written, and those that conditions are on."""
        return self.question.targets()

    def told(self) -> str:
        """Say what is asked."""
        return repr(self.question)

    def scope(self) -> str:
        """Say where rows are written: a part that is done there need not be done again."""
        return "" if self.sink is None else hashlib.sha256(os.fsencode(self.sink.folder) + self.sink.key.encode()).hexdigest()

    def walk(self, state: Partial, seconds: float) -> Walk:
        """Make of the state of all parts what walking the table gives: its first rows, and how many there are.

        Parameters
        ----------
        state
            The merged state.
        seconds
            What computing and writing it took.
        """
        rows, nan, error = (state.arrays[name][0] for name in ("rows", "nan", "error"))
        values = {name: state.sparse[name] for name in self.question.objectives()}
        values |= {"index": state.sparse["index"], "rows": np.array(int(rows))}
        result = Result(values, evaluated=self.problem.grid.size, nan=int(nan))
        return Walk(result, seconds, Agreement(float(error)))


def table_job(engine: str, problem: Problem, question: Question, dtype: str) -> TableJob:
    """Make the job of a table, without a place for its rows.

    Parameters
    ----------
    engine
        The engine's name.
    problem, question
        What the table is of.
    dtype
        ``float64`` or ``float32``.
    """
    return TableJob(engine, collapse_rows(problem, question).problem, dtype, question=question)


@dataclass(frozen=True)
class _TableParts:
    job: TableJob
    run: PlannedRun
    probes: Probes

    @property
    def steps(self) -> int:
        return self.job.stretches.files

    def partial(self, low: int, high: int) -> Partial:
        job, probes = self.job, self.probes.fresh()
        kept = _Kept(job.question.objectives())
        try:
            for number in range(low, high):
                self._file(number, kept, probes)
        except OSError as error:
            place = getattr(job.sink, "folder", "")
            raise InputError(
                f"{place!r} could not be written ({cause(error)}); the files that are whole stand", where=Parameter("table")
            ) from None
        if probes.agreement.wrong:
            raise DisagreementError(
                f"the engine {job.engine} disagrees with the reference on {job.name!r}: {probes.agreement.wrong} "
                f"(largest relative difference {probes.agreement.error:.2g}, {job.dtype} allows {TOLERANCE[job.dtype]:g})"
            )
        return kept.state(probes.agreement.error)

    def _file(self, number: int, kept: "_Kept", probes: Probes) -> None:
        """Compute a file's stretches, and write them where there is a place for them."""
        job, stretches = self.job, self.job.stretches
        with _Nowhere() if job.sink is None else job.sink.file(number) as writer:
            for stretch in stretches.of_file(number):
                chunk = self._chunk(stretches.start(stretch), stretches.start(stretch + 1), kept.names)
                probes.compare(chunk)
                kept.take(chunk)
                writer.write(stretch, chunk)

    def _chunk(self, begin: int, end: int, names: Sequence[str]) -> Chunk:
        """Compute the scenarios from one to before another: the outer points that they lie in, less what is beyond."""
        steps = range(self.run.steps + 1)
        low = bisect.bisect_right(steps, begin, key=self.run.flat_of) - 1
        high = bisect.bisect_left(steps, end, key=self.run.flat_of)
        parts = list(self.run.part(low, high).chunks())
        joined = parts[0] if len(parts) == 1 else _join(parts, names)
        cut = slice(begin - joined.start, end - joined.start)
        values = {name: joined.values[name][cut] for name in names}
        return Chunk(begin, values, None if joined.feasible is None else joined.feasible[cut])


@dataclass
class _Kept:
    """What is kept of a part's rows: how many there are, and the first of them."""

    names: tuple[str, ...]
    rows: int = 0
    nan: int = 0
    first: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)

    def take(self, chunk: Chunk) -> None:
        """Count a stretch's rows, and keep the first."""
        met, unknown = find_rows(chunk)
        if self.rows < MAX_KEPT:
            self.first.append(rows_of(chunk, MAX_KEPT - self.rows))
        self.rows, self.nan = self.rows + int(np.count_nonzero(met)), self.nan + int(np.count_nonzero(unknown))

    def state(self, error: float) -> Partial:
        """Make the state of the part."""
        counts = {"rows": np.array([self.rows]), "nan": np.array([self.nan]), "error": np.array([error])}
        sparse = {"index": np.concatenate([index for index, _ in self.first])}
        sparse |= {name: np.concatenate([values[name] for _, values in self.first]) for name in self.names}
        return Partial(0, 1, Visited(0), counts, sparse)


def _join(parts: Sequence[Chunk], names: Sequence[str]) -> Chunk:
    feasible = None if parts[0].feasible is None else np.concatenate([part.feasible for part in parts])
    return Chunk(parts[0].start, {name: np.concatenate([part.values[name] for part in parts]) for name in names}, feasible)


class _Nowhere:
    """Writes nothing."""

    def __enter__(self) -> FileWriter:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def write(self, number: int, chunk: Chunk) -> None:
        """Write nothing."""

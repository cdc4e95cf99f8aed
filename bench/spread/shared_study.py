"""A study whose questions are shared out: what `run_study` needs of a spread, tables included."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from ...kernels.engines import Collapsing, Settings
from ...kernels.engines.tiled import TiledEngine
from ...kernels.model.questions import Problem, Question
from ..runner.table_walk import Walk
from ..study.loader import Study
from .job_spread import JobSpread, Progress
from .placement import TablePlace
from .table_job import TableJob, table_job

Say = Callable[[str], None]


@dataclass
class SharedStudy:
    """Questions of a study on a spread.

    Attributes
    ----------
    study
        The study.
    engine
        The name of the engine that computes.
    spread
        What has jobs done.
    place
        Where the rows of its table are written while they are computed; None where they are only counted.
    say
        Hears in a line what a table will take.
    computes
        Whether what is not part of the study can be computed too, for the check against NumPy.
    """

    study: Study
    engine: str
    spread: JobSpread
    place: TablePlace | None
    say: Say
    computes: bool = True

    def collapsing(self) -> Collapsing:
        """Return the engine that answers, as `engines.get` gives one that is here."""
        return Collapsing(TiledEngine(self.engine, self.spread))

    def prepare_table(self, problem: Problem, question: Question, settings: Settings) -> TableJob:
        """Compile a table, and make the place for its rows.

        Parameters
        ----------
        problem, question, settings
            What the table is of, and the dtype.
        """
        job = table_job(self.engine, problem, question, settings.dtype)
        if self.place is not None:
            shard, again = self.spread.shard, self.spread.checkpoint is not None
            shards = 1 if shard is None else shard.count
            job = self.place.begin(self.study, job, self.say, shards, again=again or shard is not None)
        self.spread.prepare(job)
        return job

    def walk(self, job: TableJob, progress: Progress | None) -> Walk:
        """Compute a table, which is written on the way where it has a place.

        Parameters
        ----------
        job
            What `prepare_table` gave.
        progress
            Told the share that is done.
        """
        start = time.perf_counter()
        with contextlib.nullcontext() if self.place is None else self.place.hold(self.study, job):
            state = self.spread.collect(job, progress)
        if self.place is not None and self.spread.shard is None:
            self.place.finish(self.study, job)
        return job.walk(state, time.perf_counter() - start)

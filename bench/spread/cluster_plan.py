"""What a study takes on many workers: tasks, seconds, bytes that travel, memory, and where more workers gain nothing.

Computing is predicted by the constants that choose an engine; what a task, a start and a process cost was measured.
"""

import math
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...kernels import engines
from ...kernels.analysis.choice import COSTS, PLAIN
from ...kernels.analysis.explanation import explain
from ...kernels.engines import Settings
from ...kernels.engines.jobs import Job, QuestionJob, StatisticsJob
from ...kernels.errors import EngineError
from ...kernels.model.kinds import ByKind
from ...kernels.model.questions import (
    Best,
    Decision,
    Histogram,
    Pareto,
    Quantiles,
    Question,
    Sensitivity,
    Summary,
    Table,
    group_shape,
)
from ...kernels.plan.collapse import collapse
from ...kernels.plan.sensitivity import explaining_axes
from ...kernels.reductions.over_draws import wanted_statistics
from ..errors import InputError, Parameter
from ..study.loader import Study
from .cuts import TASK_SECONDS, count_parts
from .dask_spread import FAN_IN
from .job_spread import seconds_of
from .stretches import Stretches
from .table_job import table_job

# Measured on two cores with Dask 2026.8 and two workers (docs/many-machines.md).
ROUND_SECONDS = 0.05  # of a question: to send it out, and to bring the answer back
START_SECONDS = 1.2  # until workers have loaded flopwatt
PROCESS_BYTES = 1.6e8  # of a worker that has the kernels of a few questions
NETWORK_BYTES = 1.25e9  # a second: 10 Gbit/s
_POINT_BYTES = 40  # of memory for an outer point: some accumulators
_MOST_WORKERS = 10**7 - 1  # that a plan is for
_GAIN = 1.1  # by which twice as many workers must be faster, to be worth it

_BIN_BYTES = 24  # its group, its key and its count; of fronts an index more
_BINS = 192  # that a group's values fill: three octaves
_ROWS_BYTES = 16_000  # of a table's first rows


@dataclass(frozen=True)
class Workers:
    """What a study is planned for.

    Attributes
    ----------
    count
        How many workers there are: a core or a GPU each.
    engine
        The engine that they have.
    words
        What they are, for people.
    """

    count: int
    engine: str
    words: str

    @classmethod
    def on(cls, text: str) -> "Workers":
        """Read ``64xh200``: so many GPUs of the kind whose speed was measured. Raises InputError for anything else."""
        number, cross, chip = text.lower().partition("x")
        where = Parameter("on")
        if not (cross and number.strip().isdecimal() and len(number) < 8 and int(number) > 0 and chip.strip()):
            raise InputError(f"{text!r} names no workers; write how many of what, as 64xh200", where=where)
        if chip.strip() not in ("h200", "h200-sxm", "h200-sxm-141gb"):
            raise InputError(
                f"how fast {chip.strip()!r} computes was not measured, h200 was; of CPU cores give ",
                Parameter("workers"),
                " and ",
                Parameter("engine"),
                where=where,
            )
        count = int(number)
        return cls(count, "cupy", f"{count:,} H200")

    @classmethod
    def of(cls, count: int, engine: str) -> "Workers":
        """Take so many workers of one core, or of one GPU where the engine is a GPU's. Raises InputError."""
        if engine not in engines.NAMES:
            raise InputError(f"there is no engine {engine!r}; there are {', '.join(engines.NAMES)}", where=Parameter("engine"))
        if not 1 <= count <= _MOST_WORKERS:
            raise InputError(f"must be from 1 to {_MOST_WORKERS:,}, not {count:,}", where=Parameter("workers"))
        unit = "one core" if engine in ("numpy", "numba") else "one H200"
        return cls(count, engine, f"{count:,} worker{'s' if count > 1 else ''} of {unit} with {engine}")


@dataclass(frozen=True)
class SharedQuestion:
    """What a question takes on many workers.

    Attributes
    ----------
    name
        The question's.
    seconds_of_one
        What one worker computes, without anything else (s).
    steps
        In how many steps each of its jobs could be shared out at most.
    passes
        How many jobs it is made of: a sensitivity is some summaries.
    state_bytes, job_bytes
        Of a task's state, and of what each worker is sent once.
    memory_bytes
        That a worker needs for it, beside the process.
    """

    name: str
    seconds_of_one: float
    steps: int
    passes: int
    state_bytes: float
    job_bytes: int
    memory_bytes: float

    def seconds(self, workers: int) -> float:
        """Predict the seconds on so many workers: tasks are handed out one after the other, and done side by side.

        Parameters
        ----------
        workers
            How many there are.
        """
        tasks, seconds = self.tasks(workers), self.seconds_of_one / self.passes
        busy = min(workers, tasks)
        computing = max(seconds / tasks * math.ceil(tasks / busy), tasks * TASK_SECONDS)
        return self.passes * (ROUND_SECONDS + computing + (busy - 1) * TASK_SECONDS)

    def tasks(self, workers: int) -> int:
        """Count the tasks of one of its jobs on so many workers.

        Parameters
        ----------
        workers
            How many there are.
        """
        return min(count_parts(self.seconds_of_one / self.passes, workers), self.steps)

    def travelling(self, workers: int) -> float:
        """Add up the bytes that travel: the job once to each worker, each state once up the tree.

        Parameters
        ----------
        workers
            How many there are.
        """
        return self.job_bytes * workers + self.passes * self.tasks(workers) * self.state_bytes


@dataclass(frozen=True)
class ClusterPlan:
    """What a study takes on many workers.

    Attributes
    ----------
    study, dtype, workers
        What is planned, in which type, on what.
    questions
        Each question, in the study's order.
    """

    study: Study
    dtype: str
    workers: Workers
    questions: tuple[SharedQuestion, ...]

    @property
    def starting(self) -> float:
        """Seconds until workers are there and have compiled what all questions need."""
        costs = COSTS[self.workers.engine]
        return START_SECONDS + costs.start + sum(question.passes for question in self.questions) * costs.kernel

    def seconds(self, workers: int | None = None) -> float:
        """Predict the seconds of all questions, without the start.

        Parameters
        ----------
        workers
            How many there are; those that are planned for where it is None.
        """
        count = self.workers.count if workers is None else workers
        return sum(question.seconds(count) for question in self.questions)

    @property
    def travelling(self) -> float:
        """Bytes that travel."""
        return sum(question.travelling(self.workers.count) for question in self.questions)

    @property
    def travelling_seconds(self) -> float:
        """Seconds that they take where all of them go through one network card."""
        return self.travelling / NETWORK_BYTES

    @property
    def memory_bytes(self) -> float:
        """Bytes that a worker needs."""
        return PROCESS_BYTES + max((question.memory_bytes for question in self.questions), default=0.0)

    @property
    def saturation(self) -> int:
        """The number of workers from which twice as many gain less than a tenth."""
        count = 1
        while count < 2**20 and self.seconds(count) > _GAIN * self.seconds(2 * count):
            count *= 2
        return min(count, max(question.steps for question in self.questions))

    @property
    def limit(self) -> str:
        """What keeps more workers from gaining."""
        count = self.saturation
        longest = max(self.questions, key=lambda question: question.seconds(2 * count))
        if longest.steps < 2 * count:
            return f"{longest.name!r} has no more than {longest.steps:,} {'steps' if longest.steps > 1 else 'step'}"
        if longest.tasks(2 * count) * TASK_SECONDS * longest.passes >= longest.seconds(2 * count) / 3:
            return "handing tasks out takes as long as doing them"
        return "sending questions out and bringing answers back takes as long as computing"


def plan_cluster(study: Study, dtype: str, workers: Workers) -> ClusterPlan:
    """Plan a study on many workers; nothing is computed or compiled, and the engine need not be here.

    Parameters
    ----------
    study
        What is asked.
    dtype
        ``float64`` or ``float32``.
    workers
        On what.

    Raises
    ------
    InputError
        For a question that has no plan.
    """
    try:
        questions = tuple(_plan(study, question, dtype, workers) for question in study.questions)
    except EngineError as error:
        raise InputError(str(error), where=Parameter("engine")) from None
    return ClusterPlan(study, dtype, workers, questions)


@dataclass(frozen=True)
class SharedKind:
    """What jobs questions of a kind are made of, and what a state of them holds.

    Attributes
    ----------
    jobs
        Lists the jobs, of the study, the question, the dtype and the engine.
    group_bytes
        That a state has of a group: values and where they are, counts, sums of a few limbs.
    binned
        Whether it has bins, too.
    answers
        Counts the answers of a group.
    """

    jobs: Callable[[Study, Any, str, str], list[Job]]
    group_bytes: int
    binned: bool = False
    answers: Callable[[Any], int] = lambda question: 1


def _one(study: Study, question: Question, dtype: str, engine: str) -> list[Job]:
    return [QuestionJob(engine, collapse(study.problem, question).problem, dtype, question=question)]


def _summaries(study: Study, question: Sensitivity, dtype: str, engine: str) -> list[Job]:
    """List a sensitivity's summaries: of all, about the centre, and along each axis."""
    kept = [question.by, question.by, *((*question.by, axis.name) for axis in explaining_axes(study.problem, question))]
    name, quantity, where = question.name, question.quantity, question.where
    summaries = [Summary(name=name, quantity=quantity, by=by, where=where) for by in kept]
    return [job for summary in summaries for job in _one(study, summary, dtype, engine)]


def _rows(study: Study, question: Table, dtype: str, engine: str) -> list[Job]:
    return [table_job(engine, study.problem, question, dtype)]


KINDS: ByKind[SharedKind] = ByKind(
    "bench.spread.cluster_plan.KINDS",
    {
        Best: SharedKind(_one, 16),
        Decision: SharedKind(_one, 16, answers=lambda question: max(len(question.confidences), 1)),
        Summary: SharedKind(_one, 104),
        Quantiles: SharedKind(_one, 32, binned=True),
        Histogram: SharedKind(_one, 32, binned=True),
        Sensitivity: SharedKind(_summaries, 104),
        Pareto: SharedKind(_one, 32, binned=True),
        Table: SharedKind(_rows, _ROWS_BYTES),
    },
)


def _plan(study: Study, question: Question, dtype: str, workers: Workers) -> SharedQuestion:
    """Plan a question: the steps that all its jobs have, and the largest state of a task."""
    statistics = wanted_statistics(study.problem, question.targets())
    if statistics:
        job = StatisticsJob(PLAIN, study.problem, dtype, statistics=statistics)
        steps, state, jobs = job.begin(Settings(dtype)).steps, 8.0 * len(statistics), list[Job]([job])
    else:
        jobs = KINDS.of(question).jobs(study, question, dtype, workers.engine)
        planned = [_steps_and_state(job, question, workers) for job in jobs]
        steps, state = min(steps for steps, _ in planned), max(state for _, state in planned)
    groups = math.prod(group_shape(study.problem.grid, question))
    memory = FAN_IN * state + _POINT_BYTES * steps + np.dtype(np.float64).itemsize * groups
    seconds, sent = sum(map(seconds_of, jobs)), sum(map(_sent_bytes, jobs))
    return SharedQuestion(question.name, seconds, steps, len(jobs), state, sent, memory)


def _steps_and_state(job: Job, question: Question, workers: Workers) -> tuple[int, float]:
    """Count the steps of a job of passes or rows, and the bytes of a task's state."""
    if not isinstance(job, QuestionJob):
        return Stretches(job.problem.grid.shape).files, KINDS.of(question).group_bytes
    kind, grid = KINDS.of(job.question), job.problem.grid
    steps = explain(job.problem, (job.question,), job.dtype, COSTS[job.engine].machine)[0].plan.points
    groups = math.prod(group_shape(grid, job.question))
    tasks = min(count_parts(seconds_of(job), workers.count), steps)
    own = groups / tasks + 1 if groups > 1 else 1
    bins = min(_BINS, grid.size / groups) * _BIN_BYTES if kind.binned else 0.0
    return steps, own * (kind.group_bytes * kind.answers(job.question) + bins)


def _sent_bytes(job: Job) -> int:
    """Measure a job as it is sent; formulas that are sent with their code are left out."""
    problem = job.lean().problem
    try:
        return len(pickle.dumps(problem))
    except (pickle.PicklingError, AttributeError, TypeError):
        return sum(len(pickle.dumps(axis)) for axis in problem.grid.axes)

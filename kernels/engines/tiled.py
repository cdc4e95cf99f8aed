"""An engine whose passes are done in parts, by whoever shares them out: other processes, several devices, machines.

What is composed of passes (decisions and what is nearest, sensitivities, fronts, statistics) is composed as on any engine.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import EngineError
from ..model.questions import Chunk, Decision, Problem, Question, Result
from ..plan.sharing import SharedPass
from ..reductions.merged_passes import MergedPasses, answer_of_partial
from ..reductions.over_draws import Compute, OverDraws
from ..reductions.partials import Partial
from ..reductions.states import DecisionState
from .engine import Engine, Settings
from .jobs import Job, QuestionJob, StatisticsJob

Progress = Callable[[float], None]


class JobRunner(Protocol):
    """What has jobs done, part by part, and merges what comes back."""

    def prepare(self, job: Job) -> None:
        """Compile what a job needs, wherever it will be done. Raises EngineError where it cannot be."""
        ...

    def collect(self, job: Job, progress: Progress | None) -> Partial:
        """Have a job done, and return the state of all of its grid.

        Parameters
        ----------
        job
            The job.
        progress
            Told the share that is done, now and then.
        """
        ...


class TiledEngine(Engine):
    """Stands for an engine whose passes are shared out.

    Parameters
    ----------
    name
        That of the engine, which need not be here.
    spread
        What has the parts done.
    """

    shares = False

    def __init__(self, name: str, spread: JobRunner):
        self.name, self.spread = name, spread

    def prepare(self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None) -> Any:
        """Compile what a question needs, where it will be done: see `Engine.prepare`.

        Parameters
        ----------
        problem, question, settings
            What is asked, and how the engine runs.
        shared
            None: nothing is shared between questions.
        """
        return TiledRun(self, problem, question, settings)

    def computing(self, problem: Problem, settings: Settings) -> Compute:
        """Return what has statistics over draws computed in parts, for `over_draws.tabulate`.

        Parameters
        ----------
        problem
            The model on its grid.
        settings
            The dtype.
        """

        def compute(statistics: Mapping[str, OverDraws], progress: Progress) -> dict[str, NDArray[Any]]:
            job = StatisticsJob("numpy", problem, settings.dtype, statistics=statistics)
            self.spread.prepare(job)
            state = self.spread.collect(job, progress)
            return {name: state.sparse[f"value {i}"] for i, name in enumerate(statistics)}

        return compute


class TiledRun:
    """A question whose passes are shared out.

    Parameters
    ----------
    engine
        What has them done.
    problem, question, settings
        What is asked, and how.
    """

    def __init__(self, engine: TiledEngine, problem: Problem, question: Question, settings: Settings):
        self.engine, self.problem, self.question, self.settings = engine, problem, question, settings
        self.dtype = np.dtype(settings.dtype)
        self.job = self._job(None)
        engine.spread.prepare(self.job)

    def _job(self, groups: NDArray[np.int64] | None) -> QuestionJob:
        return QuestionJob(self.engine.name, self.problem, self.dtype.name, question=self.question, groups=groups)

    def run(self) -> Result:
        """Answer the question. Raises EngineError for one that has no answer of that form."""
        state = self.engine.spread.collect(self.job, self.settings.progress)
        return answer_of_partial(self.problem, self.question, self.dtype.name, state)

    def decide(self, question: Decision, groups: NDArray[np.int64] | None = None) -> DecisionState:
        """Find the decisions of some groups: see `Passes.decide`.

        Parameters
        ----------
        question
            The run's own.
        groups
            The numbers of the groups that are wanted; all if None.
        """
        state = self.engine.spread.collect(self._job(groups), self.settings.progress)
        return MergedPasses(self.problem, self.dtype.name, state).decide(question, groups)

    def chunks(self) -> Iterator[Chunk]:
        """Refuse, since the rows of a table are written where they are computed. Raises EngineError."""
        raise EngineError("a table that is shared out is written where it is computed")

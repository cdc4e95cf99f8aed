"""What running a study gave: the answers, and what each engine took for each question."""

import statistics
from dataclasses import dataclass

from ...kernels.engines import Availability
from ...kernels.model.questions import Question, Result
from ..answers.answer import Answer
from ..machine.noise import Moment
from ..study.loader import Study


@dataclass(frozen=True)
class QuestionRun:
    """One question on one engine. ``prepare_seconds`` is the compilation; ``samples`` are seconds of one run each.

    ``around`` are the machine's counters before and after the samples. What it shares with the questions named ``shared``
    is in the samples of the first of them, and the counters are of all.
    """

    question: Question
    result: Result
    prepare_seconds: float
    samples: tuple[float, ...]
    max_relative_error: float
    around: tuple[Moment, Moment]
    shared: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """The median sample."""
        return statistics.median(self.samples)


@dataclass(frozen=True)
class EngineRun:
    """A study on one engine; ``checked`` says what was held against NumPy: "grid" (all of it) or "sample"."""

    engine: str
    dtype: str
    device: str
    questions: tuple[QuestionRun, ...]
    peak_memory_bytes: int | None
    checked: str

    @property
    def seconds(self) -> float:
        """Seconds of all questions, compilation apart."""
        return sum(each.seconds for each in self.questions)

    @property
    def evaluated(self) -> int:
        """Points computed for all questions; what was pruned is not among them."""
        return sum(each.result.evaluated for each in self.questions)

    @property
    def points_per_second(self) -> float:
        return self.evaluated / self.seconds

    @property
    def prepare_seconds(self) -> float:
        return sum(each.prepare_seconds for each in self.questions)

    @property
    def max_relative_error(self) -> float:
        return max(each.max_relative_error for each in self.questions)


@dataclass(frozen=True)
class Run:
    """What running a study gave; ``absent`` are the engines that were asked for with "all" and are not there."""

    study: Study
    dtype: str
    engines: tuple[EngineRun, ...]
    answers: tuple[Answer, ...]
    absent: tuple[Availability, ...] = ()
    threads: int | None = None
    device: int = 0

    def fastest(self) -> EngineRun:
        """The engine with the most points a second."""
        return max(self.engines, key=lambda run: run.points_per_second)

    def answers_of(self, engine: str) -> tuple[Answer, ...]:
        """One engine's answers, in the order of the questions."""
        return tuple(answer for answer in self.answers if answer.engine == engine)

    def answer(self, question: str, engine: str | None = None) -> Answer:
        """The answer to a question by its name, of the fastest engine unless another is named."""
        engine = engine or self.fastest().engine
        for answer in self.answers_of(engine):
            if answer.name == question:
                return answer
        raise KeyError(question)

"""What running a study gave: the answers, and what each engine took for each question."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...kernels.engines import Availability
from ...kernels.model.questions import Question, Result
from ...kernels.text import nearest
from ..answers.answer import Answer
from ..errors import Parameter, UnknownNameError
from ..machine.noise import Moment
from ..study.loader import Study


@dataclass(frozen=True)
class QuestionRun:
    """What one question took on one engine.

    Attributes
    ----------
    question, result
        What was asked, and what the engine found, in base units.
    prepare_seconds
        Seconds of the compilation.
    samples
        Seconds of one run each.
    max_relative_error
        The largest relative difference from NumPy's answer; 0 before it is known, and for NumPy.
    around
        The machine's counters before and after the samples.
    shared
        The questions that share a pass, this one among them: what they share is in the samples of the first, and the
        counters are of all. Empty where it shares none.
    reference
        What each reference loop took beside the samples (s), one block of them; empty where they were not timed.
    """

    question: Question
    result: Result
    prepare_seconds: float
    samples: tuple[float, ...]
    max_relative_error: float
    around: tuple[Moment, Moment]
    shared: tuple[str, ...] = ()
    reference: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Seconds of the median sample."""
        return statistics.median(self.samples)


@dataclass(frozen=True)
class EngineRun:
    """What a study took on one engine.

    Attributes
    ----------
    engine, dtype, device
        The engine, the floating-point type of its values, and the hardware that it ran on.
    questions
        Each question's run, in the study's order.
    peak_memory_bytes
        The most host memory that was held; None where the system does not tell.
    checked
        What was held against NumPy: ``grid`` (all of it) or ``sample``.
    """

    engine: str
    dtype: str
    device: str
    questions: tuple[QuestionRun, ...]
    peak_memory_bytes: int | None
    checked: str

    @property
    def seconds(self) -> float:
        """Seconds of all questions, compilation apart."""
        return sum(run.seconds for run in self.questions)

    @property
    def evaluated(self) -> int:
        """Points computed for all questions; what was pruned is not among them."""
        return sum(run.result.evaluated for run in self.questions)

    @property
    def points_per_second(self) -> float:
        """Points computed a second, compilation apart."""
        return self.evaluated / self.seconds

    @property
    def prepare_seconds(self) -> float:
        """Seconds of all questions' compilation."""
        return sum(run.prepare_seconds for run in self.questions)

    @property
    def max_relative_error(self) -> float:
        """The largest relative difference from NumPy's answers."""
        return max(run.max_relative_error for run in self.questions)


@dataclass(frozen=True, repr=False)
class Run:
    """What running a study gave.

    Attributes
    ----------
    study, dtype
        What was asked, and in which floating-point type.
    engines
        What each engine took.
    answers
        Every engine's answer to every question.
    absent
        The engines that were asked for with "all" and are not there, with the reason.
    threads, device
        How many CPU threads there were at most (None: all cores), and which GPU.
    html
        Writes the run for a notebook; None where nothing does.
    """

    study: Study
    dtype: str
    engines: tuple[EngineRun, ...]
    answers: tuple[Answer, ...]
    absent: tuple[Availability, ...] = ()
    threads: int | None = None
    device: int = 0
    html: Callable[["Run"], str] | None = field(default=None, compare=False)

    def fastest(self) -> EngineRun:
        """Pick the engine with the most points a second."""
        return max(self.engines, key=lambda run: run.points_per_second)

    def answers_of(self, engine: str) -> tuple[Answer, ...]:
        """List one engine's answers, in the order of the questions."""
        return tuple(answer for answer in self.answers if answer.engine == engine)

    def answer(self, question: str, engine: str | None = None) -> Answer:
        """Find the answer to a question by its name, of the fastest engine unless another is named.

        Raises
        ------
        UnknownNameError
            Where there is no question of that name, or the engine did not run; it lists those that there are.
        """
        engine = engine or self.fastest().engine
        answers = {answer.name: answer for answer in self.answers_of(engine)}
        if not answers:
            ran = list(dict.fromkeys(answer.engine for answer in self.answers))
            raise UnknownNameError(f"{engine!r} answered nothing; {', '.join(ran)} did", where=Parameter("engine"))
        if question not in answers:
            hint = nearest(question, answers)
            raise UnknownNameError(
                f"there is no question {question!r}{hint or '; there are ' + ', '.join(answers)}", where=Parameter("question")
            )
        return answers[question]

    def to_frame(self, question: str, engine: str | None = None) -> Any:
        """Turn the answer to a question into a pandas DataFrame: a row for each point, units in its ``attrs``.

        Parameters
        ----------
        question
            The question's name.
        engine
            Whose answer; the fastest engine's without one.

        Raises
        ------
        UnknownNameError
            Where there is no question of that name, or the engine did not run.
        """
        return self.answer(question, engine).to_frame()

    def __repr__(self) -> str:
        engines = ", ".join(run.engine for run in self.engines)
        questions = ", ".join(dict.fromkeys(answer.name for answer in self.answers))
        return f"Run of {self.study.name!r} ({self.study.title}) on {engines}: answers to {questions}"

    def _repr_html_(self) -> str | None:
        """Show the run in a notebook: its headlines, and a table for each question."""
        return self.html(self) if self.html is not None else None

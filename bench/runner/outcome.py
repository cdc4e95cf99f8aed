"""What running a study gave: the answers, and what each engine took for each question."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...kernels.analysis.choice import Choice
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
        The largest relative difference from the reference's answer; 0 before it is known.
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
        The run of each question that went to it, in the study's order.
    peak_memory_bytes
        The most host memory that was held; None where the system does not tell.
    checked
        What was held against the reference: ``grid`` (all of it) or ``sample``.
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
        """The largest relative difference from the reference's answers."""
        return max(run.max_relative_error for run in self.questions)


@dataclass(frozen=True, repr=False)
class Run:
    """What running a study gave.

    Engines that were named answer every question each. Where flopwatt chose, each question went to one engine.

    Attributes
    ----------
    study, dtype
        What was asked, and in which floating-point type.
    engines
        What each engine took for the questions that went to it.
    answers
        Every engine's answers.
    absent
        The engines that were asked for with "all" and are not there, with the reason.
    threads, device
        How many CPU threads there were at most (None: all cores), and which GPU.
    choices
        Why each question went to the engine that it went to; empty where engines were named.
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
    choices: tuple[Choice, ...] = ()
    html: Callable[["Run"], str] | None = field(default=None, compare=False)

    def fastest(self) -> EngineRun:
        """Pick the engine with the most points a second."""
        return max(self.engines, key=lambda run: run.points_per_second)

    def answers_of(self, engine: str) -> tuple[Answer, ...]:
        """List one engine's answers, in the order of the questions."""
        return tuple(answer for answer in self.answers if answer.engine == engine)

    def shown(self) -> tuple[Answer, ...]:
        """List one answer to each question, in the study's order: of engines that answered the same one, the fastest's."""
        ranked = sorted(self.engines, key=lambda run: -run.points_per_second)
        order = {run.engine: place for place, run in enumerate(ranked)}
        first: dict[str, Answer] = {}
        for answer in sorted(self.answers, key=lambda answer: order[answer.engine]):
            first.setdefault(answer.name, answer)
        return tuple(first[question.name] for question in self.study.questions if question.name in first)

    def shown_engines(self) -> tuple[EngineRun, ...]:
        """List the engines whose answers are shown, in the order of `engines`."""
        names = {answer.engine for answer in self.shown()}
        return tuple(run for run in self.engines if run.engine in names)

    def engine_of(self, question: str) -> EngineRun:
        """Find the engine whose answer to a question is shown."""
        name = next(answer.engine for answer in self.shown() if answer.name == question)
        return next(run for run in self.engines if run.engine == name)

    def answer(self, question: str, engine: str | None = None) -> Answer:
        """Find the answer to a question by its name, of the fastest engine that gave one unless another is named.

        Raises
        ------
        UnknownNameError
            Where there is no question of that name, or the engine did not answer it; it lists what there is.
        """
        given = [answer for answer in self.answers if answer.name == question]
        if not given:
            asked = list(dict.fromkeys(answer.name for answer in self.answers))
            hint = nearest(question, asked)
            raise UnknownNameError(
                f"there is no question {question!r}{hint or '; there are ' + ', '.join(asked)}", where=Parameter("question")
            )
        if engine is None:
            return next(answer for answer in self.shown() if answer.name == question)
        named = [answer for answer in given if answer.engine == engine]
        if not named:
            ran = ", ".join(answer.engine for answer in given)
            raise UnknownNameError(f"{engine!r} did not answer {question!r}; {ran} did", where=Parameter("engine"))
        return named[0]

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

"""Runs a study: every question on every engine, timed, and held against NumPy. A disagreement is an error.

``run_study`` is the whole of it for Python; the command only chooses the engines and prints.
"""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...kernels import engines as kernels_engines
from ...kernels.engines import Availability, Collapsing, Settings
from ...kernels.errors import EngineError
from ...kernels.model.questions import Best, Problem, Question, Result, Table
from ...kernels.plan.collapse import collapse
from ...kernels.plan.sharing import families
from ..answers.answer import Answer, answer_of
from ..errors import DisagreementError, InputError, Parameter
from ..machine.noise import Moment, moment
from ..machine.peak_memory import peak_bytes, reset_peak
from ..study.loader import Study
from ..verify.agreement import agreement
from ..verify.best import at_coordinates
from ..verify.subgrid import sub_problem
from ..verify.tolerance import TOLERANCE, Agreement
from .table_walk import MAX_PROBED, walk

FULL_CHECK_POINTS = 2_000_000  # computed by a question: up to here NumPy answers all of it for the check, in some 50 ms
BUDGET_SECONDS, MAX_SAMPLES = 0.3, 5

Progress = Callable[[str], Callable[[float], None] | None]  # a label to what is told the share done


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


def choose(engine: str) -> tuple[list[str], list[Availability]]:
    """The engines that a choice (auto, all or a name) means here, and those of them that are not there.

    Raises InputError where a named one is not there: never another in its place.
    """
    from ...kernels.text import nearest

    if engine == "auto":
        from ...kernels.engines import driver

        fastest = kernels_engines.FASTEST_FIRST if driver.present() else ("numba", "numpy")
        return [next(name for name in fastest if kernels_engines.availability(name).available)], []
    if engine == "all":
        found = [kernels_engines.availability(name) for name in kernels_engines.NAMES]
        return [each.name for each in found if each.available], [each for each in found if not each.available]
    if engine not in kernels_engines.NAMES:
        names = ("auto", "all", *kernels_engines.NAMES)
        raise InputError(
            f"there is no engine {engine!r}{nearest(engine, names) or '; there are ' + ', '.join(names)}",
            where=Parameter("engine"),
        )
    state = kernels_engines.availability(engine)
    if not state.available:
        raise InputError(f"{engine} cannot run here: {state.reason}", where=Parameter("engine"))
    return [engine], []


@dataclass
class _Runner:
    """What stays the same over a run: settings, and NumPy's results as they become known."""

    study: Study
    settings: Settings
    progress: Progress | None
    budget_seconds: float
    most_samples: int
    reference: dict[str, Result] = field(default_factory=dict)

    def engine(self, name: str) -> EngineRun:
        """All questions on one engine, each timed and then checked."""
        engine = kernels_engines.get(name)
        reset_peak()
        found = [run for family in families(self.study.questions) for run in self._timed(engine, family)]
        timed = [next(run for run in found if run.question is question) for question in self.study.questions]
        peak = peak_bytes()
        if name == "numpy":
            self.reference = {each.question.name: each.result for each in timed}
        checked = [self._checked(engine, each) for each in timed]
        whole = all(self._whole(each) for each in timed)
        device = kernels_engines.availability(name).device
        return EngineRun(name, self.settings.dtype, device, tuple(checked), peak, "grid" if whole else "sample")

    def _timed(self, engine: Collapsing, family: Sequence[Question]) -> list[QuestionRun]:
        """Questions that may share a pass, run one after the other; what they share is counted with the first."""
        label = ", ".join(question.name for question in family)
        report = self.progress(f"{engine.name}: {label}") if self.progress else None
        settings = Settings(self.settings.dtype, self.settings.threads, self.settings.device, self.settings.chunk, report)
        start = time.perf_counter()
        prepared = engine.prepare_together(self.study.problem, family, settings)
        seconds = [time.perf_counter() - start, *(0.0 for _ in family[1:])]
        before = moment()
        if isinstance(family[0], Table):
            return [self._walked(engine, prepared[0], family[0], seconds[0], before)]
        samples: list[list[float]] = [[] for _ in family]
        while not samples[0] or (sum(map(sum, samples)) < self.budget_seconds and len(samples[0]) < self.most_samples):
            results = [_run(each, into) for each, into in zip(prepared, samples, strict=True)]
        around = before, moment()
        shared = tuple(question.name for question in family) if engine.shares and len(family) > 1 else ()
        return [
            QuestionRun(question, result, compiled, tuple(taken), 0.0, around, shared)
            for question, result, compiled, taken in zip(family, results, seconds, samples, strict=True)
        ]

    def _walked(self, engine: Collapsing, prepared: Any, question: Table, seconds: float, before: Moment) -> QuestionRun:
        """A table is walked once, and compared with NumPy on the way."""
        walked = walk(prepared, self.study.problem, question, self.settings.dtype)
        if walked.agreement.wrong:
            raise DisagreementError(_disagreement(engine.name, question, walked.agreement, self.settings.dtype, False))
        around = before, moment()
        return QuestionRun(question, walked.result, seconds, (walked.seconds,), walked.agreement.error, around)

    def _whole(self, run: QuestionRun) -> bool:
        """Whether all of the grid is held against NumPy: it ran too, or takes no time to."""
        if isinstance(run.question, Table):
            return run.result.evaluated <= MAX_PROBED
        return run.question.name in self.reference or run.result.evaluated + run.result.pruned <= FULL_CHECK_POINTS

    def _checked(self, engine: Collapsing, run: QuestionRun) -> QuestionRun:
        """The run with its largest difference from NumPy. Raises DisagreementError where it is too large."""
        if engine.name == "numpy" or isinstance(run.question, Table):
            return run
        problem, question, dtype = self.study.problem, run.question, self.settings.dtype
        whole = self._whole(run)
        if whole:
            if question.name not in self.reference:
                self.reference[question.name] = self._answer("numpy", problem, question)
            found = agreement(problem, question, run.result, self.reference[question.name], dtype)
        else:
            found = self._on_sample(engine, run)
        if found.wrong or math.isinf(found.error):
            raise DisagreementError(_disagreement(engine.name, question, found, dtype, whole))
        return replace(run, max_relative_error=found.error)

    def _on_sample(self, engine: Collapsing, run: QuestionRun) -> Agreement:
        """Both engines on a sub-grid, and for a best point NumPy's value at its coordinates in the whole grid."""
        problem, question, dtype = self.study.problem, run.question, self.settings.dtype
        part = sub_problem(collapse(problem, question).problem)
        mine, numpy = (self._answer(name, part, question) for name in (engine.name, "numpy"))
        found = agreement(part, question, mine, numpy, dtype)
        if isinstance(question, Best):
            found &= at_coordinates(problem, question, run.result, dtype)
        return found

    def _answer(self, engine: str, problem: Problem, question: Question) -> Result:
        settings = Settings(self.settings.dtype, self.settings.threads, self.settings.device)
        return kernels_engines.get(engine).prepare(problem, question, settings).run()


def _run(prepared: Any, samples: list[float]) -> Result:
    """One run, its seconds noted."""
    start = time.perf_counter()
    result: Result = prepared.run()
    samples.append(time.perf_counter() - start)
    return result


def _disagreement(engine: str, question: Question, found: Agreement, dtype: str, whole: bool) -> str:
    where = "" if whole else " on a sample of the grid"
    return (
        f"the engine {engine} disagrees with numpy on {question.name!r}{where}: {found.wrong or 'null on one side only'} "
        f"(largest relative difference {found.error:.2g}, {dtype} allows {TOLERANCE[dtype]:g}); nothing was saved"
    )


def run_study(
    study: Study,
    engines: str | Sequence[str] = "auto",
    dtype: str = "float64",
    threads: int | None = None,
    device: int = 0,
    progress: Progress | None = None,
    *,
    chunk: int | None = None,
    budget_seconds: float = BUDGET_SECONDS,
    most_samples: int = MAX_SAMPLES,
) -> Run:
    """Answer every question of a study on every engine (``auto``, ``all``, a name or several names).

    Each question is compiled first (timed apart), then run until ``budget_seconds`` or ``most_samples`` are reached, and
    at least once. Raises InputError for an engine that is not there and DisagreementError for one that is not equal to
    NumPy as `agree` defines it.
    """
    if dtype not in TOLERANCE:
        raise InputError(f"there is no dtype {dtype!r}; there are {', '.join(TOLERANCE)}", where=Parameter("dtype"))
    names, absent = choose(engines) if isinstance(engines, str) else (_all_there(engines), [])
    runner = _Runner(study, Settings(dtype, threads, device, chunk), progress, budget_seconds, most_samples)
    try:
        # NumPy goes first: what it finds is what the others are held against
        done = {name: runner.engine(name) for name in sorted(names, key=lambda name: name != "numpy")}
    except EngineError as error:
        raise InputError(str(error), where=Parameter("engine")) from None
    answers = tuple(
        answer_of(study.problem, each.question, each.result, name, dtype, study.sources)
        for name in names
        for each in done[name].questions
    )
    return Run(study, dtype, tuple(done[name] for name in names), answers, tuple(absent), threads, device)


def _all_there(names: Sequence[str]) -> list[str]:
    if not names:
        raise InputError("names no engine", where=Parameter("engine"))
    return [each for name in dict.fromkeys(names) for each in choose(name)[0]]

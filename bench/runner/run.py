"""Runs a study: every question on every engine, timed, and held against NumPy. A disagreement is an error.

``run_study`` is the whole of it for Python; the command only chooses the engines and prints.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...kernels import engines as kernels_engines
from ...kernels.engines import Availability, Collapsing, Settings
from ...kernels.errors import EngineError
from ...kernels.model.questions import Question, Result
from ...kernels.plan.sharing import families
from ..answers.answer import Computation, answer_of
from ..errors import InputError, Parameter
from ..machine.noise import Moment, moment
from ..machine.peak_memory import peak_bytes, reset_peak
from ..machine.reference_loops import ReferenceLoops
from ..study.loader import Study
from ..verify.tolerance import TOLERANCE
from .check import Checker
from .kinds import KINDS
from .outcome import EngineRun, QuestionRun, Run
from .table_walk import walk

BUDGET_SECONDS, MAX_SAMPLES = 0.3, 5
MAX_LABEL = 3  # questions whose names a bar has
# For a record the samples of short questions go on until the system's ticks of 10 ms say what other processes did meanwhile.
COUNTED_SECONDS, MAX_SHORT_SAMPLES = 0.15, 200

Progress = Callable[[str], Callable[[float], None] | None]  # a label to what is told the share done


def choose(engine: str) -> tuple[list[str], list[Availability]]:
    """Find the engines that a choice (auto, all or a name) means here, and those of them that are not there.

    Raises
    ------
    InputError
        Where a named one is not there: never another in its place.
    """
    from ...kernels.text import nearest

    if engine == "auto":
        from ...kernels.engines import driver

        fastest = kernels_engines.FASTEST_FIRST if driver.present() else ("numba", "numpy")
        return [next(name for name in fastest if kernels_engines.availability(name).available)], []
    if engine == "all":
        states = [kernels_engines.availability(name) for name in kernels_engines.NAMES]
        return [state.name for state in states if state.available], [state for state in states if not state.available]
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


def _label(family: Sequence[Question]) -> str:
    """Name the questions that are answered together in few words."""
    names = [question.name for question in family]
    return ", ".join(names) if len(names) <= MAX_LABEL else f"{names[0]} and {len(names) - 1} more"


@dataclass
class _Runner:
    """What stays the same over a run: settings, and what answers are held against."""

    study: Study
    settings: Settings
    progress: Progress | None
    budget_seconds: float
    most_samples: int
    checker: Checker
    with_reference: bool

    def engine(self, name: str) -> EngineRun:
        """Answer all questions on one engine, each timed and then checked."""
        engine = kernels_engines.get(name)
        reset_peak()
        runs = [run for family in families(self.study.questions) for run in self._time_family(engine, family)]
        timed = [next(run for run in runs if run.question is question) for question in self.study.questions]
        peak = peak_bytes()
        compared = [self.checker.compare(engine, run) for run in timed]
        whole = all(self.checker.is_whole(run) for run in timed)
        device = kernels_engines.availability(name).device
        return EngineRun(name, self.settings.dtype, device, tuple(compared), peak, "grid" if whole else "sample")

    def _time_family(self, engine: Collapsing, family: Sequence[Question]) -> list[QuestionRun]:
        """Time questions that may share a pass, one after the other; what they share is counted with the first."""
        label = _label(family)
        report = self.progress(f"{engine.name}: {label}") if self.progress else None
        settings = replace(self.settings, progress=report)
        start = time.perf_counter()
        prepared = engine.prepare_together(self.study.problem, family, settings)
        seconds = [time.perf_counter() - start, *(0.0 for _ in family[1:])]
        before = moment()
        if KINDS.of(family[0]).in_stretches:
            return [self._walk_table(engine, prepared[0], family[0], seconds[0], before)]
        samples: list[list[float]] = [[] for _ in family]
        loops = ReferenceLoops()
        if self.with_reference:
            loops.begin_block()
        while self._goes_on(samples):
            results = [_time_run(part, seconds_of) for part, seconds_of in zip(prepared, samples, strict=True)]
            if self.with_reference:
                loops.beside_sample()
        reference = loops.medians() if self.with_reference else {}
        around = before, moment()
        together = engine.shares and not engine.leaves_to_numpy(self.study.problem, family[0])
        shared = tuple(question.name for question in family) if together and len(family) > 1 else ()
        return [
            QuestionRun(question, result, compiled, tuple(taken), 0.0, around, shared, reference)
            for question, result, compiled, taken in zip(family, results, seconds, samples, strict=True)
        ]

    def _goes_on(self, samples: Sequence[Sequence[float]]) -> bool:
        """Tell whether more samples are taken: short ones until the system's counters tell what other processes did."""
        count, spent = len(samples[0]), sum(map(sum, samples))
        if count == 0:
            return True
        short = self.with_reference and spent < COUNTED_SECONDS and count < MAX_SHORT_SAMPLES
        return spent < self.budget_seconds and (count < self.most_samples or short)

    def _walk_table(self, engine: Collapsing, prepared: Any, question: Question, seconds: float, before: Moment) -> QuestionRun:
        """Walk a table once, compared with NumPy on the way."""
        walked = walk(prepared, self.study.problem, question, self.settings.dtype)
        self.checker.require(engine, question, walked.agreement, whole=False)
        around = before, moment()
        return QuestionRun(question, walked.result, seconds, (walked.seconds,), walked.agreement.error, around)


def _time_run(prepared: Any, samples: list[float]) -> Result:
    """Run once and add the seconds to the samples, less what is done but once."""
    start = time.perf_counter()
    result: Result = prepared.run()
    samples.append(time.perf_counter() - start - result.extra_seconds)
    return result


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
    with_reference: bool = False,
) -> Run:
    """Answer every question of a study on every engine, timed and held against NumPy.

    Each question is compiled first (timed apart), then run until ``budget_seconds`` or ``most_samples`` are reached, and
    at least once.

    Parameters
    ----------
    study
        What is asked.
    engines
        ``auto``, ``all``, a name or several names.
    dtype
        ``float64`` or ``float32``.
    threads
        CPU threads; all cores where it is None.
    device
        Which GPU, counted from 0.
    progress
        Called with a label before each question; what it returns, if anything, is told the share done, from 0 to 1.
    chunk
        Outer points at a time; the answers do not depend on it.
    budget_seconds, most_samples
        When a question has been timed enough, on each engine.

    with_reference
        Whether loops of known work are timed beside the samples, for a record that is compared with others.

    Raises
    ------
    InputError
        For an engine or a dtype that is not there.
    DisagreementError
        For an answer that is not equal to NumPy's as `bench.verify` defines it.
    """
    if not isinstance(study, Study):  # mypy tells it, a notebook does not
        raise InputError(f"must be a study, as load_study gives it, and not {type(study).__name__}", where=Parameter("study"))
    if dtype not in TOLERANCE:
        raise InputError(f"there is no dtype {dtype!r}; there are {', '.join(TOLERANCE)}", where=Parameter("dtype"))
    names, absent = choose(engines) if isinstance(engines, str) else (_choose_several(engines), [])
    settings = Settings(dtype, threads, device, chunk)
    runner = _Runner(study, settings, progress, budget_seconds, most_samples, Checker(study.problem, settings), with_reference)
    try:
        done = {name: runner.engine(name) for name in names}
    except EngineError as error:
        raise InputError(str(error), where=Parameter("engine")) from None
    answers = tuple(
        answer_of(study.problem, run.question, run.result, Computation(name, dtype, study.sources))
        for name in names
        for run in done[name].questions
    )
    return Run(study, dtype, tuple(done[name] for name in names), answers, tuple(absent), threads, device, _html)


def _html(run: Run) -> str:
    """Write a run for a notebook by what is imported there alone."""
    from .run_html import run_html

    return run_html(run)


def _choose_several(names: Sequence[str]) -> list[str]:
    if not names:
        raise InputError("names no engine", where=Parameter("engine"))
    return [chosen for name in dict.fromkeys(names) for chosen in choose(name)[0]]

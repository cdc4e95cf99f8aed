"""Runs a study: every question on every engine, timed, and held against NumPy. A disagreement is an error.

``run_study`` is the whole of it for Python; the command only chooses the engines and prints.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...kernels import engines as kernels_engines
from ...kernels.analysis.choice import Choice, Family, choose_engines, started
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
from ..verify.tolerance import check_dtype
from .check import Checker
from .kinds import KINDS
from .outcome import EngineRun, QuestionRun, Run
from .shared_out import SharedOut
from .table_walk import walk

BUDGET_SECONDS, MAX_SAMPLES = 0.3, 5  # of each question, where its speed is asked for
MAX_LABEL = 3  # questions whose names a bar has
# For a record the samples of short questions go on until the system's ticks of 10 ms say what other processes did meanwhile.
COUNTED_SECONDS, MAX_SHORT_SAMPLES = 0.15, 200

Progress = Callable[[str], Callable[[float], None] | None]  # a label to what is told the share done


def _candidates() -> tuple[str, ...]:
    """List the engines that may be here, fastest first, without importing what none of them may need."""
    from ...kernels.engines import driver

    return kernels_engines.FASTEST_FIRST if driver.present() else ("numba", "numpy")


def choose(engine: str) -> tuple[list[str], list[Availability]]:
    """Find the engines that answer every question by a choice (all, a name, or auto: the fastest), and those not there.

    Raises
    ------
    InputError
        Where a named one is not there: never another in its place.
    """
    from ...kernels.text import nearest

    if engine == "auto":
        return [next(name for name in _candidates() if kernels_engines.availability(name).available)], []
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


@dataclass
class _Told:
    """Passes on the share done to whoever listens by then: a question is prepared before its bar begins."""

    listener: Callable[[float], None] | None = None

    def tell(self, share: float) -> None:
        """Pass a share on, from 0 to 1."""
        if self.listener is not None:
            self.listener(share)


@dataclass(frozen=True)
class _PreparedFamily:
    """A family that is ready to run, and what that took (s)."""

    family: Family
    prepared: Sequence[Any]
    seconds: float
    told: _Told


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
    shared_out: SharedOut | None = None

    def _label(self, engine: Collapsing, questions: Sequence[Question]) -> Callable[[float], None] | None:
        """Begin the bar of questions, named in few words; return what is told the share done."""
        names = [question.name for question in questions]
        words = ", ".join(names) if len(names) <= MAX_LABEL else f"{names[0]} and {len(names) - 1} more"
        return self.progress(f"{engine.name}: {words}") if self.progress else None

    def engine(self, name: str, families: Sequence[Family]) -> EngineRun:
        """Answer families of questions on one engine, each timed and then checked."""
        engine = kernels_engines.get(name) if self.shared_out is None else self.shared_out.collapsing()
        reset_peak()
        runs = {run.question.name: run for made in self._prepare(engine, families) for run in self._time_family(engine, made)}
        timed = [runs[question.name] for question in self.study.questions if question.name in runs]
        peak = peak_bytes()
        compared, whole = self.checker.compare_all(self._checking(engine), timed)
        device = kernels_engines.availability(name).device
        return EngineRun(name, self.settings.dtype, device, tuple(compared), peak, "grid" if whole else "sample")

    def _checking(self, engine: Collapsing) -> Collapsing:
        """Choose what computes a part of the grid for the check: the engine as it is here, where that is so."""
        if self.shared_out is None or not kernels_engines.availability(engine.name).available:
            return engine
        return kernels_engines.get(engine.name)

    def _prepare(self, engine: Collapsing, families: Sequence[Family]) -> Iterator["_PreparedFamily"]:
        """Prepare families: kernels are compiled side by side, and one by one where their times are recorded."""
        if self.with_reference:
            for family in families:
                self._label(engine, family)
                yield self._prepare_family(engine, family)
            return
        self._label(engine, self.study.questions)
        start = time.perf_counter()
        with engine.together():
            made = [self._prepare_family(engine, family) for family in families]
        together = time.perf_counter() - start - sum(one.seconds for one in made)
        for one in made:
            yield replace(one, seconds=one.seconds + together / len(made))

    def _prepare_family(self, engine: Collapsing, family: Family) -> "_PreparedFamily":
        told, start = _Told(), time.perf_counter()
        settings = replace(self.settings, progress=told.tell if self.progress else None)
        if self.shared_out is not None and _is_walked_there(engine, self.study, family[0]):
            job = self.shared_out.prepare_table(self.study.problem, family[0], settings)
            return _PreparedFamily(family, [job], time.perf_counter() - start, told)
        prepared = engine.prepare_together(self.study.problem, family, settings)
        return _PreparedFamily(family, prepared, time.perf_counter() - start, told)

    def _time_family(self, engine: Collapsing, made: "_PreparedFamily") -> list[QuestionRun]:
        """Time questions that may share a pass, one after the other; what they share is counted with the first."""
        family, prepared = made.family, made.prepared
        made.told.listener = self._label(engine, family)
        seconds = [made.seconds, *(0.0 for _ in family[1:])]
        before = moment()
        if KINDS.of(family[0]).in_stretches:
            return [self._walk_table(engine, made, family[0], before)]
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

    def _walk_table(self, engine: Collapsing, made: "_PreparedFamily", question: Question, before: Moment) -> QuestionRun:
        """Walk a table once, compared with NumPy on the way."""
        prepared, seconds, told = made.prepared[0], made.seconds, made.told
        if self.shared_out is not None and _is_walked_there(engine, self.study, question):
            walked = self.shared_out.walk(prepared, told.tell if self.progress else None)
        else:
            walked = walk(prepared, self.study.problem, question, self.settings.dtype)
        self.checker.require(engine, question, walked.agreement, whole=False)
        around = before, moment()
        return QuestionRun(question, walked.result, seconds, (walked.seconds,), walked.agreement.error, around)


def _is_walked_there(engine: Collapsing, study: Study, question: Question) -> bool:
    """Tell whether whoever shares out a table walks it too: not one of statistics, which are a small table by then."""
    return KINDS.of(question).in_stretches and not engine.leaves_to_numpy(study.problem, question)


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
    most_samples: int = 1,
    with_reference: bool = False,
    shared_out: SharedOut | None = None,
) -> Run:
    """Answer every question of a study, timed and held against NumPy: on every engine that is named, or on what answers first.

    With ``auto`` each question goes to one engine, such that all are answered first by what compiling and computing should
    take (`choose_engines`); for a record, which is compared with others, one engine takes all: the fastest here.

    Each question is compiled first (timed apart), then run once, or up to
    ``most_samples`` times within ``budget_seconds``.

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
    shared_out
        What has the questions done in parts, on its engine; None where they are done here as a whole.

    Raises
    ------
    InputError
        For an engine or a dtype that is not there.
    DisagreementError
        For an answer that is not equal to NumPy's as `bench.verify` defines it.
    """
    if not isinstance(study, Study):  # mypy tells it, a notebook does not
        raise InputError(f"must be a study, as load_study gives it, and not {type(study).__name__}", where=Parameter("study"))
    check_dtype(dtype)
    settings = Settings(dtype, threads, device, chunk)
    checker = Checker(study.problem, settings, computes=shared_out is None or shared_out.computes)
    runner = _Runner(study, settings, progress, budget_seconds, most_samples, checker, with_reference, shared_out)
    try:
        shares, absent, choices = (
            _shares(study, engines, settings, one_engine=with_reference) if shared_out is None else _whole(study, shared_out)
        )
        done = tuple(runner.engine(name, families) for name, families in shares.items())
    except EngineError as error:
        raise InputError(str(error), where=Parameter("engine")) from None
    answers = tuple(
        answer_of(study.problem, run.question, run.result, Computation(engine.engine, dtype, study.sources))
        for engine in done
        for run in engine.questions
    )
    if choices:
        order = {question.name: place for place, question in enumerate(study.questions)}
        answers = tuple(sorted(answers, key=lambda answer: order[answer.name]))
    return Run(study, dtype, done, answers, tuple(absent), threads, device, choices, _html)


def _shares(
    study: Study, engines: str | Sequence[str], settings: Settings, *, one_engine: bool
) -> tuple[dict[str, list[Family]], list[Availability], tuple[Choice, ...]]:
    """Tell which families go to which engine, which engines are not there, and what was weighed, if anything was."""
    together = families(study.questions)
    if engines != "auto" or one_engine:
        names, absent = choose(engines) if isinstance(engines, str) else (_choose_several(engines), [])
        return {name: list(together) for name in names}, absent, ()
    choices = choose_engines(study.problem, together, settings, _candidates(), started())
    shares: dict[str, list[Family]] = {}
    for choice in choices:
        shares.setdefault(choice.engine, []).append(choice.family)
    return shares, [], choices


def _whole(study: Study, shared_out: SharedOut) -> tuple[dict[str, list[Family]], list[Availability], tuple[Choice, ...]]:
    """Give all questions to the one engine that they are shared out on, each alone: see `_shares`."""
    return {shared_out.engine: [(question,) for question in study.questions]}, [], ()


def _html(run: Run) -> str:
    """Write a run for a notebook by what is imported there alone."""
    from .run_html import run_html

    return run_html(run)


def _choose_several(names: Sequence[str]) -> list[str]:
    if not names:
        raise InputError("names no engine", where=Parameter("engine"))
    return [chosen for name in dict.fromkeys(names) for chosen in choose(name)[0]]

"""A study's plans, question by question: where each quantity is computed, what that costs, how long engines should take."""

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from ...kernels import engines
from ...kernels.analysis.choice import Choice, assign, predict, start_seconds
from ...kernels.analysis.explanation import Explanation, explain
from ...kernels.analysis.roofline import Bound, Load, MachineLimits, bound, estimate
from ...kernels.engines import Settings
from ...kernels.errors import EngineError
from ...kernels.model.grid import Axis, Grid
from ...kernels.model.questions import Problem, Question
from ...kernels.plan.collapse import collapse
from ...kernels.plan.order import GPU
from ...kernels.plan.sharing import families
from ...kernels.reductions.over_draws import wanted_statistics
from ..errors import InputError
from ..study.loader import Study
from ..verify.tolerance import check_dtype
from .kinds import KINDS

SAMPLE_POINTS = 2**19  # of each question, on which the numpy engine is timed
SAMPLE_SECONDS, MAX_SAMPLES = 0.05, 3
METHODS = {"numpy": "a timed sample", "numba": "operations and bytes over this machine's limits"}


@dataclass(frozen=True)
class TimeEstimate:
    """What an engine should take for a question.

    Attributes
    ----------
    engine
        Its name.
    seconds
        Seconds; None where that cannot be said.
    method
        How they were found.
    reason
        Why they cannot be said.
    bound
        Whether it takes no less than that, and nothing says how much longer.
    """

    engine: str
    seconds: float | None
    method: str = ""
    reason: str = ""
    bound: bool = False


@dataclass(frozen=True, eq=False)
class QuestionPlan(Explanation):
    """One question's plan on this machine's CPU.

    Attributes
    ----------
    bound
        The least seconds that the machine's limits allow.
    estimates
        What each engine should take.
    """

    bound: Bound
    estimates: tuple[TimeEstimate, ...]


@dataclass(frozen=True)
class StudyPlan:
    """A study's plans for this machine.

    Attributes
    ----------
    study, dtype
        What is planned, and ``float64`` or ``float32``, in which all is computed.
    limits
        What the machine's CPU does in a second, as measured.
    questions
        Each question's plan, in the study's order.
    choices
        Which engine a run would take for which questions where none is named, and what it predicts.
    """

    study: Study
    dtype: str
    limits: MachineLimits
    questions: tuple[QuestionPlan, ...]
    choices: tuple[Choice, ...]

    def estimates(self, engine: str) -> list[TimeEstimate]:
        """List what an engine should take for each question."""
        return [expected for plan in self.questions for expected in plan.estimates if expected.engine == engine]

    def seconds(self, engine: str) -> float | None:
        """Add up what an engine should take for all questions; None where that cannot be said of one."""
        total = 0.0
        for expected in self.estimates(engine):
            if expected.seconds is None:
                return None
            total += expected.seconds
        return total


def plan_study(study: Study, dtype: str = "float64", threads: int | None = None) -> StudyPlan:
    """Plan every question.

    Parameters
    ----------
    study
        What is asked.
    dtype
        ``float64`` or ``float32``.
    threads
        CPU threads; all cores where it is None.

    Raises
    ------
    InputError
        For a dtype that is not there, and where the engine numba, by which this machine's limits are measured, cannot compile.
    """
    check_dtype(dtype)
    state = engines.availability("numba")
    if not state.available:
        raise InputError(f"this machine's limits are measured with the engine numba, which cannot run here: {state.reason}")
    from ..machine.ceilings import cpu

    limits = cpu(dtype, threads)
    on_gpu = functools.cache(lambda: explain(study.problem, study.questions, dtype, GPU))  # planned where a GPU is here

    def gpu_loads(number: int) -> tuple[Load, ...]:
        return on_gpu()[number].loads

    explained = explain(study.problem, study.questions, dtype)
    plans = [
        _plan_by_numpy(question, study, dtype, limits)
        if wanted_statistics(study.problem, question.question.targets())
        else _plan(question, dtype, limits, functools.partial(gpu_loads, number))
        for number, question in enumerate(explained)
    ]
    return StudyPlan(study, dtype, limits, tuple(plans), choices_of(study, Settings(dtype, threads)))


def choices_of(study: Study, settings: Settings) -> tuple[Choice, ...]:
    """Tell which engine a run that has just begun would take for which questions, and what all that are here should take.

    Parameters
    ----------
    study, settings
        What is run, and how.
    """
    together, names = families(study.questions), engines.available()
    tables = [predict(study.problem, family, settings, names) for family in together]
    return assign(together, tables, start_seconds(names))


GpuLoads = Callable[[], tuple[Load, ...]]  # what the passes of a question do on a GPU


def _plan(explained: Explanation, dtype: str, limits: MachineLimits, gpu_loads: GpuLoads) -> QuestionPlan:
    return QuestionPlan(
        **vars(explained),
        bound=bound(explained.loads, explained.scenarios, limits),
        estimates=tuple(_estimate(name, explained, dtype, limits, gpu_loads) for name in engines.NAMES),
    )


def _plan_by_numpy(explained: Explanation, study: Study, dtype: str, limits: MachineLimits) -> QuestionPlan:
    """Plan a question of statistics, which every engine leaves to NumPy: a timed sample says how long any of them takes."""
    small = collapse(study.problem, explained.question).problem
    draws = max(over.draws for over in wanted_statistics(study.problem, explained.question.targets()).values())
    seconds = numpy_seconds(small, explained.question, dtype, max(SAMPLE_POINTS // draws, 1))
    states = [engines.availability(name) for name in engines.NAMES]
    return QuestionPlan(
        **vars(explained),
        bound=bound(explained.loads, explained.scenarios, limits),
        estimates=tuple(
            TimeEstimate(state.name, seconds, METHODS["numpy"])
            if state.available
            else TimeEstimate(state.name, None, reason=f"not here: {state.reason}")
            for state in states
        ),
    )


def _estimate(engine: str, explained: Explanation, dtype: str, limits: MachineLimits, gpu_loads: GpuLoads) -> TimeEstimate:
    state = engines.availability(engine)
    if not state.available:
        return TimeEstimate(engine, None, reason=f"not here: {state.reason}")
    try:
        if engine == "numpy":
            seconds = numpy_seconds(explained.plan.problem, explained.question, dtype)
            return TimeEstimate(engine, seconds, METHODS[engine])
        if engine == "numba":
            return TimeEstimate(engine, estimate(explained.loads, explained.scenarios, limits), METHODS[engine])
        return _estimate_gpu(engine, explained.scenarios, dtype, gpu_loads)
    except EngineError as error:
        return TimeEstimate(engine, None, reason=str(error))


def _estimate_gpu(engine: str, scenarios: int, dtype: str, gpu_loads: GpuLoads) -> TimeEstimate:
    from ..machine.ceilings import gpu

    limits = gpu(dtype)
    if limits is None:
        return TimeEstimate(engine, None, reason="the GPU's limits are measured through cupy, which is not here")
    least = bound(gpu_loads(), scenarios, limits)
    return TimeEstimate(engine, least.seconds, f"at least, by {least.by}", bound=True)


def numpy_seconds(problem: Problem, question: Question, dtype: str, max_points: int = SAMPLE_POINTS) -> float:
    """Estimate the numpy engine's seconds: a part of the grid, cut as the engine's blocks cut it, is timed and scaled up.

    Parameters
    ----------
    problem, question
        What is asked, of a grid without axes that change nothing.
    dtype
        ``float64`` or ``float32``.
    max_points
        Points that the part has at most.
    """
    part = leading_part(problem, max_points)
    prepared = engines.get("numpy").prepare(part, question, Settings(dtype))
    compute = KINDS.of(question).compute
    samples: list[float] = []
    while not samples or (sum(samples) < SAMPLE_SECONDS and len(samples) < MAX_SAMPLES):
        start = time.perf_counter()
        compute(prepared)
        samples.append(time.perf_counter() - start)
    return min(samples) * problem.grid.size / part.grid.size


def leading_part(problem: Problem, max_points: int) -> Problem:
    """Cut a problem to ``max_points`` or fewer: the last axes whole, the one before them cut, the others' middle point."""
    left, axes = max_points, list[Axis]()
    for axis in reversed(problem.grid.axes):
        n = min(len(axis), max(left, 1))
        left = left // n if n == len(axis) else 0
        start = (len(axis) - n) // 2
        axes.insert(0, axis.take(range(start, start + n)))
    return replace(problem, grid=Grid(tuple(axes)))

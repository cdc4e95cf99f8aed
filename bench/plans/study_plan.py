"""A study's plans, question by question: where each quantity is computed, what that costs, how long engines should take."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...kernels import engines
from ...kernels.analysis.depth import Depth, depths
from ...kernels.analysis.roofline import Bound, Load, MachineLimits, alive, bound, estimate
from ...kernels.engines import Settings
from ...kernels.engines.gpu import gpu_plan
from ...kernels.errors import EngineError
from ...kernels.model.grid import Axis, Grid
from ...kernels.model.questions import Problem, Question
from ...kernels.plan.collapse import collapse
from ...kernels.plan.plan import Plan
from ...kernels.plan.planner import make
from ...kernels.plan.sharing import families
from ..errors import InputError, Parameter
from ..study.loader import Study
from ..verify.tolerance import TOLERANCE
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
    """

    engine: str
    seconds: float | None
    method: str = ""
    reason: str = ""
    bound: bool = False  # no less than that: nothing says how much longer


@dataclass(frozen=True)
class QuestionPlan:
    """One question's plan on the CPU.

    Attributes
    ----------
    question, plan
        What is asked, and the order of its loops.
    alike
        How many scenarios of the grid are computed once, since they differ in no quantity.
    left_out
        Axes that the question does not need.
    shares
        The share of the scenarios left within each level, where guards skip some.
    depths
        Where each quantity is computed.
    loads
        What each pass does per scenario.
    bound
        The least seconds that this machine's limits allow, and which of them it is.
    estimates
        What each engine should take.
    shared
        The questions that have one first pass together, which is among the ``loads`` of the first of them.
    """

    question: Question
    plan: Plan
    alike: int
    left_out: tuple[str, ...]
    shares: tuple[float, ...]
    depths: tuple[Depth, ...]
    loads: tuple[Load, ...]
    bound: Bound
    estimates: tuple[TimeEstimate, ...]
    shared: tuple[str, ...] = ()

    @property
    def scenarios(self) -> int:
        """How many are computed."""
        return self.plan.problem.grid.size


@dataclass(frozen=True)
class StudyPlan:
    """A study's plans for this machine."""

    study: Study
    dtype: str
    limits: MachineLimits
    questions: tuple[QuestionPlan, ...]

    def seconds(self, engine: str) -> float | None:
        """Add up what an engine should take for all questions; None where that cannot be said of one."""
        found = [each.seconds for plan in self.questions for each in plan.estimates if each.engine == engine]
        return None if None in found else sum(seconds for seconds in found if seconds is not None)


def plan_study(study: Study, dtype: str = "float64", threads: int | None = None) -> StudyPlan:
    """Plan every question. Raises InputError for a dtype that is not there."""
    from ..machine.ceilings import cpu

    if dtype not in TOLERANCE:
        raise InputError(f"there is no dtype {dtype!r}; there are {', '.join(TOLERANCE)}", where=Parameter("dtype"))
    limits = cpu(dtype, threads)
    plans = {
        id(each): _plan(study.problem, each, family, dtype, limits) for family in families(study.questions) for each in family
    }
    return StudyPlan(study, dtype, limits, tuple(plans[id(each)] for each in study.questions))


def _plan(problem: Problem, question: Question, family: Sequence[Question], dtype: str, limits: MachineLimits) -> QuestionPlan:
    small = collapse(problem, question)
    kept = {axis.name for axis in small.problem.grid.axes}
    left_out = tuple(axis.name for axis in problem.grid.axes if axis.name not in kept)
    passes = KINDS[type(question)].passes
    plan, work = passes(small.problem, question, family, lambda problem, question: make(problem, question, dtype))
    case = _Case(small.problem, question, family, dtype, work, limits)
    return QuestionPlan(
        question=question,
        plan=plan,
        alike=small.times,
        left_out=left_out,
        shares=alive(plan),
        depths=depths(plan),
        loads=work,
        bound=bound(work, small.problem.grid.size, limits),
        estimates=tuple(_estimate(name, case) for name in engines.NAMES),
        shared=tuple(each.name for each in family) if len(family) > 1 else (),
    )


@dataclass(frozen=True)
class _Case:
    """What engines' times are estimated for: a question, those that may share a pass with it, its passes on the CPU."""

    problem: Problem
    question: Question
    family: Sequence[Question]
    dtype: str
    loads: tuple[Load, ...]
    limits: MachineLimits


def _estimate(engine: str, case: _Case) -> TimeEstimate:
    state = engines.availability(engine)
    if not state.available:
        return TimeEstimate(engine, None, reason=f"not here: {state.reason}")
    try:
        if engine == "numpy":
            return TimeEstimate(engine, numpy_seconds(case.problem, case.question, case.dtype), METHODS[engine])
        if engine == "numba":
            return TimeEstimate(engine, estimate(case.loads, case.problem.grid.size, case.limits), METHODS[engine])
        return _gpu(engine, case)
    except EngineError as error:
        return TimeEstimate(engine, None, reason=str(error))


def _gpu(engine: str, case: _Case) -> TimeEstimate:
    from ..machine.ceilings import gpu

    limits = gpu(case.dtype)
    if limits is None:
        return TimeEstimate(engine, None, reason="the GPU's limits are measured through cupy, which is not here")
    passes = KINDS[type(case.question)].passes
    _, work = passes(
        case.problem, case.question, case.family, lambda problem, question: gpu_plan(problem, question, case.dtype)
    )
    least = bound(work, case.problem.grid.size, limits)
    return TimeEstimate(engine, least.seconds, f"at least, by {least.by}", bound=True)


def numpy_seconds(problem: Problem, question: Question, dtype: str, most: int = SAMPLE_POINTS) -> float:
    """Estimate the numpy engine's seconds: a part of the grid, cut as the engine's blocks cut it, is timed and scaled up.

    Parameters
    ----------
    problem, question
        What is asked, of a grid without axes that change nothing.
    dtype
        ``float64`` or ``float32``.
    most
        Points that the part has at most.
    """
    part = leading_part(problem, most)
    prepared = engines.get("numpy").prepare(part, question, Settings(dtype))
    compute = KINDS[type(question)].compute
    samples: list[float] = []
    while not samples or (sum(samples) < SAMPLE_SECONDS and len(samples) < MAX_SAMPLES):
        start = time.perf_counter()
        compute(prepared)
        samples.append(time.perf_counter() - start)
    return min(samples) * problem.grid.size / part.grid.size


def leading_part(problem: Problem, most: int) -> Problem:
    """Cut a problem to at most ``most`` points: the last axes whole, the one before them cut, the others' middle point."""
    left, axes = most, list[Axis]()
    for axis in reversed(problem.grid.axes):
        n = min(len(axis), max(left, 1))
        left = left // n if n == len(axis) else 0
        start = (len(axis) - n) // 2
        axes.insert(0, axis.take(range(start, start + n)))
    return replace(problem, grid=Grid(tuple(axes)))

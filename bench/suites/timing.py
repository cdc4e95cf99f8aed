"""How the suites time an engine on a shape, and how its answer is checked: in full, or on a sample of groups."""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from flopwatt.bench.answers.answer import Computation, answer_of
from flopwatt.bench.records.record import Reading
from flopwatt.bench.runner.record import stored_answer
from flopwatt.bench.suites.shapes import Shape
from flopwatt.bench.timing.case import Case, describe
from flopwatt.bench.timing.speeds import annotate
from flopwatt.bench.verify.agreement import agreement, agreement_at_points
from flopwatt.bench.verify.tolerance import Agreement
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Prepared, Settings
from flopwatt.kernels.model.grid import Grid
from flopwatt.kernels.model.questions import Problem, Question, Result

CHECKED_IN_FULL = 2.5e7  # points; of larger grids as many whole groups as have about so many
MAX_FOR_NUMPY = 2.5e8  # points that the numpy engine is timed on

_prepared: dict[tuple[str, str, str, Settings], tuple[Prepared, float]] = {}  # kept from pass to pass: compiled once
_expected: dict[tuple[str, str, str], list[tuple[tuple[int, ...] | None, Problem, Result]]] = {}


@dataclass(frozen=True)
class TimedQuestion:
    """A question on an engine, as the suites time it.

    Attributes
    ----------
    study
        What tells its study from all others of the session.
    problem, question
        What is asked.
    engine, settings
        Who answers it, and how.
    """

    study: str
    problem: Problem
    question: Question
    engine: str
    settings: Settings

    def begin(self, benchmark: Any) -> Case:
        """Compile the question once, run it, and tell the ``benchmark`` fixture what it times.

        What is compiled or loaded at the first call must not decide how many rounds are timed.
        """
        key = (self.study, self.question.name, self.engine, self.settings)
        if key not in _prepared:
            start = time.perf_counter()
            prepared = engines.get(self.engine).prepare(self.problem, self.question, self.settings)
            _prepared[key] = prepared, time.perf_counter() - start
        prepared, seconds = _prepared[key]
        case = Case(
            self.engine,
            self.settings.dtype,
            self.problem.grid.size,
            prepared.run().evaluated,
            self.settings.threads,
            compile_seconds=seconds,
            prepared=prepared,
        )
        return describe(benchmark, case)

    def keep_answer(self, case: Case, result: Result, sources: Mapping[str, str]) -> None:
        """Put the answer into the case, for the record; ``sources`` says where each input's value comes from."""
        computation = Computation(self.engine, self.settings.dtype, sources)
        answer = answer_of(self.problem, self.question, result, computation)
        case.answers = (stored_answer(self.question, answer),)


def ask(benchmark: Any, shape: Shape, kind: str, engine: str, settings: Settings) -> Result:
    """Time one question of a shape and check the answer.

    Parameters
    ----------
    benchmark
        pytest-benchmark's fixture.
    shape, kind
        The study, and which of its questions.
    engine, settings
        Who answers it, and how.
    """
    timed = TimedQuestion(shape.name, shape.problem, shape.questions[kind], engine, settings)
    case = timed.begin(benchmark)
    benchmark.group = f"{shape.name}: {kind}, {settings.dtype}"
    annotate(benchmark, role="engine", shape=shape.name, question=kind, work=_work(case.prepared))
    result: Result = benchmark(case.prepared.run)
    case.max_relative_error = Reading(check(shape, timed.question, result, engine, settings.dtype))
    timed.keep_answer(case, result, {})
    return result


def hold(agreed: Agreement, engine: str) -> float:
    """Assert that an engine's result is the one it is held against; returns the largest relative difference."""
    assert not agreed.wrong, f"{engine} is wrong: {agreed.wrong} (largest difference {agreed.error:.2g})"
    return agreed.error


def _work(prepared: Any) -> float | None:
    """Count the operations per scenario that the engine's plan leaves, one for each lane; None for an engine without a plan."""
    plan = getattr(getattr(prepared, "inner", prepared), "plan", None)
    if plan is None:
        return None
    alike = prepared.collapsed.times if hasattr(prepared, "collapsed") else 1
    return float((sum(times for _, times in plan.operations()) + 1) / alike)


def check(shape: Shape, question: Question, result: Result, engine: str, dtype: str) -> float:
    """Assert that the result is the reference's, as flopwatt defines equal; returns the largest relative difference.

    Parameters
    ----------
    shape, question
        What was answered.
    result
        The answer on the whole grid.
    engine, dtype
        Who found it, and in which floating-point type.
    """
    assert result.evaluated + result.pruned == shape.points
    key = (shape.name, question.name, dtype)
    if key not in _expected:
        _expected[key] = list(_references(shape, question, dtype))
    error = 0.0
    for group, problem, reference in _expected[key]:
        part = result if group is None else slice_result(shape.problem, question, result, group)
        error = max(error, hold(agreement(problem, question, part, reference, dtype), engine))
    at_points = agreement_at_points(shape.problem, question, result, dtype)
    assert not at_points.wrong, f"{engine}: {at_points.wrong}"
    return error


def _references(shape: Shape, question: Question, dtype: str) -> Iterator[tuple[tuple[int, ...] | None, Problem, Result]]:
    """Answer by the reference: on the whole grid, or on groups spread over it."""

    def run(problem: Problem) -> Result:
        return engines.get(engines.REFERENCE).prepare(problem, question, Settings(dtype)).run()

    if shape.points <= CHECKED_IN_FULL or not question.by:
        yield None, shape.problem, run(shape.problem)
        return
    lengths = tuple(len(shape.problem.grid.axes[shape.problem.grid.position(name)]) for name in question.by)
    groups = math.prod(lengths)
    count = min(max(int(CHECKED_IN_FULL * groups / shape.points), 1), groups)
    for number in np.unique(np.linspace(0, groups - 1, count + 2)[1:-1].astype(int)):
        group = tuple(int(i) for i in np.unravel_index(number, lengths))
        problem = slice_problem(shape.problem, question, group)
        yield group, problem, run(problem)


def slice_problem(problem: Problem, question: Question, group: tuple[int, ...]) -> Problem:
    """Cut a problem down to one group: each kept axis has that one point left."""
    at = dict(zip(question.by, group, strict=True))
    axes = tuple(axis.take([at[axis.name]]) if axis.name in at else axis for axis in problem.grid.axes)
    return replace(problem, grid=Grid(axes))


def slice_result(problem: Problem, question: Question, result: Result, group: tuple[int, ...]) -> Result:
    """Take what a result says of one group, as a result on `slice_problem`'s grid.

    Parameters
    ----------
    problem, question
        What was answered, on the whole grid.
    result
        The answer.
    group
        The index along each kept axis.
    """
    small = slice_problem(problem, question, group).grid
    place = tuple(slice(i, i + 1) for i in group)
    values = {name: np.asarray(array)[place] for name, array in result.values.items()}
    for name in {"index", "nearest"} & set(values):
        index = values[name]
        parts = problem.grid.indices(np.maximum(index, 0))
        flat = sum(part * stride for part, stride, n in zip(parts, small.strides, small.shape, strict=True) if n > 1)
        values[name] = np.where(index < 0, -1, flat)
    return Result(values, evaluated=small.size)

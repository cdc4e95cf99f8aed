"""How the suites time an engine on a shape, and how its answer is checked: NumPy's in full, or on a sample of groups."""

import math
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from flopwatt.bench.answers.answer import Computation, answer_of
from flopwatt.bench.records.record import Reading
from flopwatt.bench.runner.record import stored_answer
from flopwatt.bench.suites.shapes import Shape
from flopwatt.bench.timing.case import Case, describe
from flopwatt.bench.timing.speeds import annotate
from flopwatt.bench.verify.agreement import agreement, agreement_at_points
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.grid import Grid
from flopwatt.kernels.model.questions import Problem, Question, Result

CHECKED_IN_FULL = 2.5e7  # points; of larger grids as many whole groups as have about so many
MAX_FOR_NUMPY = 2.5e7  # points that the numpy engine is timed on

Key = tuple[str, str, str, str, int | None]
_prepared: dict[Key, tuple[Any, float]] = {}  # kept from pass to pass: compiled once
_expected: dict[tuple[str, str, str], list[tuple[tuple[int, ...] | None, Problem, Result]]] = {}


def ask(benchmark: Any, shape: Shape, kind: str, engine: str, dtype: str, threads: int | None) -> Result:
    """Time one question of a shape and check the answer."""
    question = shape.questions[kind]
    prepared, seconds = _prepare(shape, kind, engine, dtype, threads)
    first = prepared.run()  # what is compiled or loaded at the first call must not decide how many rounds are timed
    case = Case(engine, dtype, shape.points, first.evaluated, threads, compile_seconds=seconds, prepared=prepared)
    describe(benchmark, case)
    benchmark.group = f"{shape.name}: {kind}, {dtype}"
    annotate(benchmark, role="engine", shape=shape.name, question=kind, work=_work(prepared))
    result: Result = benchmark(prepared.run)
    case.max_relative_error = Reading(check(shape, question, result, engine, dtype))
    answer = answer_of(shape.problem, question, result, Computation(engine, dtype))
    case.answers = (stored_answer(question, answer),)
    return result


def _prepare(shape: Shape, kind: str, engine: str, dtype: str, threads: int | None) -> tuple[Any, float]:
    key = (shape.name, kind, engine, dtype, threads)
    if key not in _prepared:
        start = time.perf_counter()
        made = engines.get(engine).prepare(shape.problem, shape.questions[kind], Settings(dtype, threads))
        _prepared[key] = made, time.perf_counter() - start
    return _prepared[key]


def _work(prepared: Any) -> float | None:
    """Operations per scenario that the engine's plan leaves, of which a vector unit does one per lane; None without a plan."""
    plan = getattr(getattr(prepared, "inner", prepared), "plan", None)
    if plan is None:
        return None
    alike = prepared.collapsed.times if hasattr(prepared, "collapsed") else 1
    return float((sum(times for _, times in plan.operations()) + 1) / alike)


def check(shape: Shape, question: Question, result: Result, engine: str, dtype: str) -> float:
    """Assert that the result is NumPy's, as flopwatt defines equal; gives the largest relative difference."""
    assert result.evaluated + result.pruned == shape.points
    key = (shape.name, question.kind, dtype)
    if key not in _expected:
        _expected[key] = list(_references(shape, question, dtype))
    error = 0.0
    for group, problem, reference in _expected[key]:
        part = result if group is None else of_group(shape.problem, question, result, group)
        found = agreement(problem, question, part, reference, dtype)
        assert not found.wrong, f"{engine} disagrees with numpy: {found.wrong} (largest difference {found.error:.2g})"
        error = max(error, found.error)
    at_points = agreement_at_points(shape.problem, question, result, dtype)
    assert not at_points.wrong, f"{engine}: {at_points.wrong}"
    return error


def _references(shape: Shape, question: Question, dtype: str) -> Iterator[tuple[tuple[int, ...] | None, Problem, Result]]:
    """NumPy's answers: the whole one, or those of groups spread over the grid."""

    def run(problem: Problem) -> Result:
        return engines.get("numpy").prepare(problem, question, Settings(dtype)).run()

    if shape.points <= CHECKED_IN_FULL or not question.by:
        yield None, shape.problem, run(shape.problem)
        return
    lengths = tuple(len(shape.problem.grid.axes[shape.problem.grid.position(name)]) for name in question.by)
    groups = math.prod(lengths)
    some = min(max(int(CHECKED_IN_FULL * groups / shape.points), 1), groups)
    for number in np.unique(np.linspace(0, groups - 1, some + 2)[1:-1].astype(int)):
        group = tuple(int(i) for i in np.unravel_index(number, lengths))
        problem = sliced(shape.problem, question, group)
        yield group, problem, run(problem)


def sliced(problem: Problem, question: Question, group: tuple[int, ...]) -> Problem:
    """The problem of one group: each kept axis has that one point left."""
    at = dict(zip(question.by, group, strict=True))
    axes = tuple(axis.take([at[axis.name]]) if axis.name in at else axis for axis in problem.grid.axes)
    return replace(problem, grid=Grid(axes))


def of_group(problem: Problem, question: Question, result: Result, group: tuple[int, ...]) -> Result:
    """What a result says of one group, as a result on `sliced`'s grid."""
    small = sliced(problem, question, group).grid
    place = tuple(slice(i, i + 1) for i in group)
    values = {name: np.asarray(array)[place] for name, array in result.values.items()}
    if "index" in values:
        index = values["index"]
        parts = problem.grid.indices(np.maximum(index, 0))
        flat = sum(part * stride for part, stride, n in zip(parts, small.strides, small.shape, strict=True) if n > 1)
        values["index"] = np.where(index < 0, -1, flat)
    return Result(values, evaluated=small.size)

"""Summands that wait until after the innermost loop: every bit as if they had been added to each point."""

import numpy as np
import pytest
from agreement import check
from shim_device import COMPILER, ShimDevice
from small_problems import BOTH, LANE_LIMITS, asked, lane_problem, model
from test_gpu_cupy import by_numpy, on_shim

from flopwatt.kernels.emit.gpu.gates import lane_gates
from flopwatt.kernels.emit.gpu.held_back import HeldBack, held_back
from flopwatt.kernels.emit.passes import reductions
from flopwatt.kernels.engines import gpu
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Pareto, Problem, Question

SHIM = pytest.mark.skipif(COMPILER is None, reason="g++ is not installed")
SMALL = lane_problem(3, 40, 5, 9)
AXES = [-3.0, -0.0, 0.0, 1e-30, 0.1, 2.5, 7e12]


def problem(formula: str, *columns: list[float]) -> Problem:
    """One quantity, ``x``, of three axes that have awkward values."""
    axes = tuple(Axis(name, {name: np.array(column)}) for name, column in zip("abc", columns, strict=True))
    return Problem(model(x=formula), Grid(axes), {"d": 1.0})


def waiting(problem: Problem, question: Question, dtype: str = "float64") -> list[HeldBack | None]:
    plan = gpu.gpu_plan(problem, question, dtype)
    return [held_back(plan, reducer.accumulators, lane_gates(plan)) for reducer in reductions(plan).values()]


@SHIM
@BOTH
@pytest.mark.parametrize("kind", ["least", "greatest", "quantiles"])
@pytest.mark.parametrize("formula", ["a * b * c + a", "a * b * c - a", "a - a * b * c"])
def test_the_answer_has_the_same_bits(kind: str, formula: str, dtype: str) -> None:
    random = np.random.default_rng(5)
    columns = [random.permutation(AXES * n)[:length].tolist() for n, length in ((1, 7), (3, 20), (5, 33))]
    small, question = problem(formula, *columns), asked(kind)
    result = on_shim(small, question, dtype, ShimDevice()).run()
    check(small, question, dtype, by_numpy(small, question, dtype).run(), result, exact=True)


@SHIM
@BOTH
@pytest.mark.parametrize("kind", ["least", "greatest"])
def test_infinite_penalties_wait_too(kind: str, dtype: str) -> None:
    question = asked(kind, (), LANE_LIMITS)
    assert all(waiting(SMALL, question, dtype))
    result = on_shim(SMALL, question, dtype, ShimDevice()).run()
    check(SMALL, question, dtype, by_numpy(SMALL, question, dtype).run(), result, exact=True)


def test_what_waits_and_what_does_not() -> None:
    assert all(waiting(SMALL, asked("least")))
    assert all(waiting(SMALL, asked("quantiles", (), LANE_LIMITS)))  # whose range is taken first
    assert not any(waiting(SMALL, asked("summary")))  # the sum needs every point
    assert not any(waiting(SMALL, asked("least", quantity="z")))  # nothing but a sum would be left of the points
    innermost = (Condition("x", "<=", 3.0),)
    assert not any(waiting(SMALL, asked("quantiles", (), innermost)))


@SHIM
def test_a_sum_that_a_second_quantity_is_made_of_does_not_wait() -> None:
    """It is needed at each point, where both are computed together."""
    random = np.random.default_rng(2)
    axes = tuple(Axis(name, {name: random.uniform(0.5, 4.0, n)}) for name, n in (("a", 40), ("b", 30), ("c", 20)))
    problem = Problem(model(x="a * b * c + a", y="x * 2 - c"), Grid(axes), {"d": 1.0})
    question = Pareto(name="", quantities=("x", "y"))
    assert not any(waiting(problem, question))
    result = on_shim(problem, question, "float64", ShimDevice()).run()
    check(problem, question, "float64", by_numpy(problem, question, "float64").run(), result, exact=True)

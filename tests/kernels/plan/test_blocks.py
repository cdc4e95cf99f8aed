"""Which operations a reduction over passes goes before: by hand, and to the last bit on drawn numbers."""

import numpy as np
import pytest

from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity, maximum
from flopwatt.kernels.model.questions import Best, Problem, Summary
from flopwatt.kernels.plan.blocks import JammedPasses
from flopwatt.kernels.plan.planner import make


def quantity(name, function=None, parameters=()):
    return Quantity(name, "", "given" if function is None else "test", "", function, parameters)


def problem_of(formula, low=1.0):
    """``total`` of a lane's x, a loop's p and an outer c; p lies from ``low`` up."""
    random = np.random.default_rng(3)
    columns = {"c": random.uniform(1, 2, 3), "p": random.uniform(low, 2, 24), "x": random.uniform(1, 2, 64)}
    quantities = [*(quantity(name) for name in columns), quantity("total", formula, ("c", "p", "x"))]
    axes = tuple(Axis(name, {name: column}) for name, column in columns.items())
    return Problem(Model({each.name: each for each in quantities}), Grid(axes), {})


def blocks_of(problem):
    plan = make(problem, Best(name="b", objective="total", by=("c",)), "float64")
    assert [problem.grid.axes[axis].name for axis in plan.lanes] == ["x"]
    assert plan.jam.passes == 8
    return JammedPasses(plan), plan.objective


def test_the_least_is_taken_before_what_the_passes_have_in_common():
    blocks, total = blocks_of(problem_of(lambda c, p, x: maximum(x * p + c, 2.5) / c))
    assert blocks.bottom(total).value == "p"
    assert [node.op for node, _ in blocks.applied(total, "min")].count("mul") == 1
    assert not blocks.in_every_pass([blocks.bottom(total)])
    assert [node.op for node in blocks.addends(total)] == ["maximum"]  # through which a sum does not go


def test_a_product_of_unknown_sign_takes_both_ends():
    blocks, total = blocks_of(problem_of(lambda c, p, x: (x - 1.5) * p))
    assert blocks.direction(total) == 0
    assert len(blocks.applied(total, "min")) == 2


def test_two_arguments_that_differ_are_done_in_every_pass():
    blocks, total = blocks_of(problem_of(lambda c, p, x: x * p + (x / p) * c))
    assert blocks.bottom(total) is total
    assert blocks.splits(total)


@pytest.mark.parametrize(
    ("formula", "goes"),
    [
        (lambda c, p, x: p * x + c, True),
        (lambda c, p, x: -p * x - c, True),
        (lambda c, p, x: p * x - c / 10.0, True),
        (lambda c, p, x: p * x - c, False),  # it may cancel, and then each value is coarse
        (lambda c, p, x: (p + 1e8) * x - 1e8 * x, False),
        (lambda c, p, x: p * 1e301 * 1e-300, False),  # of which eight are too many for float64
    ],
)
def test_a_sum_goes_through_what_neither_cancels_nor_becomes_infinite(formula, goes):
    blocks, total = blocks_of(problem_of(formula))
    assert (blocks.adds_up(total) and bool(blocks.added(total))) == goes


@pytest.mark.parametrize(
    ("formula", "falls", "falls_turned"),  # where p rises, and where it falls
    [
        (lambda c, p, x: x * p + c, False, True),
        (lambda c, p, x: c - x * p, True, False),
        (lambda c, p, x: maximum(c / p, 0.1) / (x + p), True, False),
        (lambda c, p, x: (x - 1.5) * -p, False, False),  # rises on some lanes
        (lambda c, p, x: x / p + p, False, False),
        (lambda c, p, x: x + c, False, False),
    ],
)
def test_the_objective_falls_along_the_passes(formula, falls, falls_turned):
    problem = problem_of(formula)
    axes = [Axis(axis.name, {name: np.sort(values) for name, values in axis.columns.items()}) for axis in problem.grid.axes]
    turned = [Axis(axis.name, {name: values[::-1].copy() for name, values in axis.columns.items()}) for axis in axes]
    for grid, expected in ((axes, falls), (turned, falls_turned)):
        blocks, _ = blocks_of(Problem(problem.model, Grid(tuple(grid)), {}))
        assert blocks.falls() == expected


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    "formula",
    [
        lambda c, p, x: (p + 1e8) * x - 1e8 * x + c,
        lambda c, p, x: x * p + c,
        lambda c, p, x: c - (x - 1.5) * p,
        lambda c, p, x: c / p + x / (p * 2.0),
        lambda c, p, x: maximum(-(p / (x - 3.0)) - 0.7, c / 4.0),
    ],
)
def test_answers_are_those_of_every_point(formula, dtype):
    problem = problem_of(formula, -1.0 if formula(1.0, 1.0, 1.0) == 2.0 else 0.5)
    for question in (Best(name="b", objective="total", by=("c",)), Summary(name="s", quantity="total", by=("c",))):
        ours, reference = (
            engines.get(name).prepare(problem, question, Settings(dtype)).run().values for name in ("numba", "reference")
        )
        for name, values in reference.items():
            np.testing.assert_allclose(ours[name], values, rtol=1e-12 if dtype == "float64" else 1e-5, err_msg=name)
            if name != "mean":
                np.testing.assert_array_equal(ours[name], values, err_msg=name)

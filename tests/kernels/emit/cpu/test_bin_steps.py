"""Counts by steps from bin to bin: those of the reference, and bin by bin where a step is too long."""

import numpy as np
import pytest

from flopwatt.kernels import engines
from flopwatt.kernels.emit.cpu import bin_steps, pairs
from flopwatt.kernels.engines import Settings, cpu_numba
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Problem, Quantiles, Question
from flopwatt.kernels.plan.planner import make

AT = tuple(np.linspace(0, 1, 41))
TRY = cpu_numba.NumbaRun._try_steps
RISING = np.linspace(1.0, 1.3, 12)


def quantity(name, function=None, parameters=()):
    return Quantity(name, "", "given" if function is None else "test", "", function, parameters)


def problem_of(formula, prices, outer=(1.0, 1.5, 2.0)):
    """``total`` of a lane's x, a loop's p and an outer c; ``bound`` is of c and x alone."""
    random = np.random.default_rng(3)
    columns = {"c": np.array(outer), "p": prices, "x": random.uniform(1, 2, 70)}
    quantities = [*(quantity(name) for name in columns), quantity("total", formula, ("c", "p", "x"))]
    quantities.append(quantity("bound", lambda c, x: c * x, ("c", "x")))
    axes = tuple(Axis(name, {name: column}) for name, column in columns.items())
    return Problem(Model({each.name: each for each in quantities}), Grid(axes), {})


def question(*where: Condition) -> Question:
    return Quantiles(name="q", quantity="total", by=("c",), at=AT, where=where)


def counted(problem, asked, dtype, monkeypatch, **settings):
    """The run that counts by steps, whose quantiles have been held against the reference's."""
    monkeypatch.setattr(bin_steps, "worthwhile", lambda plan, bins=0: bins < 2000)
    run = cpu_numba.ENGINE.prepare(problem, asked, Settings(dtype, **settings))
    reference = engines.get("reference").prepare(problem, asked, Settings(dtype)).run()
    for _ in range(2):  # the second time it is known whether steps fit
        found = run.run()
        np.testing.assert_array_equal(found.values["quantiles"], reference.values["quantiles"])
    assert found.evaluated + found.pruned == reference.evaluated + reference.pruned
    return run


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(
    ("formula", "prices", "fit"),
    [
        (lambda c, p, x: x * p + c, RISING, True),
        (lambda c, p, x: x * p + c, RISING[:3], True),
        (lambda c, p, x: x * p + c, RISING[:7][::-1].copy(), True),
        (lambda c, p, x: 9.0 * c - x * p, RISING[:5], True),
        (lambda c, p, x: x * p + c, RISING[[3, 1, 2, 0, 5, 4]], False),  # up and down
        (lambda c, p, x: x * p + c * 0.01, np.geomspace(1.0, 9.0, 12), False),  # ten bins and more at a step
    ],
    ids=["rising", "three", "turned", "falling", "up and down", "steep"],
)
def test_counts_are_the_reference_s(formula, prices, fit, dtype, monkeypatch):
    run = counted(problem_of(formula, prices), question(Condition("bound", "<=", 2.5)), dtype, monkeypatch)
    assert "steps" in run.kernels
    assert run.steps_fit == fit


def test_a_long_step_that_was_not_tried_leaves_the_rest_to_single_bins(monkeypatch):
    steep = problem_of(lambda c, p, x: x * p + c, np.geomspace(1.0, 9.0, 12), (50.0, 0.01, 50.0, 50.0, 50.0))
    tried = []
    monkeypatch.setattr(cpu_numba.NumbaRun, "_try_steps", lambda run, bins: tried.append(TRY(run, bins)) or tried[-1])
    assert not counted(steep, question(), "float64", monkeypatch, chunk=1, threads=1).steps_fit
    assert tried == [True, False]


def test_many_points_with_long_steps_are_counted_by_pairs(monkeypatch):
    monkeypatch.setattr(cpu_numba, "_LATE_POINTS", 1)
    monkeypatch.setattr(pairs, "worthwhile", lambda plan, bins=0: bins < 1000)
    steep = problem_of(lambda c, p, x: x * p + c * 0.01, np.geomspace(1.0, 9.0, 12))
    assert "pairs" in counted(steep, question(), "float64", monkeypatch).kernels


def test_counts_are_the_same_in_any_tasks(monkeypatch):
    problem = problem_of(lambda c, p, x: x * p + c, RISING)
    for settings in ({"threads": 2, "chunk": 1}, {"threads": 1, "chunk": 2}):
        assert counted(problem, question(), "float64", monkeypatch, **settings).steps_fit


def test_outer_points_without_anything_that_counts_are_skipped(monkeypatch):
    problem = problem_of(lambda c, p, x: x * p + c, RISING)
    run = counted(problem, question(Condition("bound", "<=", 1.9)), "float64", monkeypatch)  # none where c is 2
    assert run.live.tolist().count(0) == run.live.size // 3


def test_flags_that_differ_from_pass_to_pass_are_not_counted_by_steps():
    problem = problem_of(lambda c, p, x: x * p + c, RISING)
    plans = [make(problem, question(Condition(name, "<=", 2.5)), "float64") for name in ("bound", "total")]
    assert [bin_steps.alike(plan) for plan in plans] == [True, False]


def test_a_table_of_steps_is_for_many_points():
    small = make(problem_of(lambda c, p, x: x * p + c, RISING), question(), "float64")
    assert not bin_steps.worthwhile(small)
    many = make(problem_of(lambda c, p, x: x * p + c, np.linspace(1.0, 1.3, 6000)), question(), "float64")
    assert bin_steps.worthwhile(many)
    assert not bin_steps.worthwhile(many, 4000)

"""Loops that compute their own operations ahead: the answers are those of every point by itself."""

import functools
from dataclasses import replace

import numpy as np
import pytest

from flopwatt.kernels import engines
from flopwatt.kernels.emit.cpu import ahead
from flopwatt.kernels.emit.nest import Nest
from flopwatt.kernels.engines import Settings, cpu_numba
from flopwatt.kernels.llvm.ir import Llvm
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity, ceil, where
from flopwatt.kernels.model.questions import Best, Problem, Quantiles, Question, Summary
from flopwatt.kernels.plan.order import CPU
from flopwatt.kernels.plan.planner import make

ONE_POINT = replace(CPU, few=1, most=16, busy=1, passes=2**20)  # all but the kept axis are loops


def quantity(name, function=None, parameters=()):
    return Quantity(name, "", "given" if function is None else "test", "", function, parameters)


def problem():
    """Two loops with operations of their own around that of p; ``rounds`` says which of them go on."""
    random = np.random.default_rng(5)
    columns = {"c": random.uniform(1, 2, 3), "a": random.uniform(1, 2, 5), "b": random.uniform(1, 2, 4)}
    columns |= {"p": np.linspace(0.9, 1.1, 9), "x": random.uniform(1, 2, 16)}
    formulas = {
        "steep": (lambda c, a: ceil(c * a * 4.0) / 2.0 + a, ("c", "a")),
        "rounds": (lambda a, b, steep: steep * b - a, ("a", "b", "steep")),
        "many": (lambda b, rounds: where(rounds > 3.0, rounds / b, rounds * b) + 1.0, ("b", "rounds")),
        "total": (lambda many, p, x, steep: many * x * p + steep, ("many", "p", "x", "steep")),
    }
    quantities = [*(quantity(name) for name in columns), *(quantity(name, *how) for name, how in formulas.items())]
    axes = tuple(Axis(name, {name: column}) for name, column in columns.items())
    return Problem(Model({each.name: each for each in quantities}), Grid(axes), {})


WHERE = (Condition("rounds", "<=", 7.0),)
QUESTIONS: list[Question] = [
    Best(name="b", objective="total", by=("c",), where=WHERE),
    Summary(name="s", quantity="total", by=("c",), where=WHERE),
    Quantiles(name="q", quantity="total", by=("c",), where=WHERE),
    Quantiles(name="all", quantity="total", by=("c",)),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_answers_are_those_of_every_point(question, dtype, monkeypatch):
    planned = functools.partial(make, machine=ONE_POINT)
    monkeypatch.setattr(cpu_numba, "make", planned)
    monkeypatch.setattr(ahead, "_LEAST", 1)
    plan = planned(problem(), question, dtype)
    rounds = ahead.RoundsAhead(Nest(plan, Llvm(dtype)), Llvm(dtype))
    levels = [level for level in range(1, len(plan.middle)) if rounds.nodes(level)]
    assert len(levels) >= 2
    assert any(rounds.nest.guarding(level) for level in levels) == bool(question.where)
    found, reference = (
        engines.get(name).prepare(problem(), question, Settings(dtype)).run() for name in ("numba", "reference")
    )
    assert found.pruned + found.evaluated == reference.pruned + reference.evaluated
    for name, values in reference.values.items():
        np.testing.assert_allclose(found.values[name], values, rtol=1e-13 if dtype == "float64" else 1e-6, err_msg=name)

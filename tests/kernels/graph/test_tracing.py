"""Tracing: what becomes a leaf, what a formula's error says, and conditions that a NaN never meets."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.graph.expression import evaluate
from flopwatt.kernels.graph.tracing import compile_alone, condition_node, trace
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, ModelError, Quantity, ceil, minimum, where
from flopwatt.kernels.model.questions import Problem, Summary


def quantity(name, function=None, parameters=()):  # type: ignore[no-untyped-def]
    return Quantity(name, "", "given" if function is None else "test", "", function, parameters)


def problem_of(*quantities: Quantity, **given: float) -> Problem:
    axis = Axis("x", {"x": np.array([1.0, 2.0, np.nan])})
    items = (quantity("x"), quantity("g"), *quantities)
    return Problem(Model({item.name: item for item in items}), Grid((axis,)), given)


DOUBLE = quantity("double", lambda x: x * 2.0, ("x",))
SUM = quantity("total", lambda double, g: double + g, ("double", "g"))


def test_columns_given_values_and_formulas() -> None:
    traced = trace(problem_of(DOUBLE, SUM, g=3.0), ["total"])
    assert {name: node.op for name, node in traced.quantities.items()} == {
        "x": "column", "g": "given", "double": "mul", "total": "add",
    }  # fmt: skip
    assert traced.quantities["total"].axes == {0}
    assert traced.quantities["g"].axes == frozenset()


def test_a_held_quantity_takes_the_place_of_its_formula() -> None:
    traced = trace(problem_of(DOUBLE, SUM, g=3.0, double=5.0), ["total"])
    assert traced.quantities["double"].op == "given"
    assert "x" not in traced.quantities


def test_an_input_without_a_value() -> None:
    with pytest.raises(ModelError, match="'g' has no value"):
        trace(problem_of(DOUBLE, SUM), ["total"])


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda x: math.log(x), "not those of math"),
        (lambda x: x[0], "no engine can compile"),
        (lambda x: x > 1, "gives true or false"),
        (lambda x: (x > 1) + (x < 2), "no number"),
        (lambda x: 1.0 + -(x > 1), "no number"),
        (lambda x: (x > 1) ** 0.5 + 1.0, "no number"),
        (lambda x: (x > 1) ** 2 + 1.0, "no number"),
        (lambda x: where((x > 1) == (x < 2), 1.0, x), "no number"),
        (lambda x: where(x > 1, x < 2, x > 0), "no number"),
        (lambda x: ceil(x > 1), "no number"),
        (lambda x: "text", "not str"),
    ],
)
def test_a_formula_that_no_engine_compiles_is_named(function, said: str) -> None:  # type: ignore[no-untyped-def]
    item = quantity("odd", function, ("x",))
    with pytest.raises(ModelError, match=said) as raised:
        trace(problem_of(item), ["odd"])
    assert "'odd'" in str(raised.value)
    with pytest.raises(ModelError, match=said):
        compile_alone(item)


@pytest.mark.parametrize(
    "function",
    [
        lambda x: 3.0 - (x > 1.2) * x,
        lambda x: minimum(x > 1.2, 0.5),
        lambda x: where(x < 1.7, x > 1.2, x),
        lambda x: where((x > 1.2) == 1.0, x, -x),
    ],
)
def test_a_comparison_among_numbers_counts_as_in_numpy(function: Callable[..., Any]) -> None:
    values = np.array([1.0, 1.5, 2.0])
    problem = Problem(Model({"x": quantity("x"), "y": quantity("y", function, ("x",))}), Grid((Axis("x", {"x": values}),)), {})
    for engine in ("reference", "numpy", "numba"):
        found = engines.get(engine).prepare(problem, Summary(name="s", quantity="y", by=("x",)), Settings()).run()
        np.testing.assert_array_equal(found.values["min"], function(values), err_msg=engine)


def test_a_formula_alone_needs_no_values() -> None:
    compile_alone(SUM)
    compile_alone(quantity("x"))


@pytest.mark.parametrize(
    ("op", "value", "met"),
    [
        ("<", 2.0, [True, False, False]), ("<=", 2.0, [True, True, False]), (">", 1.0, [False, True, False]),
        (">=", "double", [False, False, False]), ("==", 2.0, [False, True, False]), ("!=", 2.0, [True, False, False]),
        ("!=", "double", [True, True, False]),
    ],
)  # fmt: skip
def test_a_nan_meets_no_condition(op: str, value: float | str, met: list[bool]) -> None:
    problem = problem_of(DOUBLE)
    traced = trace(problem, ["x", "double"])
    node = condition_node(traced, Condition("x", op, value))
    values = evaluate(problem, [node], {0: np.arange(3)}, np.dtype("float64"))
    assert values[node.id].tolist() == met

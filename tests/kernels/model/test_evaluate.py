"""Evaluating: blocks and single points alike, held values in place of formulas, and conditions that NaN never meets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_problems import problem_of
from strategies import problems

from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.evaluate import Evaluator, dependence, evaluate_at, is_nan, meets
from flopwatt.kernels.model.questions import Problem


@settings(max_examples=30, deadline=None, derandomize=True)
@given(data=st.data(), dtype=st.sampled_from(["float64", "float32"]))
def test_a_block_has_the_bits_of_its_points(data: st.DataObject, dtype: str) -> None:
    drawn = data.draw(problems(most_points=300, longest=9, inexact=0.0))
    grid, names = drawn.problem.grid, drawn.quantities
    cuts = [data.draw(st.integers(0, n - 1)) for n in grid.shape]
    slices = tuple(slice(cut, n) for cut, n in zip(cuts, grid.shape, strict=True))
    block = Evaluator(drawn.problem, names, dtype).block(slices)
    flat = np.arange(grid.size).reshape(grid.shape)[slices]
    for name, values in evaluate_at(drawn.problem, names, flat, dtype).items():
        assert values.dtype == dtype
        np.testing.assert_array_equal(np.broadcast_to(block[name], flat.shape), values, err_msg=name)


def test_a_quantity_depends_on_the_axes_of_what_it_needs() -> None:
    axes_of = dependence(problem_of(2, 3, 4), ["y", "z"])
    assert {name: sorted(axes) for name, axes in axes_of.items()} == {"a": [0], "b": [1], "c": [2], "y": [0, 2], "z": [1, 2]}


def test_a_value_takes_the_place_of_a_formula() -> None:
    problem = problem_of(2, 3)
    held = Problem(problem.model, problem.grid, {**problem.given, "y": 7.0})
    np.testing.assert_array_equal(evaluate_at(held, ["y"], np.arange(6))["y"], 7.0)
    assert dependence(held, ["y"]) == {"y": frozenset()}


def test_an_input_without_a_value() -> None:
    problem = problem_of(2, 3)
    bare = Problem(problem.model, problem.grid, {})
    for ask in (lambda: dependence(bare, ["x"]), lambda: evaluate_at(bare, ["x"], np.arange(6))):
        with pytest.raises(ValueError, match="the input 'c' has no value"):
            ask()


@pytest.mark.parametrize("op", ["<=", ">=", "<", ">", "==", "!="])
def test_a_nan_meets_no_condition(op: str) -> None:
    values = {"x": np.array([np.nan, 1.0, np.nan]), "y": np.array([1.0, np.nan, np.nan])}
    real = np.dtype("float64")
    assert not np.any(meets(Condition("x", op, "y"), values, real))
    np.testing.assert_array_equal(meets(Condition("x", op, 1.0), values, real), [False, "=" in op and op != "!=", False])
    np.testing.assert_array_equal(is_nan(["x", "y"], values), True)

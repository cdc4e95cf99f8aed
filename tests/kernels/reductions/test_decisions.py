"""What is said of decisions that were found: computed in blocks of any size, once for each decision, nothing at none."""

from dataclasses import fields
from fractions import Fraction

import numpy as np
import pytest
from strategies import computed

from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Decision, Problem
from flopwatt.kernels.model.statistics import Measure, Promise, SharePromise, Statistic
from flopwatt.kernels.reductions import decisions
from flopwatt.kernels.reductions.states import DecisionState, Visited

FLOAT = np.dtype("float64")


@pytest.fixture
def problem() -> Problem:
    """x = a u + b over three draws of u, of which one cannot be and one weighs twice as much."""
    quantities = {name: Quantity(name, "", "given", "") for name in "abu"} | {"x": computed("x", "a * u + b", ["a", "u", "b"])}
    axes = (
        Axis("a", {"a": np.array([1.0, 2.0, 3.0])}),
        Axis("u", {"u": np.array([np.nan, 1.0, 10.0])}, uncertain=True, weights=np.array([0.0, 0.2, 0.1])),
        Axis("b", {"b": np.array([0.0, 100.0])}),
    )
    return Problem(Model(quantities), Grid(axes))


def asked(**more: object) -> Decision:
    promises = (
        Promise(Statistic("x", Measure.QUANTILE, Fraction(2, 3)), "<=", 2.0),
        Promise(Statistic("x", Measure.MEAN), "<", 15.0),
        SharePromise((Condition("x", ">=", 2.0), Condition("x", "<=", 20.0)), ">=", Fraction(1, 2)),
    )
    return Decision(name="", objective=Statistic("x", Measure.MEAN), promises=promises, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("values", [1, 16, 2**22])
def test_decisions_are_described_in_blocks(problem: Problem, values: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions, "_BLOCK_VALUES", values)
    index = np.array([6, -1, 7, 6, 0])  # a = 2 with b = 0, and with b = 100; a = 1
    described = decisions.describe(problem, asked(), index, FLOAT)
    nan = np.nan
    np.testing.assert_array_equal(described.spread, [[2, 2, 20], [nan] * 3, [102, 102, 120], [2, 2, 20], [1, 1, 10]])
    third, two = 1 / 3, 2 / 3
    np.testing.assert_allclose(described.promised, [[2, 8, 1], [nan] * 3, [102, 108, 0], [2, 8, 1], [1, 4, third]], rtol=1e-15)
    np.testing.assert_allclose(described.met, [[two, two, 1], [nan] * 3, [0, 0, 0], [two, two, 1], [two, 1, third]])
    np.testing.assert_allclose(described.met_all, [two, nan, 0, two, 0])


def test_without_promises_all_draws_meet_them_and_without_decided_axes_there_is_one_decision(problem: Problem) -> None:
    alone = Problem(problem.model, Grid(problem.grid.axes[1:2]), {"a": 1.0, "b": 0.0})
    question = Decision(name="", objective=Statistic("x", Measure.MEAN))
    described = decisions.describe(alone, question, np.array([0, -1]), np.dtype("float32"))
    np.testing.assert_array_equal(described.met_all, [1.0, np.nan])
    np.testing.assert_array_equal(described.spread[0], [1, 1, 10])
    assert described.promised.shape == (2, 0)
    assert {getattr(described, field.name).dtype for field in fields(described)} == {np.dtype("float32")}


def test_an_answer_holds_everything_for_every_group_and_confidence(problem: Problem) -> None:
    state = DecisionState(np.array([[8.0, np.inf]] * 3), np.array([[6, -1]] * 3), Visited(0))
    confidences = (Fraction(1, 2), Fraction(9, 10))
    values = decisions.decided(problem, asked(by=("a",), confidences=confidences), state, FLOAT)
    shapes = {name: array.shape[2:] for name, array in values.items()}
    assert {array.shape[:2] for array in values.values()} == {(3, 2)}
    assert shapes == {
        "objective": (), "index": (), "spread": (3,), "promised": (3,), "met": (3,), "met_all": (),
        "nearest": (), "nearest_promised": (3,), "nearest_met": (3,), "excess": (), "failed": (3,), "considered": (),
    }  # fmt: skip
    np.testing.assert_array_equal(values["objective"], [[8.0, np.nan]] * 3)
    once = decisions.decided(
        problem, asked(by=("a",)), DecisionState(state.value[:, :1], state.index[:, :1], Visited(0)), FLOAT
    )
    assert {name: array.shape[1:] for name, array in once.items()} == shapes


def test_the_nearest_are_described_with_the_promises_as_they_were_asked(problem: Problem) -> None:
    failed, considered = np.array([[1, 0, 2], [0, 0, 0]]), np.array([6, 0])
    state = DecisionState(np.array([[0.5], [np.inf]]), np.array([[6], [-1]]), Visited(0), failed, considered)
    values = decisions.missed(problem, asked(), state, FLOAT)
    np.testing.assert_array_equal(values["nearest"], [6, -1])
    np.testing.assert_array_equal(values["excess"], [0.5, np.nan])
    np.testing.assert_allclose(values["nearest_promised"], [[2, 8, 1], [np.nan] * 3])
    assert values["failed"] is failed
    assert values["considered"] is considered

"""Axes that a question does not need are left out, and its result is that of the whole grid."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from strategies import computed

from flopwatt.kernels.engines import Settings, get
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Best, Decision, Histogram, Problem, Question, Result, Summary
from flopwatt.kernels.model.statistics import Measure, Promise, Statistic
from flopwatt.kernels.plan.collapse import collapse


@pytest.fixture
def problem() -> Problem:
    """``y`` needs a and c; ``w`` needs b. The axis of a holds ``z`` fixed, which is a formula else."""
    quantities = {name: Quantity(name, "", "given", "") for name in "abc"}
    quantities["y"] = computed("y", "a * c", ["a", "c"])
    quantities["w"] = computed("w", "b + 1", ["b"])
    quantities["z"] = computed("z", "w * 2", ["w"])
    axes = (
        Axis("a", {"a": np.array([3.0, 1.0])}),
        Axis("b", {"b": np.array([1.0, 2.0, 3.0]), "z": np.array([7.0, 8.0, 9.0])}),
        Axis("c", {"c": np.array([5.0, 2.0, 4.0, 2.0])}),
    )
    return Problem(Model(quantities), Grid(axes))


@pytest.mark.parametrize(
    ("question", "axes", "times"),
    [
        (Best(name="", objective="y"), ["a", "c"], 3),
        (Best(name="", objective="y", by=("b",)), ["a", "b", "c"], 1),
        (Best(name="", objective="w"), ["b"], 8),
        (Best(name="", objective="y", where=(Condition("w", ">", 2.0),)), ["a", "b", "c"], 1),
        (Summary(name="", quantity="a"), ["a"], 12),
    ],
)
def test_axes_that_are_neither_needed_nor_kept_are_left_out(
    problem: Problem, question: Question, axes: list[str], times: int
) -> None:
    collapsed = collapse(problem, question)
    assert [axis.name for axis in collapsed.problem.grid.axes] == axes
    assert collapsed.times == times
    assert collapsed.original is problem.grid


def test_what_a_dropped_axis_holds_stays_held(problem: Problem) -> None:
    collapsed = collapse(problem, Best(name="", objective="y"))
    assert {"b", "z"} <= set(collapsed.problem.held())


@pytest.mark.parametrize(
    "question",
    [
        Best(name="", objective="y", by=("a",)),
        Best(name="", objective="y", where=(Condition("c", ">", 9.0),)),
        Summary(name="", quantity="y", by=("c",)),
        Histogram(name="", quantity="y", bins=4),
    ],
    ids=["best", "nothing feasible", "summary", "histogram"],
)
def test_an_expanded_result_is_that_of_the_whole_grid(problem: Problem, question: Question) -> None:
    collapsed, settings = collapse(problem, question), Settings()
    engine = get("reference").engine
    expanded = collapsed.expand(engine.prepare(collapsed.problem, question, settings).run())
    whole = engine.prepare(problem, question, settings).run()
    assert expanded.values.keys() == whole.values.keys()
    for name, values in whole.values.items():
        np.testing.assert_array_equal(expanded.values[name], values, err_msg=name)


def test_an_input_without_a_value_is_refused(problem: Problem) -> None:
    quantities = {**problem.model.quantities, "q": Quantity("q", "", "given", "")}
    with pytest.raises(ValueError, match="'q' has no value"):
        collapse(Problem(Model(quantities), problem.grid), Best(name="", objective="q"))


P50 = Statistic("y", Measure.QUANTILE, Fraction(1, 2))


def uncertain(problem: Problem, **weights: list[float] | None) -> Problem:
    """The problem with some of its axes uncertain."""
    axes = tuple(
        replace(axis, uncertain=True, weights=None if (own := weights[axis.name]) is None else np.array(own))
        if axis.name in weights
        else axis
        for axis in problem.grid.axes
    )
    return replace(problem, grid=Grid(axes))


@pytest.mark.parametrize(
    ("weights", "by", "axes", "times"),
    [
        ({"c": None}, (), {"a": 2, "c": 4}, 3),  # b is decided, and of no matter
        ({"b": None, "c": None}, (), {"a": 2, "c": 4}, 1),  # its draws are alike
        ({"c": [0, 1, 0, 2]}, (), {"a": 2, "c": 2}, 3),
        ({"c": [0, 1, 0, 2]}, ("c",), {"a": 2, "c": 4, "one draw": 1}, 3),  # a kept axis keeps all points
        ({"b": None}, (), {"a": 2, "c": 4, "one draw": 1}, 1),
    ],
)
def test_a_decision_keeps_the_draws_that_can_be(
    problem: Problem, weights: dict[str, list[float] | None], by: tuple[str, ...], axes: dict[str, int], times: int
) -> None:
    question = Decision(name="", objective=P50, by=by)
    collapsed = collapse(uncertain(problem, **weights), question)
    assert {axis.name: len(axis) for axis in collapsed.problem.grid.axes} == axes
    assert collapsed.times == times
    assert len(question.draw_axes(collapsed.problem.grid)) == 1


@pytest.mark.parametrize("weights", [{"c": [0, 1, 0, 2]}, {"b": [1, 0, 0], "c": None}, {"b": None}], ids=str)
@pytest.mark.parametrize("bound", [3.0, 10.0])
@pytest.mark.parametrize("nearest", [False, True])
def test_an_expanded_decision_is_that_of_the_whole_grid(
    problem: Problem, weights: dict[str, list[float] | None], bound: float, nearest: bool
) -> None:
    problem = uncertain(problem, **weights)
    question = Decision(name="", objective=P50, by=("a",), promises=(Promise(P50, "<=", bound),), nearest=nearest)
    collapsed, engine = collapse(problem, question), get("reference").engine
    expanded = collapsed.expand(engine.prepare(collapsed.problem, question, Settings()).run())
    whole = engine.prepare(problem, question, Settings()).run()
    assert expanded.values.keys() == whole.values.keys()
    for name, values in whole.values.items():
        np.testing.assert_array_equal(expanded.values[name], values, err_msg=name)


def test_unknown_decisions_count_with_all_their_draws(problem: Problem) -> None:
    collapsed = collapse(uncertain(problem, c=[0, 1, 0, 2]), Decision(name="", objective=P50))
    assert collapsed.problem.grid.size == 4
    result = collapsed.expand(Result({"index": np.array(2), "failed": np.array([2]), "considered": np.array(2)}, 4, nan=2))
    assert result.nan == 12  # one of two: three decisions of the whole grid, each with four draws
    assert result.values["index"] == 12  # a at 1, b and c at 0
    assert result.values["failed"] == [6]
    assert result.values["considered"] == 6

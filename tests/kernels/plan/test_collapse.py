"""Axes that a question does not need are left out, and its result is that of the whole grid."""

import numpy as np
import pytest
from strategies import computed

from flopwatt.kernels.engines import Settings, get
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Best, Histogram, Problem, Question, Summary
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
    engine = get("numpy").engine
    expanded = collapsed.expand(engine.prepare(collapsed.problem, question, settings).run())
    whole = engine.prepare(problem, question, settings).run()
    assert expanded.values.keys() == whole.values.keys()
    for name, values in whole.values.items():
        np.testing.assert_array_equal(expanded.values[name], values, err_msg=name)


def test_an_input_without_a_value_is_refused(problem: Problem) -> None:
    quantities = {**problem.model.quantities, "q": Quantity("q", "", "given", "")}
    with pytest.raises(ValueError, match="'q' has no value"):
        collapse(Problem(Model(quantities), problem.grid), Best(name="", objective="q"))

"""What a plan is made of, for each kind of question: its order, guards, flags and outputs."""

import math

import numpy as np
import pytest
from strategies import computed

from flopwatt.kernels.errors import EngineError
from flopwatt.kernels.graph.expression import needed
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import (
    Best,
    Pareto,
    Problem,
    Quantiles,
    Question,
    Sensitivity,
    Summary,
    Table,
)
from flopwatt.kernels.plan.order import work_of
from flopwatt.kernels.plan.planner import make

EARLY = (Condition("a", "<=", 2.0),)  # is known of an outer point
LATE = (Condition("y", "<=", 9.0),)  # is known of a scenario alone


def problem(*, nan: bool = False) -> Problem:
    quantities = {name: Quantity(name, "", "given", "") for name in "abc"}
    quantities["y"] = computed("y", "a * b + c", ["a", "b", "c"])
    columns = {"a": np.array([1.0, 2.0, math.nan if nan else 3.0]), "b": np.arange(1.0, 6.0), "c": np.arange(1.0, 51.0)}
    return Problem(Model(quantities), Grid(tuple(Axis(name, {name: column}) for name, column in columns.items())))


@pytest.mark.parametrize(
    ("question", "objectives"),
    [
        (Best(name="", objective="y"), 1),
        (Summary(name="", quantity="y", by=("b",)), 1),
        (Quantiles(name="", quantity="y"), 1),
        (Pareto(name="", quantities=("y", "a")), 2),
        (Table(name="", quantities=("y", "b", "c")), 3),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_every_quantity_is_an_objective_and_every_kept_point_a_group(question: Question, objectives: int) -> None:
    plan = make(problem(), question, "float64")
    assert plan.points * plan.inner >= problem().grid.size  # more where a tile does not divide its axis
    assert len(plan.objectives) == objectives
    assert plan.groups == (5 if question.by else 1)
    assert {node.id for node in plan.nodes} <= {node.id for node in needed(plan.outputs + plan.guards)}


def test_an_early_condition_is_a_guard_and_needs_no_flag() -> None:
    plan = make(problem(), Summary(name="", quantity="y", where=EARLY), "float64")
    assert [guard.axes for guard in plan.guards] == [frozenset((0,))]
    assert plan.feasible is None


def test_a_late_condition_is_a_flag_of_every_scenario() -> None:
    plan = make(problem(), Summary(name="", quantity="y", where=LATE), "float64")
    assert plan.feasible is not None
    assert plan.feasible.axes == frozenset((0, 1, 2))


@pytest.mark.parametrize("maximize", [False, True])
def test_a_best_value_is_made_the_worst_in_place_of_a_flag(maximize: bool) -> None:
    question = Best(name="", objective="y", maximize=maximize, where=LATE)
    plan = make(problem(), question, "float64")
    assert plan.feasible is None
    literals = {node.value for node in needed([plan.objective]) if node.op == "literal"}
    assert (-math.inf if maximize else math.inf) in literals
    assert plan.objective is not plan.quantities["y"]


def test_a_table_keeps_the_studys_order_and_skips_no_point() -> None:
    plan = make(problem(), Table(name="", quantities=("y",), where=EARLY), "float64")
    assert plan.guards == ()
    assert plan.feasible is not None
    np.testing.assert_array_equal(np.diff(plan.point_offsets(np.arange(plan.points))[0]) > 0, True)


def test_nan_is_looked_for_only_where_there_may_be_some() -> None:
    question = Summary(name="", quantity="y")
    assert make(problem(), question, "float64").nan is None
    assert make(problem(nan=True), question, "float64").nan is not None


def test_a_question_of_several_plans_has_none_itself() -> None:
    with pytest.raises(EngineError, match="composed of summaries"):
        make(problem(), Sensitivity(name="", quantity="y"), "float64")


def test_work_is_counted_for_each_set_of_axes_and_tables_where_they_cost() -> None:
    plan = make(problem(), Best(name="", objective="y"), "float64")
    y = plan.quantities["y"]
    free, loaded = work_of([y], 0.0), work_of([y], 0.5)
    assert set(free) == {frozenset((0, 1)), frozenset((0, 1, 2))}
    assert {axes: cost for axes, cost in loaded.items() if axes not in free} == {frozenset((n,)): 0.5 for n in range(3)}

"""Which conditions guard a sub-nest, what is left to each point, and what an infeasible objective becomes."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies import computed, problems, questions

from flopwatt.kernels.graph.expression import Node, evaluate
from flopwatt.kernels.graph.intervals import bounds
from flopwatt.kernels.graph.tracing import Traced, trace
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Best, Problem, Question, Summary, Table
from flopwatt.kernels.plan.conditions import (
    Outputs,
    decide,
    draw_points,
    filters_of,
    guards_of,
    join,
    met_at,
    penalize,
    rules_of,
    unknown_of,
)
from flopwatt.kernels.plan.cut import LoopCut, Middle, Outer

KEPT, LOOP, LANE = 0, 1, 2


def problem_of(nan: bool = False) -> Problem:
    """Axes kept, loop and lane; ``outer`` depends on the first, ``inside`` on the first two, ``total`` on all."""
    columns = {name: np.arange(1.0, n + 1) for name, n in (("kept", 3), ("loop", 4), ("lane", 5))}
    if nan:
        columns["loop"][1] = np.nan
    quantities = {name: Quantity(name, "", "given", "") for name in columns}
    quantities["outer"] = computed("outer", "kept * 2.0", ["kept"])
    quantities["inside"] = computed("inside", "kept * loop", ["kept", "loop"])
    quantities["total"] = computed("total", "lane + inside", ["lane", "inside"])
    return Problem(Model(quantities), Grid(tuple(Axis(name, {name: column}) for name, column in columns.items())))


@pytest.fixture
def cut() -> LoopCut:
    """kept outside, one loop, the rest lanes."""
    return LoopCut(problem_of().grid, (LANE,), (Outer(KEPT, 1, 3),), (Middle(LOOP, 4, False),), 0, 5, contiguous=False)


def decided(question: Question, cut: LoopCut, nan: bool = False) -> tuple[Traced, Outputs]:
    problem = problem_of(nan)
    traced = trace(problem, question.targets())
    intervals = bounds(problem, traced.quantities.values(), "float64")
    objectives = tuple(traced.quantities[name] for name in question.objectives())
    rules, unknown = rules_of(traced, question, intervals), unknown_of(traced, question, intervals)
    return traced, decide(question, objectives, rules, unknown, cut)


def asked(kind: Callable[..., Question], *where: Condition) -> Question:
    name = {Best: "objective", Summary: "quantity"}.get(kind)  # type: ignore[call-overload]
    return kind(name="", where=where, **({name: "total"} if name else {"quantities": ("total",)}))


OUTER, INSIDE, TOTAL = Condition("outer", "<=", 4.0), Condition("inside", "<", 9.0), Condition("total", ">", 3.0)


def test_rules_come_from_the_outside_in() -> None:
    question = asked(Summary, TOTAL, INSIDE, OUTER)
    traced = trace(problem_of(), question.targets())
    rules = rules_of(traced, question, bounds(problem_of(), traced.quantities.values(), "float64"))
    assert [len(rule.met.axes) for rule in rules] == [1, 2, 3]
    assert all(rule.met is rule.possible for rule in rules)  # nothing can be NaN


def test_only_a_condition_known_outside_the_last_loop_guards(cut: LoopCut) -> None:
    traced, outputs = decided(asked(Summary, TOTAL, INSIDE, OUTER), cut)
    (guard,) = outputs.guards
    assert guard.args[0] is traced.quantities["outer"]
    assert outputs.feasible is not None
    assert outputs.feasible.op == "and"
    assert {arg.args[0].id for arg in outputs.feasible.args} == {traced.quantities[name].id for name in ("inside", "total")}
    assert outputs.nan is None
    assert [node.id for node in outputs.nodes] == [traced.quantities["total"].id, outputs.feasible.id]


def test_a_table_holds_every_scenario(cut: LoopCut) -> None:
    _, outputs = decided(asked(Table, OUTER), cut)
    assert outputs.guards == ()
    assert outputs.feasible is not None


@pytest.mark.parametrize(("kind", "flagged"), [(Summary, True), (Best, False)])
def test_a_nan_is_infeasible_where_it_is_counted(cut: LoopCut, kind: Any, flagged: bool) -> None:
    _, outputs = decided(asked(kind), cut, nan=True)
    assert (outputs.feasible is not None) == flagged
    assert outputs.nan is not None
    assert outputs.nan.op == "ne"


def test_a_condition_that_is_not_known_does_not_rule_out(cut: LoopCut) -> None:
    """A guard lets unknown points pass, and a point is unknown unless a known condition rules it out."""
    question = asked(Summary, Condition("loop", "<", 3.0))
    swapped = LoopCut(cut.grid, (LANE,), (Outer(LOOP, 1, 4),), (Middle(KEPT, 3, False),), 0, 5, contiguous=False)
    _, outputs = decided(question, swapped, nan=True)
    (guard,) = outputs.guards
    assert met_at(problem_of(nan=True), [guard], np.arange(0, 20, 5), "float64")[0].tolist() == [True, True, False, False]


def test_joined_is_none_of_nothing() -> None:
    node = trace(problem_of(), ["kept"]).quantities["kept"]
    low, high = node < 2.0, node > 1.0
    assert join("and", []) is None
    assert join("and", [low]) is low
    assert join("or", [low, high]) is node.graph.node("or", low, high)


def values_of(problem: Problem, node: Node) -> Any:
    index = dict(enumerate(problem.grid.indices(np.arange(problem.grid.size))))
    return np.broadcast_to(evaluate(problem, [node], index, np.dtype("float64"))[node.id], problem.grid.size)


@pytest.mark.parametrize("worst", [np.inf, -np.inf])
@pytest.mark.parametrize(
    ("where", "form"),
    [
        (Condition("total", ">", 9.0), "where"),  # known innermost: the objective is chosen
        (Condition("kept", "<", 3.0), "add"),  # known further out: added where the objective's outer part is
    ],
)
def test_an_infeasible_objective_is_the_worst_and_others_keep_their_bits(where: Condition, form: str, worst: float) -> None:
    problem = problem_of()
    lanes = LoopCut(problem.grid, (LOOP,), (Outer(KEPT, 1, 3),), (Middle(LANE, 5, False),), 0, 4, contiguous=False)
    question = asked(Best, where)
    traced = trace(problem, question.targets())
    objective = traced.quantities["total"]
    (rule,) = rules_of(traced, question, bounds(problem, traced.quantities.values(), "float64"))
    outputs = penalize(Outputs((objective,), rule.met, None), lanes, worst)
    assert outputs.feasible is None
    (penalized,) = outputs.objectives
    assert penalized.op == form
    feasible, before = values_of(problem, rule.met), values_of(problem, objective)
    np.testing.assert_array_equal(values_of(problem, penalized), np.where(feasible, before, worst))
    assert 0 < feasible.sum() < feasible.size
    if form == "add":
        assert penalized.args[0] is traced.quantities["lane"]  # nothing is added in the innermost loop


def test_without_a_condition_the_objective_stays(cut: LoopCut) -> None:
    _, outputs = decided(asked(Best), cut)
    assert penalize(outputs, cut, np.inf) is outputs


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.data(), st.sampled_from(["float64", "float32"]))
def test_filters_are_the_conditions_at_drawn_scenarios(data: st.DataObject, dtype: str) -> None:
    drawn = data.draw(problems(most_points=2000, inexact=False))
    question = data.draw(questions(drawn))
    assume(question.where)
    problem = drawn.problem
    traced = trace(problem, question.targets())
    conditions = [r.possible for r in rules_of(traced, question, bounds(problem, traced.quantities.values(), dtype))]
    points = draw_points(problem.grid)
    np.testing.assert_array_equal(points, draw_points(problem.grid))
    index = dict(enumerate(problem.grid.indices(points)))
    values = evaluate(problem, conditions, index, np.dtype(dtype))
    for node, filtered in zip(conditions, filters_of(problem, conditions, dtype), strict=True):
        assert filtered.axes == node.axes
        np.testing.assert_array_equal(filtered.passes, np.broadcast_to(values[node.id], points.shape))


def test_a_product_of_shares_that_must_be_one_stops_further_out_factor_by_factor(cut: LoopCut) -> None:
    problem = problem_of()
    quantities = dict(problem.model.quantities)
    quantities["early"] = computed("early", "1.0 * (kept < 3.0)", ["kept"])
    quantities["late"] = computed("late", "1.0 * (inside < 9.0)", ["inside"])
    quantities["whole"] = computed("whole", "early * late", ["early", "late"])
    problem = Problem(Model(quantities), problem.grid)
    question = asked(Summary, Condition("whole", "==", 1.0))
    traced = trace(problem, question.targets())
    (rule,) = rules_of(traced, question, bounds(problem, traced.quantities.values(), "float64"))
    assert [sorted(node.axes) for node in rule.implied] == [[KEPT]]


def test_a_part_of_a_condition_guards_where_only_lanes_tell_the_whole(cut: LoopCut) -> None:
    """However far out the whole is known: what differs from lane to lane skips nothing."""
    problem = problem_of()
    quantities = dict(problem.model.quantities)
    quantities["early"] = computed("early", "1.0 * (kept < 3.0)", ["kept"])
    quantities["late"] = computed("late", "1.0 * (kept + lane < 6.0)", ["kept", "lane"])
    quantities["whole"] = computed("whole", "early * late", ["early", "late"])
    problem = Problem(Model(quantities), problem.grid)
    question = asked(Summary, Condition("whole", "==", 1.0))
    traced = trace(problem, question.targets())
    rules = rules_of(traced, question, bounds(problem, traced.quantities.values(), "float64"))
    (guard,) = guards_of(rules, cut)
    assert sorted(guard.axes) == [KEPT]

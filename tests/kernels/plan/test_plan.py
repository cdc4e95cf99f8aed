"""A plan's columns and offsets name the scenarios that they should, and its nest computes what NumPy does."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import computed, problems, questions

from flopwatt.kernels.graph.expression import Node, compute, evaluate
from flopwatt.kernels.model.evaluate import is_nan, meets
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Best, Problem, Table
from flopwatt.kernels.plan.order import CPU, GPU
from flopwatt.kernels.plan.plan import Plan
from flopwatt.kernels.plan.planner import make


@st.composite
def plans(draw: st.DrawFn, inexact: bool = False) -> Plan:
    drawn = draw(problems(most_points=1500, longest=draw(st.sampled_from([6, 12, 40])), inexact=inexact))
    lanes = {"few": 2, "most": draw(st.sampled_from([1, 8])), "longest": 16}  # or all of a small grid would be lanes
    machine = replace(draw(st.sampled_from([CPU, GPU])), inner=draw(st.sampled_from([1, 40, 65536])), **lanes)
    return make(drawn.problem, draw(questions(drawn)), draw(st.sampled_from(["float64", "float32"])), machine)


def walk(plan: Plan) -> tuple[dict[int, Any], np.ndarray]:
    """The nest in plain NumPy, all lanes at once: each node's value at every scenario, and where guards stopped it."""
    grid, lanes = plan.problem.grid, plan.lane_offsets()
    columns = {node.id: plan.column(node) for node in plan.leaves}
    values = {node.id: np.full(grid.size, np.nan) for node in plan.outputs}
    stopped, visits = np.zeros(grid.size, bool), np.zeros(grid.size, int)

    def at(node: Node, index: dict[int, int], here: slice, known: dict[int, Any]) -> Any:
        kind = plan.kind(node)
        if kind == "inner":
            return known[node.id]
        if kind == "literal":
            return np.dtype(plan.dtype).type(node.value)
        column = columns[node.id]
        value = column[here] if kind == "lane" else column[index[next(iter(node.axes))]] if kind == "table" else column[0]
        return value != 0 if node.boolean else value

    def level(number: int, index: dict[int, int], here: slice, flat: np.ndarray, known: dict[int, Any]) -> None:
        known = dict(known)
        for node in plan.nodes:
            if plan.level(node) == number:
                known[node.id] = compute(node, [at(arg, index, here, known) for arg in node.args])
        met = all(at(guard, index, here, known) for guard in plan.guards if plan.level(guard) == number)
        if not met:
            known = dict.fromkeys(known, None)
        if number == len(plan.middle):
            visits[flat] += 1
            stopped[flat] |= not met
            for node in plan.outputs if met else ():
                values[node.id][flat] = at(node, index, here, known)
            return
        loop = plan.middle[number]
        tile = next((part.tile for part in plan.outer if part.axis == loop.axis), 0) if loop.tiled else 0
        first = index.get(loop.axis, 0) * tile
        for i in range(first, min(first + loop.length, grid.shape[loop.axis])):
            inside = {**index, loop.axis: i}
            move = (i - first) * grid.strides[loop.axis]
            if met:
                level(number + 1, inside, here, flat + move, known)
            else:
                stop(number + 1, inside, flat + move)

    def stop(number: int, index: dict[int, int], flat: np.ndarray) -> None:
        if number == len(plan.middle):
            visits[flat] += 1
            stopped[flat] = True
            return
        loop = plan.middle[number]
        tile = next((part.tile for part in plan.outer if part.axis == loop.axis), 0) if loop.tiled else 0
        first = index.get(loop.axis, 0) * tile
        for i in range(first, min(first + loop.length, grid.shape[loop.axis])):
            stop(number + 1, {**index, loop.axis: i}, flat + (i - first) * grid.strides[loop.axis])

    with np.errstate(all="ignore"):
        for point in range(plan.points):
            rest, index = point, {}
            for part in reversed(plan.outer):
                index[part.axis], rest = rest % part.count, rest // part.count
            (flat,), (lane,) = plan.point_offsets(np.array([point]))
            used = plan.lanes_used
            if plan.lane_tile:
                used = min(used, grid.shape[plan.lanes[0]] - int(lane))
            here = slice(int(lane), int(lane) + used)
            level(0, index, here, flat + lanes[here], {})
    assert (visits == 1).all()
    return values, stopped


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plans())
def test_the_nest_gives_numpys_bits_at_every_scenario(plan: Plan) -> None:
    grid, real = plan.problem.grid, np.dtype(plan.dtype)
    values, stopped = walk(plan)
    index = dict(enumerate(grid.indices(np.arange(grid.size))))
    expected = evaluate(plan.problem, [*plan.outputs, *plan.guards], index, real)
    met = np.ones(grid.size, bool)
    for guard in plan.guards:
        met &= np.broadcast_to(expected[guard.id], grid.size)
    np.testing.assert_array_equal(stopped, ~met)
    for node in plan.outputs:
        np.testing.assert_array_equal(values[node.id][met], np.broadcast_to(expected[node.id], grid.size)[met])


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plans())
def test_what_is_decided_of_a_point_is_what_numpy_decides(plan: Plan) -> None:
    """Feasible: every condition is met and nothing is NaN. Unknown: something is NaN, and no known condition rules it out."""
    grid, question, real = plan.problem.grid, plan.question, np.dtype(plan.dtype)
    index = dict(enumerate(grid.indices(np.arange(grid.size))))
    nodes = [*plan.outputs, *plan.guards, *plan.quantities.values()]
    at = {number: np.broadcast_to(v, grid.size) for number, v in evaluate(plan.problem, nodes, index, real).items()}
    values = {name: at[node.id] for name, node in plan.quantities.items()}
    missing = is_nan(question.targets(), values)
    feasible, unknown = ~missing, missing
    for condition in question.where:
        met = meets(condition, values, real)
        feasible, unknown = feasible & met, unknown & (met | is_nan(condition.names(), values))
    kept = np.ones(grid.size, bool)
    for guard in plan.guards:
        kept &= at[guard.id]
    assert not (feasible & ~kept).any()
    assert not (unknown & ~kept).any()
    np.testing.assert_array_equal(kept & (at[plan.nan.id] if plan.nan is not None else False), unknown)
    if isinstance(question, Best):
        worst = -np.inf if question.maximize else np.inf
        objective, before = at[plan.objective.id], values[question.objective]
        np.testing.assert_array_equal(objective[kept & feasible], before[kept & feasible])
        infeasible = objective[kept & ~feasible]
        assert ((infeasible == worst) | np.isnan(infeasible)).all()
    else:
        np.testing.assert_array_equal(kept & (at[plan.feasible.id] if plan.feasible is not None else True), feasible)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plans(inexact=True))
def test_operations_are_those_of_one_whole_outer_point(plan: Plan) -> None:
    sizes = [loop.length for loop in plan.middle]
    for node, share in plan.operations():
        times = np.prod(sizes[: plan.level(node)], initial=1.0) * (plan.lanes_used if plan.on_lanes(node) else 1)
        assert share == pytest.approx(times / plan.inner)
    assert [node.id for node, _ in plan.operations()] == [node.id for node in plan.nodes]


@pytest.fixture
def problem() -> Problem:
    """x on the lanes, k kept, g of no axis; ``y`` needs all."""
    quantities = {name: Quantity(name, "", "given", "") for name in ("k", "x", "g")}
    quantities["scaled"] = computed("scaled", "x * g", ["x", "g"])
    quantities["y"] = computed("y", "scaled + k * 3.0 + g * 2.0", ["scaled", "k", "g"])
    axes = Axis("k", {"k": np.array([1.0, 2.0])}), Axis("x", {"x": np.arange(1.0, 8.0)})
    return Problem(Model(quantities), Grid(axes), {"g": 0.5})


def test_leaves_are_columns_of_what_is_known_beforehand(problem: Problem) -> None:
    plan = make(problem, Best(name="", objective="y", by=("k",)), "float32")
    (scaled,), (tripled,), (doubled,) = (plan.leaves_of(kind) for kind in ("lane", "table", "constant"))  # type: ignore[arg-type]
    assert scaled is plan.quantities["scaled"]
    assert plan.column(scaled).tolist() == [0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 3.5]  # padding repeats the last lane
    assert plan.column(tripled).tolist() == [3.0, 6.0]
    assert plan.column(doubled).tolist() == [1.0]
    assert {plan.column(node).dtype for node in plan.leaves} == {np.dtype("float32")}
    assert (plan.width, plan.lanes_used, plan.lane_length) == (8, 7, 8)


def test_groups_are_the_kept_axes(problem: Problem) -> None:
    plan = make(problem, Best(name="", objective="y", by=("k",)), "float64")
    assert (plan.groups, plan.points_per_group) == (2, plan.points // 2)
    table = make(problem, Table(name="", quantities=("y", "scaled")), "float64")
    assert table.outputs == table.objectives
    assert table.objective is table.quantities["y"]

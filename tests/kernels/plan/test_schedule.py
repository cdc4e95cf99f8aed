"""What one pass finds of every node is what a plain recursive definition says, on random models."""

import dataclasses
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import computed, problems, questions

from flopwatt.kernels.graph.expression import Node
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Best, Problem, Table
from flopwatt.kernels.plan.order import CPU, GPU, JAM, LaneMachine
from flopwatt.kernels.plan.plan import Plan
from flopwatt.kernels.plan.planner import make

PROFILE = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def plans(draw: st.DrawFn) -> tuple[Plan, LaneMachine]:
    drawn = draw(problems(most_points=3000, longest=draw(st.sampled_from([6, 12, 40]))))
    question = draw(questions(drawn))
    if draw(st.booleans()):
        question = Table(name="drawn", quantities=tuple(drawn.quantities[-2:]), where=question.where)
    machine = replace(
        draw(st.sampled_from([CPU, GPU])),
        inner=draw(st.sampled_from([1, 40, 65536])),
        longest=draw(st.sampled_from([16, 2048])),
        few=2,  # or all of a small grid would be lanes
        most=draw(st.sampled_from([1, 8, 512])),
        body=draw(st.sampled_from([2, 5, 48])),
    )
    return make(drawn.problem, question, draw(st.sampled_from(["float64", "float32"])), machine), machine


# --- the plain definitions --------------------------------------------------------------------------------------------


def axes_of(plan: Plan, node: Node) -> set[int]:
    if node.op == "column":
        return {plan.problem.grid.column_axis[node.value]}
    return set().union(*(axes_of(plan, arg) for arg in node.args))


def level_of(plan: Plan, node: Node) -> int:
    """The innermost loop over any axis that the node needs."""
    if node.op == "column":
        return next((i for i, loop in enumerate(plan.middle, 1) if loop.axis in axes_of(plan, node)), 0)
    return max((level_of(plan, arg) for arg in node.args), default=0)


def on_lanes(plan: Plan, node: Node) -> bool:
    return bool(axes_of(plan, node) & set(plan.lanes))


def kind_of(plan: Plan, node: Node) -> str:
    axes = axes_of(plan, node)
    if node.op == "literal":
        return "literal"
    if not axes:
        return "constant"
    if axes <= set(plan.lanes):
        return "lane"
    return "table" if len(axes) == 1 else "inner"


def computed_in(plan: Plan, node: Node) -> dict[int, Node]:
    """The nodes that the kernel computes to have one."""
    if kind_of(plan, node) != "inner":
        return {}
    parts = [computed_in(plan, arg) for arg in node.args]
    return {number: part for deeper in parts for number, part in deeper.items()} | {node.id: node}


# --- held against them ------------------------------------------------------------------------------------------------


@pytest.mark.slow
@PROFILE
@given(plans())
def test_every_node_is_placed_as_defined(placed: tuple[Plan, LaneMachine]) -> None:
    plan, _ = placed
    graph = plan.objective.graph
    assert len(plan.schedule.placements) == len(graph.nodes)
    for node in graph.nodes:
        assert set(node.axes) == axes_of(plan, node)
        assert plan.level(node) == level_of(plan, node)
        assert plan.on_lanes(node) == on_lanes(plan, node)
        assert plan.kind(node) == kind_of(plan, node)
        assert plan.may_be_nan(node) == (node.id not in plan.intervals or plan.intervals[node.id].nan)


@pytest.mark.slow
@PROFILE
@given(plans())
def test_the_kernel_computes_and_reads_what_its_outputs_need(placed: tuple[Plan, LaneMachine]) -> None:
    plan, _ = placed
    roots = (*plan.outputs, *plan.guards)
    nodes = {number: node for root in roots for number, node in computed_in(plan, root).items()}
    assert [node.id for node in plan.nodes] == sorted(nodes)
    read = {n.id for n in roots if plan.kind(n) != "inner"} | {arg.id for n in nodes.values() for arg in n.args}
    graph = plan.objective.graph
    expected = sorted(n for n in read if n not in nodes and graph.nodes[n].op != "literal")
    assert [node.id for node in plan.leaves] == expected
    for level in range(len(plan.middle) + 1):
        for lanes, stored in ((False, plan.schedule.once), (True, plan.schedule.per_lane)):
            at = [n.id for n in plan.nodes if level_of(plan, n) == level and on_lanes(plan, n) == lanes]
            assert [node.id for node in stored[level]] == at


@pytest.mark.slow
@PROFILE
@given(plans())
def test_what_a_deeper_level_reads_on_the_lanes_is_buffered(placed: tuple[Plan, LaneMachine]) -> None:
    plan, _ = placed
    outputs = {node.id for node in plan.outputs}
    readers = [(level_of(plan, node), {arg.id for arg in node.args}) for node in plan.nodes]
    innermost = len(plan.middle) - plan.jam.joined  # the first level whose lanes' work is in the innermost body
    expected = [
        node.id
        for node in plan.nodes
        if on_lanes(plan, node)
        and level_of(plan, node) < innermost
        and (node.id in outputs or any(node.id in read and level > level_of(plan, node) for level, read in readers))
    ]
    assert [node.id for node in plan.schedule.buffered] == expected


@PROFILE
@given(plans())
def test_the_innermost_loop_is_jammed_within_its_limits(placed: tuple[Plan, LaneMachine]) -> None:
    plan, machine = placed
    jam, last = plan.jam, len(plan.middle)
    body = [n for n in plan.nodes if level_of(plan, n) == last and (machine.alone or on_lanes(plan, n))]
    assert jam.limit == min(JAM, machine.body // max(len(body), 1))
    if not plan.middle:
        assert (jam.passes, jam.joined) == (1, False)
        return
    loop = plan.middle[-1]
    assert 1 <= jam.passes <= max(min(jam.limit, loop.length), 1)
    assert jam.passes == 1 or jam.passes * len(body) <= machine.body
    if jam.joined:  # then the body runs once for the level above
        assert not loop.tiled
        assert jam.limit >= loop.length
    if isinstance(plan.question, Table):
        assert jam.passes == 1


def test_a_plan_is_frozen() -> None:
    quantities = {name: Quantity(name, "", "given", "") for name in "ab"} | {"y": computed("y", "a * b", ["a", "b"])}
    axes = tuple(Axis(name, {name: np.arange(1.0, 9.0)}) for name in "ab")
    plan = make(Problem(Model(quantities), Grid(axes)), Best(name="", objective="y"), "float64")
    for part in (plan, plan.cut, plan.schedule, plan.jam, plan.schedule.placements[0]):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(part, dataclasses.fields(part)[0].name, None)
    assert not hasattr(plan.schedule, "late")
    with pytest.raises(dataclasses.FrozenInstanceError):
        plan.late = 1  # type: ignore[attr-defined]

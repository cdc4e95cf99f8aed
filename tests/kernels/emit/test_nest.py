"""The parts of a nest: where tables stand, what comes before a guard, which copies passes have, how a point is decoded."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import computed, problems, questions

from flopwatt.kernels.emit.code import Value
from flopwatt.kernels.emit.languages import PYTHON
from flopwatt.kernels.emit.nest import Nest, inputs
from flopwatt.kernels.emit.source_text import SourceText
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Problem, Summary
from flopwatt.kernels.plan.order import CPU, GPU
from flopwatt.kernels.plan.plan import Plan
from flopwatt.kernels.plan.planner import make

PROFILE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def nest_of(plan: Plan) -> Nest:
    return Nest(plan, SourceText(PYTHON, plan.dtype))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    drawn = draw(problems(most_points=3000, longest=draw(st.sampled_from([6, 40]))))
    machine = replace(draw(st.sampled_from([CPU, GPU])), inner=draw(st.sampled_from([1, 40, 65536])), few=2, most=8, longest=16)
    return make(drawn.problem, draw(questions(drawn)), draw(st.sampled_from(["float64", "float32"])), machine)


@PROFILE
@given(plans())
def test_inputs_hold_each_leaf_where_the_nest_reads_it(plan: Plan) -> None:
    nest, leaves = nest_of(plan), inputs(plan)
    for row, node in enumerate(nest.constants):
        np.testing.assert_array_equal(leaves.constants[row], plan.column(node)[0])
    for node in plan.leaves_of("table"):
        first = nest.tables[node.id]
        np.testing.assert_array_equal(leaves.tables[first : first + plan.table_length(node)], plan.column(node))
    for row, node in enumerate(nest.lane_columns):
        np.testing.assert_array_equal(leaves.lanes[row * plan.lane_length :][: plan.lane_length], plan.column(node))
    sizes = (
        len(nest.constants),
        sum(map(plan.table_length, plan.leaves_of("table"))),
        len(nest.lane_columns) * plan.lane_length,
    )
    arrays = (leaves.constants, leaves.tables, leaves.lanes)
    assert [array.size for array in arrays] == [max(size, 1) for size in sizes]  # an engine takes no empty array
    assert {array.dtype for array in arrays} == {np.dtype(plan.dtype)}


@PROFILE
@given(plans())
def test_before_a_guard_comes_what_it_needs_of_its_level(plan: Plan) -> None:
    nest = nest_of(plan)
    guarding = [node.id for level in range(nest.last) for node in nest.guarding(level)]
    assert sorted(guarding) == sorted(node.id for node in plan.guards)  # none inside the last loop
    for level in range(nest.last + 1):
        first = nest.before_guard(level)
        known = {node.id for node in first}
        assert all(plan.level(node) == level and not plan.on_lanes(node) for node in first)
        assert bool(first) <= bool(nest.guarding(level))
        for node in (*first, *nest.guarding(level)):
            for needed in (node, *node.args):
                here = plan.kind(needed) == "inner" and plan.level(needed) == level
                assert not here or needed.id in known
        assert [node for node in nest.at(level, vector=False) if node.id in known] == first


@PROFILE
@given(plans())
def test_only_what_differs_between_passes_has_copies(plan: Plan) -> None:
    nest = nest_of(plan)
    for node in (*plan.nodes, *plan.leaves):
        name = nest.name(node)
        copies = {nest.name(node, u) for u in range(3)}
        differs = bool(plan.middle) and plan.middle[-1].axis in node.axes
        assert copies == ({f"{name}_{u}" for u in range(3)} if differs else {name})
    names = [nest.name(node) for node in (*plan.nodes, *plan.leaves)]
    assert len(set(names)) == len(names)


@PROFILE
@given(plans())
def test_a_decoded_point_is_where_the_plan_says(plan: Plan) -> None:
    grid = plan.problem.grid
    code = SourceText(PYTHON, plan.dtype)
    Nest(plan, code).decode(Value(code, "wide", "p"))
    source = "\n".join(code.lines)
    for point in {0, plan.points // 2, plan.points - 1}:
        scope = {"p": point}
        exec(source, scope)
        flat = 0
        for part in plan.outer:
            if part.axis not in plan.lanes:
                flat += scope[f"o{part.axis}"] * part.tile * grid.strides[part.axis]
            if part.axis not in plan.lanes and part.tile > 1:
                assert scope[f"s{part.axis}"] == scope[f"o{part.axis}"] * part.tile
                assert scope[f"s{part.axis}"] < scope[f"e{part.axis}"] <= grid.shape[part.axis]
        offsets, lanes = plan.point_offsets(np.array([point]))
        assert flat == offsets[0]
        base = scope["base"] if plan.lane_tile else 0
        assert base == lanes[0]
        assert scope["used"] == (min(plan.lanes_used, grid.shape[plan.lanes[0]] - base) if plan.lane_tile else plan.lanes_used)


@pytest.fixture
def guarded() -> Plan:
    """Loops over b and d around the lanes c; a condition that the outer loop decides."""
    made = {name: Quantity(name, "", "given", "") for name in "abcd"}
    made["early"] = computed("early", "a * b + 1.0", ["a", "b"])
    made["y"] = computed("y", "early * c + d", ["early", "c", "d"])
    axes = tuple(Axis(name, {name: np.arange(1.0, n + 1)}) for name, n in (("a", 3), ("b", 7), ("c", 64), ("d", 5)))
    question = Summary(name="", quantity="y", by=("a",), where=(Condition("early", "<", 9.0),))
    plan = make(Problem(Model(made), Grid(axes)), question, "float64", replace(CPU, busy=1))
    assert [loop.axis for loop in plan.middle] == [1, 3]
    return plan


def test_a_guard_stands_at_its_level_and_skips_what_lies_within(guarded: Plan) -> None:
    nest = nest_of(guarded)
    (guard,) = guarded.guards
    assert [nest.guarding(level) for level in range(3)] == [[], [guard], []]
    nest.let(guard, Value(nest.code, "bool", "met"))
    assert [nest.guard(level) is not None for level in range(3)] == [False, True, False]
    nest.used = Value(nest.code, "int", "used")
    product, early, condition = nest.before_guard(1)
    assert (product.op, early, condition) == ("mul", guarded.quantities["early"], guard)
    assert [eval(nest.skipped(level).text, {"used": 60}) for level in range(3)] == [60 * 7 * 5, 60 * 5, 60]

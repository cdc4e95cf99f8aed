"""The parts of a nest, written as the Python of numba-cuda and run: which scenarios an outer point is, and its guards."""

import math
from typing import Any

import numpy as np
import pytest
from strategies import computed

from flopwatt.kernels.emit.code import Value
from flopwatt.kernels.emit.languages import PYTHON
from flopwatt.kernels.emit.nest import Nest, inputs
from flopwatt.kernels.emit.source_text import SourceText
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Best, Condition, Problem, Summary
from flopwatt.kernels.plan.plan import Plan
from flopwatt.kernels.plan.planner import make


def problem(*lengths: int) -> Problem:
    """``x`` of axes a, b, c, ... with these lengths."""
    names = "abcd"[: len(lengths)]
    quantities = {name: Quantity(name, "", "given", "") for name in names}
    quantities["x"] = computed("x", " + ".join(f"{name} * {i + 2}.0" for i, name in enumerate(names)), list(names))
    axes = (Axis(name, {name: np.arange(1.0, n + 1)}) for name, n in zip(names, lengths, strict=True))
    return Problem(Model(quantities), Grid(tuple(axes)), {})


def decoded(plan: Plan, point: int) -> dict[str, Any]:
    """What the names are that `decode` gives an outer point."""
    code = SourceText(PYTHON, "float64")
    Nest(plan, code).decode(Value(code, "wide", "p"))
    scope: dict[str, Any] = {"p": point}
    exec("\n".join(code.lines), scope)
    return scope


@pytest.mark.parametrize(("lengths", "inner", "longest"), [((3, 4, 50, 7), 60, 64), ((3, 40), 1, 16), ((5, 90, 33), 500, 48)])
def test_outer_points_together_are_the_grid_once(lengths: tuple[int, ...], inner: int, longest: int) -> None:
    plan = make(problem(*lengths), Summary(name="", quantity="x"), "float64", inner=inner, longest=longest)
    seen = 0
    for point in range(plan.points):
        scope = decoded(plan, point)
        loops = [scope[f"e{loop.axis}"] - scope[f"s{loop.axis}"] if loop.tiled else loop.length for loop in plan.middle]
        seen += scope["used"] * math.prod(loops)
        flat, lane = plan.point_offsets(np.array([point]))
        tiles = {part.axis: part.tile for part in plan.outer}
        place = sum(
            scope[f"o{axis}"] * tile * plan.problem.grid.strides[axis] for axis, tile in tiles.items() if axis not in plan.lanes
        )
        assert (place, scope.get("base", 0)) == (flat[0], lane[0])
    assert seen == math.prod(lengths)


def test_leaves_are_read_from_where_inputs_put_them() -> None:
    plan = make(problem(3, 40, 5), Best(name="", objective="x", by=("a",)), "float64", inner=10**6)
    code = SourceText(PYTHON, "float64")
    nest, leaves = Nest(plan, code), inputs(plan)
    for node in plan.leaves_of("table"):
        (axis,) = plan.traced.depends(node)
        length, first = plan.problem.grid.shape[axis], nest.tables[node.id]
        np.testing.assert_array_equal(leaves.tables[first : first + length], plan.column(node))
    assert leaves.lanes.size == max(len(plan.leaves_of("lane")) * plan.lane_length, 1)
    assert inputs(make(problem(40), Best(name="", objective="a"), "float64")).constants.shape == (1,)  # never empty


def test_guards_stop_what_lies_further_in() -> None:
    question = Summary(name="", quantity="x", where=(Condition("a", "<=", 2.0),), by=("a",))
    plan = make(problem(3, 5, 64), question, "float64", inner=10**6)
    code = SourceText(PYTHON, "float64")
    nest = Nest(plan, code)
    (guard,) = plan.guards
    level = plan.level(guard)
    assert nest.guarding(level) == [guard]
    nest.let(guard, Value(code, "bool", "met"))
    condition = nest.guard(level)
    assert condition is not None
    assert condition.text == nest.name(guard)
    assert nest.guard(level + 1) is None
    nest.used = Value(code, "int", "used")
    assert eval(nest.skipped(level).text, {"used": plan.lanes_used}) == plan.inner


def test_passes_done_together_keep_their_own_values_of_what_differs() -> None:
    plan = make(problem(3, 7, 64), Best(name="", objective="x", by=("a",)), "float64", inner=10**6)
    nest = Nest(plan, SourceText(PYTHON, "float64"))
    deepest = next(node for node in plan.nodes if nest.levels[node.id] == nest.last)
    shallow = next(node for node in plan.leaves if nest.levels[node.id] < nest.last)
    assert nest.name(deepest, 1) != nest.name(deepest, 2)
    assert nest.name(shallow, 1) == nest.name(shallow, 2)
    assert nest.jam(7) == 7
    assert nest.jam(100) == 8

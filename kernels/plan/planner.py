"""Makes plans: bounds every node, chooses the order of the axes, and cuts the loops into outer points, loops and lanes."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..graph.expression import Node, Traced, compute, cost, needed, trace
from ..graph.intervals import Interval, step
from ..model.questions import Problem, Question
from .conditions import Rule, decide, filters_of, penalize, rules_of, unknown_of
from .kinds import PLANNING
from .order import CPU, JAM, LaneMachine, Order, choose, padded
from .plan import Middle, Outer, Plan

MAX_LANES = 2048  # a longer axis is cut into tiles
LANE_TILE = 1024
INNER_POINTS = 65536  # of one outer point: enough to hide its set-up, few enough to share work evenly
MAX_OUTER = 2**20  # outer points beside the groups: their partial results are kept until the end


def _work(traced: Traced, outputs: Iterable[Node], load: float) -> dict[frozenset[int], float]:
    """The cost of the operations that depend on exactly these axes; of one axis alone, that of reading its tables."""
    work: dict[frozenset[int], float] = {}
    tables: set[int] = set()
    for node in needed(outputs):
        axes = traced.depends(node)
        if len(axes) > 1:
            work[axes] = work.get(axes, 0.0) + cost(node)
            tables.update(arg.id for arg in node.args if len(traced.depends(arg)) == 1)
    for number in tables if load else ():
        axes = traced.depends(traced.graph.nodes[number])
        work[axes] = work.get(axes, 0.0) + load
    return work


def _intervals(problem: Problem, traced: Traced, outputs: Iterable[Node], dtype: str) -> dict[int, Interval]:
    """The range of every node. What depends on one axis only is computed rather than bounded, which is exact."""
    real, grid = np.dtype(dtype), problem.grid
    exact: dict[int, Any] = {}
    result: dict[int, Interval] = {}
    for node in needed(outputs):
        if node.op == "literal":
            exact[node.id] = real.type(node.value)
        elif node.op == "given":
            exact[node.id] = real.type(problem.given[node.value])
        elif node.op == "column":
            exact[node.id] = np.asarray(grid.axes[grid.column_axis[node.value]].columns[node.value], dtype=real)
        elif len(traced.depends(node)) <= 1:
            exact[node.id] = compute(node, [exact[arg.id] for arg in node.args])
        else:
            result[node.id] = step(node, [result[arg.id] for arg in node.args])
            continue
        result[node.id] = Interval.of(exact[node.id], real)
    return result


def make(
    problem: Problem,
    question: Question,
    dtype: str,
    *,
    inner: int = INNER_POINTS,
    longest: int = MAX_LANES,
    machine: LaneMachine = CPU,
) -> Plan:
    """The plan for a question. ``inner`` is how many scenarios an outer point should have, ``longest`` the most lanes."""
    traced = trace(problem, question.targets())
    grid = problem.grid
    objectives = tuple(traced.quantities[name] for name in question.objectives())
    intervals = _intervals(problem, traced, [traced.quantities[name] for name in question.targets()], dtype)
    rules = rules_of(traced, question, intervals)
    unknown = unknown_of(traced, question, intervals)
    kept = [grid.position(name) for name in question.by]
    outputs = (objectives, rules, unknown)
    if PLANNING.of(question).writes_points:
        order = _table_order(grid.shape, longest)
    else:
        conditions = [rule.possible for rule in rules]
        work = _work(traced, [*objectives, *conditions], machine.load)
        filters = filters_of(problem, traced, conditions, dtype)
        order = choose(grid.shape, kept, work, machine, filters)
    return _cut(problem, question, dtype, traced, order, kept, outputs, intervals, inner, longest, machine)


def _table_order(shape: tuple[int, ...], longest: int) -> Order:
    """The study's own order, so that what is written is contiguous; the lanes are as many last axes as fit."""
    first = len(shape)
    while first and math.prod(shape[first - 1 :]) <= longest:
        first -= 1
    if first == len(shape) and shape:
        first -= 1  # the last axis alone is longer, and is walked in tiles
    return Order(tuple(range(first, len(shape))), tuple(range(first)), 0.0)


def _cut(
    problem: Problem, question: Question, dtype: str, traced: Traced, order: Order, kept: list[int],
    outputs: tuple[tuple[Node, ...], list[Rule], list[Node]], intervals: dict[int, Interval], inner: int, longest: int,
    machine: LaneMachine,
) -> Plan:  # fmt: skip
    """Choose what of the loops becomes the outer index: enough outer points, each with enough scenarios."""
    shape = problem.grid.shape
    outer = [Outer(axis, 1, shape[axis]) for axis in kept]
    lanes = math.prod(shape[axis] for axis in order.lanes)
    tile, tail = 0, []
    if lanes > longest and len(order.lanes) == 1:
        count = -(-lanes // min(LANE_TILE, longest))
        tile = padded(-(-lanes // count))
        tail = [Outer(order.lanes[0], tile, -(-lanes // tile))]
    width = tile or padded(lanes)
    left = (tile or lanes) * math.prod(shape[axis] for axis in order.middle)
    groups = math.prod(part.count for part in outer)
    whole = left * math.prod(part.count for part in tail)
    share = max(groups * whole // machine.points(width), machine.passes * (tile or lanes))
    goal = max(min(inner, share), -(-whole * groups // max(MAX_OUTER, groups)), 1)
    planning = PLANNING.of(question)
    if planning.writes_points:  # nothing is kept of an outer point, and a tile's neighbours follow it in memory
        goal = 1 if tile else inner
    middle: list[Middle] = []
    for i, axis in enumerate(order.middle):
        n = shape[axis]
        if left <= goal or any(loop.tiled for loop in middle):
            middle.append(Middle(axis, n, False))
            continue
        size = min(max(-(-goal * n // left), 1), n)
        if i == len(order.middle) - 1 and not planning.writes_points:
            size = min(-(-size // JAM) * JAM, n)
        size = -(-n // -(-n // size))  # tiles as equal as they can be
        outer.append(Outer(axis, size, -(-n // size)))
        left = -(-left // n) * size
        if size > 1:
            middle.append(Middle(axis, size, size < n))
    objectives, rules, unknown = outputs
    plan = Plan(
        problem,
        question,
        dtype,
        traced,
        order,
        tuple(outer + tail),
        tuple(middle),
        tile,
        width,
        objectives,
        None,
        None,
        intervals,
    )
    decide(plan, rules, unknown)
    if planning.worst:
        penalize(plan, planning.worst(question))
    return plan

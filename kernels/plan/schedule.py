"""Where each operation of a question is done and what keeps its value, worked out for all nodes in one pass.

What depends on one axis only, or on the lanes only, is computed beforehand with NumPy as a column; every other operation is
done in the kernel, at the depth of the deepest loop that it needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ..graph.expression import Axes, Graph, Node
from ..graph.intervals import Interval
from .conditions import Outputs
from .cut import LoopCut
from .order import JAM, LaneMachine

# `literal` stands in the source; `constant`, `table` (of one axis) and `lane` (a lane column) are read; `inner` is computed
# in the kernel.
Kind = Literal["literal", "constant", "table", "lane", "inner"]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a node's value comes from.

    Attributes
    ----------
    kind
        What keeps it.
    level
        The depth at which it is known: 0 once per outer point, i inside the i-th middle loop.
    on_lanes
        Whether it differs from lane to lane.
    may_be_nan
        Whether it can be NaN anywhere on the grid, as far as is known.
    """

    kind: Kind
    level: int
    on_lanes: bool
    may_be_nan: bool


@dataclass(frozen=True)
class Jam:
    """How far the innermost loop is unrolled and jammed.

    Attributes
    ----------
    limit
        Passes that may be done at once before registers spill; 0 where one pass alone is too much.
    passes
        Passes that are done at once, 1 where there is no loop.
    joined
        Whether the lanes' work of the level above the last is part of the innermost body: where that runs once for it.
    """

    limit: int
    passes: int
    joined: bool


@dataclass(frozen=True, eq=False)
class Schedule:
    """What the kernel computes and reads, level by level.

    Attributes
    ----------
    placements
        Of every node of the graph, by its ``id``.
    nodes
        The nodes computed in the kernel, each after its arguments.
    leaves
        The nodes that the kernel reads: constants, tables and lane columns.
    once, per_lane
        The nodes computed at each level, once for all lanes or for each of them.
    buffered
        Nodes on the lanes that a deeper level reads from memory: each keeps one value per lane.
    jam
        How far the innermost loop is jammed.
    """

    placements: tuple[Placement, ...]
    nodes: tuple[Node, ...]
    leaves: tuple[Node, ...]
    once: tuple[tuple[Node, ...], ...]
    per_lane: tuple[tuple[Node, ...], ...]
    buffered: tuple[Node, ...]
    jam: Jam


def schedule(cut: LoopCut, outputs: Outputs, intervals: Mapping[int, Interval], machine: LaneMachine) -> Schedule:
    """Schedule every node of the outputs' graph, and decide how far the innermost loop is jammed.

    Parameters
    ----------
    cut
        The loops.
    outputs
        What the nest is for.
    intervals
        Of the nodes whose range is known, by ``id``.
    machine
        What the lanes run on.
    """
    placements = _placements(outputs.nodes[0].graph, cut, intervals)
    nodes, leaves, deepest = _reached(outputs, placements)
    levels = range(len(cut.middle) + 1)
    split: dict[bool, list[list[Node]]] = {on_lanes: [[] for _ in levels] for on_lanes in (False, True)}
    for node in nodes:
        split[placements[node.id].on_lanes][placements[node.id].level].append(node)
    once, per_lane = (tuple(map(tuple, split[on_lanes])) for on_lanes in (False, True))
    jam = _jam(cut, len(per_lane[-1]) + (len(once[-1]) if machine.alone else 0), machine)
    filled = range(len(cut.middle) - jam.joined)
    buffered = tuple(node for node in nodes if _is_read(node, placements[node.id], deepest, filled))
    return Schedule(placements, nodes, leaves, once, per_lane, buffered, jam)


def _placements(graph: Graph, cut: LoopCut, intervals: Mapping[int, Interval]) -> tuple[Placement, ...]:
    """Place every node of a graph; nodes that depend on the same axes have the same place."""
    placements, known = list[Placement](), dict[tuple[Axes, bool, bool], Placement]()
    for node in graph.nodes:
        interval = intervals.get(node.id)
        key = node.axes, node.op == "literal", interval is None or interval.nan
        placement = known.get(key)
        if placement is None:
            placement = known[key] = _placement(cut, *key)
        placements.append(placement)
    return tuple(placements)


def _placement(cut: LoopCut, axes: Axes, literal: bool, may_be_nan: bool) -> Placement:
    """Place a node that depends on these axes."""
    kind: Kind = "inner"
    if not axes:
        kind = "literal" if literal else "constant"
    elif axes.issubset(cut.lanes):
        kind = "lane"
    elif len(axes) == 1:
        kind = "table"
    return Placement(kind, cut.level(axes), cut.on_lanes(axes), may_be_nan)


def _reached(outputs: Outputs, placements: tuple[Placement, ...]) -> tuple[tuple[Node, ...], tuple[Node, ...], dict[int, int]]:
    """Find the nodes computed in the kernel, the leaves it reads, and of each node the deepest level that takes it.

    An output is taken at a level of its own, deeper than all.
    """
    wanted = (*outputs.nodes, *outputs.guards)
    deepest = {node.id: -1 for node in wanted}
    deepest |= {node.id: len(placements) for node in outputs.nodes}
    nodes, leaves = list[Node](), list[Node]()
    for node in reversed(wanted[0].graph.nodes):
        if node.id not in deepest:
            continue
        placement = placements[node.id]
        if placement.kind == "inner":
            nodes.append(node)
            for arg in node.args:
                deepest[arg.id] = max(deepest.get(arg.id, -1), placement.level)
        elif placement.kind != "literal":
            leaves.append(node)
    return tuple(reversed(nodes)), tuple(reversed(leaves)), deepest


def _is_read(node: Node, placement: Placement, deepest: Mapping[int, int], filled: range) -> bool:
    """Tell whether a node's values are kept in a lane buffer, which ``filled`` levels have."""
    return placement.on_lanes and placement.level in filled and deepest[node.id] > placement.level


def _jam(cut: LoopCut, work: int, machine: LaneMachine) -> Jam:
    """Decide how far the innermost loop is jammed, whose body has so many operations."""
    limit = min(JAM, machine.body // max(work, 1))
    if not cut.middle:
        return Jam(limit, 1, False)
    loop = cut.middle[-1]
    passes = 1 if cut.contiguous else max(min(limit, loop.length), 1)  # memory is what holds the writing up
    # What is decided of a decision is kept on its lanes, so the level above the draws' is filled.
    return Jam(limit, passes, not cut.uncertain and not loop.tiled and loop.length <= limit)

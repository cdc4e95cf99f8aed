"""A plan: for one question, the order of the axes and the depth at which each operation is done.

It is built once, whole, by `planner.make`: from the cut of the loops, what the nest computes, and where each node stands.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..graph.expression import Node, evaluate
from ..graph.intervals import Interval
from ..model.questions import Problem, Question, group_shape
from .cut import LoopCut, Middle, Outer
from .deciding import Deciding
from .schedule import Jam, Kind, Schedule


@dataclass(frozen=True, eq=False)
class Plan:
    """How one question is computed on one problem.

    Attributes
    ----------
    problem, question, dtype
        What is computed, in which type.
    quantities
        The node of every quantity that the question needs, by its name.
    cut
        The loops.
    objectives, feasible, nan, guards
        What is computed of every point: see `conditions.Outputs`.
    intervals
        Where the quantities' values lie, by the node's ``id``.
    schedule
        Where each node is computed, and how far the innermost loop is jammed.
    met, unknown, penalized
        What tells of a point where nothing is NaN, and where something is, and which the objective is infinite for: see
        `conditions.Outputs`.
    deciding
        What decides between decisions, where statistics are asked for; the objectives are what it takes of every point.
    """

    problem: Problem
    question: Question
    dtype: str
    quantities: Mapping[str, Node]
    cut: LoopCut
    objectives: tuple[Node, ...]
    feasible: Node | None
    nan: Node | None
    guards: tuple[Node, ...]
    intervals: Mapping[int, Interval] = field(repr=False)
    schedule: Schedule = field(repr=False)
    met: Node | None = None
    unknown: tuple[Node, ...] = ()
    penalized: Node | None = None
    deciding: Deciding | None = None

    @property
    def objective(self) -> Node:
        """The first of the quantities that are reduced."""
        return self.objectives[0]

    @property
    def outputs(self) -> tuple[Node, ...]:
        """All that the innermost body hands over."""
        return tuple(node for node in (*self.objectives, self.feasible, self.nan) if node is not None)

    @property
    def groups(self) -> int:
        """How many answers there are: the product of the kept axes' lengths."""
        return math.prod(group_shape(self.problem.grid, self.question))

    @property
    def points_per_group(self) -> int:
        """Outer points of one group."""
        return self.points // self.groups

    # --- the loops: see `LoopCut` ---

    @property
    def lanes(self) -> tuple[int, ...]:
        """The axes that are lanes."""
        return self.cut.lanes

    @property
    def outer(self) -> tuple[Outer, ...]:
        """The parts of the outer index."""
        return self.cut.outer

    @property
    def middle(self) -> tuple[Middle, ...]:
        """The loops from the outside in."""
        return self.cut.middle

    @property
    def lane_tile(self) -> int:
        """Lanes of one tile, 0 where the lanes are whole axes."""
        return self.cut.lane_tile

    @property
    def width(self) -> int:
        """Lanes that are computed, padding included."""
        return self.cut.width

    @property
    def lanes_used(self) -> int:
        """How many lanes count."""
        return self.cut.lanes_used

    @property
    def lane_length(self) -> int:
        """The length of a lane column."""
        return self.cut.lane_length

    @property
    def points(self) -> int:
        """How many outer points there are."""
        return self.cut.points

    @property
    def inner(self) -> int:
        """Scenarios of one whole outer point."""
        return self.cut.inner

    def lane_offsets(self) -> NDArray[np.int64]:
        """Return what each lane adds to the flat index."""
        return self.cut.lane_offsets()

    def point_offsets(self, points: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the flat index of each outer point's first scenario, and the first lane of its tile."""
        return self.cut.point_offsets(points)

    def starts(self, points: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the flat index of each outer point's first scenario, its lane tile included."""
        return self.cut.starts(points)

    # --- where each node is computed: see `Schedule` ---

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes computed in the kernel, each after its arguments."""
        return self.schedule.nodes

    @property
    def leaves(self) -> tuple[Node, ...]:
        """The nodes that the kernel reads."""
        return self.schedule.leaves

    @property
    def jam(self) -> Jam:
        """How far the innermost loop is jammed."""
        return self.schedule.jam

    def kind(self, node: Node) -> Kind:
        """Say what keeps a node's value."""
        return self.schedule.placements[node.id].kind

    def level(self, node: Node) -> int:
        """Say how deep a node's value is known: 0 once per outer point, i inside the i-th middle loop."""
        return self.schedule.placements[node.id].level

    def on_lanes(self, node: Node) -> bool:
        """Tell whether a node's value differs from lane to lane."""
        return self.schedule.placements[node.id].on_lanes

    def may_be_nan(self, node: Node) -> bool:
        """Tell whether a node can be NaN anywhere on the grid, as far as is known."""
        return self.schedule.placements[node.id].may_be_nan

    def leaves_of(self, kind: Kind) -> list[Node]:
        """List the leaves of one kind."""
        return [node for node in self.leaves if self.kind(node) == kind]

    def table_length(self, node: Node) -> int:
        """Return the length of the axis that a table is of."""
        (axis,) = node.axes
        return self.problem.grid.shape[axis]

    def column(self, node: Node) -> NDArray[Any]:
        """Compute the values of a leaf: one for a constant, the axis's for a table, ``lane_length`` for a lane column."""
        real, leaf = np.dtype(self.dtype), self.kind(node)
        length = self.lane_length if leaf == "lane" else self.table_length(node) if leaf == "table" else 1
        index = self.cut.lane_indices() if leaf == "lane" else {axis: np.arange(length) for axis in node.axes}
        values = evaluate(self.problem, [node], index, real)[node.id]
        return np.ascontiguousarray(np.broadcast_to(np.asarray(values, dtype=real), (length,)))

    # --- what it costs ---

    def operations(self) -> list[tuple[Node, float]]:
        """List every operation in the kernel and how often it is done for one scenario."""
        sizes = [loop.length for loop in self.middle]
        total = self.lanes_used * math.prod(sizes)
        result = []
        for node in self.nodes:
            times = math.prod(sizes[: self.level(node)]) * (self.lanes_used if self.on_lanes(node) else 1)
            result.append((node, times / total))
        return result

"""A plan: for one question, the order of the axes and the depth at which each operation is done.

From the outside in: outer points (kept axes first, then as many others as make enough independent work), middle loops,
and lanes, the innermost axes fused, over which vectors or a block's threads run. What depends on one axis only, or on the
lanes only, is computed beforehand with NumPy as a column.
"""

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..graph.expression import Node, Traced, evaluate, needed
from ..graph.intervals import Interval
from ..model.questions import Problem, Question, group_shape
from .order import Order


@dataclass(frozen=True)
class Outer:
    """A part of the outer index: the axis is walked in ``count`` tiles of ``tile`` indices, the last may be shorter."""

    axis: int
    tile: int
    count: int


@dataclass(frozen=True)
class Middle:
    """A loop over an axis, or over one tile of it where an outer part has the rest."""

    axis: int
    length: int
    tiled: bool


@dataclass
class Plan:
    """How one question is computed on one problem. ``width`` lanes are computed, of which ``lanes_used`` count."""

    problem: Problem
    question: Question
    dtype: str
    traced: Traced
    order: Order
    outer: tuple[Outer, ...]
    middle: tuple[Middle, ...]
    lane_tile: int  # 0 where the lanes are whole axes
    width: int
    objectives: tuple[Node, ...]
    feasible: Node | None
    nan: Node | None
    intervals: dict[int, Interval] = field(repr=False)
    guards: tuple[Node, ...] = ()  # conditions that hold for all lanes of a sub-nest, or for none: then it is skipped

    @property
    def lanes(self) -> tuple[int, ...]:
        return self.order.lanes

    @cached_property
    def lanes_used(self) -> int:
        return self.lane_tile or math.prod(self.problem.grid.shape[axis] for axis in self.lanes)

    @cached_property
    def lane_length(self) -> int:
        """The length of a lane column: all tiles, each padded."""
        if not self.lane_tile:
            return self.width
        n = self.problem.grid.shape[self.lanes[0]]
        return -(-n // self.lane_tile) * self.lane_tile + self.width - self.lane_tile

    @cached_property
    def points(self) -> int:
        """How many outer points there are."""
        return math.prod(part.count for part in self.outer)

    @cached_property
    def groups(self) -> int:
        return math.prod(group_shape(self.problem.grid, self.question))

    @property
    def points_per_group(self) -> int:
        return self.points // self.groups

    @cached_property
    def inner(self) -> int:
        """Scenarios of one whole outer point."""
        return self.lanes_used * math.prod(loop.length for loop in self.middle)

    @cached_property
    def outputs(self) -> tuple[Node, ...]:
        return tuple(node for node in (*self.objectives, self.feasible, self.nan) if node is not None)

    @property
    def objective(self) -> Node:
        return self.objectives[0]

    # --- where each node is computed ---

    def kind(self, node: Node) -> str:
        """``literal``, ``constant``, ``table`` (of one axis), ``lane`` (a lane column) or ``inner`` (in the kernel)."""
        if node.op == "literal":
            return "literal"
        axes = self.traced.depends(node)
        if not axes:
            return "constant"
        if axes <= set(self.lanes):
            return "lane"
        return "table" if len(axes) == 1 else "inner"

    def level(self, node: Node) -> int:
        """0 for once per outer point, i for inside the i-th middle loop."""
        position = {loop.axis: i + 1 for i, loop in enumerate(self.middle)}
        return max((position.get(axis, 0) for axis in self.traced.depends(node)), default=0)

    def on_lanes(self, node: Node) -> bool:
        return bool(self.traced.depends(node) & set(self.lanes))

    @cached_property
    def nodes(self) -> list[Node]:
        """The nodes of kind ``inner``, each after its arguments."""
        found: dict[int, Node] = {}
        stack = [node for node in (*self.outputs, *self.guards) if self.kind(node) == "inner"]
        while stack:
            node = stack.pop()
            if node.id not in found:
                found[node.id] = node
                stack.extend(arg for arg in node.args if self.kind(arg) == "inner")
        return [found[number] for number in sorted(found)]

    @cached_property
    def leaves(self) -> list[Node]:
        """The nodes that the kernel reads: constants, tables and lane columns."""
        found = {node.id: node for node in (*self.outputs, *self.guards) if self.kind(node) != "inner"}
        for node in self.nodes:
            found.update({arg.id: arg for arg in node.args if self.kind(arg) != "inner"})
        return [node for _, node in sorted(found.items()) if node.op != "literal"]

    def leaves_of(self, kind: str) -> list[Node]:
        return [node for node in self.leaves if self.kind(node) == kind]

    def column(self, node: Node) -> NDArray[Any]:
        """The values of a leaf: one for a constant, the axis's for a table, ``lane_length`` for a lane column."""
        real, grid = np.dtype(self.dtype), self.problem.grid
        kind, axes = self.kind(node), sorted(self.traced.depends(node))
        index = self._lane_indices() if kind == "lane" else {axis: np.arange(grid.shape[axis]) for axis in axes}

        def leaf(item: Node) -> Any:
            if item.op == "given":
                return real.type(self.problem.given[item.value])
            axis = grid.column_axis[item.value]
            return np.asarray(grid.axes[axis].columns[item.value], dtype=real)[index[axis]]

        length = self.lane_length if kind == "lane" else grid.shape[axes[0]] if axes else 1
        values = evaluate(needed([node]), leaf, real)[node.id]
        return np.ascontiguousarray(np.broadcast_to(np.asarray(values, dtype=real), (length,)))

    def _lane_indices(self) -> dict[int, NDArray[np.int64]]:
        """The index of each lane axis at every lane; padding repeats the last one."""
        if not self.lanes:
            return {}
        shape = [self.problem.grid.shape[axis] for axis in self.lanes]
        flat = np.minimum(np.arange(self.lane_length), math.prod(shape) - 1)
        return dict(zip(self.lanes, np.unravel_index(flat, shape), strict=True))

    def lane_offsets(self) -> NDArray[np.int64]:
        """What each lane adds to the flat index, ascending; padding lanes, which never count, repeat the last one."""
        strides = self.problem.grid.strides
        result = np.zeros(self.lane_length, np.int64)
        for axis, index in self._lane_indices().items():
            result += index * strides[axis]
        return result

    def point_offsets(self, points: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The flat index of an outer point's first scenario, and the first lane of its tile."""
        flat, lane, rest = np.zeros_like(points), np.zeros_like(points), points
        for part in reversed(self.outer):
            index = rest % part.count * part.tile
            rest = rest // part.count
            if part.axis in self.lanes:
                lane = index
            else:
                flat = flat + index * self.problem.grid.strides[part.axis]
        return flat, lane

    def starts(self, points: NDArray[np.int64]) -> NDArray[np.int64]:
        """The flat index of each outer point's first scenario, its lane tile included."""
        flat, lane = self.point_offsets(points)
        return flat + self.lane_offsets()[lane]

    # --- what it costs ---

    def operations(self) -> list[tuple[Node, float]]:
        """Every operation in the kernel and how often it is done for one scenario."""
        sizes = [loop.length for loop in self.middle]
        total = self.lanes_used * math.prod(sizes)
        result = []
        for node in self.nodes:
            times = math.prod(sizes[: self.level(node)]) * (self.lanes_used if self.on_lanes(node) else 1)
            result.append((node, times / total))
        return result

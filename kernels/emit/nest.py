"""The loop nest of a plan, in any language: what both ways of running it, by lanes and by threads, have in common."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..graph.expression import Node, needed
from ..plan.order import JAM
from ..plan.plan import Middle, Plan
from .code import Array, Code, Value

MAX_JAMMED = 48  # operations in the innermost body: above, more passes at once only spill registers


@dataclass(frozen=True)
class Inputs:
    """The arrays that every kernel of a plan reads: constants, tables one after the other, lane columns as rows."""

    constants: NDArray[Any]
    tables: NDArray[Any]
    lanes: NDArray[Any]


def inputs(plan: Plan) -> Inputs:
    """The values of a plan's leaves; an array that nothing needs has one element, since no engine takes an empty one."""
    real = np.dtype(plan.dtype)

    def joined(kind: str) -> NDArray[Any]:
        columns = [plan.column(node) for node in plan.leaves_of(kind)]
        return np.concatenate(columns) if columns else np.zeros(1, real)

    return Inputs(joined("constant"), joined("table"), joined("lane"))


class Nest:
    """Emits the parts of a plan's nest into a `Code`.

    ``arrays`` are the handles of what `Inputs` are in the kernel, which are there once it has begun. ``first`` and ``stop``
    are the bounds of tiles by axis, ``used`` is how many lanes count, ``base`` where a tile of the lanes begins.
    """

    arrays: tuple[Array, Array, Array]
    used: Value
    base: Value

    def __init__(self, plan: Plan, code: Code):
        self.plan, self.code = plan, code
        self.last = len(plan.middle)
        self.constants = plan.leaves_of("constant")
        self.lane_columns = plan.leaves_of("lane")
        self.tables: dict[int, int] = {}
        offset = 0
        for node in plan.leaves_of("table"):
            self.tables[node.id] = offset
            offset += self._table_length(node)
        self.levels = {node.id: plan.level(node) for node in (*plan.nodes, *plan.leaves)}
        self.vector = {node.id: plan.on_lanes(node) for node in (*plan.nodes, *plan.leaves)}
        self.values: dict[str, Value] = {}  # what has been named
        self.outer: dict[int, Value] = {}  # the index of each outer part, by its axis
        self.index: dict[int, Value] = {}  # that of each middle loop
        self.first: dict[int, Value] = {}
        self.stop: dict[int, Value] = {}

    def _table_length(self, node: Node) -> int:
        (axis,) = self.plan.traced.depends(node)
        return self.plan.problem.grid.shape[axis]

    # --- names ---

    def suffix(self, node: Node, u: int | None) -> str:
        """Passes of the innermost loop that are done together keep their own copies of what differs."""
        return "" if u is None or self.last == 0 or self.levels[node.id] < self.last else f"_{u}"

    def name(self, node: Node, u: int | None = None) -> str:
        prefix = {"constant": "c", "table": "t", "lane": "b", "inner": "v"}[self.plan.kind(node)]
        return f"{prefix}{node.id}{self.suffix(node, u)}"

    def let(self, node: Node, value: Value, u: int | None = None) -> Value:
        """Name a node's value."""
        name = self.name(node, u)
        self.values[name] = self.code.let(name, value, "bool" if node.boolean else "real")
        return self.values[name]

    def value(self, node: Node, u: int | None = None) -> Value:
        """A node's value, which is a literal or has been named."""
        return self.code.literal(node.value) if node.op == "literal" else self.values[self.name(node, u)]

    def read(self, node: Node, array: Array, index: Value) -> Value:
        """A stored value; true and false are stored as 1 and 0."""
        stored = array[index]
        return stored.differs(0.0) if node.boolean else stored

    # --- statements ---

    def load_lanes(self, lane: Value) -> None:
        """The lane columns' values at one lane."""
        _, _, columns = self.arrays
        for row, node in enumerate(self.lane_columns):
            self.let(node, self.read(node, columns, row * self.plan.lane_length + lane))

    def load_constants(self) -> None:
        constants, _, _ = self.arrays
        for i, node in enumerate(self.constants):
            self.let(node, self.read(node, constants, self.code.whole(i)))

    def decode(self, point: Value) -> None:
        """An outer point as one index (or the bounds of a tile) per outer part."""
        code, shape, rest = self.code, self.plan.problem.grid.shape, point
        for number, part in enumerate(reversed(self.plan.outer)):
            axis, size = part.axis, code.whole(part.tile)
            self.outer[axis] = index = code.let(f"o{axis}", rest % part.count, "int")
            rest = code.let(f"q{number}", rest // part.count, "wide")
            if axis in self.plan.lanes:
                self.base = code.let("base", index * part.tile, "int")
                self.used = code.let("used", code.least(size, shape[axis] - self.base), "int")
            elif part.tile > 1:
                self.first[axis] = code.let(f"s{axis}", index * part.tile, "int")
                stop = code.least(self.first[axis] + part.tile, code.whole(shape[axis]))
                self.stop[axis] = code.let(f"e{axis}", stop, "int")
        if not self.plan.lane_tile:
            self.used = code.let("used", self.plan.lanes_used, "int")

    def bounds(self, loop: Middle) -> tuple[Value, Value]:
        if loop.tiled:
            return self.first[loop.axis], self.stop[loop.axis]
        return self.code.whole(0), self.code.whole(loop.length)

    def load_tables(self, level: int, u: int | None = None) -> None:
        _, tables, _ = self.arrays
        for node in self.plan.leaves_of("table"):
            if self.levels[node.id] == level:
                (axis,) = self.plan.traced.depends(node)
                index = self.tables[node.id] + (self.index[axis] if level else self.outer[axis])
                if u and level == self.last:
                    index = index + u
                self.let(node, self.read(node, tables, index), u)

    def compute(self, nodes: Iterable[Node], u: int | None = None) -> None:
        for node in nodes:
            nan_free = not self._may_be_nan(node.args[0])
            self.let(node, self.code.apply(node.op, [self.value(arg, u) for arg in node.args], nan_free), u)

    def guarding(self, level: int) -> list[Node]:
        """The conditions that are known at a level, and stop what lies further in."""
        return [node for node in self.plan.guards if self.plan.level(node) == level]

    def guard(self, level: int) -> Value | None:
        """The guards of a level as one condition, if there are any."""
        guards = [self.value(node) for node in self.guarding(level)]
        return self.code.both(*guards) if guards else None

    def before_guard(self, level: int) -> list[Node]:
        """What a level's guards need of the nodes computed there."""
        here = {node.id: node for node in self.at(level, vector=False)}
        wanted = needed(self.guarding(level))
        return [node for node in wanted if node.id in here]

    def skipped(self, level: int) -> Value:
        """How many scenarios lie inside a level."""
        count = self.used
        for loop in self.plan.middle[level:]:
            first, stop = self.bounds(loop)
            count = count * (stop - first if loop.tiled else stop)
        return count

    def _may_be_nan(self, node: Node) -> bool:
        interval = self.plan.intervals.get(node.id)
        return interval is None or interval.nan

    def at(self, level: int, *, vector: bool) -> list[Node]:
        """The nodes computed at a level, on the lanes or once for all of them."""
        return [n for n in self.plan.nodes if self.levels[n.id] == level and self.vector[n.id] == vector]

    def jam(self, length: int) -> int:
        """How many passes of an innermost loop of that length are done at once on the lanes."""
        work = max(len(self.at(self.last, vector=True)), 1)
        return max(min(JAM, length, MAX_JAMMED // work), 1)

    @cached_property
    def joined(self) -> bool:
        """Whether the lanes' work of the level above the last is part of the innermost body: where that runs once for it."""
        if not self.last:
            return False
        loop, work = self.plan.middle[-1], len(self.at(self.last, vector=True))
        return not loop.tiled and loop.length <= min(JAM, MAX_JAMMED // max(work, 1))

    @cached_property
    def buffered(self) -> list[Node]:
        """Nodes on the lanes that a deeper level reads from memory: each keeps one value per lane."""
        outputs = {node.id for node in self.plan.outputs}
        used: dict[int, int] = {}
        for node in self.plan.nodes:
            for arg in node.args:
                used[arg.id] = max(used.get(arg.id, 0), self.levels[node.id])
        return [
            node
            for node in self.plan.nodes
            if self.vector[node.id]
            and self.levels[node.id] < self.last - self.joined
            and (node.id in outputs or used.get(node.id, 0) > self.levels[node.id])
        ]

    def outputs(self, u: int | None) -> tuple[Value, Value | None, Value | None]:
        """The objective, whether it is feasible, whether it is NaN."""
        ok, nan = (self.value(node, u) if node is not None else None for node in (self.plan.feasible, self.plan.nan))
        return self.value(self.plan.objective, u), ok, nan

"""The loop nest of a plan, in any language: what both ways of running it, by lanes and by threads, have in common."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..graph.expression import Node, needed
from ..model.weights import whole_weights
from ..plan.cut import Middle
from ..plan.plan import Plan
from .code import Array, Code, Value


@dataclass(frozen=True)
class Inputs:
    """The arrays that every kernel of a plan reads: constants, tables one after the other, lane columns as rows."""

    constants: NDArray[Any]
    tables: NDArray[Any]
    lanes: NDArray[Any]


def inputs(plan: Plan) -> Inputs:
    """Give the values of a plan's leaves; an array that nothing needs has one element, since no engine takes an empty one."""
    real = np.dtype(plan.dtype)

    def joined(leaves: Iterable[Node]) -> NDArray[Any]:
        columns = [plan.column(node) for node in leaves]
        return np.concatenate(columns) if columns else np.zeros(1, real)

    return Inputs(*(joined(leaves) for leaves in (plan.leaves_of("constant"), plan.leaves_of("table"), plan.leaves_of("lane"))))


def draw_weights(plan: Plan) -> NDArray[np.int64]:
    """Give the whole weights of the uncertain axes that have any, one axis after the other."""
    axes = [plan.problem.grid.axes[axis] for axis in plan.cut.uncertain]
    weights = [whole for axis, whole in zip(axes, whole_weights(axes), strict=True) if axis.weights is not None]
    return np.concatenate(weights) if weights else np.ones(1, np.int64)


class WeightedDraws:
    """Where each uncertain axis's weights stand in `draw_weights`."""

    def __init__(self, plan: Plan):
        self.last, self.offsets = plan.middle[-1].axis if plan.middle else -1, dict[int, int]()
        offset = 0
        for axis in plan.cut.uncertain:
            if plan.problem.grid.axes[axis].weights is not None:
                self.offsets[axis] = offset
                offset += plan.problem.grid.shape[axis]

    @property
    def any(self) -> bool:
        """Whether draws differ in weight."""
        return bool(self.offsets)

    def weight(self, nest: "Nest", weights: Array, u: int) -> Value | None:
        """Write the weight of a draw; None where all weigh 1.

        Parameters
        ----------
        nest : Nest
            The nest, inside all its loops.
        weights : Array
            The `draw_weights`.
        u : int
            How many passes on in the innermost loop the draw is.
        """
        result: Value | None = None
        for axis, offset in self.offsets.items():
            weight = weights[nest.index[axis] + (offset + u if axis == self.last else offset)]
            result = weight if result is None else result * weight
        return result


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
            offset += plan.table_length(node)
        self.apart: dict[int, Array] = {}  # where tables stand that are not in the array of them all
        self.levels = {node.id: plan.level(node) for node in (*plan.nodes, *plan.leaves)}
        self.joined = plan.jam.joined
        self.buffered = plan.schedule.buffered
        self.values: dict[str, Value] = {}  # what has been named
        self.outer: dict[int, Value] = {}  # the index of each outer part, by its axis
        self.index: dict[int, Value] = {}  # that of each middle loop
        self.first: dict[int, Value] = {}
        self.stop: dict[int, Value] = {}

    # --- names ---

    def suffix(self, node: Node, u: int | None) -> str:
        """Tell apart the copies that passes of the innermost loop done together keep of what differs."""
        return "" if u is None or self.last == 0 or self.levels[node.id] < self.last else f"_{u}"

    def name(self, node: Node, u: int | None = None) -> str:
        """Give a node its name, in one of the passes that are done together."""
        prefix = {"constant": "c", "table": "t", "lane": "b", "inner": "v"}[self.plan.kind(node)]
        return f"{prefix}{node.id}{self.suffix(node, u)}"

    def let(self, node: Node, value: Value, u: int | None = None) -> Value:
        """Name a node's value.

        Parameters
        ----------
        node : Node
            The node.
        value : Value
            Its value.
        u : int, optional
            Which of the passes that are done together it belongs to.
        """
        name = self.name(node, u)
        self.values[name] = self.code.let(name, value, "bool" if node.boolean else "real")
        return self.values[name]

    def value(self, node: Node, u: int | None = None) -> Value:
        """Give a node's value, which is a literal or has been named."""
        return self.code.literal(node.value) if node.op == "literal" else self.values[self.name(node, u)]

    def read(self, node: Node, array: Array, index: Value) -> Value:
        """Read a node's stored value; true and false are stored as 1 and 0.

        Parameters
        ----------
        node : Node
            The node.
        array, index : Array, Value
            Where it is stored.
        """
        stored = array[index]
        return stored.differs(0.0) if node.boolean else stored

    # --- statements ---

    def load_lanes(self, lane: Value) -> None:
        """Read the lane columns' values at one lane."""
        _, _, columns = self.arrays
        for row, node in enumerate(self.lane_columns):
            self.let(node, self.read(node, columns, row * self.plan.lane_length + lane))

    def load_constants(self) -> None:
        """Read the constants."""
        constants, _, _ = self.arrays
        for i, node in enumerate(self.constants):
            self.let(node, self.read(node, constants, self.code.whole(i)))

    def decode(self, point: Value) -> None:
        """Write an outer point as one index (or the bounds of a tile) per outer part."""
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
        """Give the first index of a loop and that after its last."""
        if loop.tiled:
            return self.first[loop.axis], self.stop[loop.axis]
        return self.code.whole(0), self.code.whole(loop.length)

    def load_tables(self, level: int, u: int | None = None) -> None:
        """Read the tables' values at a level, for one of the passes that are done together."""
        _, tables, _ = self.arrays
        for node in self.plan.leaves_of("table"):
            if self.levels[node.id] == level:
                (axis,) = node.axes
                index = self.tables[node.id] + (self.index[axis] if level else self.outer[axis])
                if u and level == self.last:
                    index = index + u
                self.let(node, self.read(node, self.apart.get(node.id, tables), index), u)

    def compute(self, nodes: Iterable[Node], u: int | None = None) -> None:
        """Write some nodes, each after its arguments."""
        for node in nodes:
            nan_free = not self.plan.may_be_nan(node.args[0])
            self.let(node, self.code.apply(node.op, [self.value(arg, u) for arg in node.args], nan_free), u)

    def guarding(self, level: int) -> list[Node]:
        """List the conditions that are known at a level, and stop what lies further in."""
        return [node for node in self.plan.guards if self.plan.level(node) == level]

    def guard(self, level: int) -> Value | None:
        """Write the guards of a level as one condition, if there are any."""
        guards = [self.value(node) for node in self.guarding(level)]
        return self.code.both(*guards) if guards else None

    def before_guard(self, level: int) -> list[Node]:
        """List what a level's guards need of the nodes computed there."""
        here = {node.id: node for node in self.at(level, vector=False)}
        wanted = needed(self.guarding(level))
        return [node for node in wanted if node.id in here]

    def skipped(self, level: int) -> Value:
        """Write how many scenarios lie inside a level."""
        count = self.used
        for loop in self.plan.middle[level:]:
            first, stop = self.bounds(loop)
            count = count * (stop - first if loop.tiled else stop)
        return count

    def at(self, level: int, *, vector: bool) -> tuple[Node, ...]:
        """List the nodes computed at a level, on the lanes or once for all of them."""
        schedule = self.plan.schedule
        return (schedule.per_lane if vector else schedule.once)[level]

    def outputs(self, u: int | None) -> tuple[Value, Value | None, Value | None]:
        """Give the objective, whether it is feasible, whether it is NaN."""
        ok, nan = (self.value(node, u) if node is not None else None for node in (self.plan.feasible, self.plan.nan))
        return self.value(self.plan.objective, u), ok, nan

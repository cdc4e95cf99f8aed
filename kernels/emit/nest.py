"""The loop nest of a plan, in either language: what both ways of running it, by lanes and by threads, have in common."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..graph.expression import Node, needed
from ..plan.cut import Middle
from ..plan.plan import Plan
from .languages import Code


@dataclass(frozen=True)
class Inputs:
    """The arrays that every kernel of a plan reads: constants, tables one after the other, lane columns as rows."""

    constants: NDArray[Any]
    tables: NDArray[Any]
    lanes: NDArray[Any]


class Nest:
    """Emits the parts of a plan's nest into a `Code`."""

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
        self.levels = {node.id: plan.level(node) for node in (*plan.nodes, *plan.leaves)}
        self.joined = plan.jam.joined
        self.buffered = plan.schedule.buffered

    def inputs(self) -> Inputs:
        """The values of the leaves; an array that nothing needs has one element, since no engine takes an empty one."""
        real, plan = np.dtype(self.plan.dtype), self.plan

        def joined(nodes: Iterable[Node]) -> NDArray[Any]:
            columns = [plan.column(node) for node in nodes]
            return np.concatenate(columns) if columns else np.zeros(1, real)

        return Inputs(joined(self.constants), joined(plan.leaves_of("table")), joined(self.lane_columns))

    # --- names ---

    def suffix(self, node: Node, u: int | None) -> str:
        """Passes of the innermost loop that are done together keep their own copies of what differs."""
        return "" if u is None or self.last == 0 or self.levels[node.id] < self.last else f"_{u}"

    def name(self, node: Node, u: int | None = None) -> str:
        if node.op == "literal":
            return self.code.literal(node.value)
        prefix = {"constant": "c", "table": "t", "lane": "b", "inner": "v"}[self.plan.kind(node)]
        return f"{prefix}{node.id}{self.suffix(node, u)}"

    def kind(self, node: Node) -> str:
        return "bool" if node.boolean else "real"

    def read(self, node: Node, place: str) -> str:
        """A stored value; true and false are stored as 1 and 0."""
        return f"{place} != {self.code.literal(0.0)}" if node.boolean else place

    # --- statements ---

    def load_lanes(self, lane: str) -> None:
        """The lane columns' values at one lane."""
        for row, node in enumerate(self.lane_columns):
            value = self.read(node, f"L[{row * self.plan.lane_length} + {lane}]")
            self.code.let(self.name(node), value, self.kind(node))

    def load_constants(self) -> None:
        for i, node in enumerate(self.constants):
            self.code.let(self.name(node), self.read(node, f"K[{i}]"), self.kind(node))

    def decode(self) -> None:
        """The outer point ``p`` as one index (or the bounds of a tile) per outer part."""
        code, shape, rest = self.code, self.plan.problem.grid.shape, "p"
        for number, part in enumerate(reversed(self.plan.outer)):
            axis = part.axis
            code.let(f"o{axis}", f"{rest} % {part.count}", "int")
            code.let(f"q{number}", f"{rest} {'//' if code.indent_is_syntax else '/'} {part.count}", "wide")
            rest = f"q{number}"
            if axis in self.plan.lanes:
                code.let("base", f"o{axis} * {part.tile}", "int")
                code.let("used", code.least(f"{part.tile}", f"{shape[axis]} - base"), "int")
            elif part.tile > 1:
                code.let(f"s{axis}", f"o{axis} * {part.tile}", "int")
                code.let(f"e{axis}", code.least(f"s{axis} + {part.tile}", f"{shape[axis]}"), "int")
        if not self.plan.lane_tile:
            code.let("used", f"{self.plan.lanes_used}", "int")

    def bounds(self, loop: Middle) -> tuple[str, str]:
        return (f"s{loop.axis}", f"e{loop.axis}") if loop.tiled else ("0", f"{loop.length}")

    def load_tables(self, level: int, u: int | None = None) -> None:
        for node in self.plan.leaves_of("table"):
            if self.levels[node.id] == level:
                (axis,) = node.axes
                index = f"i{axis}" if level else f"o{axis}"
                if u and level == self.last:
                    index = f"{index} + {u}"
                place = f"T[{self.tables[node.id]} + {index}]"
                self.code.let(self.name(node, u), self.read(node, place), self.kind(node))

    def compute(self, nodes: Iterable[Node], u: int | None = None) -> None:
        for node in nodes:
            nan_free = not self.plan.may_be_nan(node.args[0])
            value = self.code.apply(node, [self.name(arg, u) for arg in node.args], nan_free)
            self.code.let(self.name(node, u), value, self.kind(node))

    def guarding(self, level: int) -> list[Node]:
        """The conditions that are known at a level, and stop what lies further in."""
        return [node for node in self.plan.guards if self.plan.level(node) == level]

    def guard(self, level: int) -> str:
        """The guards of a level as one condition; empty where there are none."""
        return " & ".join(f"({self.name(node)})" for node in self.guarding(level))

    def before_guard(self, level: int) -> list[Node]:
        """What a level's guards need of the nodes computed there."""
        here = {node.id: node for node in self.at(level, vector=False)}
        wanted = needed(self.guarding(level))
        return [node for node in wanted if node.id in here]

    def skipped(self, level: int) -> str:
        """How many scenarios lie inside a level."""
        parts = [f"({e} - {s})" if s != "0" else e for s, e in (self.bounds(loop) for loop in self.plan.middle[level:])]
        return " * ".join(["used", *parts])

    def at(self, level: int, *, vector: bool) -> tuple[Node, ...]:
        """The nodes computed at a level, on the lanes or once for all of them."""
        schedule = self.plan.schedule
        return (schedule.per_lane if vector else schedule.once)[level]

    def outputs(self, u: int | None) -> tuple[str, str | None, str | None]:
        """The names of the objective, whether it is feasible, whether it is NaN."""
        plan = self.plan
        flags = (self.name(node, u) if node is not None else None for node in (plan.feasible, plan.nan))
        return (self.name(plan.objective, u), *flags)  # type: ignore[return-value]

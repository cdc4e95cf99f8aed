"""A plan for the CPU: an outer point at a time, a loop over the lanes innermost.

Everything that has one value per lane stands in one array, ``buffers`` (the dtype) or ``sums`` (float64), at constant
distances, so that the compiler needs no run-time check that two of them overlap and turns the loops over lanes into vector
code.
"""

import functools
from collections.abc import Callable, Iterable, Sequence

from ...graph.expression import Node
from ...plan.cut import Middle
from ...plan.plan import Plan
from ..arguments import Arguments
from ..code import Array, Operand, Place, Value, Variable
from ..nest import Nest
from ..reducers import Accumulator, Reducer
from .ahead import RoundsAhead
from .cpu_code import CpuCode, Parameter

COMMON = (("lo", "int"), ("hi", "int"), ("K", "real*"), ("T", "real*"), ("L", "real*"))


class Lanes(Arguments):
    """Emits one kernel: ``kernel(lo, hi, K, T, L, ...)`` does the outer points from ``lo`` to before ``hi``.

    ``arguments`` are its own by name; ``kept`` are the accumulators of the innermost body.
    """

    buffers: Array
    sums: Array
    counts: Array
    looks_ahead = False  # whether loops compute what they can of all their rounds first

    def __init__(self, plan: Plan, code: CpuCode, reducer: Reducer | None):
        self.plan, self.code, self.reducer = plan, code, reducer
        self.nest = Nest(plan, code)
        self.rounds = RoundsAhead(self.nest, code) if self.looks_ahead else None
        self.width = plan.width
        self.pruned: Variable | None = None  # counts skipped scenarios
        self.kept: dict[str, Variable] = {}
        self.whole_kind = "wide"  # the kind of the elements that keep whole numbers
        self.slots: dict[int, int] = {}
        for node in (*self.nest.lane_columns, *self.nest.buffered):
            self.slots[node.id] = len(self.slots)
        accumulators = reducer.accumulators if reducer else ()
        self.reals = [a for a in accumulators if a.kind == "real"]
        self.doubles = [a for a in accumulators if a.kind == "double"]
        self.wholes = [a for a in accumulators if a.kind == "int"]

    # --- the kernel ---

    def begin(self, *parameters: Parameter) -> None:
        """Name the arguments, and do what is done once for all outer points."""
        signature = (*COMMON, *parameters)
        self.arguments = dict(zip((name for name, _ in signature), self.code.parameters(*signature), strict=True))
        self.nest.arrays = self.array("K"), self.array("T"), self.array("L")
        self._allocate()

    def load(self) -> None:
        """Read the constants, and lane columns that are the same for all outer points."""
        self.nest.load_constants()
        self._load_columns(tiled=False)

    def decode(self, point: Value) -> None:
        """Read an outer point's indices and lane columns."""
        self.nest.decode(point)
        self._load_columns(tiled=True)

    # --- one value per lane ---

    def _slot(self, number: int, i: Value, array: Array) -> Place:
        return array, number * self.width + i if number else i

    def _place(self, node: Node, i: Value) -> Place:
        return self._slot(self.slots[node.id], i, self.buffers)

    def place_of(self, accumulator: Accumulator, i: Value) -> Place:
        """Find where the lane ``i`` keeps an accumulator."""
        if accumulator in self.reals:
            return self._slot(len(self.slots) + self.reals.index(accumulator), i, self.buffers)
        if accumulator in self.wholes:
            return self._slot(self.wholes.index(accumulator), i, self.counts)
        return self._slot(self.doubles.index(accumulator), i, self.sums)

    def _allocate(self) -> None:
        self.buffers = self.code.alloc("real", max(len(self.slots) + len(self.reals), 1) * self.width)
        if self.doubles:
            self.sums = self.code.alloc("double", len(self.doubles) * self.width)
        if self.rounds:
            self.rounds.allocate()
        if self.wholes:
            self.counts = self.code.alloc(self.whole_kind, len(self.wholes) * self.width)

    def _load_columns(self, tiled: bool) -> None:
        """Load lane columns into their slots: once for all, or a tile's at each outer point."""
        if tiled == bool(self.plan.lane_tile) and self.nest.lane_columns:
            with self.code.loop("i", 0, self.width) as i:
                for row, node in enumerate(self.nest.lane_columns):
                    first: Operand = row * self.plan.lane_length
                    place = first + self.nest.base + i if tiled else first + i
                    self.code.store(*self._place(node, i), self.array("L")[place])

    # --- the nest ---

    def walk(self) -> None:
        """Write an outer point, from its own level to the innermost body."""
        self._level(0)

    def _level(self, level: int) -> None:
        nest = self.nest
        if level == nest.last:
            nest.load_tables(level, 0)
            nest.compute(nest.at(level, vector=False), 0)
            self._body(1)
            return
        nest.load_tables(level)
        first = nest.before_guard(level)
        nest.compute(first)
        if level == 0:
            self.start()
        self._guarded(level, {node.id for node in first})

    def _guarded(self, level: int, done: set[int]) -> None:
        """Write what a level does where its guards are met, and what is skipped where they are not."""
        guard = self.nest.guard(level)
        if guard is None:
            self._inside(level, done)
            return
        with self.code.when(guard):
            self._inside(level, done)
        if self.pruned:
            with self.code.otherwise():
                self.pruned.set(self.pruned.value + self.nest.skipped(level))

    def _inside(self, level: int, done: set[int]) -> None:
        """Write what a level does once its guards are met."""
        nest = self.nest
        nest.compute(node for node in nest.at(level, vector=False) if node.id not in done)
        if not (nest.joined and level == nest.last - 1):
            self._fill(level)
        self.loops(level)

    def loops(self, level: int) -> None:
        """Write the loops inside a level, whose own values are there."""
        nest, loop = self.nest, self.plan.middle[level]
        start, stop = nest.bounds(loop)
        if level + 1 == nest.last:
            self._jam(loop, start, stop)
            return
        ahead = self.rounds.nodes(level + 1) if self.rounds else ()
        if self.rounds and ahead:
            self.rounds.compute(level + 1, start, stop)
        with self.code.loop(f"i{loop.axis}", start, stop) as nest.index[loop.axis]:
            if self.rounds and ahead:
                nest.load_tables(level + 1)
                self.rounds.hand_in(level + 1, start)
                self._guarded(level + 1, {node.id for node in ahead})
            else:
                self._level(level + 1)

    def _fill(self, level: int) -> None:
        """Fill the lane buffers that are computed at this level."""
        code, nest = self.code, self.nest
        nodes = nest.at(level, vector=True)
        if nodes:
            with code.loop("i", 0, self.width) as i:
                self.load_values(nodes, level, (), i)
                nest.compute(nodes)
                for node in nodes:
                    if node in self._buffered(level):
                        value = nest.value(node)
                        if node.boolean:
                            value = code.select(value, code.literal(1.0), code.literal(0.0))
                        code.store(*self._place(node, i), value)

    def _buffered(self, level: int) -> set[Node]:
        return {node for node in self.nest.buffered if self.nest.levels[node.id] == level}

    def load_values(self, nodes: Sequence[Node], level: int, outputs: Sequence[Node], i: Value) -> None:
        """Read what nodes take from lane columns and from buffers filled further out.

        Parameters
        ----------
        nodes : Sequence[Node]
            What is computed at the level.
        level : int
            The level; what it computes itself is not read.
        outputs : Sequence[Node]
            What is read for its own sake.
        i : Value
            The lane.
        """
        wanted: dict[int, Node] = {}
        for node in [arg for n in nodes for arg in n.args] + list(outputs):
            if node.id in self.slots and (self.plan.kind(node) == "lane" or self.nest.levels[node.id] < level):
                wanted[node.id] = node
        for node in wanted.values():
            self.nest.let(node, self.nest.read(node, *self._place(node, i)))

    def _jam(self, loop: Middle, start: Value, stop: Value) -> None:
        """Write the innermost loop, several passes at once, then what is left."""
        times, name = self.plan.jam.passes, f"i{loop.axis}"
        if times > 1:
            with self.code.loop(name, start, stop - (times - 1), times) as self.nest.index[loop.axis]:
                self._passes(times)
            if not loop.tiled:
                if loop.length % times:
                    start = self.code.whole(loop.length - loop.length % times)
                    with self.code.loop(name, start, stop) as self.nest.index[loop.axis]:
                        self._passes(1)
                return
            start = start + (stop - start) // times * times
        with self.code.loop(name, start, stop) as self.nest.index[loop.axis]:
            self._passes(1)

    def _passes(self, times: int) -> None:
        for u in range(times):
            self.nest.load_tables(self.nest.last, u)
            self.nest.compute(self.nest.at(self.nest.last, vector=False), u)
        self._body(times)

    def _body(self, times: int) -> None:
        nest, level = self.nest, self.nest.last
        if level == 0:
            self.start()
        nodes = nest.at(level, vector=True)
        above = nest.at(level - 1, vector=True) if nest.joined else ()
        for_lanes = functools.partial(self._lane, times, above, nodes)
        self.over_lanes(times, for_lanes)

    def _lane(self, times: int, above: Sequence[Node], nodes: Sequence[Node], i: Value) -> None:
        """Write the innermost body on one lane."""
        nest = self.nest
        self.load_values([*above, *nodes], nest.last - nest.joined, self.plan.outputs, i)
        nest.compute(above)
        self.open_body(i)
        self.points(times, nodes, i)
        self.close_body(i)

    def over_lanes(self, times: int, for_lanes: Callable[[Value], None]) -> None:
        """Write the loop over the lanes around the innermost body."""
        with self.code.loop("i", 0, self.lane_count()) as i:
            for_lanes(i)
        self.after_body(times)

    # --- what the kernel is for ---

    def lane_count(self) -> Operand:
        """Give how many lanes the innermost body does: all of them, padding too, so that the number is a constant."""
        return self.width

    def _accumulators(self) -> Iterable[Accumulator]:
        assert self.reducer is not None
        return self.reducer.accumulators

    def start(self) -> None:
        """Empty the accumulators, before an outer point's first scenario."""
        with self.code.loop("i", 0, self.width) as i:
            for accumulator in self._accumulators():
                self.code.store(*self.place_of(accumulator, i), accumulator.empty(self.code))

    def open_body(self, i: Value) -> None:
        """Take up, before the first of some passes on the lane ``i``, what the lane keeps."""
        for accumulator in self._accumulators():
            now = self.code.load(*self.place_of(accumulator, i))
            self.kept[accumulator.name] = self.code.var(accumulator.name, now)

    def points(self, times: int, nodes: Sequence[Node], i: Value) -> None:
        """Compute some passes on one lane, and do with their points what the kernel is for.

        Parameters
        ----------
        times : int
            How many passes.
        nodes : Sequence[Node]
            What is computed in them on the lanes.
        i : Value
            The lane.
        """
        for u in range(times):
            self.nest.compute(nodes, u)
            self.point(u, i)

    def point(self, u: int, i: Value) -> None:
        """Do with a point what the kernel is for: the ``u``-th of the passes on the lane ``i``."""
        assert self.reducer is not None
        self.reducer.update(self.code, self.kept, *self.nest.outputs(u))

    def close_body(self, i: Value) -> None:
        """Put back, after the last of some passes on the lane ``i``, what the lane keeps."""
        for accumulator in self._accumulators():
            self.code.store(*self.place_of(accumulator, i), self.kept[accumulator.name].value)

    def after_body(self, times: int) -> None:
        """Do what follows so many passes over all lanes."""

    def finish(self) -> None:
        """Merge, after an outer point, the lanes that count."""
        code = self.code
        for accumulator in self._accumulators():
            self.kept[accumulator.name] = code.var(accumulator.name, accumulator.empty(code))
        with code.loop("i", 0, self.nest.used) as i:
            for accumulator in self._accumulators():
                kept = self.kept[accumulator.name]
                kept.set(accumulator.merged(code, kept.value, code.load(*self.place_of(accumulator, i))))

    def first_lane(self, accumulator: Accumulator) -> Value:
        """Find, after `finish`, the first lane whose partial result is that of all."""
        code, used = self.code, self.nest.used
        lane, merged = code.var("lane", used), self.kept[accumulator.name].value
        with code.loop("i", 0, used) as i:
            reaches = code.load(*self.place_of(accumulator, i)).equals(merged)
            lane.set(code.least(lane.value, code.pick(reaches, i, used)))
        return lane.value

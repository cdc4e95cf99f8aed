"""A plan as Python for Numba on the CPU: an outer point at a time, a loop over the lanes innermost.

Everything that has one value per lane stands in one array, ``B`` (the dtype) or ``D`` (float64), at constant distances, so
that the compiler needs no run-time check that two of them overlap and turns the loops over lanes into vector code.
"""

from collections.abc import Sequence

from ...graph.expression import Node
from ...plan.plan import Plan
from ..languages import Python
from ..nest import Nest
from ..reducers import Accumulator, Reducer

MODULE = '''"""Emitted by flopwatt from a plan; not for editing."""

import numpy as np
from numba import njit

from flopwatt.kernels.llvm.lowered import lowered

{constants}
{functions}

run = lowered(__file__, "nest")


@njit(cache=True, nogil=True)
def kernel({parameters}):
    run(({parameters}))
'''


class Lanes:
    """Emits one kernel; ``emit`` gives the module's source."""

    def __init__(self, plan: Plan, reducer: Reducer | None):
        self.plan, self.reducer = plan, reducer
        self.code = Python(plan.dtype)
        self.nest = Nest(plan, self.code)
        self.width = plan.width
        self.pruned = False  # whether skipped scenarios are counted
        self.slots: dict[int, int] = {}
        for node in (*self.nest.lane_columns, *self.nest.buffered):
            self.slots[node.id] = len(self.slots)
        accumulators = reducer.accumulators if reducer else ()
        self.reals = [a for a in accumulators if a.kind == "real"]
        self.doubles = [a for a in accumulators if a.kind == "double"]

    # --- one value per lane ---

    def _slot(self, number: int, array: str = "B") -> str:
        return f"{array}[{number * self.width} + i]" if number else f"{array}[i]"

    def _place(self, node: Node) -> str:
        return self._slot(self.slots[node.id])

    def place_of(self, accumulator: object) -> str:
        """Where the lane ``i`` keeps an accumulator."""
        if accumulator in self.reals:
            return self._slot(len(self.slots) + self.reals.index(accumulator))  # type: ignore[arg-type]
        return self._slot(self.doubles.index(accumulator), "D")  # type: ignore[arg-type]

    def allocate(self) -> None:
        code, count = self.code, max(len(self.slots) + len(self.reals), 1)
        code.put(f"B = np.empty({count * self.width}, np.{self.plan.dtype})")
        if self.doubles:
            code.put(f"D = np.empty({len(self.doubles) * self.width}, np.float64)")

    def load_columns(self, tiled: bool) -> None:
        """Lane columns into their slots: once for all, or a tile's at each outer point."""
        if tiled == bool(self.plan.lane_tile) and self.nest.lane_columns:
            with self.code.loop("i", "0", f"{self.width}"):
                for row, node in enumerate(self.nest.lane_columns):
                    base = " + base" if tiled else ""
                    self.code.put(f"{self._place(node)} = L[{row * self.plan.lane_length}{base} + i]")

    # --- the nest ---

    def walk(self) -> None:
        """From the outer point's own level to the innermost body."""
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
        guard = nest.guard(level)
        if not guard:
            self._inside(level, set())
            return
        with self.code.when(guard):
            self._inside(level, {node.id for node in first})
        if self.pruned:
            with self.code.otherwise():
                self.code.put(f"pruned += {nest.skipped(level)}")

    def _inside(self, level: int, done: set[int]) -> None:
        """What a level does once its guards are met."""
        nest = self.nest
        nest.compute(node for node in nest.at(level, vector=False) if node.id not in done)
        if not (nest.joined and level == nest.last - 1):
            self._fill(level)
        loop = self.plan.middle[level]
        start, stop = nest.bounds(loop)
        if level + 1 == nest.last:
            self._jam(loop.axis, start, stop, loop.length)
            return
        with self.code.loop(f"i{loop.axis}", start, stop):
            self._level(level + 1)

    def _fill(self, level: int) -> None:
        """The lane buffers that are computed at this level."""
        nodes = self.nest.at(level, vector=True)
        if nodes:
            with self.code.loop("i", "0", f"{self.width}"):
                self._load(nodes, level, None)
                self.nest.compute(nodes)
                for node in nodes:
                    if node in self._buffered(level):
                        value = self.nest.name(node)
                        if node.boolean:
                            value = self.code.select(value, self.code.literal(1.0), self.code.literal(0.0))
                        self.code.put(f"{self._place(node)} = {value}")

    def _buffered(self, level: int) -> set[Node]:
        return {node for node in self.nest.buffered if self.nest.levels[node.id] == level}

    def _load(self, nodes: Sequence[Node], level: int, extra: tuple[Node, ...] | None) -> None:
        """Read what the nodes (and outputs) take from lane columns and from buffers filled further out."""
        wanted: dict[int, Node] = {}
        for node in [arg for n in nodes for arg in n.args] + list(extra or ()):
            if node.id in self.slots and (self.plan.kind(node) == "lane" or self.nest.levels[node.id] < level):
                wanted[node.id] = node
        for node in wanted.values():
            self.code.put(f"{self.nest.name(node)} = {self.nest.read(node, self._place(node))}")

    def _jam(self, axis: int, start: str, stop: str, length: int) -> None:
        """The innermost loop, several passes at once, then what is left."""
        times = self.plan.jam.passes
        whole = f"{stop} - {times - 1}" if times > 1 else stop
        if times > 1:
            with self.code.loop(f"i{axis}", start, whole, times):
                self._passes(times)
            if start == "0":
                if length % times:
                    with self.code.loop(f"i{axis}", f"{length - length % times}", stop):
                        self._passes(1)
                return
            start = f"{start} + ({stop} - {start}) // {times} * {times}"
        with self.code.loop(f"i{axis}", start, stop):
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
        with self.code.loop("i", "0", self.lane_count()):
            self._load([*above, *nodes], level - nest.joined, self.plan.outputs)
            nest.compute(above)
            self.open_body()
            for u in range(times):
                nest.compute(nodes, u)
                self.point(u)
            self.close_body()
        self.after_body(times)

    # --- what the kernel is for ---

    def lane_count(self) -> str:
        """How many lanes the innermost body does: all of them, padding too, so that the number is a constant."""
        return f"{self.width}"

    def start(self) -> None:
        """Before an outer point's first scenario: empty accumulators."""
        assert self.reducer is not None
        with self.code.loop("i", "0", f"{self.width}"):
            for accumulator in self.reducer.accumulators:
                self.code.put(f"{self.place_of(accumulator)} = {accumulator.empty(self.code)}")

    def open_body(self) -> None:
        assert self.reducer is not None
        for accumulator in self.reducer.accumulators:
            self.code.put(f"{accumulator.name} = {self.place_of(accumulator)}")

    def point(self, u: int) -> None:
        assert self.reducer is not None
        self.reducer.update(self.code, *self.nest.outputs(u))

    def close_body(self) -> None:
        assert self.reducer is not None
        for accumulator in self.reducer.accumulators:
            self.code.put(f"{self.place_of(accumulator)} = {accumulator.name}")

    def after_body(self, times: int) -> None:
        pass

    def finish(self) -> None:
        """After an outer point: the lanes that count, as one."""
        assert self.reducer is not None
        code = self.code
        for accumulator in self.reducer.accumulators:
            code.put(f"{accumulator.name} = {accumulator.empty(code)}")
        with code.loop("i", "0", "used"):
            for accumulator in self.reducer.accumulators:
                merged = accumulator.merged(code, accumulator.name, self.place_of(accumulator))
                code.put(f"{accumulator.name} = {merged}")

    def first_lane(self, accumulator: Accumulator) -> None:
        """After `finish`: the first lane whose partial result is that of all, as ``lane``."""
        self.code.put("lane = used")
        with self.code.loop("i", "0", "used"):
            self.code.put(f"lane = min(lane, i if {self.place_of(accumulator)} == {accumulator.name} else used)")

    def define(self, *parameters: str) -> None:
        """The head of the function ``nest``, which takes the plan's inputs and these."""
        self.parameters = ", ".join(("lo", "hi", "K", "T", "L", *parameters))
        self.code.put(f"def nest({self.parameters}):")
        self.code.depth += 1

    def module(self, *functions: str) -> str:
        """The whole source: ``nest``, functions that it calls, and ``kernel``, which Numba compiles."""
        constants = "".join(f"{name} = {value}\n" for value, name in self.code.constants.items())
        text = "\n\n".join((*functions, self.code.text()))
        return MODULE.format(constants=constants, functions=text, parameters=self.parameters)


def reduction(plan: Plan, reducer: Reducer) -> str:
    """``kernel(lo, hi, K, T, L, out...)``: for each outer point, what the reducer makes of its scenarios.

    After the accumulators come ``pruned``, where guards skip some, and for a best value ``lane``, the first that has it.
    """
    emitter = Lanes(plan, reducer)
    code = emitter.code
    emitter.pruned = bool(plan.guards)
    names = [a.name for a in reducer.accumulators] + (["pruned"] if emitter.pruned else [])
    best = next((a for a in reducer.accumulators if a.name == "best"), None)
    if best:
        names.append("lane")
    emitter.define(*(f"out_{name}" for name in names))
    emitter.allocate()
    emitter.nest.load_constants()
    emitter.load_columns(tiled=False)
    with code.loop("p", "lo", "hi"):
        emitter.nest.decode()
        emitter.load_columns(tiled=True)
        if emitter.pruned:
            code.put("pruned = 0")
        emitter.walk()
        emitter.finish()
        if best:
            emitter.first_lane(best)
        for name in names:
            code.put(f"out_{name}[p] = {name}")
    return emitter.module()

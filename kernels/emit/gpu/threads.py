"""A plan as a CUDA kernel, in Python (for Numba) or in C++: a block per outer point, a thread per lane.

What depends on the lanes and on outer loops stays in registers; tables of one axis are copied to shared memory once per
block; a block's lanes are reduced as a tree, so that the same study gives the same bits every time.
"""

import contextlib
import itertools
import math
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...graph.expression import Node
from ...plan.cut import Middle
from ...plan.plan import Plan
from ..arguments import Arguments
from ..code import Array, Value, Variable
from ..languages import LANGUAGES
from ..nest import Nest
from ..reducers import Accumulator, Reducer
from ..source_text import SourceText
from .gates import Gates, all_gated, lane_gates
from .held_back import HeldBack, held_back

MAX_SHARED_TABLES = 2048  # entries of all tables in shared memory; what does not fit is read through the cache
WARP = 32
_MAX_COUNTED = 2**31  # scenarios of an outer point, in 32 bits


@dataclass(frozen=True)
class Kernel:
    """Emitted source and how to launch it: ``block`` threads, ``name`` the function, ``arguments`` by name and C++ type.

    ``innermost`` are the lines that are done for every point, from 1, the last one excluded; ``useful`` is the share of the
    threads whose points count.
    """

    source: str
    block: int
    language: str
    arguments: tuple[tuple[str, str], ...]
    name: str = "kernel"
    innermost: tuple[int, int] = (0, 0)
    useful: float = 1.0


class Threads(Arguments):
    """Emits one kernel: a `with` over `kernel` writes its body, `emitted` is the result.

    ``arguments`` are the kernel's by name, ``thread`` and ``own_lane`` the thread's number and the lane it computes: threads
    beyond the last lane do it once more.
    """

    thread: Value
    own_lane: Value

    def __init__(self, plan: Plan, language: str):
        self.plan, self.language = plan, language
        self.code = SourceText(LANGUAGES[language], plan.dtype)
        self.nest = Nest(plan, self.code)
        self.pruned: Variable | None = None  # counts skipped scenarios
        self.innermost = (0, 0)  # the lines of the deepest level, from 0
        self.gates: Gates = {}
        self.shut: Variable | None = None  # counts scenarios that gates and guards keep a thread from, where gates are
        self.held: HeldBack | None = None
        self.block = -(-plan.width // WARP) * WARP

    @contextlib.contextmanager
    def kernel(self, arguments: Iterable[tuple[str, str]]) -> Iterator[None]:
        """Write the kernel in the `with` statement's body; arguments as (name, C++ type), a type ending in * is an array."""
        self.signature = tuple(arguments)
        with self.code.kernel(self.block, self.signature) as self.arguments:
            self.thread = self.code.let("thread", self.code.thread(), "int")
            self.own_lane = self.code.let("lane", self.code.least(self.thread, self.code.whole(self.plan.width - 1)), "int")
            yield

    def emitted(self) -> Kernel:
        """Give the kernel that was written."""
        source = self.code.source()
        first = source.count("\n") - len(self.code.lines) + 1
        lines = self.innermost[0] + first, self.innermost[1] + first
        return Kernel(source, self.block, self.language, self.signature, innermost=lines, useful=self._useful())

    def _useful(self) -> float:
        """Work out the share of the threads that compute points which count."""
        cut = self.plan.cut
        lanes = math.prod(cut.grid.shape[axis] for axis in cut.lanes)
        tiles = -(-lanes // cut.lane_tile) if cut.lane_tile else 1
        return lanes / (tiles * self.block)

    def items(self, name: str) -> contextlib.AbstractContextManager[Value]:
        """Write the loop over what a launch is to do: each block takes every so manieth."""
        first = self.number("first")
        return self.code.loop(name, first + self.code.block(), first + self.number("count"), self.code.blocks(), wide=True)

    def load(self) -> None:
        """Read what all outer points need: tables into shared memory, the short ones first, and the constants."""
        nodes = self.plan.leaves_of("table")
        short = self._short(nodes)
        tables = self.array("tables")
        self.nest.arrays = self.array("K"), tables, self.array("L")
        if short:
            shared = self.code.shared("T", sum(self.plan.table_length(node) for node in short), "real")
            place = 0
            for run in _runs(nodes, {node.id for node in short}):
                begin, length = self.nest.tables[run[0].id], sum(self.plan.table_length(node) for node in run)
                with self.code.loop("x", self.thread, length, self.block) as x:
                    shared[x + place if place else x] = tables[x + begin if begin else x]
                for node in run:
                    self.nest.apart[node.id] = shared
                    self.nest.tables[node.id] += place - begin
                place += length
            self.code.barrier()
        self.nest.load_constants()

    def _short(self, tables: Sequence[Node]) -> list[Node]:
        """Choose the tables that fit into shared memory together, as many as possible."""
        short, room = [], MAX_SHARED_TABLES
        for node in sorted(tables, key=self.plan.table_length):
            room -= self.plan.table_length(node)
            if room >= 0:
                short.append(node)
        return short

    def decode(self, point: Value) -> None:
        """Read an outer point's indices, and the lane columns' values on this thread's lane."""
        self.nest.decode(point)
        self.nest.load_lanes(self.lane())

    def nested(self, innermost: Callable[[], None]) -> None:
        """Write the middle loops around the innermost statements; every node is a local variable at its own level."""
        self._level(0, innermost)

    def _level(self, number: int, innermost: Callable[[], None]) -> None:
        """Write a level: what is computed there, and under its guards what lies inside it."""
        nest, begun = self.nest, len(self.code.lines)
        self._written(number, innermost)
        if number == nest.last:
            self.innermost = begun, len(self.code.lines)

    def _written(self, number: int, innermost: Callable[[], None]) -> None:
        nest = self.nest
        nest.load_tables(number)
        first = nest.before_guard(number)
        nest.compute(first)
        guard = nest.guard(number)
        if guard is None:
            self._inside(number, set(), innermost)
            return
        with self.code.when(guard):  # the same for a whole block: no thread waits for another
            self._inside(number, {node.id for node in first}, innermost)
        if self.shut:  # where gates are, each thread counts its own lane's
            with self.code.otherwise():
                self._skip(number)
        elif self.pruned:
            with self.code.otherwise():
                self.pruned.set(self.pruned.value + self.code.cast(self._within(number, nest.used), "wide"))

    def _inside(self, number: int, done: set[int], innermost: Callable[[], None]) -> None:
        nest, code = self.nest, self.code
        late = {self.plan.objective.id} if self.held else set()
        nest.compute(n for n in self.plan.nodes if nest.levels[n.id] == number and n.id not in done | late)
        gates = [nest.value(node) for node in self.gates.get(number, ())]
        if not gates:
            self.loops(number, innermost)
            return
        with code.when(code.both(*gates)):
            self.loops(number, innermost)
        if self.shut:
            with code.otherwise():
                self._skip(number)

    def _skip(self, number: int) -> None:
        """Count the scenarios of the thread's own lane that lie inside a level."""
        assert self.shut is not None
        count = self._within(number, self.code.whole(1))
        self.shut.set(self.code.cast(self.shut.value + count, self.shut.kind))

    def _within(self, number: int, lanes: Value) -> Value:
        """Write how many scenarios of some lanes lie inside a level, in as many bits as they may need."""
        count = lanes if self.plan.inner < _MAX_COUNTED else self.code.cast(lanes, "wide")
        for loop in self.plan.middle[number:]:
            first, stop = self.nest.bounds(loop)
            count = count * (stop - first if loop.tiled else stop)
        return count

    def loops(self, number: int, innermost: Callable[[], None]) -> None:
        """Write the loop inside a level, or the innermost statements."""
        nest, plan = self.nest, self.plan
        if number == nest.last:
            innermost()
            return
        loop, deepest = plan.middle[number], number + 1 == nest.last
        if self.held and deepest:
            self.held.begin(self.code)
        if deepest:
            self.code.unroll(max(plan.jam.limit, 1))  # tables are then read several entries at a time
        with self.code.loop(f"i{loop.axis}", *nest.bounds(loop)) as nest.index[loop.axis]:
            self._level(number + 1, innermost)
        if self.held and deepest:
            self.held.end(self.code, nest.value)

    def gate(self) -> None:
        """Let a thread skip what its own lane cannot meet: see `lane_gates`."""
        self.gates = lane_gates(self.plan)

    def outputs(self) -> tuple[Value, Value | None, Value | None]:
        """Give a point's objective, whether it is feasible, and whether it is NaN: None where every point is, or none."""
        value, ok, nan = self.nest.outputs(None)
        return value, None if all_gated(self.plan, self.gates) else ok, nan

    def lane(self) -> Value:
        """Give the lane's place in the lane columns."""
        return self.nest.base + self.own_lane if self.plan.lane_tile else self.own_lane

    def tree(self, accumulators: Sequence[Accumulator], kept: Mapping[str, Variable], shared: Mapping[str, Array]) -> None:
        """Merge the lanes of a block pairwise; the result stands in element 0 of each shared array.

        Parameters
        ----------
        accumulators : Sequence[Accumulator]
            What is merged.
        kept : Mapping[str, Variable]
            The thread's own accumulators by name.
        shared : Mapping[str, Array]
            The arrays that they are merged in.
        """
        code, thread = self.code, self.thread
        for a in accumulators:
            shared[a.name][thread] = code.select(thread < self.nest.used, kept[a.name].value, a.empty(code))

        def merge(other: Value) -> None:
            for a in accumulators:
                array = shared[a.name]
                array[thread] = a.merged(code, array[thread], array[other])

        self.pairwise(merge)

    def pairwise(self, merge: Callable[[Value], None]) -> None:
        """Write the steps of a tree over a block's threads: ``merge(other)`` takes in what another thread has written."""
        code, thread = self.code, self.thread
        code.barrier()
        half = 1 << (self.block - 1).bit_length() >> 1
        while half:
            condition = thread < half
            if 2 * half > self.block:
                condition = code.also(condition, thread + half < self.block)
            with code.when(condition):
                merge(thread + half)
            code.barrier()
            half >>= 1


def _runs(tables: Sequence[Node], chosen: Container[int]) -> list[list[Node]]:
    """Split the chosen ones of tables that stand one after the other into stretches without a gap."""
    stretches = itertools.groupby(tables, key=lambda node: node.id in chosen)
    return [list(stretch) for inside, stretch in stretches if inside]


COMMON = (
    ("first", "long long"),
    ("count", "long long"),
    ("K", "const real*"),
    ("tables", "const real*"),
    ("L", "const real*"),
)


def reduction(plan: Plan, reducer: Reducer, language: str) -> Kernel:
    """Emit ``kernel(first, count, K, tables, L, out...)``: each outer point's accumulators, at its place after ``first``.

    Parameters
    ----------
    plan : Plan
        The question's plan.
    reducer : Reducer
        What is kept.
    language : str
        ``cuda`` or ``python``.
    """
    emitter = Threads(plan, language)
    code, nest = emitter.code, emitter.nest
    if plan.inner < _MAX_COUNTED:
        reducer = reducer.counting()
    outs = [(f"out_{a.name}", f"{a.kind.replace('int', 'double')}*") for a in reducer.accumulators]
    emitter.gate()
    emitter.held = held = held_back(plan, reducer.accumulators, emitter.gates)
    if plan.guards or emitter.gates:
        outs.append(("out_pruned", "unsigned long long*"))
    with emitter.kernel([*COMMON, *outs]):
        shared = {a.name: code.shared(f"shared_{a.name}", emitter.block, a.kind) for a in reducer.accumulators}
        emitter.load()
        with emitter.items("p") as p:
            emitter.decode(p)
            kept = {a.name: code.var(a.name, a.empty(code), a.kind) for a in reducer.accumulators}
            if plan.guards and not emitter.gates:
                emitter.pruned = code.var("pruned", code.cast(code.whole(0), "wide"))
            if emitter.gates:
                whole = "int" if plan.inner < _MAX_COUNTED else "wide"
                emitter.shut = code.var("shut", code.cast(code.whole(0), whole), whole)
            if held:
                held.kept = kept
                emitter.nested(lambda: held.update(code, nest.value(held.rest)))
            else:
                emitter.nested(lambda: reducer.update(code, kept, *emitter.outputs()))
            emitter.tree(reducer.accumulators, kept, shared)
            with code.when(emitter.thread.equals(0)):
                place = p - emitter.number("first")
                for a in reducer.accumulators:
                    merged = shared[a.name][0]
                    emitter.array(f"out_{a.name}")[place] = code.cast(merged, "double") if a.kind == "int" else merged
                if emitter.pruned:
                    code.add(emitter.array("out_pruned"), place, emitter.pruned.value)
            if emitter.shut:
                with code.when(code.both(emitter.thread < nest.used, emitter.shut.value > 0)):
                    code.add(emitter.array("out_pruned"), p - emitter.number("first"), emitter.shut.value)
            code.barrier()
    return emitter.emitted()


def flat_index(emitter: Threads, start: Value, loops: Iterable[Middle] | None = None) -> Value:
    """Write the flat index of a point of an outer point.

    Parameters
    ----------
    emitter : Threads
        What writes the kernel.
    start : Value
        The flat index at which the outer point begins.
    loops : Iterable[Middle], optional
        The loops that the point is inside of; all of them unless given.
    """
    code, nest = emitter.code, emitter.nest
    for m in emitter.plan.middle if loops is None else loops:
        index = nest.index[m.axis]
        stride = code.whole(emitter.plan.problem.grid.strides[m.axis], "wide")
        start = start + code.cast(index - nest.first[m.axis] if m.tiled else index, "wide") * stride
    return start

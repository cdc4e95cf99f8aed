"""A plan as a CUDA kernel, in Python (for Numba) or in C++: a block per outer point, a thread per lane.

What depends on the lanes and on outer loops stays in registers; tables of one axis are copied to shared memory once per
block; a block's lanes are reduced as a tree, so that the same study gives the same bits every time.
"""

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...plan.cut import Middle
from ...plan.plan import Plan
from ..arguments import Arguments
from ..code import Array, Value, Variable
from ..languages import LANGUAGES
from ..nest import Nest
from ..reducers import Accumulator, Reducer
from ..source_text import SourceText

MAX_SHARED_TABLE = 2048  # entries of tables copied to shared memory; larger ones are read through the cache
WARP = 32


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
        self.block = -(-plan.width // WARP) * WARP
        self.table_length = sum(plan.table_length(node) for node in plan.leaves_of("table"))

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
        """Read what all outer points need: the tables into shared memory, where they fit, and the constants."""
        tables = self.array("tables")
        if 0 < self.table_length <= MAX_SHARED_TABLE:
            shared = self.code.shared("T", self.table_length, "real")
            with self.code.loop("x", self.thread, self.table_length, self.block) as x:
                shared[x] = tables[x]
            self.code.barrier()
        else:
            shared = self.code.alias("T", tables)
        self.nest.arrays = self.array("K"), shared, self.array("L")
        self.nest.load_constants()

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
        if self.pruned:
            with self.code.otherwise():
                self.pruned.set(self.pruned.value + self.code.cast(nest.skipped(number), "wide"))

    def _inside(self, number: int, done: set[int], innermost: Callable[[], None]) -> None:
        nest = self.nest
        nest.compute(n for n in self.plan.nodes if nest.levels[n.id] == number and n.id not in done)
        self.loops(number, innermost)

    def loops(self, number: int, innermost: Callable[[], None]) -> None:
        """Write the loop inside a level, or the innermost statements."""
        nest, plan = self.nest, self.plan
        if number == nest.last:
            innermost()
            return
        loop = plan.middle[number]
        if number + 1 == nest.last:
            self.code.unroll(max(plan.jam.limit, 1))  # tables are then read several entries at a time
        with self.code.loop(f"i{loop.axis}", *nest.bounds(loop)) as nest.index[loop.axis]:
            self._level(number + 1, innermost)

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


_MAX_COUNTED = 2**31  # scenarios of an outer point

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
    if plan.guards:
        outs.append(("out_pruned", "long long*"))
    with emitter.kernel([*COMMON, *outs]):
        shared = {a.name: code.shared(f"shared_{a.name}", emitter.block, a.kind) for a in reducer.accumulators}
        emitter.load()
        with emitter.items("p") as p:
            emitter.decode(p)
            kept = {a.name: code.var(a.name, a.empty(code), a.kind) for a in reducer.accumulators}
            if plan.guards:
                emitter.pruned = code.var("pruned", code.cast(code.whole(0), "wide"))
            emitter.nested(lambda: reducer.update(code, kept, *nest.outputs(None)))
            emitter.tree(reducer.accumulators, kept, shared)
            with code.when(emitter.thread.equals(0)):
                place = p - emitter.number("first")
                for a in reducer.accumulators:
                    merged = shared[a.name][0]
                    emitter.array(f"out_{a.name}")[place] = code.cast(merged, "double") if a.kind == "int" else merged
                if emitter.pruned:
                    emitter.array("out_pruned")[place] = emitter.pruned.value
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

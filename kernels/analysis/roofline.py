"""What a plan costs on a CPU: operations and bytes per scenario, and the speed that a machine's limits allow at most.

The bound is a roofline (Williams, Waterman and Patterson 2009, doi:10.1145/1498765.1498785): a pass takes at least as long
as each of its parts alone would, which are arithmetic, divisions, traffic with the cache and with memory, and counting.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..emit.cpu.lanes import Lanes
from ..emit.languages import Python
from ..emit.nest import Nest
from ..emit.passes import PASSES, Pass, reductions, signed
from ..emit.reducers import Accumulator, Reducer
from ..graph.expression import Node, cost, evaluate, needed
from ..model.questions import Question
from ..plan.plan import Plan

VECTOR = 64  # bytes of a vector register
_DRAWN = 8192  # scenarios that tell how much guards stop
DOUBLE = 8  # bytes of a float64, the type of every sum

_KINDS = {
    "add": "add", "sub": "add", "neg": "add", "mul": "multiply", "div": "divide", "minimum": "minimum", "maximum": "minimum",
    "ceil": "round", "floor": "round", "lt": "compare", "le": "compare", "gt": "compare", "ge": "compare", "eq": "compare",
    "ne": "compare", "and": "select", "or": "select", "not": "select", "where": "select",
}  # fmt: skip
DIVIDER = frozenset({"divide", "sqrt"})  # done by a unit of its own, beside the others
_PLACING = 3.0  # operations for the bin of a point: shift, subtract, narrow
_SIGNED = 6.0  # more where values may be negative or zero
_OVERLAP, _LOOP_SECONDS, _BRANCH_SECONDS, _PASS_SECONDS = 0.7, 20e-9, 2e-9, 80e-6
_BIN_BYTES = 8  # a bin's number is written by one loop and read by the next


@dataclass(frozen=True)
class MachineLimits:
    """What a machine does at most in a second, all its ``cores`` together, in one dtype.

    ``operations`` (a fused multiply-add is two) and ``divides`` count a vector's lanes one by one; ``cache_bytes`` are read
    or written in the first-level cache, ``memory_bytes`` in main memory; ``counts`` are increments of histogram bins.
    """

    operations: float
    divides: float
    cache_bytes: float
    memory_bytes: float
    counts: float
    cores: int = 1


@dataclass(frozen=True)
class Load:
    """One pass over the grid, per scenario.

    ``operations`` are counted by kind, a vector's lanes one by one. An operation that is done once for all lanes takes the
    place of a whole vector, so ``slots`` and ``divides`` count it as one; in ``slots`` an exponential is as many operations
    as the planner takes it for. ``loops`` are the loops over the lanes that are begun,
    ``branches`` the comparisons of a value with that of its bin.
    """

    name: str
    operations: Mapping[str, float]
    slots: float
    divides: float
    cache_bytes: float
    memory_bytes: float
    loops: float
    counted: float = 0.0
    branches: float = 0.0

    def seconds(self, limits: MachineLimits) -> dict[str, float]:
        """The least time of one scenario by each of the limits."""
        return {
            "arithmetic": self.slots / limits.operations,
            "division": self.divides / limits.divides,
            "cache": self.cache_bytes / limits.cache_bytes,
            "memory": self.memory_bytes / limits.memory_bytes,
            "counting": self.counted / limits.counts,
        }


@dataclass(frozen=True)
class Bound:
    """The least seconds of a question, and what bounds the pass that takes longest."""

    seconds: float
    by: str


def bound(loads: Sequence[Load], scenarios: int, limits: MachineLimits) -> Bound:
    """The roofline of some passes over the same scenarios, one after the other; of none, where others did them."""
    if not loads:
        return Bound(0.0, "nothing")
    slowest = [max((seconds, by) for by, seconds in load.seconds(limits).items()) for load in loads]
    return Bound(scenarios * sum(seconds for seconds, _ in slowest), max(slowest)[1])


def estimate(loads: Iterable[Load], scenarios: int, limits: MachineLimits) -> float:
    """Seconds that the passes are likely to take.

    The limits' times partly overlap: of their sum `_OVERLAP` is seen, but never less than the longest. A loop over the lanes
    must fill and drain the core, a comparison with a bin is often mispredicted, and a pass must be handed to the threads.
    The four constants are fitted to the shipped studies on a Zen 5 core; bodies of hundreds of operations, whose values no
    longer fit in registers, take up to five times as long.
    """
    total = 0.0
    for load in loads:
        parts = load.seconds(limits).values()
        stalls = _LOOP_SECONDS * load.loops + _BRANCH_SECONDS * load.branches
        total += _PASS_SECONDS + scenarios * (max(*parts, _OVERLAP * sum(parts)) + stalls / limits.cores)
    return total


def walks(plan: Plan) -> tuple[int, ...]:
    """How often each level is entered on the whole grid if nothing is skipped: outer points, then each middle loop."""
    shape = plan.problem.grid.shape
    entered = [plan.points]
    for loop in plan.middle:
        # All tiles of an axis together have its length, whatever the last one has.
        count = next((part.count for part in plan.outer if part.axis == loop.axis), 1)
        entered.append(entered[-1] // count * shape[loop.axis])
    return tuple(entered)


def alive(plan: Plan, points: NDArray[np.int64] | None = None) -> tuple[float, ...]:
    """For each level the share of its scenarios that are left within: those that meet the guards so far.

    ``points`` are the flat indices of the scenarios that tell; some thousand drawn at random unless given.
    """
    grid, real = plan.problem.grid, np.dtype(plan.dtype)
    if not plan.guards:
        return (1.0,) * (len(plan.middle) + 1)
    if points is None:
        points = np.random.default_rng(0).integers(0, grid.size, _DRAWN)
    indices = grid.indices(points)

    def leaf(node: Node) -> Any:
        if node.op == "given":
            return real.type(plan.problem.given[node.value])
        axis = grid.column_axis[node.value]
        return np.asarray(grid.axes[axis].columns[node.value], dtype=real)[indices[axis]]

    values = evaluate(needed(plan.guards), leaf, real)
    left, shares = np.ones(points.size, bool), []
    for level in range(len(plan.middle) + 1):
        for guard in plan.guards:
            if plan.level(guard) == level:
                left = left & values[guard.id]
        shares.append(float(left.mean()))
    return tuple(shares)


def loads(plan: Plan, shares: tuple[float, ...] | None = None, family: Sequence[Question] = ()) -> tuple[Load, ...]:
    """What each pass of the question does for one scenario of the grid, padding lanes included.

    ``shares`` are those of `alive`, found out unless given; the first pass is that of all the ``family``. The walk that
    finds where a best value stands is left out: it visits single outer points. Raises EngineError for a question that
    planned engines do not answer.
    """
    work = _Work(plan, signed=signed(plan), shares=alive(plan) if shares is None else shares)
    passes = [work.reduction(name, reducer) for name, reducer in reductions(plan, family).items()]
    for name in PASSES.of(plan.question).further:
        passes += COSTS[name](work)
    return tuple(passes)


class _Work:
    """The parts of a plan's cost that its passes share."""

    def __init__(self, plan: Plan, *, signed: bool, shares: tuple[float, ...]):
        self.plan, self.nest, self.signed = plan, Nest(plan, Python(plan.dtype)), signed
        self.size = plan.problem.grid.size
        # A level is entered where the guards further out are met; what it does within, where its own are met too.
        self.entered = [times * share for times, share in zip(walks(plan), (1.0, *shares), strict=False)]
        self.within = [times * share for times, share in zip(walks(plan), shares, strict=True)]
        self.first = {node.id for node in needed(plan.guards)}
        self.item = np.dtype(plan.dtype).itemsize
        self.vector = VECTOR // self.item
        self.stored = {node.id for node in (*self.nest.lane_columns, *self.nest.buffered)}
        self.jam = Lanes(plan, None).jam(plan.middle[-1].length) if plan.middle else 1
        self.last = self.times(self.nest.last, vector=True)

    def times(self, level: int, *, vector: bool, first: bool = False) -> float:
        """How often an operation at a level is done for one scenario, a vector's lanes counted one by one.

        ``first``: before the level's guards.
        """
        times = (self.entered if first else self.within)[level]
        return times * (self.plan.width if vector else 1) / self.size

    # --- the passes ---

    def reduction(self, name: str, reducer: Reducer) -> Load:
        """A pass that keeps accumulators on each lane."""
        updates = sum(self._update(each) for each in reducer.accumulators)
        kept = sum(DOUBLE if each.kind == "double" else self.item for each in reducer.accumulators)
        return self._load(name, {"reduce": updates}, self.cache_bytes(2 * kept), self.memory_bytes(kept))

    def _update(self, accumulator: Accumulator) -> float:
        """Operations that one point takes of an accumulator."""
        flagged = 1.0 if self.plan.feasible is not None else 0.0
        if accumulator.merge == "sum":
            widened = self.plan.dtype != "float64" and accumulator.name == "total"
            return 1.0 + (1.0 if accumulator.name == "nan" else flagged) + (1.0 if widened else 0.0)
        return 1.0 + flagged + (2.0 if accumulator.name in ("positive", "negative") else 0.0)

    def binning(self, name: str, values: int) -> Load:
        """A pass that finds each point's bin, and does something there with the bin's number and so many values."""
        flagged = 1.0 if self.plan.feasible is not None else 0.0
        placing = _PLACING + flagged + (_SIGNED if self.signed else 0.0)
        traffic = self.cache_bytes(0) + (_BIN_BYTES + 2 * values * self.item) * self.last
        found = self._load(name, {"bins": placing}, traffic, self.memory_bytes(0), self.last)
        return replace(found, branches=values * self.last)

    def writing(self) -> Load:
        """The pass that writes values out."""
        row = len(self.plan.objectives) * self.item + (1 if self.plan.feasible is not None else 0)
        return self._load("table", {}, self.cache_bytes(0) + row, self.memory_bytes(0) + row)

    def _load(self, name: str, more: Mapping[str, float], cache: float, memory: float, counted: float = 0.0) -> Load:
        kinds, slots, divides = self.arithmetic()
        extra = {kind: count * self.last for kind, count in more.items()}
        return Load(name, kinds | extra, slots + sum(extra.values()), divides, cache, memory, self.loops(), counted)

    # --- operations ---

    def arithmetic(self) -> tuple[dict[str, float], float, float]:
        """The formulas' operations by kind; their slots; and those of the divider."""
        kinds: dict[str, float] = {}
        slots = divides = 0.0
        for node in self.plan.nodes:
            vector = self.nest.vector[node.id]
            times = self.times(self.nest.levels[node.id], vector=vector, first=node.id in self.first and not vector)
            kind = _KINDS.get(node.op, node.op)
            kinds[kind] = kinds.get(kind, 0.0) + times
            places = times * (1 if vector else self.vector)
            if kind in DIVIDER:
                divides += places
            else:
                slots += places * (1.0 if node.op in _KINDS else cost(node))
        return kinds, slots, divides

    def loops(self) -> float:
        """Loops over the lanes for one scenario: each fill of buffers, and the innermost bodies."""
        filled = sum(self.within[level] for level in range(self._fills) if self.nest.at(level, vector=True))
        return (filled + self.within[-1] / self.jam) / self.size

    @property
    def _fills(self) -> int:
        """How many levels fill lane buffers in a loop of their own: the last one's may be part of the innermost body."""
        return self.nest.last - self.nest.joined

    # --- bytes ---

    def cache_bytes(self, accumulators: int) -> float:
        """Bytes that a scenario reads and writes of lane columns, lane buffers, ``accumulators`` and tables."""
        nest = self.nest
        total = 0.0
        for level in range(self._fills):
            written = sum(nest.levels[node.id] == level for node in nest.buffered)
            values = self._read(nest.at(level, vector=True), level, ()) + written
            total += self.within[level] * self.plan.width * values * self.item
        nodes = [node for level in range(self._fills, nest.last + 1) for node in nest.at(level, vector=True)]
        body = self._read(nodes, self._fills, self.plan.outputs) * self.item + accumulators
        total += self.within[-1] / self.jam * self.plan.width * body
        for node in self.plan.leaves_of("table"):
            total += self.entered[nest.levels[node.id]] * self.item
        return total / self.size

    def _read(self, nodes: Iterable[Node], level: int, extra: tuple[Node, ...]) -> int:
        """How many values a lane reads at a level: lane columns, and buffers filled further out."""
        wanted = {arg.id: arg for node in nodes for arg in node.args} | {node.id: node for node in extra}
        return sum(
            number in self.stored and (self.plan.kind(node) == "lane" or self.nest.levels[number] < level)
            for number, node in wanted.items()
        )

    def memory_bytes(self, kept: int) -> float:
        """Bytes of main memory for one scenario: the columns once, and what each outer point leaves."""
        plan = self.plan
        columns = len(self.nest.lane_columns) * plan.lane_length
        columns += sum(plan.problem.grid.shape[axis] for n in plan.leaves_of("table") for axis in plan.traced.depends(n))
        return (columns * self.item + plan.points * kept) / self.size


COSTS: Mapping[Pass, Callable[[_Work], tuple[Load, ...]]] = {
    Pass.WHERE: lambda work: (),  # visits single outer points
    Pass.COUNTS: lambda work: (work.binning(Pass.COUNTS.value, 0),),
    Pass.LEAST: lambda work: (work.binning(Pass.LEAST.value, 1),),
    Pass.FRONT: lambda work: (work.binning(Pass.FRONT.value, 1),),
    Pass.TABLE: lambda work: (work.writing(),),
}

"""What a plan's passes do for one scenario: operations by kind, and bytes, padding lanes included."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..emit.joined import JoinedPasses
from ..emit.passes import PASSES, Pass, reductions, signed
from ..emit.reducers import COUNTS, Accumulator, Reducer
from ..emit.tallies import Tallies
from ..graph.expression import Node, cost, needed
from ..model.comparisons import COMPARING
from ..model.questions import Question
from ..plan.conditions import draw_points, met_at
from ..plan.plan import Plan
from .depth import walks
from .roofline import Load

VECTOR = 64  # bytes of a vector register
DOUBLE = 8  # bytes of a float64, the type of every sum
_KINDS = {"mul": "multiply", "div": "divide", "ceil": "round", "floor": "round"}
_KINDS |= dict.fromkeys(("add", "sub", "neg"), "add") | dict.fromkeys(("minimum", "maximum"), "minimum")
_KINDS |= dict.fromkeys(COMPARING, "compare") | dict.fromkeys(("and", "or", "not", "where"), "select")
DIVIDER = frozenset({"divide", "sqrt"})  # done by a unit of its own, beside the others
_PLACING = 3.0  # operations for the bin of a point: shift, subtract, narrow
_SIGNED = 6.0  # more where values may be negative or zero
_BIN_BYTES = 8  # a bin's number is written by one loop and read by the next


def alive(plan: Plan, points: NDArray[np.int64] | None = None) -> tuple[float, ...]:
    """Estimate for each level the share of its scenarios that are left within: those that meet the guards so far.

    Parameters
    ----------
    plan
        The plan.
    points
        Flat indices of the scenarios that the share is taken of; some thousand drawn at random unless given.

    Returns
    -------
    tuple
        Shares from 0 to 1, of level 0 first.
    """
    if not plan.guards:
        return (1.0,) * (len(plan.middle) + 1)
    points = draw_points(plan.problem.grid) if points is None else points
    met = met_at(plan.problem, plan.guards, points, plan.dtype)
    left, shares = np.ones(points.size, bool), []
    for level in range(len(plan.middle) + 1):
        for guard, meets in zip(plan.guards, met, strict=True):
            if plan.level(guard) == level:
                left = left & meets
        shares.append(float(left.mean()))
    return tuple(shares)


def loads(plan: Plan, shares: tuple[float, ...] | None = None, family: Sequence[Question] = ()) -> tuple[Load, ...]:
    """Count what each pass of the question does for one scenario of the grid, padding lanes included.

    The walk that finds where a best value stands is left out: it visits single outer points.

    Parameters
    ----------
    plan
        The plan.
    shares
        Those of `alive`, worked out unless given.
    family
        Questions that have the first pass in common.

    Raises
    ------
    EngineError
        For a question that planned engines do not answer.
    """
    work = _Work(plan, signed=signed(plan), shares=alive(plan) if shares is None else shares)
    passes = [work.reduction(name, reducer) for name, reducer in reductions(plan, family).items()]
    for name in PASSES.of(plan.question).further:
        passes += COSTS[name](work)
    return tuple(passes)


class _Work:
    """The parts of a plan's cost that its passes share."""

    def __init__(self, plan: Plan, *, signed: bool, shares: tuple[float, ...]):
        self.plan, self.signed, self.per_lane = plan, signed, plan.schedule.per_lane
        self.size = plan.problem.grid.size
        # A level is entered where the guards further out are met; what it does within, where its own are met too.
        self.entered = [times * share for times, share in zip(walks(plan), (1.0, *shares), strict=False)]
        self.within = [times * share for times, share in zip(walks(plan), shares, strict=True)]
        self.first = {node.id for node in needed(plan.guards)}
        self.item = np.dtype(plan.dtype).itemsize
        self.vector = VECTOR // self.item
        self.columns = plan.leaves_of("lane")
        self.stored = {node.id for node in (*self.columns, *plan.schedule.buffered)}
        self.last = self.times(len(plan.middle), vector=True)

    def times(self, level: int, *, vector: bool, first: bool = False) -> float:
        """Count how often an operation at a level is done for one scenario, a vector's lanes counted one by one.

        Parameters
        ----------
        level
            0 once per outer point, i inside the i-th middle loop.
        vector
            Whether it is done for every lane.
        first
            Whether it is done before the level's guards.
        """
        times = (self.entered if first else self.within)[level]
        return times * (self.plan.width if vector else 1) / self.size

    # --- the passes ---

    def reduction(self, name: str, reducer: Reducer) -> Load:
        """Count the load of a pass that keeps accumulators on each lane."""
        parts = JoinedPasses(self.plan, reducer)
        passes = self.plan.jam.passes
        updates = sum(self._update(a) / (passes if a in parts.joined and a.name in COUNTS else 1) for a in reducer.accumulators)
        kept = sum(DOUBLE if accumulator.kind == "double" else self.item for accumulator in reducer.accumulators)
        return self._load(name, {"reduce": updates}, self.cache_bytes(2 * kept), self.memory_bytes(kept), parts=parts)

    def _update(self, accumulator: Accumulator) -> float:
        """Count the operations that an accumulator takes of one point."""
        flagged = 1.0 if self.plan.feasible is not None else 0.0
        if accumulator.merge == "sum":
            widened = self.plan.dtype != "float64" and accumulator.name == "total"
            return 1.0 + (1.0 if accumulator.name == "nan" else flagged) + (1.0 if widened else 0.0)
        return 1.0 + flagged + (2.0 if accumulator.name in ("positive", "negative") else 0.0)

    def deciding(self) -> Load:
        """Count the load of the pass that decides: counts and sums of each lane, beside which the rest is little."""
        assert self.plan.deciding is not None
        tallies = Tallies(self.plan.deciding)
        updates = 2.0 * len(tallies.beaten) + len(tallies.counted) + len(tallies.added) * (2.0 if self.item < DOUBLE else 1.0)
        kept = DOUBLE * len(tallies.accumulators)
        left = DOUBLE * (2 * self.plan.deciding.confidences + 2)
        return self._load("decide", {"reduce": updates}, self.cache_bytes(2 * kept), self.memory_bytes(left))

    def binning(self, name: str, values: int) -> Load:
        """Count the load of a pass that finds each point's bin, and updates the bin's number with so many values."""
        flagged = 1.0 if self.plan.feasible is not None else 0.0
        placing = _PLACING + flagged + (_SIGNED if self.signed else 0.0)
        traffic = self.cache_bytes(0) + (_BIN_BYTES + 2 * values * self.item) * self.last
        load = self._load(name, {"bins": placing}, traffic, self.memory_bytes(0), self.last)
        return replace(load, branches=values * self.last)

    def writing(self) -> Load:
        """Count the load of the pass that writes values out."""
        row = len(self.plan.objectives) * self.item + (1 if self.plan.feasible is not None else 0)
        return self._load("table", {}, self.cache_bytes(0) + row, self.memory_bytes(0) + row)

    def _load(
        self,
        name: str,
        more: Mapping[str, float],
        cache: float,
        memory: float,
        counted: float = 0.0,
        parts: JoinedPasses | None = None,
    ) -> Load:
        """Make the load of the formulas, and of what a pass does more with each point: operations by kind, and bytes."""
        kinds, slots, divides = self.arithmetic(parts)
        extra = {kind: count * self.last for kind, count in more.items()}
        return Load(name, kinds | extra, slots + sum(extra.values()), divides, cache, memory, self.loops(), counted)

    # --- operations ---

    def shares(self, parts: JoinedPasses | None) -> dict[int, float]:
        """Tell by a node's ``id`` what part of the innermost passes does what stands there on the lanes: all, unless given."""
        passes, last = self.plan.jam.passes, self.per_lane[-1]
        if parts is None or passes == 1:
            return {}
        jammed = self.jammed()
        every_pass, once = {node.id for node in parts.every_pass}, [node.id for node in parts.applied()]
        single = {node.id: 1.0 if node.id in every_pass else 1.0 - jammed for node in last}
        return {number: share + once.count(number) * jammed / passes for number, share in single.items()}

    def jammed(self) -> float:
        """Tell what part of the innermost passes is jammed: a tile's last may be too few for that."""
        loop, passes = self.plan.middle[-1], self.plan.jam.passes
        length = self.plan.problem.grid.shape[loop.axis]
        tile = loop.length if loop.tiled else length
        whole, rest = divmod(length, tile)
        return (whole * (tile // passes) + rest // passes) * passes / length

    def arithmetic(self, parts: JoinedPasses | None = None) -> tuple[dict[str, float], float, float]:
        """Count the formulas' operations by kind; their slots; and those of the divider.

        Parameters
        ----------
        parts
            What is done once for passes that are jammed, where there is such.
        """
        kinds: dict[str, float] = {}
        slots = divides = 0.0
        shares = self.shares(parts)
        for node in self.plan.nodes:
            vector = self.plan.on_lanes(node)
            times = self.times(self.plan.level(node), vector=vector, first=node.id in self.first and not vector)
            times *= shares.get(node.id, 1.0)
            kind = _KINDS.get(node.op, node.op)
            kinds[kind] = kinds.get(kind, 0.0) + times
            places = times * (1 if vector else self.vector)
            if kind in DIVIDER:
                divides += places
            else:
                slots += places * (1.0 if node.op in _KINDS else cost(node))
        return kinds, slots, divides

    def loops(self) -> float:
        """Count the loops over the lanes for one scenario: each fill of buffers, and the innermost bodies."""
        filled = sum(self.within[level] for level in range(self._fills) if self.per_lane[level])
        return (filled + self.within[-1] / self.plan.jam.passes) / self.size

    @property
    def _fills(self) -> int:
        """How many levels fill lane buffers in a loop of their own: the last one's may be part of the innermost body."""
        return len(self.plan.middle) - self.plan.jam.joined

    # --- bytes ---

    def cache_bytes(self, accumulators: int) -> float:
        """Count the bytes that a scenario reads and writes of lane columns, lane buffers, ``accumulators`` and tables."""
        plan, total = self.plan, 0.0
        for level in range(self._fills):
            written = sum(plan.level(node) == level for node in plan.schedule.buffered)
            values = self._read(self.per_lane[level], level, ()) + written
            total += self.within[level] * plan.width * values * self.item
        nodes = [node for level in self.per_lane[self._fills :] for node in level]
        body = self._read(nodes, self._fills, plan.outputs) * self.item + accumulators
        total += self.within[-1] / plan.jam.passes * plan.width * body
        for node in plan.leaves_of("table"):
            total += self.entered[plan.level(node)] * self.item
        return total / self.size

    def _read(self, nodes: Iterable[Node], level: int, extra: tuple[Node, ...]) -> int:
        """Count the values that a lane reads at a level: lane columns, and buffers filled further out."""
        wanted = {arg.id: arg for node in nodes for arg in node.args} | {node.id: node for node in extra}
        return sum(
            number in self.stored and (self.plan.kind(node) == "lane" or self.plan.level(node) < level)
            for number, node in wanted.items()
        )

    def memory_bytes(self, kept: int) -> float:
        """Count the bytes of main memory for one scenario: the columns once, and what each outer point leaves."""
        plan = self.plan
        columns = len(self.columns) * plan.lane_length + sum(plan.table_length(node) for node in plan.leaves_of("table"))
        return (columns * self.item + plan.points * kept) / self.size


COSTS: Mapping[Pass, Callable[[_Work], tuple[Load, ...]]] = {
    Pass.WHERE: lambda work: (),  # visits single outer points
    Pass.COUNTS: lambda work: (work.binning(Pass.COUNTS.value, 0),),
    Pass.LEAST: lambda work: (work.binning(Pass.LEAST.value, 1),),
    Pass.FRONT: lambda work: (work.binning(Pass.FRONT.value, 1),),
    Pass.DECIDE: lambda work: (work.deciding(),),
    Pass.TABLE: lambda work: (work.writing(),),
}

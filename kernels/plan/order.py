"""Which axes become lanes, and in which order the others nest: a cost model, and exact dynamic programming over it.

An operation is done once for each point of the loops down to the deepest axis it needs, so its cost is its own times the
product of those axes' lengths; one that depends on the lanes is done for all lanes, a vector at a time.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..graph.expression import Axes, Node, cost, needed

JAM = 8  # passes of the innermost loop done in one loop over the lanes, at most
_CANDIDATES = 64  # sets of lanes whose order is worked out
_LOOP_COST = 2.0  # of one turn of a loop
_PASS_COST = 3.0  # of what a pass does beside the operations: accumulators and buffers in and out, the loop itself


@dataclass(frozen=True)
class LaneMachine:
    """What the lanes run on, and how long its loops may be.

    Attributes
    ----------
    vector
        How many lanes are done at a time.
    unit
        How many lanes make a unit, such as a warp: the machine takes whole units.
    few
        How many points are still all lanes.
    most
        Lanes of several axes fused, at most.
    longest
        Lanes of one axis, at most: a longer one is cut into tiles.
    decided
        Lanes that are decisions, at most: few are ruled out together earlier than many, and know the best so far sooner.
    alone
        Whether every lane has a thread of its own, which also does for itself what is alike for all lanes, and reads the
        tables for itself.
    load
        What such a read costs, in operations.
    busy
        How many outer points keep all of the machine busy, or where lanes are threads, how many threads do.
    passes
        Scenarios that a lane should have at least of an outer point.
    inner
        Scenarios of an outer point: enough to hide its set-up, few enough to share work evenly.
    body
        Operations in the innermost body: above, more passes at once only spill registers, or fill the instruction cache.
    tile
        Lanes of one tile of an axis that is too long, at most.
    call
        What it costs to start an operation on all lanes, in vectors.
    block
        Scenarios that are computed at once, an operation at a time; 0 where a loop nest does outer points one by one.
    """

    vector: int
    unit: int
    few: int
    most: int
    longest: int
    decided: int
    alone: bool
    load: float
    busy: int
    passes: int
    inner: int
    body: int
    tile: int = 1024
    call: float = 0.0
    block: int = 0

    def points(self, width: int) -> int:
        """Return how many outer points of so many lanes keep all of the machine busy."""
        return -(-self.busy // width) if self.alone else self.busy

    def whole(self, lanes: int) -> int:
        """Round a number of lanes up to what they take of the machine."""
        return -(-lanes // self.unit) * self.unit if self.alone else pad_lanes(lanes)


CPU = LaneMachine(
    vector=8,
    unit=16,
    few=64,
    most=512,
    longest=2048,
    decided=256,
    alone=False,
    load=0.0,
    busy=64,
    passes=1,
    inner=65536,
    body=48,
)
# Some 130 multiprocessors hold up to 2048 threads each: a few times as many. A broadcast from shared memory is issued at a
# quarter of the rate of arithmetic, but waits for none of it. An outer point is one block's work.
GPU = LaneMachine(
    vector=1,
    unit=32,
    few=64,
    most=256,
    longest=256,
    decided=256,
    alone=True,
    load=2.0,
    busy=2**20,
    passes=8,
    inner=2**18,
    body=96,
)


@dataclass(frozen=True)
class Order:
    """An order of the axes.

    Attributes
    ----------
    lanes
        Positions of the axes that are fused into lanes.
    middle
        Positions of those that nest around them, from the outside in.
    cost
        Of the whole walk, in operations.
    """

    lanes: tuple[int, ...]
    middle: tuple[int, ...]
    cost: float


@dataclass(frozen=True, eq=False)
class Filter:
    """A condition: the axes it depends on, and which of some scenarios drawn at random meet it."""

    axes: Axes
    passes: np.ndarray


def choose(
    lengths: Sequence[int],
    kept: Sequence[int],
    work: Mapping[Axes, float],
    machine: LaneMachine = CPU,
    filters: Sequence[Filter] = (),
    inner: Sequence[int] = (),
) -> Order:
    """Choose the cheapest order of the axes.

    Sets of lanes are worked out from the one that may cost least upwards, until no other can be cheaper, or after
    `_CANDIDATES` of them.

    Parameters
    ----------
    lengths
        Of the axes.
    kept
        Positions of those that the question keeps, which are walked outermost.
    work
        The cost of all operations that depend on exactly these axes, done once.
    machine
        What the lanes run on.
    filters
        Conditions; where one that needs no lanes fails, what lies further in is skipped.
    inner
        Positions of those that are walked innermost, and are no lanes; or where whole arrays are computed, all the lanes.
    """
    search = Search(tuple(lengths), tuple(kept), work, machine, tuple(filters), tuple(inner))
    best: Order | None = None
    for least, lanes in sorted((search.least(lanes), lanes) for lanes in search.lane_sets())[:_CANDIDATES]:
        if best is not None and least > best.cost:
            break
        order = search.nest(lanes)
        if best is None or (order.cost, order.lanes) < (best.cost, best.lanes):
            best = order
    assert best is not None
    return best


def work_of(outputs: Sequence[Node], load: float) -> dict[Axes, float]:
    """Add up the cost of operations by the axes that they depend on; of one axis alone, that of reading its tables."""
    work: dict[Axes, float] = {}
    tables: dict[int, Axes] = {}
    for node in needed(outputs):
        if len(node.axes) > 1:
            work[node.axes] = work.get(node.axes, 0.0) + cost(node)
            tables |= {arg.id: arg.axes for arg in node.args if len(arg.axes) == 1}
    for axes in tables.values() if load else ():
        work[axes] = work.get(axes, 0.0) + load
    return work


def pad_lanes(n: int) -> int:
    """Round a number of lanes up to whole vectors."""
    step = 16 if n > 8 else 8 if n > 4 else 4 if n > 1 else 1
    return -(-n // step) * step


@dataclass(frozen=True, eq=False)
class Search:
    """A search for the cheapest order; its fields are the parameters of `choose`."""

    lengths: tuple[int, ...]
    kept: tuple[int, ...]
    work: Mapping[Axes, float]
    machine: LaneMachine
    filters: tuple[Filter, ...]
    inner: tuple[int, ...] = ()

    def _product(self, axes: Sequence[int] | Axes) -> int:
        return math.prod(self.lengths[axis] for axis in axes)

    def _free(self) -> tuple[int, ...]:
        return tuple(axis for axis in range(len(self.lengths)) if axis not in self.kept)

    def lane_sets(self) -> list[tuple[int, ...]]:
        """List the sets of axes that can be lanes: few enough for the first-level cache, or one axis, which can be tiled."""
        free, machine = tuple(axis for axis in self._free() if axis not in self.inner), self.machine
        if machine.block and self.inner:
            return [self.inner]
        if not free or self._product(free) <= machine.few:
            return [free]
        several = [axis for axis in free if self.lengths[axis] > 1] or list(free)
        sets = [axes for size in range(1, min(len(several), 4) + 1) for axes in itertools.combinations(several, size)]
        return [axes for axes in sets if len(axes) == 1 or self._product(axes) <= machine.most]

    def _width(self, lanes: tuple[int, ...]) -> float:
        """Return how many vectors the lanes take."""
        return max(self.machine.whole(self._product(lanes)) / self.machine.vector, 1.0) + self.machine.call

    def _costs(self, lanes: frozenset[int], width: float) -> list[tuple[Axes, float]]:
        """List what all operations that depend on exactly some axes cost, done once for all lanes."""
        if self.machine.alone:  # a lane column is read once, far out
            return [(axes, cost * width if len(axes) > 1 or not axes & lanes else 0.0) for axes, cost in self.work.items()]
        return [(axes, (cost + 1.0) * width if axes & lanes else cost) for axes, cost in self.work.items()]

    def least(self, lanes: tuple[int, ...]) -> float:
        """Bound from below what these lanes cost: every operation in no loop that it does not need, every filter before all."""
        width, lane_set = self._width(lanes), frozenset(lanes)
        outside = lane_set.union(self.kept)
        cost = (_LOOP_COST + _PASS_COST * width / JAM) * self._product(frozenset(range(len(self.lengths))) - outside)
        for axes, once in self._costs(lane_set, width):
            cost += once * self._product(axes - outside)
        stops = [f.passes for f in self.filters if not f.axes & lane_set]
        alive = float(np.logical_and.reduce(stops).mean()) if stops else 1.0
        return cost * alive * self._product(self.kept)

    def nest(self, lanes: tuple[int, ...]) -> Order:
        """Work out the cheapest order with these lanes."""
        middle = tuple(axis for axis in self._free() if axis not in lanes)
        width, lane_set, kept = self._width(lanes), frozenset(lanes), frozenset(self.kept)
        bit = {axis: 1 << i for i, axis in enumerate(middle)}
        done = np.zeros(1 << len(middle))
        for axes, once in self._costs(lane_set, width):
            done[sum(bit[axis] for axis in axes - lane_set - kept)] += once
        trips = np.full(1 << len(middle), float(self._product(self.kept)))
        index = np.arange(1 << len(middle))
        for i, axis in enumerate(middle):
            inside = (index >> i & 1).astype(bool)
            done[inside] += done[~inside]  # masks with the axis follow those without it in the same order
            trips[inside] *= self.lengths[axis]
        masks = [(sum(bit[axis] for axis in f.axes - kept), f.passes) for f in self.filters if not f.axes & lane_set]
        innermost = sum(bit[axis] for axis in self.inner if axis in bit)
        sets = _Placed(tuple(self.lengths[axis] for axis in middle), done, trips, _alive(index, masks), innermost)
        order, cost = _cheapest(sets, _PASS_COST * width)
        return Order(lanes, tuple(middle[i] for i in order), cost + float(done[0] * trips[0]))


def _alive(index: np.ndarray, filters: Sequence[tuple[int, np.ndarray]]) -> np.ndarray:
    """Estimate for every set of axes placed the share of its points that no filter on these axes alone has stopped."""
    if not filters:
        return np.ones(len(index))
    # A scenario's pattern is which filters it passes, as the bits of a number.
    counts = np.bincount(sum(passes.astype(np.int64) << i for i, (_, passes) in enumerate(filters)))
    alive = np.zeros(len(index))
    for pattern in np.flatnonzero(counts):
        stopped = np.zeros(len(index), bool)
        for i, (mask, _) in enumerate(filters):
            if not pattern >> i & 1:
                stopped |= (index & mask) == mask
        alive += counts[pattern] * ~stopped
    alive /= counts.sum()
    return alive


@dataclass(frozen=True, eq=False)
class _Placed:
    """What is known of every set of loops placed; a set is a number whose bits are the loops.

    Attributes
    ----------
    lengths
        Of the loops.
    done
        The cost, per point of the loops placed, of all operations that need no other loop.
    trips
        How many points the loops placed have.
    alive
        The share of these points that no filter has stopped.
    innermost
        The set of the loops that are placed after all others.
    """

    lengths: tuple[int, ...]
    done: np.ndarray
    trips: np.ndarray
    alive: np.ndarray
    innermost: int


def _cheapest(sets: _Placed, pass_cost: float) -> tuple[list[int], float]:
    """Find the order of least cost: the best order of a set of loops comes from those of the sets with one loop less."""
    lengths, done = sets.lengths, sets.done
    full = (1 << len(lengths)) - 1
    if not lengths:
        return [], pass_cost * float(sets.trips[0])
    best, last = np.full(full + 1, np.inf), np.zeros(full + 1, np.int64)
    best[0] = 0.0
    index = np.arange(full + 1)
    placed = np.array([int(mask).bit_count() for mask in index])
    for count in range(1, len(lengths) + 1):
        for i, length in enumerate(lengths):
            with_loop = index[(placed == count) & (index >> i & 1).astype(bool)]
            if sets.innermost >> i & 1:
                with_loop = with_loop[(with_loop | sets.innermost) == full]  # all others are placed
            else:
                with_loop = with_loop[(with_loop & sets.innermost) == 0]
            before = with_loop & ~(1 << i)
            visited = sets.trips[with_loop] * sets.alive[before]
            cost = best[before] + (done[with_loop] - done[before] + _LOOP_COST) * visited
            if count == len(lengths):
                cost = cost + pass_cost * visited / min(JAM, length)
            better = cost < best[with_loop]
            best[with_loop[better]], last[with_loop[better]] = cost[better], i
    order, mask = list[int](), full
    while mask:
        order.insert(0, int(last[mask]))
        mask &= ~(1 << order[0])
    return order, float(best[full])

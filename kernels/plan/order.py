"""Which axes become lanes, and in which order the others nest: a cost model, and exact dynamic programming over it.

An operation is done once for each point of the loops down to the deepest axis it needs, so its cost is its own times the
product of those axes' lengths; one that depends on the lanes is done for all lanes, a vector at a time.
"""

import itertools
import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

JAM = 8  # passes of the innermost loop done in one loop over the lanes
_CANDIDATES = 64  # sets of lanes whose order is worked out
_LOOP_COST = 2.0  # of one turn of a loop
_PASS_COST = 3.0  # of what a pass does beside the operations: accumulators and buffers in and out, the loop itself


@dataclass(frozen=True)
class LaneMachine:
    """What the lanes run on. Lanes are done ``vector`` at a time, in whole units of ``unit``.

    ``alone``: every lane has a thread of its own, which also does for itself what is alike for all lanes, and reads the
    tables for itself at a cost of ``load``. ``busy`` is how many outer points keep all of it busy, or where lanes are
    threads how many threads; ``passes`` is how many scenarios a lane should have at least of an outer point.
    """

    vector: int
    unit: int
    few: int  # so many points, or fewer, are all lanes
    most: int  # lanes
    alone: bool
    load: float
    busy: int
    passes: int

    def points(self, width: int) -> int:
        """How many outer points of so many lanes keep all of it busy."""
        return -(-self.busy // width) if self.alone else self.busy


CPU = LaneMachine(vector=8, unit=16, few=64, most=512, alone=False, load=0.0, busy=64, passes=1)
# Some 130 multiprocessors hold up to 2048 threads each: a few times as many. A broadcast from shared memory is issued at a
# quarter of the rate of arithmetic, but waits for none of it.
GPU = LaneMachine(vector=1, unit=32, few=64, most=256, alone=True, load=2.0, busy=2**20, passes=8)


@dataclass(frozen=True)
class Order:
    """``lanes`` are fused, ``middle`` nests from the outside in; both are positions of axes."""

    lanes: tuple[int, ...]
    middle: tuple[int, ...]
    cost: float


@dataclass(frozen=True)
class Filter:
    """A condition: the axes it depends on, and which of some scenarios drawn at random meet it."""

    axes: frozenset[int]
    passes: np.ndarray


def choose(
    lengths: Sequence[int],
    kept: Sequence[int],
    work: Mapping[frozenset[int], float],
    machine: LaneMachine = CPU,
    filters: Sequence[Filter] = (),
) -> Order:
    """The cheapest order. ``work`` is the cost of all operations that depend on exactly these axes, done once.

    Where a filter that needs no lanes fails, what lies further in is skipped. Sets of lanes are worked out from the one
    that may cost least upwards, until no other can be cheaper, or after `_CANDIDATES` of them.
    """
    free = [axis for axis in range(len(lengths)) if axis not in kept]
    sets = [(_least(lengths, kept, lanes, work, machine, filters), lanes) for lanes in _lane_sets(lengths, free, machine)]
    best: Order | None = None
    for least, lanes in sorted(sets)[:_CANDIDATES]:
        if best is not None and least > best.cost:
            break
        order = _nest(lengths, kept, lanes, free, work, machine, filters)
        if best is None or (order.cost, order.lanes) < (best.cost, best.lanes):
            best = order
    assert best is not None
    return best


def padded(n: int) -> int:
    """A number of lanes rounded up to whole vectors."""
    step = 16 if n > 8 else 8 if n > 4 else 4 if n > 1 else 1
    return -(-n // step) * step


def _whole(n: int, machine: LaneMachine) -> int:
    """What ``n`` lanes take of the machine."""
    return -(-n // machine.unit) * machine.unit if machine.alone else padded(n)


def _lane_sets(lengths: Sequence[int], free: Sequence[int], machine: LaneMachine) -> list[tuple[int, ...]]:
    """Sets of axes that can be lanes: few enough to stay in the first-level cache, or one axis, which can be tiled."""
    if not free or math.prod(lengths[axis] for axis in free) <= machine.few:
        return [tuple(free)]
    several = [axis for axis in free if lengths[axis] > 1] or list(free)
    sets = [axes for size in range(1, min(len(several), 4) + 1) for axes in itertools.combinations(several, size)]
    return [axes for axes in sets if len(axes) == 1 or math.prod(lengths[axis] for axis in axes) <= machine.most]


def _width(lengths: Sequence[int], lanes: tuple[int, ...], machine: LaneMachine) -> float:
    """Vectors that the lanes take."""
    return max(_whole(math.prod(lengths[axis] for axis in lanes), machine) / machine.vector, 1.0)


def _each(axes: frozenset[int], cost: float, lanes: Set[int], width: float, machine: LaneMachine) -> float:
    """The cost of operations that depend on exactly these axes, done for all lanes."""
    if machine.alone:
        return cost * width if len(axes) > 1 or not axes & lanes else 0.0  # a lane column is read once, far out
    return (cost + 1.0) * width if axes & lanes else cost


def _least(
    lengths: Sequence[int], kept: Sequence[int], lanes: tuple[int, ...], work: Mapping[frozenset[int], float],
    machine: LaneMachine, filters: Sequence[Filter],
) -> float:  # fmt: skip
    """What these lanes cost at least: every operation in no loop that it does not need, and every filter before all."""
    width, outside = _width(lengths, lanes, machine), {*lanes, *kept}
    cost = (_LOOP_COST + _PASS_COST * width / JAM) * math.prod(n for axis, n in enumerate(lengths) if axis not in outside)
    for axes, each in work.items():
        cost += _each(axes, each, set(lanes), width, machine) * math.prod(lengths[axis] for axis in axes - outside)
    stops = [f.passes for f in filters if not f.axes & set(lanes)]
    alive = float(np.logical_and.reduce(stops).mean()) if stops else 1.0
    return cost * alive * math.prod(lengths[axis] for axis in kept)


def _nest(
    lengths: Sequence[int],
    kept: Sequence[int],
    lanes: tuple[int, ...],
    free: Sequence[int],
    work: Mapping[frozenset[int], float],
    machine: LaneMachine,
    filters: Sequence[Filter],
) -> Order:
    middle = [axis for axis in free if axis not in lanes]
    width = _width(lengths, lanes, machine)
    lane_set, kept_set, bit = set(lanes), set(kept), {axis: 1 << i for i, axis in enumerate(middle)}
    # done[S]: the cost, per point of the loops, of all operations that need no loop outside S
    done = np.zeros(1 << len(middle))
    for axes, cost in work.items():
        done[sum(bit[axis] for axis in axes - lane_set - kept_set)] += _each(axes, cost, lane_set, width, machine)
    trips = np.full(1 << len(middle), float(math.prod(lengths[axis] for axis in kept)))
    index = np.arange(1 << len(middle))
    for i, axis in enumerate(middle):
        inside = (index >> i & 1).astype(bool)
        done[inside] += done[~inside]  # masks with the axis follow those without it in the same order
        trips[inside] *= lengths[axis]
    masks = [(sum(bit[axis] for axis in f.axes - kept_set), f.passes) for f in filters if not f.axes & lane_set]
    order, cost = _cheapest(middle, lengths, done, trips, _alive(index, masks), width)
    return Order(lanes, order, cost + float(done[0] * trips[0]))


def _alive(index: np.ndarray, filters: Sequence[tuple[int, np.ndarray]]) -> np.ndarray:
    """For every set of axes placed: the share of its points that no filter on these axes alone has stopped."""
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


def _cheapest(
    middle: Sequence[int], lengths: Sequence[int], done: np.ndarray, trips: np.ndarray, alive: np.ndarray, width: float
) -> tuple[tuple[int, ...], float]:
    """The order of least cost: the best way to have placed a set of axes is found from those with one axis less."""
    full = (1 << len(middle)) - 1
    if not middle:
        return (), _PASS_COST * width * float(trips[0])
    best, last = np.full(full + 1, np.inf), np.zeros(full + 1, np.int64)
    best[0] = 0.0
    index = np.arange(full + 1)
    placed = np.array([int(mask).bit_count() for mask in index])
    for count in range(1, len(middle) + 1):
        for i, axis in enumerate(middle):
            here = index[(placed == count) & (index >> i & 1).astype(bool)]
            before = here & ~(1 << i)
            visited = trips[here] * alive[before]
            cost = best[before] + (done[here] - done[before] + _LOOP_COST) * visited
            if count == len(middle):
                cost = cost + _PASS_COST * width * visited / min(JAM, lengths[axis])
            better = cost < best[here]
            best[here[better]], last[here[better]] = cost[better], i
    order, mask = [], full
    while mask:
        order.append(middle[last[mask]])
        mask &= ~(1 << int(last[mask]))
    return tuple(reversed(order)), float(best[full])

"""Which axes become lanes, and in which order the others nest: a cost model, and exact dynamic programming over it.

An operation is done once for each point of the loops down to the deepest axis it needs, so its cost is its own times the
product of those axes' lengths; one that depends on the lanes is done for all lanes, a vector at a time.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

JAM = 8  # passes of the innermost loop done in one loop over the lanes
_CANDIDATES = 24
_LOOP_COST = 2.0  # of one turn of a loop
_PASS_COST = 3.0  # of what a pass does beside the operations: accumulators and buffers in and out, the loop itself


@dataclass(frozen=True)
class Machine:
    """What the lanes run on. Lanes are done ``vector`` at a time, in whole units of ``unit``.

    ``alone``: every lane has a thread of its own, which also does for itself what is alike for all lanes, and reads the
    tables for itself at a cost of ``load``. ``busy`` is how many outer points keep all of it busy, or where lanes are
    threads how many threads; ``passes`` is how many scenarios a lane should have at least of an outer point.
    """

    vector: int
    unit: int
    least: int  # lanes
    most: int
    alone: bool
    load: float
    busy: int
    passes: int

    def points(self, width: int) -> int:
        """How many outer points of so many lanes keep all of it busy."""
        return -(-self.busy // width) if self.alone else self.busy


CPU = Machine(vector=8, unit=16, least=64, most=512, alone=False, load=0.0, busy=64, passes=1)
# Some 130 multiprocessors hold up to 2048 threads each: a few times as many. A broadcast from shared memory is issued at a
# quarter of the rate of arithmetic, but waits for none of it.
GPU = Machine(vector=1, unit=32, least=64, most=256, alone=True, load=2.0, busy=2**20, passes=8)


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
    machine: Machine = CPU,
    filters: Sequence[Filter] = (),
) -> Order:
    """The cheapest order. ``work`` is the cost of all operations that depend on exactly these axes, done once.

    Where a filter that needs no lanes fails, what lies further in is skipped.
    """
    free = [axis for axis in range(len(lengths)) if axis not in kept]
    return min(
        (_nest(lengths, kept, lanes, free, work, machine, filters) for lanes in _lane_sets(lengths, free, machine, filters)),
        key=lambda order: (order.cost, order.lanes),
    )


def padded(n: int) -> int:
    """A number of lanes rounded up to whole vectors."""
    step = 16 if n > 8 else 8 if n > 4 else 4 if n > 1 else 1
    return -(-n // step) * step


def _whole(n: int, machine: Machine) -> int:
    """What ``n`` lanes take of the machine."""
    return -(-n // machine.unit) * machine.unit if machine.alone else padded(n)


def _lane_sets(
    lengths: Sequence[int], free: Sequence[int], machine: Machine, filters: Sequence[Filter]
) -> list[tuple[int, ...]]:
    """Sets of axes worth trying as lanes: enough of them to fill vectors, few enough to stay in the first-level cache."""
    if not free:
        return [()]
    total = math.prod(lengths[axis] for axis in free)
    if total <= machine.least:
        return [tuple(free)]
    found = []
    for size in range(1, min(len(free), 4) + 1):
        for axes in itertools.combinations(free, size):
            lanes = math.prod(lengths[axis] for axis in axes)
            if size > 1 and (lanes > machine.most or math.prod(lengths[axis] for axis in axes[1:]) >= machine.most):
                continue
            short = max(machine.least / lanes, 1.0)
            kept_from_skipping = sum(1.0 - f.passes.mean() for f in filters if f.axes & set(axes))
            found.append((short * _whole(lanes, machine) / lanes + 0.02 * size + kept_from_skipping, axes))
    found.sort()
    return [axes for _, axes in found[:_CANDIDATES]]


def _nest(
    lengths: Sequence[int],
    kept: Sequence[int],
    lanes: tuple[int, ...],
    free: Sequence[int],
    work: Mapping[frozenset[int], float],
    machine: Machine,
    filters: Sequence[Filter],
) -> Order:
    middle = [axis for axis in free if axis not in lanes]
    width = max(_whole(math.prod(lengths[axis] for axis in lanes), machine) / machine.vector, 1.0)
    lane_set, kept_set, bit = set(lanes), set(kept), {axis: 1 << i for i, axis in enumerate(middle)}
    # done[S]: the cost, per point of the loops, of all operations that need no loop outside S
    done = np.zeros(1 << len(middle))
    for axes, cost in work.items():
        if machine.alone:
            each = cost * width if len(axes) > 1 or not axes & lane_set else 0.0  # a lane column is read once, far out
        else:
            each = (cost + 1.0) * width if axes & lane_set else cost
        done[sum(bit[axis] for axis in axes - lane_set - kept_set)] += each
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

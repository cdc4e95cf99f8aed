"""Which axes become lanes, and in which order the others nest: a cost model, and exact dynamic programming over it.

An operation is done once for each point of the loops down to the deepest axis it needs, so its cost is its own times the
product of those axes' lengths; one that depends on the lanes is done for all lanes, a vector at a time.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

VECTOR = 8  # lanes a vector instruction works on
JAM = 8  # passes of the innermost loop done in one loop over the lanes
LANES_LEAST, LANES_MOST = 64, 512
_CANDIDATES = 24
_PASS_COST = 3.0  # loads and stores of accumulators and buffers, once per pass over the lanes


@dataclass(frozen=True)
class Order:
    """``lanes`` are fused, ``middle`` nests from the outside in; both are positions of axes."""

    lanes: tuple[int, ...]
    middle: tuple[int, ...]
    cost: float


def choose(lengths: Sequence[int], kept: Sequence[int], work: Mapping[frozenset[int], float]) -> Order:
    """The cheapest order. ``work`` is the cost of all operations that depend on exactly these axes, done once."""
    free = [axis for axis in range(len(lengths)) if axis not in kept]
    return min(
        (_nest(lengths, kept, lanes, free, work) for lanes in _lane_sets(lengths, free)),
        key=lambda order: (order.cost, order.lanes),
    )


def padded(n: int) -> int:
    """A number of lanes rounded up to whole vectors."""
    step = 16 if n > 8 else 8 if n > 4 else 4 if n > 1 else 1
    return -(-n // step) * step


def _lane_sets(lengths: Sequence[int], free: Sequence[int]) -> list[tuple[int, ...]]:
    """Sets of axes worth trying as lanes: enough of them to fill vectors, few enough to stay in the first-level cache."""
    if not free:
        return [()]
    total = math.prod(lengths[axis] for axis in free)
    if total <= LANES_LEAST:
        return [tuple(free)]
    found = []
    for size in range(1, min(len(free), 4) + 1):
        for axes in itertools.combinations(free, size):
            lanes = math.prod(lengths[axis] for axis in axes)
            if size > 1 and (lanes > LANES_MOST or math.prod(lengths[axis] for axis in axes[1:]) >= LANES_MOST):
                continue
            short = max(LANES_LEAST / lanes, 1.0)
            found.append((short * padded(lanes) / lanes + 0.02 * size, axes))
    found.sort()
    return [axes for _, axes in found[:_CANDIDATES]]


def _nest(
    lengths: Sequence[int],
    kept: Sequence[int],
    lanes: tuple[int, ...],
    free: Sequence[int],
    work: Mapping[frozenset[int], float],
) -> Order:
    middle = [axis for axis in free if axis not in lanes]
    width = padded(math.prod(lengths[axis] for axis in lanes)) / VECTOR
    width = max(width, 1.0)
    lane_set, kept_set, bit = set(lanes), set(kept), {axis: 1 << i for i, axis in enumerate(middle)}
    # done[S]: the cost, per point of the loops, of all operations that need no loop outside S
    done = np.zeros(1 << len(middle))
    for axes, cost in work.items():
        vector = bool(axes & lane_set)
        done[sum(bit[axis] for axis in axes - lane_set - kept_set)] += (cost + 1.0) * width if vector else cost
    trips = np.full(1 << len(middle), float(math.prod(lengths[axis] for axis in kept)))
    index = np.arange(1 << len(middle))
    for i, axis in enumerate(middle):
        inside = (index >> i & 1).astype(bool)
        done[inside] += done[~inside]  # masks with the axis follow those without it in the same order
        trips[inside] *= lengths[axis]
    order, cost = _cheapest(middle, lengths, done, trips, width)
    return Order(lanes, order, cost + float(done[0] * trips[0]))


def _cheapest(
    middle: Sequence[int], lengths: Sequence[int], done: np.ndarray, trips: np.ndarray, width: float
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
            cost = best[before] + (done[here] - done[before]) * trips[here]
            if count == len(middle):
                cost = cost + _PASS_COST * width * trips[here] / min(JAM, lengths[axis])
            better = cost < best[here]
            best[here[better]], last[here[better]] = cost[better], i
    order, mask = [], full
    while mask:
        order.append(middle[last[mask]])
        mask &= ~(1 << int(last[mask]))
    return tuple(reversed(order)), float(best[full])

"""The cut of a grid into loops: from the outside in outer points, middle loops, and lanes.

Outer points are what threads and devices share: the kept axes first, then as many others as make enough independent work.
Lanes are the innermost axes fused, over which vectors or a block's threads run.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..graph.expression import Axes
from ..model.grid import Grid
from .order import JAM, LaneMachine, Order, pad_lanes

_ROW = 512  # lanes of several axes where whole arrays are written: longer ones compute what differs along one axis for all
MAX_OUTER = 2**20  # outer points beside the groups: their partial results are kept until the end


@dataclass(frozen=True)
class Outer:
    """A part of the outer index: the axis is walked in ``count`` tiles of ``tile`` indices, the last may be shorter."""

    axis: int
    tile: int
    count: int


@dataclass(frozen=True)
class Middle:
    """A loop over an axis, or over one tile of it where an outer part has the rest."""

    axis: int
    length: int
    tiled: bool


@dataclass(frozen=True)
class LoopCut:
    """How a grid is walked.

    A level of the nest is 0 once per outer point, i inside the i-th middle loop.

    Attributes
    ----------
    grid
        What is walked; axes are named by their positions in it.
    lanes
        The axes that are fused into lanes, in the grid's order.
    outer
        The parts of the outer index, the first runs slowest.
    middle
        The loops from the outside in.
    lane_tile
        Lanes of one tile, 0 where the lanes are whole axes.
    width
        Lanes that are computed, padding included; ``lanes_used`` of them count.
    contiguous
        Whether an outer point is a stretch of the grid that is written out, and leaves no partial result.
    uncertain
        The axes that statistics are over: the innermost loops, whole within an outer point.
    block
        Scenarios that are computed at once, an operation at a time: all of some outer points that follow each other. 0 where a
        loop nest does them one by one.
    """

    grid: Grid
    lanes: tuple[int, ...]
    outer: tuple[Outer, ...]
    middle: tuple[Middle, ...]
    lane_tile: int
    width: int
    contiguous: bool
    uncertain: tuple[int, ...] = ()
    block: int = 0

    @property
    def decided_level(self) -> int:
        """The level at which a decision is known: inside all loops but those over what is uncertain."""
        return sum(loop.axis not in self.uncertain for loop in self.middle)

    @property
    def draws(self) -> int:
        """Scenarios of one decision."""
        return math.prod(self.grid.shape[axis] for axis in self.uncertain)

    @property
    def lanes_used(self) -> int:
        """How many lanes count."""
        return self.lane_tile or math.prod(self.grid.shape[axis] for axis in self.lanes)

    @property
    def lane_length(self) -> int:
        """The length of a lane column: all tiles, each padded."""
        if not self.lane_tile:
            return self.width
        n = self.grid.shape[self.lanes[0]]
        return -(-n // self.lane_tile) * self.lane_tile + self.width - self.lane_tile

    @property
    def points(self) -> int:
        """How many outer points there are."""
        return math.prod(part.count for part in self.outer)

    @property
    def inner(self) -> int:
        """Scenarios of one whole outer point."""
        return self.lanes_used * math.prod(loop.length for loop in self.middle)

    # --- where in the loops ---

    def level(self, axes: Axes) -> int:
        """Return the level at which something that depends on these axes is known."""
        return max((i for i, loop in enumerate(self.middle, 1) if loop.axis in axes), default=0)

    def on_lanes(self, axes: Axes) -> bool:
        """Tell whether something that depends on these axes differs from lane to lane."""
        return not axes.isdisjoint(self.lanes)

    def depth(self, axes: Axes) -> int:
        """Return a number that is the greater the more often something that depends on these axes is computed."""
        if self.block:
            return math.prod(self.grid.shape[axis] for axis in self.block_axes if axis in axes)
        return self.level(axes)

    def skips(self, axes: Axes) -> bool:
        """Tell whether a condition that depends on these axes skips what lies further in: it holds for all of it or none."""
        if self.block:
            return axes.isdisjoint(self.block_axes)
        return not self.on_lanes(axes) and self.level(axes) < len(self.middle)

    # --- blocks of whole outer points ---

    @cached_property
    def batch(self) -> tuple[tuple[int, ...], int]:
        """The innermost parts of the outer index that are dimensions of a block, and how many indices of the first it has."""
        size, axes, tile = self.inner, list[int](), 0
        for part in reversed(self.outer):
            tile = min(self.block // max(size, 1), part.count)
            if part.tile > 1 or tile < min(part.count, 2):
                break
            axes.insert(0, part.axis)
            if tile < part.count:
                return tuple(axes), -(-part.count // -(-part.count // tile))
            size *= part.count
        return tuple(axes), self.grid.shape[axes[0]] if axes else 1

    @cached_property
    def block_axes(self) -> tuple[int, ...]:
        """The dimensions of a block: those of the outer points in it, then the loops, then the lanes."""
        return (*self.batch[0], *(loop.axis for loop in self.middle), *self.lanes)

    # --- which scenarios ---

    def lane_indices(self) -> dict[int, NDArray[np.int64]]:
        """Return the index of each lane axis at every lane; padding repeats the last one."""
        if not self.lanes:
            return {}
        shape = [self.grid.shape[axis] for axis in self.lanes]
        flat = np.minimum(np.arange(self.lane_length), math.prod(shape) - 1)
        return dict(zip(self.lanes, np.unravel_index(flat, shape), strict=True))

    def lane_offsets(self) -> NDArray[np.int64]:
        """Return what each lane adds to the flat index, ascending; padding lanes, which never count, repeat the last one."""
        result = np.zeros(self.lane_length, np.int64)
        for axis, index in self.lane_indices().items():
            result += index * self.grid.strides[axis]
        return result

    def point_offsets(self, points: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the flat index of each outer point's first scenario, and the first lane of its tile."""
        flat, lane, rest = np.zeros_like(points), np.zeros_like(points), points
        for part in reversed(self.outer):
            index = rest % part.count * part.tile
            rest = rest // part.count
            if part.axis in self.lanes:
                lane = index
            else:
                flat = flat + index * self.grid.strides[part.axis]
        return flat, lane

    def starts(self, points: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the flat index of each outer point's first scenario, its lane tile included."""
        flat, lane = self.point_offsets(points)
        return flat + self.lane_offsets()[lane]

    def sizes(self, points: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the scenarios of outer points: the last tile of an axis is shorter."""
        size, rest = np.full(len(points), self.inner), points
        if not any(self.grid.shape[part.axis] % part.tile for part in self.outer):
            return size
        for part in reversed(self.outer):
            rest, index = np.divmod(rest, part.count)
            if part.tile > 1:
                length = np.minimum(part.tile, self.grid.shape[part.axis] - index * part.tile)
                size = size // part.tile * length
        return size


def study_order(shape: Sequence[int], machine: LaneMachine) -> Order:
    """Return the study's own order, so that what is written is contiguous; the lanes are as many last axes as fit."""
    first, most = len(shape), min(machine.longest, _ROW) if machine.block else machine.longest
    while first and math.prod(shape[first - 1 :]) <= most:
        first -= 1
    if first == len(shape) and shape:
        first -= 1  # the last axis alone is longer, and is walked in tiles
    return Order(tuple(range(first, len(shape))), tuple(range(first)), 0.0)


def cut_loops(
    grid: Grid, order: Order, kept: Sequence[int], machine: LaneMachine, *, contiguous: bool, uncertain: Sequence[int] = ()
) -> LoopCut:
    """Cut the loops: choose which become the outer index, so that there are enough outer points with enough scenarios each.

    Parameters
    ----------
    grid
        What is walked.
    order
        Which axes are lanes, and how the others nest.
    kept
        Positions of the axes that the question keeps, which are outermost.
    machine
        What the lanes run on.
    contiguous, uncertain
        As in `LoopCut`.
    """
    outer = [Outer(axis, 1, grid.shape[axis]) for axis in kept]
    tile, tiles = (0, list[Outer]()) if set(order.lanes) <= set(uncertain) else _lane_tiles(grid, order, machine)
    lanes = tile or math.prod(grid.shape[axis] for axis in order.lanes)
    width = pad_lanes(lanes)
    left = lanes * math.prod(grid.shape[axis] for axis in order.middle)
    if contiguous:  # nothing is kept of an outer point, and a tile's neighbours follow it in memory
        goal = 1 if tile else machine.inner
    else:
        groups = math.prod(part.count for part in outer)
        whole = left * math.prod(part.count for part in tiles)
        share = max(groups * whole // machine.points(width), machine.passes * lanes)
        goal = max(min(machine.inner, share), -(-whole * groups // max(MAX_OUTER, groups)), 1)
        goal = max(goal, lanes * math.prod(grid.shape[axis] for axis in uncertain if axis not in order.lanes))
    middle: list[Middle] = []
    for axis in order.middle:
        n = grid.shape[axis]
        # Draws stay whole, also where the loops around them have a little more than the goal and none of these is cut.
        if axis in uncertain or left <= goal or any(loop.tiled for loop in middle):
            middle.append(Middle(axis, n, False))
            continue
        # What is written follows itself in memory only where no loop further in is cut: no more than the goal is left then.
        size = min(max(goal * n // left if contiguous else -(-goal * n // left), 1), n)
        if axis == order.middle[-1] and not contiguous:
            size = min(-(-size // JAM) * JAM, n)
        size = -(-n // -(-n // size))  # tiles as equal as they can be
        outer.append(Outer(axis, size, -(-n // size)))
        left = -(-left // n) * size
        if size > 1:
            middle.append(Middle(axis, size, size < n))
    return LoopCut(grid, order.lanes, (*outer, *tiles), tuple(middle), tile, width, contiguous, tuple(uncertain), machine.block)


def _lane_tiles(grid: Grid, order: Order, machine: LaneMachine) -> tuple[int, list[Outer]]:
    """Cut lanes of one axis that is too long into tiles.

    Returns
    -------
    tuple
        The lanes of one tile, 0 where the lanes are whole axes; and the part of the outer index that walks the tiles.
    """
    lanes = math.prod(grid.shape[axis] for axis in order.lanes)
    if lanes <= machine.longest or len(order.lanes) != 1:
        return 0, []
    count = -(-lanes // min(machine.tile, machine.longest))
    tile = pad_lanes(-(-lanes // count))
    return tile, [Outer(order.lanes[0], tile, -(-lanes // tile))]

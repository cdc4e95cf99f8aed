"""How the NumPy engine cuts a grid into blocks: which axes are dimensions of one, and which the digits of its number walk."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..graph.expression import Axes
from ..plan.cut import LoopCut

Array = NDArray[Any]


@dataclass(frozen=True)
class Digit:
    """A digit of a block's number: it walks an axis ``step`` indices at a time; ``tiled`` where a block has the axis too."""

    axis: int
    step: int
    count: int
    tiled: bool


@dataclass(frozen=True, eq=False)
class ArrayLayout:
    """How blocks follow each other, and their dimensions.

    Attributes
    ----------
    cut
        The loops.
    digits
        Those of a block's number, the first runs slowest.
    dims
        The axes that each dimension of a block walks: one, but for the lanes, which are fused so that rows are long. The first
        ``batched`` of them walk outer points.
    """

    cut: LoopCut
    digits: tuple[Digit, ...]
    dims: tuple[tuple[int, ...], ...]
    batched: int

    @classmethod
    def of(cls, cut: LoopCut) -> "ArrayLayout":
        """Lay out the blocks of a cut."""
        batch, tile = cut.batch
        digits = [Digit(part.axis, part.tile, part.count, part.axis in cut.block_axes) for part in cut.outer]
        digits = digits[: len(digits) - len(batch)]
        if batch and tile < cut.grid.shape[batch[0]]:
            digits.append(Digit(batch[0], tile, -(-cut.grid.shape[batch[0]] // tile), True))
        dims = [(axis,) for axis in cut.block_axes if axis not in cut.lanes] + ([cut.lanes] if cut.lanes else [])
        return cls(cut, tuple(digits or [Digit(-1, 1, 1, tiled=False)]), tuple(dims), len(batch))

    @cached_property
    def blocks(self) -> int:
        """How many there are."""
        return math.prod(digit.count for digit in self.digits)

    @cached_property
    def below(self) -> tuple[int, ...]:
        """How many blocks follow each other before each digit changes."""
        counts = [digit.count for digit in self.digits]
        return tuple(math.prod(counts[i + 1 :]) for i in range(len(counts)))

    @cached_property
    def points(self) -> int:
        """Outer points of a whole block."""
        return math.prod(self.lengths[: self.batched])

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """The lengths of a whole block's dimensions."""
        tiles, shape = {digit.axis: digit.step for digit in self.digits if digit.tiled}, self.cut.grid.shape
        return tuple(math.prod(min(tiles.get(axis, shape[axis]), shape[axis]) for axis in dim) for dim in self.dims)

    def dims_of(self, axes: Axes) -> frozenset[int]:
        """Return the numbers of the dimensions that something that depends on these axes has."""
        known = self._dims_of.get(axes)
        if known is None:
            known = self._dims_of[axes] = frozenset(n for n, dim in enumerate(self.dims) if not axes.isdisjoint(dim))
        return known

    @cached_property
    def _dims_of(self) -> dict[Axes, frozenset[int]]:
        return {}

    def read(self, number: int) -> list[int]:
        """Give a block's digits."""
        return [number // below % digit.count for digit, below in zip(self.digits, self.below, strict=True)]

    def first_point(self, number: int) -> int:
        """Return the number of a block's first outer point."""
        if not (self.batched and self.digits and (self.digits[-1].axis,) == self.dims[0]):
            return number * self.points
        tiled = self.digits[-1]  # the last tile of the axis is shorter
        rest = self.points // tiled.step
        lead, tile = divmod(number, tiled.count)
        return (lead * self.cut.grid.shape[tiled.axis] + tile * tiled.step) * rest

    def block_of(self, points: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers of the blocks that outer points are in."""
        if not (self.batched and self.digits and (self.digits[-1].axis,) == self.dims[0]):
            return np.floor_divide(points, self.points)
        tiled = self.digits[-1]
        rest = self.points // tiled.step
        lead, index = np.divmod(points // rest, self.cut.grid.shape[tiled.axis])
        return np.asarray(lead * tiled.count + index // tiled.step)

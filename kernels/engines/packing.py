"""How several arrays lie in one block of memory, so that one copy takes them to a device or back."""

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

ALIGNMENT = 256  # bytes: where allocators of devices let arrays begin
Column = tuple[int, Any]  # of an array: how many numbers, of which NumPy type


@dataclass(frozen=True)
class PackedLayout:
    """Where arrays of one dimension lie in a block of bytes.

    Parameters
    ----------
    columns
        The arrays' lengths and types. One that is empty has room for a number, since some devices know no empty arrays.
    """

    columns: tuple[Column, ...]

    @functools.cached_property
    def _sizes(self) -> list[int]:
        return [max(size, 1) * np.dtype(kind).itemsize for size, kind in self.columns]

    @functools.cached_property
    def _starts(self) -> list[int]:
        ends = itertools.accumulate((-(-size // ALIGNMENT) * ALIGNMENT for size in self._sizes), initial=0)
        return list(ends)

    @property
    def size(self) -> int:
        """How many bytes the block has."""
        return max(self._starts[-1], ALIGNMENT)

    def views(self, block: Any) -> tuple[Any, ...]:
        """Look at a block, an array of bytes of NumPy or of a device, as the arrays that lie in it."""
        places = zip(self.places(), self.columns, strict=True)
        return tuple(block[start : start + size].view(np.dtype(kind)) for (start, size), (_, kind) in places)

    def places(self) -> list[tuple[int, int]]:
        """List where each array begins, and how many bytes it has."""
        return list(zip(self._starts, self._sizes, strict=False))

    def read(self, block: NDArray[np.uint8]) -> list[NDArray[Any]]:
        """Take the arrays out of a block that was copied to this machine's memory."""
        return [view[:size] for view, (size, _) in zip(self.views(block), self.columns, strict=True)]


def packed(arrays: Sequence[NDArray[Any]]) -> tuple[PackedLayout, NDArray[np.uint8]]:
    """Copy arrays into one block.

    Parameters
    ----------
    arrays
        Of one dimension each.

    Returns
    -------
    tuple[PackedLayout, NDArray[np.uint8]]
        Where they lie, and the block.
    """
    layout = PackedLayout(tuple((array.size, array.dtype) for array in arrays))
    block = np.empty(layout.size, np.uint8)
    for view, array in zip(layout.views(block), arrays, strict=True):
        view[: array.size] = array
    return layout, block

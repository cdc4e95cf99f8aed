"""Axes and their Cartesian product; a flat index names one point, in C order (the last axis runs fastest)."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..errors import FlopwattError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SUM_COLUMN = "sum: "  # what the names of columns begin with that hold sums along another axis, see `sums`
BLOCK_POINTS = 2**17  # that NumPy computes at once: a few arrays of them fit in the second-level cache
MAX_POINTS = 2**63 - 2  # a flat index is a signed 64-bit integer


class GridError(FlopwattError, ValueError):
    """An axis or a grid is not valid."""


@dataclass(frozen=True)
class Axis:
    """One dimension of a grid.

    Parameters
    ----------
    name
        What the study calls it.
    columns
        Values by the quantity's name, float64 in base units, all of one length: they vary together. A fact that is not known
        is NaN.
    labels
        Names of the points (a chip's key), as many; without them the axis's own column names them.
    uncertain
        Whether nobody knows which of the points holds, so that statistics are taken over them; else one of them is chosen.
    weights
        Of the points of an uncertain axis, as many, none below 0; without them all are equally likely.

    Raises
    ------
    GridError
        Where there is no value, the columns, labels or weights differ in length, or the weights do not do.
    """

    name: str
    columns: Mapping[str, Floats]
    labels: tuple[str, ...] | None = None
    uncertain: bool = False
    weights: Floats | None = None

    def __post_init__(self) -> None:
        lengths = {len(column) for column in self.columns.values()}
        if not self.columns or lengths == {0}:
            raise GridError(f"the axis {self.name!r} is empty; give it at least one value")
        if len(lengths) != 1:
            raise GridError(f"the columns of the axis {self.name!r} differ in length: {sorted(lengths)}")
        if self.labels is not None and len(self.labels) != len(self):
            raise GridError(f"the axis {self.name!r} has {len(self)} values but {len(self.labels)} labels")
        if self.weights is not None:
            self._check_weights(self.weights)

    def _check_weights(self, weights: Floats) -> None:
        if not self.uncertain:
            raise GridError(f"the axis {self.name!r} has weights, which go with an uncertain axis")
        if len(weights) != len(self):
            raise GridError(f"the axis {self.name!r} has {len(self)} values but {len(weights)} weights")
        if not (np.isfinite(weights).all() and (weights >= 0).all()):
            raise GridError(f"the weights of the axis {self.name!r} must be finite and at least 0")
        if not (weights > 0).any():
            raise GridError(f"the weights of the axis {self.name!r} are all 0; give at least one point a weight above 0")

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def take(self, indices: Sequence[int] | Ints) -> "Axis":
        """Keep the points at some indices, in their order: every column, the labels and the weights.

        Parameters
        ----------
        indices
            Positions along the axis, from 0; a position may come twice.

        Raises
        ------
        IndexError
            Where the axis has no such position.
        GridError
            Where there are no indices.
        """
        places = np.asarray(indices, dtype=np.int64)
        columns = {name: values[places] for name, values in self.columns.items()}
        return replace(
            self,
            columns=columns,
            labels=None if self.labels is None else tuple(self.labels[i] for i in places),
            weights=None if self.weights is None else self.weights[places],
        )

    @property
    def own_columns(self) -> dict[str, Floats]:
        """Its columns without those that hold sums along other axes."""
        return {name: values for name, values in self.columns.items() if not name.startswith(SUM_COLUMN)}

    def coordinates(self) -> list[str] | Floats:
        """Name the points: by labels, else by the axis's only column or the one of its name, else by 0, 1, 2, ..."""
        if self.labels is not None:
            return list(self.labels)
        if self.name in self.columns:
            return self.columns[self.name]
        own = self.own_columns
        if len(own) == 1:
            return next(iter(own.values()))
        return np.arange(len(self), dtype=np.float64)

    def coordinate_quantity(self) -> str | None:
        """Name the quantity whose values name the points; None where labels or counts do."""
        if self.labels is not None:
            return None
        if self.name in self.columns:
            return self.name
        own = self.own_columns
        return next(iter(own)) if len(own) == 1 else None


@dataclass(frozen=True)
class Grid:
    """The Cartesian product of axes.

    Parameters
    ----------
    axes
        In the study's order: the last runs fastest in the flat index.

    Raises
    ------
    GridError
        Where two axes have one name or bring one column, or there are more points than a flat index numbers.
    """

    axes: tuple[Axis, ...]

    def __post_init__(self) -> None:
        names = [axis.name for axis in self.axes]
        if len(set(names)) != len(names):
            raise GridError(f"two axes have one name: {sorted(n for n in set(names) if names.count(n) > 1)}")
        seen: dict[str, str] = {}
        for axis in self.axes:
            for column in axis.columns:
                if column in seen:
                    raise GridError(f"both axes {seen[column]!r} and {axis.name!r} give {column!r}")
                seen[column] = axis.name
        if self.size > MAX_POINTS:
            raise GridError(f"the grid has {self.size:.3g} points; at most 2^63-2 can be numbered")

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return tuple(len(axis) for axis in self.axes)

    @cached_property
    def size(self) -> int:
        """How many points there are."""
        return math.prod(self.shape)

    @cached_property
    def strides(self) -> tuple[int, ...]:
        """How far apart in flat index neighbours along each axis are: one number for each axis."""
        return tuple(math.prod(self.shape[i + 1 :]) for i in range(len(self.shape)))

    @cached_property
    def column_axis(self) -> dict[str, int]:
        """The position of the axis that brings each column."""
        return {column: i for i, axis in enumerate(self.axes) for column in axis.columns}

    def position(self, name: str) -> int:
        """Find the position of an axis by its name. Raises KeyError where there is none."""
        for i, axis in enumerate(self.axes):
            if axis.name == name:
                return i
        raise KeyError(name)

    def indices(self, flat: Ints) -> tuple[Ints, ...]:
        """Turn flat indices (any shape) into indices along each axis (of that shape)."""
        flat = np.asarray(flat, dtype=np.int64)
        return tuple(flat // stride % n for stride, n in zip(self.strides, self.shape, strict=True))


def blocks(grid: Grid, points: int) -> Iterator[tuple[slice, ...]]:
    """Cut a grid into blocks of at most so many points (or one), in the order of their flat indices.

    Parameters
    ----------
    grid
        What is cut.
    points
        How many a block may have.

    Returns
    -------
    iterator
        For each block a slice of every axis.
    """
    whole, size = len(grid.shape), 1
    while whole and size * grid.shape[whole - 1] <= points:
        whole -= 1
        size *= grid.shape[whole]
    cuts: list[list[slice]] = [[slice(i, i + 1) for i in range(n)] for n in grid.shape[: max(whole - 1, 0)]]
    if whole:
        n, step = grid.shape[whole - 1], max(points // size, 1)
        cuts.append([slice(i, min(i + step, n)) for i in range(0, n, step)])
    rest = tuple(slice(0, n) for n in grid.shape[whole:])
    for head in itertools.product(*cuts):
        yield (*head, *rest)

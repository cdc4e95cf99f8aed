"""The short model's columns as a hand-written program would hold them, and its answer as an engine's result."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from flopwatt.kernels.model.questions import Problem, Result

# The axes in the order of the loops and arrays below; chip_count last, so that vectors run along it.
KEPT = ("model", "tokens", "chip")
REDUCED = ("mfu", "goodput", "load", "pue", "life", "overhead", "epochs", "electricity_price", "chip_count")


@dataclass(frozen=True)
class Hand:
    """The columns that a hand-written program starts from, with one array per input, shaped for broadcasting.

    Attributes
    ----------
    problem
        What is asked about.
    dtype
        ``float64`` or ``float32``.
    kept, reduced
        Names of the problem's axes.
    columns
        Values in base units by the input's name. Arrays of kept axes are one-dimensional, those of reduced axes have one
        dimension per reduced axis; an input that no axis brings is a number.
    """

    problem: Problem
    dtype: str
    kept: tuple[str, ...] = ()
    reduced: tuple[str, ...] = ()
    columns: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.columns[name]

    @property
    def kept_shape(self) -> tuple[int, ...]:
        """The lengths of the kept axes."""
        return tuple(len(self._axis(name)) for name in self.kept)

    @property
    def reduced_shape(self) -> tuple[int, ...]:
        """The lengths of the reduced axes."""
        return tuple(len(self._axis(name)) for name in self.reduced)

    def _axis(self, name: str) -> Any:
        return self.problem.grid.axes[self.problem.grid.position(name)]

    def of_group(self, group: tuple[int, ...]) -> dict[str, Any]:
        """Take the kept axes' columns at one group."""
        at = dict(zip(self.kept, group, strict=True))
        return {
            name: self.columns[name][at[axis]] if (axis := _axis_of(name, self.problem)) in at else self.columns[name]
            for name in ("parameters", "attention_flops", "tokens", "peak", "tdp", "node_power", "price")
        }

    def result(self, best: Any, place: Any) -> Result:
        """Make an engine's result of each group's best value and its place in C order over ``reduced``."""
        grid = self.problem.grid
        place = np.asarray(place, np.int64).reshape(self.kept_shape)
        flat = np.zeros_like(place)
        for name, index in zip(self.reduced, np.unravel_index(np.maximum(place, 0), self.reduced_shape), strict=True):
            flat += index * grid.strides[grid.position(name)]
        for name, index in zip(self.kept, np.indices(self.kept_shape), strict=True):
            flat += index * grid.strides[grid.position(name)]
        best = np.asarray(best, self.dtype).reshape(self.kept_shape)
        feasible = np.isfinite(best) & (place >= 0)
        values = {"objective": np.where(feasible, best, np.nan).astype(self.dtype), "index": np.where(feasible, flat, -1)}
        return Result(values, evaluated=grid.size)


def _axis_of(column: str, problem: Problem) -> str | None:
    """Name the axis that brings a column."""
    grid = problem.grid
    return grid.axes[grid.column_axis[column]].name if column in grid.column_axis else None


def hand(problem: Problem, dtype: str) -> Hand:
    """Arrange the problem's columns as a user's script would hold them."""
    names = {axis.name for axis in problem.grid.axes}
    kept, reduced = tuple(n for n in KEPT if n in names), tuple(n for n in REDUCED if n in names)
    real, columns = np.dtype(dtype), dict[str, Any]()
    for axis in problem.grid.axes:
        for name, values in axis.columns.items():
            shape = [-1 if other == axis.name else 1 for other in reduced] if axis.name in reduced else [-1]
            columns[name] = values.astype(real).reshape(shape)
    columns |= {name: real.type(value) for name, value in problem.given.items()}
    return Hand(problem, dtype, kept, reduced, columns)


def threads_of(asked: int | None) -> int:
    """Choose how many threads a peer gets: as many as the engines."""
    return asked or os.cpu_count() or 1

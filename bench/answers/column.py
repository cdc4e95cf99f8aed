"""The columns of an answer: arrays in a quantity's own unit, with where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.model import units
from ...kernels.model.evaluate import evaluate_at
from ...kernels.model.grid import Axis
from ...kernels.model.questions import Problem, Question
from ...kernels.plan.collapse import settled_axes

Array = NDArray[Any]


@dataclass(frozen=True)
class Column:
    """An array with its unit. Numbers are NaN, and labels None, where there is no answer; counts are whole numbers."""

    data: Array
    unit: str = ""
    source: str = ""


def coordinates_of_points(coords: Mapping[str, Column]) -> dict[str, Column]:
    """Repeat the coordinates of dimensions over all of their points, which are flattened, the last dimension fastest."""
    grids = np.meshgrid(*(column.data for column in coords.values()), indexing="ij", copy=False)
    return {name: replace(column, data=grid.reshape(-1)) for (name, column), grid in zip(coords.items(), grids, strict=True)}


@dataclass(frozen=True)
class Maker:
    """Makes columns: turns base units into a quantity's own, and adds its source.

    Attributes
    ----------
    problem
        What was answered.
    dtype
        ``float64`` or ``float32``, in which values are computed.
    sources
        Where each input's value comes from, by its name.
    """

    problem: Problem
    dtype: str
    sources: Mapping[str, str]

    def column(self, name: str, base: Array) -> Column:
        """Turn values of a quantity in base units into a column in its unit."""
        item = self.problem.model[name]
        held = name in self.problem.held() and name not in self.problem.statistics
        scaled = np.asarray(units.from_base(base, item.unit), dtype=np.asarray(base).dtype)
        return Column(scaled, item.unit, self.sources.get(name, "") if held else item.source)

    def coordinates(self, axis: Axis) -> Column:
        """Make the column that names an axis's points."""
        quantity = axis.coordinate_quantity()
        coordinates = axis.coordinates()
        if quantity is not None:
            return self.column(quantity, np.asarray(coordinates))
        if isinstance(coordinates, list):
            return Column(np.array(coordinates, dtype=object))
        return Column(np.arange(len(axis)))

    def quantities_at(self, names: list[str], index: Array) -> dict[str, Column]:
        """Evaluate quantities at points by their flat index; NaN where it is below 0."""
        values = evaluate_at(self.problem, names, np.maximum(index, 0), self.dtype) if names else {}
        return {name: self.column(name, np.where(index < 0, np.nan, values[name]).astype(self.dtype)) for name in names}

    def coordinates_at(self, question: Question, index: Array, *, uncertain: bool = True) -> dict[str, Column]:
        """Find where points lie, by their flat index, along each axis that is not kept; NaN or None where it is below 0.

        An axis is there with its label or its number, and one without labels with its columns too. One that only statistics
        are over is not: a point has no place along it.

        Parameters
        ----------
        question
            Whose kept axes are left out.
        index
            Flat indices.
        uncertain
            Whether the axes of what nobody knows are there, too: a decision has no place along them.
        """
        grid, none = self.problem.grid, index < 0
        settled = settled_axes(self.problem, question)
        at: dict[str, Column] = {}
        for axis, places in zip(grid.axes, grid.indices(np.maximum(index, 0)), strict=True):
            if axis.name in question.by or axis.name in settled or (axis.uncertain and not uncertain):
                continue
            named = self.coordinates(axis)
            if named.data.dtype == object:
                at[axis.name] = Column(np.where(none, np.array(None, dtype=object), named.data[places]))
            else:
                at[axis.name] = Column(np.where(none, np.nan, named.data[places]), named.unit, named.source)
            if axis.labels is None:
                for name, values in axis.own_columns.items():
                    at[name] = self.column(name, np.where(none, np.nan, values[places]))
        return at

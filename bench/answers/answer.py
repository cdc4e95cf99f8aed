"""An engine's result as an answer: kept axes as dimensions with their coordinates, values in each quantity's own unit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...kernels.model.questions import Problem, Question, Result
from .column import Array, Column, Maker, coordinates_of_points
from .kinds import KINDS
from .parts import Nearest

MAX_NAMES = 4  # columns that an answer names when it shows itself in a line


@dataclass(frozen=True, repr=False)
class Answer:
    """What an engine answers to a question.

    Attributes
    ----------
    question, engine, dtype
        What was answered, by which engine and in which floating-point type.
    dims
        The kept axes, then the kind's own dimensions; every array of ``values`` and ``at`` has them.
    coords
        The points of each dimension.
    values
        What was found, each column in its own unit.
    at
        Where the points of a best, a decision, a front or a table lie along the axes that are not kept; a decision has no place
        along an uncertain one.
    total
        How many rows a table has, of which the first are here; None where all are.
    nearest
        The decisions that miss the conditions by least, where no decision meets them; None where there are none.
    """

    question: Question
    engine: str
    dtype: str
    dims: tuple[str, ...]
    coords: Mapping[str, Column]
    values: Mapping[str, Column]
    at: Mapping[str, Column] = field(default_factory=dict)
    total: int | None = None
    nearest: Nearest | None = None

    def rows(self) -> Array:
        """List the flat indices of the points that are rows: all, but of a Pareto front only those that it has."""
        return KINDS.of(self.question).rows(self.coords, self.values)

    @property
    def name(self) -> str:
        """The question's name."""
        return self.question.name

    def __repr__(self) -> str:
        columns = [*self.values, *self.at]
        more = f" and {len(columns) - MAX_NAMES} more columns" if len(columns) > MAX_NAMES else ""
        rows = len(self.rows()) if self.total is None else self.total
        over = f" over {', '.join(self.dims)}" if self.dims else ""
        size = f"{rows:,} {'row' if rows == 1 else 'rows'}{over}"
        kind = f"{self.question.kind}, {self.engine}"
        return f"Answer to {self.name!r} ({kind}): {size}; {', '.join(columns[:MAX_NAMES])}{more}"

    def to_frame(self) -> Any:
        """Turn the answer into a pandas DataFrame: a row for each point, the kept axes first; units are in its ``attrs``.

        Columns are named as the variables of `dataset`; a quantity's unit stands under ``frame.attrs["units"]``.
        """
        from .frame import point_frame

        return point_frame(self._columns(), self.rows())

    def _repr_html_(self) -> str:
        """Show the first rows in a notebook."""
        from .frame import point_html

        return point_html(self._columns(), self.rows(), len(self.dims), self.total)

    def _columns(self) -> dict[str, Column]:
        """Return every column with a cell for each point, the coordinates of the kept axes first."""
        return coordinates_of_points(self.coords) | self.variables()

    def variables(self) -> dict[str, Column]:
        """Name the columns that have a cell for each point: values by themselves, places along other axes as ``at_...``."""
        values = {f"value_{name}" if name in self.coords else name: column for name, column in self.values.items()}
        return values | {f"at_{name}": column for name, column in self.at.items()}

    def dataset(self) -> Any:
        """Turn the answer into an xarray Dataset, with units and sources in ``attrs``.

        Coordinates of points are named ``at_...``, those of the nearest decisions ``nearest_at_...`` and what goes with them
        ``nearest_...``; a value that has the name of a kept axis is named ``value_...``.
        """
        import xarray

        def variable(column: Column) -> Any:
            attributes = {"units": column.unit, "source": column.source}
            return self.dims, column.data, {key: value for key, value in attributes.items() if value}

        coords = {dim: (dim, c.data, {"units": c.unit} if c.unit else {}) for dim, c in self.coords.items()}
        arrays = {name: variable(column) for name, column in self.variables().items()}
        if self.nearest is not None:
            arrays |= {f"nearest_{name}": variable(c) for name, c in self.nearest.columns("at_").items()}
        attributes = {"question": self.name, "kind": self.question.kind, "engine": self.engine, "dtype": self.dtype}
        return xarray.Dataset(arrays, coords, attributes)


@dataclass(frozen=True)
class Computation:
    """How an answer was computed.

    Attributes
    ----------
    engine, dtype
        By which engine, and in which floating-point type.
    sources
        Where each input's value comes from, by its name.
    """

    engine: str
    dtype: str
    sources: Mapping[str, str] = field(default_factory=dict)


def answer_of(problem: Problem, question: Question, result: Result, computation: Computation) -> Answer:
    """Turn an engine's result into an answer.

    Parameters
    ----------
    problem, question
        What was answered.
    result
        Arrays over the kept axes, in base units.
    computation
        How the result was computed.
    """
    maker, kind = Maker(problem, computation.dtype, computation.sources), KINDS.of(question)
    parts = kind.parts(maker, question, result)
    kept = {name: maker.coordinates(problem.grid.axes[problem.grid.position(name)]) for name in question.by}
    total = None if kind.total is None else kind.total(result)
    coords = {**kept, **parts.coords}
    engine, dtype = computation.engine, computation.dtype
    return Answer(question, engine, dtype, tuple(coords), coords, parts.values, parts.at, total, parts.nearest)

"""An engine's result as an answer: kept axes as dimensions with their coordinates, values in each quantity's own unit."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.model import units
from ...kernels.model.evaluate import evaluate_at
from ...kernels.model.grid import Axis
from ...kernels.model.questions import Best, Problem, Quantiles, Question, Result, Summary

Array = NDArray[Any]
TOGETHER = "(together)"  # what a sensitivity's axes do with each other
# What answers call their own dimensions and columns, in files too: no axis may have such a name.
OWN_NAMES = frozenset((
    "question", "quantile", "bin", "point", "axis", "scenario", "count", "feasible", "nan", "min", "mean", "max", "from", "to",
    "share",
))  # fmt: skip


@dataclass(frozen=True)
class Column:
    """An array with its unit. Numbers are NaN, and labels None, where there is no answer; counts are whole numbers."""

    data: Array
    unit: str = ""
    source: str = ""


@dataclass(frozen=True)
class Answer:
    """What an engine answers to a question: every array of ``values`` and ``at`` has the dimensions ``dims``.

    ``at`` holds the coordinates of the best point along the axes that are not kept.
    """

    question: Question
    engine: str
    dtype: str
    dims: tuple[str, ...]
    coords: Mapping[str, Column]
    values: Mapping[str, Column]
    at: Mapping[str, Column] = field(default_factory=dict)
    total: int | None = None  # how many rows a table has, of which the first are here

    def rows(self) -> Array:
        """Which of its points, flattened, are rows: all, but of a Pareto front only those that it has."""
        if self.question.kind == "pareto":
            return np.flatnonzero(~np.isnan(next(iter(self.values.values())).data.reshape(-1)))
        return np.arange(math.prod(len(column.data) for column in self.coords.values()))

    @property
    def name(self) -> str:
        return self.question.name

    def dataset(self) -> Any:
        """The answer as an xarray Dataset: units and sources in ``attrs``.

        Best's coordinates are named ``at_...``, and a value that has the name of a kept axis ``value_...``.
        """
        import xarray

        def variable(column: Column) -> Any:
            attributes = {"units": column.unit, "source": column.source}
            return self.dims, column.data, {key: value for key, value in attributes.items() if value}

        coords = {dim: (dim, c.data, {"units": c.unit} if c.unit else {}) for dim, c in self.coords.items()}
        arrays = {f"value_{name}" if name in coords else name: variable(c) for name, c in self.values.items()}
        arrays |= {f"at_{name}": variable(c) for name, c in self.at.items()}
        attributes = {"question": self.name, "kind": self.question.kind, "engine": self.engine, "dtype": self.dtype}
        return xarray.Dataset(arrays, coords, attributes)


def answer_of(
    problem: Problem, question: Question, result: Result, engine: str, dtype: str, sources: Mapping[str, str] | None = None
) -> Answer:
    """The engine's result as an answer; ``sources`` says where each input's value comes from."""
    maker = Maker(problem, dtype, sources or {})
    dims, coords, values, at = _KINDS[question.kind](maker, question, result)
    kept = {name: maker.coordinates(problem.grid.axes[problem.grid.position(name)]) for name in question.by}
    total = int(result.values["rows"]) if question.kind == "table" else None
    return Answer(question, engine, dtype, (*question.by, *dims), {**kept, **coords}, values, at, total)


Parts = tuple[tuple[str, ...], dict[str, Column], dict[str, Column], dict[str, Column]]


@dataclass(frozen=True)
class Maker:
    """Makes columns: turns base units into a quantity's own, and adds its source."""

    problem: Problem
    dtype: str
    sources: Mapping[str, str]

    def column(self, name: str, base: Array) -> Column:
        """Values of a quantity in base units as a column in its unit."""
        item = self.problem.model[name]
        held = name in self.problem.held()
        scaled = np.asarray(units.from_base(base, item.unit), dtype=np.asarray(base).dtype)
        return Column(scaled, item.unit, self.sources.get(name, "") if held else item.source)

    def coordinates(self, axis: Axis) -> Column:
        """What names an axis's points."""
        quantity = axis.coordinate_quantity()
        found = axis.coordinates()
        if quantity is not None:
            return self.column(quantity, np.asarray(found))
        if isinstance(found, list):
            return Column(np.array(found, dtype=object))
        return Column(np.arange(len(axis)))


def _best(maker: Maker, question: Question, result: Result) -> Parts:
    assert isinstance(question, Best)
    index = np.asarray(result.values["index"])
    none, flat = index < 0, np.maximum(index, 0)
    others = [name for name in question.targets() if name != question.objective]
    found = evaluate_at(maker.problem, others, flat, maker.dtype) if others else {}
    values = {question.objective: maker.column(question.objective, np.asarray(result.values["objective"]))}
    values |= {name: maker.column(name, np.where(none, np.nan, found[name]).astype(maker.dtype)) for name in others}
    return (), {}, values, _coordinates_at(maker, question, flat, none)


def _coordinates_at(maker: Maker, question: Question, flat: Array, none: Array) -> dict[str, Column]:
    """Where the best point lies along each axis that is not kept: its label or its number, and its columns' values."""
    grid, at = maker.problem.grid, {}
    for axis, indices in zip(grid.axes, grid.indices(flat), strict=True):
        if axis.name in question.by:
            continue
        named = maker.coordinates(axis)
        if named.data.dtype == object:
            at[axis.name] = Column(np.where(none, np.array(None, dtype=object), named.data[indices]))
        else:
            at[axis.name] = Column(np.where(none, np.nan, named.data[indices]), named.unit, named.source)
        if axis.labels is None:
            for name, values in axis.columns.items():
                at[name] = maker.column(name, np.where(none, np.nan, values[indices]))
    return at


def _quantiles(maker: Maker, question: Question, result: Result) -> Parts:
    assert isinstance(question, Quantiles)
    values = {question.quantity: maker.column(question.quantity, np.asarray(result.values["quantiles"]))}
    return ("quantile",), {"quantile": Column(np.array(question.at))}, values, {}


def _summary(maker: Maker, question: Question, result: Result) -> Parts:
    assert isinstance(question, Summary)
    values = {name: Column(np.asarray(result.values[name])) for name in ("count", "feasible", "nan")}
    values |= {name: maker.column(question.quantity, np.asarray(result.values[name])) for name in ("min", "mean", "max")}
    return (), {}, values, {}


def _histogram(maker: Maker, question: Question, result: Result) -> Parts:
    counts, edges = (np.asarray(result.values[name]) for name in ("counts", "edges"))
    name = question.objectives()[0]
    low, high = (np.broadcast_to(each, counts.shape) for each in (edges[:-1], edges[1:]))
    values = {"from": maker.column(name, low), "to": maker.column(name, high), "count": Column(counts)}
    return ("bin",), {"bin": Column(np.arange(counts.shape[-1]))}, values, {}


def _sensitivity(maker: Maker, question: Question, result: Result) -> Parts:
    """Of each axis, and as the last entry of what the axes do together."""
    names = [axis.name for axis in maker.problem.grid.axes if axis.name not in question.by]
    shares, together = (np.asarray(result.values[name]) for name in ("shares", "interactions"))
    entries = np.array([*names, TOGETHER], dtype=object)
    return ("axis",), {"axis": Column(entries)}, {"share": Column(np.concatenate([shares, together[..., None]], axis=-1))}, {}


def _pareto(maker: Maker, question: Question, result: Result) -> Parts:
    index, front = (np.asarray(result.values[name]) for name in ("index", "front"))
    none, flat = index < 0, np.maximum(index, 0)
    values = {name: maker.column(name, front[..., i]) for i, name in enumerate(question.objectives())}
    others = [name for name in question.targets() if name not in values]
    found = evaluate_at(maker.problem, others, flat, maker.dtype) if others else {}
    values |= {name: maker.column(name, np.where(none, np.nan, found[name]).astype(maker.dtype)) for name in others}
    coords = {"point": Column(np.arange(index.shape[-1]))}
    return ("point",), coords, values, _coordinates_at(maker, question, flat, none)


def _table(maker: Maker, question: Question, result: Result) -> Parts:
    index = np.asarray(result.values["index"])
    values = {name: maker.column(name, np.asarray(result.values[name])) for name in question.objectives()}
    return (
        ("scenario",),
        {"scenario": Column(index)},
        values,
        _coordinates_at(maker, question, index, np.zeros(len(index), bool)),
    )


# a question's kind -> its own dimensions, their coordinates, its values and where they lie
_KINDS: dict[str, Callable[[Maker, Question, Result], Parts]] = {
    "best": _best,
    "quantiles": _quantiles,
    "summary": _summary,
    "histogram": _histogram,
    "sensitivity": _sensitivity,
    "pareto": _pareto,
    "table": _table,
}

"""What an answer to each kind of question holds: its own dimensions and columns, their coordinates and units."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...kernels.model.kinds import ByKind
from ...kernels.model.questions import (
    Best,
    Decision,
    Histogram,
    Pareto,
    Quantiles,
    Result,
    Sensitivity,
    Summary,
    Table,
)
from ...kernels.plan.sensitivity import parts
from .column import Array, Column, Maker
from .decision_parts import decision
from .parts import Parts

TOGETHER = "(together)"  # what a sensitivity's axes do with each other


def _best(maker: Maker, question: Best, result: Result) -> Parts:
    index = np.asarray(result.values["index"])
    others = [name for name in question.targets() if name != question.objective]
    values = {question.objective: maker.column(question.objective, np.asarray(result.values["objective"]))}
    values |= maker.quantities_at(others, index)
    return Parts({}, values, maker.coordinates_at(question, index))


def _summary(maker: Maker, question: Summary, result: Result) -> Parts:
    values = {name: Column(np.asarray(result.values[name])) for name in ("count", "feasible", "nan")}
    values |= {name: maker.column(question.quantity, np.asarray(result.values[name])) for name in ("min", "mean", "max")}
    return Parts({}, values)


def _quantiles(maker: Maker, question: Quantiles, result: Result) -> Parts:
    values = {question.quantity: maker.column(question.quantity, np.asarray(result.values["quantiles"]))}
    return Parts({"quantile": Column(np.array(question.at))}, values)


def _histogram(maker: Maker, question: Histogram, result: Result) -> Parts:
    counts, edges = (np.asarray(result.values[name]) for name in ("counts", "edges"))
    low, high = (np.broadcast_to(ends, counts.shape) for ends in (edges[:-1], edges[1:]))
    name = question.quantity
    values = {"from": maker.column(name, low), "to": maker.column(name, high), "count": Column(counts)}
    return Parts({"bin": Column(np.arange(counts.shape[-1]))}, values)


def _sensitivity(maker: Maker, question: Sensitivity, result: Result) -> Parts:
    """Give the share of each axis or drawn column with its error, and as the last entry what they do together."""
    entries = np.array([*parts(maker.problem, question), TOGETHER], dtype=object)
    shares, together = (np.asarray(result.values[name]) for name in ("shares", "interactions"))
    errors, of_together = (np.asarray(result.values[name]) for name in ("errors", "interactions_error"))
    values = {
        "share": Column(np.concatenate([shares, together[..., None]], axis=-1)),
        "error": Column(np.concatenate([errors, of_together[..., None]], axis=-1)),
    }
    return Parts({"axis": Column(entries)}, values)


def _pareto(maker: Maker, question: Pareto, result: Result) -> Parts:
    index, front = (np.asarray(result.values[name]) for name in ("index", "front"))
    values = {name: maker.column(name, front[..., i]) for i, name in enumerate(question.quantities)}
    values |= maker.quantities_at([name for name in question.targets() if name not in values], index)
    return Parts({"point": Column(np.arange(index.shape[-1]))}, values, maker.coordinates_at(question, index))


def _table(maker: Maker, question: Table, result: Result) -> Parts:
    index = np.asarray(result.values["index"])
    values = {name: maker.column(name, np.asarray(result.values[name])) for name in question.quantities}
    return Parts({"scenario": Column(index)}, values, maker.coordinates_at(question, index))


Columns = Mapping[str, Column]


def _every_point(coords: Columns, values: Columns) -> Array:
    return np.arange(math.prod(len(column.data) for column in coords.values()))


def _points_of_fronts(coords: Columns, values: Columns) -> Array:
    """Leave out what fills up the fronts that have fewer points than the longest."""
    return np.flatnonzero(~np.isnan(next(iter(values.values())).data.reshape(-1)))


@dataclass(frozen=True)
class AnsweredKind:
    """What answers to questions of a kind hold.

    Attributes
    ----------
    dims
        Their own dimensions, which follow the kept axes. An answer that has no need of one leaves it out.
    columns
        Their values that are named neither as a quantity nor as a statistic: a summary's ``mean``.
    parts
        Makes coordinates, values and places from an engine's result, each in its own unit.
    rows
        Which of an answer's points, flattened, are rows; from the coordinates of all its dimensions and its values.
    total
        How many rows there are in all, where an answer has but the first of them; None where it has all.
    """

    dims: tuple[str, ...]
    columns: tuple[str, ...]
    parts: Callable[[Maker, Any, Result], Parts]
    rows: Callable[[Columns, Columns], Array]
    total: Callable[[Result], int] | None


KINDS: ByKind[AnsweredKind] = ByKind(
    "bench.answers.kinds.KINDS",
    {
        Best: AnsweredKind(dims=(), columns=(), parts=_best, rows=_every_point, total=None),
        Decision: AnsweredKind(dims=("confidence",), columns=(), parts=decision, rows=_every_point, total=None),
        Summary: AnsweredKind(
            dims=(), columns=("count", "feasible", "nan", "min", "mean", "max"), parts=_summary, rows=_every_point, total=None
        ),
        Quantiles: AnsweredKind(dims=("quantile",), columns=(), parts=_quantiles, rows=_every_point, total=None),
        Histogram: AnsweredKind(
            dims=("bin",), columns=("from", "to", "count"), parts=_histogram, rows=_every_point, total=None
        ),
        Sensitivity: AnsweredKind(
            dims=("axis",), columns=("share", "error"), parts=_sensitivity, rows=_every_point, total=None
        ),
        Pareto: AnsweredKind(dims=("point",), columns=(), parts=_pareto, rows=_points_of_fronts, total=None),
        Table: AnsweredKind(
            dims=("scenario",), columns=(), parts=_table, rows=_every_point, total=lambda result: int(result.values["rows"])
        ),
    },
)
# What answers call their own dimensions and columns, in files too: no axis may have such a name.
OWN_NAMES = frozenset({"question"}.union(*({*kind.dims, *kind.columns} for kind in KINDS.entries().values())))

"""The inputs that a study rests on and did not compute: facts of tables, draws, and what the study states itself."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ... import configs
from ..prior.draw_sources import DrawnFrom
from .loader import Study
from .planned_axis import AxisColumns

DRAWN_SHARES = (0.1, 0.5, 0.9)  # of the draws, that a person reads for their distribution


@dataclass(frozen=True)
class FactUsed:
    """A figure of a facts table that a study's questions need.

    Attributes
    ----------
    axis
        The axis that brings it.
    table, row, name
        The table, the key of the row, and what people call the row.
    quantity, value
        What it is a figure of, and the figure in base units.
    source
        Where it comes from, of when, and how it was counted.
    """

    axis: str
    table: str
    row: str
    name: str
    quantity: str
    value: float
    source: configs.FactSource


@dataclass(frozen=True)
class InputDrawn:
    """An input that is drawn.

    Attributes
    ----------
    axis, quantity
        The axis of the draws, and what is drawn.
    low, median, high
        P10, median and P90 of the draws, in base units.
    origin
        What it is drawn from, and where that comes from.
    """

    axis: str
    quantity: str
    low: float
    median: float
    high: float
    origin: DrawnFrom


def facts_used(study: Study) -> tuple[FactUsed, ...]:
    """List the published figures that a study's questions need, in the order of its axes and their rows."""
    return tuple(fact for axis in study.axes if axis.facts for fact in _facts_of(axis, study))


def _facts_of(axis: AxisColumns, study: Study) -> Iterator[FactUsed]:
    needed = [name for name in study.axis(axis.name).own_columns if name in axis.renamed]
    first = {row.key: number for number, row in reversed(list(enumerate(axis.rows)))}  # a row may be there more than once
    for number, row in ((number, axis.rows[number]) for number in sorted(first.values())):
        for quantity in needed:
            value = float(axis.columns[quantity][number])
            if not math.isnan(value):
                source = row.fact_source(axis.renamed[quantity])
                yield FactUsed(axis.name, axis.table, row.key, row.name, quantity, value, source)


def inputs_drawn(study: Study) -> tuple[InputDrawn, ...]:
    """List the inputs that a study's questions need and that are drawn, in the order of its axes."""
    result = []
    for axis in study.axes:
        columns = study.axis(axis.name).own_columns
        for quantity in (quantity for quantity in columns if quantity in axis.drawn):
            low, median, high = np.quantile(columns[quantity], DRAWN_SHARES).tolist()
            result.append(InputDrawn(axis.name, quantity, low, median, high, axis.drawn[quantity]))
    return tuple(result)

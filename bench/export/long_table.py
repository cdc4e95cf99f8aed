"""Answers as one long table: a column for each name, a row for each point."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..answers.answer import Answer
from ..answers.column import Array, Column, coordinates_of_points
from ..runner.kinds import KINDS


def long_table(answers: Iterable[Answer]) -> dict[str, tuple[str, list[Any]]]:
    """Put answers into one long table.

    Its columns are ``question``, the answers' dimensions, their values (a summary's carry the quantity's name: ``cost_min``)
    and where points lie along the axes that are not kept, but for what a dimension or a value says already; then, where no
    decision meets the conditions, the nearest with ``nearest_`` before their names.

    Returns
    -------
    dict
        Column to its unit and values; None in the rows of answers that have no such column.
    """
    table: dict[str, tuple[str, list[Any]]] = {"question": ("", [])}
    done = 0
    for answer in answers:
        rows = answer.rows()
        length = len(rows)
        table["question"][1].extend([answer.name] * length)
        for name, column in flat_columns(answer):
            unit, values = table.setdefault(name, (column.unit, []))
            if unit != column.unit:
                unit, values = table.setdefault(f"{name} ({column.unit})", (column.unit, []))
            values.extend([None] * (done - len(values)))
            values.extend(cells_of_column(column, rows))
        done += length
        for _, values in table.values():
            values.extend([None] * (done - len(values)))
    return table


def cells_of_column(column: Column, rows: Array) -> list[Any]:
    """List a column's values at some of its points; None where there is none. Infinity is a value."""
    values = np.reshape(column.data, -1)[rows].tolist()
    return [None if isinstance(value, float) and math.isnan(value) else value for value in values]


def flat_columns(answer: Answer) -> Iterable[tuple[str, Column]]:
    """List the columns of an answer's points by the names that they have in files, each flattened."""
    yield from coordinates_of_points(answer.coords).items()
    prefix = KINDS.of(answer.question).file_prefix(answer.question)
    for name, column in answer.values.items():
        if prefix or name not in answer.coords:
            yield prefix + name, Column(np.reshape(column.data, -1), column.unit, column.source)
    for name, column in answer.at.items():
        if name not in answer.values:
            yield name, Column(np.reshape(column.data, -1), column.unit, column.source)
    if answer.nearest is not None:
        for name, column in answer.nearest.columns().items():
            yield f"nearest_{name}", Column(np.reshape(column.data, -1), column.unit, column.source)

"""One question's answer as a table that a person reads: words in place of keys, and the rows that matter."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..answers.answer import Answer
from ..answers.column import Array, Column, coordinates_of_points
from ..study.loader import Study
from ..terminal import numbers
from .answer_columns import Columns, part_words, value_column
from .decision_words import percent
from .kinds import KINDS
from .missing_facts import known_rows, missing_sentences
from .question_words import question_text
from .rows_shown import rows_shown
from .sentences import answer_sentences
from .shown_column import UNKNOWN, Rows, ShownColumn, label_column, text_column
from .unmet_groups import MAX_SENTENCES

__all__ = ["ShownColumn", "ShownTable", "rows_to_show", "shown_table"]

MAX_ROWS, MAX_CUT = 28, 4  # rows that are shown, and so many for whose sake none is left out


@dataclass(frozen=True)
class ShownTable:
    """A question's answer as a person reads it: in the terminal, a report and a notebook.

    Attributes
    ----------
    name
        The question's name.
    question
        What is asked, in words.
    columns
        The columns, those of the kept axes first; all have the same number of cells. None where there is no row.
    once
        Coordinates that are the same in every row, each a heading and a cell: they stand in no column.
    sentences
        What the answer comes to.
    notes
        What has no row and why, and what the figures are over.
    length
        How many rows there are in all, shown or not.
    gap
        Before which of the rows some in the middle are left out; None where there is none such.
    picked
        Points of kept axes at which all rows are that are shown, each a heading and a cell, where others are not.
    """

    name: str
    question: str
    columns: tuple[ShownColumn, ...]
    once: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    notes: tuple[str, ...]
    length: int
    gap: int | None = None
    picked: tuple[tuple[str, str], ...] = ()

    @property
    def rows(self) -> int:
        """How many rows are shown."""
        return len(self.columns[0].texts) if self.columns else 0


def shown_table(answer: Answer, study: Study, full: bool = False, limit: int | None = None) -> ShownTable:
    """Put an answer into a table that a person reads.

    Parameters
    ----------
    answer
        What is shown.
    study
        What it answers: its quantities say in which units.
    full
        Whether all rows of which something is known are shown, in place of those that matter.
    limit
        How many of all rows are shown, the first of them; all where it is None.
    """
    kind = KINDS.of(answer.question)
    dims = [dim for dim in answer.dims if dim not in kind.across]
    possible = _all_rows(answer, study, dims)
    empty = _empty_rows(answer, possible)
    every = [row for row in possible if row not in empty]
    chosen = rows_shown(answer, study, every, full)
    rows = chosen[:limit] if full else [chosen[place] for place in rows_to_show(len(chosen))]
    length = len(every) if answer.total is None else answer.total
    own, note = kind.columns(answer, study, rows)
    columns = [*_coordinates(answer, study, dims, rows), *own]
    equal = _equal_coordinates(answer, dims, every, whole=length == len(every)) if len(rows) > 1 else set()
    once = tuple((c.heading, text) for c in columns if c.name in equal for text in {*c.texts} - {UNKNOWN})
    columns = [column for column in columns if column.name not in equal]
    picked = _picked(columns, dims) if len(chosen) < len(every) and len(rows) > 1 else ()
    columns = [column for column in columns if column.heading not in dict(picked)]
    most = MAX_SENTENCES if full or not rows else 1  # beside rows, one sentence does
    lacking = [*kind.sentences(answer, study, most), *missing_sentences(answer, study)]
    if empty and not every and not lacking:
        lacking, rows, length = ["No scenario meets the conditions."], [], 0
    elif empty and every:
        lacking.append(f"Left out: {numbers.count(len(empty), 'row')} in which no scenario meets the conditions.")
    return ShownTable(
        answer.name,
        question_text(answer.question, study),
        tuple(columns) if rows else (),
        once if rows else (),
        answer_sentences(answer, study),
        (*lacking, *note.splitlines()),
        length,
        MAX_ROWS // 2 if len(rows) < len(chosen) and not full else None,
        picked if rows else (),
    )


def rows_to_show(length: int) -> list[int]:
    """List the rows that are shown: all, or the first and the last."""
    if length <= MAX_ROWS + MAX_CUT:
        return list(range(length))
    half = MAX_ROWS // 2
    return [*range(half), *range(length - half, length)]


def _all_rows(answer: Answer, study: Study, dims: list[str]) -> Rows:
    """List the flat indices of the rows of which something is known, or could be."""
    kind = KINDS.of(answer.question)
    rows: Rows = (
        answer.rows().tolist()
        if dims == list(answer.dims)
        else list(range(math.prod(len(answer.coords[dim].data) for dim in dims)))
    )
    rows = kind.shown(answer, rows)
    return rows if kind.in_stretches else known_rows(answer, study, rows)


def _empty_rows(answer: Answer, rows: Rows) -> frozenset[int]:
    """Find the rows in which no scenario meets the conditions: nothing in them is known."""
    if not answer.question.where or not rows:
        return frozenset()
    floats = [column.data for column in answer.values.values() if column.data.dtype.kind == "f"]
    empty: Array = np.logical_and.reduce([np.isnan(data.reshape((-1, _across(answer)))).all(axis=1) for data in floats])
    return frozenset(row for row in rows if empty[row])


def _across(answer: Answer) -> int:
    """Count the points that stand side by side in a row."""
    return math.prod(len(answer.coords[dim].data) for dim in KINDS.of(answer.question).across)


def _equal_coordinates(answer: Answer, dims: list[str], rows: Rows, *, whole: bool) -> set[str]:
    """Name the coordinates that are the same in every row that has one, shown or not, where ``whole``: all rows are at hand."""
    kept = {dim for dim in dims if len(answer.coords[dim].data) == 1}
    if not whole:
        return kept
    return kept | {name for name, column in answer.at.items() if len(_distinct(column, rows)) == 1}


def _picked(columns: Columns, dims: list[str]) -> tuple[tuple[str, str], ...]:
    """List the kept axes of which all rows that are shown have one point."""
    own = [column for column in columns if column.name in dims and len({*column.texts}) == 1]
    return tuple((column.heading, column.texts[0]) for column in own)


def _distinct(column: Column, rows: Rows) -> set[Any]:
    return {value for value in column.data.reshape(-1)[rows].tolist() if value is not None and value == value}


def _coordinates(answer: Answer, study: Study, dims: list[str], rows: Rows) -> Columns:
    points, kind = coordinates_of_points({dim: answer.coords[dim] for dim in dims}), KINDS.of(answer.question)
    columns = []
    for dim, column in points.items():
        if dim in kind.percent:
            shares = column.data[rows].tolist()
            columns.append(text_column(dim, [percent(share) for share in shares], shares, dim))
        elif dim in kind.named:
            columns.append(label_column("input", [part_words(study, part) for part in column.data[rows].tolist()], dim))
        elif dim not in kind.numbered:
            columns.append(value_column(dim, column, study, rows))
    return columns

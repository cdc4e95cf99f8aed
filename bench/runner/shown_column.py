"""A column of a shown table: what a person reads in each row, and the numbers behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..answers.column import Column
from ..terminal.shared_unit import show_alike

Rows = list[int]
UNKNOWN = "-"


@dataclass(frozen=True)
class ShownColumn:
    """A column of a table that a person reads.

    Attributes
    ----------
    heading
        What stands above it, in words.
    unit
        The unit of ``numbers``; empty for a plain number, a share of 1 and a label.
    texts
        A cell for each row, with the unit that people read: ``5.6 million chips``, ``34%``; ``-`` where there is none.
    numbers
        What the cells are sorted by and files hold, in ``unit``; None where a cell has none, and instead of all for labels.
    is_label
        Whether the cells are words, which are read from the left.
    name
        What the answer calls it: an axis, a quantity or a statistic; columns of one quantity have the same.
    shared
        The scale and unit that all cells end in, so that it may stand above them once: ``million chips``; else empty.
    """

    heading: str
    unit: str
    texts: tuple[str, ...]
    numbers: tuple[float | None, ...] | None
    is_label: bool
    name: str = ""
    shared: str = ""

    def bare(self) -> tuple[str, ...]:
        """Return the cells without the scale and unit that all share."""
        if not self.shared:
            return self.texts
        ends = (f" {self.shared}", f" {self.shared.removesuffix('s')}")  # 2 chips, 1 chip
        return tuple(next((text.removesuffix(end) for end in ends if text.endswith(end)), text) for text in self.texts)


@dataclass(frozen=True)
class Look:
    """How the columns of a quantity look.

    Attributes
    ----------
    name
        What the answer calls them.
    preferred
        The unit that its values are shown in where they suit it; empty where there is none.
    words
        What its first whole numbers are read as: of a flag and a choice.
    plain
        Whether its values are written as they are: a year.
    """

    name: str = ""
    preferred: str = ""
    words: tuple[str, ...] = ()
    plain: bool = False


def columns_alike(headings: Sequence[str], columns: Sequence[Column], rows: Rows, look: Look) -> list[ShownColumn]:
    """Show columns of one quantity, with one scale and unit where their values are near enough for that.

    Parameters
    ----------
    headings
        What stands above each.
    columns
        Values in their unit, which is the same for all, of any shape.
    rows
        Flat indices of those that are shown.
    look
        How their quantity is shown.
    """
    unit = columns[0].unit
    values = [np.asarray(column.data, dtype=float).reshape(-1)[rows].tolist() for column in columns]
    texts, shared = _show([value for own in values for value in own], unit, look)
    cells = [tuple(texts[i * len(rows) : (i + 1) * len(rows)]) for i in range(len(columns))]
    return [
        ShownColumn(heading, unit, own, known_numbers(numbers_), is_label=False, name=look.name, shared=shared)
        for heading, own, numbers_ in zip(headings, cells, values, strict=True)
    ]


def _show(values: Sequence[float], unit: str, look: Look) -> tuple[list[str], str]:
    if look.plain:
        return [UNKNOWN if value != value else f"{value:g}" for value in values], ""
    known = range(len(look.words))
    if look.words and all(value != value or value in known for value in values):
        return [UNKNOWN if value != value else look.words[int(value)] for value in values], ""
    return show_alike(values, unit, look.preferred)


def label_column(heading: str, texts: Sequence[str], name: str = "") -> ShownColumn:
    """Make a column of words.

    Parameters
    ----------
    heading
        What stands above it.
    texts
        The words of each row.
    name
        What the answer calls it.
    """
    return ShownColumn(heading, "", tuple(texts), None, is_label=True, name=name)


def text_column(heading: str, texts: Sequence[str], values: Sequence[float], name: str = "") -> ShownColumn:
    """Make a column of plain numbers whose cells are written already.

    Parameters
    ----------
    heading
        What stands above it.
    texts
        The cells.
    values
        The numbers behind them; NaN is a number that there is none of.
    name
        What the answer calls it.
    """
    return ShownColumn(heading, "", tuple(texts), known_numbers(values), is_label=False, name=name)


def known_numbers(values: Sequence[Any]) -> tuple[float | None, ...]:
    """Turn values into numbers, with None for NaN."""
    return tuple(None if value is None or value != value else float(value) for value in values)

"""A column of a shown table: what a person reads in each row, and the numbers behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..answers.column import Column
from ..terminal import numbers

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
        A cell for each row, with the scale and unit that people read: ``5.6 million chips``, ``34%``; ``-`` where there is none.
    numbers
        What the cells are sorted by and files hold, in ``unit``; None where a cell has none, and instead of all for labels.
    is_label
        Whether the cells are words, which are read from the left.
    name
        What the answer calls it: an axis, a quantity or a statistic; empty where several stand in it.
    """

    heading: str
    unit: str
    texts: tuple[str, ...]
    numbers: tuple[float | None, ...] | None
    is_label: bool
    name: str = ""


def column_of(heading: str, column: Column, rows: Rows, preferred: str = "", name: str = "") -> ShownColumn:
    """Show the values of some rows, in the unit that is preferred or one that suits each value's size.

    Parameters
    ----------
    heading
        What stands above it.
    column
        Values in their unit, of any shape.
    rows
        Flat indices of those that are shown.
    preferred
        A unit; empty where none is preferred.
    name
        What the answer calls it.
    """
    values = column.data.reshape(-1)[rows].tolist()
    texts = tuple(show_value(value, column.unit, preferred) for value in values)
    is_label = column.data.dtype == object
    return ShownColumn(heading, column.unit, texts, None if is_label else known_numbers(values), is_label, name)


def text_column(heading: str, texts: Sequence[str], values: Sequence[float], unit: str = "", name: str = "") -> ShownColumn:
    """Make a column of numbers whose cells are written already; NaN is a number that there is none of."""
    return ShownColumn(heading, unit, tuple(texts), known_numbers(values), is_label=False, name=name)


def known_numbers(values: Sequence[float]) -> tuple[float | None, ...]:
    """Turn values into numbers, with None for NaN."""
    return tuple(None if value is None or value != value else float(value) for value in values)


def show_value(value: Any, unit: str, preferred: str = "") -> str:
    """Write one value: a label as it stands, a number with its unit, a dash for None and NaN."""
    if value is None or value != value:
        return UNKNOWN
    return value if isinstance(value, str) else numbers.show_unit(float(value), unit, preferred)

"""Sheets of a workbook before they are written: columns under headings, what is said beside them, a chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

ChartForm = Literal["bars", "lines", "points"]
MAX_ROWS = 1_048_575  # of a sheet of Excel, its heading apart


@dataclass(frozen=True)
class SheetNumber:
    """A number with a format of its own, in a column whose rows are of several units."""

    value: float
    number_format: str


@dataclass(frozen=True)
class SheetColumn:
    """A column of a sheet.

    Attributes
    ----------
    heading
        What stands above it, its unit included.
    values
        Numbers, texts, or None for an empty cell; numbers with formats of their own where the rows' units differ. A number
        that is not one is an empty cell too; infinity is the text ∞.
    number_format
        How numbers are written, as Excel has it; empty for a column of texts.
    is_label
        Whether it names the row: such columns stand first, and stay where the sheet is scrolled.
    """

    heading: str
    values: Sequence[Any]
    number_format: str = ""
    is_label: bool = False


@dataclass(frozen=True)
class ChartSeries:
    """One line or group of bars of a chart: places of columns, and rows from the first to before the last, counted from 0."""

    name: str
    column: int
    rows: tuple[int, int]
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class SheetChart:
    """A chart of a sheet's columns.

    Attributes
    ----------
    form
        Bars, lines over numbers, or points.
    title, across, up
        What stands above it, below its horizontal axis and beside its vertical one.
    categories
        The first and the last column that name what lies along the horizontal axis.
    series
        What is drawn; ``low`` and ``high`` are columns of error bars' ends.
    """

    form: ChartForm
    title: str
    across: str
    up: str
    categories: tuple[int, int]
    series: tuple[ChartSeries, ...]


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, valid and its own, and what it holds.

    Attributes
    ----------
    name
        As a workbook shows it.
    title
        What the first sheet's list says of it.
    columns
        All of one length.
    chart
        Beside the columns; None where none fits.
    note
        What the list says of rows that are not here.
    """

    name: str
    title: str
    columns: tuple[SheetColumn, ...]
    chart: SheetChart | None = None
    note: str = ""

    @property
    def length(self) -> int:
        """Number of rows, the heading apart."""
        return max((len(column.values) for column in self.columns), default=0)


@dataclass(frozen=True)
class SummaryRow:
    """A number that matters: whose it is, the number with its unit, and how a person reads it, its range included."""

    question: str
    what: str
    value: SheetNumber | None
    unit: str
    text: str


@dataclass(frozen=True)
class FrontSheet:
    """The first sheet: a title, sentences, the numbers that matter, a list of the sheets behind it, and small print.

    Attributes
    ----------
    name, title
        Of the sheet, and what stands at its top.
    sentences
        What was found.
    small_print
        How the workbook is read, and what it was made of and by.
    summary
        The numbers that matter, of all sheets.
    """

    name: str
    title: str
    sentences: tuple[str, ...]
    small_print: tuple[str, ...]
    summary: tuple[SummaryRow, ...] = ()

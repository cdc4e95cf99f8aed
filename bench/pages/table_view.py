"""A table as a page has it: which cells are headings, what each is sorted by, and which rows are drawn at first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Any

from ..runner.shown_column import ShownColumn

FIRST_ROWS = 200  # of a table that are markup; the rest is data, of which the page makes rows when they are asked for
_SHORT = 26  # characters of texts that are never broken
_MANY = 8  # columns; a table of more is printed in smaller letters


@dataclass(frozen=True)
class PageCell:
    """A cell of a table: its text, whether it is its row's heading, its class, and what it is sorted by (none: its text)."""

    text: str
    is_heading: bool
    style: str
    value: str | None


@dataclass(frozen=True)
class TableView:
    """A table as a page has it.

    Parameters
    ----------
    columns
        All of one length.
    most
        The rows that are markup.
    """

    columns: Sequence[ShownColumn]
    most: int = FIRST_ROWS

    @property
    def length(self) -> int:
        """How many rows the table has."""
        return len(self.columns[0].texts) if self.columns else 0

    @property
    def is_wide(self) -> bool:
        """Whether it has many columns."""
        return len(self.columns) > _MANY

    @cached_property
    def headings(self) -> Sequence[tuple[str, str]]:
        """Each column's heading, and its class."""
        return [(column.heading, "" if column.numbers is None else "number") for column in self.columns]

    @cached_property
    def _styles(self) -> Sequence[str]:
        return [
            "number" if column.numbers is not None else "short" if max(map(len, column.texts), default=0) <= _SHORT else ""
            for column in self.columns
        ]

    @cached_property
    def _headings_of_rows(self) -> int:
        """Count the leading columns that name a row: those of words, or the first."""
        return max(sum(1 for _ in takewhile(lambda column: column.numbers is None, self.columns[:-1])), 1)

    def rows(self) -> Iterator[Sequence[PageCell]]:
        """List the rows that are markup."""
        for i in range(min(self.length, self.most)):
            yield [
                PageCell(column.texts[i], j < self._headings_of_rows, self._styles[j], _key(column, i))
                for j, column in enumerate(self.columns)
            ]

    def rest(self) -> Sequence[Mapping[str, Any]]:
        """Return the rows that are data, by column; nothing where all are markup."""
        if self.length <= self.most:
            return []
        return [
            {"texts": column.texts[self.most :], "numbers": column.numbers and column.numbers[self.most :]}
            for column in self.columns
        ]


def _key(column: ShownColumn, i: int) -> str | None:
    """Write the number that a cell is sorted by: nothing where the column has numbers and the cell none."""
    if column.numbers is None:
        return None
    number = column.numbers[i]
    return "" if number is None else f"{number:.12g}"


def data_columns(columns: Sequence[ShownColumn]) -> Sequence[Mapping[str, Any]]:
    """Return a table as data: of each column its name, its unit and its values, numbers where it has them.

    Parameters
    ----------
    columns
        All of one length.
    """
    return [
        {"name": column.heading, "unit": column.unit, "values": column.texts if column.numbers is None else column.numbers}
        for column in columns
    ]

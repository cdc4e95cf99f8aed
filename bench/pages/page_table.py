"""A table as a page has it: which cells are headings, what each is sorted by, and which rows are drawn at first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Any

from ..runner.shown_column import ShownColumn

FIRST_ROWS = 100  # of a table that are markup; the rest is data, of which the page makes rows when they are asked for
_SHORT, _TINY = 26, 12  # characters of texts that are not broken on a screen, and on paper neither
# Paper, in points: what fits between the margins of A4 upright and on its side, between columns, and the size of letters.
_UPRIGHT, _SIDEWAYS, _GAP = 510, 756, 6
_LETTER = 0.62  # of a letter's size is its width, of figures and small letters in the fonts of the page
_LARGEST, _SMALL, _SMALLEST = 8.0, 6.0, 4.0
_WIDEST_HEADING = 24  # letters of a line
_BREAKABLE = 12  # letters of a word; longer words are broken where a column is narrow


@dataclass(frozen=True)
class PageCell:
    """A cell of a table: its text, whether it is its row's heading, its class, and what it is sorted by (none: its text)."""

    text: str
    is_heading: bool
    style: str
    value: str | None


@dataclass(frozen=True)
class PageTable:
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
    def is_landscape(self) -> bool:
        """Whether it is printed on a page of its own that lies on its side, since upright its letters would be too small."""
        return self._fitting(_UPRIGHT) < _SMALL

    @property
    def print_size(self) -> float:
        """The size of letters (points) at which it fits on paper."""
        size = self._fitting(_SIDEWAYS if self.is_landscape else _UPRIGHT)
        return round(min(max(size, _SMALLEST), _LARGEST), 1)

    def _fitting(self, width: float) -> float:
        """Compute the size of letters at which the longest words of all columns stand side by side."""
        letters = sum(map(_letters, self.columns))
        return (width - _GAP * len(self.columns)) / (letters * _LETTER) if letters else _LARGEST

    @cached_property
    def headings(self) -> Sequence[tuple[str, str, int]]:
        """Each column's heading, its class, and the letters that it is at least wide: in them it stands in two lines."""
        return [
            (column.heading, "" if column.numbers is None else "number", _width_of_two_lines(column.heading))
            for column in self.columns
        ]

    @cached_property
    def _styles(self) -> Sequence[str]:
        return list(map(_style, self.columns))

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


def _width_of_two_lines(heading: str) -> int:
    """Count the letters of the longer line of a heading that is broken near its middle."""
    words = heading.split()
    lines = [(len(" ".join(words[:place])), len(" ".join(words[place:]))) for place in range(1, len(words) + 1)]
    return min(min(map(max, lines), default=0), _WIDEST_HEADING)


def _style(column: ShownColumn) -> str:
    """Name how a column's cells are broken into lines, and to which side they stand."""
    if column.numbers is not None:
        return "number"
    longest = max(map(len, column.texts), default=0)
    return "tiny" if longest <= _TINY else "short" if longest <= _SHORT else "long"


def _letters(column: ShownColumn) -> int:
    """Count the letters of what is not broken in a column on paper: figures, short texts, words but for long ones."""
    style = _style(column)
    parts = {part for text in column.texts for part in ([text] if style == "tiny" else text.split())}
    longest = max(map(len, parts), default=0)
    own = min(longest, _BREAKABLE) if style == "long" else longest
    return max(own, *map(len, column.heading.split()), 1)


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

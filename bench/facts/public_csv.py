"""Tables that others publish as CSV, as they are downloaded: columns by name, and numbers of either decimal sign."""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...kernels import reading
from ..errors import InputError

MAX_BYTES = 100 * 10**6  # Epoch's table of all models has some 10 MB
SEPARATORS = (",", ";", "\t")
_POINT = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][-+]?\d+)?", re.ASCII)  # 1,234.5
_COMMA = re.compile(r"[-+]?(?:\d{1,3}(?:\.\d{3})+|\d+)?(?:,\d*)?(?:[eE][-+]?\d+)?", re.ASCII)  # 1.234,5


@dataclass(frozen=True)
class PublicRow:
    """One line of a file.

    Attributes
    ----------
    cells
        By column, as they stand there.
    place
        Names file and line in errors.
    decimal_comma
        Whether its numbers have a comma before their decimals.
    """

    cells: Mapping[str, str]
    place: str
    decimal_comma: bool = False

    def text(self, columns: Iterable[str]) -> str:
        """Read the first of some columns that is not empty; empty where all are."""
        return next((text for name in columns if (text := self.cells.get(name, "").strip())), "")

    def number(self, columns: Iterable[str]) -> float:
        """Read the first of some columns that is not empty as a number; NaN where all are.

        Raises
        ------
        InputError
            Where it holds no number, or one of the other decimal sign; it names file, line and column.
        """
        for name in columns:
            if cell := self.cells.get(name, "").strip():
                return self._number(name, cell)
        return math.nan

    def _number(self, column: str, cell: str) -> float:
        form, marks = (_COMMA, (".", ",")) if self.decimal_comma else (_POINT, (",", "."))
        if not any(map(str.isdigit, cell)) or not form.fullmatch(cell):
            other = not self.decimal_comma and _COMMA.fullmatch(cell) and any(map(str.isdigit, cell))
            right = "with a decimal point, or separate the columns with semicolons" if other else "such as 1234.5, or nothing"
            raise InputError(f"{column[:60]} holds {cell[:40]!r}; write a number {right}", where=self.place)
        value = float(cell.replace(marks[0], "").replace(marks[1], "."))
        if not math.isfinite(value):
            raise InputError(f"{column[:60]} holds {cell[:40]!r}, which is beyond anything real", where=self.place)
        return value


@dataclass(frozen=True)
class PublicFile:
    """A file, its lines read when they are asked for.

    Attributes
    ----------
    path
        Where it is.
    separator
        What separates its columns.
    columns
        Their names, in the file's order.
    lines
        The number of each further line, and its cells.
    """

    path: Path
    separator: str
    columns: tuple[str, ...]
    lines: tuple[tuple[int, list[str]], ...]

    def rows(self) -> tuple[PublicRow, ...]:
        """Read the lines by column. Raises InputError where one has more cells than there are columns."""
        cells = [(_cells(self.columns, line, place), place) for line, place in self._placed()]
        comma = self.separator != "," and any(_has_decimal_comma(cell) for row, _ in cells for cell in row.values())
        return tuple(PublicRow(row, place, comma) for row, place in cells)

    def _placed(self) -> Iterator[tuple[list[str], str]]:
        return ((cells, f"{self.path}, line {number}") for number, cells in self.lines)


def read_public(path: Path) -> PublicFile:
    """Read a CSV file: columns separated by commas, semicolons or tabs, with or without a byte order mark.

    Where they are not separated by commas, a comma in a number may stand before its decimals.

    Raises
    ------
    InputError
        Where it cannot be read or is not valid CSV; it names the file.
    """
    try:
        text = reading.read_text(path, MAX_BYTES, piped=True)
    except reading.ReadingError as error:
        raise InputError(str(error), where=str(path)) from error
    separator = _separator(text)
    lines = _lines(text, separator, path)
    if len(lines) < 2:
        raise InputError("holds no table; a line of column names and lines of figures are needed", where=str(path))
    return PublicFile(path, separator, _columns(lines[0][1], path), tuple(lines[1:]))


def _separator(text: str) -> str:
    """Find the sign that separates the columns: the one of which the first line that is not empty has most."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=lambda sign: _count_cells(first, sign))


def _count_cells(line: str, separator: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=separator), []))
    except csv.Error:  # a cell without end, which reading the file will name
        return 0


def _lines(text: str, separator: str, path: Path) -> list[tuple[int, list[str]]]:
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise InputError(f"is not valid CSV: {error}", where=str(path)) from None


def _columns(cells: list[str], path: Path) -> tuple[str, ...]:
    columns = [" ".join(name.split()) for name in cells]
    try:
        reading.check_keys(columns)
    except reading.ReadingError as error:
        raise InputError(str(error), where=str(path)) from None
    twice = next((name for name, count in Counter(columns).items() if count > 1 and name), None)
    if twice is not None:
        raise InputError(f"has two columns {twice!r}", where=str(path))
    return tuple(columns)


def _cells(columns: tuple[str, ...], line: list[str], place: str) -> dict[str, str]:
    if len(line) > len(columns) and any(cell.strip() for cell in line[len(columns) :]):
        raise InputError(f"has {len(line)} cells for {len(columns)} columns", where=place)
    return {name: cell for name, cell in zip(columns, line, strict=False) if name}


def _has_decimal_comma(cell: str) -> bool:
    """Tell whether a cell is a number that a decimal point cannot explain: 0,369 or 1.234,5 but not 1,234."""
    text = cell.strip()
    return "," in text and _COMMA.fullmatch(text) is not None and _POINT.fullmatch(text) is None

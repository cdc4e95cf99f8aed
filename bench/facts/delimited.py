"""Delimited text, as spreadsheets and publishers write it: what separates its columns, their names, and its lines."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ...kernels import reading
from ..errors import InputError

MAX_BYTES = 100 * 10**6  # Epoch's table of all models has some 10 MB
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_TOLD = "sep="  # how Excel's first line begins where it tells the separator


@dataclass(frozen=True)
class DelimitedLine:
    """A line of a table.

    Attributes
    ----------
    number
        That of the file's line that it begins on, from 1.
    cells
        Its cells as they stand, as many as there are columns; those that it lacks are empty.
    """

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class DelimitedTable:
    """A table of text.

    Attributes
    ----------
    path
        Where it is.
    separator
        What separates its columns: a key of ``SEPARATORS``.
    columns
        Their names, in the file's order.
    lines
        Its lines that are not empty, the columns' names left out.
    """

    path: Path
    separator: str
    columns: tuple[str, ...]
    lines: tuple[DelimitedLine, ...]

    def place(self, line: DelimitedLine) -> str:
        """Name file and line, as errors do."""
        return f"{self.path}, line {line.number}"


def read_delimited(path: Path, *, ragged: bool = False) -> DelimitedTable:
    """Read a table whose columns are separated by commas, semicolons or tabs.

    Parameters
    ----------
    path
        The file; ``-`` is the standard input. It is UTF-8, with or without a byte order mark, or UTF-16 with one.
    ragged
        Whether a line may have fewer cells than there are columns.

    Raises
    ------
    InputError
        Where it cannot be read or is no such table; it names the file, and the line where it is one.
    """
    try:
        text = reading.read_text(path, MAX_BYTES, piped=True, utf16=True)
    except reading.ReadingError as error:
        raise InputError(str(error), where=str(path)) from error
    return parse_delimited(path, text, ragged=ragged)


def parse_delimited(path: Path, text: str, *, ragged: bool = False) -> DelimitedTable:
    """Read a table from its text, as `read_delimited` does from its file.

    Parameters
    ----------
    path
        What errors call the file.
    text
        What stands in it.
    ragged
        Whether a line may have fewer cells than there are columns.

    Raises
    ------
    InputError
        Where it is no such table; it names the file, and the line where it is one.
    """
    separator, skipped = _separator(path, text)
    lines = list(_lines(path, text, separator, skipped))
    if len(lines) < 2:
        raise InputError("holds no table; a line of column names and lines of figures are needed", where=str(path))
    table = DelimitedTable(path, separator, _columns(path, lines[0]), ())
    if len(table.columns) == 1:
        right = "the first line that is not empty must name the columns, separated by commas, semicolons or tabs"
        raise InputError(f"has one column, {table.columns[0][:40]!r}; {right}", where=table.place(lines[0]))
    return replace(table, lines=tuple(_fitted(table, line, ragged) for line in lines[1:]))


def _separator(path: Path, text: str) -> tuple[str, int]:
    """Tell what separates the columns, and how many lines stand before their names only to say so."""
    lines = (line for line in io.StringIO(text, newline=None) if line.strip())
    first = next(lines, "").strip("\r\n")
    told = first.strip().strip('"')
    if told.lower().startswith(_TOLD) and len(told) <= len(_TOLD) + 1:
        sign = first.strip('"\r\n ')[len(_TOLD) :]
        if sign not in SEPARATORS:
            raise InputError(f"separates columns by {sign!r}; use commas, semicolons or tabs", where=f"{path}, line 1")
        return sign, 1
    counts = {sign: _count_cells(first, sign) for sign in SEPARATORS}
    most = [sign for sign, count in counts.items() if count == max(counts.values())]
    if len(most) > 1 and counts[most[0]] > 1:
        second = next(lines, "").strip("\r\n")
        most = [sign for sign in most if _count_cells(second, sign) == counts[sign]]
        if len(most) != 1:
            raise InputError(f"has columns' names of which nothing tells what separates them: {first[:60]!r}", where=str(path))
    return most[0], 0


def _count_cells(line: str, separator: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=separator, skipinitialspace=True), []))
    except csv.Error:  # a cell without end, which reading the file will name
        return 0


def _lines(path: Path, text: str, separator: str, skipped: int) -> Iterator[DelimitedLine]:
    """Read the lines that hold something, but for the first so many of them."""
    begins = 1
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if not skipped:
                    yield DelimitedLine(begins, tuple(cells))
                skipped = max(skipped - 1, 0)
            begins = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"is not valid CSV: {error}", where=f"{path}, line {begins}") from None


def _columns(path: Path, line: DelimitedLine) -> tuple[str, ...]:
    columns = [" ".join(name.split()) for name in line.cells]
    while columns and not columns[-1]:  # as spreadsheets leave them
        columns.pop()
    try:
        reading.check_keys(columns)
    except reading.ReadingError as error:
        raise InputError(str(error), where=str(path)) from None
    twice = next((name for name, count in Counter(columns).items() if count > 1 and name), None)
    if twice is not None:
        raise InputError(f"has two columns {twice!r}", where=str(path))
    return tuple(columns)


def _fitted(table: DelimitedTable, line: DelimitedLine, ragged: bool) -> DelimitedLine:
    """Give a line as many cells as there are columns: empty ones at its end are none."""
    columns = table.columns
    count, cells = len(columns), list(line.cells)
    while len(cells) > count and not cells[-1].strip():
        cells.pop()
    if len(cells) > count or (len(cells) < count and not ragged):
        raise InputError(
            f"has {_count(len(cells), 'cell')} for {_count(count, 'column')}{_hint(table, line)}", where=table.place(line)
        )
    unnamed = next((cell for name, cell in list(zip(columns, cells, strict=False))[1:] if not name and cell.strip()), None)
    if unnamed is not None:
        raise InputError(f"holds {unnamed.strip()[:40]!r} in a column without a name", where=table.place(line))
    return DelimitedLine(line.number, (*cells, *[""] * (count - len(cells))))


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'s' * (number != 1)}"


def _hint(table: DelimitedTable, line: DelimitedLine) -> str:
    """Say what a line with another number of cells could be."""
    if line.cells[0].lstrip().startswith("#"):
        return "; a table has no comments"
    longer = table.separator == "," and len(line.cells) > len(table.columns)
    return "; write decimals with a point, and a cell that holds commas between quotation marks" if longer else ""

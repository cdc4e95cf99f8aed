"""Files of cases: CSV and the like, or TOML with [[cases]], read as rows; which kind they are is told from their columns."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ... import configs
from ...kernels import reading
from ...kernels.errors import FlopwattError
from ..errors import InputError
from ..facts.case_columns import COLUMNS, CaseColumn, CaseHeading, read_headings
from ..facts.cells import blank, column_number, is_bare
from ..facts.decimal_signs import NumberCell, decimal_sign, plain_number
from ..facts.delimited import MAX_BYTES, DelimitedTable, parse_delimited

PUBLISHED = configs.FOLDER / "published"
_MEASURED = {name: CaseColumn(name) for name in ("value", "input_tokens", "output_tokens", "batch_or_concurrency")}
_NUMBERS = {**COLUMNS, **_MEASURED}  # columns whose numbers tell a file's decimal sign, and are read by it
MAX_CELL = 10_000  # characters
MAX_VALUE = 1e40  # products of figures beyond it overflow

_DATE = re.compile(r"(\d{4})[-/](?:0?[1-9]|1[0-2])(?:[-/]\d{1,2})?")  # a month or a day of a year
_CASES = re.compile(r"^\s*\[\[\s*cases\s*\]\]", re.MULTILINE)  # what no CSV of cases begins a line with


class UnpredictableError(FlopwattError):
    """A published figure cannot be predicted; the message says why."""


class CellError(InputError, UnpredictableError):
    """A cell is not what its column holds, so that nothing that needs it can be predicted; it names file, row and column."""


@dataclass(frozen=True)
class CaseRow:
    """One case of a file.

    Parameters
    ----------
    cells
        By column; empty cells are left out.
    where
        Names file and row in errors.
    """

    cells: Mapping[str, Any]
    where: str

    def text(self, column: str) -> str:
        """Read a cell as text, empty where there is none."""
        return str(self.cells.get(column, "")).strip()

    def number(self, column: str) -> float:
        """Read a cell as a number in the column's unit, NaN where nothing is stated.

        Raises
        ------
        CellError
            Where the cell holds something else; it names file, row and column.
        """
        cell = self.cells.get(column)
        if cell is None or blank(str(cell)):
            return math.nan
        numbers = COLUMNS.get(column) or CaseColumn(column)
        if column == "year" and (date := _DATE.fullmatch(str(cell).strip())):
            return float(date[1])
        try:
            value = column_number(cell, numbers)
        except FlopwattError as error:
            raise CellError(f"{column} must be a number, or empty where not published: {error}", where=self.where) from None
        if numbers.whole and column != "year" and not math.isclose(value, round(value)):
            raise CellError(f"{column} must be a whole number, not {value:g}", where=self.where)
        return value

    def positive(self, column: str) -> float:
        """Read a cell as a number above 0 in the column's unit, NaN where nothing is stated.

        Raises
        ------
        CellError
            Where the cell holds something else, or a number beyond ``MAX_VALUE`` or under its inverse.
        """
        value = self.number(column)
        if value <= 0:
            raise CellError(f"{column} must be above 0, not {value:g}", where=self.where)
        if not 1 / MAX_VALUE <= value <= MAX_VALUE and not math.isnan(value):
            raise CellError(f"{column} is beyond anything real: {value:g}", where=self.where)
        return value


@dataclass(frozen=True)
class Cases:
    """The rows of one file and its columns."""

    path: Path
    columns: frozenset[str]
    rows: tuple[CaseRow, ...]


def read(path: Path) -> Cases:
    """Read a file of cases; ``-`` is the standard input, whose text says whether it is CSV or TOML.

    Raises
    ------
    InputError
        Where it cannot be read or is not valid; it names file and row.
    """
    piped = str(path) in reading.STDIN
    readers = {".csv": _csv, ".tsv": _csv, ".txt": _csv, ".toml": _toml}
    if not piped and path.suffix.lower() not in readers:
        raise InputError("must be a .csv or a .toml file, or one of tabs that ends in .tsv or .txt", where=str(path))
    try:
        text = reading.read_text(path, MAX_BYTES, piped=True, utf16=True)
    except reading.ReadingError as error:
        raise InputError(str(error), where=str(path)) from error
    suffix = path.suffix.lower() if not piped else ".toml" if _CASES.search(text) else ".csv"
    return readers[suffix](path, text)


def _check_cells(cells: Mapping[str, Any], where: str) -> None:
    """Raise InputError for a cell that no table of cases has."""
    for name, cell in cells.items():
        if isinstance(cell, str) and len(cell) > MAX_CELL:
            raise InputError(f"{name[:40]} has {len(cell):,} characters; at most {MAX_CELL:,} are read", where=where)


def shipped(name: str) -> Cases:
    """Read the cases that come with flopwatt under this name."""
    return read(PUBLISHED / f"{name}.toml")


def _csv(path: Path, text: str) -> Cases:
    table = parse_delimited(path, text)
    meanings = read_headings(table.columns, str(path))
    sign = decimal_sign(_number_cells(table, meanings), table.separator)
    rows = []
    for line in table.lines:
        where = table.place(line)
        stated = {
            meanings[heading]: plain_number(cell, sign) if meanings[heading].name in _NUMBERS else cell
            for heading, cell in zip(table.columns, line.cells, strict=True)
            if heading and cell.strip()
        }
        cells = {meaning.name: _converted(cell, meaning, where) for meaning, cell in stated.items()}
        _check_cells(cells, where)
        rows.append(CaseRow(cells, where))
    return Cases(path, frozenset(meaning.name for meaning in meanings.values()), tuple(rows))


def _number_cells(table: DelimitedTable, meanings: Mapping[str, CaseHeading]) -> Iterator[NumberCell]:
    """List the cells of the columns of numbers."""
    columns = {
        number: (heading, _NUMBERS[meanings[heading].name], meanings[heading].name in _MEASURED or meanings[heading].size == 1)
        for number, heading in enumerate(table.columns)
        if heading and meanings[heading].name in _NUMBERS
    }
    for line in table.lines:
        for number, (heading, column, own) in columns.items():
            parts = column.scale != 1 or not own
            yield NumberCell(line.cells[number], heading, table.place(line), column.whole and own, parts)


def _converted(cell: Any, meaning: CaseHeading, where: str) -> Any:
    """Convert a number without a unit of its own into its column's, from the unit that the heading tells; else leave it."""
    column = COLUMNS.get(meaning.name)
    if column is None or meaning.size == 1 or blank(str(cell)) or (isinstance(cell, str) and not is_bare(cell)):
        return cell
    if math.isnan(meaning.size):
        right = f"call the column {column.name} for {column.counted_in()}, or write a unit in its heading or behind the number"
        raise InputError(f"nothing tells the unit of {str(cell).strip()[:40]!r} for {column.name}; {right}", where=where)
    try:
        value = column_number(cell, column)
    except FlopwattError:  # who needs the cell says so
        return cell
    return value * meaning.size if meaning.size >= 1 else value / (1 / meaning.size)


def _toml(path: Path, text: str) -> Cases:
    try:
        raw = configs.parse_toml(text, path).get("cases")
    except configs.FactError as error:
        raise InputError(str(error)) from None
    if not isinstance(raw, list) or not raw or not all(isinstance(cells, dict) for cells in raw):
        raise InputError("holds no cases; give each one as [[cases]]", where=str(path))
    meanings = read_headings(dict.fromkeys(name for cells in raw for name in cells), str(path))
    rows = []
    for number, stated in enumerate(raw, 1):
        where = f"{path}, case {number}"
        _check_cells(stated, where)
        cells = {meanings[key].name: _converted(cell, meanings[key], where) for key, cell in stated.items() if key}
        rows.append(CaseRow(cells, where))
    return Cases(path, frozenset(meaning.name for meaning in meanings.values()), tuple(rows))

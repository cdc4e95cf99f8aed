"""Files of cases: CSV, or TOML with [[cases]], read as rows; which kind they are is told from their columns."""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ... import configs
from ...kernels import reading
from ...kernels.errors import FlopwattError
from ..errors import InputError
from ..facts.cells import blank

PUBLISHED = configs.FOLDER / "published"
MAX_BYTES = 100 * 10**6
MAX_CELL = 10_000  # characters
MAX_VALUE = 1e40  # products of figures beyond it overflow

_CASES = re.compile(r"^\s*\[\[\s*cases\s*\]\]", re.MULTILINE)  # what no CSV of cases begins a line with
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?P<mark>[, \u00a0\u202f])\d{3}(?:(?P=mark)\d{3})*(?:\.\d+)?")


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
        InputError
            Where the cell holds something else; it names file, row and column.
        """
        cell = self.cells.get(column)
        if cell is None or blank(str(cell)):
            return math.nan
        try:
            value = float(_plain(cell)) if not isinstance(cell, bool) else math.nan
        except (TypeError, ValueError, OverflowError):
            value = math.nan
        if not math.isfinite(value):
            raise InputError(
                f"{column} must be a number, or empty where not published, not {str(cell)[:40]!r}", where=self.where
            )
        return value

    def positive(self, column: str) -> float:
        """Read a cell as a number above 0 in the column's unit, NaN where nothing is stated.

        Raises
        ------
        InputError
            Where the cell holds something else, or a number beyond ``MAX_VALUE`` or under its inverse.
        """
        value = self.number(column)
        if value <= 0:
            raise InputError(f"{column} must be above 0, not {value:g}", where=self.where)
        if not 1 / MAX_VALUE <= value <= MAX_VALUE and not math.isnan(value):
            raise InputError(f"{column} is beyond anything real: {value:g}", where=self.where)
        return value


def _plain(cell: Any) -> Any:
    """Return a number in text without "about" before it and marks between its thousands."""
    text = cell.strip().lstrip("~≈ ") if isinstance(cell, str) else cell
    if isinstance(text, str) and (match := _THOUSANDS.fullmatch(text)):
        return text.replace(match["mark"], "")
    return text


@dataclass(frozen=True)
class Cases:
    """The rows of one file and its columns."""

    path: Path
    columns: frozenset[str]
    rows: tuple[CaseRow, ...]


class UnpredictableError(FlopwattError):
    """A published figure cannot be predicted; the message says why."""


def read(path: Path) -> Cases:
    """Read a file of cases; ``-`` is the standard input, whose text says whether it is CSV or TOML.

    Raises
    ------
    InputError
        Where it cannot be read or is not valid; it names file and row.
    """
    piped = str(path) in reading.STDIN
    readers = {".csv": _csv, ".toml": _toml}
    if not piped and path.suffix.lower() not in readers:
        raise InputError("must be a .csv or a .toml file", where=str(path))
    try:
        text = reading.read_text(path, MAX_BYTES, piped=True)
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
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise InputError(f"is not valid CSV: {error}", where=str(path)) from None
    if len(lines) < 2:
        raise InputError("holds no cases; give it a line of column names and a line for each case", where=str(path))
    columns = [name.strip().lower() for name in lines[0][1]]
    while columns and not columns[-1]:  # as spreadsheets leave them
        columns.pop()
    try:
        reading.check_keys(columns)
    except reading.ReadingError as error:
        raise InputError(str(error), where=str(path)) from None
    duplicate = next((name for name, count in Counter(columns).items() if count > 1), None)
    if duplicate is not None:
        raise InputError(f"has two columns {duplicate!r}", where=str(path))
    rows = []
    for number, cells in lines[1:]:
        where = f"{path}, line {number}"
        while len(cells) > len(columns) and not cells[-1].strip():
            cells.pop()
        if len(cells) != len(columns):
            raise InputError(f"has {len(cells)} cells for {len(columns)} columns", where=where)
        kept = {name: cell for name, cell in zip(columns, cells, strict=True) if cell.strip()}
        _check_cells(kept, where)
        rows.append(CaseRow(kept, where))
    return Cases(path, frozenset(columns), tuple(rows))


def _toml(path: Path, text: str) -> Cases:
    try:
        raw = configs.parse_toml(text, path).get("cases")
    except configs.FactError as error:
        raise InputError(str(error)) from None
    if not isinstance(raw, list) or not raw or not all(isinstance(cells, dict) for cells in raw):
        raise InputError("holds no cases; give each one as [[cases]]", where=str(path))
    rows = tuple(CaseRow(cells, f"{path}, case {number}") for number, cells in enumerate(raw, 1))
    for row in rows:
        _check_cells(row.cells, row.where)
    return Cases(path, frozenset(name for cells in raw for name in cells), rows)

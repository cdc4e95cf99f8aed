"""A public table held against configs/: which figures agree, which differ, and what one has that the other has not."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ... import configs
from ...kernels.model import units
from ..errors import InputError
from .public_csv import PublicRow, read_public
from .public_kinds import ComparedColumn, PublicKind, kind_of
from .sources import shown_value


@dataclass(frozen=True)
class FigurePair:
    """A figure here and there.

    Attributes
    ----------
    row, name
        The row's key here and what people call it.
    their_name, year
        What the file calls it, and of which year its figure is; empty where the file has no years.
    quantity, unit
        What it is a figure of, and the unit that the facts table states it in.
    low, high
        What stands here, in base units: two figures of a range, else twice the same; NaN where nothing is published here.
    theirs
        What the file has, in base units.
    tolerance
        The relative difference up to which they agree.
    source
        Where the figure here comes from.
    """

    row: str
    name: str
    their_name: str
    year: str
    quantity: str
    unit: str
    low: float
    high: float
    theirs: float
    tolerance: float
    source: configs.FactSource

    @property
    def change(self) -> float:
        """Theirs over ours less one, from the nearer end of a range; 0 within it, NaN where there is none here."""
        nearer = min(max(self.theirs, self.low), self.high)
        return (self.theirs - nearer) / nearer if nearer else math.copysign(math.inf, self.theirs) if self.theirs else 0.0

    @property
    def known(self) -> bool:
        """Whether there is a figure here."""
        return not math.isnan(self.low)

    @property
    def agrees(self) -> bool:
        """Whether both are the same figure, rounded."""
        return abs(self.change) <= self.tolerance

    def words(self) -> str:
        """Name the quantity for people; that of a range without its end."""
        return self.quantity.removesuffix("_low").replace("_", " ")

    def ours_text(self) -> str:
        """Write what stands here as people read it."""
        low, high = (shown_value(self.quantity, value, self.unit) for value in (self.low, self.high))
        return low if low == high else f"{low} to {high}"

    def their_text(self) -> str:
        """Write what the file has as people read it, with its year where it has one."""
        return shown_value(self.quantity, self.theirs, self.unit) + (f" ({self.year})" if self.year else "")

    def plain(self) -> dict[str, Any]:
        """Return what JSON has of it: figures in the unit that the facts table states them in."""
        low, high, theirs = (units.from_base(value, self.unit) for value in (self.low, self.high, self.theirs))
        ours = {"ours": low, "ours_high": high, "change": self.change} if self.known else {"ours": None}
        return {
            "row": self.row,
            "name": self.name,
            "their_name": self.their_name,
            "year": self.year,
            "quantity": self.quantity,
            "unit": self.unit,
            "theirs": theirs,
            **ours,
            "source": self.source.text,
            "date": self.source.date,
            "primary": self.source.primary,
        }


@dataclass(frozen=True)
class FactsDiff:
    """What a public table and configs/ have in common, and what not.

    Attributes
    ----------
    kind, path
        Which table, and its file.
    agreeing, differing
        Figures that both have; the row that differs by most first.
    lacking
        Figures that the file has of rows that are here, and that are not published here.
    unknown
        Names of the file that no row here has.
    absent
        Names of rows here that the file has not.
    """

    kind: PublicKind
    path: Path
    agreeing: tuple[FigurePair, ...]
    differing: tuple[FigurePair, ...]
    lacking: tuple[FigurePair, ...]
    unknown: tuple[str, ...]
    absent: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """Return what JSON has of it."""
        return {
            "kind": self.kind.title,
            "file": str(self.path),
            "table": self.kind.table,
            "agreeing": len(self.agreeing),
            "differing": [pair.plain() for pair in self.differing],
            "not_published_here": [pair.plain() for pair in self.lacking],
            "not_here": list(self.unknown),
            "not_in_the_file": list(self.absent),
        }


def compare_file(path: Path) -> FactsDiff:
    """Hold a public table against the facts that come with flopwatt. Nothing is downloaded and nothing is written.

    Parameters
    ----------
    path
        A CSV file: Epoch AI's machine-learning hardware or models, or the carbon intensity of electricity of Our World in
        Data or Ember. Its columns tell which it is.

    Raises
    ------
    InputError
        Where it cannot be read, is none of these, or holds no number where one is compared; it names file and line.
    """
    file = read_public(path)
    kind = kind_of(file)
    table = configs.load(kind.table)
    matched, unknown = _match(kind, kind.rows(file))
    pairs = [pair for row, line in matched for pair in _pairs(kind, table, row, line)]
    both = [pair for pair in pairs if pair.known]
    here = {row.key for row, _ in matched}
    return FactsDiff(
        kind,
        path,
        tuple(pair for pair in both if pair.agrees),
        _sorted([pair for pair in both if not pair.agrees]),
        tuple(pair for pair in pairs if not pair.known),
        unknown,
        tuple(row.name for row in table.rows.values() if row.key not in here),
    )


def _sorted(pairs: list[FigurePair]) -> tuple[FigurePair, ...]:
    """Put the row that differs by most first, and in each row the figure that does."""
    most: dict[tuple[str, str], float] = {}
    for pair in pairs:
        most[pair.row, pair.their_name] = max(abs(pair.change), most.get((pair.row, pair.their_name), 0.0))
    return tuple(sorted(pairs, key=lambda pair: (-most[pair.row, pair.their_name], pair.their_name, -abs(pair.change))))


def _match(kind: PublicKind, lines: tuple[PublicRow, ...]) -> tuple[list[tuple[configs.FactRow, PublicRow]], tuple[str, ...]]:
    """Find the rows that the file's lines are of; of several years of one, the last that has a figure."""
    matched: dict[tuple[str, str], tuple[configs.FactRow, PublicRow]] = {}
    unknown: dict[str, None] = {}
    meant: dict[str, configs.FactRow | None] = {}
    for line in filter(kind.takes, lines):
        name = line.text(kind.names)
        if name not in meant:
            meant[name] = kind.row_of(line)
        row = meant[name]
        if row is None:
            unknown[name] = None
        elif _has_figure(kind, line) and _is_later(kind, line, matched.get((row.key, name))):
            matched[row.key, name] = row, line
    return list(matched.values()), tuple(name for name in unknown if name)


def _has_figure(kind: PublicKind, line: PublicRow) -> bool:
    return any(line.states(column.headings) for column in kind.columns)


def _is_later(kind: PublicKind, line: PublicRow, before: tuple[configs.FactRow, PublicRow] | None) -> bool:
    year = line.number(kind.year)  # of a single line too: a year that is none is told of the file
    return before is None or year > before[1].number(kind.year)


def _pairs(kind: PublicKind, table: configs.FactTable, row: configs.FactRow, line: PublicRow) -> Iterator[FigurePair]:
    for column in kind.columns:
        theirs = line.number(column.headings, column.unit) * kind.unit_of(line, column)
        if theirs < 0:
            heading = next(name for name in column.headings if line.text([name]))
            raise InputError(f"{heading} holds {theirs:g}; nothing that is compared is below 0", where=line.place)
        if column.quantity in table.columns and not math.isnan(theirs):
            yield _pair(table, row, column, units.to_base(theirs, column.unit), (line.text(kind.names), line.text(kind.year)))


def _pair(
    table: configs.FactTable, row: configs.FactRow, column: ComparedColumn, theirs: float, told: tuple[str, str]
) -> FigurePair:
    """Put a figure beside ours; ``told`` is the file's name of the row, and the year of its figure."""
    quantity = column.quantity
    low = row.values[quantity]
    high = row.values[column.upper] if column.upper in table.columns else low
    source, unit = row.fact_source(quantity), table.columns[quantity]
    return FigurePair(row.key, row.name, *told, quantity, unit, low, high, theirs, column.tolerance, source)

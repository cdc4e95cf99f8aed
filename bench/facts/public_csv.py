"""Tables that others publish as CSV, as they are downloaded: columns by name, and numbers in the columns' units."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...kernels.errors import FlopwattError
from ..errors import InputError
from .case_columns import CaseColumn
from .cells import blank, column_number, is_bare
from .decimal_signs import NumberCell, decimal_sign, plain_number
from .delimited import DelimitedTable, read_delimited


@dataclass(frozen=True)
class PublicHeading:
    """What a heading of a file means.

    Attributes
    ----------
    name
        The heading as the publisher has it.
    size
        A bare 1 below it in the column's unit; NaN where nothing tells it.
    """

    name: str
    size: float


@dataclass(frozen=True)
class PublicRow:
    """One line of a file.

    Attributes
    ----------
    cells
        By the publisher's headings, as they stand there but for the marks of numbers, which have a decimal point alone.
    place
        Names file and line in errors.
    sizes
        A bare 1 of a column in its unit where the file's heading has another than the publisher's; NaN where it has none.
    """

    cells: Mapping[str, str]
    place: str
    sizes: Mapping[str, float] = field(default_factory=dict)

    def text(self, columns: Iterable[str]) -> str:
        """Read the first of some columns that is not empty; empty where all are."""
        return next((text for name in columns if (text := self.cells.get(name, "").strip())), "")

    def states(self, columns: Iterable[str]) -> bool:
        """Tell whether one of some columns states something."""
        return any(not blank(self.cells.get(name, "")) for name in columns)

    def number(self, columns: Iterable[str], unit: str = "") -> float:
        """Read the first of some columns that states something as a number in a unit; NaN where none does.

        Raises
        ------
        InputError
            Where it holds no number, or one whose unit does not convert; it names file, line and column.
        """
        for name in columns:
            if not blank(cell := self.cells.get(name, "")):
                return self._number(name, cell.strip(), unit)
        return math.nan

    def _number(self, column: str, cell: str, unit: str) -> float:
        told = f"{column[:60]} holds {cell[:40]!r}"
        size = self.sizes.get(column, 1.0) if is_bare(cell) else 1.0
        if math.isnan(size):
            raise InputError(
                f"{told}, and nothing tells its unit; write it behind the number or in the heading", where=self.place
            )
        try:
            return size * column_number(cell, CaseColumn(column, unit))
        except FlopwattError as error:
            raise InputError(f"{told}; write a number, or nothing: {error}", where=self.place) from None


@dataclass(frozen=True)
class PublicFile:
    """A file, its lines read when they are asked for.

    Attributes
    ----------
    table
        Its text.
    """

    table: DelimitedTable

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.table.path

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns, in the file's order."""
        return self.table.columns

    def rows(
        self,
        numbers: Iterable[str] = (),
        headings: Mapping[str, PublicHeading] | None = None,
        whole: Iterable[str] = (),
    ) -> tuple[PublicRow, ...]:
        """Read the lines by column.

        Parameters
        ----------
        numbers
            The publisher's headings of the columns whose numbers are read; they tell the file's decimal sign.
        headings
            What headings of the file mean that are not the publisher's own, by the file's.
        whole
            The headings of those whose numbers are whole, such as years.

        Raises
        ------
        InputError
            Where the numbers contradict each other about the decimal sign.
        """
        headings, integers = headings or {}, frozenset(whole)
        wanted = integers.union(numbers)
        names = [headings[column].name if column in headings else column for column in self.columns]
        places = [number for number, name in enumerate(names) if name in wanted]
        placed = [(line, self.table.place(line)) for line in self.table.lines]
        sign = decimal_sign(
            (
                NumberCell(line.cells[number], names[number], place, names[number] in integers)
                for line, place in placed
                for number in places
            ),
            self.table.separator,
        )
        sizes = {meaning.name: meaning.size for meaning in headings.values()}
        return tuple(
            PublicRow(
                {
                    name: plain_number(cell, sign) if name in wanted else cell
                    for name, cell in zip(names, line.cells, strict=True)
                    if name
                },
                place,
                sizes,
            )
            for line, place in placed
        )


def read_public(path: Path) -> PublicFile:
    """Read a CSV file, as `read_delimited` does; lines may have fewer cells than there are columns.

    Raises
    ------
    InputError
        Where it cannot be read or is no table; it names the file.
    """
    return PublicFile(read_delimited(path, ragged=True))

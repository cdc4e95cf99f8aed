"""A list as `flopwatt show` prints it: rows of cells under headings, as wide as the screen allows, or one row upright."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .console import console
from .tables import break_heading, count_fitting

if TYPE_CHECKING:
    from rich.table import Table

Cell = tuple[Any, str]  # what JSON gets, and what a person reads
MIN_COLUMNS = 2  # the key and the name, however narrow the screen


@dataclass(frozen=True)
class Listing:
    """Rows of cells under headings.

    Attributes
    ----------
    title
        The line above them.
    headings
        The columns' names.
    rows
        Cells in the headings' order, each as JSON and as a person reads it.
    upright
        Whether each row's cells are shown below each other.
    rest
        The command that shows one row whole, if there is one: columns that the screen has no room for are left out then.
    folded
        Headings of an upright row that a person reads in one line, since each is 0: what the row does not have.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    upright: bool = False
    rest: str = ""
    folded: tuple[str, ...] = ()

    def plain(self) -> list[dict[str, Any]]:
        """Return the rows as JSON has them: numbers in the unit of the heading, None where a fact is not published."""
        return [dict(zip(self.headings, (cell[0] for cell in row), strict=True)) for row in self.rows]

    def print(self) -> None:
        """Print the title and the rows on stdout."""
        from rich.text import Text

        screen = console()
        shown = max(count_fitting(self._columns(), screen.width), MIN_COLUMNS) if self.rest else len(self.headings)
        screen.print(Text(self._titled(shown), style="bold"))
        screen.print(self._upright() if self.upright else self._side_by_side(shown))

    def _titled(self, shown: int) -> str:
        hidden = len(self.headings) - shown
        contents = f"{hidden} more column{'s' if hidden > 1 else ''}" if hidden else "sources"
        return f"{self.title}; {contents}: {self.rest}" if self.rest else self.title

    def _columns(self) -> list[tuple[str, list[str]]]:
        cells = [[row[i][1] for row in self.rows] for i in range(len(self.headings))]
        return [(break_heading(heading, texts), texts) for heading, texts in zip(self.headings, cells, strict=True)]

    def _side_by_side(self, shown: int) -> "Table":
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for i, (heading, _) in enumerate(self._columns()[:shown]):
            numeric = any(isinstance(row[i][0], float) for row in self.rows)
            table.add_column(heading, justify="right" if numeric else "left", overflow="fold", no_wrap=i == 0)
        for row in self.rows:
            table.add_row(*(Text(cell[1]) for cell in row[:shown]))
        return table

    def _upright(self) -> "Table":
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(no_wrap=True)
        for row in self.rows:
            for heading, cell in zip(self.headings, row, strict=True):
                if heading not in self.folded:
                    table.add_row(heading, Text(cell[1]))
        if self.folded:
            table.add_row(f"{len(self.folded)} more columns", "0: it has none of what they count")
        return table

"""A list as `flopwatt show` prints it: rows of cells under headings, as wide as the screen allows, or one row upright."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .report import console

if TYPE_CHECKING:
    from rich.table import Table

Cell = tuple[Any, str]  # what JSON gets, and what a person reads
GAP = 2  # characters between two columns


@dataclass(frozen=True)
class Listing:
    """Rows of cells under headings; ``upright`` shows each row's cells below each other.

    Where ``rest`` names the command that shows one row whole, columns that the screen has no room for are left out.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    upright: bool = False
    rest: str = ""

    def plain(self) -> list[dict[str, Any]]:
        """The rows as JSON has them: numbers in the unit of the heading, None where a fact is not published."""
        return [dict(zip(self.headings, (cell[0] for cell in row), strict=True)) for row in self.rows]

    def print(self) -> None:
        from rich.text import Text

        screen = console()
        shown = self._fitting(screen.width) if self.rest else len(self.headings)
        screen.print(Text(self._titled(shown), style="bold"))
        screen.print(self._upright() if self.upright else self._side_by_side(shown))

    def _titled(self, shown: int) -> str:
        more = len(self.headings) - shown
        what = f"{more} more column{'s' if more > 1 else ''}" if more else "sources"
        return f"{self.title}; {what}: {self.rest}" if self.rest else self.title

    def _fitting(self, width: int) -> int:
        """How many columns, from the first, the screen has room for: at least two."""
        taken = -GAP
        for i in range(len(self.headings)):
            taken += GAP + max(len(line) for line in (*self._heading(i).splitlines(), *(row[i][1] for row in self.rows)))
            if taken > width:
                return max(i, 2)
        return len(self.headings)

    def _heading(self, i: int) -> str:
        """The heading of a column, on several lines where its cells are narrower than it."""
        heading = self.headings[i]
        widest = max((len(row[i][1]) for row in self.rows), default=0)
        return heading if len(heading) <= widest else heading.replace("_", "_\n")

    def _side_by_side(self, shown: int) -> "Table":
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for i in range(shown):
            numeric = any(isinstance(row[i][0], float) for row in self.rows)
            table.add_column(self._heading(i), justify="right" if numeric else "left", overflow="fold", no_wrap=i == 0)
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
                table.add_row(heading, Text(cell[1]))
        return table

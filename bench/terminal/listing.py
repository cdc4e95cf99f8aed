"""A list as `flopwatt show` prints it: rows of cells under headings, as wide as the screen allows, or one row upright."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .console import console
from .tables import break_heading, count_fitting, max_width, wrap_text

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
    titles
        What a person reads above a column in place of its heading; a column whose title is empty is in JSON alone.
    order
        Headings of the columns that a person is shown, in their order; all where there are none.
    narrow, essential
        The heading of the column that goes first where the screen has no room for so many of the columns, from the first.
    folded
        Headings of an upright row that a person reads in one line, since each is 0: what the row does not have.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    upright: bool = False
    rest: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    narrow: str = ""
    essential: int = 0
    folded: tuple[str, ...] = ()

    def plain(self) -> list[dict[str, Any]]:
        """Return the rows as JSON has them: numbers in the unit of the heading, None where a fact is not published."""
        return [dict(zip(self.headings, (cell[0] for cell in row), strict=True)) for row in self.rows]

    def print(self) -> None:
        """Print the title and the rows on stdout."""
        from rich.text import Text

        screen = console()
        printed = self._fitting(screen.width) if self.rest else self._printed()
        screen.print(Text(self._titled(self._count() - len(printed)), style="bold"))
        screen.print(self._upright() if self.upright else self._side_by_side(printed))

    def _count(self) -> int:
        """Count the columns that there are for a person: both ends of a range are one."""
        return sum(bool(self.titles.get(heading, heading)) for heading in self.headings)

    def _fitting(self, width: int) -> list[int]:
        """List the places of the columns that a screen of that width (characters) has room for."""
        places = self._printed()
        if count_fitting(self._columns(places), width) < self.essential:
            places = [place for place in places if self.headings[place] != self.narrow]
        return places[: max(count_fitting(self._columns(places), width), MIN_COLUMNS)]

    def _printed(self) -> list[int]:
        """List the places of the columns that a person is shown."""
        shown = (heading for heading in self.order or self.headings if heading not in self.folded)
        return [self.headings.index(heading) for heading in shown if self.titles.get(heading, heading)]

    def _titled(self, hidden: int) -> str:
        contents = f"{hidden} more column{'s' if hidden > 1 else ''}" if hidden else "sources"
        return f"{self.title}; {contents}: {self.rest}" if self.rest else self.title

    def _columns(self, places: Sequence[int]) -> list[tuple[str, list[str]]]:
        named = [(self.titles.get(self.headings[i], self.headings[i]), [row[i][1] for row in self.rows]) for i in places]
        return [(_broken(title, texts), texts) for title, texts in named]

    def _side_by_side(self, places: Sequence[int]) -> "Table":
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        for i, (title, _) in zip(places, self._columns(places), strict=True):
            numeric = any(isinstance(row[i][0], float) for row in self.rows)
            table.add_column(title, justify="right" if numeric else "left", overflow="fold", no_wrap=i == 0)
        for row in self.rows:
            table.add_row(*(Text(row[i][1]) for i in places))
        return table

    def _upright(self) -> "Table":
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, show_header=False, pad_edge=False)
        table.add_column(no_wrap=True)
        for row in self.rows:
            for i in self._printed():
                table.add_row(self.titles.get(self.headings[i], self.headings[i]), Text(row[i][1]))
        if self.folded:
            table.add_row(f"{len(self.folded)} more columns", "0: it has none of what they count")
        return table


def _broken(title: str, texts: Sequence[str]) -> str:
    """Break a title where its cells are narrower: at spaces, a name that is typed at underscores."""
    if "_" in title or "\n" in title:
        return break_heading(title, texts)
    return "\n".join(wrap_text(title, max(max_width(texts), 1)))

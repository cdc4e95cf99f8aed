"""What `flopwatt show sources` prints: figures under their row, and below those of one source that source in full."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ...configs import FactSource
from ..facts import sources
from ..facts.sources import SourcedFigure
from ..terminal.console import console
from ..terminal.listing import Listing
from ..terminal.numbers import count
from ..terminal.tables import wrap_text

_WITHOUT_ROWS = {sources.DEFAULTS: "default", sources.DRAWS: "drawn", sources.FORMULAS: "formula"}


@dataclass(frozen=True)
class SourceListing:
    """Figures, and where each comes from.

    Attributes
    ----------
    figures
        In the order of their tables and rows.
    """

    figures: tuple[SourcedFigure, ...]

    def plain(self) -> list[dict[str, Any]]:
        """Return the figures as JSON has them, each with its source."""
        return [figure.plain() for figure in self.figures]

    def print(self) -> None:
        """Print the figures on stdout: those of one source together, the source wrapped and never cut."""
        from rich.text import Text

        screen = console()
        for number, (heading, group) in enumerate(itertools.groupby(self.figures, _heading)):
            screen.print(Text(f"{chr(10) if number else ''}{heading}", style="bold"))
            for line in _lines(list(group), screen.width):
                screen.print(Text(line), soft_wrap=True)  # an address that is longer than the screen stays whole


def _heading(figure: SourcedFigure) -> str:
    kind = _WITHOUT_ROWS.get(figure.table)
    return f"{figure.name} ({figure.table})" if kind is None else f"{_words(figure)} {figure.name}".rstrip() + f" ({kind})"


def _words(figure: SourcedFigure) -> str:
    return figure.quantity.replace("_", " ")


def _lines(figures: list[SourcedFigure], width: int) -> Iterator[str]:
    by_source: dict[FactSource, list[SourcedFigure]] = {}
    for figure in figures:
        by_source.setdefault(figure.source, []).append(figure)
    for source, same in by_source.items():
        stated = ", ".join(
            figure.text if figure.table in _WITHOUT_ROWS else f"{_words(figure)} {figure.text}" for figure in same
        )
        yield from wrap_text(stated, width, "  ")
        yield from wrap_text(source.text, width, "      ")
        if figures[0].table != sources.FORMULAS:
            yield from wrap_text(sources.standing(source), width, "      ")


def make(name: str | None) -> SourceListing | Listing:
    """List the figures that a name means with their sources; without a name, count the sources of each table.

    Raises
    ------
    InputError
        Where nothing has that name.
    """
    from ..prior.draw_sources import drawn_figures

    if name is not None:
        return SourceListing(sources.find(name, drawn_figures()))
    headings = ("table", "figures", "secondary", "without a date", "oldest", "newest")
    rows = tuple(
        (
            (item.table, item.table),
            *((number, count(number)) for number in (item.figures, item.secondary, item.undated)),
            (item.oldest, item.oldest),
            (item.newest, item.newest),
        )
        for item in sources.count_sources(sources.all_figures(drawn_figures()))
    )
    return Listing("Figures and their sources; all in full: flopwatt show sources NAME", headings, rows)

"""Where figures come from: of a row, a table, a default or a quantity, each value with its source in full.

What is drawn stands in a later room: its figures are handed in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ... import configs
from ...kernels.model import units
from ...kernels.quantities import MODEL
from ...kernels.text import nearest
from ..errors import InputError
from ..terminal import numbers
from .chips import one_chip

DEFAULTS, DRAWS, FORMULAS = "defaults", "draws", "formulas"  # beside the names of facts tables
_CHOICE = "a choice"  # how the source of what somebody had to decide begins


@dataclass(frozen=True)
class SourcedFigure:
    """One figure and where it comes from.

    Attributes
    ----------
    table
        A facts table, or what else holds it: ``DEFAULTS``, ``DRAWS`` or ``FORMULAS``.
    row, name
        The row's key and what people call it; for what has no rows the quantity, and for whom it is.
    quantity
        What it is a figure of.
    value
        In ``unit``; None of a distribution or a formula.
    unit
        What the file states it in.
    text
        The value as people read it.
    source
        Where it comes from, of when, and how it was counted.
    """

    table: str
    row: str
    name: str
    quantity: str
    value: float | None
    unit: str
    text: str
    source: configs.FactSource

    def plain(self) -> dict[str, Any]:
        """Return what JSON has of it."""
        return {
            "table": self.table,
            "row": self.row,
            "name": self.name,
            "quantity": self.quantity,
            "value": self.value,
            "unit": self.unit,
            "text": self.text,
            "source": self.source.text,
            "date": self.source.date,
            "primary": self.source.primary,
            "method": self.source.method,
        }


def standing(source: configs.FactSource) -> str:
    """Say of when a source is, whose, and how it counted."""
    whose = "primary" if source.primary else "secondary: not by those who made or measured it"
    if source.text.startswith(_CHOICE):
        whose = "chosen for flopwatt; nobody measured it"
    counted = f"counted: {source.method}" if source.method else ""
    return "; ".join(filter(None, (source.date or "without a date", whose, counted)))


def row_figures(table: configs.FactTable, row: configs.FactRow) -> tuple[SourcedFigure, ...]:
    """List the figures that a row of a facts table states."""
    return tuple(_column_figure(table, row, column) for column in row.figures() if column in table.columns)


def _column_figure(table: configs.FactTable, row: configs.FactRow, column: str) -> SourcedFigure:
    unit, value = table.columns[column], row.values[column]
    source, text = row.fact_source(column), shown_value(column, value, unit)
    return SourcedFigure(table.name, row.key, row.name, column, units.from_base(value, unit), unit, text, source)


def shown_value(quantity: str, value: float, unit: str) -> str:
    """Write a figure as people read it.

    Parameters
    ----------
    quantity
        What it is a figure of.
    value
        In base units.
    unit
        What its file states it in.
    """
    if quantity in MODEL:
        return numbers.show(units.from_base(value, MODEL[quantity].unit), MODEL[quantity])
    return numbers.show_unit(units.from_base(value, unit), unit)


def table_figures(name: str) -> tuple[SourcedFigure, ...]:
    """List the figures of a facts table that comes with flopwatt."""
    table = configs.load(name)
    return tuple(figure for row in table.rows.values() for figure in row_figures(table, row))


def default_figures() -> tuple[SourcedFigure, ...]:
    """List the defaults of inputs."""
    return tuple(_default_figure(name, default) for name, default in configs.defaults().items())


def _default_figure(name: str, default: configs.Default) -> SourcedFigure:
    source, text = (
        configs.FactSource(default.source, default.date, not default.secondary),
        shown_value(name, default.value, default.unit),
    )
    return SourcedFigure(DEFAULTS, name, "", name, units.from_base(default.value, default.unit), default.unit, text, source)


def formula_figure(quantity: str) -> SourcedFigure:
    """Return where the formula of a computed quantity comes from.

    Raises
    ------
    KeyError
        Where the model has no such quantity, or it is an input.
    """
    item = MODEL[quantity]
    if item.given:
        raise KeyError(quantity)
    text = f"computed from {', '.join(item.parameters)}"
    return SourcedFigure(FORMULAS, quantity, "", quantity, None, item.unit, text, configs.FactSource(item.source))


def all_figures(drawn: Iterable[SourcedFigure] = ()) -> tuple[SourcedFigure, ...]:
    """List every figure of the facts tables and the defaults, and then those of what is drawn."""
    tables = tuple(figure for name in configs.tables() for figure in table_figures(name))
    return (*tables, *default_figures(), *drawn)


def find(name: str, drawn: Iterable[SourcedFigure] = ()) -> tuple[SourcedFigure, ...]:
    """Find the figures that a name means, their sources with them.

    Parameters
    ----------
    name
        A row of any facts table (key, name or alias), a quantity, or a table: all of its figures.
    drawn
        The figures of what is drawn.

    Raises
    ------
    InputError
        Where nothing has that name, with the nearest; and where it is an input of which flopwatt knows no figure.
    """
    wanted = name.strip().lower()
    figures = all_figures(drawn)
    whole = [figure for figure in figures if figure.table == wanted]
    if whole:
        return tuple(whole)
    rows = _row_names()
    result = [figure for figure in figures if figure.quantity == wanted or (figure.table, figure.row) in rows.get(wanted, ())]
    if wanted in MODEL and not MODEL[wanted].given:
        result.insert(0, formula_figure(wanted))
    if not result:
        result = list(_chip_figures(name))
    if not result:
        raise _unknown(wanted, [*rows, *(figure.quantity for figure in figures)])
    return tuple(result)


def _chip_figures(name: str) -> tuple[SourcedFigure, ...]:
    """List the figures of a chip that no row has under that name, but which a row is meant by or is scaled to."""
    try:
        return row_figures(configs.load("hardware"), one_chip(name))
    except configs.FactError:
        return ()


def _row_names() -> dict[str, list[tuple[str, str]]]:
    """Map every key, name and alias, in lower case, to the tables and keys of the rows that have it."""
    names: dict[str, list[tuple[str, str]]] = {}
    for table in map(configs.load, configs.tables()):
        for row in table.rows.values():
            for text in {name.strip().lower() for name in (row.key, row.name, *row.aliases)}:
                names.setdefault(text, []).append((table.name, row.key))
    return names


def _unknown(name: str, names: Iterable[str]) -> InputError:
    if name in MODEL:
        return InputError(f"{name} is for each study to say; no figure of it comes with flopwatt", where="sources")
    known = dict.fromkeys((*configs.tables(), DEFAULTS, DRAWS, *names, *MODEL.quantities))
    hint = nearest(name, known) or "; give a row, a quantity or a table, such as h100, pue or hardware"
    return InputError(f"nothing is called {name!r}{hint}", where="sources")


@dataclass(frozen=True)
class SourceCount:
    """How the figures of one table are sourced.

    Attributes
    ----------
    table
        Which.
    figures, secondary, undated
        How many there are, how many come from others than those who made or measured the thing, and how many lack a date.
    oldest, newest
        The dates of the sources; empty where none has one.
    """

    table: str
    figures: int
    secondary: int
    undated: int
    oldest: str
    newest: str


def count_sources(figures: Iterable[SourcedFigure]) -> tuple[SourceCount, ...]:
    """Count the sources of each table's figures."""
    by_table: dict[str, list[configs.FactSource]] = {}
    for figure in figures:
        by_table.setdefault(figure.table, []).append(figure.source)
    return tuple(_count(table, sources) for table, sources in by_table.items())


def _count(table: str, sources: list[configs.FactSource]) -> SourceCount:
    dates = sorted(source.date for source in sources if source.date)
    secondary = sum(not source.primary for source in sources)
    oldest, newest = (dates[0], dates[-1]) if dates else ("", "")
    return SourceCount(table, len(sources), secondary, len(sources) - len(dates), oldest, newest)

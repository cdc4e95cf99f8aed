"""A history on stdout: tables as wide as it is, or a benchmark's name above its line where they would not fit."""

import sys
from collections.abc import Sequence
from typing import Any

from ..terminal.console import console
from ..terminal.json import print_json
from ..terminal.tables import GAP, count_fitting
from .report import (
    LIST_COLUMNS,
    LIST_TEXTS,
    MAX_SPARK,
    RECORD_COLUMNS,
    RECORD_TEXTS,
    as_csv,
    by_machine,
    document,
    list_rows,
    markdown,
    outcome,
    record_cells,
    sentences,
    title,
)
from .series import History
from .spark import bars_for, sparkline

INDENT = 2  # characters that a line under its name is set in
MAX_LINE = 1000  # characters


def show(history: History, form: str, *, detailed: bool) -> None:
    """Print a history on stdout.

    Parameters
    ----------
    history
        The series.
    form
        ``table``, ``markdown``, ``json`` or ``csv``.
    detailed
        Whether each series is told record by record, in a table.
    """
    if form == "json":
        print_json(document(history))
    elif form == "csv":
        print(as_csv(history), end="", flush=True)
    elif form == "markdown":
        print(markdown(history, bars_for(sys.stdout.encoding), detailed=detailed), end="", flush=True)
    else:
        (print_records if detailed else print_list)(history)


def print_list(history: History) -> None:
    """Print a line for each series, machine by machine."""
    screen = console()
    for i, (machine, group) in enumerate(by_machine(history).items()):
        _say(screen, f"{chr(10) if i else ''}{machine}")
        _say(screen, outcome(group))
        _print_group(screen, list_rows(group, _spark_width(history, screen.width), bars_for(screen.encoding)))


def _print_group(screen: Any, rows: Sequence[tuple[str, ...]]) -> None:
    columns = [(heading, [row[i] for row in rows]) for i, heading in enumerate(LIST_COLUMNS)]
    if count_fitting(columns, screen.width) == len(columns):
        screen.print(_table(LIST_COLUMNS, LIST_TEXTS, rows))
        return
    under = _table(LIST_COLUMNS[1:], [i - 1 for i in LIST_TEXTS if i], [row[1:] for row in rows])
    heading, *lines = _lines(screen, under)
    _say(screen, " " * INDENT + heading)
    for row, line in zip(rows, lines, strict=True):
        _say(screen, row[0])
        _say(screen, " " * INDENT + line)


def _spark_width(history: History, width: int) -> int:
    """Return how wide sparklines are: as many characters as the longest series has records, a fifth of the screen at most."""
    longest = max(len(series.points) for series in history.series)
    return max(min(longest, MAX_SPARK, width // 5), 1)


def print_records(history: History) -> None:
    """Print each series: a line for each record, the sparkline and the change points."""
    screen = console()
    bars = bars_for(screen.encoding)
    for i, series in enumerate(history.series):
        if i:
            _say(screen, "")
        _say(screen, title(series))
        rows = [record_cells(point) for point in series.points]
        kept = [j for j in range(len(RECORD_COLUMNS)) if any(row[j] for row in rows)]
        texts = [position for position, j in enumerate(kept) if j in RECORD_TEXTS]
        screen.print(_table([RECORD_COLUMNS[j] for j in kept], texts, [[row[j] for j in kept] for row in rows]))
        _say(screen, sparkline(series.levels, screen.width, bars))
        for sentence in sentences(series):
            _say(screen, sentence)


def _say(screen: Any, line: str) -> None:
    screen.print(line, markup=False, highlight=False, soft_wrap=True)


def _table(headings: Sequence[str], texts: Sequence[int], rows: Sequence[Sequence[str]]) -> Any:
    """Make a rich table; columns whose number is in ``texts`` stand to the left."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for i, heading in enumerate(headings):
        table.add_column(heading, justify="left" if i in texts else "right", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _lines(screen: Any, table: Any) -> list[str]:
    """Return the lines that a table is printed as, none of them folded: what is too long for the screen is the terminal's."""
    options = screen.options.update(width=MAX_LINE)
    return ["".join(segment.text for segment in line).rstrip() for line in screen.render_lines(table, options, pad=False)]

"""A comparison printed: in a table where it fits the screen, else with each benchmark's name above its numbers."""

from collections.abc import Sequence
from typing import Any

from ..records.record import Record
from ..terminal.console import console
from . import report
from .result import Comparison, ComparisonRow

LOG_WIDTH = 160  # characters, of a log or a pipe: no need to fold names
_COLOURS = {"wrong": "bold red", "slower": "red", "faster": "green", "unsure": "yellow", "missing": "yellow"}
_GAP = 2


def show(comparison: Comparison, baseline: Sequence[Record], candidate: Sequence[Record], form: str, rest: str = "") -> None:
    """Print a comparison on stdout.

    Parameters
    ----------
    comparison
        The rows, worst first.
    baseline, candidate
        The records that were compared, oldest first.
    form
        ``table``, ``markdown``, ``json`` or ``csv``.
    rest
        What has all notes, where some are left out.
    """
    if form == "table":
        _print_table(comparison, baseline, candidate, rest)
        return
    writers = {
        "json": lambda: report.as_json(comparison, baseline, candidate),
        "csv": lambda: report.as_csv(comparison),
        "markdown": lambda: report.markdown(comparison, baseline, candidate, rest),
    }
    print(writers[form](), end="", flush=True)


def _print_table(comparison: Comparison, baseline: Sequence[Record], candidate: Sequence[Record], rest: str) -> None:
    """Print the outcome in sentences, then every benchmark, then what needs saying of some."""
    screen = console(LOG_WIDTH)
    lines = [f"{report.who(baseline)} -> {report.who(candidate)}".replace("`", "")]
    for line in [*lines, report.sentence(comparison), *report.remarks(comparison)]:
        _say(screen, line)
    rows = [report.cells(row) for row in comparison.rows]
    shown = [i for i in range(len(report.COLUMNS)) if i < 5 or any(cells[i] for cells in rows)]
    widths = [max(len(text) for text in (report.COLUMNS[i], *(cells[i] for cells in rows))) for i in shown]
    if sum(widths) + _GAP * (len(shown) - 1) <= screen.width:
        screen.print(_table(rows, shown), highlight=False)
    else:
        for row in comparison.rows:
            _print_row(screen, row)
    for line in [*report.notes(comparison, rest), *report.reading_notes(baseline, candidate)]:
        _say(screen, line)


def _table(rows: Sequence[Sequence[str]], shown: Sequence[int]) -> Any:
    """Make a rich table of the columns ``shown``."""
    from rich.table import Table
    from rich.text import Text

    result = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0))
    for i in shown:
        result.add_column(report.COLUMNS[i], justify="left" if i < 2 else "right")
    for cells in rows:
        style = _COLOURS.get(cells[0], "")
        result.add_row(*(Text(cells[i], style=style if i == 0 else "") for i in shown))
    return result


def _print_row(screen: Any, row: ComparisonRow) -> None:
    """Print a benchmark in two lines: its verdict and name, and below them its numbers."""
    verdict, name, before, after, ratio, interval, seen, energy, memory = report.cells(row)
    screen.print(f"{verdict}  {name}", markup=False, highlight=False, soft_wrap=True, style=_COLOURS.get(verdict, ""))
    if row.time is not None:
        parts = [f"{before} -> {after}", f"{ratio} times ({interval})", f"would see {seen}"]
        parts += [f"{what} {change}" for what, change in (("energy", energy), ("memory", memory)) if change not in ("", "same")]
        _say(screen, "  " + ", ".join(parts))


def _say(screen: Any, line: str) -> None:
    screen.print(line, markup=False, highlight=False, soft_wrap=True)

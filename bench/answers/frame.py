"""The points of an answer as a pandas frame, and the first of them as HTML."""

from collections.abc import Mapping
from typing import Any

from ..terminal import numbers
from ..terminal.notebook import html_paragraphs, html_table
from .column import Array, Column

MAX_ROWS = 20  # shown in a notebook


def point_frame(columns: Mapping[str, Column], rows: Array) -> Any:
    """Make a pandas DataFrame of columns, with their units in its ``attrs``.

    Parameters
    ----------
    columns
        Arrays over all points.
    rows
        Flat indices of the points that are rows.
    """
    import pandas

    frame = pandas.DataFrame({name: column.data.reshape(-1)[rows] for name, column in columns.items()})
    frame.attrs["units"] = {name: column.unit for name, column in columns.items() if column.unit}
    return frame


def point_html(columns: Mapping[str, Column], rows: Array, labels: int, total: int | None = None) -> str:
    """Write the first points as a table, each value in the unit that suits its size.

    Parameters
    ----------
    columns, rows
        As of `point_frame`.
    labels
        How many columns, from the first, say which point it is.
    total
        How many points there are in all; None where ``rows`` are all.
    """
    shown = [
        [_cell(column.data.reshape(-1)[row], column.unit) for column in columns.values()] for row in rows[:MAX_ROWS].tolist()
    ]
    rest = (len(rows) if total is None else total) - len(shown)
    more = [f"{rest:,} more rows; to_frame() has all that were answered."] if rest > 0 else []
    return html_table(tuple(columns), shown, labels) + html_paragraphs(more)


def _cell(value: Any, unit: str) -> str:
    if value is None or value != value:
        return "-"
    return value if isinstance(value, str) else numbers.show_unit(float(value), unit)

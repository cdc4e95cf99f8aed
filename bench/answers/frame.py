"""Answers as pandas frames, and their first rows as HTML."""

from typing import TYPE_CHECKING, Any

from ..terminal import numbers
from ..terminal.notebook import html_paragraphs, html_table
from .column import coordinates_of_points

if TYPE_CHECKING:
    from .answer import Answer

MAX_ROWS = 20  # shown in a notebook


def answer_frame(answer: "Answer") -> Any:
    """Turn an answer into a pandas DataFrame: a row for each point, the kept axes first, units in its ``attrs``."""
    import pandas

    rows = answer.rows()
    points, variables = coordinates_of_points(answer.coords), answer.variables()
    columns = {**points, **variables}
    frame = pandas.DataFrame({name: column.data.reshape(-1)[rows] for name, column in columns.items()})
    frame.attrs["units"] = {name: column.unit for name, column in columns.items() if column.unit}
    return frame


def answer_html(answer: "Answer") -> str:
    """Write the first rows of an answer as a table, each value in the unit that suits its size."""
    columns = {**coordinates_of_points(answer.coords), **answer.variables()}
    rows = answer.rows()
    shown = [
        [_cell(column.data.reshape(-1)[row], column.unit) for column in columns.values()] for row in rows[:MAX_ROWS].tolist()
    ]
    rest = (answer.total if answer.total is not None else len(rows)) - len(shown)
    more = [f"{rest:,} more rows; to_frame() has all that were answered."] if rest > 0 else []
    return html_table(tuple(columns), shown, len(answer.dims)) + html_paragraphs(more)


def _cell(value: Any, unit: str) -> str:
    if value is None or value != value:
        return "-"
    return value if isinstance(value, str) else numbers.show_unit(float(value), unit)

"""One question's answer as a table: in blocks where it is wider than the screen, and cut where it is long."""

import math
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..answers.answer import Answer
from ..answers.column import Column
from ..errors import Parameter, Spelling, named
from ..study import conditions
from ..study.loader import Study
from ..terminal.tables import split_columns
from .answer_columns import Columns, Rows, preferred_unit, show_cells
from .kinds import KINDS

MAX_ROWS = 28
PLAIN: dict[str, Any] = {"box": None, "pad_edge": False, "header_style": "bold"}


def print_answer(console: Console, answer: Answer, study: Study, spell: Spelling = named) -> None:
    """One question's table: a row for each point of the kept axes; the same coordinates in every row are said once."""
    console.print()
    console.print(Text.assemble((answer.name, "bold"), "  ", (_asked(answer, study), "dim")), highlight=False)
    kind = KINDS[type(answer.question)]
    dims = [dim for dim in answer.dims if dim not in kind.across]
    numbers = answer.rows().tolist() if dims == list(answer.dims) else list(range(math.prod(_lengths(answer, dims))))
    rows = [numbers[place] for place in shown_rows(len(numbers))]
    length = len(numbers) if answer.total is None else answer.total
    columns, note = kind.columns(answer, study, rows)
    columns = [*_coordinates(answer, study, dims, rows), *columns]
    alike = _alike(answer, dims, numbers, whole=length == len(numbers)) if len(rows) > 1 else set()
    once = {name: cell for name, cells in columns if name in alike for cell in {*cells} - {"-"}}
    columns = [(name, cells) for name, cells in columns if name not in once]
    for block in split_columns(columns, sum(name in dims for name, _ in columns), console.width):
        console.print(_block(answer, block, cut=len(numbers) > MAX_ROWS), highlight=False)
    if once:
        say(console, f"every row: {', '.join(f'{name} {cell}' for name, cell in once.items())}", "dim")
    if note:
        say(console, note, "dim")
    if length > len(rows):
        whole = spell(Parameter("out", "FILE.csv"))
        say(console, f"... {length - len(rows):,} of {length:,} rows are not shown; {whole} writes all of them", "dim")


def say(console: Console, text: str, style: str = "") -> None:
    """A line as it is: text of studies and machines is never read as markup."""
    console.print(Text(text, style=style), highlight=False)


def _alike(answer: Answer, dims: list[str], rows: Rows, *, whole: bool) -> set[str]:
    """Coordinates that are the same in every row that has one, shown or not; ``whole`` says that all rows are at hand."""
    kept = {dim for dim in dims if len(answer.coords[dim].data) == 1}
    if not whole:
        return kept
    return kept | {name for name, column in answer.at.items() if len(_different(column, rows)) == 1}


def _different(column: Column, rows: Rows) -> set[Any]:
    return {value for value in column.data.reshape(-1)[rows].tolist() if value is not None and value == value}


def _block(answer: Answer, columns: Columns, *, cut: bool) -> Table:
    """Columns side by side; ``cut`` where rows in the middle are left out."""
    table = Table(**PLAIN)
    labels = {name for name, column in answer.coords.items() if column.data.dtype == object}
    for name, _ in columns:
        left = name.replace("\n", "") in labels
        table.add_column(Text(name), justify="left" if left else "right", overflow="fold")
    for number, row in enumerate(zip(*(cells for _, cells in columns), strict=True)):
        if cut and number == MAX_ROWS // 2:
            table.add_row("...")
        table.add_row(*map(Text, row))
    return table


def shown_rows(length: int) -> list[int]:
    """The rows that are shown: all, or the first and the last."""
    if length <= MAX_ROWS:
        return list(range(length))
    half = MAX_ROWS // 2
    return [*range(half), *range(length - half, length)]


def _lengths(answer: Answer, dims: list[str]) -> tuple[int, ...]:
    return tuple(len(answer.coords[dim].data) for dim in dims)


def _asked(answer: Answer, study: Study) -> str:
    """The question in words: ``least cost where run_time <= 120 days``."""
    question = answer.question
    text = KINDS[type(question)].phrase(question)
    where = ", ".join(conditions.show(condition, study.problem.model) for condition in question.where)
    return f"{text} where {where}" if where else text


def _coordinates(answer: Answer, study: Study, dims: list[str], rows: Rows) -> Columns:
    shape = _lengths(answer, dims)
    result: Columns = []
    for i, dim in enumerate(dims):
        column = answer.coords[dim]
        along = np.reshape(column.data, [-1 if j == i else 1 for j in range(len(shape))])
        result.append((dim, show_cells(Column(np.broadcast_to(along, shape), column.unit), rows, preferred_unit(study, dim))))
    return result

"""One question's answer as a table: in blocks where it is wider than the screen, and cut where it is long."""

import math
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..answers.answer import Answer
from ..answers.column import Column, coordinates_of_points
from ..errors import Parameter, Spelling, named
from ..study.loader import Study
from ..terminal.tables import split_columns
from .answer_columns import Columns, Rows, preferred_unit, show_cells
from .decision_words import percent
from .kinds import KINDS, question_text
from .missing_facts import known_rows, missing_sentences

MAX_ROWS = 28
PLAIN: dict[str, Any] = {"box": None, "pad_edge": False, "header_style": "bold"}


def print_answer(console: Console, answer: Answer, study: Study, spell: Spelling = named) -> None:
    """Print one question's table: a row for each point of the kept axes; the same coordinates in every row are said once.

    Parameters
    ----------
    console
        Where to.
    answer
        What is shown.
    study
        What it answers.
    spell
        How the parameter that has every row written is named.
    """
    console.print()
    console.print(
        Text.assemble((answer.name, "bold"), "  ", (question_text(answer.question, study.problem.model), "dim")),
        highlight=False,
    )
    kind = KINDS.of(answer.question)
    dims = [dim for dim in answer.dims if dim not in kind.across]
    numbers = (
        answer.rows().tolist()
        if dims == list(answer.dims)
        else list(range(math.prod(len(answer.coords[dim].data) for dim in dims)))
    )
    numbers = kind.shown(answer, numbers)
    numbers = numbers if kind.in_stretches else known_rows(answer, study, numbers)
    rows = [numbers[place] for place in rows_to_show(len(numbers))]
    length = len(numbers) if answer.total is None else answer.total
    columns, note = kind.columns(answer, study, rows)
    columns = [*_coordinates(answer, study, dims, rows), *columns]
    equal = _equal_coordinates(answer, dims, numbers, whole=length == len(numbers)) if len(rows) > 1 else set()
    once = {name: cell for name, cells in columns if name in equal for cell in {*cells} - {"-"}}
    columns = [(name, cells) for name, cells in columns if name not in once]
    sentences = [*kind.sentences(answer, study), *missing_sentences(answer, study)]
    if answer.question.where and not sentences and _is_empty(columns, dims):
        sentences, rows, length = ["No scenario meets the conditions."], [], 0
    blocks = split_columns(columns, sum(name in dims for name, _ in columns), console.width)
    for block in blocks if rows or not sentences else ():
        console.print(_block_table(answer, block, cut=len(numbers) > MAX_ROWS), highlight=False)
    if once:
        print_line(console, f"every row: {', '.join(f'{name} {cell}' for name, cell in once.items())}", "dim")
    for sentence in sentences:
        print_line(console, sentence)
    if note:
        print_line(console, note, "dim")
    if length > len(rows):
        whole = spell(Parameter("out", "FILE.csv"))
        print_line(console, f"... {length - len(rows):,} of {length:,} rows are not shown; {whole} writes all of them", "dim")


def print_line(console: Console, text: str, style: str = "") -> None:
    """Print a line as it is: text of studies and machines is never read as markup.

    Parameters
    ----------
    console
        Where to.
    text
        The line.
    style
        Of rich, such as ``bold``.
    """
    console.print(Text(text, style=style), highlight=False)


def _is_empty(columns: Columns, dims: list[str]) -> bool:
    """Tell whether a table has rows and, beside their coordinates, nothing in any of them."""
    return all(cell == "-" for name, cells in columns if name not in dims for cell in cells) and any(
        cells for _, cells in columns
    )


def _equal_coordinates(answer: Answer, dims: list[str], rows: Rows, *, whole: bool) -> set[str]:
    """Name the coordinates that are the same in every row that has one, shown or not, where ``whole``: all rows are at hand."""
    kept = {dim for dim in dims if len(answer.coords[dim].data) == 1}
    if not whole:
        return kept
    return kept | {name for name, column in answer.at.items() if len(_distinct(column, rows)) == 1}


def _distinct(column: Column, rows: Rows) -> set[Any]:
    return {value for value in column.data.reshape(-1)[rows].tolist() if value is not None and value == value}


def _block_table(answer: Answer, columns: Columns, *, cut: bool) -> Table:
    """Put columns side by side; ``cut`` says that rows in the middle are left out."""
    table = Table(**PLAIN)
    labels = {name for name, column in answer.coords.items() if column.data.dtype == object}
    for name, _ in columns:
        left = name.replace("\n", "") in labels
        table.add_column(Text(name), justify="left" if left else "right", overflow="fold", vertical="bottom")
    for number, row in enumerate(zip(*(cells for _, cells in columns), strict=True)):
        if cut and number == MAX_ROWS // 2:
            table.add_row("...")
        table.add_row(*map(Text, row))
    return table


def rows_to_show(length: int) -> list[int]:
    """List the rows that are shown: all, or the first and the last."""
    if length <= MAX_ROWS:
        return list(range(length))
    half = MAX_ROWS // 2
    return [*range(half), *range(length - half, length)]


def _coordinates(answer: Answer, study: Study, dims: list[str], rows: Rows) -> Columns:
    columns = coordinates_of_points({dim: answer.coords[dim] for dim in dims})
    shares = KINDS.of(answer.question).percent
    return [
        (
            dim,
            [percent(share) for share in column.data[rows].tolist()]
            if dim in shares
            else show_cells(column, rows, preferred_unit(study, dim)),
        )
        for dim, column in columns.items()
    ]

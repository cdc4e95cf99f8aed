"""A shown table in the terminal."""

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..answers.answer import Answer
from ..errors import Parameter, Spelling, named
from ..study.loader import Study
from ..terminal.tables import split_columns
from .shown_table import MAX_ROWS, shown_table

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
    table = shown_table(answer, study)
    console.print()
    console.print(Text.assemble((table.name, "bold"), "  ", (table.question, "dim")), highlight=False)
    columns = [(column.heading, list(column.texts)) for column in table.columns]
    labels = {column.heading for column in table.columns if column.is_label}
    kept = sum(column.name in answer.dims for column in table.columns)
    for block in split_columns(columns, kept, console.width) if columns else ():
        console.print(_block_table(block, labels, cut=table.rows < table.length), highlight=False)
    if table.once:
        print_line(console, f"every row: {', '.join(f'{name} {cell}' for name, cell in table.once)}", "dim")
    for note in table.notes:
        print_line(console, note)
    if table.length > table.rows:
        whole = spell(Parameter("out", "FILE.csv"))
        hidden = f"... {table.length - table.rows:,} of {table.length:,} rows are not shown"
        print_line(console, f"{hidden}; {whole} writes all of them", "dim")


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


def _block_table(columns: list[tuple[str, list[str]]], labels: set[str], *, cut: bool) -> Table:
    """Put columns side by side; ``cut`` says that rows in the middle are left out."""
    table = Table(**PLAIN)
    for heading, _ in columns:
        left = heading.replace("\n", "") in labels
        table.add_column(Text(heading), justify="left" if left else "right", overflow="fold", vertical="bottom")
    for number, row in enumerate(zip(*(cells for _, cells in columns), strict=True)):
        if cut and number == MAX_ROWS // 2:
            table.add_row("...")
        table.add_row(*map(Text, row))
    return table

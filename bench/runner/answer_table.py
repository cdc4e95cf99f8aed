"""A shown table in the terminal: its title, its rows, and what is to be known of them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from ...kernels.text import visible
from ..answers.answer import Answer
from ..errors import Parameter, Spelling, named
from ..study.loader import Study
from ..study.names import axis_words, place_text, point_words
from ..study.resolution import listed
from ..terminal.laid_tables import LaidColumn, Layout, lay_out
from .missing_facts import missing_sentences
from .shown_table import ShownTable, shown_table

MAX_NAMED = 3  # columns without room that are named


@dataclass(frozen=True)
class TableView:
    """How answers are shown on a screen.

    Attributes
    ----------
    width
        Of the screen (characters).
    full
        Whether all rows, columns and sentences are shown.
    spell
        How parameters that would change what is printed are named.
    """

    width: int
    full: bool = False
    spell: Spelling = named


def answer_lines(answer: Answer, study: Study, view: TableView, said: Collection[str] = ()) -> list[Text]:
    """Write one question's table as lines, after an empty one; facts that are not published are told for all tables at once.

    Parameters
    ----------
    answer
        What is shown.
    study
        What it answers.
    view
        How it is shown.
    said
        What was printed already, and is not said again: sentences, and what `same_in_all` tells of earlier tables.
    """
    table = shown_table(answer, study, view.full)
    missing = missing_sentences(answer, study)
    lines = [Text(), *_title(table)]
    told = [sentence for sentence in table.sentences if sentence not in said] if view.full else []
    lines += [Text(visible(sentence)) for sentence in told]
    kept = {*answer.coords, *answer.question.objectives()}
    layouts = lay_out(laid_columns(table, kept), view.width, whole=view.full) if table.columns else []
    for number, layout in enumerate(layouts):
        lines += [Text(), *_layout_lines(table, layout)] if number else _layout_lines(table, layout)
    notes = [note for note in _notes(table, layouts, view, said) if note not in (*missing, *said, *told)]
    if notes:
        lines.append(Text(visible(" ".join(notes))))
    return lines if layouts or told or notes or view.full else []  # a title alone says nothing


def same_in_all(answer: Answer, study: Study) -> set[str]:
    """Say which kept axes have but one point: it is the same in every table that keeps them."""
    only = [dim for dim in answer.question.by if len(answer.coords[dim].data) == 1]
    return {place_text(axis_words(study, dim), point_words(study, dim, answer.coords[dim].data[0])) for dim in only}


def laid_columns(table: ShownTable, kept: Collection[str]) -> list[LaidColumn]:
    """Turn a table's columns into what is laid out; those whose names are ``kept`` stay where there is no room for all."""
    names = [column.name if column.shared else "" for column in table.columns]
    return [
        LaidColumn(
            column.heading,
            column.bare(),
            column.is_label,
            column.shared,
            column.name if names.count(column.name) > 1 else "",
            column.name in kept,
            column.texts,
        )
        for column in table.columns
    ]


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
    print_text(console, Text(visible(text), style=style))


def print_text(console: Console, text: Text) -> None:
    """Print a text, broken into lines that end where their words do."""
    print_lines(console, wrapped(console, text))


def print_lines(console: Console, lines: Iterable[Text]) -> None:
    """Print lines as they are, in one go."""
    console.print(Text("\n").join(lines), highlight=False, soft_wrap=True)


def wrapped(console: Console, text: Text) -> list[Text]:
    """Break a text into the lines that a console shows of it."""
    lines = list(text.wrap(console, console.width)) or [Text()]
    for line in lines:
        line.rstrip()
    return lines


def _title(table: ShownTable) -> list[Text]:
    """Write the question's name and, unless it says as much, what is asked."""
    name, asked = visible(table.name), visible(table.question)
    if asked == name:
        return [Text(name, style="bold")]
    if asked.startswith(f"{name},"):
        return [Text.assemble((name, "bold"), (asked.removeprefix(name), "dim"))]
    return [Text.assemble((name, "bold"), ": ", (asked, "dim"))]


def _layout_lines(table: ShownTable, layout: Layout) -> list[Text]:
    lines = [Text(line, style="bold") for line in layout.headings]
    for number, row in enumerate(layout.rows):
        if number == table.gap:
            lines.append(Text("..."))
        lines += map(Text, row)
    return lines


def _notes(table: ShownTable, layouts: Sequence[Layout], view: TableView, said: Collection[str]) -> list[str]:
    notes = []
    once = [pair for pair in table.once if _pairs([pair]) not in said]
    if once:
        notes.append(f"In every row: {_pairs(once)}.")
    notes += table.notes
    everything = view.spell(Parameter("out", "FILE.csv")) if view.full else view.spell(Parameter("full"))
    verb, fewer = "writes" if view.full else "prints", table.rows < table.length
    if table.picked:
        notes.append(f"Shown for {_pairs(table.picked)}; {everything} {verb} all {table.length:,} rows.")
    hidden = [f"{table.length - table.rows:,} of {table.length:,} rows"] if fewer and not table.picked else []
    left_out = [heading for layout in layouts for heading in layout.left_out]
    if left_out:
        names = ", ".join(left_out) if len(left_out) <= MAX_NAMED else ""
        hidden.append(
            " ".join(filter(None, (f"{len(left_out)} column{'s' if len(left_out) > 1 else ''}", names and f"({names})")))
        )
    if hidden:
        notes.append(f"Not shown: {' and '.join(hidden)}; {everything} {verb} all.")
    return notes


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    return listed([place_text(name, cell) for name, cell in pairs])

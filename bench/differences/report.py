"""A difference in the terminal: sentences first, then inputs, answers, and what moves them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...kernels.quantities import MODEL
from ..errors import Parameter, Spelling, named
from ..prior.drawn_inputs import shown_name
from ..study.names import quantity_words
from ..terminal import numbers
from .answer_cells import ESTIMATE, Key
from .answer_differences import AnswerDifference, RowDifference, chosen_differently
from .attribution import Attribution
from .difference import Difference
from .difference_words import Names, change_text, column_words, percent, point_text, sentences, side_text
from .input_differences import InputDifference
from .input_values import InputValue, show_value

SHOWN_ROWS, SHOWN_INPUTS, SHOWN_PARTS = 24, 12, 8
INDENT = "  "
_TABLE: dict[str, Any] = {"box": None, "pad_edge": False, "header_style": "bold"}


def print_difference(console: Console, difference: Difference, full: bool = False, spell: Spelling = named) -> None:
    """Print what differs: a sentence or two, then inputs, answers, and what the change is due to.

    Parameters
    ----------
    console
        Where to.
    difference
        What is printed.
    full
        Whether every row is printed, in place of those that moved most.
    spell
        How the parameter that has every row printed is named.
    """
    for sentence in sentences(difference):
        _print(console, sentence)
    if difference.is_empty:
        return
    _print(console, f"A: {difference.a}", "dim")
    _print(console, f"B: {difference.b}", "dim")
    _print_inputs(console, difference, full, spell)
    _print_answers(console, difference, full, spell)
    if difference.attribution is not None and len(difference.attribution.parts) > 1:
        _print_attribution(console, difference.attribution, full)


def _print(console: Console, text: str, style: str = "") -> None:
    console.print(Text(text, style=style), highlight=False)


def _print_inputs(console: Console, difference: Difference, full: bool, spell: Spelling) -> None:
    if difference.inputs:
        console.print()
        _print(console, "Inputs that differ", "bold")
        shown = difference.inputs if full else difference.inputs[:SHOWN_INPUTS]
        rows = [(one.words, _input_text(one.a), _input_text(one.b), _input_change(one)) for one in shown]
        console.print(_table(("", "A", "B", "change"), rows, texts=3))
        _print_rest(console, len(difference.inputs) - len(shown), "input", spell)
    for sentence in difference.sentences:
        _print(console, sentence)


def _input_text(value: InputValue | None) -> str:
    return "computed" if value is None else value.words()


def _input_change(difference: InputDifference) -> str:
    return "" if difference.change is None else percent(difference.change)


def _print_answers(console: Console, difference: Difference, full: bool, spell: Spelling) -> None:
    moved = [answer for answer in difference.answers if answer.rows or (full and answer.others)]
    if moved:
        console.print()
        _print(console, "Answers that moved, the rows that moved most first", "bold")
        each_answer = max(SHOWN_ROWS // len(moved), 1)
        rows, left = list[tuple[str, ...]](), 0
        for answer in moved:
            shown = (*answer.rows, *answer.others) if full else answer.rows[:each_answer]
            rows += _answer_rows(answer, shown, difference.names)
            left += max(len(answer.rows) - len(shown), 0)
        console.print(_table(("", "A", "B", "change"), rows, texts=1))
        _print_rest(console, left, "row", spell)
    for line in _lines_on_rows(difference):
        _print(console, line)


def _answer_rows(answer: AnswerDifference, shown: Sequence[RowDifference], names: Names) -> Iterable[tuple[str, ...]]:
    """Write rows of an answer: under a heading, or in one line where there is one row."""
    before = ""
    for row in shown:
        what, numbers_of = column_words(row.cell), (side_text(row.a), side_text(row.b), change_text(row))
        if answer.question == ESTIMATE:
            yield what, *numbers_of
            continue
        places = [point_text(one, names) for one in row.cell.key if one[0] not in answer.alike]
        chosen = [_then(point_text(a, names), point_text(b, names)) for a, b in chosen_differently(row)]
        place = "; ".join([", ".join(places), *dict.fromkeys(chosen)]).removeprefix("; ")
        name = f"{answer.question}: {what}"
        if len(shown) == 1:
            yield f"{name}, {place}" if place else name, *numbers_of
            continue
        if name != before:
            yield name, "", "", ""
        yield f"{INDENT}{place}", *numbers_of
        before = name


def _then(before: str, after: str) -> str:
    """Join what was chosen on the two sides: ``6,215, then 6,278 chips``, the unit once where both have the same."""
    number, _, unit = before.partition(" ")
    return f"{number if unit and unit == after.partition(' ')[2] else before}, then {after}"


def _lines_on_rows(difference: Difference) -> list[str]:
    """Say which answers are the same, and which rows and questions only one side has."""
    same = [answer.question for answer in difference.answers if not answer.has_moved]
    lines = []
    if same and difference.moved:
        lines.append(f"The same on both sides: {', '.join(same)}.")
    for answer in difference.answers:
        if answer.others and not answer.rows:
            most = percent(answer.others[0].change) if answer.others[0].change is not None else "an answer more or less"
            lines.append(
                f"{answer.question}: only {column_words(answer.others[0].cell)} and the like moved, by at most {most}."
            )
        lines += [
            f"{answer.question}: {numbers.count(len(keys), 'row')} only in {side}: "
            f"{_listed(keys, answer.alike, difference.names)}."
            for side, keys in (("A", answer.only_a), ("B", answer.only_b))
            if keys
        ]
    for side, questions in (("A", difference.only_a), ("B", difference.only_b)):
        if questions:
            lines.append(f"Answered only in {side}: {', '.join(questions)}.")
    return lines


def _listed(keys: Sequence[Key], alike: Collection[str], names: Names, most: int = 3) -> str:
    texts = [", ".join(point_text(one, names) for one in key if one[0] not in alike) for key in keys[:most]]
    return "; ".join(texts) + (f" and {len(keys) - most} more" if len(keys) > most else "")


def _print_rest(console: Console, left: int, noun: str, spell: Spelling) -> None:
    if left:
        verb = "differs" if noun == "input" else "moved"
        verb = verb if left == 1 or noun == "row" else "differ"
        _print(console, f"{numbers.count(left, f'more {noun}')} {verb}; {spell(Parameter('full'))} prints all.", "dim")


def _print_attribution(console: Console, attribution: Attribution, full: bool) -> None:
    """Print how far each input alone moves the quantity, at one place."""
    console.print()
    item, place = attribution.quantity, ", ".join(point for _, point in attribution.place)
    what = quantity_words(MODEL, item)
    at = "; ".join(["A with one input of B at a time", *([place] if place else []), "what is drawn at its median"])
    _print(console, f"What moves the {what} ({at})", "bold")
    shown = attribution.parts if full else attribution.parts[:SHOWN_PARTS]
    rows = [(quantity_words(MODEL, shown_name(name)), *_moved(attribution, value)) for name, value in shown]
    left = sum(value - attribution.a for _, value in attribution.parts[len(shown) :])
    if left:
        rows.append(("the other inputs", *_moved(attribution, attribution.a + left)))
    if abs(attribution.rest) > 5e-4 * abs(attribution.a):
        rows.append(("the rest: together, other draws", *_moved(attribution, attribution.a + attribution.rest)))
    rows.append(("all of B", *_moved(attribution, attribution.b)))
    console.print(_table(("", f"from {show_value(attribution.a, item, attribution.unit)} to", "change"), rows, texts=1))


def _moved(attribution: Attribution, value: float) -> tuple[str, str]:
    change = percent(value / attribution.a - 1) if attribution.a else ""
    return show_value(value, attribution.quantity, attribution.unit), change


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]], texts: int) -> Table:
    """Make a table whose first columns are texts, which may be wrapped; the others are numbers, which are not."""
    table = Table(**_TABLE)
    for i, heading in enumerate(headings):
        is_text = i < texts
        table.add_column(Text(heading), justify="left" if is_text else "right", no_wrap=not is_text, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table

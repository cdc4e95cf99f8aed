"""A difference for people, sentences first, and as one JSON document."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...kernels.quantities import MODEL
from ..errors import Parameter, Spelling, named
from ..prior.drawn_inputs import shown_name
from ..study.names import quantity_words
from ..terminal import numbers
from .answer_cells import ESTIMATE, Cell, Coordinate, Key
from .answer_differences import AnswerDifference, RowDifference, chosen_differently, moved_first
from .attribution import Attribution
from .difference import Difference
from .input_differences import InputDifference
from .input_values import InputValue, show_value

SHOWN_ROWS, SHOWN_INPUTS, SHOWN_PARTS = 24, 12, 8
FEW = 6  # answers of which each is told with its statistic
NONE = "no answer"
MANY_TIMES, LEAST_CHANGE = 9.0, 1e-5  # from and up to which a change is told in other words than percent
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


# --- sentences --------------------------------------------------------------------------------------------------------


def sentences(difference: Difference) -> tuple[str, ...]:
    """Say in a few sentences what differs, and how far the first answer that moved did."""
    if difference.is_empty:
        return ("Nothing differs.", *difference.notes)
    moved, total = len(difference.moved), len(difference.answers)
    first = moved_first(difference.answers)
    return (
        f"{_inputs_words(difference)}; {_moved_words(moved, total)}.",
        *((_headline(first),) if first is not None else ()),
        *difference.notes,
    )


def _inputs_words(difference: Difference) -> str:
    count = len(difference.inputs)
    if count:
        return "One input differs" if count == 1 else f"{count} inputs differ"
    a, b = difference.versions
    if a is not None and b is not None and a != b:
        return f"The inputs are the same, and what computes is not ({a.words()}, then {b.words()})"
    return "No input has another value" if difference.sentences else "The inputs are the same"


def _moved_words(moved: int, total: int) -> str:
    if not total:
        return "no question is answered on both sides"
    if not moved:
        return "no answer moved"
    if total == 1:
        return "the answer moved"
    if moved == total:
        return "both answers moved" if total == 2 else f"all {total} answers moved"
    return f"{moved} of {total} answers moved"


def _headline(answer: AnswerDifference) -> str:
    """Say how far an answer moved: from and to of one row, the least and the most of several."""
    what = column_words(answer.rows[0].cell)
    name = "" if answer.question == ESTIMATE else f"{answer.question}: "
    known = sorted(row.change for row in answer.rows if row.change is not None)
    if len(answer.rows) == 1 or answer.question == ESTIMATE or not known:
        row = answer.rows[0]
        change = f" ({change_text(row)})" if row.change is not None else ""
        return f"{name}{what} goes from {_side_text(row.a)} to {_side_text(row.b)}{change}."
    ends = [percent(known[0]), percent(known[-1])]
    moved = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
    return f"{name}{what} moves by {moved} over {numbers.count(len(answer.rows), 'row')}."


# --- words of numbers and places --------------------------------------------------------------------------------------


def column_words(cell: Cell) -> str:
    """Name what a number is: ``median cost``, ``share of the variance``."""
    return "share of the variance" if cell.column == "share" else quantity_words(MODEL, cell.column)


def percent(change: float) -> str:
    """Write by which share something grew: ``+2.7%``, ``-0.03%``, ``12 times``."""
    if change >= MANY_TIMES:
        return f"{numbers.number(1 + change)} times"
    if 0 < abs(change) < LEAST_CHANGE:
        return "< 0.001%"
    return f"{'-' if change < 0 else '+'}{numbers.number(abs(100 * change), 2 if abs(change) < 0.1 else 3)}%"


def change_text(row: RowDifference) -> str:
    """Write how far a row moved; nothing where one side has no number."""
    if row.change is not None:
        return percent(row.change)
    both = row.a is not None and row.b is not None and row.a.value is not None and row.b.value is not None
    return "from 0" if both else ""


def _side_text(cell: Cell | None) -> str:
    if cell is None or cell.value is None:
        return NONE
    if cell.column.startswith("share"):
        return numbers.share(cell.value)
    return show_value(cell.value, cell.quantity, cell.unit)


def _point_text(coordinate: Coordinate, names: Mapping[str, Mapping[str, str]]) -> str:
    dim, point, unit = coordinate
    if point is None:
        return "-"
    if dim == "confidence":
        return f"at {numbers.share(float(point))}"
    if dim == "axis":  # of a sensitivity: an input or an axis
        return quantity_words(MODEL, shown_name(str(point)))
    if isinstance(point, str):
        return names.get(dim, {}).get(point, point)
    return show_value(float(point), dim, unit)


# --- tables -----------------------------------------------------------------------------------------------------------


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
    moved = [answer for answer in difference.answers if answer.rows]
    if moved:
        console.print()
        _print(console, "Answers that moved, the rows that moved most first", "bold")
        each_answer = max(SHOWN_ROWS // len(moved), 1)
        rows, left = list[tuple[str, ...]](), 0
        for answer in moved:
            shown = (*answer.rows, *answer.others) if full else answer.rows[:each_answer]
            rows += _answer_rows(answer, shown, difference.names, brief=len(moved) > FEW and not full)
            left += max(len(answer.rows) - len(shown), 0)
        console.print(_table(("", "", "A", "B", "change"), rows, texts=2))
        _print_rest(console, left, "row", spell)
    for line in _lines_on_rows(difference):
        _print(console, line)


def _answer_rows(
    answer: AnswerDifference, shown: Sequence[RowDifference], names: Mapping[str, Mapping[str, str]], *, brief: bool
) -> Iterable[tuple[str, ...]]:
    """Write rows of an answer; ``brief`` leaves out which of its numbers is told."""
    alike = _alike_dims([row.cell.key for row in answer.rows])
    before = ""
    for row in shown:
        what = column_words(row.cell)
        name = what if answer.question == ESTIMATE else answer.question if brief else f"{answer.question}: {what}"
        places = [_point_text(one, names) for one in row.cell.key if one[0] not in alike and answer.question != ESTIMATE]
        chosen = [f"{_point_text(a, names)} then {_point_text(b, names)}" for a, b in chosen_differently(row)]
        yield (
            "" if name == before else name,
            "; ".join([", ".join(places), *dict.fromkeys(chosen)]).removeprefix("; "),
            _side_text(row.a),
            _side_text(row.b),
            change_text(row),
        )
        before = name


def _alike_dims(keys: Sequence[Key]) -> set[str]:
    """Name the dimensions along which all rows are at one point, where others tell them apart."""
    points: dict[str, set[Any]] = {}
    for key in keys:
        for dim, point, _ in key:
            points.setdefault(dim, set()).add(point)
    alike = {dim for dim, own in points.items() if len(own) == 1}
    return alike if len(keys) > 1 and alike != set(points) else set()


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
            f"{answer.question}: {numbers.count(len(keys), 'row')} only in {side}: {_listed(keys, difference.names)}."
            for side, keys in (("A", answer.only_a), ("B", answer.only_b))
            if keys
        ]
    for side, questions in (("A", difference.only_a), ("B", difference.only_b)):
        if questions:
            lines.append(f"Answered only in {side}: {', '.join(questions)}.")
    return lines


def _listed(keys: Sequence[Key], names: Mapping[str, Mapping[str, str]], most: int = 3) -> str:
    alike = _alike_dims(keys)
    texts = [", ".join(_point_text(one, names) for one in key if one[0] not in alike) for key in keys[:most]]
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
    """Make a table whose first columns are texts, which may be folded; the others are numbers, which are not."""
    table = Table(**_TABLE)
    for i, heading in enumerate(headings):
        is_text = i < texts
        table.add_column(Text(heading), justify="left" if is_text else "right", no_wrap=not is_text, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


# --- JSON -------------------------------------------------------------------------------------------------------------


def difference_entry(difference: Difference) -> dict[str, Any]:
    """Return a difference as plain data: keys where people read words, every row that moved."""
    return {
        "a": difference.a,
        "b": difference.b,
        "versions": [None if version is None else version.version for version in difference.versions],
        "same": difference.is_empty,
        "sentences": list(sentences(difference)),
        "inputs": [
            {
                "quantity": one.quantity,
                "point": one.place[1] or None,
                "a": _input_entry(one.a),
                "b": _input_entry(one.b),
                "change": one.change,
            }
            for one in difference.inputs
        ],
        "also": list(difference.sentences),
        "answers": [_answer_entry(answer) for answer in difference.answers],
        "only_a": list(difference.only_a),
        "only_b": list(difference.only_b),
        "attribution": _attribution_entry(difference.attribution),
    }


def _input_entry(value: InputValue | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {
        "kind": value.kind.value,
        "value": value.text or value.value,
        "low": value.low,
        "high": value.high,
        "unit": value.unit,
    }


def _answer_entry(answer: AnswerDifference) -> dict[str, Any]:
    return {
        "question": answer.question,
        "same_rows": answer.same,
        "moved": [_row_entry(row) for row in (*answer.rows, *answer.others)],
        "only_a": [_key_entry(key) for key in answer.only_a],
        "only_b": [_key_entry(key) for key in answer.only_b],
    }


def _row_entry(row: RowDifference) -> dict[str, Any]:
    values = {side: None if cell is None else cell.value for side, cell in (("a", row.a), ("b", row.b))}
    chosen = {before[0]: [before[1], after[1]] for before, after in chosen_differently(row)}
    entry = {"at": _key_entry(row.cell.key), "of": row.cell.column, "unit": row.cell.unit, **values, "change": row.change}
    return entry | ({"chosen": chosen} if chosen else {})


def _key_entry(key: Key) -> dict[str, Any]:
    return {dim: point for dim, point, _ in key}


def _attribution_entry(attribution: Attribution | None) -> dict[str, Any] | None:
    if attribution is None:
        return None
    return {
        "question": attribution.question,
        "quantity": attribution.quantity,
        "unit": attribution.unit,
        "at": dict(attribution.place),
        "a": attribution.a,
        "b": attribution.b,
        "alone": [{"quantity": name, "value": value, "effect": value - attribution.a} for name, value in attribution.parts],
        "together": attribution.rest,
    }

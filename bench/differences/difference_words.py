"""A difference in words: sentences, and what its numbers and places are called."""

from collections.abc import Mapping

from ...kernels.quantities import MODEL
from ..prior.drawn_inputs import shown_name
from ..study.names import quantity_words
from ..terminal import numbers
from .answer_cells import ESTIMATE, OF_BINS, Cell, Coordinate
from .answer_differences import AnswerDifference, RowDifference, moved_first
from .difference import Difference
from .input_values import show_value

NONE = "no answer"
MANY_TIMES, LEAST_CHANGE = 9.0, 1e-5  # from and up to which a change is told in other words than percent
_ASKED_FIRST = ("run_time", "chip_count", "cost", "energy")  # of an estimate
Names = Mapping[str, Mapping[str, str]]  # by axis, what people read for its labels


def sentences(difference: Difference) -> tuple[str, ...]:
    """Say in a few sentences what differs, and how far the first answer that moved did."""
    if difference.is_empty:
        return ("Nothing differs." if difference.both_whole else "Nothing that both sides say differs.", *difference.notes)
    moved, total = sum(answer.has_numbers_moved for answer in difference.answers), len(difference.answers)
    first = moved_first(difference.answers)
    return (
        f"{_inputs_words(difference)}; {_moved_words(moved, total)}{_other_rows_words(difference)}.",
        *((_headline(first),) if first is not None else ()),
        *difference.notes,
    )


def _inputs_words(difference: Difference) -> str:
    count = len(difference.inputs)
    if not difference.both_whole:
        return f"Of the inputs that both sides say {count or 'none'} differ{'s' if count < 2 else ''}"
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


def _other_rows_words(difference: Difference) -> str:
    """Say how many answers have rows on one side that the other has not."""
    count = sum(bool(answer.only_a or answer.only_b) for answer in difference.answers)
    return f"; {numbers.count(count, 'answer')} {'has' if count == 1 else 'have'} rows that only one side has" if count else ""


def _headline(answer: AnswerDifference) -> str:
    """Say how far an answer moved: from and to of one row, the least and the most of several."""
    what = column_words(_told_first(answer).cell)
    name = "" if answer.question == ESTIMATE else f"{answer.question}: "
    known = sorted(row.change for row in answer.rows if row.change is not None)
    if len(answer.rows) == 1 or answer.question == ESTIMATE or not known:
        row = _told_first(answer)
        change = f" ({change_text(row)})" if row.change is not None else ""
        return f"{name}{what} goes from {side_text(row.a)} to {side_text(row.b)}{change}."
    ends = [percent(known[0]), percent(known[-1])]
    moved = ends[0] if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
    return f"{name}{what} moves by {moved} over {numbers.count(len(answer.rows), 'row')}."


def _told_first(answer: AnswerDifference) -> RowDifference:
    """Pick the row that is told first: that which moved most, of an estimate what people ask for first."""
    known = {row.cell.quantity: row for row in answer.rows} if answer.question == ESTIMATE else {}
    return next((known[name] for name in _ASKED_FIRST if name in known), answer.rows[0])


def column_words(cell: Cell) -> str:
    """Name what a number is: ``median cost``, ``share of the variance``."""
    if cell.column.startswith(OF_BINS):
        return f"mean {quantity_words(MODEL, cell.quantity)} by the middles of the bins".replace("  ", " ")
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


def side_text(cell: Cell | None) -> str:
    """Write a side's number for people."""
    if cell is None or cell.value is None:
        return NONE
    if cell.column.startswith("share"):
        return numbers.share(cell.value)
    return show_value(cell.value, cell.quantity, cell.unit)


def point_text(coordinate: Coordinate, names: Names) -> str:
    """Name a point of a dimension for people; ``names`` are what labels of axes are called."""
    dim, point, unit = coordinate
    if point is None:
        return "-"
    if dim == "confidence" and not isinstance(point, str):
        return f"at {numbers.share(float(point))}"
    if dim == "axis":  # of a sensitivity: an input or an axis
        return quantity_words(MODEL, shown_name(str(point)))
    if isinstance(point, str):
        return names.get(dim, {}).get(point, point)
    return show_value(float(point), dim, unit)

"""The numbers that matter of a run, question by question, for a workbook's first sheet."""

import re
from collections.abc import Iterable

from ..answers.answer import Answer
from ..runner.shown_column import UNKNOWN, ShownColumn
from ..runner.shown_table import ShownTable, shown_table
from ..study.loader import Study
from ..study.names import quantity_words, saying_of
from ..terminal import numbers
from .basis_sheets import cell_format
from .reading_units import reading_unit
from .sheets import SheetNumber, SummaryRow

_MAX_ROWS = 40  # of one question
_MEDIAN = "median"
_KEY = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9.]+)+|mfu|pue")


def summary_rows(answers: Iterable[Answer], study: Study) -> tuple[SummaryRow, ...]:
    """List what a reader of a run sees of each question: its rows, of quantiles the medians with their ranges.

    Parameters
    ----------
    answers
        One engine's; of a question that is hidden nothing is listed.
    study
        What they answer.
    """
    shown = [answer for answer in answers if not saying_of(study, answer.name).hidden]
    return tuple(row for answer in shown for row in _rows(answer, study)[:_MAX_ROWS])


def _rows(answer: Answer, study: Study) -> list[SummaryRow]:
    table = shown_table(answer, study)
    of_rows = [column for column in table.columns if column.name in answer.dims]
    values = [column for column in table.columns if column.name not in answer.dims]
    middle = next((column for column in values if column.heading == _MEDIAN), None)
    rows = []
    for row in range(table.rows):
        where = ", ".join(column.texts[row] for column in of_rows)
        for column in [middle] if middle is not None else values:
            text = _spread(values, row) if middle is not None else column.texts[row]
            if text != UNKNOWN:
                rows.append(_row(table, where, column, row, text, study, alone=middle is not None))
    return rows


def _row(table: ShownTable, where: str, column: ShownColumn, row: int, text: str, study: Study, *, alone: bool) -> SummaryRow:
    what = ": ".join(part for part in (where, "" if alone else column.heading) if part)
    known = [one for one in column.numbers or () if one is not None]
    number = column.numbers[row] if column.numbers else None
    if number is None or number != number:
        return SummaryRow(table.name, what, None, "", text)
    quantity = study.problem.model.quantities.get(column.name)
    reading = reading_unit(known, column.unit, quantity if quantity is not None and quantity.unit == column.unit else None)
    percent = reading.is_share or (not column.unit and text.endswith("%"))
    value = number / reading.size
    return SummaryRow(
        table.name, what, SheetNumber(value, "0.0%" if percent else cell_format(value, reading, quantity)), reading.name, text
    )


def _spread(values: list[ShownColumn], row: int) -> str:
    """Write a median with the outermost quantiles of its row: ``24.9 GWh (P10 to P90: 15.5 to 49.2)``."""
    middle = next(column for column in values if column.heading == _MEDIAN)
    if len(values) == 1 or middle.texts[row] == UNKNOWN:
        return middle.texts[row]
    low, high = values[0], values[-1]
    return f"{numbers.join_spread(middle.texts[row], low.texts[row], high.texts[row])}, {low.heading} to {high.heading}"


def in_words(note: str, study: Study) -> str:
    """Put words in place of the keys of quantities and points in a note."""
    points = {key: words for axis in study.wording.points.values() for key, words in axis.items()}
    model = study.problem.model

    def said(match: re.Match[str]) -> str:
        key = match[0]
        return points.get(key) or (quantity_words(model, key) if key in model else key)

    return re.sub(rf"(?<![\w.-])(?:{_KEY.pattern})(?![\w-])", said, note)

"""What a report shows of each question: its sentences, the rows that matter, and all rows behind them."""

from dataclasses import dataclass, replace

from ..answers.answer import Answer
from ..runner.sentences import answer_sentences
from ..runner.shown_column import ShownColumn
from ..runner.shown_table import ShownTable, shown_table
from ..study.loader import Study
from .carried_data import first_points, points_of

MAX_ROWS = 2000  # of a table that the page holds as text; the data has more
LONG_POINTS = 20_000  # an answer with more points is cut before its table is made


@dataclass(frozen=True)
class QuestionShown:
    """A question as a report shows it.

    Attributes
    ----------
    anchor
        Its place in the page.
    name, question
        Its name, and what is asked in words.
    sentences
        What the answer comes to.
    table
        The rows that matter.
    whole
        All rows, or the first MAX_ROWS; None where the table has all.
    notes
        What has no row and why, and how many rows are not there.
    """

    anchor: str
    name: str
    question: str
    sentences: tuple[str, ...]
    table: ShownTable
    whole: ShownTable | None
    notes: tuple[str, ...]


def question_shown(number: int, answer: Answer, study: Study) -> QuestionShown:
    """Show a question.

    Parameters
    ----------
    number
        Its place among the questions, from 1.
    answer, study
        Its answer, and what that answers.
    """
    table = shown_table(answer, study)
    whole = _whole_table(answer, study)
    sentences = table.sentences or answer_sentences(answer, study)
    if whole.rows <= table.rows:
        return QuestionShown(f"question-{number}", answer.name, table.question, sentences, table, None, table.notes)
    cut = f"The first {whole.rows:,} of {table.length:,} rows are here." if whole.rows < table.length else ""
    notes = (*table.notes, cut) if cut else table.notes
    return QuestionShown(f"question-{number}", answer.name, table.question, sentences, table, whole, notes)


def _whole_table(answer: Answer, study: Study) -> ShownTable:
    part = first_points(answer, LONG_POINTS) if points_of(answer) > LONG_POINTS else answer
    whole = shown_table(part, study, full=True)
    return replace(whole, columns=tuple(_first_cells(column) for column in whole.columns)) if whole.rows > MAX_ROWS else whole


def _first_cells(column: ShownColumn) -> ShownColumn:
    numbers = None if column.numbers is None else column.numbers[:MAX_ROWS]
    return replace(column, texts=column.texts[:MAX_ROWS], numbers=numbers)

"""What a report shows of each question: its sentences, the rows that matter, and all rows behind them."""

import re
from dataclasses import dataclass

from ..answers.answer import Answer
from ..pictures.labels import sentence
from ..runner.kinds import KINDS
from ..runner.missing_facts import missing_sentences
from ..runner.sentences import answer_sentences
from ..runner.shown_table import ShownTable, shown_table
from ..runner.unmet_groups import MAX_SENTENCES
from ..study.loader import Study

MAX_ROWS = 2000  # of a table that the page holds as text; the data has more


@dataclass(frozen=True)
class QuestionShown:
    """A question as a report shows it.

    Attributes
    ----------
    anchor, file
        Its place in the page, and the name of the file that its data are saved under.
    name, title, question
        Its name, the same as a title, and what is asked in words.
    sentences
        What the answer comes to.
    table
        The rows that matter.
    whole
        All rows, or the first MAX_ROWS; None where the table has all.
    notes
        What has no row and why, and how many rows are not there.
    lacking
        Of the notes those that say what has no row and why.
    """

    anchor: str
    file: str
    name: str
    title: str
    question: str
    sentences: tuple[str, ...]
    table: ShownTable
    whole: ShownTable | None
    notes: tuple[str, ...]
    lacking: tuple[str, ...]

    @property
    def once(self) -> str:
        """What is the same in every row, in words; empty where nothing is."""
        return ", ".join(f"{heading} {text}" for heading, text in self.table.once)

    @property
    def caption(self) -> str:
        """What the table of the rows that matter is called."""
        picked = "".join(f"; {heading} {text}" for heading, text in self.table.picked)
        rows = "" if self.whole is None else f"; {self.table.rows:,} of {self.table.length:,} rows"
        return f"{sentence(self.question)}{picked}{rows}"

    @property
    def whole_caption(self) -> str:
        """What the table of all rows is called."""
        rows = 0 if self.whole is None else self.whole.rows
        return f"{f'All {rows:,}' if rows >= self.table.length else f'The first {rows:,}'} rows"


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
    whole = shown_table(answer, study, full=True, limit=MAX_ROWS)
    sentences = table.sentences or answer_sentences(answer, study)
    is_cut = table.rows < whole.rows
    cut = f"The first {whole.rows:,} of {table.length:,} rows are here." if is_cut and whole.rows < table.length else ""
    return QuestionShown(
        f"question-{number}",
        f"{study.name}.{_slug(answer.name)}.csv",
        answer.name,
        sentence(answer.name),
        table.question,
        sentences,
        table,
        whole if is_cut else None,
        (*table.notes, cut) if cut else table.notes,
        (*KINDS.of(answer.question).sentences(answer, study, MAX_SENTENCES), *missing_sentences(answer, study)),
    )


def _slug(name: str) -> str:
    """Make a name fit for a file's on any system."""
    return re.sub(r"[^\w-]+", "-", name).strip("-")[:80] or "question"

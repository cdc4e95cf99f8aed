"""A run as HTML for a notebook: its headlines, and a table for each question."""

from ..terminal.notebook import html_heading, html_paragraphs, html_table
from .engine_words import computed_sentence
from .outcome import Run
from .sentences import answer_sentences, headlines
from .shown_table import ShownTable, shown_table


def run_html(run: Run) -> str:
    """Write what a run found: the headlines, then of each question what it asks and the rows that matter."""
    answers = run.shown()
    parts = [html_heading(run.study.title), html_paragraphs(headlines(run))]
    for answer in answers:
        table = shown_table(answer, run.study)
        once = [f"{heading}: {text}" for heading, text in table.once]
        parts.append(html_heading(table.question if table.question == answer.name else f"{answer.name}: {table.question}"))
        parts.append(html_paragraphs((*answer_sentences(answer, run.study)[1:], *once)))
        parts.append(_table(table))
        parts.append(html_paragraphs(table.notes))
    computed = computed_sentence(run)
    parts.append(html_paragraphs([computed] if computed else []))
    return "".join(parts)


def _table(table: ShownTable) -> str:
    """Write the rows that are shown, and how many there are in all."""
    if not table.columns:
        return ""
    labels = next((place for place, column in enumerate(table.columns) if not column.is_label), len(table.columns))
    headings = [column.heading for column in table.columns]
    rows = list(zip(*(column.texts for column in table.columns), strict=True))
    more = [f"{table.length:,} rows in all; to_frame({table.name!r}) has them."] if table.length > len(rows) else []
    return html_table(headings, rows, labels) + html_paragraphs(more)

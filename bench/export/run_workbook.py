"""A run as a workbook: what was found, a sheet for each question, and what it rests on."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from ... import __version__
from ..answers.answer import Answer
from ..answers.column import Column
from ..runner.engine_words import engines_text
from ..runner.outcome import Run
from ..runner.sentences import headlines
from .basis_sheets import basis_sheets
from .file_names import sheet_names
from .question_sheets import SheetRows, question_sheet
from .sheets import MAX_ROWS, FrontSheet, Sheet
from .summary_table import in_words, summary_rows
from .table_files import answer_stretches
from .workbook import write_workbook

FRONT = "Answer"


def write_run_workbook(run: Run, path: Path, names: Sequence[str]) -> list[str]:
    """Write a run as a workbook, whole or not at all.

    Parameters
    ----------
    run
        What was answered.
    path
        Where to.
    names
        Of the questions that are wanted.

    Returns
    -------
    list
        What there is to say of rows that a sheet has no room for.

    Raises
    ------
    OSError, InputError
        Where it could not be written.
    """
    taken = [FRONT]

    def fresh(wanted: Sequence[str]) -> list[str]:
        made = sheet_names(wanted, taken)
        taken.extend(made)
        return made

    answers = [answer for answer in run.shown() if answer.name in names]
    basis = basis_sheets(run.study, fresh, answers)
    sheets = [_question(run, answer, name) for answer, name in zip(answers, fresh([one.name for one in answers]), strict=True)]
    write_workbook(path, _front(run, answers), [*sheets, *basis])
    return [f"{sheet.name}: {sheet.note}" for sheet in sheets if sheet.note]


def _front(run: Run, answers: Sequence[Answer]) -> FrontSheet:
    study = run.study
    small_print = (
        "An empty cell has no answer: no scenario meets the conditions, or a fact is not published. ∞ stands for infinity.",
        "Every number is in the unit of its column's heading; P5 is exceeded in 95 of 100 cases.",
        *(in_words(note, study) for note in study.notes),
        f"flopwatt {__version__}, {engines_text(run)}, {run.dtype}; {study.points:,} scenarios; study {study.name}, "
        f"SHA-256 {study.digest}.",
    )
    described = [" ".join(part.split()) for part in study.description.split("\n\n") if part.strip()]
    return FrontSheet(FRONT, study.title, (*headlines(run), *described), small_print, summary_rows(answers, study))


def _question(run: Run, answer: Answer, name: str) -> Sheet:
    if answer.total is None:
        return question_sheet(answer, run.study, name)
    rows, length = _first_rows(answer_stretches(run, answer.question), MAX_ROWS)
    note = f"the first {length:,} of {answer.total:,} rows; a sheet holds no more" if answer.total > length else ""
    return question_sheet(answer, run.study, name, rows, note)


def _first_rows(stretches: Iterable[Answer], most: int) -> tuple[SheetRows, int]:
    """Join a table's stretches up to as many rows as a sheet holds."""
    labels: dict[str, list[Column]] = {}
    values: dict[str, list[Column]] = {}
    length = 0
    for answer in stretches:
        rows = len(next(iter(answer.coords.values())).data)
        keep = min(rows, most - length)
        for whole, parts in ((labels, answer.coords), (values, {**answer.at, **answer.values})):
            for name, column in parts.items():
                whole.setdefault(name, []).append(Column(column.data[:keep], column.unit))
        length += keep
        if length == most:
            break
    return SheetRows(_joined(labels), _joined(values)), length


def _joined(parts: dict[str, list[Column]]) -> dict[str, Column]:
    return {name: Column(np.concatenate([part.data for part in columns]), columns[0].unit) for name, columns in parts.items()}

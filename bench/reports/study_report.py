"""A study's run as one page of HTML that stands alone: the answer, pictures, tables, what it rests on, and the data."""

import datetime
from collections.abc import Sequence
from itertools import islice

from ..answers.answer import Answer
from ..drivers.movers import movers, study_movers
from ..pages.page import render_page
from ..pictures.kinds import main_picture, pictures_of
from ..pictures.picture import Picture
from ..pictures.tornado import tornado_of
from ..runner.outcome import Run
from ..runner.sentences import headlines
from ..study.detail import Detail
from .answers_shown import question_shown
from .carried_data import MAX_ROWS, carried_data
from .computed_shown import REMADE, Remake, computed_shown, engine_columns, python_remake
from .inputs_shown import assumptions_shown, draws_shown, effects_of, fact_tables_shown, stated_shown
from .units_shown import units_shown
from .unknown_shown import limits_shown, missing_columns, notes_shown

FEW_MOVERS = 3  # of an answer, below which its tornado says little of a study
SECTIONS = (
    ("answer", "The answer"),
    ("pictures", "Pictures"),
    ("tables", "Tables"),
    ("assumed", "What was assumed"),
    ("unknown", "What is not known"),
    ("computed", "How it was computed and checked"),
    ("data", "The data"),
)


def study_report(
    run: Run, remake: Remake | None = None, moment: datetime.datetime | None = None, most_rows: int = MAX_ROWS
) -> str:
    """Write a run as one HTML document that loads nothing.

    Parameters
    ----------
    run
        What running a study gave.
    remake
        What makes the report again; the Python that made the run unless it is given.
    moment
        When it is made; now unless another time is given.
    most_rows
        How many rows of an answer the page carries as data.

    Returns
    -------
    str
        The document.

    Raises
    ------
    InputError
        Where what makes pages or pictures is not installed.
    """
    study, remake = run.study, remake or python_remake(run)
    answers = run.shown()
    questions = [question_shown(number, answer, study) for number, answer in enumerate(answers, 1)]
    effects = effects_of(study_movers(answers, study), study)
    carried = carried_data(run, most_rows)
    said = headlines(run)
    return render_page(
        "study.html.j2",
        title=study.title,
        description=study.description,
        sections=SECTIONS,
        headlines=said,
        pictures=_pictures(run, answers),
        anchors={question.name: question.anchor for question in questions},
        questions=questions,
        units=units_shown([question.table for question in questions], said),
        stated=stated_shown(study),
        assumptions=assumptions_shown(study, effects),
        draws=draws_shown(study, effects),
        fact_tables=fact_tables_shown(study),
        missing=missing_columns(study),
        left_out=notes_shown([(question.name, question.lacking) for question in questions]),
        notes=[note for note in study.notes if not isinstance(note, Detail)],
        limits=limits_shown(study),
        absent=run.absent,
        computed=computed_shown(run, remake, moment),
        remade=REMADE,
        engines=engine_columns(run),
        study_name=study.name,
        study_text=study.text,
        document=carried.document,
        cut=carried.cut,
        whole=remake.whole,
    )


def _pictures(run: Run, answers: Sequence[Answer]) -> list[Picture]:
    """List the main picture, what moves answers, and the pictures of all questions."""
    main = main_picture(run)
    if main is None:
        return []
    pictures = [main, *_drivers(main.question, run, answers)]
    for answer in answers:
        pictures += [picture for picture in pictures_of(answer, run.study) if picture != main]
    return pictures


def _drivers(question: str, run: Run, answers: Sequence[Answer]) -> list[Picture]:
    """Draw what moves the answer to a question; where that is little, what moves the first other that several inputs move."""
    own = next(answer for answer in answers if answer.name == question)
    drawn = [tornado_of(own, run.study)]
    if len(movers(own, run.study)) < FEW_MOVERS:
        others = (answer for answer in answers if answer is not own and len(movers(answer, run.study)) >= FEW_MOVERS)
        drawn += [tornado_of(answer, run.study) for answer in islice(others, 1)]
    return [picture for picture in drawn if picture is not None]

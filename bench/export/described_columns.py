"""The columns of a question's file: names that programs use, with unit, words, source and the names of labels for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ... import __version__
from ..answers.answer import Answer
from ..runner.engine_words import engines_text
from ..runner.outcome import Run
from ..runner.question_words import question_text
from ..study.loader import Study
from ..study.names import axis_words, point_words, quantity_words
from .long_table import flat_columns


@dataclass(frozen=True)
class DescribedColumn:
    """What is said of a column.

    Attributes
    ----------
    unit, source
        Its unit, empty for a plain number or a label, and where its values or its formula come from.
    words
        What it is, for people.
    labels
        The names of its labels for people, where they have others.
    """

    unit: str
    source: str
    words: str
    labels: Mapping[str, str]


def described_columns(answer: Answer, study: Study) -> dict[str, DescribedColumn]:
    """Describe the columns that an answer has in a file of its own, by their names.

    Parameters
    ----------
    answer
        The answer.
    study
        What it answers.
    """
    result = {}
    axes = {axis.name for axis in study.problem.grid.axes}
    for name, column in flat_columns(answer):
        bare = name.removeprefix("nearest_")
        labels = dict.fromkeys(label for label in column.data.tolist() if isinstance(label, str))
        names = {label: point_words(study, bare, label) for label in labels}
        words = axis_words(study, bare) if bare in axes else quantity_words(study.problem.model, bare)
        others = {label: shown for label, shown in names.items() if shown != label}
        result[name] = DescribedColumn(column.unit, column.source, f"nearest: {words}" if bare != name else words, others)
    return result


def study_attributes(run: Run) -> dict[str, str]:
    """Say in texts which study a file answers, by what, and where its inputs come from.

    Parameters
    ----------
    run
        What was answered.
    """
    return {**study_texts(run.study), "source": f"flopwatt {__version__}, {engines_text(run)}, {run.dtype}"}


def study_texts(study: Study) -> dict[str, str]:
    """Say in texts what a study is, before it is answered.

    Parameters
    ----------
    study
        The study.
    """
    return {
        "title": study.title,
        "summary": study.description,
        "study": study.name,
        "study_sha256": study.digest,
        "study_toml": study.text,
        "overrides": "\n".join(study.overrides),
        "notes": "\n".join(study.notes),
    }


def question_attributes(answer: Answer, study: Study) -> dict[str, str]:
    """Say in texts what an answer is of.

    Parameters
    ----------
    answer
        The answer.
    study
        What it answers.
    """
    return {
        "question": answer.name,
        "kind": answer.question.kind,
        "asked": question_text(answer.question, study),
        "engine": answer.engine,
        "dtype": answer.dtype,
    }


def assumption_entries(study: Study) -> list[dict[str, Any]]:
    """List what was assumed, as plain texts and numbers in the quantities' own units.

    Parameters
    ----------
    study
        What rests on it.
    """
    return [
        {
            "quantity": assumption.quantity,
            "words": quantity_words(study.problem.model, assumption.quantity),
            "value": study.in_unit(assumption.quantity, assumption.value),
            "unit": study.problem.model[assumption.quantity].unit,
            "source": assumption.source,
            "note": assumption.note,
        }
        for assumption in study.assumptions
    ]

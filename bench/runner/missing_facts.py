"""What an answer goes without since a fact is not published: in sentences below its table, and rows that hold nothing."""

import math
from collections.abc import Sequence

import numpy as np

from ...kernels.model.quantity import Model
from ..answers.answer import Answer
from ..study.loader import Study
from ..study.names import axis_words, point_words
from ..study.provenance import MissingFact
from ..study.resolution import listed
from .kinds import KINDS
from .shown_column import Rows

MAX_NAMES = 6  # rows of a table that are named one by one
_BOUNDS = ("_low", "_high")  # of what is known as a range


def unknown_rows(answer: Answer, study: Study) -> frozenset[int]:
    """Find the rows of an answer of which nothing is known, since a fact of theirs is not published.

    Parameters
    ----------
    answer
        What has the rows: the points of the kept axes.
    study
        What it answers; it knows which facts are missing.

    Returns
    -------
    frozenset
        Flat indices over the kept axes.
    """
    shape = tuple(len(answer.coords[name].data) for name in answer.question.by)
    unknown = np.zeros(shape, bool)
    for fact in _facts(answer, study):
        if fact.axis in answer.question.by:
            labels = answer.coords[fact.axis].data == fact.row
            unknown |= labels.reshape([-1 if name == fact.axis else 1 for name in answer.question.by])
    for column in answer.values.values():
        if column.data.dtype.kind == "f":
            unknown &= np.isnan(column.data.reshape((*shape, -1))).all(axis=-1)
    return frozenset(np.flatnonzero(unknown).tolist())


def missing_sentences(answer: Answer, study: Study) -> list[str]:
    """Say which rows have no answer, or a part of one, and which of their facts are not published.

    Parameters
    ----------
    answer
        What goes without.
    study
        What it answers.

    Returns
    -------
    list
        A sentence for each set of facts that some rows lack alike.
    """
    lacking: dict[tuple[str, str], list[str]] = {}
    for fact in _facts(answer, study):
        lacking.setdefault((fact.axis, fact.row), []).append(fact_words(fact, study.problem.model))
    alike: dict[tuple[str, bool, tuple[str, ...]], list[str]] = {}
    unknown = unknown_rows(answer, study)
    for (axis, row), words in lacking.items():
        key = axis, _is_whole(answer, axis, row, unknown), tuple(dict.fromkeys(words))
        alike.setdefault(key, []).append(row)
    summed = {axis.name: axis_words(study, axis.name) for axis in study.summed}
    return [
        _sentence(answer, axis, whole, words, [point_words(study, axis, row) for row in rows], summed.get(axis, ""))
        for (axis, whole, words), rows in alike.items()
    ]


def fact_words(fact: MissingFact, model: Model) -> str:
    """Name a fact as its quantity's docstring does: ``price of one chip``; of a range, what the range is of."""
    name = next((fact.quantity.removesuffix(end) for end in _BOUNDS if fact.quantity.endswith(end)), fact.quantity)
    doc = model[name if name in model else fact.quantity].doc.split("\n")[0].split(":")[0].rstrip(".")
    return doc if doc[:2].isupper() else doc[:1].lower() + doc[1:]


def known_rows(answer: Answer, study: Study, rows: Rows) -> Rows:
    """List those of some rows of which something is known, or could be.

    Parameters
    ----------
    answer
        What has the rows.
    study
        What it answers.
    rows
        Flat indices over the kept axes and the kind's own dimensions, those apart that stand side by side.
    """
    if not answer.question.by:
        return rows
    unknown, across = unknown_rows(answer, study), KINDS.of(answer.question).across
    own = [len(answer.coords[dim].data) for dim in answer.dims if dim not in (*answer.question.by, *across)]
    return [row for row in rows if row // math.prod(own) not in unknown]


def _facts(answer: Answer, study: Study) -> list[MissingFact]:
    return [fact for fact in study.missing if answer.name in fact.questions]


def _is_whole(answer: Answer, axis: str, row: str, unknown: frozenset[int]) -> bool:
    """Tell whether nothing is known of a facts table's row, wherever it stands."""
    by = answer.question.by
    if axis not in by:
        return False
    shape = tuple(len(answer.coords[name].data) for name in by)
    places = np.flatnonzero(answer.coords[axis].data == row)
    numbers = np.take(np.arange(int(np.prod(shape))).reshape(shape), places, axis=by.index(axis)).reshape(-1)
    return all(number in unknown for number in numbers.tolist())


def _sentence(answer: Answer, axis: str, whole: bool, words: Sequence[str], rows: Sequence[str], summed: str) -> str:
    """Write one sentence; ``summed`` is what an axis is called that is only summed over, which leaves no row out."""
    hidden = len(rows) - MAX_NAMES
    told = [*rows[:MAX_NAMES], f"{hidden} others"] if hidden > 0 else list(rows)
    names = "; ".join(told) if any(", " in row for row in told) else listed(told)
    facts, verb = listed([f"the {word}" for word in words]), "is" if len(words) == 1 else "are"
    if whole:
        return f"No answer for {names}: {facts} {verb} not published."
    if axis in answer.question.by:
        return f"No answer for {names} where {facts} {verb} needed: not published, or there is none."
    if summed:
        return f"Sums over {summed} are not known, since {facts} {verb} not published: {names}."
    return f"Left out, since {facts} {verb} not published: {names}."

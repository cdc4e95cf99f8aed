"""The answers that a report carries as data: the document of ``--json``, of long answers the first points."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..answers.answer import Answer
from ..answers.column import Column
from ..answers.parts import Nearest
from ..runner.document import answer_entry, document
from ..runner.outcome import Run
from ..runner.sentences import answer_sentences, headlines
from ..terminal import numbers

MAX_POINTS = 100_000  # of an answer that a page carries


@dataclass(frozen=True)
class CarriedData:
    """What a page carries.

    Attributes
    ----------
    document
        The run, with the fastest engine's answers.
    cut
        Which answers are not there in whole, in sentences.
    """

    document: dict[str, Any]
    cut: tuple[str, ...]


def carried_data(run: Run, most: int = MAX_POINTS) -> CarriedData:
    """Gather what a page carries of a run.

    Parameters
    ----------
    run
        What running a study gave.
    most
        How many points of an answer are carried.
    """
    answers = run.answers_of(run.fastest().engine)
    cut = tuple(first_points(answer, most) for answer in answers)
    sentences = [_cut_sentence(whole, part) for whole, part in zip(answers, cut, strict=True)]
    entries = [
        {**answer_entry(part), "sentences": list(answer_sentences(whole, run.study))}
        for whole, part in zip(answers, cut, strict=True)
    ]
    carried = document(replace(run, answers=())) | {"headlines": list(headlines(run)), "answers": entries}
    return CarriedData(carried, tuple(filter(None, sentences)))


def points_of(answer: Answer) -> int:
    """Count the points of an answer: those of its dimensions, the kind's own among them."""
    return int(np.prod([len(answer.coords[dim].data) for dim in answer.dims], dtype=np.int64))


def first_points(answer: Answer, most: int) -> Answer:
    """Cut an answer to its first points, along its first dimensions, so that there are at most so many.

    Parameters
    ----------
    answer
        What is cut; it is returned as it is where it is small enough.
    most
        How many points there may be, at least 1.
    """
    if points_of(answer) <= most:
        return answer
    keep, left = [], most
    for length in reversed([len(answer.coords[dim].data) for dim in answer.dims]):
        keep.append(min(length, max(left, 1)))
        left //= length
    cut = tuple(slice(length) for length in reversed(keep))
    coords = {
        name: replace(column, data=column.data[cut[answer.dims.index(name)]]) if name in answer.dims else column
        for name, column in answer.coords.items()
    }
    values, at = _cut(answer.values, cut), _cut(answer.at, cut)
    nearest = None if answer.nearest is None else _cut_nearest(answer.nearest, cut)
    return replace(answer, coords=coords, values=values, at=at, nearest=nearest)


def _cut(columns: Any, cut: tuple[slice, ...]) -> dict[str, Column]:
    return {name: replace(column, data=column.data[cut]) for name, column in columns.items()}


def _cut_nearest(nearest: Nearest, cut: tuple[slice, ...]) -> Nearest:
    return replace(
        nearest,
        at=_cut(nearest.at, cut),
        values=_cut(nearest.values, cut),
        excess=replace(nearest.excess, data=nearest.excess.data[cut]),
        failed=_cut(nearest.failed, cut),
        considered=replace(nearest.considered, data=nearest.considered.data[cut]),
    )


def _cut_sentence(whole: Answer, part: Answer) -> str:
    """Say how much of an answer is carried; nothing where all of it is."""
    have = points_of(part)
    every = points_of(whole) if whole.total is None else whole.total
    if have >= every:
        return ""
    return f"{whole.name}: the data here hold the first {have:,} of {numbers.count(every, 'row')}."

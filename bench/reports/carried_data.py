"""The answers that a report carries as data: the document of ``--json``, of long answers the first points."""

import math
from dataclasses import dataclass, replace
from typing import Any

from ..answers.answer import Answer
from ..answers.column import Column
from ..answers.parts import Nearest
from ..runner.document import answer_entry, document
from ..runner.kinds import KINDS
from ..runner.outcome import Run
from ..runner.sentences import answer_sentences, headlines
from ..terminal import numbers

MAX_ROWS = 100_000  # of an answer that a page carries


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


def carried_data(run: Run, most: int = MAX_ROWS) -> CarriedData:
    """Gather what a page carries of a run.

    Parameters
    ----------
    run
        What running a study gave.
    most
        How many rows of an answer are carried.
    """
    answers = run.shown()
    cut = tuple(first_rows(answer, most) for answer in answers)
    sentences = [_cut_sentence(whole, part) for whole, part in zip(answers, cut, strict=True)]
    entries = [
        {**answer_entry(part), "sentences": list(answer_sentences(whole, run.study))}
        for whole, part in zip(answers, cut, strict=True)
    ]
    carried = document(replace(run, answers=())) | {"headlines": list(headlines(run)), "answers": entries}
    return CarriedData(carried, tuple(filter(None, sentences)))


def row_count(answer: Answer) -> int:
    """Count the rows that an answer would have as a table: the points of its dimensions, but for what stands side by side."""
    return math.prod(_row_lengths(answer))


def _row_lengths(answer: Answer) -> list[int]:
    across = KINDS.of(answer.question).across
    return [1 if dim in across else len(answer.coords[dim].data) for dim in answer.dims]


def first_rows(answer: Answer, most: int) -> Answer:
    """Cut an answer to its first rows, along its first dimensions.

    Parameters
    ----------
    answer
        What is cut; it is returned as it is where it is small enough.
    most
        How many rows there may be, at least 1.
    """
    if row_count(answer) <= most:
        return answer
    across, left, cut = KINDS.of(answer.question).across, most, tuple[slice, ...]()
    for dim, length in zip(reversed(answer.dims), reversed(_row_lengths(answer)), strict=True):
        cut = (slice(None) if dim in across else slice(min(length, max(left, 1))), *cut)
        left //= length
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
    have = row_count(part)
    every = row_count(whole) if whole.total is None else whole.total
    if have >= every:
        return ""
    return f"{whole.name}: the data here hold the first {have:,} of {numbers.count(every, 'row')}."

"""Which pictures an answer to each kind of question has."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...kernels.model.kinds import ByKind
from ...kernels.model.questions import Best, Decision, Histogram, Pareto, Quantiles, Question, Sensitivity, Summary, Table
from ..answers.answer import Answer
from ..runner.outcome import Run
from ..study.loader import Study
from ..study.names import conditions_words, quantity_words
from .bands import bands
from .frames import caption_of
from .intervals import intervals
from .labels import sentence
from .picture import Picture
from .placing import place_along, place_rows
from .spread import Spread, kept_axes, quantity_of, squeezed


def _quantiles(answer: Answer, study: Study) -> tuple[Picture, ...]:
    question: Any = answer.question
    (name, column), *_ = answer.values.items()
    axes, fixed = kept_axes(answer, study)
    values = squeezed(answer, column.data, axes, 1)
    order = np.argsort(question.at)
    at = [question.at[place] for place in order]
    middle = int(np.argmin(np.abs(np.array(at) - 0.5)))
    pairs = [(place, len(at) - 1 - place) for place in range(len(at) // 2)]
    ranges = tuple((values[..., order[low]], values[..., order[high]]) for low, high in pairs)
    spread = Spread(
        quantity_of(study, name, quantity_words(study.problem.model, name), column.unit),
        axes,
        values[..., order[middle]],
        ranges,
        "median" if at[middle] == 0.5 else f"P{100 * at[middle]:g}",
        " and ".join(f"P{100 * at[low]:g} to P{100 * at[high]:g}" for low, high in pairs),
        fixed=fixed,
    )
    return (_spread_picture(answer, study, spread),)


def _spread_picture(answer: Answer, study: Study, spread: Spread) -> Picture:
    """Draw a spread as bands where an axis is an order of numbers, else as intervals."""
    where = conditions_words(answer.question.where, study.problem.model)
    title = sentence(answer.name)
    if any(axis.ordered for axis in spread.axes):
        placement = place_along(spread)
        ranges = f" (line) and {spread.range_words} (band)" if spread.ranges else ""
        caption = caption_of(f"{spread.middle_words}{ranges}", placement.spread, where)
        return Picture("bands", title, caption, bands(placement), placement.sliders(), answer.name)
    placement = place_rows(spread)
    ranges = f" (dot) and {spread.range_words} (bar)" if spread.ranges else ""
    caption = caption_of(f"{spread.middle_words}{ranges}", placement.spread, where)
    return Picture("intervals", title, caption, intervals(placement), placement.sliders(), answer.name)


def _none(answer: Answer, study: Study) -> tuple[Picture, ...]:
    return ()


@dataclass(frozen=True)
class PicturedKind:
    """How answers to questions of a kind are drawn.

    Attributes
    ----------
    pictures
        Makes the pictures of an answer, the one that says most first.
    """

    pictures: Callable[[Answer, Study], tuple[Picture, ...]]


KINDS: ByKind[PicturedKind] = ByKind(
    "bench.pictures.kinds.KINDS",
    {
        Best: PicturedKind(_none),
        Decision: PicturedKind(_none),
        Summary: PicturedKind(_none),
        Quantiles: PicturedKind(_quantiles),
        Histogram: PicturedKind(_none),
        Sensitivity: PicturedKind(_none),
        Pareto: PicturedKind(_none),
        Table: PicturedKind(_none),
    },
)


def pictures_of(answer: Answer, study: Study) -> tuple[Picture, ...]:
    """Draw an answer: the picture that says most first; none where nothing is known, or a picture would say nothing.

    Parameters
    ----------
    answer
        What is drawn.
    study
        What it answers: its quantities say in which units, its names what axes and points are called.
    """
    return KINDS.of(answer.question).pictures(answer, study)


def main_picture(run: Run) -> Picture | None:
    """Draw the picture of a run that says most: that of the first question, in the study's order, that has one.

    Parameters
    ----------
    run
        What running a study gave: the answers of the fastest engine are drawn.

    Returns
    -------
    Picture or None
        None where no answer can be drawn.
    """
    for answer in run.answers_of(run.fastest().engine):
        if pictures := pictures_of(answer, run.study):
            return pictures[0]
    return None


def asked(question: Question) -> str:
    """Return a question's name as a title has it."""
    return sentence(question.name)

"""Which pictures an answer to each kind of question has."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...kernels.model import units
from ...kernels.model.kinds import ByKind
from ...kernels.model.questions import Best, Decision, Histogram, Pareto, Quantiles, Sensitivity, Summary, Table
from ..answers.answer import Answer
from ..runner.outcome import Run
from ..study.loader import Study
from ..study.names import quantity_words
from .bands import bands, has_bands
from .captions import conditions_said
from .choices import best_spread, decision_spread, is_known, with_choices
from .clouds import cloud_of, cloud_picture
from .compared import COMPARED, compared
from .frames import caption_of, scale_words
from .histograms import histogram, histogram_placement
from .intervals import intervals
from .labels import sentence
from .maps import cells_words, decision_map
from .picture import Picture
from .placing import MAX_LINES, AxisPlacement, place_along, place_grid, place_rows
from .shares import shares, shares_placement
from .spread import ShownSpread, kept_axes, quantity_of, squeezed
from .titles import axes_words, title_of


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
    spread = ShownSpread(
        quantity_of(study, name, quantity_words(study.problem.model, name), column.unit),
        axes,
        values[..., order[middle]],
        ranges,
        "median" if at[middle] == 0.5 else f"P{100 * at[middle]:g}",
        " and ".join(f"P{100 * at[low]:g} to P{100 * at[high]:g}" for low, high in pairs),
        fixed=fixed,
    )
    return _spread_picture(answer, study, spread)


def _spread_picture(answer: Answer, study: Study, spread: ShownSpread) -> tuple[Picture, ...]:
    """Draw a spread as bands where an axis is an order of numbers, as ratios to known things, else as intervals."""
    if not is_known(spread):
        return ()
    if any(axis.ordered for axis in spread.axes):
        placement = place_along(spread)
        return (_picture(answer, study, placement, PictureForm("bands", "(line)", "(band)", bands)),)
    placement = place_rows(spread)
    if placement.rows is not None and placement.rows.name == COMPARED and spread.quantity.preferred == units.TIMES:
        return (_picture(answer, study, placement, PictureForm("compared", "(dot)", "", compared)),)
    return (_picture(answer, study, placement, PictureForm("intervals", "(dot)", "(bar)", intervals)),)


@dataclass(frozen=True)
class PictureForm:
    """How a placement is drawn, and what its caption calls the marks.

    Parameters
    ----------
    kind
        The picture's.
    middle, ranges
        What value and range are drawn as.
    draw
        Makes the specification.
    """

    kind: str
    middle: str
    ranges: str
    draw: Callable[[AxisPlacement], dict[str, Any]]


_ENDS = ("least", "greatest")  # of what is chosen from
_NO_MARKS = "Where a mark is missing, no value is known or none meets the conditions."
_DASHES = "A dash: no value is known, or none meets the conditions."


def middle_words(spread: ShownSpread) -> str:
    """Say what the value is: ``median energy``, ``P90 of energy``, ``least median cost``."""
    of = " of" if spread.middle_words[:1] == "P" else ""
    return f"{spread.middle_words}{of} {spread.quantity.words}"


def _picture(answer: Answer, study: Study, placement: AxisPlacement, drawn: PictureForm) -> Picture:
    spread = placement.spread
    ranges = f" and {spread.range_words} {drawn.ranges}" if spread.ranges and drawn.ranges and has_bands(placement) else ""
    marks = f"{middle_words(spread)} {drawn.middle}".rstrip()
    caption = caption_of(f"{marks}{ranges}", spread, conditions_said(answer.question, study))
    spec = drawn.draw(placement)
    missing = (_DASHES if drawn.kind == "map" else _NO_MARKS) if np.isnan(spread.middle).any() else ""
    caption = " ".join(filter(None, [caption, missing, scale_words(spec)]))
    shown = [axis for axis in (placement.rows, placement.along, placement.colour) if axis is not None]
    asked = middle_words(spread) if spread.middle_words in _ENDS else spread.quantity.words
    title = title_of(answer, study, asked, shown)
    return Picture(drawn.kind, title, caption, spec, placement.sliders(), answer.name)


def _summary(answer: Answer, study: Study) -> tuple[Picture, ...]:
    (name,) = answer.question.objectives()
    axes, fixed = kept_axes(answer, study)
    low, mean, high = (squeezed(answer, answer.values[part].data, axes) for part in ("min", "mean", "max"))
    words = quantity_words(study.problem.model, name)
    quantity = quantity_of(study, name, words, answer.values["mean"].unit)
    return _spread_picture(
        answer, study, ShownSpread(quantity, axes, mean, ((low, high),), "mean", "least to greatest", fixed=fixed)
    )


def _best(answer: Answer, study: Study) -> tuple[Picture, ...]:
    return _chosen(answer, study, best_spread(answer, study))


def _decision(answer: Answer, study: Study) -> tuple[Picture, ...]:
    return _chosen(answer, study, decision_spread(answer, study))


def _chosen(answer: Answer, study: Study, spread: ShownSpread) -> tuple[Picture, ...]:
    """Draw choices: along an order of numbers as lines, over two axes as a map, else as intervals."""
    if not is_known(spread):
        return ()
    if any(axis.ordered for axis in spread.axes):
        placement = place_along(spread, MAX_LINES)
        return (_picture(answer, study, placement, PictureForm("lines", "(line)", "(band)", bands)),)
    if len(spread.axes) > 1:
        placement = place_grid(spread)
        marks = cells_words(placement)
        return (_picture(answer, study, placement, PictureForm("map", marks, "", decision_map)),)
    return (_picture(answer, study, place_rows(with_choices(spread)), PictureForm("intervals", "(dot)", "(bar)", intervals)),)


def _histogram(answer: Answer, study: Study) -> tuple[Picture, ...]:
    placement = histogram_placement(answer, study)
    if not is_known(placement.spread):
        return ()
    drawn = PictureForm("histogram", "", "", lambda placed: histogram(answer, study, placed))
    spread = replace(placement.spread, middle_words="share of scenarios in each range of")
    return (_picture(answer, study, replace(placement, spread=spread), drawn),)


def _sensitivity(answer: Answer, study: Study) -> tuple[Picture, ...]:
    placement = shares_placement(answer, study)
    if not is_known(placement.spread):
        return ()
    drawn = PictureForm("shares", "", "", lambda placed: shares(answer, study, placed))
    spread = replace(
        placement.spread, middle_words="share that each input alone explains (with its standard error) of the variance of"
    )
    return (_picture(answer, study, replace(placement, spread=spread), drawn),)


def _pareto(answer: Answer, study: Study) -> tuple[Picture, ...]:
    question: Any = answer.question
    return _cloud(answer, study, "front", "points that no other beats in both", "before" if question.more[0] else "after")


def _table(answer: Answer, study: Study) -> tuple[Picture, ...]:
    return _cloud(answer, study, "points", "scenarios", "")


def _cloud(answer: Answer, study: Study, kind: str, what: str, stepped: str) -> tuple[Picture, ...]:
    cloud = cloud_of(answer, study)
    if cloud is None:
        return ()
    spec, sliders = cloud_picture(cloud, stepped)
    first, second = (cloud.quantity(name).words for name in cloud.names)
    where, (colour, behind) = conditions_said(answer.question, study), cloud.groups()
    told = [*([colour] if colour else []), *behind]
    said = [
        f"{sentence(what)}: {second} over {first}{axes_words(told)}{f', {where}' if where else ''}.",
        cloud.thinned_words(),
        scale_words(spec),
    ]
    title = title_of(answer, study, f"{second} over {first}", told[:1] if colour else [])
    return (Picture(kind, title, " ".join(filter(None, said)), spec, sliders, answer.name),)


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
        Best: PicturedKind(_best),
        Decision: PicturedKind(_decision),
        Summary: PicturedKind(_summary),
        Quantiles: PicturedKind(_quantiles),
        Histogram: PicturedKind(_histogram),
        Sensitivity: PicturedKind(_sensitivity),
        Pareto: PicturedKind(_pareto),
        Table: PicturedKind(_table),
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
    for answer in run.shown():
        if pictures := pictures_of(answer, run.study):
            return pictures[0]
    return None

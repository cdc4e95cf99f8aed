"""The parts of a sentence that say where a number lies: on which chip, at how many gigawatts, over which choices."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ...kernels.model import units
from ...kernels.model.comparisons import COMPARISONS
from ...kernels.model.condition import Condition
from ...kernels.model.evaluate import dependence
from ...kernels.model.grid import Axis, Ints
from ..study.names import axis_words, place_text, point_words, saying_of
from ..study.resolution import listed
from ..study.said_kinds import VALUE
from .spoken_values import Speaker

Group = Mapping[str, int]  # positions by dimension


def compared(speaker: Speaker, *, chosen: bool = False) -> tuple[str, list[dict[str, int]]]:
    """Find what a sentence compares: the last kept axis of which several points are shown, all else at the first that is.

    Parameters
    ----------
    speaker
        Of the answer.
    chosen
        Whether the best of its points is said: then it is an axis that somebody chooses.

    Returns
    -------
    tuple
        The axis, and a group for each of its points that are shown; an empty name and the one group where there is none.
    """
    first, shown = speaker.first(), saying_of(speaker.study, speaker.answer.name).points
    grid = speaker.study.problem.grid
    for axis in reversed(speaker.answer.question.by):
        if chosen and grid.axes[grid.position(axis)].uncertain:
            continue
        points = shown.get(axis, tuple(range(len(speaker.answer.coords[axis].data))))
        if len(points) > 1:
            return axis, [{**first, axis: point} for point in points]
    return "", [dict(first)]


def opening(speaker: Speaker, axis: str, group: Group) -> str:
    """Say which points of the other axes a sentence is of, where these have several: ``Llama 3.1 405B, facility: ``.

    Parameters
    ----------
    speaker
        Of the answer.
    axis
        The axis whose points are compared.
    group
        Which points.
    """
    coords = speaker.answer.coords
    names = [dim for dim in speaker.answer.question.by if dim != axis and len(coords[dim].data) > 1]
    texts = [_named(speaker, name, coords[name].data[group[name]]) for name in names]
    for reduced, left in _reduced(speaker):
        if len(left) == 1 and reduced.name not in speaker.answer.at:
            texts.append(_named(speaker, reduced.name, np.asarray(_points(speaker, reduced))[left[0]]))
    return f"{', '.join(text for text in texts if text)}: " if texts else ""


def _named(speaker: Speaker, axis: str, value: Any) -> str:
    """Name a point by itself where it is a word or has a unit of its own, a plain number with its axis: ``PUE 1.3``."""
    text = point_words(speaker.study, axis, value)
    return text if isinstance(value, str) or " " in text else place_text(axis_words(speaker.study, axis), text)


def _points(speaker: Speaker, axis: Axis) -> Any:
    """Name an axis's points as answers do: by label, or by a number in the unit of its quantity."""
    quantity = axis.coordinate_quantity()
    return (
        axis.coordinates()
        if quantity is None
        else units.from_base(axis.coordinates(), speaker.study.problem.model[quantity].unit)
    )


def begun(start: str, text: str) -> str:
    """Begin a sentence, in a capital."""
    whole = f"{start}{text}"
    return whole[:1].upper() + whole[1:]


def on(speaker: Speaker, axis: str, group: Group) -> str:
    """Name the point of an axis that a number is of: `` on GB200 NVL72``, `` at 10 GW``; nothing where none is compared.

    Parameters
    ----------
    speaker
        Of the answer.
    axis
        The axis whose points are compared.
    group
        Which point.
    """
    if not axis:
        return ""
    text = speaker.said(axis, VALUE, group).whole() or ""
    if speaker.answer.coords[axis].data.dtype != object:
        return f" at {_named(speaker, axis, speaker.answer.coords[axis].data[group[axis]])}"
    return f" on {text}" if axis == "chip" else f" for {text}"


def _reduced(speaker: Speaker) -> list[tuple[Axis, Ints]]:
    """List the chosen axes that the answer does not keep and depends on, and which of their points the conditions leave."""
    question, problem = speaker.answer.question, speaker.study.problem
    matter = frozenset[int]().union(*dependence(problem, question.targets()).values())
    axes = [axis for i, axis in enumerate(problem.grid.axes) if i in matter and axis.name not in question.by and len(axis) > 1]
    return [(axis, _left(axis, question.where)) for axis in axes if not axis.uncertain]


def _left(axis: Axis, where: Iterable[Condition]) -> Ints:
    """Find the points of an axis that meet those conditions that are on its own columns and numbers."""
    met = np.ones(len(axis), bool)
    for condition in where:
        if condition.quantity in axis.columns and not isinstance(condition.value, str):
            met &= COMPARISONS[condition.op].compute(axis.columns[condition.quantity], condition.value)
    return np.flatnonzero(met)


def over_choices(speaker: Speaker) -> str:
    """Say over which choices numbers are, beside what nobody knows: `` over every number of chips``."""
    words = {axis.name: axis_words(speaker.study, axis.name) for axis, left in _reduced(speaker) if len(left) > 1}
    return f" over every {listed(list(words.values()))}" if words else ""

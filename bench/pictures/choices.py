"""Decisions and bests as what pictures are made from: the objective and its range, and what was chosen."""

from dataclasses import replace
from typing import Any

import numpy as np

from ...kernels.model.questions import Best, Decision
from ...kernels.text import visible
from ..answers.answer import Answer
from ..answers.decision_parts import spread_of
from ..runner.decision_table import choices_shown
from ..study.loader import Study
from ..study.names import axis_words, point_words, quantity_words
from .labels import joined
from .spread import KeptAxis, ShownSpread, Told, kept_axes, quantity_of, squeezed


def best_spread(answer: Answer, study: Study) -> ShownSpread:
    """Read a best: its objective, and where it lies."""
    question: Best | Any = answer.question
    end = "greatest" if question.maximize else "least"
    words = quantity_words(study.problem.model, question.objective)
    axes, fixed = kept_axes(answer, study)
    column = answer.values[question.objective]
    return ShownSpread(
        quantity_of(study, question.objective, words, column.unit),
        axes,
        squeezed(answer, column.data, axes),
        middle_words=end,
        told=(told := _choices(answer, study, axes)),
        fixed=fixed,
        left_out=_throughout(told),
    )


def decision_spread(answer: Answer, study: Study) -> ShownSpread:
    """Read a decision: its objective with the range of 80% of the draws, and what is decided."""
    question: Decision | Any = answer.question
    model, objective = study.problem.model, question.objective
    axes, fixed = kept_axes(answer, study, ("confidence",))
    column = answer.values[str(objective)]
    ends = spread_of(question)
    arrays = [squeezed(answer, answer.values[str(end)].data, axes) for end in (*ends[:1], *ends[-1:])]
    return ShownSpread(
        quantity_of(study, objective.quantity, quantity_words(model, str(objective)), column.unit),
        axes,
        squeezed(answer, column.data, axes),
        ((arrays[0], arrays[1]),) if arrays else (),
        "greatest" if question.maximize else "least",
        "P10 to P90" if arrays else "",
        told := _choices(answer, study, axes),
        fixed,
        _throughout(told),
    )


def _choices(answer: Answer, study: Study, axes: tuple[KeptAxis, ...]) -> tuple[Told, ...]:
    def told(name: str) -> Told:
        values = squeezed(answer, answer.at[name].data, axes)
        return Told(visible(axis_words(study, name)), values, lambda value: point_words(study, name, value))

    own = answer.question.objectives()[0]
    return tuple(told(name) for name in choices_shown(answer, study) if name != own)


def _throughout(told: tuple[Told, ...]) -> tuple[str, ...]:
    """Say what is chosen alike everywhere, of names."""
    alike = []
    for one in told:
        values = {value for value in one.values.reshape(-1).tolist() if value is not None}
        if one.values.dtype == object and one.values.size > 1 and len(values) == 1:
            alike.append(f"{one.heading} {one.word(values.pop())}")
    return (f"Chosen throughout: {joined(alike)}.",) if alike else ()


def chosen_option(spread: ShownSpread) -> Told | None:
    """Find the choice that is one of some names, and not the same everywhere; None where only numbers are chosen."""
    for told in spread.told:
        if told.values.dtype == object and len({value for value in told.values.reshape(-1).tolist() if value is not None}) > 1:
            return told
    return None


def is_known(spread: ShownSpread) -> bool:
    """Tell whether there is an answer anywhere."""
    return not np.isnan(spread.middle).all()


def with_choices(spread: ShownSpread) -> ShownSpread:
    """Write what is chosen into the labels of the one axis, under its points."""
    if len(spread.axes) != 1 or not spread.told:
        return spread
    (axis,) = spread.axes

    def label(place: int) -> str:
        chosen = ", ".join(dict.fromkeys(told.at((place,)) for told in spread.told[:_MOST_CHOICES]))
        return axis.points[place] if np.isnan(spread.middle[place]) else f"{axis.points[place]}: {chosen}"

    return replace(spread, axes=(replace(axis, points=tuple(label(place) for place in range(len(axis)))),))


_MOST_CHOICES = 3  # that a row's label holds

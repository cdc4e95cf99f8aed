"""The numbers and names that sentences say of an answer: by a question's kind, what each name and form of a placeholder is."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from ...kernels.model.kinds import ByKind
from ...kernels.model.questions import Best, Decision, Histogram, Pareto, Quantiles, Sensitivity, Summary, Table
from ..answers.answer import Answer
from ..answers.column import Column
from ..answers.decision_parts import met_all_name
from ..answers.kinds import TOGETHER
from ..prior.drawn_inputs import shown_name
from ..study.loader import Study
from ..study.names import axis_words, point_words, saying_of
from ..study.points_named import EVERY
from ..study.said_kinds import CONFIDENCE, COUNT, PLACES, SHARE, VALUE, quantile_form
from ..study.sayings import own_points, position_of
from ..study.templates import Placeholder, TemplateError
from ..terminal import numbers
from .answer_columns import clear_shares
from .decision_words import percent
from .rows_shown import saying_dims

USUAL_CONFIDENCE = 0.8  # of several, the one whose decision is said
_NOUN = re.compile(r" (chip|rack|run)s?$")  # a sentence has its own: 5,682 GB200 NVL72
_EMISSIONS = {"MtCO2e": "million tonnes of CO2e", "ktCO2e": "thousand tonnes of CO2e", "tCO2e": "tonnes of CO2e"}


@dataclass(frozen=True)
class Spoken:
    """What is said of a point: a number with what writes it, or words."""

    value: Any
    write: Callable[[Any], str] = str

    def whole(self) -> str | None:
        """Write it with its unit or noun; None where it is not known."""
        return None if self.value is None or self.value != self.value else self.write(self.value)

    def text(self) -> str | None:
        """Write it as a sentence has it, which has its own noun for what is counted; None where it is not known."""
        whole = self.whole()
        if whole is None or isinstance(self.value, str):
            return whole
        number_text, _, unit = _NOUN.sub("", whole).partition(" ")
        return f"{number_text} {_EMISSIONS.get(unit, unit)}".rstrip()


@dataclass(frozen=True)
class Speaker:
    """Says what an answer holds.

    Attributes
    ----------
    answer, study
        What was answered, and what asked it.
    """

    answer: Answer
    study: Study

    def dims(self) -> tuple[str, ...]:
        """Name the dimensions that tell groups apart: kept axes, and a decision's confidences."""
        return saying_dims(self.answer)

    def first(self) -> dict[str, int]:
        """Find the group that is meant where a sentence names none: the first of those shown that is known."""
        shown = saying_of(self.study, self.answer.name).points
        points = {dim: shown.get(dim, tuple(range(len(self.answer.coords[dim].data)))) for dim in self.dims()}
        if CONFIDENCE in points and CONFIDENCE not in shown:
            shares = self.answer.coords[CONFIDENCE].data
            points[CONFIDENCE] = (int(np.argmin(np.abs(shares - USUAL_CONFIDENCE))),)
        known = (places for places in product(*points.values()) if self._is_known(places))
        places = next(known, tuple(several[0] for several in points.values()))
        return dict(zip(points, places, strict=True))

    def _is_known(self, index: tuple[int, ...]) -> bool:
        """Tell whether an answer has a number in a group."""
        numbers_here = (column.data for column in self.answer.values.values() if column.data.dtype.kind == "f")
        return any(not np.isnan(data[index]).all() for data in numbers_here)

    def said(self, name: str, form: str, group: Mapping[str, int]) -> Spoken:
        """Find what a name and a form are in a group, which has a position along each dimension.

        Parameters
        ----------
        name, form
            As a placeholder has them.
        group
            Positions by dimension.
        """
        if name == CONFIDENCE and name in group:
            return Spoken(float(self.answer.coords[name].data[group[name]]), percent)
        if name in group:
            return self.point(name, self.answer.coords[name].data[group[name]])
        return KINDS.of(self.answer.question).said(self, name, form, tuple(group[dim] for dim in self.dims()))

    def point(self, axis: str, value: Any) -> Spoken:
        """Say where something lies along an axis."""
        return Spoken(value, lambda known: point_words(self.study, axis, known))

    def number(self, quantity: str, value: Any) -> Spoken:
        """Say a value of a quantity, in its own unit."""
        item = self.study.problem.model[quantity]
        return Spoken(float(value), lambda known: numbers.show(known, item))

    def quantity(self, name: str, column: Column, index: tuple[int, ...]) -> Spoken:
        """Say a column's value.

        Parameters
        ----------
        name
            A quantity's; of anything else the value is a share.
        column, index
            Where the value stands.
        """
        value = float(column.data[index])
        return self.number(name, value) if name in self.study.problem.model else Spoken(value, percent)

    def text(self, placeholder: Placeholder) -> str | None:
        """Write what a placeholder stands for; None where it is not known.

        Parameters
        ----------
        placeholder
            One whose name, form and points the answer has.

        Raises
        ------
        TemplateError
            Where the answer has no such point.
        """
        first, every, several = self.first(), [], dict(own_points(placeholder))
        for axis, point in several.items():
            if point == EVERY:
                every.append(axis)
            else:
                words = self.study.wording.points
                first[axis] = position_of(self.answer.question, self.study.problem, axis, point, words)
        if every:
            return self._range(placeholder, first, every)
        texts = [self.said(placeholder.name, part, first).text() for part in placeholder.parts]
        known = [text for text in texts if text is not None]
        return joined(*known) if len(known) == len(texts) else None

    def _range(self, placeholder: Placeholder, first: Mapping[str, int], every: list[str]) -> str | None:
        """Write the range of what is known over all points of some axes."""
        lengths = [range(len(self.answer.coords[axis].data)) for axis in every]
        groups = [{**first, **dict(zip(every, places, strict=True))} for places in product(*lengths)]
        low, *_, high = (placeholder.parts * 2)[:2]
        ends = []
        for part, pick in ((low, min), (high, max)):
            said = [spoken for group in groups if (spoken := self.said(placeholder.name, part, group)).text() is not None]
            if not said or isinstance(said[0].value, str):
                return None
            ends.append(pick(said, key=lambda spoken: float(spoken.value)).text() or "")
        return joined(*ends)


def joined(*texts: str) -> str:
    """Join a number with the ends of its range, or two ends, the unit said once: ``29.8 (25.6 to 34.2) million USD``."""
    if len(texts) == 3:
        return numbers.join_spread(*texts)
    return texts[0] if len(set(texts)) == 1 else numbers.join_range(*texts)


def _coordinate_or_value(speaker: Speaker, name: str, index: tuple[int, ...]) -> Spoken:
    answer = speaker.answer
    if name in answer.at:
        return speaker.point(name, answer.at[name].data[index])
    return speaker.quantity(name, answer.values[name], index)


def _best(speaker: Speaker, name: str, form: str, index: tuple[int, ...]) -> Spoken:
    return _coordinate_or_value(speaker, name, index)


def _decision(speaker: Speaker, name: str, form: str, index: tuple[int, ...]) -> Spoken:
    question: Any = speaker.answer.question
    if form != VALUE:
        return speaker.quantity(name, speaker.answer.values[f"{form}({name})"], index)
    if name == SHARE:
        name = met_all_name(question, speaker.study.problem.model)
    elif name == question.objective.quantity:
        return speaker.quantity(name, speaker.answer.values[str(question.objective)], index)
    return _coordinate_or_value(speaker, name, index)


def _summary(speaker: Speaker, name: str, form: str, index: tuple[int, ...]) -> Spoken:
    values = speaker.answer.values
    count = float(values["count"].data[index])
    if name == COUNT:
        return Spoken(count, numbers.count)
    if name in ("feasible", "unknown"):
        return Spoken(float(values["feasible" if name == "feasible" else "nan"].data[index]) / count, percent)
    return speaker.number(name, values[form].data[index])


def _quantiles(speaker: Speaker, name: str, form: str, index: tuple[int, ...]) -> Spoken:
    forms = [quantile_form(share) for share in speaker.answer.coords["quantile"].data.tolist()]
    value = speaker.answer.values[name].data[(*index, forms.index(form or "P50"))]
    return speaker.number(name, numbers.rounded(float(value)))  # bins are within 0.8%


def _histogram(speaker: Speaker, name: str, form: str, index: tuple[int, ...]) -> Spoken:
    values = speaker.answer.values
    counts, low, high = (values[column].data[index] for column in ("count", "from", "to"))
    held = np.flatnonzero(counts)
    if not len(held):
        return Spoken(None)
    mode = int(np.argmax(counts))
    if name == SHARE:
        return Spoken(float(counts[mode] / counts.sum()), percent)
    ends = {"min": (low[held[0]],), "max": (high[held[-1]],)}.get(form, (low[mode], high[mode]))
    if len(ends) == 1:
        return speaker.number(name, ends[0])
    return Spoken(joined(*(speaker.number(name, end).text() or "" for end in ends)))


def _sensitivity(speaker: Speaker, name: str, form: str, index: tuple[int, ...]) -> Spoken:
    parts, shares = speaker.answer.coords["axis"].data, speaker.answer.values["share"].data[index]
    clear = clear_shares(speaker.answer).reshape(speaker.answer.values["share"].data.shape)[index]
    ranked = [i for i in np.argsort(-np.nan_to_num(shares)) if parts[i] != TOGETHER and clear[i] and shares[i] == shares[i]]
    if len(ranked) <= PLACES.index(name):
        return Spoken(None)
    place = ranked[PLACES.index(name)]
    if form != SHARE:
        return Spoken(axis_words(speaker.study, shown_name(parts[place])))
    error = float(speaker.answer.values["error"].data[index][place])
    return Spoken(float(shares[place]), lambda share: numbers.share(share, error).partition(" ± ")[0])


def _pareto(speaker: Speaker, name: str, form: str, index: tuple[int, ...]) -> Spoken:
    first = next(iter(speaker.answer.values.values())).data[index]
    points = np.flatnonzero(~np.isnan(first))
    if name == COUNT:
        return Spoken(float(len(points)), numbers.count)
    if not len(points):
        return Spoken(None)
    return _coordinate_or_value(speaker, name, (*index, int(points[0 if form == "first" else -1])))


def _table(speaker: Speaker, name: str, form: str, index: tuple[int, ...]) -> Spoken:
    answer = speaker.answer
    if name == COUNT:
        return Spoken(float(answer.total or 0), numbers.count)
    return _coordinate_or_value(speaker, name, (0,)) if len(answer.coords["scenario"].data) else Spoken(None)


@dataclass(frozen=True)
class SpokenKind:
    """What sentences say of answers to questions of a kind.

    Attributes
    ----------
    said
        Finds what a name and a form are at a group's index over the dimensions that tell groups apart.
    """

    said: Callable[[Speaker, str, str, tuple[int, ...]], Spoken]


KINDS: ByKind[SpokenKind] = ByKind(
    "bench.runner.spoken_values.KINDS",
    {
        Best: SpokenKind(_best),
        Decision: SpokenKind(_decision),
        Summary: SpokenKind(_summary),
        Quantiles: SpokenKind(_quantiles),
        Histogram: SpokenKind(_histogram),
        Sensitivity: SpokenKind(_sensitivity),
        Pareto: SpokenKind(_pareto),
        Table: SpokenKind(_table),
    },
)


def sentence(speaker: Speaker, pieces: tuple[str | Placeholder, ...]) -> str | None:
    """Write a sentence; None where something that it says is not known or not there.

    Parameters
    ----------
    speaker
        Of the answer that it is on.
    pieces
        Its text and placeholders.
    """
    try:
        texts = [piece if isinstance(piece, str) else speaker.text(piece) for piece in pieces]
    except TemplateError:
        return None
    known = [text for text in texts if text is not None]
    return "".join(known) if len(known) == len(texts) else None

"""What a report says of the inputs that a study rests on: each with its value, what it moves, and its source as a link."""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ... import configs
from ...kernels.model.units import from_base
from ..drivers.movers import StudyMover
from ..facts.sources import standing
from ..prior.drawn_inputs import shown_name
from ..study.inputs_used import FactUsed, InputDrawn, facts_used, inputs_drawn
from ..study.loader import Study
from ..study.names import axis_words, point_words, quantity_words
from ..study.provenance import Assumption
from ..terminal import numbers
from .source_links import TextPart, linked

BY_STUDY = "the study states it"
MAX_NUMBERS, MAX_LABELS = 8, 40  # points of an axis that are listed one by one

Cell = tuple[str, float | None]


@dataclass(frozen=True)
class SourceShown:
    """A source as a reader sees it.

    Attributes
    ----------
    parts
        Its text, with links.
    standing
        Of when it is, and whether it is by those who made or measured the thing.
    """

    parts: tuple[TextPart, ...]
    standing: str


@dataclass(frozen=True)
class Effect:
    """How far an input moves the answer that it moves most.

    Attributes
    ----------
    question, text
        The question whose answer that is, and from where to where it goes; empty where it moves no answer.
    basis
        What the answer is otherwise, and which values of the input were tried.
    size
        The distance between the answers as a share of the answer; None where there is none.
    """

    question: str = ""
    text: str = ""
    basis: str = ""
    size: float | None = None


@dataclass(frozen=True)
class InputShown:
    """An input of one number that nobody computed.

    Attributes
    ----------
    key, name
        As studies name it, and in words.
    cells
        The value of an assumption; of a draw the distribution, P10, median and P90: each a text and the number that it is
        sorted by, None where it is none.
    effect
        What it moves.
    source
        Where it comes from.
    """

    key: str
    name: str
    cells: tuple[Cell, ...]
    effect: Effect
    source: SourceShown


@dataclass(frozen=True)
class FactsShown:
    """The facts of one row that have one source.

    Attributes
    ----------
    name
        The row's, in words.
    figures
        What is stated: each a quantity in words with its value.
    source
        Where they come from.
    """

    name: str
    figures: tuple[str, ...]
    source: SourceShown


@dataclass(frozen=True)
class FactTableShown:
    """The facts of one table that a study needs.

    Attributes
    ----------
    name
        The table's.
    rows
        By row and source.
    count
        How many figures there are.
    secondary
        How many of them are told by others than those who made or measured the thing.
    """

    name: str
    rows: tuple[FactsShown, ...]
    count: int
    secondary: int


def assumptions_shown(study: Study, effects: Mapping[str, Effect]) -> tuple[InputShown, ...]:
    """Show the defaults that inputs took: those that move an answer most come first.

    Parameters
    ----------
    study
        What rests on them.
    effects
        What inputs move, by their names, as `effects_of` finds it.
    """
    return _by_effect(_assumption(study, assumption, effects) for assumption in study.assumptions)


def _assumption(study: Study, assumption: Assumption, effects: Mapping[str, Effect]) -> InputShown:
    model, name = study.problem.model, assumption.quantity
    default = configs.defaults().get(name)
    source = configs.FactSource(assumption.source)
    if default is not None and default.source == assumption.source:
        source = configs.FactSource(default.source, default.date, not default.secondary)
    value = study.in_unit(name, assumption.value)
    text = f"{source.text.rstrip('.')}. {assumption.note}" if assumption.note else source.text
    shown = SourceShown(linked(text), standing(source))
    return InputShown(
        name, quantity_words(model, name), ((numbers.show(value, model[name]), value),), effects.get(name, Effect()), shown
    )


def draws_shown(study: Study, effects: Mapping[str, Effect]) -> tuple[InputShown, ...]:
    """Show the inputs that are drawn: those that move an answer most come first.

    Parameters
    ----------
    study
        What rests on them.
    effects
        What inputs move, by their names, as `effects_of` finds it.
    """
    return _by_effect(_draw(study, drawn, effects) for drawn in inputs_drawn(study))


def _draw(study: Study, drawn: InputDrawn, effects: Mapping[str, Effect]) -> InputShown:
    item, origin = study.problem.model[drawn.quantity], drawn.origin
    values = [study.in_unit(drawn.quantity, value) for value in (drawn.low, drawn.median, drawn.high)]
    source = SourceShown((TextPart(BY_STUDY),), "")
    if origin.source.text:
        source = SourceShown(linked(origin.source.text), standing(origin.source))
    effect = effects.get(drawn.quantity) or effects.get(shown_name(drawn.quantity)) or Effect()
    cells = ((origin.words, None), *((numbers.show(value, item), value) for value in values))
    return InputShown(drawn.quantity, quantity_words(study.problem.model, drawn.quantity), cells, effect, source)


def _by_effect(rows: Iterable[InputShown]) -> tuple[InputShown, ...]:
    return tuple(sorted(rows, key=lambda row: -(row.effect.size or 0.0)))


def effects_of(movers: Iterable[StudyMover], study: Study) -> dict[str, Effect]:
    """Say of each input which answer it moves most, and how far.

    Parameters
    ----------
    movers
        What moves the study's answers.
    study
        What they answer.
    """
    return {mover.mover.name: _effect(mover, study) for mover in movers}


def _effect(moved: StudyMover, study: Study) -> Effect:
    mover, item = moved.mover, study.problem.model[moved.quantity]
    known = [value for value in (mover.answer_low, mover.answer_base, mover.answer_high) if not math.isnan(value)]
    low, base, high = (numbers.show(value, item) for value in (min(known), mover.answer_base, max(known)))
    share = mover.relative_effect
    text, basis = numbers.join_range(low, high), f"{base} as computed; {mover.basis}"
    return Effect(moved.question, text, basis, share if math.isfinite(share) else None)


def fact_tables_shown(study: Study) -> tuple[FactTableShown, ...]:
    """Show the published figures that a study needs, by table, row and source."""
    tables = itertools.groupby(facts_used(study), key=lambda fact: (fact.axis, fact.table))
    return tuple(_fact_table(study, axis, list(facts)) for (axis, _), facts in tables)


def _fact_table(study: Study, axis: str, facts: Sequence[FactUsed]) -> FactTableShown:
    rows: dict[tuple[str, configs.FactSource], list[FactUsed]] = {}
    for fact in facts:
        rows.setdefault((fact.row, fact.source), []).append(fact)
    shown = tuple(_facts_of_row(study, axis, row, source, same) for (row, source), same in rows.items())
    secondary = sum(not fact.source.primary for fact in facts)
    return FactTableShown(f"{axis_words(study, axis)} ({facts[0].table})", shown, len(facts), secondary)


def _facts_of_row(study: Study, axis: str, row: str, source: configs.FactSource, facts: Sequence[FactUsed]) -> FactsShown:
    model = study.problem.model
    figures = tuple(
        f"{quantity_words(model, fact.quantity)} "
        f"{numbers.show(float(from_base(fact.value, model[fact.quantity].unit)), model[fact.quantity])}"
        for fact in facts
    )
    return FactsShown(point_words(study, axis, row), figures, SourceShown(linked(source.text), standing(source)))


def stated_shown(study: Study) -> tuple[tuple[str, str], ...]:
    """Say what the study itself chooses: the values that it holds, and the points of its axes; each a name and words."""
    model = study.problem.model
    assumed = {assumption.quantity for assumption in study.assumptions}
    held = [name for name in study.problem.given if name not in assumed and study.sources.get(name, "").startswith("given")]
    values = [
        (quantity_words(model, name), numbers.show(study.in_unit(name, study.problem.given[name]), model[name]))
        for name in held
        if not math.isnan(study.problem.given[name])
    ]
    axes = [(axis_words(study, axis.name), _points_text(study, axis.name)) for axis in study.all_axes]
    return (*values, *axes)


def _points_text(study: Study, name: str) -> str:
    """List an axis's points in words, or its ends where there are many."""
    axis = study.axis(name)
    quantity, count = axis.coordinate_quantity(), len(axis)
    if axis.uncertain and axis.labels is None and quantity is None:
        return f"{numbers.count(count, 'draw')} of {numbers.count(len(axis.own_columns), 'input')} together"
    points: list[str] | list[float] = list(axis.labels or ())
    if axis.labels is None:
        places = axis.coordinates()
        points = [float(place) if quantity is None else study.in_unit(quantity, float(place)) for place in places]
    most = MAX_NUMBERS if axis.labels is None else MAX_LABELS
    words = [point_words(study, name, point) for point in points[:most]]
    if count <= most:
        return "; ".join(words)
    last = point_words(study, name, points[-1])
    if axis.labels is None:
        return f"{count:,} values from {words[0]} to {last}"
    return f"{'; '.join(words)} and {count - len(words):,} more"

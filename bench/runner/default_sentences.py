"""A sentence on an answer where its study has none: by the question's kind, and never more than the answer holds."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...kernels.model import units
from ...kernels.model.comparisons import COMPARISONS
from ...kernels.model.condition import Condition
from ...kernels.model.evaluate import dependence
from ...kernels.model.grid import Axis, Ints
from ...kernels.model.kinds import ByKind
from ...kernels.model.questions import Best, Decision, Histogram, Pareto, Quantiles, Sensitivity, Summary, Table
from ...kernels.model.statistic_quantity import StatisticQuantity
from ..study.conditions import show_all, show_quantity, show_statistic
from ..study.names import axis_words, saying_of
from ..study.resolution import listed
from ..study.said_kinds import COUNT, SHARE, VALUE, quantile_form
from ..terminal import numbers
from .decision_table import choices_shown
from .spoken_values import Speaker, joined
from .unmet_groups import unmet_sentences

MAX_CHOICES = 4  # that a sentence names; a table has all
NOTHING = "No scenario meets the conditions."
_SIGNS = {"<=": "at most", "<": "below", ">=": "at least", ">": "above", "==": "of", "!=": "other than"}
Group = Mapping[str, int]


def compared(speaker: Speaker) -> tuple[str, list[dict[str, int]]]:
    """Find what a sentence compares: the last kept axis of which several points are shown, all else at the first that is.

    Returns
    -------
    tuple
        The axis, and a group for each of its points that are shown; an empty name and the one group where there is none.
    """
    first, shown = speaker.first(), saying_of(speaker.study, speaker.answer.name).points
    for axis in reversed(speaker.answer.question.by):
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
    texts = [speaker.said(name, VALUE, group).whole() for name in names]
    for reduced, left in _reduced(speaker):
        if len(left) == 1 and reduced.name not in speaker.answer.at:
            texts.append(speaker.point(reduced.name, np.asarray(_points(speaker, reduced))[left[0]]).whole())
    return f"{', '.join(text for text in texts if text)}: " if texts else ""


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
        return f" at {text}" if " " in text else f" at {axis_words(speaker.study, axis)} {text}"
    return f" on {text}" if axis == "chip" else f" for {text}"


def _nothing(speaker: Speaker) -> tuple[str, ...]:
    """Say that there is no number: nothing meets the conditions, or nothing is known."""
    question: Any = speaker.answer.question
    if question.where:
        return (NOTHING,)
    return (f"{listed([show_quantity(name, speaker.study.problem.model) for name in question.objectives()])}: not known.",)


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


def _over(speaker: Speaker) -> str:
    """Say over which choices numbers are, beside what nobody knows: `` over every number of chips``."""
    words = {axis.name: axis_words(speaker.study, axis.name) for axis, left in _reduced(speaker) if len(left) > 1}
    return f" over every {listed(list(words.values()))}" if words else ""


# --- by kind ----------------------------------------------------------------------------------------------------------


def _choices(speaker: Speaker, axis: str, group: Group) -> str:
    """Name what was chosen: ``5,682 GB200 NVL72``; a count of chips goes before the chip, all else behind it."""
    known = {axis, *speaker.answer.question.objectives()}
    names = [name for name in choices_shown(speaker.answer, speaker.study) if name not in known]
    counted = "chip_count" if "chip_count" in names else ""
    chip = next((name for name in (axis, *names) if name == "chip"), "")
    texts = []
    if counted:
        count = speaker.said(counted, VALUE, group).text()
        texts.append(f"{count} {speaker.said(chip, VALUE, group).text() if chip else 'chips'}")
    elif axis:
        texts.append(speaker.said(axis, VALUE, group).text() or "")
    others = [name for name in names if name not in (counted, chip)]
    if counted and axis and axis != chip:
        others = [axis, *others]
    named = [_choice(speaker, name, group) for name in others]
    return ", ".join([*texts, *(named if len(named) <= MAX_CHOICES else [])])


def _choice(speaker: Speaker, name: str, group: Group) -> str:
    spoken = speaker.said(name, VALUE, group)
    return str(spoken.text()) if isinstance(spoken.value, str) else f"{axis_words(speaker.study, name)} {spoken.text()}"


def _chosen(speaker: Speaker, words: str, quantity: str, value: Callable[[Group], str | None]) -> tuple[str, ...]:
    """Say what is best among the points that are compared: ``The cheapest is 5,682 GB200 NVL72: median cost ...``."""
    axis, groups = compared(speaker)
    question: Any = speaker.answer.question
    known = [group for group in groups if value(group) is not None]
    if not known:
        return tuple(unmet_sentences(speaker.answer, speaker.study)[:1]) or _nothing(speaker)
    pick = max if question.maximize else min
    best = pick(known, key=lambda group: float(speaker.said(quantity, VALUE, group).value))
    choices, told = _choices(speaker, axis, best), _share_words(speaker, best)
    if "cost" in quantity.split("_") and not question.maximize and choices:
        text = f"the cheapest is {choices}: {words} {value(best)}{told}"
    else:
        end = "greatest" if question.maximize else "least"
        text = f"the {end} {words} is {value(best)}{f', with {choices}' if choices else ''}{told}"
    return (f"{begun(opening(speaker, axis, best), text)}.",)


def _share_words(speaker: Speaker, group: Group) -> str:
    question: Any = speaker.answer.question
    promises = getattr(question, "promises", ())
    conditions = [condition for promise in promises for condition in promise.on_a_draw()]
    if not conditions:
        return ""
    share = speaker.said(SHARE, VALUE, group)
    often = "all draws" if share.value == 1 else f"{share.text()} of the draws"
    text = show_all(conditions, speaker.study.problem.model)
    for sign, words in _SIGNS.items():
        text = text.replace(f" {sign} ", f" {words} ")
    return f", {text} in {often}"


def _decision(speaker: Speaker) -> tuple[str, ...]:
    question: Any = speaker.answer.question
    quantity, values = question.objective.quantity, speaker.answer.values

    def value(group: Group) -> str | None:
        own = speaker.said(quantity, VALUE, group).text()
        ends = [speaker.said(quantity, form, group).text() for form in ("P10", "P90") if f"{form}({quantity})" in values]
        return own if own is None or len(ends) < 2 else _with_ends(own, [end or "" for end in ends], "P10 to P90")

    return _chosen(speaker, show_statistic(question.objective, speaker.study.problem.model), quantity, value)


def _with_ends(middle: str, ends: list[str], name: str) -> str:
    """Add a range to a number: ``23.2 million USD (P10 to P90: 15.5 to 42.9)``, its unit said where it is another."""
    if ends[0] == ends[1] == middle:
        return middle
    parts = [text.partition(" ") for text in (middle, *ends)]
    alike = len({unit for _, _, unit in parts}) == 1
    shown = " to ".join(number for number, _, _ in parts[1:]) if alike else numbers.join_range(*ends)
    return f"{middle} ({name}: {shown})"


def _best(speaker: Speaker) -> tuple[str, ...]:
    question: Any = speaker.answer.question
    words = show_quantity(question.objective, speaker.study.problem.model)
    return _chosen(speaker, words, question.objective, lambda group: speaker.said(question.objective, VALUE, group).text())


def _ends_of(speaker: Speaker, quantity: str, form: str) -> tuple[str, list[dict[str, int]]]:
    """Find the groups with the least and the greatest number among those that are compared; none where none is known."""
    axis, groups = compared(speaker)
    known = [group for group in groups if speaker.said(quantity, form, group).text() is not None]
    ranked = sorted(known, key=lambda group: float(speaker.said(quantity, form, group).value))
    return axis, [ranked[0], ranked[-1]] if ranked else []


def _quantiles(speaker: Speaker) -> tuple[str, ...]:
    question: Any = speaker.answer.question
    name, forms = question.quantity, [quantile_form(share) for share in sorted(question.at)]
    middle = "P50" if "P50" in forms else forms[0]
    axis, ends = _ends_of(speaker, name, middle)
    if not ends:
        return _nothing(speaker)
    item = speaker.study.problem.model[name]
    taken = {"P50": "median", "min": "least", "max": "greatest"}.get(middle, f"{middle} of")
    words = (
        f"{taken} {'of the ' if isinstance(item, StatisticQuantity) else ''}{show_quantity(name, speaker.study.problem.model)}"
    )

    def value(group: Group) -> str:
        own = speaker.said(name, middle, group).text() or ""
        outer = [speaker.said(name, form, group).text() or "" for form in (forms[0], forms[-1])]
        return own if forms[0] == forms[-1] else _with_ends(own, outer, f"{forms[0]} to {forms[-1]}")

    low, high = ends
    text = f"{words}{_over(speaker)} is {value(low)}{on(speaker, axis, low)}"
    if value(high) != value(low):
        text += f", up to {value(high)}{on(speaker, axis, high)}"
    return (f"{begun(opening(speaker, axis, low), text)}.",)


def _summary(speaker: Speaker) -> tuple[str, ...]:
    question: Any = speaker.answer.question
    name = question.quantity
    axis, ends = _ends_of(speaker, name, "mean")
    if not ends:
        return _nothing(speaker)

    def value(group: Group) -> str:
        low, mean, high = (speaker.said(name, form, group).text() or "" for form in ("min", "mean", "max"))
        return f"{mean}{f' ({joined(low, high)})' if low != high else ''}{on(speaker, axis, group)}"

    low, high = ends
    text = f"mean {show_quantity(name, speaker.study.problem.model)}{_over(speaker)} is {value(low)}"
    text += f", up to {value(high)}" if value(high) != value(low) else ""
    if question.where:
        text += f"; {speaker.said('feasible', VALUE, low).text()} of the scenarios{on(speaker, axis, low)} meet the conditions"
    return (f"{begun(opening(speaker, axis, low), text)}.",)


def _histogram(speaker: Speaker) -> tuple[str, ...]:
    question: Any = speaker.answer.question
    name, group = question.quantity, speaker.first()
    mode, low, high, share = (
        *(speaker.said(name, form, group).text() for form in ("mode", "min", "max")),
        speaker.said(SHARE, VALUE, group).text(),
    )
    if mode is None:
        return _nothing(speaker)
    words = show_quantity(name, speaker.study.problem.model)
    text = f"{words} is most often {mode} ({share} of the scenarios), and from {joined(low or '', high or '')} in all"
    return (f"{begun(opening(speaker, '', group), text)}.",)


def _sensitivity(speaker: Speaker) -> tuple[str, ...]:
    question: Any = speaker.answer.question
    group = speaker.first()
    named = [
        (speaker.said(place, VALUE, group).text(), speaker.said(place, SHARE, group).text()) for place in ("first", "second")
    ]
    told = [f"{name} ({share} of its variance)" for name, share in named if name is not None]
    words = show_quantity(question.quantity, speaker.study.problem.model)
    text = f"what moves {words} most is {', then '.join(told)}" if told else f"nothing moves {words} by much alone"
    return (f"{begun(opening(speaker, '', group), text)}.",)


def _pareto(speaker: Speaker) -> tuple[str, ...]:
    question: Any = speaker.answer.question
    group = speaker.first()
    ends = [[speaker.said(name, end, group).text() for name in question.quantities] for end in ("first", "last")]
    if None in ends[0]:
        return _nothing(speaker)
    first, last = (" and ".join(map(str, end)) for end in ends)
    words = " and ".join(show_quantity(name, speaker.study.problem.model) for name in question.quantities)
    count = speaker.said(COUNT, VALUE, group)
    text = f"of {words}, {count.text()} choices are beaten by none in both: from {first} to {last}"
    if count.value == 1:
        text = f"of {words}, one choice is the best in both: {first}"
    return (f"{begun(opening(speaker, '', group), text)}.",)


def _table(speaker: Speaker) -> tuple[str, ...]:
    question: Any = speaker.answer.question
    total = speaker.answer.total or 0
    if not total:
        return (NOTHING,)
    return (f"{numbers.count(total, 'scenario')} {'meet the conditions' if question.where else 'in all'}.",)


@dataclass(frozen=True)
class DefaultSentence:
    """How an answer to a question of a kind is said where the study does not word it.

    Attributes
    ----------
    sentences
        Writes them.
    """

    sentences: Callable[[Speaker], tuple[str, ...]]


KINDS: ByKind[DefaultSentence] = ByKind(
    "bench.runner.default_sentences.KINDS",
    {
        Best: DefaultSentence(_best),
        Decision: DefaultSentence(_decision),
        Summary: DefaultSentence(_summary),
        Quantiles: DefaultSentence(_quantiles),
        Histogram: DefaultSentence(_histogram),
        Sensitivity: DefaultSentence(_sensitivity),
        Pareto: DefaultSentence(_pareto),
        Table: DefaultSentence(_table),
    },
)

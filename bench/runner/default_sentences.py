"""A sentence on an answer where its study has none: by the question's kind, and never more than the answer holds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...kernels.model.kinds import ByKind
from ...kernels.model.questions import Best, Decision, Histogram, Pareto, Quantiles, Sensitivity, Summary, Table
from ...kernels.model.statistic_quantity import StatisticQuantity
from ..study.conditions import show_all, show_quantity, show_statistic
from ..study.names import axis_words
from ..study.resolution import listed
from ..study.said_kinds import COUNT, SHARE, VALUE, quantile_form
from ..terminal import numbers
from .decision_table import choices_shown
from .empty_answers import NOTHING
from .sentence_parts import Group, begun, compared, on, opening, over_choices
from .spoken_values import Speaker, joined
from .unmet_groups import unmet_sentences

MAX_CHOICES = 4  # that a sentence names; a table has all
_SIGNS = {"<=": "at most", "<": "below", ">=": "at least", ">": "above", "==": "of", "!=": "other than"}
_ENDS = {"min": "least", "max": "greatest"}


def _nothing(speaker: Speaker) -> tuple[str, ...]:
    """Say that there is no number: nothing meets the conditions, or nothing is known."""
    question: Any = speaker.answer.question
    lacking = any(speaker.answer.name in fact.questions for fact in speaker.study.missing)
    if question.where and not lacking:
        return (NOTHING,)
    return (f"{listed([show_quantity(name, speaker.study.problem.model) for name in question.objectives()])}: not known.",)


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
    axis, groups = compared(speaker, chosen=True)
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
    middle = _middle_form(question)
    axis, ends = _ends_of(speaker, name, middle)
    if not ends:
        return _nothing(speaker)
    item, outside = speaker.study.problem.model[name], f"{_ENDS.get(forms[0], forms[0])} to {_ENDS.get(forms[-1], forms[-1])}"
    spans = middle != "P50" and len(forms) > 1  # a range without a middle
    taken = {"P50": "median", "min": "least", "max": "greatest"}.get(middle, f"{middle} of")
    taken = "" if spans else f"{taken} {'of the ' if isinstance(item, StatisticQuantity) else ''}"
    words = f"{taken}{show_quantity(name, speaker.study.problem.model)}"

    def value(group: Group) -> str:
        own = speaker.said(name, middle, group).text() or ""
        outer = [speaker.said(name, form, group).text() or "" for form in (forms[0], forms[-1])]
        if spans:
            return f"{joined(*outer)} ({outside})"
        return own if forms[0] == forms[-1] else _with_ends(own, outer, outside)

    low, high = ends
    text = f"{words}{over_choices(speaker)} is {value(low)}"
    if value(high) != value(low):
        text += f"{on(speaker, axis, low)}, up to {value(high)}{on(speaker, axis, high)}"
    return (f"{begun(opening(speaker, axis, low), text)}.",)


def _least(form: Callable[[Any], str]) -> Callable[[Speaker], Group | None]:
    """Find the group of which a range's sentence speaks first; of the form that a question has."""

    def group(speaker: Speaker) -> Group | None:
        question: Any = speaker.answer.question
        return next(iter(_ends_of(speaker, question.quantity, form(question))[1]), None)

    return group


def _middle_form(question: Any) -> str:
    forms = [quantile_form(share) for share in sorted(question.at)]
    return "P50" if "P50" in forms else forms[0]


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
    text = f"mean {show_quantity(name, speaker.study.problem.model)}{over_choices(speaker)} is {value(low)}"
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


# What is better of a front's quantities, and how one choice that beats all others is said.
BETTER = {
    (False, False): ("the less the better", "has the least of both"),
    (True, True): ("the more the better", "has the most of both"),
    (True, False): ("more of the first and less of the second", "is the best in both"),
    (False, True): ("less of the first and more of the second", "is the best in both"),
}


def _pareto(speaker: Speaker) -> tuple[str, ...]:
    question: Any = speaker.answer.question
    group = speaker.first()
    ends = [[speaker.said(name, end, group).text() for name in question.quantities] for end in ("first", "last")]
    if None in ends[0]:
        return _nothing(speaker)
    first, last = (" and ".join(map(str, end)) for end in ends)
    words = " and ".join(show_quantity(name, speaker.study.problem.model) for name in question.quantities)
    count = speaker.said(COUNT, VALUE, group)
    better, best = BETTER[question.more]
    text = f"{count.text()} choices weigh {words} against each other, {better}: from {first} to {last}"
    if count.value == 1:
        text = f"one choice {best} {words}: {first}"
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
    group
        Finds the group that the first of them speaks of; None where it speaks of none, or of what was chosen.
    """

    sentences: Callable[[Speaker], tuple[str, ...]]
    group: Callable[[Speaker], Group | None] = lambda speaker: None


KINDS: ByKind[DefaultSentence] = ByKind(
    "bench.runner.default_sentences.KINDS",
    {
        Best: DefaultSentence(_best),
        Decision: DefaultSentence(_decision),
        Summary: DefaultSentence(_summary, _least(lambda question: "mean")),
        Quantiles: DefaultSentence(_quantiles, _least(_middle_form)),
        Histogram: DefaultSentence(_histogram, Speaker.first),
        Sensitivity: DefaultSentence(_sensitivity, Speaker.first),
        Pareto: DefaultSentence(_pareto),
        Table: DefaultSentence(_table),
    },
)

"""What answers rest on, in the terminal: the inputs that move them most, and all that nobody stated, with their sources."""

import math
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.text import Text

from ...kernels.model.named_number import name_words
from ...kernels.text import visible
from ..answers.answer import Answer
from ..errors import Parameter, Spelling
from ..prior.drawn_inputs import shown_name
from ..runner.answer_table import print_line, print_lines
from ..study.loader import Study
from ..study.names import axis_words, place_text
from ..terminal import numbers
from ..terminal.tables import wrap_text
from .movers import StudyMover, study_movers

MAX_MOVERS, MAX_CHOICES = 5, 3
MIN_CHOICE = 0.05  # of the answer that another choice moves: less is told only where all is
SCREEN = 27  # lines that a run without much to show has: sources are told where those of all inputs fit
INDENT = "  "


def print_movers(console: Console, answers: Iterable[Answer], study: Study, spell: Spelling, above: int = 0) -> None:
    """Print the inputs that move some answers most, and how to see all.

    Parameters
    ----------
    console
        Where to.
    answers
        One engine's, of the questions that are shown.
    study
        What they answer.
    spell
        How parameters that would change what is printed are named.
    above
        How many lines are printed already, or will be below.
    """
    movers = study_movers(answers, study)
    names = dict.fromkeys([*(one.mover.name for one in movers), *_others(movers, study)])
    if not names:
        return
    console.print()
    them = f"all {len(names)}, with sources" if len(names) > 1 else "its source"
    all_of_them = f"{spell(Parameter('assumptions'))} prints {them}"
    if not movers:
        print_line(console, f"{numbers.count(len(names), 'input')} assumed or drawn: {all_of_them}.")
        return
    open_ = [one for one in movers if not one.mover.is_choice]
    chosen = [one for one in movers if one.mover.is_choice]
    told = [*open_, *chosen][:MAX_MOVERS]  # what nobody knows goes first, whatever else may have been chosen
    choices = _choice_lines(
        [one for one in chosen if one not in told and _moved_at_most(one) >= MIN_CHOICE][:MAX_CHOICES],
        study,
        console.width,
    )
    places = _places(told, study)
    lines = _movers_lines(told, study, console.width, SCREEN - above - len(choices))
    spread = ", P10 to P90" if any(one.mover.kind == "drawn" for one in told) else ""
    at = f", at {places[0]}" if len(places) == 1 and places[0] else ""
    head = f"What moves them most{spread}{at} ({all_of_them}):"
    print_lines(console, [Text(line, style="bold") for line in _paragraph(head, console.width)])
    print_lines(console, map(Text, [*lines, *choices]))


def _choice_lines(chosen: Sequence[StudyMover], study: Study, width: int) -> list[str]:
    """Say what other choices would do to the answers: ``bits of the precision 16 (4: cost -46%)``."""
    if not chosen:
        return []
    texts = []
    for one in chosen:
        item = study.problem.model[one.mover.name]
        tried = ", ".join(_moved_parts(one, study))
        texts.append(f"{_words(one, study)} {numbers.show(one.mover.base, item)} ({tried})")
    return _paragraph(f"Other choices move them, too: {'; '.join(texts)}.", width)


def _moved_at_most(one: StudyMover) -> float:
    """Return how far another choice moves an answer, as a share of it; of two that are tried the one that moves it more."""
    mover = one.mover
    moved = [abs(answer - mover.answer_base) for answer in (mover.answer_low, mover.answer_high) if not math.isnan(answer)]
    return max(moved) / abs(mover.answer_base) if moved and mover.answer_base and math.isfinite(mover.answer_base) else math.inf


def _moved_parts(one: StudyMover, study: Study) -> list[str]:
    """Say of each other value what it does to the answer: ``8: cost -30%``."""
    mover, item = one.mover, study.problem.model[one.mover.name]
    words = study.problem.model[one.quantity].wording
    ends = {mover.low: mover.answer_low, mover.high: mover.answer_high}
    return [
        f"{numbers.show(value, item)}: {words} {_change(answer, mover.answer_base)}"
        for value, answer in ends.items()
        if value != mover.base
    ]


def _movers_lines(movers: Sequence[StudyMover], study: Study, width: int, room: int) -> list[str]:
    """Write a paragraph for each input, with its source where there is room for all, and its key where that takes no line.

    Where there is no room either for lines that places would add, those alone are told that add none.
    """
    places, named = _places(movers, study), set[str]()
    short, placed, whole = list[list[str]](), list[list[str]](), list[list[str]]()
    for one in movers:
        place = _place(one, study)
        at = f" (at {place})" if len(places) > 1 and place and one.question not in named else ""
        named.add(one.question)
        plain, keyed = _mover_text(one, study), _mover_text(one, study, with_key=True)
        candidates = [_paragraph(text, width) for text in (f"{keyed}{at}", f"{plain}{at}", plain)]
        placed.append(min(candidates[:2], key=len))
        short.append(min(candidates, key=len))
        whole.append(_paragraph("; ".join(filter(None, (f"{keyed}{at}", _source_of(one.mover.name, study)))), width))
    told = next((lines for lines in (whole, placed) if sum(map(len, lines)) <= room), short)
    return [line for lines in told for line in lines]


def _places(movers: Iterable[StudyMover], study: Study) -> list[str]:
    """List where some inputs move answers, in words, each place once; an empty one where an answer is of all scenarios."""
    return list(dict.fromkeys(_place(one, study) for one in movers))


def _place(one: StudyMover, study: Study) -> str:
    """Say where along the kept axes an answer is looked at: ``GB200 NVL72, FP8``."""
    question = next(question for question in study.questions if question.name == one.question)
    axes = {
        axis_words(study, axis.name): axis for axis in study.problem.grid.axes if axis.name in question.by and len(axis) > 1
    }
    texts = [
        named if axes[heading].labels is None and named == f"{heading} {point}" else point  # 1,000 chips say what they are
        for heading, point in one.mover.place
        if heading in axes
        for named in [place_text(heading, point)]
    ]
    return ", ".join(texts)


def print_assumptions(console: Console, answers: Iterable[Answer], study: Study, spell: Spelling) -> None:
    """Print everything that nobody stated: what is drawn and what was assumed, what it moves, and where it comes from.

    Parameters
    ----------
    console
        Where to.
    answers
        One engine's.
    study
        What they answer.
    spell
        How the parameter that changes an input is named.
    """
    movers = study_movers(answers, study)
    others = _others(movers, study)
    if not movers and not others:
        return
    console.print()
    change = spell(Parameter("sets", "KEY=VALUE"))
    print_line(console, f"What nobody stated, the most important first; change one with {change}:", "bold")
    texts = [
        "; ".join(filter(None, (f"{_key(one)}: {_mover_text(one, study)}", _source_of(one.mover.name, study))))
        for one in movers
    ]
    texts += [f"{name}: {text}" for name, text in others.items()]
    print_lines(console, (Text(line) for text in texts for line in _paragraph(text, console.width)))


def _paragraph(text: str, width: int) -> list[str]:
    """Break a text into lines, all but the first indented; an address stays whole, to be copied."""
    first, *rest = wrap_text(visible(text), width)
    return [first, *wrap_text(" ".join(rest), width, INDENT)]


def _key(one: StudyMover) -> str:
    """Name what an override would set: the input, or the axis whose columns vary together."""
    return one.mover.axis or one.mover.name


def _words(one: StudyMover, study: Study) -> str:
    return axis_words(study, one.mover.axis) if one.mover.axis else study.problem.model[one.mover.name].wording


def _mover_text(one: StudyMover, study: Study, *, with_key: bool = False) -> str:
    """Say of an input how far it was varied, and how far that moves an answer: ``MFU, 29% to 45%: cost +35% to -20%``.

    The key follows the words where these do not say it.
    """
    mover, model = one.mover, study.problem.model
    item = model[mover.name]
    low, base, high = (numbers.show(value, item) for value in (mover.low, mover.base, mover.high))
    ends = {low: mover.answer_low, high: mover.answer_high}
    if mover.kind == "assumed":
        ends.pop(base, None)  # what was taken moves nothing
    tried = numbers.join_range(*ends) if len(ends) == 2 else next(iter(ends), base)
    moved = " to ".join(_change(answer, mover.answer_base) for answer in ends.values())
    varied = f"{base}, tried {tried}" if mover.kind == "assumed" else tried
    words = _words(one, study)
    key = f" ({_key(one)})" if with_key and name_words(_key(one)) != words else ""
    return f"{words}{key}, {varied}: {model[one.quantity].wording} {moved}"


def _change(answer: float, base: float) -> str:
    """Say how far an answer lies from the one in the middle, in percent."""
    if math.isnan(answer):
        return "not known"
    if math.isinf(answer) or not base or not math.isfinite(base):
        return numbers.number(answer)
    change = 100 * (answer / base - 1)
    text = numbers.number(abs(change), 2)
    return f"{'' if text == '0' else '+' if change > 0 else '-'}{text}%"


def _source_of(name: str, study: Study) -> str:
    """Say where an input comes from; of one that people know by another name, as an estimate draws it."""
    if name in study.sources:
        return study.sources[name]
    return next((source for key, source in study.sources.items() if shown_name(key) == name), "")


def _others(movers: Iterable[StudyMover], study: Study) -> dict[str, str]:
    """Say of each default and each drawn input that moves nothing what it is, and where it comes from."""
    told = {one.mover.name for one in movers}
    model, texts = study.problem.model, dict[str, str]()
    for assumption in study.assumptions:
        item = model[assumption.quantity]
        value = numbers.show(study.in_unit(item.name, assumption.value), item)
        texts[item.name] = f"{item.wording} {value}; {assumption.source}"
    for axis in study.problem.grid.axes:
        for key in axis.own_columns if axis.uncertain and axis.labels is None else ():
            name = shown_name(key)
            words = model[name].wording if name in model else name
            texts.setdefault(
                name, "; ".join(filter(None, (f"{words} drawn {numbers.count(len(axis), 'time')}", _source_of(name, study))))
            )
    return {name: text for name, text in texts.items() if name not in told}

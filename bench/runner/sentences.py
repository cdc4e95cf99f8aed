"""What a run found, in sentences: a study's own words, or those that suit a question's kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from ..answers.answer import Answer
from ..study.loader import Study
from ..study.names import saying_of
from ..study.sayings import MAX_HEADLINES, fitting, own_points
from ..study.templates import Placeholder, Template
from .default_sentences import KINDS
from .empty_answers import NOTHING, emptiness_sentences, has_number, unmet_anywhere
from .outcome import Run
from .spoken_values import Speaker, sentence


def answer_sentences(answer: Answer, study: Study) -> tuple[str, ...]:
    """Say what an answer holds: in the words of its question's ``say``, else in those of its kind.

    A sentence of which a number is not known is left out; where none is left, the kind's own says what there is.

    Parameters
    ----------
    answer
        What was answered.
    study
        What it answers.
    """
    speaker = Speaker(answer, study)
    own = [sentence(speaker, template.pieces) for template in saying_of(study, answer.name).texts]
    told = tuple(text for text in own if text is not None)
    return told or KINDS.of(answer.question).sentences(speaker)


def headlines(run: Run) -> tuple[str, ...]:
    """Say in at most five sentences what a run found.

    They are those of the study's ``headlines``; where it has none, or no number of them is known, the first sentence on each
    question that a reader sees.

    Parameters
    ----------
    run
        What was answered.
    """
    study, answers = run.study, run.shown()
    whole = [_headline(template, answers, study) for template in study.wording.sayings.headlines]
    told = [text for text in whole if text is not None]
    shown = [answer for answer in answers if not saying_of(study, answer.name).hidden] or answers
    told = told or _once([text for answer in shown for text in answer_sentences(answer, study)[:1]], answers, study)
    return tuple(told[:MAX_HEADLINES])


def _once(told: Sequence[str], answers: Sequence[Answer], study: Study) -> list[str]:
    """Say but once, and with its condition, that several questions have no scenario."""
    if told.count(NOTHING) < 2:
        return list(told)
    first = told.index(NOTHING)
    others = [text for text in told[first:] if text != NOTHING]
    return [*told[:first], *emptiness(answers, study), *others]


def emptiness(answers: Sequence[Answer], study: Study) -> tuple[str, ...]:
    """Say of all answers together which questions have no scenario, and why; nothing where all have some.

    Parameters
    ----------
    answers
        One engine's.
    study
        What they answer.
    """
    empty = [answer for answer in answers if answer.question.where and not has_number(answer)]
    conditions = [(answer, unmet_anywhere(answer.question, study)) for answer in empty]
    told = [text for answer, text in conditions if text or answer_sentences(answer, study) == (NOTHING,)]
    return emptiness_sentences(told, len(answers))


def left_out(run: Run) -> tuple[str, ...]:
    """Say which of the study's own sentences are not told, and what it is that is not known.

    Parameters
    ----------
    run
        What was answered.
    """
    study, answers = run.study, run.shown()
    sayings, result = study.wording.sayings, list(run.study.wording.sayings.left_out)
    for template in sayings.headlines:
        result += _unknown(template, partial(_said_of_any, answers=answers, study=study))
    for answer in answers:
        for template in saying_of(study, answer.name).texts:
            result += _unknown(template, partial(_said_of, Speaker(answer, study)))
    return tuple(result)


def _said_of(speaker: Speaker, placeholder: Placeholder) -> str | None:
    return sentence(speaker, (placeholder,))


def _unknown(template: Template, say: Callable[[Placeholder], str | None]) -> list[str]:
    unknown = next((placeholder for placeholder in template.placeholders() if say(placeholder) is None), None)
    return [] if unknown is None else [f"{template.key} is left out: {{{unknown.text}}} is not known"]


def spoken_group(answer: Answer, study: Study) -> Mapping[str, int] | None:
    """Find the group of an answer that is spoken of first: by the study's headlines, by its ``say``, or unasked.

    Parameters
    ----------
    answer
        What was answered.
    study
        What it answers.

    Returns
    -------
    Mapping or None
        Positions along the dimensions that tell groups apart; None where a sentence speaks of no group.
    """
    speaker, question = Speaker(answer, study), answer.question
    own = [one for template in saying_of(study, answer.name).texts[:1] for one in template.placeholders()]
    named = [one for one, of in study.headed if of == question] or own
    return speaker.group(named[0]) if named else KINDS.of(question).group(speaker)


def headline_questions(study: Study) -> set[str]:
    """Name the questions whose numbers stand in the study's own sentences on all of them."""
    return {question.name for _, question in study.headed if question is not None}


def _headline(template: Template, answers: Sequence[Answer], study: Study) -> str | None:
    """Write a sentence whose numbers are of several answers; None where one is not known."""
    texts = []
    for piece in template.pieces:
        text = piece if isinstance(piece, str) else _said_of_any(piece, answers, study)
        if text is None:
            return None
        texts.append(text)
    return "".join(texts)


def _said_of_any(placeholder: Placeholder, answers: Sequence[Answer], study: Study) -> str | None:
    questions = fitting(placeholder, [answer.question for answer in answers], study.problem)
    answer = next((answer for answer in answers if answer.question in questions), None)
    if answer is None:
        return None
    return sentence(Speaker(answer, study), (replace(placeholder, points=own_points(placeholder)),))

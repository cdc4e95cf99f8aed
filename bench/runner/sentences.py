"""What a run found, in sentences: a study's own words, or those that suit a question's kind."""

from collections.abc import Sequence
from dataclasses import replace

from ..answers.answer import Answer
from ..study.loader import Study
from ..study.names import saying_of
from ..study.sayings import MAX_HEADLINES, fitting, own_points
from ..study.templates import Placeholder, Template
from .default_sentences import KINDS
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
    study, answers = run.study, run.answers_of(run.fastest().engine)
    whole = [_headline(template, answers, study) for template in study.wording.sayings.headlines]
    told = [text for text in whole if text is not None]
    shown = [answer for answer in answers if not saying_of(study, answer.name).hidden] or answers
    told = told or [text for answer in shown for text in answer_sentences(answer, study)[:1]]
    return tuple(told[:MAX_HEADLINES])


def headline_questions(study: Study) -> set[str]:
    """Name the questions whose numbers stand in the study's own sentences on all of them."""
    placeholders = [one for template in study.wording.sayings.headlines for one in template.placeholders()]
    return {question.name for one in placeholders for question in fitting(one, study.questions, study.problem)[:1]}


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

"""What a run found, in sentences: a question's own words, or those that suit its kind."""

from ..answers.answer import Answer
from ..study.loader import Study
from .outcome import Run

MAX_HEADLINES = 5


def answer_sentences(answer: Answer, study: Study) -> tuple[str, ...]:
    """Say what an answer holds: in the words of its question's ``say``, else in those of its kind.

    Parameters
    ----------
    answer
        What was answered.
    study
        What it answers.
    """
    return ()


def headlines(run: Run) -> tuple[str, ...]:
    """Say in at most five sentences what a run found."""
    answers = run.answers_of(run.fastest().engine)
    return tuple(text for answer in answers for text in answer_sentences(answer, run.study)[:1])[:MAX_HEADLINES]

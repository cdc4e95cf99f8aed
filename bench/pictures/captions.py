"""What captions say of a question's conditions: which points of axes they leave, else the conditions in words."""

from ...kernels.model.questions import Question
from ..runner.question_words import PHRASES, fixed_places
from ..study.conditions import ON_EVIDENCE, show
from ..study.loader import Study
from .labels import joined

_MOST_CONDITIONS = 2  # that a caption lists


def conditions_said(question: Question, study: Study) -> str:
    """Say what a question's answer is limited to: ``at basis facility, where run time ≤ 120 days``; empty for nothing.

    Parameters
    ----------
    question
        Whose answer is drawn.
    study
        What asks it.
    """
    places, others = fixed_places(question, study)
    evidence = "on chips with fitted runs or published step times" if ON_EVIDENCE in others else ""
    model = study.problem.model
    words = [
        *PHRASES.of(question).promises(question, study),
        *(show(condition, model) for condition in others if condition != ON_EVIDENCE),
    ]
    words = [text.replace("<=", "≤").replace(">=", "≥").replace("==", "=") for text in words]
    more = len(words) - _MOST_CONDITIONS
    shown = [*words[:_MOST_CONDITIONS], *([f"{more} more conditions hold"] if more > 0 else [])]
    at = f"at {joined([f'{axis} {point}' for axis, point in places])}" if places else ""
    return ", ".join(filter(None, [at, f"where {joined(shown)}" if shown else "", evidence]))

"""What a run does not know: facts that nobody published, what was left out, and what its intervals are of."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..answers.answer import Answer
from ..runner.missing_facts import fact_words
from ..runner.outcome import Run
from ..runner.shown_column import ShownColumn, text_column
from ..study.inputs_used import inputs_drawn
from ..study.loader import Study
from ..study.names import axis_words, point_words, quantity_words
from ..terminal import numbers


@dataclass(frozen=True)
class NoteShown:
    """What is said of answers that have no row, or lack a part.

    Attributes
    ----------
    text
        A sentence.
    questions
        The names of the questions that it is said of.
    """

    text: str
    questions: tuple[str, ...]


def missing_columns(study: Study) -> tuple[ShownColumn, ...]:
    """Make the columns of a table of the facts that are not published: a row for each; none where all are."""
    facts = study.missing
    if not facts:
        return ()
    model = study.problem.model
    rows = [(point_words(study, fact.axis, fact.row), axis_words(study, fact.axis)) for fact in facts]
    return (
        _labels("Of", [name for name, _ in rows], is_label=True),
        _labels("Which is a", [axis for _, axis in rows]),
        _labels("Not published", [fact_words(fact, model) for fact in facts]),
        text_column(
            "Questions that go without",
            [", ".join(fact.questions) for fact in facts],
            [float(len(fact.questions)) for fact in facts],
        ),
    )


def _labels(heading: str, texts: Sequence[str], *, is_label: bool = False) -> ShownColumn:
    return ShownColumn(heading, "", tuple(texts), None, is_label=is_label)


def notes_shown(said: Sequence[tuple[str, Sequence[str]]]) -> tuple[NoteShown, ...]:
    """Gather what is said of questions, each sentence once.

    Parameters
    ----------
    said
        Questions by name, each with its sentences.
    """
    questions: dict[str, list[str]] = {}
    for name, sentences in said:
        for sentence in sentences:
            questions.setdefault(sentence, []).append(name)
    return tuple(NoteShown(text, tuple(dict.fromkeys(names))) for text, names in questions.items())


def limits_shown(run: Run, answers: Sequence[Answer]) -> tuple[str, ...]:
    """Say what the intervals of a run are of, and which scenarios have no answer.

    Parameters
    ----------
    run
        What running a study gave.
    answers
        The fastest engine's.
    """
    return (*_draws(run.study), *_without_answer(run, answers))


def _draws(study: Study) -> list[str]:
    """Say over what every interval and statistic is taken: the draws, and what else is uncertain."""
    model, grid = study.problem.model, study.problem.grid
    drawn = inputs_drawn(study)
    sentences = []
    for axis in (axis for axis in grid.axes if axis.uncertain):
        own = [quantity_words(model, item.quantity) for item in drawn if item.axis == axis.name]
        if own:
            together = f"in which {len(own)} inputs vary together: {', '.join(own)}"
            drawn = together if len(own) > 1 else f"of one input, {own[0]}"
            sentences.append(
                f"Intervals are over {numbers.count(len(axis), 'draw')} {drawn}. All other inputs are held at what is stated "
                "or assumed."
            )
        else:
            weight = "equally likely" if axis.weights is None else "as likely as the study says"
            sentences.append(f"The {numbers.count(len(axis), 'point')} of {axis_words(study, axis.name)} are {weight}.")
    return sentences


def _without_answer(run: Run, answers: Sequence[Answer]) -> list[str]:
    names = {answer.name for answer in answers}
    lacking = [
        f"{question.question.name} ({numbers.count(question.result.nan)} of "
        f"{numbers.count(question.result.evaluated + question.result.nan)})"
        for question in run.fastest().questions
        if question.result.nan and question.question.name in names
    ]
    return [f"Scenarios without an answer, since a figure of theirs is not known: {', '.join(lacking)}."] if lacking else []

"""What a run does not know: facts that nobody published, what was left out, and what its intervals are of."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..runner.missing_facts import fact_words
from ..runner.shown_column import ShownColumn
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
    if not study.missing:
        return ()
    questions: dict[tuple[str, str], list[str]] = {}
    for fact in study.missing:
        key = point_words(study, fact.axis, fact.row), fact_words(fact, study.problem.model)
        questions.setdefault(key, []).extend(fact.questions)
    return (
        _words("Of", [row for row, _ in questions], is_label=True),
        _words("Not published", [words for _, words in questions]),
        _words("Questions that go without", ["; ".join(dict.fromkeys(names)) for names in questions.values()]),
    )


def _words(heading: str, texts: Sequence[str], *, is_label: bool = False) -> ShownColumn:
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


def limits_shown(study: Study) -> tuple[str, ...]:
    """Say what the intervals of a study are of: its draws, and what else nobody knows."""
    model, draws = study.problem.model, inputs_drawn(study)
    sentences = []
    for axis in (axis for axis in study.problem.grid.axes if axis.uncertain):
        own = [quantity_words(model, item.quantity) for item in draws if item.axis == axis.name]
        if own:
            together = f"in which {len(own)} inputs vary together: {', '.join(own)}"
            over = f"{numbers.count(len(axis), 'draw')} {together if len(own) > 1 else f'of one input, {own[0]}'}"
            sentences.append(f"Intervals are over {over}. All other inputs are held at what is stated or assumed.")
        else:
            weight = "equally likely" if axis.weights is None else "as likely as the study says"
            sentences.append(f"The {numbers.count(len(axis), 'point')} of {axis_words(study, axis.name)} are {weight}.")
    return tuple(sentences)

"""What a picture is headed by, and how its caption tells of its axes."""

from collections.abc import Sequence

from ..answers.answer import Answer
from ..study.loader import Study
from ..study.names import saying_of
from .labels import joined, sentence
from .spread import KeptAxis

_OPEN = {
    "of", "with", "within", "for", "at", "in", "by", "to", "on", "from", "under", "over", "above", "below", "after", "before",
    "until", "per", "than", "the", "a", "an",
}  # fmt: skip
_MOST_POINTS, _MOST_LETTERS = 4, 70  # of an axis whose points a caption lists
_MOST_AXES, _LONGEST = 2, 80  # that a title tells, and its letters with them
_SHORT_WORD = 3  # letters of words that say nothing of what is meant


def axes_words(axes: Sequence[KeptAxis]) -> str:
    """Say by which axes a picture tells values apart: `` by chip``, `` by chip, gigawatts of facility or IT``.

    An axis whose words go on with its points, such as ``done within``, is said with them.

    Parameters
    ----------
    axes
        The axes.
    """
    closed = joined([axis.words for axis in axes if not _is_open(axis)])
    by = f" by {closed}" if closed else ""
    return ", ".join([by, *(f"{axis.words} {_points(axis)}" for axis in axes if _is_open(axis))])


def title_of(answer: Answer, study: Study, asked: str, axes: Sequence[KeptAxis]) -> str:
    """Head a picture: as the study does, else by its question's name with what it asks, and by which axes.

    Parameters
    ----------
    answer, study
        What is drawn, and what it answers.
    asked
        What the question asks for, in words: ``run time``, ``least median cost``.
    axes
        Those that the picture tells apart.
    """
    own = saying_of(study, answer.name).title
    if own:
        return own
    name, title = answer.name, answer.name
    if name.lower() in asked.lower():
        title = asked
    elif not _known_words(name) & _known_words(asked):
        title = f"{name}: {asked}"
    told = [axis.words for axis in axes if not _is_open(axis)][:_MOST_AXES]
    whole = f"{title} by {joined(told)}"
    said = title.lower().split()
    is_told = not told or "by" in said or any(word.lower() in said for word in told)
    return sentence(title if is_told or len(whole) > _LONGEST else whole)


def _is_open(axis: KeptAxis) -> bool:
    """Tell whether an axis's words end as no noun does."""
    return axis.words.rpartition(" ")[2].lower() in _OPEN


def _points(axis: KeptAxis) -> str:
    listed = " or ".join(filter(None, [", ".join(axis.points[:-1]), *axis.points[-1:]]))
    return listed if len(axis) <= _MOST_POINTS and len(listed) <= _MOST_LETTERS else f"each of {len(axis)}"


def _known_words(text: str) -> set[str]:
    """List the words of a text that mean something, each without the ending of more than one."""
    return {word.removesuffix("s") for word in text.lower().split() if len(word) > _SHORT_WORD}

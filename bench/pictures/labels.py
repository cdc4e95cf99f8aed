"""Words on pictures: wrapped, so that a phone shows all of them, and told apart where two read alike."""

import textwrap
from collections.abc import Sequence

from ...kernels.text import visible

LETTERS = 22  # of a line beside an axis
MAX_LINES = 3
# An axis's labels of several lines: each holds its line breaks, and the lines, which go down from the first, are lifted.
LINES = "split(datum.label, '\\n')"
LIFTED = {
    "value": 0,
    "condition": [
        {"test": f"length(split(datum.value, '\\n')) == {lines}", "value": -7 * (lines - 1)}
        for lines in range(2, MAX_LINES + 2)
    ],
}


def wrapped(text: str, letters: int = LETTERS, most: int = MAX_LINES) -> str:
    """Break text into lines.

    Parameters
    ----------
    text
        The text.
    letters
        How many a line holds.
    most
        How many lines there may be: what is longer ends in dots.
    """
    lines = textwrap.wrap(visible(text).replace("\n", " "), letters, max_lines=most, placeholder=" …")
    return "\n".join(lines) or "-"


def wrapped_apart(texts: Sequence[str], letters: int = LETTERS, most: int = MAX_LINES) -> list[str]:
    """Break texts into lines such that no two read alike: what would is numbered.

    Parameters
    ----------
    texts
        The texts.
    letters, most
        As for `wrapped`.
    """
    labels: list[str] = []
    for text in texts:
        label, number = wrapped(text, letters, most), 1
        while label in labels:
            number += 1
            label = f"{wrapped(text, letters, most)} ({number})"
        labels.append(label)
    return labels


def sentence(text: str) -> str:
    """Begin text with a capital, but for a word that has one further on or a digit in it, such as ``kWh``."""
    first = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if first.rstrip(":,;").isalpha() and first.islower() else text


def joined(words: Sequence[str]) -> str:
    """Join words as a sentence does: ``chip``, ``chip and precision``, ``chip, precision and basis``."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))

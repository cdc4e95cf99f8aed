"""How wide a table's columns are, and headings that are broken where the screen is narrow."""

import textwrap
from collections.abc import Sequence

Column = tuple[str, list[str]]  # a heading and its cells

GAP = 2  # characters between two columns


def break_heading(heading: str, cells: Sequence[str]) -> str:
    """Break a heading at underscores where cells and its other lines are narrower: ``memory_`` over ``bandwidth``."""
    lines = heading.splitlines()
    width = max_width([*cells, *(line for line in lines if "_" not in line)])
    return "\n".join(line if len(line) <= width else line.replace("_", "_\n") for line in lines)


def max_width(texts: Sequence[str]) -> int:
    """Return the width of the longest line (characters)."""
    return max((len(line) for text in texts for line in text.splitlines()), default=0)


def wrap_text(text: str, width: int, indent: str = "") -> list[str]:
    """Break a text into lines; a word that is longer than one, such as an address, stays whole.

    Parameters
    ----------
    text
        What is broken.
    width
        Of a line with its indent (characters).
    indent
        What each line begins with.
    """
    return textwrap.wrap(
        text, width, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def count_fitting(columns: Sequence[Column], width: int) -> int:
    """Count the columns, from the first, that a screen of that width (characters) has room for."""
    taken = -GAP
    for i, (heading, cells) in enumerate(columns):
        taken += GAP + max_width([heading, *cells])
        if taken > width:
            return i
    return len(columns)

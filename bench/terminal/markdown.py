"""Markdown: any text as itself, and tables."""

import re
from collections.abc import Iterable, Sequence

from ...kernels.text import visible


def plain(text: str) -> str:
    """Escape a text so that Markdown shows it as it is, in a line and in a table's cell; a line break becomes a space.

    Brackets stay, which tests' names are full of, but for those that would make a link.
    """
    return re.sub(r"[\\`*|<&]|(?<=\])\(", r"\\\g<0>", visible(" ".join(text.split())))


def code(text: str) -> str:
    """Write a text as code within a line; a backtick in it becomes an apostrophe."""
    return f"`{visible(' '.join(text.split())).replace('`', chr(39))}`"


def table(columns: Sequence[str], texts: int, rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table.

    Parameters
    ----------
    columns
        The headings.
    texts
        How many of the columns, from the left, hold text; the others hold numbers and stand to the right.
    rows
        The cells, in Markdown.
    """
    ruler = ["---"] * texts + ["---:"] * (len(columns) - texts)
    return [f"| {' | '.join(cells)} |" for cells in (columns, ruler, *rows)]

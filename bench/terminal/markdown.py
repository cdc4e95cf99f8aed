"""Markdown as GitHub reads it: any text as itself, and tables."""

import re
from collections.abc import Iterable, Sequence

from ...kernels.text import visible

# Signs that mean something wherever they stand; an underscore within a word, and a bracket that begins no link, mean nothing.
_SIGNS = re.compile(r"[\\`*|<>&~$]|(?<![^\W_])_|_(?![^\W_])|(?<=\])[(\[:]|!(?=\[)|^\[|^[#+-](?=\s)|^\d+(?=[.)](?:\s|$))")


def plain(text: str) -> str:
    """Escape a text so that Markdown shows it as it is, in a line, in a list and in a table's cell; a line break is a space.

    Brackets stay, which tests' names are full of, but for those that would make a link or a box to tick.
    """
    return _SIGNS.sub(_escaped, visible(" ".join(text.split())))


def _escaped(sign: re.Match[str]) -> str:
    return f"{sign[0]}\\" if sign[0].isdigit() else f"\\{sign[0]}"  # "1." begins a list, "1\." does not


def code(text: str) -> str:
    """Write a text as code within a line, where every sign stands for itself; line breaks become spaces."""
    text = visible(" ".join(text.split()))
    if not text:
        return ""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    space = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{fence}{space}{text}{space}{fence}"


def code_cell(text: str) -> str:
    """Write a text as code in a table's cell; a bar is escaped there, in code too."""
    return code(text).replace("|", r"\|")


def table(columns: Sequence[str], texts: int, rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table; an empty line must stand before and after it.

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

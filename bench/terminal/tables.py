"""How wide a table's columns are, and headings that are broken where the screen is narrow."""

from collections.abc import Sequence

Column = tuple[str, list[str]]  # a heading and its cells

GAP = 2  # characters between two columns


def broken(heading: str, cells: Sequence[str]) -> str:
    """The heading, on several lines where all the cells are narrower than it: ``memory_`` over ``bandwidth``."""
    return heading if len(heading) <= widest(cells) else heading.replace("_", "_\n")


def widest(texts: Sequence[str]) -> int:
    """The width of the longest line."""
    return max((len(line) for text in texts for line in text.splitlines()), default=0)


def fitting(columns: Sequence[Column], width: int) -> int:
    """How many columns (each a heading and its cells), from the first, a screen of that width has room for."""
    taken = -GAP
    for i, (heading, cells) in enumerate(columns):
        taken += GAP + widest([heading, *cells])
        if taken > width:
            return i
    return len(columns)


def blocks(columns: Sequence[Column], kept: int, width: int) -> list[list[Column]]:
    """The columns in as many tables, one below the other, as a screen of that width needs.

    Each begins with the first ``kept`` columns. Where one table does not do, headings are broken first.
    """
    if fitting(columns, width) == len(columns):
        return [list(columns)]
    narrow = [(broken(heading, cells), cells) for heading, cells in columns]
    head, rest = narrow[:kept], narrow[kept:]
    result = []
    while True:
        count = max(fitting([*head, *rest], width) - kept, 1)
        result.append([*head, *rest[:count]])
        rest = rest[count:]
        if not rest:
            return result

"""How wide a table's columns are, and headings that are broken where the screen is narrow."""

from collections.abc import Sequence

GAP = 2  # characters between two columns


def broken(heading: str, cells: Sequence[str]) -> str:
    """The heading, on several lines where all the cells are narrower than it: ``memory_`` over ``bandwidth``."""
    return heading if len(heading) <= widest(cells) else heading.replace("_", "_\n")


def widest(texts: Sequence[str]) -> int:
    """The width of the longest line."""
    return max((len(line) for text in texts for line in text.splitlines()), default=0)


def fitting(columns: Sequence[tuple[str, Sequence[str]]], width: int) -> int:
    """How many columns (each a heading and its cells), from the first, a screen of that width has room for."""
    taken = -GAP
    for i, (heading, cells) in enumerate(columns):
        taken += GAP + widest([heading, *cells])
        if taken > width:
            return i
    return len(columns)

"""Sparklines: a row of numbers as a row of bars, for terminals."""

import itertools
import math
import statistics
from collections.abc import Sequence

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = "_.-~=+*#"  # where the terminal's encoding has no blocks
MIN_SPAN = 0.10  # the bars' whole height is at least this change, so that noise of a percent stays flat


def sparkline(values: Sequence[float], width: int, bars: str = BLOCKS) -> str:
    """Draw positive numbers as bars whose height is the logarithm.

    Parameters
    ----------
    values
        Above 0, in the order shown; of more than there is room for, neighbours are drawn together, as their median.
    width
        The characters at most, at least one.
    bars
        The signs from low to high.
    """
    count = min(len(values), max(width, 1))
    edges = [i * len(values) // count for i in range(count + 1)] if count else []
    parts = [math.log(statistics.median(values[a:b])) for a, b in itertools.pairwise(edges)]
    if not parts:
        return ""
    low, high = min(parts), max(parts)
    missing = max(math.log1p(MIN_SPAN) - (high - low), 0.0)
    low, span = low - missing / 2, high - low + missing
    return "".join(bars[min(int((part - low) / span * len(bars)), len(bars) - 1)] for part in parts)


def bars_for(encoding: str) -> str:
    """Return the bars that an encoding can write: blocks, else signs of ASCII."""
    try:
        BLOCKS.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return BLOCKS

"""One scale and unit for the numbers that stand in a table side by side."""

import math
from collections import Counter
from collections.abc import Sequence

from ...kernels.model import units
from . import numbers


def show_alike(values: Sequence[float], unit: str, preferred: str = "") -> tuple[list[str], str]:
    """Write values with one scale and unit where they are near enough for that, else each with its own.

    Parameters
    ----------
    values
        In ``unit``; NaN and infinities are written as such.
    unit, preferred
        As for `show_unit`.

    Returns
    -------
    tuple
        The values as they are read, with their units; and the scale and unit that all have, empty where there is none.
    """
    texts = [numbers.show_unit(value, unit, preferred) for value in values]
    own = [text.partition(" ")[2] for text in texts]
    finite = [i for i, value in enumerate(values) if math.isfinite(value)]
    usual = Counter(own[i] for i in finite if values[i])
    for words, _ in usual.most_common():
        size = numbers.size_of(words, unit)
        others = [i for i in finite if own[i] != words and f"{own[i]}s" != words]
        alike = not others or (preferred not in units.RATIOS and size and all(_fits(values[i] / size) for i in others))
        if alike and f"{words}s" not in usual:
            for i in others:
                texts[i] = f"{numbers.number(values[i] / size)} {words}"
            return texts, words
    return texts, ""


def _fits(scaled: float) -> bool:
    return scaled == 0 or 0.01 <= abs(scaled) < 1e4

"""How much wider predictions of serving are of a chip of whose generation no serving was measured."""

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass

from ... import configs

UNSEEN = configs.FOLDER / "prior" / "serving_unseen.toml"


@dataclass(frozen=True)
class UnseenSpread:
    """What generations the constants of serving were fitted on, and how far off they are of others.

    Attributes
    ----------
    generations
        As the hardware table names them.
    added
        By the input that says how wide a prediction is: the standard deviation that another generation adds.
    why
        What that rests on.
    """

    generations: tuple[str, ...]
    added: Mapping[str, float]
    why: str


@functools.cache
def unseen_spread() -> UnseenSpread:
    """Read configs/prior/serving_unseen.toml; every service does, so that nothing is loaded that checks forms."""
    document = configs.read_toml(UNSEEN)
    return UnseenSpread(tuple(document.pop("generations")), **document)


def widened(chip: configs.FactRow) -> dict[str, float]:
    """Compute the spreads of a chip of a generation that was not measured, by the input's name; of others nothing.

    Parameters
    ----------
    chip
        Its row of the hardware table.
    """
    unseen = unseen_spread()
    if chip.generation in unseen.generations:
        return {}
    return {name: math.hypot(configs.defaults()[name].value, added) for name, added in unseen.added.items()}

"""What a developer's published runs say of a further one of theirs: how far their MFU lies from what features predict."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ... import configs


@dataclass(frozen=True)
class DeveloperEffect:
    """What a developer adds to the logarithm of the MFU.

    Attributes
    ----------
    name
        As the published runs write it.
    mean, sd
        Of the effect, given the developer's runs.
    known
        The share (0 to 1) of the noise's variance that the runs explain.
    runs
        How many there are.
    """

    name: str
    mean: float
    sd: float
    known: float
    runs: int

    def inputs(self) -> dict[str, float]:
        """Return the model's inputs that hold the effect, by quantity."""
        return {"mfu_developer_effect": self.mean, "mfu_developer_known": self.known}


@functools.cache
def developers() -> Mapping[str, DeveloperEffect]:
    """Read the effects of all developers of fitted runs, by name. Raises KeyError where the file lacks them."""
    return effects(configs.read_toml(configs.MFU_FIT))


def effects(fit: Mapping[str, Any]) -> dict[str, DeveloperEffect]:
    """Read the effects that a fit's document holds, by the developer's name."""
    return {name: DeveloperEffect(name, **values) for name, values in fit["developers"].items()}


def developer_effect(name: str) -> DeveloperEffect | None:
    """Find the effect of a developer, however the name's case and spaces are written; None where no run of theirs is fitted."""
    wanted = plain(name)
    return next((effect for known, effect in developers().items() if plain(known) == wanted), None)


def plain(name: str) -> str:
    """Write a developer's name without case, spaces and signs, by which two are compared."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())

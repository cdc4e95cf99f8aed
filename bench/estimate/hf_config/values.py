"""Values of a Hugging Face ``config.json``, checked as they are read; which keys were read is kept, for what is left over."""

import math
from typing import Any

from ....kernels.validation.wording import described
from ...errors import InputError, Parameter
from .families import Family

MAX_LAYERS = 100_000
LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers", "num_transformer_layers")
_OF_THE_MODEL = ("hidden", "n_emb", "d_model", "vocab", "layers", "n_layer")  # in keys of what all layers share


class Config:
    """The keys of a config.json, those of its parts included.

    Parameters
    ----------
    raw
        The JSON object.
    family
        What is known of its model_type.
    where
        What errors name: the file.
    inner
        Whether the object stands within another, whose classes write sizes only where they differ from their own.
    """

    def __init__(self, raw: dict[str, Any], family: Family, where: str, inner: bool = False):
        parts = [part for key in family.trait("parts", ()) if isinstance(part := raw.get(key), dict)]
        self.raw = {key: value for part in (*parts, raw) for key, value in part.items()}
        self.family, self.where, self.inner = family, where, inner
        self.seen = set(family.trait("parts", ()))  # keys that were read, or need not be
        self.assumed: dict[str, Any] = {}  # what the class takes for keys that are missing
        self.notes: list[str] = []

    @property
    def kind(self) -> str:
        """The model_type."""
        return self.family.kind

    def part(self, key: str) -> "Config":
        """Read an object within the config. Raises InputError where there is none."""
        self.seen.add(key)
        if not isinstance(self.raw.get(key), dict):
            raise InputError(f"has no {key}; a config of the kind {self.kind} states it", where=self.where)
        return Config(self.raw[key], self.family, self.where)

    def skip(self, *keys: str) -> None:
        """Leave keys of the family unread that say nothing here."""
        self.seen.update(key for key in keys if key in self.family.takes)

    def settle(self, *keys: str) -> None:
        """Take keys for understood that the family does not name."""
        self.seen.update(keys)

    def states(self, key: str) -> bool:
        """Whether the config has a value under a key."""
        return self.raw.get(key) is not None

    def value(self, *keys: str) -> Any:
        """Read what stands under these keys, names of one thing; what the family's class takes where none is there.

        Raises
        ------
        InputError
            Where two of them are there and differ.
        """
        known = [key for key in keys if key in self.family.takes]
        stated = [key for key in known if key in self.raw]
        self.seen.update(stated)
        filled = [key for key in stated if self.raw[key] is not None]
        for key in filled[1:]:
            if self.raw[key] != self.raw[filled[0]]:
                raise InputError(f"{filled[0]} and {key} mean one thing and differ; leave one out", where=self.where)
        if stated:
            return self.raw[filled[0]] if filled else None
        taken = next((key for key in known if self.family.takes[key] is not None), None)
        if taken is None:
            return None
        self.assumed[taken] = self.family.takes[taken]
        return self.family.takes[taken]

    def get(self, *keys: str, default: float) -> float:
        """Read the number under these keys, names of one thing; a list of equal numbers is that number.

        Raises
        ------
        InputError
            Where the value is no number, or neither 0 nor at least 1: all that is read are counts and sizes.
        """
        value = self.value(*keys)
        if value is None:
            return default
        key = next((key for key in keys if self.raw.get(key) is not None), keys[0])
        if isinstance(value, list) and value and not any(part in key for part in _OF_THE_MODEL):
            if any(entry != value[0] for entry in value):
                raise InputError(
                    f"{key} differs from layer to layer, which is not modelled; give ",
                    Parameter("parameters"),
                    where=self.where,
                )
            layers = next((self.raw[name] for name in LAYERS if self.states(name)), len(value))
            if len(value) != layers:
                raise InputError(f"{key} lists {len(value)} layers, and there are {layers}", where=self.where)
            value = value[0]
        if not is_size(value):
            shown = described(value, "an object")
            raise InputError(f"{key} must be 0 or a number from 1 to 1e15, not {shown}", where=self.where)
        if value != int(value) and not key.endswith("ratio"):
            raise InputError(f"{key} must be a whole number, not {value:g}", where=self.where)
        return float(value)

    def need(self, *keys: str, most: float = math.inf) -> float:
        """Read the number above 0 under these keys, which a config states; only one within another may leave it to its class.

        Raises
        ------
        InputError
            Where the config has none of the keys, or the value is no number, not above 0 or above ``most``.
        """
        own = [key for key in keys if key in self.family.takes] or list(keys)
        stated = self.inner or any(self.states(key) for key in own)
        value = self.get(*own, default=0.0) if stated else 0.0
        if value > most:
            raise InputError(f"{own[0]} must be at most {most:,.0f}, not {value:g}", where=self.where)
        if value <= 0:
            raise InputError(f"has no {own[0]}; a model's config.json states it", where=self.where)
        return value

    def flag(self, *keys: str, default: bool = False) -> bool:
        """Read whether something is so. Raises InputError where the value is neither true nor false."""
        value = self.value(*keys)
        if value is None:
            return default
        if not isinstance(value, bool) and value not in (0, 1):
            key = next(key for key in keys if key in self.family.takes)
            raise InputError(f"{key} must be true or false, not {described(value, 'an object')}", where=self.where)
        return bool(value)

    def listed(self, *keys: str) -> list[Any] | None:
        """Read a list; None where the config has none. Raises InputError where the value is something else."""
        value = self.value(*keys)
        if value is not None and not isinstance(value, list):
            key = next(key for key in keys if key in self.family.takes)
            raise InputError(f"{key} must be a list, not {described(value, 'an object')}", where=self.where)
        return value

    def places(self, key: str, numbers: list[Any], layers: float, first: int = 0) -> set[int]:
        """Read a list of the numbers of some layers, once each.

        Parameters
        ----------
        key
            The list's key, for errors.
        numbers
            The list. Numbers beyond the layers are passed over in families whose lists go on to layers for further tokens.
        layers
            How many layers there are.
        first
            The number of the first one.

        Raises
        ------
        InputError
            Where an entry is no number of a layer, or stands there twice.
        """
        whole = all(isinstance(number, int) and not isinstance(number, bool) and number >= first for number in numbers)
        last = first + int(layers) - 1
        if not whole or len(set(numbers)) < len(numbers):
            raise InputError(f"{key} must list numbers of layers, from {first} to {last}, once each", where=self.where)
        beyond = [number for number in numbers if number > last]
        if beyond and not self.family.trait("lists_further_layers"):
            said = f"{key} lists layer {beyond[0]}, and the last of the {layers:g} layers is {last}"
            raise InputError(said, where=self.where)
        return set(numbers).difference(beyond)


def is_size(value: Any) -> bool:
    """Whether a value is a count or a size: 0, or a number of at least 1."""
    return not isinstance(value, bool) and isinstance(value, (int, float)) and (value == 0 or 1 <= value < 1e15)

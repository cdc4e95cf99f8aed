"""Values of a Hugging Face ``config.json``, checked as they are read."""

import math
from typing import Any

from ....kernels.validation.wording import described
from ...errors import InputError

MAX_LAYERS = 100_000


class Config:
    """The keys of a config.json, those of its parts included.

    Parameters
    ----------
    raw
        The JSON object.
    outer_kind
        The model_type of the object around it, for one that has none of its own.
    where
        What errors name: the file.
    """

    def __init__(self, raw: Any, outer_kind: str, where: str):
        if not isinstance(raw, dict):
            raise InputError("text_config must be an object", where=where)
        parts = [part for key in ("attn_config", "ffn_config") if isinstance(part := raw.get(key), dict)]
        self.raw, self.where = {key: value for part in (*parts, raw) for key, value in part.items()}, where
        self.kind = str(raw.get("model_type") or outer_kind)

    def part(self, key: str) -> "Config":
        """Read an object within the config. Raises InputError where there is none."""
        if not isinstance(self.raw.get(key), dict):
            raise InputError(f"has no {key}; a config of the kind {self.kind} states it", where=self.where)
        return Config(self.raw[key], self.kind, self.where)

    def get(self, *keys: str, default: float) -> float:
        """Read the number under the first of these keys that the config has, else return the default.

        Raises
        ------
        InputError
            Where the value is no number, or neither 0 nor at least 1: all that is read are counts and sizes.
        """
        for key in keys:
            value = self.raw.get(key)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not (value == 0 or 1 <= value < 1e15):
                shown = described(value, "an object")
                raise InputError(f"{key} must be 0 or a number from 1 to 1e15, not {shown}", where=self.where)
            return float(value)
        return default

    def need(self, *keys: str, most: float = math.inf) -> float:
        """Read the number above 0 under the first of these keys that the config has.

        Raises
        ------
        InputError
            Where the config has none of the keys, or the value is no number, not above 0 or above ``most``.
        """
        value = self.get(*keys, default=0.0)
        if value > most:
            raise InputError(f"{keys[0]} must be at most {most:,.0f}, not {value:g}", where=self.where)
        if value <= 0:
            raise InputError(f"has no {keys[0]}; a model's config.json states it", where=self.where)
        return value

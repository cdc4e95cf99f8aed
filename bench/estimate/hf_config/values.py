"""Values of a Hugging Face ``config.json``, checked as they are read."""

import math
from typing import Any

from ...errors import InputError

MAX_LAYERS = 100_000


class Config:
    """The keys of a config.json, those of its parts included; ``kind`` is its model_type, ``where`` what errors name."""

    def __init__(self, raw: Any, outer_kind: str, where: str):
        if not isinstance(raw, dict):
            raise InputError("text_config must be an object", where=where)
        parts = [part for key in ("attn_config", "ffn_config") if isinstance(part := raw.get(key), dict)]
        self.raw, self.where = {key: value for each in (*parts, raw) for key, value in each.items()}, where
        self.kind = str(raw.get("model_type") or outer_kind)

    def get(self, *keys: str, default: float) -> float:
        for key in keys:
            value = self.raw.get(key)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e15:
                raise InputError(f"{key} must be a number of at least 0, not {value!r}", where=self.where)
            return float(value)
        return default

    def need(self, *keys: str, most: float = math.inf) -> float:
        value = self.get(*keys, default=0.0)
        if value > most:
            raise InputError(f"{keys[0]} must be at most {most:,.0f}, not {value:g}", where=self.where)
        if value <= 0:
            raise InputError(f"has no {keys[0]}; a model's config.json states it", where=self.where)
        return value

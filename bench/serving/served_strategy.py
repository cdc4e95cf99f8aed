"""How a model is served: the strategy that was found or stated, what bounds a step of decoding, in words and as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..estimate.known_values import known_values
from ..estimate.natural_units import join_words
from ..terminal import numbers
from .service_scenario import ServiceScenario
from .serving_goals import BestServing
from .serving_request import APART, ATTENTION, BATCH, PREFILL, REPLICA

# The parts of a step of decoding, by quantity, with what a person calls them.
PARTS = {
    "weight_time": "reading weights",
    "cache_time": "reading the cache",
    "compute_time": "products",
    "overhead_time": "overheads",
}
STEP = "decode_step"
_MIN_SHARE = 0.005


@dataclass(frozen=True)
class ServedStrategy:
    """How a model is served.

    Attributes
    ----------
    parts
        The strategy, by quantity, in base units; the batch at the medians of what is drawn.
    bounds
        The shares (0 to 1) of a step of decoding, by what takes them.
    step
        Seconds of a step of decoding; None where it is not known.
    tried
        How many strategies it was chosen from; 0 where nobody searched.
    """

    parts: Mapping[str, float] = field(default_factory=dict)
    bounds: Mapping[str, float] = field(default_factory=dict)
    step: float | None = None
    tried: int = 0

    @property
    def sentences(self) -> tuple[str, ...]:
        """How the model is served, and what bounds a step."""
        return tuple(filter(None, (self._served(), self._bounded())))

    def _served(self) -> str:
        if not self.parts:
            return ""
        chips, batch = self.parts[REPLICA], self.parts[BATCH]
        one = chips == 1
        how = f"replicas of {numbers.count(chips, 'chip')}, {numbers.count(round(batch), 'sequence')} at once in each"
        if not one:
            how += ", attention by data" if self.parts.get(ATTENTION) else ", attention by tensors"
        if self.parts.get(APART):
            reads = numbers.count(self.parts[PREFILL], "chip")
            how += f"; prompts are read apart, on replicas of {reads}"
        else:
            how += "; the same chips read the prompts"
        chosen = f", the best of {numbers.count(self.tried)} ways that were tried" if self.tried > 1 else ""
        return f"Served by {how}{chosen}."

    def _bounded(self) -> str:
        if not self.bounds or self.step is None:
            return ""
        shares = sorted(self.bounds.items(), key=lambda pair: -pair[1])
        told = [f"{name} {numbers.share(round(share, 2))}" for name, share in shares if share >= _MIN_SHARE]
        return f"A step of decoding takes {numbers.duration(self.step)}: {join_words(told)}."

    def entry(self) -> dict[str, Any]:
        """Return the strategy as plain numbers: its parts by quantity, ``step`` (s), ``bounds`` and ``tried``."""
        return {**self.parts, "decode_step": self.step, "bounds": dict(self.bounds), "strategies_tried": self.tried or None}


def served_strategy(scenario: ServiceScenario, found: BestServing) -> ServedStrategy:
    """Describe how a service serves, at the medians of what is drawn.

    Parameters
    ----------
    scenario
        The service.
    found
        Its strategy.
    """
    names = [name for name in (*PARTS, STEP, *found.inputs) if name in scenario.model]
    values = known_values(scenario.medians(), names)
    parts = {name: values.get(name, value) for name, value in found.inputs.items()}
    taken = {words: values[name] for name, words in PARTS.items() if name in values}
    whole = sum(taken.values())
    bounds = {words: time / whole for words, time in taken.items()} if whole > 0 else {}
    return ServedStrategy(parts, bounds, values.get(STEP), found.tried)

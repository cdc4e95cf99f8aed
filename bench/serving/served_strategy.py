"""How a model is served: the strategy that was found or stated, what bounds a step of decoding, in words and as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..estimate.known_values import known_values
from ..estimate.natural_units import join_words
from ..terminal import numbers
from .found_strategy import FoundStrategy
from .packed_replicas import PackedReplicas, needed_replicas
from .service_scenario import ServiceScenario
from .serving_request import APART, ATTENTION, BATCH, LOAD, PREFILL, QUERIES, REPLICA
from .step_shares import STEP, step_shares
from .usual_service import OUTPUT

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
    packed
        The whole replicas; None where there are so many that it does not matter.
    """

    parts: Mapping[str, float] = field(default_factory=dict)
    bounds: Mapping[str, float] = field(default_factory=dict)
    step: float | None = None
    tried: int = 0
    packed: PackedReplicas | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """How the model is served, and what bounds a step."""
        return tuple(filter(None, (self._served(), self._bounded())))

    def _served(self) -> str:
        if not self.parts:
            return ""
        chips, batch = self.parts[REPLICA], round(self.parts[BATCH])
        packed = self.packed
        count = f"{numbers.count(packed.decoding)} " if packed is not None else ""
        parallel = "data" if self.parts.get(ATTENTION) else "tensor"
        attention = f", {parallel}-parallel attention" if chips > 1 else ""
        answering = f"{count}replica{'' if count == '1 ' else 's'} of {numbers.count(chips, 'chip')}"
        at_once = f"{numbers.count(batch, 'sequence')} at once{'' if count == '1 ' else ' in each'}"
        text = f"Served by {answering}{attention}, {at_once}; {self._prompts()}"
        text += self._left_over()
        return f"{text}: the best of {numbers.count(self.tried)} ways that were tried." if self.tried > 1 else f"{text}."

    def _left_over(self) -> str:
        """Word what whole replicas leave over: chips that idle, and replicas that wait for others."""
        packed, text = self.packed, ""
        if packed is not None and round(packed.used_share, 2) < 1:
            share = numbers.share(round(packed.used_share, 2)) if packed.used_share >= _MIN_SHARE else "less than 1%"
            text += f"; whole replicas work at {share} of what they could"
        if packed is not None and packed.idle > 0:
            text += f"; {numbers.count(packed.idle, 'chip')} idle, which no query is charged for"
        return text

    def _prompts(self) -> str:
        """Word who reads the prompts."""
        if not self.parts.get(APART):
            return "the same chips read the prompts"
        chips = numbers.count(self.parts[PREFILL], "chip")
        if self.packed is None:
            return f"prompts are read apart, by replicas of {chips}"
        count = self.packed.prefilling
        return f"prompts are read apart, by {numbers.count(count)} {'replica' if count == 1 else 'replicas'} of {chips}"

    def _bounded(self) -> str:
        if not self.bounds or self.step is None:
            return ""
        shares = sorted(self.bounds.items(), key=lambda pair: -pair[1])
        told = [f"{name} {numbers.share(round(share, 2))}" for name, share in shares if share >= _MIN_SHARE]
        return f"A step of decoding takes {numbers.duration(self.step)}: {join_words(told)}."

    def entry(self) -> dict[str, Any]:
        """Return the strategy as plain numbers: its parts by quantity, ``step`` (s), ``bounds`` and ``tried``."""
        packed: dict[str, Any] = {}
        if self.packed is not None:
            packed = {
                "replicas": self.packed.decoding,
                "prefill_replicas": self.packed.prefilling,
                "idle_chips": self.packed.idle,
                "whole_replica_share": self.packed.used_share,
            }
        return {
            **self.parts,
            "decode_step": self.step,
            "bounds": dict(self.bounds),
            "strategies_tried": self.tried or None,
            **packed,
        }


def served_strategy(scenario: ServiceScenario, chosen: FoundStrategy) -> ServedStrategy:
    """Describe how a service serves, at the medians of what is drawn.

    Parameters
    ----------
    scenario
        The service.
    chosen
        Its strategy.
    """
    problem = scenario.medians()
    values = known_values(problem, [name for name in (STEP, *chosen.best.inputs) if name in scenario.model])
    parts = {name: values.get(name, value) for name, value in chosen.best.inputs.items()}
    packed = chosen.packed
    if scenario.chips is None and packed is not None:
        speeds = known_values(problem, ("replica_throughput", "throughput_per_chip", QUERIES, OUTPUT, LOAD))
        packed = needed_replicas(speeds[QUERIES] * speeds[OUTPUT] / speeds[LOAD], parts, speeds)
    return ServedStrategy(parts, step_shares(problem), values.get(STEP), chosen.tried, packed)

"""How many whole replicas so many chips hold, and what of a strategy's throughput that leaves."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from .serving_request import APART, PREFILL, REPLICA

_ROUNDING = 1e-9  # by which a whole number may be off


@dataclass(frozen=True)
class PackedReplicas:
    """Whole replicas on so many chips.

    Attributes
    ----------
    chips
        All chips.
    decoding, prefilling
        The replicas that decode, and those that read prompts apart; no ``prefilling`` where the same chips do both.
    idle
        The chips that are in no replica.
    busy
        The chips that the throughput per chip is counted over: of the replicas that decode, and of prefilling as much as they
        need. The others stand idle, or wait for prompts or for those that read them.
    """

    chips: float
    decoding: float
    prefilling: float
    idle: float
    busy: float

    @property
    def used(self) -> float:
        """The chips that are in a replica."""
        return self.chips - self.idle

    @property
    def used_share(self) -> float:
        """What is left (0 to 1) of the throughput that the chips in replicas would have if these could be cut."""
        return self.busy / self.used if self.used else 0.0

    @property
    def share(self) -> float:
        """What is left (0 to 1) of the throughput that all chips would have if replicas could be cut."""
        return self.busy / self.chips


def packed_replicas(chips: float, inputs: Mapping[str, float], values: Mapping[str, float]) -> PackedReplicas:
    """Fill chips with the whole replicas of a strategy.

    Parameters
    ----------
    chips
        That there are.
    inputs
        The strategy, by quantity.
    values
        Its ``throughput_per_chip`` and ``replica_throughput``.
    """
    replica = inputs[REPLICA]
    if not inputs.get(APART):
        count = math.floor(chips / replica)
        return PackedReplicas(chips, count, 0.0, chips - count * replica, count * replica)
    whole = values["replica_throughput"] / values["throughput_per_chip"]  # with what it needs of the chips that read prompts
    needed, prefill = max(whole - replica, 0.0), inputs[PREFILL]
    near = math.floor(chips * needed / (whole * prefill))
    best = (0.0, 0.0, 0.0)  # replicas that are kept busy, those that decode and prefill, fewest first
    for reading in {max(near, 1), near + 1}:
        room = max(math.floor((chips - reading * prefill) / replica), 0)
        fed = reading * prefill / needed if needed > 0 else math.inf
        best = max(best, (min(room, fed), -float(min(room, math.ceil(min(fed, chips)))), -float(reading)))
    busy, decodes, prefills = best[0], -best[1], -best[2]
    return PackedReplicas(chips, decodes, prefills, chips - decodes * replica - prefills * prefill, busy * whole)


def needed_replicas(tokens: float, inputs: Mapping[str, float], values: Mapping[str, float]) -> PackedReplicas:
    """Return the fewest whole replicas of a strategy that put out so many tokens a second.

    Parameters
    ----------
    tokens
        A second, out of all.
    inputs, values
        As of `packed_replicas`.
    """
    replica = inputs[REPLICA]
    cut = tokens / values["replica_throughput"]  # replicas, if these could be cut
    decodes, prefills, prefill = float(max(math.ceil(cut * (1 - _ROUNDING)), 1)), 0.0, 0.0
    whole = values["replica_throughput"] / values["throughput_per_chip"]
    if inputs.get(APART):
        prefill = inputs[PREFILL]
        prefills = float(max(math.ceil(cut * max(whole - replica, 0.0) / prefill * (1 - _ROUNDING)), 1))
    chips = decodes * replica + prefills * prefill
    return PackedReplicas(chips, decodes, prefills, 0.0, min(cut * whole, chips))

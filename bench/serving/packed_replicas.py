"""How many whole replicas so many chips hold, and what of a strategy's throughput that leaves."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from .serving_request import APART, PREFILL, REPLICA


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
        need. The others stand idle, or wait for prompts.
    """

    chips: float
    decoding: float
    prefilling: float
    idle: float
    busy: float

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
    best = (0.0, 0.0)  # replicas that decode, and those that prefill, fewest first
    for prefilling in {max(near, 1), near + 1}:
        room = math.floor((chips - prefilling * prefill) / replica)
        fed = math.floor(prefilling * prefill / needed) if needed > 0 else room
        best = max(best, (float(max(min(room, fed), 0)), -float(prefilling)))
    decodes, prefills = best[0], -best[1]
    return PackedReplicas(chips, decodes, prefills, chips - decodes * replica - prefills * prefill, decodes * whole)

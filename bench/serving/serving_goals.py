"""What a service must reach, the parts of a strategy of serving, and what a search of them finds."""

from collections.abc import Mapping
from dataclasses import dataclass

from ...kernels.errors import FlopwattError

# What a strategy of serving consists of.
SERVING_PARTS = (
    "replica_chips",
    "concurrent_sequences",
    "attention_data_parallel",
    "disaggregated",
    "prefill_replica_chips",
    "draft_tokens",
)
# What is computed of the best.
SERVED_VALUES = (
    "throughput_per_chip",
    "interactivity",
    "time_to_first_token",
    "serving_memory_per_chip",
    "serving_memory_margin",
    "decode_step",
    "replica_throughput",
)


@dataclass(frozen=True)
class ServingGoals:
    """What a service must reach.

    Attributes
    ----------
    interactivity
        Tokens a second of one user, at least.
    time_to_first_token
        Seconds, at most; infinity where nothing is asked.
    confidence
        The share of what may be that reaches both: 0.5 judges by medians, 0.8 in four of five cases.
    """

    interactivity: float = 0.0
    time_to_first_token: float = float("inf")
    confidence: float = 0.5


NO_GOALS = ServingGoals()


@dataclass(frozen=True)
class BestServing:
    """The strategy of serving of greatest throughput per chip, and how many it was chosen from.

    Attributes
    ----------
    inputs
        The strategy's parts (`SERVING_PARTS`), with what else was left open (``weight_bits``, ...), by quantity, in base units.
    values
        The medians of `SERVED_VALUES` there, by quantity.
    at_confidence
        Interactivity and time to first token that are reached at the confidence that was asked for.
    tried, fit, meet
        Strategies that were tried, that fit into the chips' memory, and that reach the goals too.
    """

    inputs: Mapping[str, float]
    values: Mapping[str, float]
    at_confidence: Mapping[str, float]
    tried: int
    fit: int
    meet: int


@dataclass(frozen=True)
class NearestServing:
    """What comes nearest where no strategy reaches the goals.

    Attributes
    ----------
    least_chips
        The fewest chips of a replica that hold the model and a sequence; NaN where no number that was tried does.
    interactivity, time_to_first_token
        The most tokens a second of a user and the shortest time to the first token that any strategy that fits reaches; NaN
        where none fits.
    misses
        How many of the strategies that were tried miss each condition: memory, ``interactivity``, ``time_to_first_token``.
    """

    least_chips: float
    interactivity: float
    time_to_first_token: float
    misses: Mapping[str, int]


class NoServingError(FlopwattError, ValueError):
    """No strategy of serving fits, or none reaches the goals; the message says which condition fails most and what is nearest.

    Parameters
    ----------
    message
        For a person.
    nearest
        The same as numbers.
    """

    def __init__(self, message: str, nearest: NearestServing):
        super().__init__(message)
        self.nearest = nearest

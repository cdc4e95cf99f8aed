"""The front of a service: how many tokens a chip gives at each speed for a user, by the best strategies of one search."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .serving_goals import NO_GOALS, ServingGoals
from .serving_request import CHIPS, STRATEGY, Service
from .serving_search import BATCH, ServingSearch

_BIN = 64  # points of an octave, at most: as the fronts of studies


@dataclass(frozen=True)
class FrontPoint:
    """A strategy that no other beats in both throughput and speed.

    Attributes
    ----------
    interactivity, throughput_per_chip, time_to_first_token
        Its medians in base units; interactivity and the time to the first token at the confidence that was asked for.
    inputs
        Its parts, by quantity.
    """

    interactivity: float
    throughput_per_chip: float
    time_to_first_token: float
    inputs: Mapping[str, float]


def serving_front(
    stated: Mapping[str, float],
    fixed: Mapping[str, float] | None = None,
    goals: ServingGoals = NO_GOALS,
    variants: Sequence[Mapping[str, float]] = ({},),
    most_chips: float = math.inf,
) -> tuple[FrontPoint, ...]:
    """Find the strategies that no other beats in throughput per chip and in tokens a second of a user, the fastest first.

    Parameters
    ----------
    stated, fixed, goals, variants, most_chips
        As of `best_serving`; batches are those in steps of 1/16 of an octave.

    Raises
    ------
    NoServingError
        Where no strategy fits, or none reaches the goals.
    KeyError
        Names an input that has no value.
    """
    search = ServingSearch.begin(stated, fixed or {}, goals, variants, most_chips)
    reached = search.look(search.space.columns, search.batches)
    if not reached.met.any():
        raise search.failure(reached)
    points = np.flatnonzero(reached.met)
    speed, throughput, first = (array.reshape(-1)[points] for array in (reached.speed, reached.throughput, reached.first))
    order = np.lexsort((-throughput, -np.floor(np.log2(speed) * _BIN)))
    best_before = np.maximum.accumulate(np.concatenate([[-np.inf], throughput[order][:-1]]))
    kept = order[throughput[order] > best_before]
    tried = np.broadcast_to(search.batches, (*reached.met.shape[:-1], search.batches.shape[-1]))
    result = []
    for number in kept:
        *place, last = (int(i) for i in np.unravel_index(int(points[number]), reached.met.shape))
        inputs = {**search.space.at(place), BATCH: float(tried[(*place, last)])}
        result.append(FrontPoint(float(speed[number]), float(throughput[number]), float(first[number]), inputs))
    return tuple(result)


def front_of_service(service: Service) -> tuple[FrontPoint, ...]:
    """Find the front of a service: whatever the speed, with the parts of the strategy that are stated, but for the batch.

    Parameters
    ----------
    service
        What was stated; its strategy was found, so that some fits.
    """
    known = {name: held.value for name, held in service.fixed.items() if name not in STRATEGY}
    parts = {name: value for name, value in service.strategy.items() if name != BATCH}
    parts["draft_tokens"] = known.get("draft_tokens", 0.0)
    return serving_front(known, parts, most_chips=known.get(CHIPS, math.inf))

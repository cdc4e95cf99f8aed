"""The best strategy of serving: every number of chips, batch and split, tried at once with NumPy.

A strategy is the chips of a replica, the sequences in it, attention's parallelism (tensor or data), prefilling together with
decoding or apart (and on how many chips), and draft tokens. Batches are first tried in steps of 1/16 of an octave, then every
whole batch next to those that could be the best: between two batches throughput is at most the larger one's. The best has the
greatest throughput per chip among those that fit into memory and reach the goals.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from .serving_goals import NO_GOALS, SERVED_VALUES, BestServing, ServingGoals
from .serving_search import BATCH, FIRST_TOKEN, SPEED, ServingSearch


def best_serving(
    stated: Mapping[str, float],
    fixed: Mapping[str, float] | None = None,
    goals: ServingGoals = NO_GOALS,
    variants: Sequence[Mapping[str, float]] = ({},),
    most_chips: float = math.inf,
) -> BestServing:
    """Search the strategy of serving of greatest throughput per chip that fits into memory and reaches the goals.

    Parameters
    ----------
    stated
        In base units the model's architecture, the chip's facts, ``serving_input_tokens``, ``serving_output_tokens``, bits and
        whatever else is known; the rest takes its default. ``mtp_layers`` above 0 opens draft tokens.
    fixed
        Those parts of the strategy that are given, by quantity (`SERVING_PARTS`).
    goals
        What must be reached; both goals are judged at the same confidence.
    variants
        Values that go together, one set of which is chosen too: ``{"weight_bits": 4, "precision_bits": 4}``.
    most_chips
        The chips that there are, which no replica exceeds.

    Raises
    ------
    NoServingError
        Where no strategy fits, or none reaches the goals.
    KeyError
        Names an input that has no value and that every strategy depends on.
    """
    search = ServingSearch.begin(stated, fixed or {}, goals, variants, most_chips)
    reached = search.look(search.space.columns, search.batches)
    if not reached.met.any():
        unknown = search.unknown(reached)
        raise KeyError(unknown) if unknown else search.failure(reached)
    place, batch = search.refine(reached)
    inputs = {**search.space.at(place), BATCH: batch}
    counted = np.broadcast_to(search.counted, reached.met.shape)
    return BestServing(
        inputs=inputs,
        values=search.values(inputs, SERVED_VALUES, 0.0),
        at_confidence=search.values(inputs, (SPEED, FIRST_TOKEN), search.deviation),
        tried=int(counted.sum()),
        fit=int((counted & reached.fits).sum()),
        meet=int((counted & reached.met).sum()),
    )

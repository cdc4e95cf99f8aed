"""The best strategy of serving: every number of chips, batch and split, tried at once with NumPy.

A strategy is the chips of a replica, the sequences in it, attention's parallelism (tensor or data), prefilling together with
decoding or apart (and on how many chips), and draft tokens. Batches are first tried in steps of 1/16 of an octave, then every
whole batch next to those that could be the best: between two batches throughput is at most the larger one's. The best has the
greatest throughput per chip among those that fit into memory and reach the goals.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import configs
from ...kernels.quantities import MODEL
from ..facts.precisions import PEAKS
from ..prior.features import Floats
from ..stats.distributions import inverse
from ..step_time.predict import evaluate
from .serving_goals import NO_GOALS, SERVED_VALUES, SERVING_PARTS, BestServing, NearestServing, NoServingError, ServingGoals
from .strategy_space import ServingSpace, batches, serving_space

Bools = NDArray[np.bool_]
DEVIATION = "serving_step_deviation"
BATCH = "concurrent_sequences"
_THROUGHPUT, _MARGIN, _SPEED, _FIRST = "throughput_per_chip", "serving_memory_margin", "interactivity", "time_to_first_token"
_PREFILL_MARGIN = "prefill_memory_margin"
_SEARCHED = (_THROUGHPUT, _MARGIN, _PREFILL_MARGIN, _SPEED, _FIRST)


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
        Names an input that has no value.
    """
    search = _Search.begin(stated, fixed or {}, goals, variants, most_chips)
    looked = search.look(search.space.columns, search.batches)
    if not looked.met.any():
        raise search.failure(looked)
    place, batch = search.refine(looked)
    inputs = {**search.space.at(place), BATCH: batch}
    counted = np.broadcast_to(search.counted, looked.met.shape)
    return BestServing(
        inputs=inputs,
        values=search.values(inputs, SERVED_VALUES, 0.0),
        at_confidence=search.values(inputs, (_SPEED, _FIRST), search.deviation),
        tried=int(counted.sum()),
        fit=int((counted & looked.fits).sum()),
        meet=int((counted & looked.met).sum()),
    )


@dataclass(frozen=True)
class _Looked:
    """What strategies reach: arrays of one shape."""

    throughput: Floats
    speed: Floats
    first: Floats
    fits: Bools
    met: Bools

    @property
    def worth(self) -> Floats:
        """Throughput per chip of those that meet everything, else minus infinity."""
        return np.where(self.met, self.throughput, -np.inf)


@dataclass(frozen=True)
class _Search:
    """One search: what is known, what is tried, and what must be reached.

    Attributes
    ----------
    step, batches
        What a batch is a multiple of, and the batches that are tried first.
    """

    known: Mapping[str, float]
    space: ServingSpace
    goals: ServingGoals
    deviation: float
    step: Floats
    batches: Floats

    @classmethod
    def begin(
        cls,
        stated: Mapping[str, float],
        fixed: Mapping[str, float],
        goals: ServingGoals,
        variants: Sequence[Mapping[str, float]],
        most_chips: float,
    ) -> "_Search":
        """Collect what is known and lay out what is tried. Raises KeyError for an input without a value."""
        known = _known(stated, {*SERVING_PARTS, *variants[0]})
        space = serving_space({**known, "mtp_layers": stated.get("mtp_layers", 0.0)}, fixed, variants, most_chips)
        step = np.where(space.columns["attention_data_parallel"] > 0, space.columns["replica_chips"], 1.0)
        if BATCH in fixed:
            tried = np.full(step.shape, fixed[BATCH])
        else:
            most = evaluate({**known, **space.columns}, ("largest_batch",))["largest_batch"]
            tried = batches(np.broadcast_arrays(most, step)[0], step)
        return cls(known, space, goals, _adverse(goals.confidence), step, tried)

    @property
    def counted(self) -> Bools:
        """Which points are strategies of their own: those that make sense, and no batch twice."""
        own = np.diff(self.batches, axis=-1, prepend=0.0) > 0
        return np.asarray(self.space.allowed & own)

    def look(self, columns: Mapping[str, Any], batch: Floats) -> _Looked:
        """Compute what strategies reach, at some batches."""
        inputs = {**self.known, **columns, BATCH: batch}
        values = evaluate(inputs, _SEARCHED)
        judged = values if self.deviation == 0 else evaluate({**inputs, DEVIATION: self.deviation}, (_SPEED, _FIRST))
        margin = np.minimum(values[_MARGIN], values[_PREFILL_MARGIN])
        throughput, speed, first, margin, allowed = np.broadcast_arrays(
            values[_THROUGHPUT], judged[_SPEED], judged[_FIRST], margin, self.space.allowed if batch.ndim > 1 else True
        )
        fits = allowed & (margin >= 0)
        met = fits & (speed >= self.goals.interactivity) & (first <= self.goals.time_to_first_token)
        return _Looked(throughput, speed, first, np.asarray(fits), np.asarray(met))

    def refine(self, looked: _Looked) -> tuple[tuple[int, ...], float]:
        """Find the best of every whole batch: the indices of its combination, and the batch."""
        worth = looked.worth
        *place, last = np.unravel_index(int(np.argmax(worth)), worth.shape)
        steps, tried = (np.broadcast_to(array, (*worth.shape[:-1], array.shape[-1])) for array in (self.step, self.batches))
        best, chosen = float(worth.max()), (tuple(int(i) for i in place), float(tried[(*place, last)]))
        following = np.concatenate([looked.throughput[..., 1:], looked.throughput[..., -1:]], axis=-1)
        promise = np.where(looked.met, np.maximum(looked.throughput, following), -np.inf).max(axis=-1)
        for row in np.argsort(-promise, axis=None):
            at = tuple(int(i) for i in np.unravel_index(int(row), promise.shape))
            if not promise[at] > best:
                break
            batch = self._between(tried[at], steps[(*at, 0)], looked.met[at], looked.throughput[at], best)
            worth_here = self.look(self.space.at(at), batch).worth
            if len(batch) and worth_here.max() > best:
                best, chosen = float(worth_here.max()), (at, float(batch[np.argmax(worth_here)]))
        return chosen

    @staticmethod
    def _between(tried: Floats, step: float, met: Bools, throughput: Floats, best: float) -> Floats:
        """List every whole batch between two that were tried, where throughput may be above the best."""
        may = met[:-1] & (np.maximum(throughput[:-1], throughput[1:]) > best) & (tried[1:] > tried[:-1] + step)
        parts = [np.arange(tried[i] + step, tried[i + 1], step) for i in np.flatnonzero(may)]
        return np.concatenate(parts) if parts else np.empty(0)

    def values(self, inputs: Mapping[str, float], names: Sequence[str], deviation: float) -> dict[str, float]:
        """Compute quantities of one strategy."""
        found = evaluate({**self.known, **inputs, DEVIATION: deviation}, names)
        return {name: float(value) for name, value in found.items()}

    def failure(self, looked: _Looked) -> NoServingError:
        """Say which condition fails most often, and what comes nearest."""
        counted = np.broadcast_to(self.counted, looked.met.shape)
        fits = counted & looked.fits
        misses = {
            "serving_memory_margin": int((counted & ~looked.fits).sum()),
            _SPEED: int((counted & ~(looked.speed >= self.goals.interactivity)).sum()),
            _FIRST: int((counted & ~(looked.first <= self.goals.time_to_first_token)).sum()),
        }
        if not fits.any():
            nearest = NearestServing(math.nan, math.nan, math.nan, misses)
            return NoServingError(f"of {int(counted.sum()):,} strategies none fits into the chips' memory", nearest)
        chips = np.broadcast_to(self.space.columns["replica_chips"], fits.shape)[fits]
        nearest = NearestServing(float(chips.min()), float(looked.speed[fits].max()), float(looked.first[fits].min()), misses)
        return NoServingError(_failure_text(self.goals, nearest, int(counted.sum()), int(fits.sum())), nearest)


def _failure_text(goals: ServingGoals, nearest: NearestServing, tried: int, fit: int) -> str:
    asked = {_SPEED: f"{goals.interactivity:,.4g} tokens a second of a user", _FIRST: f"{goals.time_to_first_token:.3g} s"}
    worst = max(asked, key=lambda name: nearest.misses[name])
    failing = f"{nearest.misses[worst]:,} miss " + ("the " if worst == _SPEED else "a first token within ") + asked[worst]
    return (
        f"of {tried:,} strategies {fit:,} fit into memory and none reaches what is asked; {failing}; the nearest reach at most "
        f"{nearest.interactivity:,.3g} tokens a second of a user or a first token after {nearest.time_to_first_token:.3g} s, "
        f"and a replica takes at least {nearest.least_chips:.0f} chips"
    )


def _known(stated: Mapping[str, float], searched: set[str]) -> dict[str, float]:
    """Collect every input that is not searched: stated, else the default. Raises KeyError for one that has neither."""
    unknown = dict.fromkeys(PEAKS.values(), math.nan)  # the peak of a precision may not be published
    values = unknown | {name: default.value for name, default in configs.defaults().items()} | dict(stated)
    names = [name for name in MODEL.inputs((*SERVED_VALUES, *_SEARCHED, "largest_batch"), stated) if name not in searched]
    missing = [name for name in names if name not in values and name != DEVIATION]
    if missing:
        raise KeyError(missing[0])
    return {**{name: float(values[name]) for name in names if name != DEVIATION}, **_held(stated, searched), DEVIATION: 0.0}


def _held(stated: Mapping[str, float], searched: set[str]) -> dict[str, float]:
    """Keep the quantities that are stated in place of their formula, and facts that the search itself looks at."""
    return {
        name: float(value)
        for name, value in stated.items()
        if name not in searched and (name == "scaleup_domain" or (name in MODEL and not MODEL[name].given))
    }


def _adverse(confidence: float) -> float:
    """Return the deviation of the step's time that a share of all cases does not exceed."""
    return float(inverse("normal", (0.0, 1.0), np.array([confidence]))[0]) if confidence != 0.5 else 0.0

"""What strategies of serving reach, tried at once with NumPy: the arrays of a search, and whole batches beside its best."""

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
from ..terminal import numbers
from .serving_goals import SERVED_VALUES, SERVING_PARTS, NearestServing, NoServingError, ServingGoals
from .strategy_space import ServingSpace, batches, serving_space

Bools = NDArray[np.bool_]
DEVIATION = "serving_step_deviation"
BATCH = "concurrent_sequences"
THROUGHPUT, SPEED, FIRST_TOKEN = "throughput_per_chip", "interactivity", "time_to_first_token"
MARGINS = ("serving_memory_margin", "prefill_memory_margin")
_SEARCHED = (THROUGHPUT, *MARGINS, SPEED, FIRST_TOKEN)
_ALIKE = 1e-9  # strategies whose throughput differs by less, relatively, are equal: the first of them is taken


@dataclass(frozen=True)
class Reached:
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

    def best(self) -> tuple[int, ...]:
        """Find the first of the strategies that are as good as the best."""
        worth = self.worth
        first = int(np.argmax(worth >= worth.max() * (1 - _ALIKE)))
        return tuple(int(i) for i in np.unravel_index(first, worth.shape))


@dataclass(frozen=True)
class ServingSearch:
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
    ) -> "ServingSearch":
        """Collect what is known and lay out what is tried.

        Parameters
        ----------
        stated, fixed, goals, variants, most_chips
            As of `best_serving`.

        Raises
        ------
        KeyError
            Names an input that has no value.
        """
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

    def look(self, columns: Mapping[str, Any], batch: Floats) -> Reached:
        """Compute what strategies reach, at some batches."""
        inputs = {**self.known, **columns, BATCH: batch}
        values = evaluate(inputs, _SEARCHED)
        judged = values if self.deviation == 0 else evaluate({**inputs, DEVIATION: self.deviation}, (SPEED, FIRST_TOKEN))
        margin = np.minimum(*(values[name] for name in MARGINS))
        throughput, speed, first, margin, allowed = np.broadcast_arrays(
            values[THROUGHPUT], judged[SPEED], judged[FIRST_TOKEN], margin, self.space.allowed if batch.ndim > 1 else True
        )
        fits = allowed & (margin >= 0)
        met = fits & (speed >= self.goals.interactivity) & (first <= self.goals.time_to_first_token)
        return Reached(throughput, speed, first, np.asarray(fits), np.asarray(met))

    def refine(self, reached: Reached) -> tuple[tuple[int, ...], float]:
        """Find the best of every whole batch: the indices of its combination, and the batch."""
        worth = reached.worth
        *place, last = reached.best()
        steps, tried = (np.broadcast_to(array, (*worth.shape[:-1], array.shape[-1])) for array in (self.step, self.batches))
        chosen, best = (tuple(place), float(tried[(*place, last)])), float(worth[(*place, last)])
        following = np.concatenate([reached.throughput[..., 1:], reached.throughput[..., -1:]], axis=-1)
        promise = np.where(reached.met, np.maximum(reached.throughput, following), -np.inf).max(axis=-1)
        for row in np.argsort(-promise, axis=None, kind="stable"):
            at = tuple(int(i) for i in np.unravel_index(int(row), promise.shape))
            if not promise[at] > best * (1 + _ALIKE):
                break
            batch = self._between(tried[at], steps[(*at, 0)], reached.met[at], reached.throughput[at], best)
            here = self.look(self.space.at(at), batch).worth
            if len(batch) and here.max() > best * (1 + _ALIKE):
                chosen, best = (at, float(batch[np.argmax(here)])), float(here.max())
        return chosen

    @staticmethod
    def _between(tried: Floats, step: float, met: Bools, throughput: Floats, best: float) -> Floats:
        """List every whole batch between two that were tried, where throughput may be above the best."""
        may = met[:-1] & (np.maximum(throughput[:-1], throughput[1:]) > best) & (tried[1:] > tried[:-1] + step)
        parts = [np.arange(tried[i] + step, tried[i + 1], step) for i in np.flatnonzero(may)]
        return np.concatenate(parts) if parts else np.empty(0)

    def values(self, inputs: Mapping[str, float], names: Sequence[str], deviation: float) -> dict[str, float]:
        """Compute quantities of one strategy.

        Parameters
        ----------
        inputs
            Its parts.
        names
            The quantities.
        deviation
            How many standard deviations of its logarithm the step's time is from what is predicted.
        """
        computed = evaluate({**self.known, **inputs, DEVIATION: deviation}, names)
        return {name: float(value) for name, value in computed.items()}

    def unknown(self, reached: Reached) -> str:
        """Name a fact that is not known and without which no strategy's speed is; empty where that of some strategy is."""
        fits = np.broadcast_to(self.counted, reached.met.shape) & reached.fits
        missing = [name for name, value in self.known.items() if math.isnan(value)]
        if not fits.any() or np.isfinite(reached.speed[fits] + reached.first[fits]).any():
            return ""
        any_values = {**self.known, **self.space.columns, BATCH: self.batches, **dict.fromkeys(missing, 1.0)}
        for name in missing:
            speeds = evaluate({**any_values, name: math.nan}, (SPEED, FIRST_TOKEN))
            sums = np.broadcast_to(speeds[SPEED] + speeds[FIRST_TOKEN], fits.shape)
            if not np.isfinite(sums[fits]).any():
                return name
        return ""

    def failure(self, reached: Reached) -> NoServingError:
        """Say which condition fails most often, and what comes nearest."""
        counted = np.broadcast_to(self.counted, reached.met.shape)
        fits = counted & reached.fits
        misses = {
            "serving_memory_margin": int((counted & ~reached.fits).sum()),
            SPEED: int((counted & ~(reached.speed >= self.goals.interactivity)).sum()),
            FIRST_TOKEN: int((counted & ~(reached.first <= self.goals.time_to_first_token)).sum()),
        }
        if not fits.any():
            nearest = NearestServing(math.nan, math.nan, math.nan, misses)
            return NoServingError(f"of {int(counted.sum()):,} strategies none fits into the chips' memory", nearest)
        chips = np.broadcast_to(self.space.columns["replica_chips"], fits.shape)[fits]
        nearest = NearestServing(
            float(chips.min()), _end(np.fmax, reached.speed[fits]), _end(np.fmin, reached.first[fits]), misses
        )
        return NoServingError(_failure_text(self.goals, nearest, int(counted.sum()), int(fits.sum())), nearest)


def _end(ufunc: np.ufunc, values: Floats) -> float:
    """Return the greatest or least of some values, those left out that need a fact nobody published; NaN where all do."""
    return float(ufunc.reduce(values))


def _failure_text(goals: ServingGoals, nearest: NearestServing, tried: int, fit: int) -> str:
    asked = {SPEED: f"{goals.interactivity:,.4g} tokens a second of a user", FIRST_TOKEN: f"{goals.time_to_first_token:.3g} s"}
    worst = max(asked, key=lambda name: nearest.misses[name])
    failing = f"{nearest.misses[worst]:,} miss " + ("the " if worst == SPEED else "a first token within ") + asked[worst]
    return (
        f"of {tried:,} strategies {fit:,} fit into memory and none reaches what is asked; {failing}; the nearest reach at most "
        f"{nearest.interactivity:,.3g} tokens a second of a user or a first token after {nearest.time_to_first_token:.3g} s, "
        f"and a replica takes at least {numbers.count(nearest.least_chips, 'chip')}"
    )


def _known(stated: Mapping[str, float], searched: set[str]) -> dict[str, float]:
    """Collect every input that is not searched: stated, else the default. Raises KeyError for one that has neither."""
    unknown = dict.fromkeys(PEAKS.values(), math.nan)  # the peak of a precision may not be published
    values = unknown | {name: default.value for name, default in configs.defaults().items()} | dict(stated)
    names = [name for name in MODEL.inputs((*SERVED_VALUES, *_SEARCHED, "largest_batch"), stated) if name not in searched]
    missing = [name for name in names if name not in values and name != DEVIATION]
    if missing:
        raise KeyError(missing[0])
    return {**{name: float(values[name]) for name in names if name != DEVIATION}, **_stated(stated, searched), DEVIATION: 0.0}


def _stated(stated: Mapping[str, float], searched: set[str]) -> dict[str, float]:
    """Keep the quantities that are stated in place of their formula, and facts that the search itself looks at."""
    return {
        name: float(value)
        for name, value in stated.items()
        if name not in searched and (name == "scaleup_domain" or (name in MODEL and not MODEL[name].given))
    }


def _adverse(confidence: float) -> float:
    """Return the deviation of the step's time that a share of all cases does not exceed."""
    return float(inverse("normal", (0.0, 1.0), np.array([confidence]))[0]) if confidence != 0.5 else 0.0

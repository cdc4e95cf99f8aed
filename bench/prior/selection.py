"""Which features the MFU's regression uses, chosen by cross-validation, and how good that choice is, by nested one.

A ladder of few regressions, each physically sensible, is climbed by leave-one-out: the rung with the least mean absolute
relative error of the chip-hours is taken. How well the whole procedure does is measured one level up: every run is
predicted by a ladder climbed, and a regression fitted, without it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .features import Floats, Known, Ranges, vector
from .regression import Posterior, PriorBelief, design, fit


@dataclass(frozen=True)
class Observed:
    """A run that published its chip-hours. ``log_mfu`` is the logarithm of the MFU that explains them, goodput apart."""

    name: str
    known: Known
    log_mfu: float


@dataclass(frozen=True)
class Recipe:
    """The ladder and the beliefs, from configs/prior/regression.toml."""

    ladder: tuple[tuple[str, ...], ...]
    intercept: tuple[float, float]  # mean and sd
    sds: Mapping[str, float]
    means: Mapping[str, float]
    noise: float
    weight: float

    def belief(self, names: Sequence[str]) -> PriorBelief:
        """The beliefs about the intercept and these features."""
        means = (self.intercept[0], *(self.means[name] for name in names))
        return PriorBelief(means, (self.intercept[1], *(self.sds[name] for name in names)), self.noise, self.weight)


@dataclass(frozen=True)
class Fitted:
    """A regression and the features it uses."""

    names: tuple[str, ...]
    ranges: Ranges
    posterior: Posterior

    def predict(self, known: Known) -> tuple[float, float]:
        """Median and scale of the logarithm of the MFU of a run."""
        return self.posterior.predict(vector(known, self.names, self.ranges))


def fit_rung(runs: Sequence[Observed], names: Sequence[str], recipe: Recipe) -> Fitted:
    """The regression on these features, fitted on all of the runs."""
    ranges = Ranges.of([run.known for run in runs])
    features = design([vector(run.known, names, ranges) for run in runs], len(names))
    target = np.array([run.log_mfu for run in runs])
    return Fitted(tuple(names), ranges, fit(features, target, recipe.belief(names)))


def errors_left_out(runs: Sequence[Observed], names: Sequence[str], recipe: Recipe) -> Floats:
    """Relative error of the chip-hours of each run, predicted by the rung fitted on the others."""
    left = [fit_rung([*runs[:i], *runs[i + 1 :]], names, recipe).predict(run.known)[0] for i, run in enumerate(runs)]
    # chip-hours go as 1 / MFU
    return np.asarray(np.abs(np.exp(np.array([run.log_mfu for run in runs]) - np.array(left)) - 1))


def choose(runs: Sequence[Observed], recipe: Recipe) -> tuple[str, ...]:
    """The rung with the least mean error left out; the simpler of equal ones."""
    errors = [float(errors_left_out(runs, names, recipe).mean()) for names in recipe.ladder]
    return recipe.ladder[int(np.argmin(errors))]


def climb(runs: Sequence[Observed], recipe: Recipe) -> Fitted:
    """The whole method: choose a rung, fit it on all of the runs."""
    return fit_rung(runs, choose(runs, recipe), recipe)

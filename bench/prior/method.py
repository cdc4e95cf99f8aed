"""The method: one regression of the logarithm of the MFU on a few features, with beliefs from physics, on published runs.

Nothing is chosen: the features and what is believed of each stand in configs/prior/regression.toml. How well that does is
measured by leaving out runs, one at a time and a developer's at a time.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..stats.bayes_linear import Posterior, PriorBelief, design, fit
from .features import Known, SeenRuns, vector


@dataclass(frozen=True)
class Observed:
    """A run that published its chip-hours.

    Parameters
    ----------
    name, developer
        The run's, and who trained it.
    known
        What was known beforehand.
    log_mfu
        The logarithm of the MFU that explains the chip-hours, goodput apart.
    chip
        The key of its chip in the hardware table.
    """

    name: str
    developer: str
    known: Known
    log_mfu: float
    chip: str = ""


@dataclass(frozen=True)
class Recipe:
    """The features and the beliefs, from configs/prior/regression.toml.

    Parameters
    ----------
    features
        The features' names, in the regression's order.
    intercept
        Mean and standard deviation of what is believed of the intercept.
    means, sds
        The same of the features' coefficients, by name.
    noise, weight
        The believed standard deviation of the noise, and how many runs that belief weighs.
    shared
        The share (0 to 1) of the noise's variance that one developer's runs have in common.
    """

    features: tuple[str, ...]
    intercept: tuple[float, float]
    means: Mapping[str, float]
    sds: Mapping[str, float]
    noise: float
    weight: float
    shared: float

    def belief(self) -> PriorBelief:
        """Collect the beliefs about the intercept and the features, in the regression's order."""
        means = (self.intercept[0], *(self.means[name] for name in self.features))
        sds = (self.intercept[1], *(self.sds[name] for name in self.features))
        return PriorBelief(means, sds, self.noise, self.weight, self.shared)


@dataclass(frozen=True)
class Fitted:
    """A regression.

    Parameters
    ----------
    names
        The features it uses.
    seen, posterior
        What the fitted runs are like, and what they say.
    chips
        The keys of the fitted runs' chips in the hardware table.
    """

    names: tuple[str, ...]
    seen: SeenRuns
    posterior: Posterior
    chips: tuple[str, ...] = ()

    def predict(self, known: Known) -> tuple[float, float]:
        """Predict median and scale of the logarithm of the MFU of a run, whoever trains it."""
        median, scale = self.posterior.predict(vector(known, self.names, self.seen))
        if not math.isnan(known.narrowness) or math.isnan(known.balance) or "scarcity" not in self.names:
            return median, scale
        slope = float(self.posterior.coefficients[1 + self.names.index("scarcity")])
        return median, math.hypot(scale, slope * known.balance * math.sqrt(self.seen.narrowness_spread))


def fit_runs(runs: Sequence[Observed], recipe: Recipe) -> Fitted:
    """Fit the regression on these runs."""
    seen = SeenRuns.of(run.known for run in runs)
    features = design([vector(run.known, recipe.features, seen) for run in runs], len(recipe.features))
    target = np.array([run.log_mfu for run in runs])
    posterior = fit(features, target, recipe.belief(), [run.developer for run in runs])
    return Fitted(recipe.features, seen, posterior, tuple(sorted({run.chip for run in runs if run.chip})))

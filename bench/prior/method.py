"""The method: one regression of the logarithm of the MFU on a few features, with beliefs from physics, on published runs.

Nothing is chosen: the features and what is believed of each stand in configs/prior/regression.toml. How well that does is
measured by leaving out runs, one at a time and a developer's at a time.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..stats.bayes_linear import Posterior, PriorBelief, design, fit
from .developers import DeveloperEffect
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
    best_step
        The MFU of its best strategy by the step-time model; 0 where none could be searched.
    """

    name: str
    developer: str
    known: Known
    log_mfu: float
    chip: str = ""
    best_step: float = 0.0


@dataclass(frozen=True)
class PracticeFit:
    """What runs reach of their best strategy's MFU, and how much that counts beside the regression.

    Parameters
    ----------
    weight
        The weight (0 to 1) of it in the logarithm of the expected MFU; the rest is the regression's.
    power
        Of the best strategy's MFU.
    share
        The MFU that runs reach where the best strategy's is 1.
    """

    weight: float
    power: float
    share: float = math.nan

    def mix(self, log_median: float, best_step: float) -> float:
        """Mix the regression's median with what the best strategy's MFU leads to expect; without one it stands alone."""
        if not best_step > 0:
            return log_median
        return log_median + self.weight * (math.log(self.share) + self.power * math.log(best_step) - log_median)


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
    practice
        How the best strategy's MFU counts; its share is fitted.
    """

    features: tuple[str, ...]
    intercept: tuple[float, float]
    means: Mapping[str, float]
    sds: Mapping[str, float]
    noise: float
    weight: float
    shared: float
    practice: PracticeFit

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
    practice
        What runs reach of their best strategy's MFU.
    chips
        The keys of the fitted runs' chips in the hardware table.
    developers
        What each developer of the fitted runs adds, by name.
    """

    names: tuple[str, ...]
    seen: SeenRuns
    posterior: Posterior
    practice: PracticeFit
    chips: tuple[str, ...] = ()
    developers: Mapping[str, DeveloperEffect] = field(default_factory=dict)

    def predict(self, known: Known, best_step: float = 0.0, developer: str = "") -> tuple[float, float]:
        """Predict median and scale of the logarithm of the MFU of a run.

        Parameters
        ----------
        known
            What is known of the run.
        best_step
            The MFU of its best strategy by the step-time model; 0 where none was searched.
        developer
            A developer of fitted runs, to take what they add; any other name is a developer not seen.
        """
        median, scale = self._regression(known)
        effect = self.developers.get(developer)
        if effect is None:
            return self.practice.mix(median, best_step), scale
        narrower = math.sqrt(scale**2 - effect.known * self.posterior.scale**2)
        return self.practice.mix(median, best_step) + effect.mean, narrower

    def _regression(self, known: Known) -> tuple[float, float]:
        median, scale = self.posterior.predict(vector(known, self.names, self.seen))
        if not math.isnan(known.narrowness) or math.isnan(known.balance) or "scarcity" not in self.names:
            return median, scale
        slope = float(self.posterior.coefficients[1 + self.names.index("scarcity")])
        return median, math.hypot(scale, slope * known.balance * math.sqrt(self.seen.narrowness_spread))


def fit_runs(runs: Sequence[Observed], recipe: Recipe) -> Fitted:
    """Fit the regression, what runs reach of their best strategy's MFU, and what each developer adds, on these runs."""
    seen = SeenRuns.of(run.known for run in runs)
    features = design([vector(run.known, recipe.features, seen) for run in runs], len(recipe.features))
    target = np.array([run.log_mfu for run in runs])
    posterior = fit(features, target, recipe.belief(), [run.developer for run in runs])
    practice = _practice(runs, recipe.practice)
    chips = tuple(sorted({run.chip for run in runs if run.chip}))
    alone = Fitted(recipe.features, seen, posterior, practice, chips)
    return replace(alone, developers=_developers(runs, alone, recipe.shared))


def _practice(runs: Sequence[Observed], practice: PracticeFit) -> PracticeFit:
    """Fit the share that runs reach to those whose best strategy is known; without any, a best strategy says nothing."""
    reached = [run.log_mfu - practice.power * math.log(run.best_step) for run in runs if run.best_step > 0]
    return replace(practice, share=math.exp(np.mean(reached))) if reached else PracticeFit(0.0, practice.power, 1.0)


def _developers(runs: Sequence[Observed], fit: Fitted, shared: float) -> dict[str, DeveloperEffect]:
    """Find what each developer adds: the mean of their runs' residuals, drawn towards 0 the more the fewer they are."""
    residuals: dict[str, list[float]] = {}
    for run in runs:
        residuals.setdefault(run.developer, []).append(run.log_mfu - fit.predict(run.known, run.best_step)[0])
    return {name: _effect(name, residuals[name], shared, fit.posterior.scale) for name in sorted(residuals) if name}


def _effect(name: str, residuals: Sequence[float], shared: float, scale: float) -> DeveloperEffect:
    drawn = shared * len(residuals) / (1 + shared * (len(residuals) - 1))
    return DeveloperEffect(
        name=name,
        mean=drawn * float(np.mean(residuals)),
        sd=scale * math.sqrt(shared * (1 - drawn)),
        known=shared * drawn,
        runs=len(residuals),
    )

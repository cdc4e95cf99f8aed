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
from .features import Floats, Known, SeenRuns, vector


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
    """How a run's MFU follows that of its best strategy by the step-time model, beside what features lead to expect of both.

    Parameters
    ----------
    weight
        The logarithm of the MFU for each unit of that of the best strategy's.
    intercept, slopes
        What features lead to expect of the logarithm of the best strategy's MFU: the intercept, and a slope for each feature.
    """

    weight: float
    intercept: float
    slopes: tuple[float, ...]

    def lead(self, features: Floats, best_step: float) -> float:
        """Return how far the logarithm of the best strategy's MFU is above what features lead to expect; 0 without any."""
        if not best_step > 0:
            return 0.0
        return math.log(best_step) - self.intercept - float(features @ np.array(self.slopes))


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
        Mean and standard deviation of what is believed of the best strategy's coefficient.
    best_steps
        What each unit of a feature adds to the log MFU of the best strategy, by name, for features that no fitted run has.
    """

    features: tuple[str, ...]
    intercept: tuple[float, float]
    means: Mapping[str, float]
    sds: Mapping[str, float]
    noise: float
    weight: float
    shared: float
    practice: tuple[float, float]
    best_steps: Mapping[str, float] = field(default_factory=dict)

    def belief(self) -> PriorBelief:
        """Collect the beliefs about the intercept and the features, in the regression's order."""
        means = (self.intercept[0], *(self.means[name] for name in self.features))
        sds = (self.intercept[1], *(self.sds[name] for name in self.features))
        return PriorBelief(means, sds, self.noise, self.weight, self.shared)

    def belief_with_best_step(self) -> PriorBelief:
        """Collect the beliefs where the best strategy's MFU is one more feature, the last."""
        plain = self.belief()
        return replace(plain, means=(*plain.means, self.practice[0]), sds=(*plain.sds, self.practice[1]))


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
        How a run's MFU follows its best strategy's.
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
        """Predict median and scale of the logarithm of the MFU of a run; no median is above the best strategy's.

        Parameters
        ----------
        known
            What is known of the run.
        best_step
            The MFU of its best strategy by the step-time model; 0 where none was searched.
        developer
            A developer of fitted runs, to take what they add; any other name is a developer not seen.
        """
        features = vector(known, self.names, self.seen)
        median, scale = self.posterior.predict(features)
        if math.isnan(known.narrowness) and not math.isnan(known.balance) and "scarcity" in self.names:
            slope = float(self.posterior.coefficients[1 + self.names.index("scarcity")])
            scale = math.hypot(scale, slope * known.balance * math.sqrt(self.seen.narrowness_spread))
        median += self.practice.weight * self.practice.lead(self.posterior.filled(features), best_step)
        effect = self.developers.get(developer)
        if effect is not None:
            median, scale = median + effect.mean, math.sqrt(scale**2 - effect.known * self.posterior.scale**2)
        return min(median, math.log(best_step)) if best_step > 0 else median, scale


def fit_runs(runs: Sequence[Observed], recipe: Recipe) -> Fitted:
    """Fit the regression, how runs follow their best strategy's MFU, and what each developer adds, on these runs."""
    seen = SeenRuns.of(run.known for run in runs)
    features = design([vector(run.known, recipe.features, seen) for run in runs], len(recipe.features))
    target, groups = np.array([run.log_mfu for run in runs]), [run.developer for run in runs]
    posterior = fit(features, target, recipe.belief(), groups)
    best = np.array([math.log(run.best_step) if run.best_step > 0 else math.nan for run in runs])
    practice = _no_practice(posterior)
    if not np.isnan(best).all():
        with_best = fit(np.column_stack([features, best]), target, recipe.belief_with_best_step(), groups)
        believed = np.array([recipe.best_steps.get(name, 0.0) for name in recipe.features])
        practice = _practice(posterior, with_best, np.where(features.any(axis=0), 0.0, believed))
    chips = tuple(sorted({run.chip for run in runs if run.chip}))
    alone = Fitted(recipe.features, seen, posterior, practice, chips)
    return replace(alone, developers=_developers(runs, alone, recipe.shared))


def _practice(alone: Posterior, with_best: Posterior, believed: Floats) -> PracticeFit:
    """Take what the best strategy's MFU adds to the regression alone from one in which it is the last feature.

    Both predict the same where that MFU is what features lead to expect of it, which follows from their difference; of features
    that no run has, which leave none, it is what is believed.
    """
    weight = float(with_best.coefficients[-1])
    if weight <= 0:  # it tells nothing
        return _no_practice(alone)
    intercept, *slopes = ((alone.coefficients - with_best.coefficients[:-1]) / weight).tolist()
    return PracticeFit(weight, intercept, tuple((np.array(slopes) + believed).tolist()))


def _no_practice(alone: Posterior) -> PracticeFit:
    return PracticeFit(0.0, 0.0, (0.0,) * (len(alone.coefficients) - 1))


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

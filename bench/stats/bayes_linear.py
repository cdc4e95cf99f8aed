"""Bayesian linear regression with a conjugate prior, small and in closed form.

The logarithm of the MFU is an intercept plus coefficients times features plus noise of unknown size. The coefficients have
independent normal priors (which is ridge regression with the strength stated, not searched), the noise variance an
inverse gamma prior, and so the prediction for a further run is Student's t: its interval holds both the noise and the
uncertainty of the coefficients. Runs of one group share a stated part of the noise, so that nine runs of one developer do
not count as nine; a further run is predicted as one of a group not seen. Gelman et al., Bayesian Data Analysis, 3rd edition,
sections 14.7 and 14.8; Bishop, Pattern Recognition and Machine Learning, exercise 3.12.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PriorBelief:
    """What is believed of the coefficients before any run is seen.

    Attributes
    ----------
    means, sds
        Mean and standard deviation of the intercept and then of each feature's coefficient (natural logarithm of MFU).
    noise
        The expected residual standard deviation (natural logarithm of MFU).
    weight
        How many runs that expectation is worth.
    shared
        The part of the noise's variance that runs of one group have in common, from 0 to below 1.
    """

    means: tuple[float, ...]
    sds: tuple[float, ...]
    noise: float
    weight: float
    shared: float = 0.0


@dataclass(frozen=True)
class Posterior:
    """What the fitted runs say of the coefficients and the noise, p features given.

    Attributes
    ----------
    coefficients
        The intercept, then one of each feature: an array (1 + p).
    covariance
        Theirs, in units of the noise variance: (1 + p, 1 + p).
    scale
        The noise: scale of Student's t (natural logarithm of MFU).
    freedom
        Its degrees of freedom.
    centre, spread
        Mean and variance of each feature over the fitted runs (p): what stands in for a feature that is not known.
    """

    coefficients: Floats
    covariance: Floats
    scale: float
    freedom: float
    centre: Floats
    spread: Floats

    def predict(self, features: Floats) -> tuple[float, float]:
        """Predict the logarithm of a further run's MFU: Student's t with ``freedom`` degrees.

        Parameters
        ----------
        features
            The run's, an array (p); a NaN one is marginalised.

        Returns
        -------
        tuple
            Median and scale of the natural logarithm.
        """
        known = ~np.isnan(features)
        x = np.r_[1.0, self.filled(features)]
        slopes = self.coefficients[1:]
        unknown = float(np.sum(np.where(known, 0.0, slopes**2 * self.spread)))
        variance = self.scale**2 * (1.0 + float(x @ self.covariance @ x)) + unknown
        return float(x @ self.coefficients), float(np.sqrt(variance))

    def filled(self, features: Floats) -> Floats:
        """Return features (p) with the mean over the fitted runs in place of each that is not known (NaN)."""
        return np.where(np.isnan(features), self.centre, features)


def fit(features: Floats, target: Floats, belief: PriorBelief, groups: Sequence[str] | None = None) -> Posterior:
    """Fit the regression to runs.

    Parameters
    ----------
    features
        An array (n runs, p features); a NaN one takes its column's mean.
    target
        Each run's natural logarithm of MFU (n).
    belief
        The prior.
    groups
        Each run's group (n); without it every run is a group of its own.
    """
    centre = np.array([_mean(column) for column in features.T])
    spread = np.array([_variance(column) for column in features.T])
    filled = np.where(np.isnan(features), centre, features) if features.size else features
    x = np.column_stack([np.ones(len(target)), filled])
    mean = np.array(belief.means)
    precision = np.diag((belief.noise / np.array(belief.sds)) ** 2)
    weights = np.linalg.inv(_correlation(len(target), groups, belief.shared))
    posterior_precision = precision + x.T @ weights @ x
    covariance = np.linalg.inv(posterior_precision)
    coefficients = covariance @ (precision @ mean + x.T @ weights @ target)
    misfit = target @ weights @ target + mean @ precision @ mean - coefficients @ posterior_precision @ coefficients
    freedom = belief.weight + len(target)
    scale = float(np.sqrt((belief.weight * belief.noise**2 + misfit) / freedom))
    return Posterior(coefficients, covariance, scale, float(freedom), centre, spread)


def _correlation(runs: int, groups: Sequence[str] | None, shared: float) -> Floats:
    """Correlate the noise of the runs: 1 with itself, ``shared`` within a group, 0 across groups."""
    if groups is None:
        return np.eye(runs)
    together = np.array([[a == b for b in groups] for a in groups], dtype=np.float64).reshape(runs, runs)
    return shared * together + (1 - shared) * np.eye(runs)


def design(rows: Sequence[Floats], width: int) -> Floats:
    """Stack feature vectors of ``width`` each as the rows of one array, also where there are no features or no rows."""
    return np.array(rows, dtype=np.float64).reshape(len(rows), width)


def _mean(column: Floats) -> float:
    known = column[~np.isnan(column)]
    return float(known.mean()) if len(known) else 0.0


def _variance(column: Floats) -> float:
    known = column[~np.isnan(column)]
    return float(known.var()) if len(known) else 0.0

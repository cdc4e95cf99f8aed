r"""Change points of a history: a piecewise constant fit with a penalty, under noise that is autocorrelated.

The model is that of asv (``asv/step_detect.py`` of airspeed velocity, its ``solve_potts_autogamma``): levels that are constant
but for steps, and Laplacian noise, of unknown size, of which each value carries over a share :math:`\rho` of the one before.
For each number of levels :math:`k` the best cut is found exactly, by dynamic programming (Friedrich et al. 2008), in weighted
least absolute deviations, and of all :math:`k` the one is taken that minimises Schwarz's criterion (Yao 1988)

.. math:: n \ln \Bigl(s_0 + \min_\rho \sum_i w_i |e_i - \rho e_{i-1}|\Bigr) + k (\alpha + \beta \ln n)

with the deviations :math:`e` from the levels. Noise that wanders is explained by :math:`\rho` and makes no steps.

What is not asv's: the cuts are exact and not sought along one path of penalties; the noise has a floor :math:`s_0` that a
stated prior gives, as if ``PRIOR_RECORDS`` more records deviated by ``PRIOR_NOISE``, so that a few equal values make no step;
:math:`\rho` is not negative, since the noise of machines does not alternate; and :math:`\alpha` and :math:`\beta` were set by
simulation (the tests hold the rates of false alarms and of steps that are found, in white and in autocorrelated noise).

References
----------
F. Friedrich, A. Kempe, V. Liebscher, G. Winkler: Complexity Penalized M-Estimation: Fast Computation, Journal of Computational
and Graphical Statistics 17 (2008), 201-224. Y.-C. Yao: Estimating the number of change-points via Schwarz' criterion,
Statistics & Probability Letters 6 (1988), 181-189. P. Virtanen and others: airspeed velocity, ``asv/step_detect.py``.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MIN_RECORDS = 6  # below this no change points are sought: the penalty would have to be so large that none was found
MIN_LENGTH = 2  # records of a level: one that stands alone may be an outlier
MAX_LEVELS = 10
MAX_RECORDS = 500  # of the newest: the fit takes n³ steps for n records
MIN_CHANGE = 0.02  # a step below this share is not told, as comparisons call it the same
PENALTY = 1.5, 2.0  # alpha and beta: what each level costs
PRIOR_NOISE = 0.02  # of the logarithm, between records
PRIOR_RECORDS = 2
SHARES = np.arange(0.0, 0.96, 0.05)  # the rho that are tried


@dataclass(frozen=True)
class ChangePoint:
    """A change point.

    Attributes
    ----------
    position
        The first record of the new level, counted from 0.
    ratio
        The new level over the old one: above 1 is slower.
    """

    position: int
    ratio: float


@dataclass(frozen=True)
class Fit:
    """A history as constant levels.

    Attributes
    ----------
    bounds
        Where each level begins, and at last the number of records.
    levels
        The logarithm of each level.
    """

    bounds: tuple[int, ...]
    levels: tuple[float, ...]

    @property
    def steps(self) -> tuple[ChangePoint, ...]:
        """The steps of at least ``MIN_CHANGE``, oldest first."""
        ratios = (math.exp(after - before) for before, after in zip(self.levels, self.levels[1:], strict=False))
        steps = (ChangePoint(position, ratio) for position, ratio in zip(self.bounds[1:-1], ratios, strict=True))
        return tuple(step for step in steps if abs(math.log(step.ratio)) >= math.log1p(MIN_CHANGE))


def fit_levels(levels: Sequence[float], errors: Sequence[float | None] = ()) -> Fit:
    """Fit a history by constant levels.

    Parameters
    ----------
    levels
        A benchmark's level in each record, in the order of time (s, above 0); at least one.
    errors
        The standard error of each one's logarithm, as far as it is known: less is believed of what is less sure. All are
        alike where there are none.

    Returns
    -------
    Fit
        One level where there are fewer than ``MIN_RECORDS`` records.
    """
    logs = np.log(np.asarray(levels, np.float64))
    weights = _weights(logs, errors)
    skipped = max(len(logs) - MAX_RECORDS, 0)
    tail, tail_weights = logs[skipped:], weights[skipped:]
    bounds = _choose(tail, tail_weights) if len(tail) >= MIN_RECORDS else (0, len(tail))
    bounds = (0, *(bound + skipped for bound in bounds[1:]))
    medians = (_median(logs[a:b], weights[a:b]) for a, b in itertools.pairwise(bounds))
    return Fit(bounds, tuple(medians))


def _weights(logs: Floats, errors: Sequence[float | None]) -> Floats:
    """Weigh each record by the inverse of its noise: what neighbours differ by, and its own error."""
    known = [error for error in errors if error is not None]
    if not known:
        return np.ones(len(logs))
    own = np.array([math.nan if error is None else error for error in errors])
    own[np.isnan(own)] = np.median(known)
    moves = np.abs(np.diff(logs))
    between = max(float(np.median(moves)) / (0.6745 * math.sqrt(2)) if len(moves) else 0.0, PRIOR_NOISE)
    weights = 1 / np.hypot(between, own)
    return np.asarray(weights / np.median(weights))


def _median(values: Floats, weights: Floats) -> float:
    """Return the weighted median: the mean of both middle values where half of the weight lies at either side."""
    order = np.argsort(values, kind="stable")
    shares = np.cumsum(weights[order]) / weights.sum()
    middle = int(np.searchsorted(shares, 0.5 - 1e-12))
    upper = middle + 1 if middle + 1 < len(order) and abs(shares[middle] - 0.5) < 1e-9 else middle
    return float(values[order[middle]] + values[order[upper]]) / 2


def _choose(logs: Floats, weights: Floats) -> tuple[int, ...]:
    """Choose among the best cuts into 1, 2, ... levels by Schwarz's criterion."""
    penalty = PENALTY[0] + PENALTY[1] * math.log(len(logs))
    cuts = _best_cuts(logs, weights)
    return min(cuts, key=lambda bounds: _likelihood(logs, weights, bounds) + penalty * len(bounds))


def _best_cuts(logs: Floats, weights: Floats) -> list[tuple[int, ...]]:
    """Find the best cut into each number of levels, by dynamic programming over the ends of the last level."""
    count = len(logs)
    costs = _costs(logs, weights)
    totals, origins = costs[0], list[NDArray[np.intp]]()
    cuts: list[tuple[int, ...]] = [(0, count)]
    for _ in range(1, min(MAX_LEVELS, count // MIN_LENGTH)):
        candidates = totals[:, None] + costs
        origins.append(candidates.argmin(axis=0))
        totals = candidates.min(axis=0)
        ends = [count]
        for origin in reversed(origins):
            ends.append(int(origin[ends[-1]]))
        cuts.append((0, *reversed(ends)))
    return cuts


def _costs(logs: Floats, weights: Floats) -> Floats:
    """Compute ``[i, j]``: the least sum of weighted absolute deviations of the records i to j - 1 from one level.

    Such a level is one of the records' own: of a great many, every other or so is tried.
    """
    count = len(logs)
    tried = np.unique(np.sort(logs)[:: -(-count // 200)])
    sums = np.zeros((len(tried), count + 1))
    np.cumsum(weights * np.abs(logs - tried[:, None]), axis=1, out=sums[:, 1:])
    costs = np.full((count + 1, count + 1), np.inf)
    for start in range(count - MIN_LENGTH + 1):
        first = start + MIN_LENGTH
        costs[start, first:] = (sums[:, first:] - sums[:, start : start + 1]).min(axis=0)
    return costs


def _likelihood(logs: Floats, weights: Floats, bounds: tuple[int, ...]) -> float:
    """Compute minus the logarithm of the likelihood of a cut, without what all cuts have, at the likeliest carry-over."""
    parts = itertools.pairwise(bounds)
    deviations = np.concatenate([logs[a:b] - _median(logs[a:b], weights[a:b]) for a, b in parts])
    before = np.concatenate([[0.0], deviations[:-1]])
    sums = np.abs(deviations - SHARES[:, None] * before) @ weights
    return len(logs) * math.log(PRIOR_RECORDS * PRIOR_NOISE + float(sums.min()))

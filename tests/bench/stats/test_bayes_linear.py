"""Bayesian linear regression: its limits are least squares and the prior, groups weigh less, and intervals cover."""

import numpy as np
import pytest
from scipy import stats

from flopwatt.bench.stats.bayes_linear import PriorBelief, design, fit

RANDOM = np.random.default_rng(5)
X = RANDOM.normal(0, 1, (60, 2))
Y = 0.5 + X @ np.array([0.3, -0.2]) + RANDOM.normal(0, 0.05, 60)
VAGUE = PriorBelief((0.0, 0.0, 0.0), (100.0, 100.0, 100.0), noise=0.05, weight=1.0)


def test_with_a_vague_prior_it_is_least_squares() -> None:
    squares = np.linalg.lstsq(np.column_stack([np.ones(60), X]), Y, rcond=None)[0]
    found = fit(X, Y, VAGUE)
    np.testing.assert_allclose(found.coefficients, squares, rtol=1e-6)
    assert found.scale == pytest.approx(0.05, rel=0.3)
    assert found.freedom == 61


def test_without_runs_it_is_the_prior() -> None:
    belief = PriorBelief((-0.9, 0.1), (0.2, 0.05), noise=0.3, weight=4.0)
    found = fit(design([], 1), np.empty(0), belief)
    np.testing.assert_allclose(found.coefficients, [-0.9, 0.1])
    median, scale = found.predict(np.array([2.0]))
    assert median == pytest.approx(-0.9 + 0.2)
    assert scale == pytest.approx(np.sqrt(0.3**2 + 0.2**2 + (2 * 0.05) ** 2))
    assert (found.freedom, found.scale) == (4.0, pytest.approx(0.3))


def test_runs_of_one_group_do_not_count_as_so_many() -> None:
    belief = PriorBelief((0.0,), (1.0,), noise=0.1, weight=5.0, shared=0.8)
    target = np.full(9, 1.0)
    apart, together = (
        fit(design([np.empty(0)] * 9, 0), target, belief),
        fit(design([np.empty(0)] * 9, 0), target, belief, ["one"] * 9),
    )
    alone = fit(design([np.empty(0)], 0), target[:1], belief)
    spread = [found.predict(np.empty(0))[1] for found in (apart, together, alone)]
    assert spread[0] < spread[1] < spread[2]


def test_an_unknown_feature_is_its_mean_and_widens() -> None:
    found = fit(X, Y, VAGUE)
    (known, narrow), (median, wide) = found.predict(X.mean(axis=0)), found.predict(np.array([np.nan, X[:, 1].mean()]))
    assert median == pytest.approx(known)
    assert wide**2 - narrow**2 == pytest.approx((found.coefficients[1] ** 2) * X[:, 0].var())
    gap = X.copy()
    gap[3, 0] = np.nan
    np.testing.assert_allclose(fit(gap, Y, VAGUE).coefficients, found.coefficients, atol=0.02)


def test_its_intervals_cover_what_they_say() -> None:
    """80% intervals of 400 further runs, each predicted from 12 runs of its own."""
    random, hits = np.random.default_rng(7), 0
    belief = PriorBelief((0.0, 0.0), (1.0, 1.0), noise=0.2, weight=4.0)
    for _ in range(400):
        a, b, noise = random.normal(0, 1), random.normal(0, 1), 0.2 * np.sqrt(4.0 / random.chisquare(4))
        x = random.normal(0, 1, (13, 1))
        y = a + b * x[:, 0] + random.normal(0, noise, 13)
        found = fit(x[:12], y[:12], belief)
        median, scale = found.predict(x[12])
        hits += abs(y[12] - median) <= scale * stats.t.ppf(0.9, found.freedom)
    assert 0.75 < hits / 400 < 0.85

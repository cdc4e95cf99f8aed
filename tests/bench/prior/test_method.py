"""The regression of the MFU: the closed form, its intervals, features that are not known."""

import math

import numpy as np
import pytest
from scipy import stats

from flopwatt.bench.prior.features import Known, Ranges, vector
from flopwatt.bench.prior.method import Observed, fit_runs
from flopwatt.bench.prior.store import recipe
from flopwatt.bench.stats.bayes_linear import PriorBelief, design, fit

BELIEF = PriorBelief(means=(-1.0, 0.2, -0.3), sds=(0.5, 0.4, 0.6), noise=0.25, weight=8)


@pytest.mark.slow
def test_it_is_the_posterior_that_integration_finds() -> None:
    """One coefficient, one feature: Bayes' rule on a fine grid of intercept, slope and noise."""
    belief = PriorBelief(means=(0.0, 0.5), sds=(0.5, 0.4), noise=0.3, weight=6)
    x, y = np.array([-1.0, 0.0, 0.5, 2.0]), np.array([-0.7, 0.3, 0.2, 1.4])
    posterior = fit(x[:, None], y, belief)
    a, b, s = np.meshgrid(np.linspace(-2, 2, 121), np.linspace(-1.5, 2.5, 121), np.linspace(0.08, 1.2, 90), indexing="ij")
    # the coefficients' prior is in units of the noise: sd / noise x s
    log = stats.norm.logpdf(a, 0.0, 0.5 / 0.3 * s) + stats.norm.logpdf(b, 0.5, 0.4 / 0.3 * s)
    log += stats.invgamma.logpdf(s**2, 3.0, scale=3.0 * 0.3**2) + np.log(2 * s)
    log += sum(stats.norm.logpdf(yi, a + b * xi, s) for xi, yi in zip(x, y, strict=True))
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    assert posterior.coefficients == pytest.approx([(weight * a).sum(), (weight * b).sum()], abs=0.01)
    spread = math.sqrt((weight * (a + 1.5 * b - (weight * (a + 1.5 * b)).sum()) ** 2 + weight * s**2).sum())
    median, scale = posterior.predict(np.array([1.5]))
    assert median == pytest.approx((weight * (a + 1.5 * b)).sum(), abs=0.01)
    assert scale * math.sqrt(posterior.freedom / (posterior.freedom - 2)) == pytest.approx(spread, rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("runs", [5, 22])
def test_its_intervals_hold_as_often_as_they_say(runs: int) -> None:
    """Worlds drawn from the belief: P10 to P90 of a further run contains it four times in five."""
    random, inside, worlds = np.random.default_rng(3), 0, 2000
    for _ in range(worlds):
        noise = math.sqrt(stats.invgamma.rvs(BELIEF.weight / 2, scale=BELIEF.weight / 2 * BELIEF.noise**2, random_state=random))
        truth = np.array(BELIEF.means) + np.array(BELIEF.sds) * noise / BELIEF.noise * random.standard_normal(3)
        x = random.standard_normal((runs + 1, 2))
        y = truth[0] + x @ truth[1:] + noise * random.standard_normal(runs + 1)
        posterior = fit(x[:-1], y[:-1], BELIEF)
        median, scale = posterior.predict(x[-1])
        inside += abs(y[-1] - median) <= scale * stats.t.ppf(0.9, posterior.freedom)
    assert inside / worlds == pytest.approx(0.8, abs=0.03)


def test_a_feature_that_is_not_known_is_marginalised() -> None:
    random = np.random.default_rng(1)
    x = random.standard_normal((40, 2)) + np.array([3.0, 0.0])
    y = -1 + x @ [0.5, -0.3] + 0.1 * random.standard_normal(40)
    posterior = fit(x, y, BELIEF)
    at_mean, narrow = posterior.predict(np.array([x[:, 0].mean(), 0.4]))
    median, wide = posterior.predict(np.array([math.nan, 0.4]))
    assert median == pytest.approx(at_mean)
    assert wide**2 == pytest.approx(narrow**2 + (posterior.coefficients[1] * x[:, 0].std()) ** 2)


def test_no_features_and_no_runs() -> None:
    alone = fit(design([], 0), np.array([]), PriorBelief((-1.2,), (0.5,), 0.25, 10))
    median, scale = alone.predict(np.array([]))
    assert (median, scale) == (pytest.approx(-1.2), pytest.approx(math.hypot(0.25, 0.5)))


H100 = Known(8e9, 8e9, 989.4e12, 3.35e12, 2024)


def test_features_say_what_they_mean() -> None:
    ranges = Ranges.of([H100, Known(4e11, 4e11, 125e12, 0.9e12, 2020)])
    names = ("balance", "size", "moe", "before_2023", "size_where_scarce")
    balance = math.log(989.4 / 3.35 / 200)
    assert vector(H100, names, ranges) == pytest.approx([balance, math.log(0.8), 0, 0, balance * math.log(0.8)])
    old = Known(4e11, 6e11, 125e12, 0.9e12, 2020)
    assert vector(old, names, ranges)[2:] == pytest.approx([1, 1, 0])  # no scarcity below the reference balance
    far = Known(1e14, 1e14, 1e17, 1e12, 2030)
    assert vector(far, ("balance", "size"), ranges) == pytest.approx([balance, math.log(40)])  # held to the fitted runs
    unknown = Known(8e9)
    assert np.isnan(vector(unknown, names, ranges)[[0, 2, 3, 4]]).all()


def test_it_finds_what_made_the_runs() -> None:
    """Runs whose MFU falls with the chip's balance alone: its slope is found, and no other."""
    random = np.random.default_rng(5)
    runs = []
    for number in range(400):
        known = Known(10 ** random.uniform(9, 11), math.nan, 10 ** random.uniform(14, 15.2), 2e12, 2024)
        mfu = -1.0 - 0.6 * math.log(known.peak_flops / known.memory_bandwidth / 200) + 0.02 * random.standard_normal()
        runs.append(Observed(str(number), str(number), known, mfu))
    regression = fit_runs(runs, recipe())
    slopes = dict(zip(regression.names, regression.posterior.coefficients[1:], strict=True))
    assert regression.posterior.coefficients[0] == pytest.approx(-1.0, abs=0.02)
    assert slopes["balance"] == pytest.approx(-0.6, abs=0.02)
    assert slopes["size_where_scarce"] == pytest.approx(0.0, abs=0.02)


def test_runs_of_one_developer_count_for_less() -> None:
    """Ten equal runs of one developer move the fit less than ten of ten, and leave it less sure."""
    belief = PriorBelief((-1.2,), (0.5,), 0.3, 20, shared=0.5)
    y = np.full(10, -0.7)
    several_developers = fit(design([np.array([])] * 10, 0), y, belief, [str(number) for number in range(10)])
    one_developer = fit(design([np.array([])] * 10, 0), y, belief, ["same"] * 10)
    alone = fit(design([np.array([])] * 10, 0), y, belief)
    assert alone.coefficients == pytest.approx(several_developers.coefficients)
    assert -1.2 < one_developer.coefficients[0] < several_developers.coefficients[0] < -0.7
    assert one_developer.covariance[0, 0] > several_developers.covariance[0, 0]


def test_groups_are_generalised_least_squares() -> None:
    """With a belief so wide that it says nothing, the coefficients are those of generalised least squares."""
    random = np.random.default_rng(2)
    x, y, groups = random.standard_normal((8, 1)), random.standard_normal(8), list("aaaabbcd")
    posterior = fit(x, y, PriorBelief((0.0, 0.0), (1e4, 1e4), 0.3, 20, shared=0.4), groups)
    same = np.array([[a == b for b in groups] for a in groups])
    inverse = np.linalg.inv(np.where(same, 0.4, 0.0) + 0.6 * np.eye(8))
    full = np.column_stack([np.ones(8), x])
    assert posterior.coefficients == pytest.approx(np.linalg.solve(full.T @ inverse @ full, full.T @ inverse @ y), rel=1e-5)

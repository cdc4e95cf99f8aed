"""The regression of the MFU: the closed form, its intervals, features that are not known."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from flopwatt import configs
from flopwatt.bench.prior.features import WORDS, Known, SeenRuns, vector
from flopwatt.bench.prior.method import Observed, fit_runs
from flopwatt.bench.prior.store import recipe
from flopwatt.bench.stats.bayes_linear import PriorBelief, design, fit
from flopwatt.kernels.quantities import run_features

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
WIDENS = configs.defaults()["width_exponent"].value
NAMES = ("scarcity", "size", "fp8", "fp4", "moe", "before_2023", "since_2026", "beyond_runs")


def features(known: Known, seen: SeenRuns) -> NDArray[np.float64]:
    return vector(known, NAMES, seen)


def test_features_say_what_they_mean() -> None:
    seen = SeenRuns.of([H100, Known(8e10, 8e10, 125e12, 0.9e12, 2020)])
    assert seen.greatest_peak == 989.4e12
    assert seen.narrowness == pytest.approx((0.8**-WIDENS + 8**-WIDENS) / 2)
    assert math.sqrt(seen.narrowness_spread) == pytest.approx((0.8**-WIDENS - 8**-WIDENS) / 2)
    balance = math.log(989.4 / 3.35 / 200)
    assert features(H100, seen) == pytest.approx([balance * 0.8**-WIDENS, 0, 0, 0, 0, 0, 0, 0])
    old = Known(8e10, 6e11, 125e12, 0.9e12, 2020)
    assert features(old, seen) == pytest.approx([math.log(125 / 0.9 / 200) * 8**-WIDENS, math.log(8 / 3), 0, 0, 1, 1, 0, 0])
    small = Known(1e6, 1e6, 989.4e12, 3.35e12, 2024)
    assert features(small, seen)[0] == pytest.approx(balance * 2**WIDENS)  # no narrower than at 5e9 parameters


def test_every_feature_has_words() -> None:
    assert tuple(WORDS) == NAMES == recipe().features == run_features.FEATURES


def test_formats_are_known_by_their_peaks() -> None:
    seen = SeenRuns.of([H100])
    fp8 = Known(1e10, 1e10, 5e15, 8e12, 2026, peak_bf16=2.5e15, precision_bits=8)
    assert features(fp8, seen) == pytest.approx([math.log(2.5e3 / 8 / 200), 0, math.log(2), 0, 0, 0, 1, 1])
    fp4 = replace(fp8, peak_flops=15e15, precision_bits=4)
    assert features(fp4, seen) == pytest.approx([math.log(2.5e3 / 8 / 200), 0, 0, math.log(6), 0, 0, 1, 1])
    assert features(replace(fp8, peak_bf16=math.nan), seen) == pytest.approx(features(fp8, seen))  # half as many bits
    assert features(replace(fp4, peak_flops=math.nan, peak_bf16=math.nan), seen)[3] == pytest.approx(math.log(4))


def test_a_chip_is_beyond_the_runs_by_its_peak_alone() -> None:
    seen = SeenRuns.of([H100])
    peaks = (100e12, 989.4e12, 2**0.5 * 989.4e12, 4e15, math.nan)
    beyond = [float(vector(Known(1e10, 1e10, peak), ("beyond_runs",), seen)[0]) for peak in peaks]
    assert beyond[:4] == pytest.approx([0, 0, 0.5, 1])
    assert math.isnan(beyond[4])


def test_what_is_not_known_is_nan() -> None:
    unknown = features(Known(8e9), SeenRuns.of([H100]))
    assert np.isnan(unknown).tolist() == [True, False, False, False, True, True, True, True]


def test_a_model_of_unknown_size_is_as_narrow_as_the_fitted_ones_and_less_certain() -> None:
    """The chip still counts; the variance of the narrowness is added, and that of the size with the mean in its place."""
    fitted = fit_runs(
        [Observed("a", "a", H100, -1.5), Observed("b", "b", Known(4e11, 4e11, 312e12, 2e12, 2023), -0.8)], recipe()
    )
    unknown = Known(math.nan, math.nan, 989.4e12, 3.35e12, 2024)
    post, size = fitted.posterior, fitted.names.index("size")
    features_of = vector(unknown, fitted.names, fitted.seen)
    assert features_of[0] == pytest.approx(unknown.balance * fitted.seen.narrowness)
    assert math.isnan(features_of[size])
    features_of[size] = post.centre[size]
    median, scale = post.predict(features_of)
    unknown_median, unknown_scale = fitted.predict(unknown)
    of_narrowness = (post.coefficients[1] * unknown.balance) ** 2 * fitted.seen.narrowness_spread
    of_size = post.coefficients[1 + size] ** 2 * post.spread[size]
    assert unknown_median == pytest.approx(median)
    assert unknown_scale**2 == pytest.approx(scale**2 + of_narrowness + of_size)


def test_it_finds_what_made_the_runs() -> None:
    """Runs whose MFU falls with how scarce bytes are, and in FP8: these slopes are found."""
    random = np.random.default_rng(5)
    runs = []
    for number in range(400):
        size, peak, bits = 10 ** random.uniform(9.7, 11), 10 ** random.uniform(14, 15.2), random.choice([8, 16])
        known = Known(size, math.nan, peak * 16 / bits, 2e12, 2024, peak, bits)
        mfu = -1.0 - 0.6 * known.balance * known.narrowness - 0.5 * math.log(16 / bits)
        runs.append(Observed(str(number), str(number), known, mfu + 0.02 * random.standard_normal()))
    regression = fit_runs(runs, recipe())
    slopes = dict(zip(regression.names, regression.posterior.coefficients[1:], strict=True))
    assert regression.posterior.coefficients[0] == pytest.approx(-1.0, abs=0.02)
    assert slopes["scarcity"] == pytest.approx(-0.6, abs=0.02)
    assert slopes["fp8"] == pytest.approx(-0.5, abs=0.03)


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


def test_a_run_follows_its_best_strategy_beyond_what_features_say_of_it() -> None:
    """Runs whose MFU goes with the root of their best strategy's, which goes with the chip's balance as it likes."""
    random, runs = np.random.default_rng(4), []
    for number in range(300):
        known = Known(1e10, 1e10, 10 ** random.uniform(14, 15.2), 2e12, 2024)
        best = -0.6 - 0.4 * known.balance + 0.2 * random.standard_normal()
        mfu = -0.8 - 0.6 * known.balance + 0.5 * best + 0.02 * random.standard_normal()
        runs.append(Observed(str(number), str(number), known, mfu, best_step=math.exp(best)))
    fitted = fit_runs(runs, replace(recipe(), practice=(0.3, 2.0)))
    expected = dict(zip(fitted.names, fitted.practice.slopes, strict=True))
    assert fitted.practice.weight == pytest.approx(0.5, abs=0.03)
    assert fitted.practice.intercept == pytest.approx(-0.6, abs=0.05)
    assert expected["scarcity"] == pytest.approx(-0.4, abs=0.06)
    known = Known(1e10, 1e10, 4e14, 2e12, 2024)
    alone, _ = fitted.predict(known)
    usual = math.exp(-0.6 - 0.4 * known.balance)
    assert fitted.predict(known, usual)[0] == pytest.approx(alone, abs=0.02)
    assert fitted.predict(known, 2 * usual)[0] - alone == pytest.approx(0.5 * math.log(2), abs=0.04)


def test_what_best_strategies_lose_by_a_feature_that_no_run_has_is_believed() -> None:
    """An FP4 run whose best strategy has lost as much as is believed is predicted as by the regression alone."""
    random, runs = np.random.default_rng(4), []
    for number in range(30):
        best = -0.6 + 0.2 * random.standard_normal()
        runs.append(Observed(str(number), str(number), H100, -1.0 + 0.5 * best, best_step=math.exp(best)))
    fitted = fit_runs(runs, replace(recipe(), practice=(0.3, 2.0), best_steps={"fp4": -0.5, "fp8": -0.3, "moe": 0.0}))
    expected = dict(zip(fitted.names, fitted.practice.slopes, strict=True))
    assert (expected["fp4"], expected["fp8"], expected["moe"]) == pytest.approx((-0.5, -0.3, 0.0))
    four_bits = replace(H100, peak_flops=4 * H100.peak_flops, precision_bits=4.0, peak_bf16=H100.peak_flops)
    lost = math.exp(-0.5 * math.log(4))
    of_bf16 = fitted.predict(H100, 0.5)[0] - fitted.predict(H100)[0]
    assert fitted.predict(four_bits, 0.5 * lost)[0] - fitted.predict(four_bits)[0] == pytest.approx(of_bf16)


def test_without_a_best_strategy_or_where_it_tells_nothing_the_regression_stands_alone() -> None:
    runs = [Observed(str(i), str(i), replace(H100, active_parameters=10.0**i), -1.0 - i / 50) for i in (9, 10, 11)]
    fitted = fit_runs(runs, recipe())
    assert fitted.practice.weight == 0
    assert fitted.predict(H100, 0.5) == fitted.predict(H100)

"""The statistics do what they say: coverage and false positives, measured by simulation."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtr, stdtrit

from flopwatt.bench.stats.inference import (
    _blocks_test,
    bootstrap_interval,
    compare_passes,
    compare_samples,
    false_discovery,
    median_interval,
    min_p_value,
)
from flopwatt.bench.timing.sampler import Policy, Sampler, Timed

# The noise of benchmarks: symmetric, skewed as times are, with a hard floor, and with outliers. Each has its true median.
NOISES = {
    "normal": (lambda random, shape: random.normal(1, 0.01, shape), 1.0),
    "lognormal": (lambda random, shape: np.exp(random.normal(0, 0.2, shape)), 1.0),
    "exponential": (lambda random, shape: 1 + 0.05 * random.exponential(1, shape), 1 + 0.05 * math.log(2)),
    "outliers": (lambda random, shape: 1 + random.normal(0, 0.01, shape) * (1 + 20 * (random.random(shape) < 0.05)), 1.0),
}
RUNS = 3000
WITHIN = 0.02 + 0.004  # two points, and the simulation's own standard error at 3,000 runs


# --- the interval of a median -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("count", [6, 7, 9, 12, 20, 51, 200])
def test_the_medians_interval_covers_as_often_as_it_says(noise, count):
    draw, true = NOISES[noise]
    samples = draw(np.random.default_rng(count), (RUNS, count))
    found = [median_interval(row) for row in samples]
    inside = np.mean([low <= true <= high for low, high in found])
    assert abs(inside - 0.95) <= WITHIN


def test_large_samples_take_the_normal_limit():
    samples = np.random.default_rng(1).normal(1, 0.1, (400, 2000))
    inside = np.mean([low <= 1 <= high for low, high in map(median_interval, samples)])
    assert abs(inside - 0.95) <= 0.03
    (low, high), (below, above) = median_interval(samples[0][:999]), median_interval(samples[0][:1000])
    assert (low, high) == pytest.approx((below, above), rel=1e-3)


def test_few_samples_have_no_interval():
    assert [median_interval(range(1, n + 1)) is None for n in range(1, 8)] == [True] * 5 + [False] * 2


@given(st.lists(st.floats(1e-9, 1e3), min_size=6, max_size=60))
@settings(max_examples=200, deadline=None)
def test_the_interval_holds_the_samples_median(samples):
    low, high = median_interval(samples)
    assert min(samples) <= low <= statistics.median(samples) * (1 + 1e-12)
    assert statistics.median(samples) * (1 - 1e-12) <= high <= max(samples)


@pytest.mark.slow
@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("precision", [0.01, 0.03])
def test_stopping_when_it_is_narrow_keeps_the_coverage(noise, precision):
    """The sampler itself, on a clock that only calls move: it stops on its own and states the interval."""
    draw, true = NOISES[noise]
    random = np.random.default_rng(7)
    hits, runs, stops = 0, 800, set()
    for _ in range(runs):
        stop = sampled(iter(draw(random, 160)), precision)
        stops.add(stop.why)
        hits += stop.interval.low <= true <= stop.interval.high
    assert abs(hits / runs - 0.95) <= 0.02 + 0.008
    assert stops <= {"precision", "budget"}


def sampled(seconds, precision):
    """How sampling ends for a call that takes these seconds, one after the other."""
    now = [0.0]

    def call():
        now[0] += next(seconds)

    sampler = Sampler(Policy(precision, budget_seconds=120, passes=1), clock=lambda: now[0], cpu_clock=lambda: 0.0)
    sampler.take_pass(Timed(call))
    return sampler.stop()


# --- the ratio of two medians -----------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize(("baseline", "candidate"), [(6, 6), (10, 10), (15, 15), (20, 40), (100, 100)])
def test_the_ratios_interval_covers_as_often_as_it_says(noise, baseline, candidate):
    draw, _ = NOISES[noise]
    random = np.random.default_rng(baseline)
    runs = 1000
    inside = 0
    for seed in range(runs):
        low, high = bootstrap_interval(np.log(draw(random, baseline)), np.log(draw(random, candidate)), seed=seed)
        inside += low <= 0 <= high
    assert abs(inside / runs - 0.95) <= 0.02 + 0.007


@pytest.mark.slow
@pytest.mark.parametrize("paired", [False, True])
@pytest.mark.parametrize("drift", [0.0, 0.03])
def test_passes_that_drift_are_covered(paired, drift):
    """Samples of a pass move together; the interval holds the truth no less often, and p is not too small."""
    random = np.random.default_rng(11)
    runs, passes, each = 600, 5, 6
    inside = found = 0
    for _ in range(runs):
        shared = random.normal(0, drift, (passes, 1))
        sides = [
            np.exp(
                (shared if paired else random.normal(0, drift, (passes, 1))) + random.normal(0, 0.01, (passes, each))
            ).ravel()
            for _ in range(2)
        ]
        ratio = compare_samples(*sides, blocks=((each,) * passes,) * 2, paired=paired)
        inside += ratio.low <= 1 <= ratio.high
        found += ratio.p_value < 0.05
    assert inside / runs >= 0.93
    assert found / runs <= 0.07


def test_drift_without_passes_would_be_called_a_change():
    """Why the passes are recorded: taken as independent, drifting samples are significant far too often."""
    random = np.random.default_rng(12)
    found = 0
    for _ in range(200):
        sides = [np.exp(random.normal(0, 0.03, (5, 1)) + random.normal(0, 0.01, (5, 6))).ravel() for _ in range(2)]
        found += compare_samples(*sides).p_value < 0.05
    assert found / 200 > 0.3


def test_pairs_find_what_drift_hides():
    """10% slower under a drift of 20% that both sides share: pairs see it, unpaired passes do not."""
    random = np.random.default_rng(13)
    shared = random.normal(0, 0.2, (12, 1))
    base = np.exp(shared + random.normal(0, 0.01, (12, 4))).ravel()
    cand = 1.1 * np.exp(shared + random.normal(0, 0.01, (12, 4))).ravel()
    blocks = ((4,) * 12,) * 2
    pairs = compare_samples(base, cand, blocks=blocks, paired=True)
    assert pairs.p_value < 1e-6
    assert pairs.low < 1.1 < pairs.high
    assert pairs.value == pytest.approx(1.1, rel=0.01)
    assert compare_samples(base, cand, blocks=blocks).p_value > 0.05


@pytest.mark.slow
@given(st.lists(st.floats(1e-6, 10), min_size=2, max_size=40), st.lists(st.floats(1e-6, 10), min_size=2, max_size=40))
@settings(max_examples=150, deadline=None)
def test_swapping_the_sides_inverts_the_ratio(one, other):
    there, back = compare_samples(one, other), compare_samples(other, one)
    assert there.value == pytest.approx(1 / back.value, rel=1e-9)
    assert there.p_value == pytest.approx(back.p_value, rel=1e-9)
    assert there.low <= there.value <= there.high
    assert 0 <= there.p_value <= 1


def test_scale_does_not_matter():
    random = np.random.default_rng(3)
    one, other = random.lognormal(0, 0.1, 20), random.lognormal(0.1, 0.1, 20)
    assert compare_samples(one, other).low == pytest.approx(compare_samples(one * 1e-6, other * 1e-6).low, rel=1e-9)


def test_equal_samples_are_no_change():
    ratio = compare_samples([0.5] * 10, [0.5] * 10)
    assert (ratio.value, ratio.low, ratio.high, ratio.p_value) == (1, 1, 1, 1)


def test_single_samples_have_a_ratio_and_nothing_else():
    ratio = compare_samples([0.5], [1.0])
    assert (ratio.value, ratio.low, ratio.high, ratio.p_value) == (2, None, None, None)


@pytest.mark.parametrize(("n", "m"), [(3, 3), (4, 4), (5, 5), (8, 3)])
def test_the_smallest_p_value(n, m):
    assert compare_samples(list(range(1, n + 1)), list(range(100, 100 + m))).p_value == pytest.approx(min_p_value(n, m))


def test_pairs_of_passes():
    assert compare_passes([1.0, 2.0], [2.0, 4.0]).p_value is None
    ratio = compare_passes([1.0, 2.0, 4.0, 8.0], [1.21, 2.39, 4.79, 9.61])
    assert ratio.value == pytest.approx(1.2, rel=0.01)
    assert ratio.low < 1.2 < ratio.high
    assert ratio.p_value < 1e-4


@pytest.mark.slow
def test_the_interval_of_pairs_of_passes_covers_as_often_as_it_says():
    random = np.random.default_rng(21)
    shared = random.normal(0, 0.5, (2000, 10))
    inside = 0
    for row in shared:
        ratio = compare_passes(*(np.exp(row + random.normal(0, 0.1, 10)) for _ in range(2)))
        inside += ratio.low <= 1 <= ratio.high
    assert abs(inside / 2000 - 0.95) <= 0.02


def student(one, other, paired):
    """Mean difference, half the 95% interval and p by the textbook: Student's paired t, or Welch's with Satterthwaite."""
    if paired:
        error, freedom = np.std(other - one, ddof=1) / math.sqrt(len(one)), len(one) - 1
    else:
        a, b = np.var(one, ddof=1) / len(one), np.var(other, ddof=1) / len(other)
        error, freedom = math.sqrt(a + b), (a + b) ** 2 / (a**2 / (len(one) - 1) + b**2 / (len(other) - 1))
    difference = np.mean(other) - np.mean(one)
    return difference, stdtrit(freedom, 0.975) * error, 2 * stdtr(freedom, -abs(difference) / error)


@pytest.mark.parametrize(("paired", "counts"), [(True, (3, 3)), (True, (8, 8)), (False, (3, 3)), (False, (4, 9))])
def test_blocks_are_compared_by_the_textbooks_t(paired, counts):
    random = np.random.default_rng(counts)
    for _ in range(50):
        one, other = (random.normal(-5, 0.1, count) for count in counts)
        found = _blocks_test(np.split(one, counts[0]), np.split(other, counts[1]), paired=paired)
        assert found == pytest.approx(student(one, other, paired), rel=1e-9)


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.filterwarnings("error")
def test_blocks_that_do_not_vary_have_a_certain_difference(paired):
    same, more = [np.array([0.1])] * 3, [np.array([0.3])] * 3
    assert _blocks_test(same, same, paired=paired) == (0.0, 0.0, 1.0)
    assert _blocks_test(same, more, paired=paired) == (pytest.approx(0.2), 0.0, 0.0)
    rounded = [np.array([0.1]), np.array([0.1 + 1e-17]), np.array([0.1 + 2e-17])]
    assert _blocks_test(same, rounded, paired=paired)[1] < 1e-15


def test_false_discoveries_are_controlled():
    """Of 200 true nulls hardly any is found; of 100 real ones nearly all, with 100 nulls beside them."""
    random = np.random.default_rng(5)
    nulls = random.random((500, 200))
    assert np.mean([min(false_discovery(row)) < 0.05 for row in nulls]) < 0.08
    real = random.random((200, 100)) * 1e-4
    mixed = np.concatenate([real, random.random((200, 100))], axis=1)
    adjusted = np.array([false_discovery(row) for row in mixed]) < 0.05
    assert adjusted[:, :100].all()
    assert np.mean(adjusted[:, 100:].sum(1) / adjusted.sum(1)) < 0.05
    assert false_discovery([]) == []

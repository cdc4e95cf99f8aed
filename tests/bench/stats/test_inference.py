"""The statistics do what they say: coverage and false positives, measured by simulation."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flopwatt.bench.stats.inference import false_discovery, median_interval
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


# --- many tests at once -----------------------------------------------------------------------------------------------


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

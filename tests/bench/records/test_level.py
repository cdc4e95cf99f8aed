"""The level of a benchmark in a record, and how sure it is."""

import math
import random
import statistics

import pytest
from made_records import timed

from flopwatt.bench.records.level import level, level_interval, log_error


def test_the_level_is_the_median() -> None:
    assert level(timed("a", samples=(0.3, 0.1, 0.2))) == 0.2


def test_its_error_is_that_of_a_median_of_normal_samples() -> None:
    errors = [log_error(timed("a", count=100, spread=0.05, seed=seed)) for seed in range(40)]
    assert statistics.fmean(errors) == pytest.approx(1.2533 * 0.05 / 10, rel=0.1)  # type: ignore[type-var]


def test_passes_that_differ_count_more_than_their_samples() -> None:
    draw = random.Random(1)
    moods = [math.exp(draw.gauss(0, 0.1)) for _ in range(9)]
    samples = tuple(0.01 * mood * draw.gauss(1, 0.001) for mood in moods for _ in range(20))
    together = log_error(timed("a", samples=samples, blocks=(20,) * 9))
    assert together == pytest.approx(statistics.stdev(map(math.log, moods)) / 3, rel=0.1)


def test_the_interval_is_around_the_level_and_there_is_none_of_a_few_samples() -> None:
    benchmark = timed("a", count=50)
    low, high = level_interval(benchmark) or (0, 0)
    assert low < level(benchmark) < high
    assert math.sqrt(low * high) == pytest.approx(level(benchmark))
    assert log_error(timed("a", count=5)) is None
    assert level_interval(timed("a", count=5)) is None

"""Statistics and promises: how they are written, which rank a quantile has, what a confidence makes of a promise."""

from fractions import Fraction

import numpy as np
import pytest

from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.statistics import (
    Measure,
    Promise,
    SharePromise,
    Statistic,
    at_confidence,
    is_mean,
    rank,
)

TIME = Statistic("run_time", Measure.QUANTILE, Fraction(4, 5))


@pytest.mark.parametrize(
    ("statistic", "text"),
    [
        (TIME, "P80(run_time)"),
        (Statistic("cost", Measure.QUANTILE, Fraction(199, 200)), "P99.5(cost)"),
        (Statistic("cost", Measure.QUANTILE, Fraction(0)), "min(cost)"),
        (Statistic("cost", Measure.QUANTILE, Fraction(1)), "max(cost)"),
        (Statistic("cost", Measure.MEAN), "mean(cost)"),
        (Statistic("cost"), "cost"),
    ],
)
def test_a_statistic_is_written_as_a_study_does(statistic: Statistic, text: str) -> None:
    assert str(statistic) == text


def test_a_rank_is_of_the_share_that_was_written() -> None:
    assert rank(Fraction("0.8"), 1000) == 800  # 0.8 as a double is a little more
    assert rank(Fraction("0.07"), 100) == 7
    assert [rank(Fraction(share), 9) for share in (0, 1)] == [1, 9]
    values = np.arange(1.0, 11.0)
    for percent in (10, 25, 50, 80, 95):
        expected = np.quantile(values, percent / 100, method="inverted_cdf")
        assert values[rank(Fraction(percent, 100), 10) - 1] == expected


def test_a_promise_at_a_confidence_is_a_share_of_the_draws() -> None:
    day = Condition("run_time", "<=", 86400.0)
    assert at_confidence(Promise(TIME, "<=", 86400.0), Fraction(1, 2)) == SharePromise((day,), ">=", Fraction(1, 2))
    mean = Promise(Statistic("run_time", Measure.MEAN), "<=", 86400.0)
    assert at_confidence(mean, Fraction(1, 2)) == mean
    assert is_mean(mean)
    assert not is_mean(SharePromise((day,), ">=", Fraction(1, 3)))

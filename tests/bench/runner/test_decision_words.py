"""Shares, conditions and misses in words."""

from fractions import Fraction

import pytest

from flopwatt.bench.runner.decision_words import comparison_words, miss_words, percent
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.statistics import AnyPromise, Measure, Promise, SharePromise, Statistic
from flopwatt.kernels.quantities import MODEL

DAY = 86400.0
QUICK, CHEAP = Condition("run_time", "<=", 120 * DAY), Condition("cost", "<", 5e6)
P80 = Promise(Statistic("run_time", Measure.QUANTILE, Fraction(4, 5)), "<=", 120 * DAY)
SHARE = SharePromise((QUICK, CHEAP), ">=", Fraction(95, 100))


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0%"), (0.8594, "85.9%"), (1.0, "100%"), (0.99999, ">99.9%"), (0.999, "99.9%")]
)
def test_what_is_not_all_is_not_called_all(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("comparison", "text"),
    [
        (QUICK, "run time <= 120 days"),
        (P80, "P80 of run time <= 120 days"),
        (SHARE, "run time <= 120 days and cost < 5 million USD in at least 95% of draws"),
    ],
)
def test_what_is_compared(comparison: Condition | AnyPromise, text: str) -> None:
    assert comparison_words(comparison, MODEL) == text


@pytest.mark.parametrize(
    ("comparison", "value", "bound", "text"),
    [
        (P80, 131.0, 120.0, "9.2% over"),
        (P80, 120.0, 120.0, ""),
        (P80, 120.00001, 120.0, ""),
        (P80, 1200.0, 120.0, "900% over"),
        (Condition("chip_count", ">=", 8.0), 6.0, 8.0, "25% under"),
        (Condition("mfu", "<=", 0.0), 0.25, 0.0, "above 0"),
        (SHARE, 0.919, SHARE.share, "3.1 percentage points short"),
        (SHARE, 0.95, SHARE.share, ""),
        (SharePromise((QUICK,), "<", Fraction(1, 2)), 0.75, Fraction(1, 2), "25 percentage points too many"),
    ],
)
def test_by_how_much_a_bound_is_missed(comparison: Condition | AnyPromise, value: float, bound: float, text: str) -> None:
    assert miss_words(comparison, value, bound) == text

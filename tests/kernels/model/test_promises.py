"""Promises in whole weights: limits on what draws weigh say what the quantile or the share says, and excesses are monotone."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.promises import (
    at_confidences,
    bounds,
    by_quantile,
    comparisons,
    excess,
    is_upper,
    one_sided,
    share_excess,
)
from flopwatt.kernels.model.questions import Decision
from flopwatt.kernels.model.statistics import AnyPromise, Measure, Promise, SharePromise, Statistic, is_mean, rank

OPS = ("<=", "<", ">=", ">", "==", "!=")
SHARES = st.sampled_from([Fraction(n, 20) for n in range(21)] + [Fraction(1, 3)])
DRAWS = st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 4)), min_size=1, max_size=12)  # values and weights


def compare(left: object, op: str, right: object) -> bool:
    return bool(eval(f"left {op} right"))


def kept(promise: AnyPromise, draws: list[tuple[int, int]]) -> bool:
    """Whether limits on the weight of the draws that meet the conditions say that a promise is kept."""
    total = sum(weight for _, weight in draws)
    parts, every = one_sided(promise)
    met = []
    for part in parts:
        least, most = bounds(part, total)
        holds = [weight for x, weight in draws if all(compare(x, c.op, c.value) for c in part.on_a_draw())]
        met.append(least <= sum(holds) <= most)
    return all(met) if every else any(met)


@given(DRAWS, SHARES, st.sampled_from(OPS), st.integers(-3, 3))
def test_a_quantile_keeps_its_promise_where_enough_draws_do(
    draws: list[tuple[int, int]], share: Fraction, op: str, bound: int
) -> None:
    ascending = sorted(x for x, weight in draws for _ in range(weight))
    quantile = ascending[rank(share, len(ascending)) - 1]
    promise = Promise(Statistic("x", Measure.QUANTILE, share), op, float(bound))
    assert kept(promise, draws) == compare(quantile, op, bound)


@given(DRAWS, SHARES, st.sampled_from(OPS), st.integers(-3, 3))
def test_a_share_is_compared_exactly(draws: list[tuple[int, int]], share: Fraction, op: str, bound: int) -> None:
    promise = SharePromise((Condition("x", "<=", float(bound)), Condition("x", "!=", 0.0)), op, share)
    met = sum(weight for x, weight in draws if x <= bound and x != 0)
    assert kept(promise, draws) == compare(Fraction(met, sum(weight for _, weight in draws)), op, share)


def test_what_is_soft_and_what_is_hard_keeps_its_order() -> None:
    mean = Promise(Statistic("x", Measure.MEAN), "<=", 1.0)
    equal = Promise(Statistic("x", Measure.QUANTILE, Fraction(1, 2)), "==", 1.0)
    share = SharePromise((Condition("x", "==", 1.0),), ">", Fraction(1, 2))
    where = (Condition("y", "!=", 0.0), Condition("y", "<", 3.0))
    question = Decision(name="", objective=Statistic("x"), where=where, promises=(share, equal, mean))
    assert list(comparisons(question, soft=True)) == [where[1], share, mean]
    assert list(comparisons(question, soft=False)) == [where[0], equal]
    assert [is_mean(promise) for promise in (mean, equal, share)] == [True, False, False]
    assert [is_upper(op) for op in ("<=", "<", ">=", ">")] == [True, True, False, False]
    assert at_confidences(question) == [question]


def test_at_a_confidence_every_promise_but_a_mean_is_a_share() -> None:
    mean = Promise(Statistic("x", Measure.MEAN), "<=", 1.0)
    quantile = Promise(Statistic("x", Measure.QUANTILE, Fraction(9, 10)), ">=", 2.0)
    asked = Decision(name="", objective=Statistic("y"), promises=(quantile, mean), confidences=(Fraction(1, 2), Fraction(4, 5)))
    half, most = at_confidences(asked)
    assert half.confidences == most.confidences == ()
    assert half.promises == (SharePromise((Condition("x", ">=", 2.0),), ">=", Fraction(1, 2)), mean)
    assert most.promises == (SharePromise((Condition("x", ">=", 2.0),), ">=", Fraction(4, 5)), mean)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_an_excess_is_a_share_of_the_bound(dtype: type[np.floating]) -> None:
    value, bound = np.array([3.0, 3.0, 3.0, np.nan], dtype), np.array([2.0, -2.0, 0.0, 1.0], dtype)
    over = excess("<=", value, bound)
    assert over.dtype == dtype
    np.testing.assert_array_equal(over, [0.5, 2.5, 3.0, np.nan])
    np.testing.assert_array_equal(excess(">", value, bound), -over)
    assert excess("<", value, dtype(4))[0] == -0.25


def test_a_share_s_excess_is_the_difference() -> None:
    promise = SharePromise((), ">=", Fraction(19, 20))
    np.testing.assert_array_equal(share_excess(promise, np.array([100, 95, 40]), 100), [-0.05, 0.0, 0.55])
    np.testing.assert_array_equal(share_excess(SharePromise((), "<", Fraction(1, 2)), np.array([3]), 4), [0.25])


@given(st.lists(st.floats(-1e6, 1e6), min_size=2), st.floats(-1e3, 1e3), st.sampled_from(["<=", ">"]))
def test_rounding_keeps_the_order_of_excesses(values: list[float], bound: float, op: str) -> None:
    excesses = excess(op, np.array(sorted(values, reverse=op == ">")), np.float64(bound))
    assert (excesses[:-1] <= excesses[1:]).all()


@pytest.mark.parametrize(
    ("op", "share_op", "share", "expected"),
    [
        ("<=", ">=", Fraction(4, 5), Fraction(4, 5)),
        (">=", ">=", Fraction(4, 5), Fraction(21, 100)),  # of 100 draws 80 are at least as great as the 21st
        ("<", ">", Fraction(4, 5), Fraction(81, 100)),
    ],
)
def test_a_share_of_one_condition_says_what_a_quantile_says(
    op: str, share_op: str, share: Fraction, expected: Fraction
) -> None:
    promise = SharePromise((Condition("x", op, 3.0),), share_op, share)
    same = Promise(Statistic("x", Measure.QUANTILE, expected), op, 3.0)
    assert by_quantile(promise, 100) == same
    assert bounds(same, 100) == bounds(promise, 100)


@pytest.mark.parametrize(
    "promise",
    [
        Promise(Statistic("x", Measure.MEAN), "<=", 3.0),
        SharePromise((Condition("x", "<=", 3.0), Condition("y", "<=", 3.0)), ">=", Fraction(1, 2)),
        SharePromise((Condition("x", "==", 3.0),), ">=", Fraction(1, 2)),
        SharePromise((Condition("x", "<=", "y"),), ">=", Fraction(1, 2)),
        SharePromise((Condition("x", "<=", 3.0),), "==", Fraction(1, 2)),
        SharePromise((Condition("x", "<=", 3.0),), ">", Fraction(1)),
        SharePromise((Condition("x", "<=", 3.0),), ">=", Fraction(0)),
    ],
)
def test_other_promises_are_missed_as_they_are(promise: AnyPromise) -> None:
    assert by_quantile(promise, 100) is promise


def test_a_share_that_may_be_at_most_so_large_says_what_a_quantile_says() -> None:
    at_most = SharePromise((Condition("x", ">=", 10.0),), "<=", Fraction(1, 5))
    assert by_quantile(at_most, 100) == Promise(Statistic("x", Measure.QUANTILE, Fraction(4, 5)), "<", 10.0)
    less = SharePromise((Condition("x", "<", 10.0),), "<", Fraction(1, 5))
    assert by_quantile(less, 100) == Promise(Statistic("x", Measure.QUANTILE, Fraction(1, 5)), ">=", 10.0)

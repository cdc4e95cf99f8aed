"""Single decisions by NumPy: statistics over weighted draws, and how far shares and promises may be off on another engine."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from verify_problem import problem

from flopwatt.bench.verify import decided as module
from flopwatt.bench.verify.decided import Decided, DrawPoints, count_draws, decided
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Decision, Problem
from flopwatt.kernels.model.statistics import AnyPromise, Measure, Promise, SharePromise, Statistic

B = np.array([1.0, 2.0, 4.0, 8.0])
WEIGHTS = np.array([0.5, 0.25, 0.0, 0.25])
MEDIAN = Statistic("y", Measure.QUANTILE, Fraction(1, 2))
QUESTION = Decision(name="q", objective=MEDIAN, where=(Condition("a", ">", 0.0), Condition("b", ">", 0.0)))


def weighted() -> Problem:
    """Of the draws of b, 1 has the weight 2, 2 and 8 have 1, and 4 has none."""
    g, a, b = problem(b=B).grid.axes
    return replace(problem(), grid=Grid((Axis("b", b.columns, uncertain=True, weights=WEIGHTS), g, a)))


def at(asked: Problem, *flat: int) -> Decided:
    ((_, there),) = decided(asked, QUESTION, np.array(flat), "float64")
    return there


def test_draws_are_where_they_lie_and_weigh_what_they_do() -> None:
    draws = DrawPoints.of(weighted(), QUESTION)
    assert (draws.offsets.tolist(), draws.weights.tolist(), draws.total) == ([0, 10, 30], [2, 1, 1], 4)
    assert count_draws(weighted().grid, QUESTION) == 4
    kept = DrawPoints.of(weighted(), replace(QUESTION, by=("b",)))
    assert (kept.offsets.tolist(), kept.weights.tolist()) == ([0], [1])


def test_statistics_are_over_the_weights() -> None:
    there = at(weighted(), 1, 8)  # a is 1 and 3
    for share, value in ((0, 1), (0.5, 1), (0.51, 2), (0.75, 2), (0.76, 8), (1, 8)):
        statistic = Statistic("y", Measure.QUANTILE, Fraction(share).limit_denominator())
        np.testing.assert_array_equal(there.statistic(statistic), [value, 3 * value])
    np.testing.assert_array_equal(there.statistic(Statistic("y", Measure.MEAN)), [3, 9])
    np.testing.assert_array_equal(there.statistic(Statistic("a")), [1, 3])


def test_an_unknown_draw_makes_a_statistic_unknown_unless_it_weighs_nothing() -> None:
    g, a, _ = problem().grid.axes
    for place, unknown in ((2, False), (1, True)):
        values = B.copy()
        values[place] = np.nan
        there = at(replace(problem(), grid=Grid((Axis("b", {"b": values}, uncertain=True, weights=WEIGHTS), g, a))), 0)
        assert np.isnan(there.statistic(MEDIAN)).tolist() == [unknown]
        assert np.isnan(there.statistic(Statistic("y", Measure.MEAN))).tolist() == [unknown]


def test_a_draw_at_a_threshold_may_meet_it_or_not() -> None:
    there = at(weighted(), 1)
    for threshold, share in ((2.0, (0.5, 0.75)), (3.0, (0.75, 0.75)), (0.5, (0, 0))):
        np.testing.assert_allclose(there.share_within([Condition("y", "<=", threshold)]), np.array(share)[:, None], atol=1e-11)


@pytest.mark.parametrize(
    ("comparison", "may"),
    [
        (Condition("a", "<=", 1.0), True),
        (Condition("a", "<", 1.0), True),  # within tolerance
        (Condition("a", ">", 1.5), False),
        (Promise(MEDIAN, "<=", 1.0), True),
        (Promise(MEDIAN, "<", 0.9), False),
        (Promise(MEDIAN, "==", 1.0), True),
        (Promise(MEDIAN, "!=", 1.5), True),
        (Promise(MEDIAN, "==", 1.5), False),
        (Promise(Statistic("y", Measure.MEAN), ">=", 3.0), True),
        (Promise(MEDIAN, "<=", "a"), True),
        (SharePromise((Condition("y", "<=", 3.0),), ">=", Fraction(3, 4)), True),
        (SharePromise((Condition("y", "<=", 3.0),), ">", Fraction(3, 4)), False),
        (SharePromise((Condition("y", "<", 8.0),), ">", Fraction(3, 4)), True),
        (SharePromise((Condition("y", "<=", 3.0), Condition("b", ">", 1.5)), "==", Fraction(1, 4)), True),
        (SharePromise((Condition("y", "<=", 3.0),), "!=", Fraction(3, 4)), False),
        (SharePromise((Condition("y", "<=", 3.0),), "<", Fraction(3, 4)), False),
    ],
)
def test_what_a_decision_may_meet(comparison: Condition | AnyPromise, may: bool) -> None:
    assert at(weighted(), 1).may_meet(comparison).tolist() == [may]


def test_the_excess_is_that_of_what_is_missed_most() -> None:
    there = at(weighted(), 1)
    missed = (
        Promise(MEDIAN, "<=", 0.8),  # 0.25 over
        SharePromise((Condition("y", "<=", 3.0),), ">=", Fraction(95, 100)),  # P95 is 5/3 over
        Condition("a", ">=", 4.0),  # 0.75 under
        Condition("a", "==", 7.0),  # cannot be missed by a little
    )
    for count, excess in ((1, 0.25), (2, 5 / 3), (3, 5 / 3), (4, 5 / 3)):
        low, high = there.excess_within(missed[:count])
        np.testing.assert_allclose([low, high], excess, atol=1e-11)
        assert (low < high).all()
    np.testing.assert_allclose(there.excess_within(missed[2:]), 0.75, atol=1e-11)
    joint = SharePromise((Condition("y", "<=", 3.0), Condition("b", ">", 0.0)), ">=", Fraction(95, 100))
    np.testing.assert_allclose(there.excess_within([joint]), 0.2, atol=1e-11)  # of the draws too few


@pytest.mark.parametrize("chunk", [1, 7, 2**18])
def test_every_decision_is_walked_once(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", chunk)
    index = np.arange(5)
    parts = list(decided(weighted(), QUESTION, index, "float64"))
    assert np.concatenate([index[part] for part, _ in parts]).tolist() == index.tolist()
    np.testing.assert_array_equal(
        np.concatenate([there.statistic(MEDIAN) for _, there in parts]), [0.5, 1, np.nextafter(2, 3), 3, 4]
    )

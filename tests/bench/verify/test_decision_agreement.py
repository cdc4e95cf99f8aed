"""Decisions: what another engine may answer, and what it may not."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from decision_problems import DrawnDecision, decisions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from verify_problem import A, changed, numpy_answer, problem

from flopwatt.bench.verify import decision_agreement as module
from flopwatt.bench.verify.agreement import agreement
from flopwatt.bench.verify.decision_agreement import at_decisions, shifted_promise
from flopwatt.kernels.engines import Settings, get
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.questions import Decision, Result
from flopwatt.kernels.model.statistics import Measure, Promise, SharePromise, Statistic

MEDIAN = Statistic("y", Measure.QUANTILE, Fraction(1, 2))
HALF = Fraction(1, 2)
# the third of A is 2 + 4e-16: within tolerance of the threshold 2
AT_THRESHOLD = SharePromise((Condition("a", "<=", 2.0),), ">=", HALF)
QUESTION = Decision(name="q", objective=MEDIAN, by=("g",), promises=(Promise(MEDIAN, ">=", 3.0),))
MISSED = Decision(
    name="q", objective=MEDIAN, promises=(Promise(MEDIAN, "<=", 0.5), SharePromise(AT_THRESHOLD.conditions, ">=", HALF))
)


def wrong(question: Decision, candidate: Result, expected: Result) -> str:
    return agreement(problem(), question, candidate, expected, "float64").wrong


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"objective": [4.0, 5.0]}, "objective"),
        ({"spread": np.ones((2, 3))}, "P10 of y"),
        ({"promised": [[4.0], [4.1]]}, "promised"),
        ({"met": [[0.5], [1.0]]}, "share of draws that meet a condition"),
        ({"met_all": [0.5, 0.5]}, "meet all"),
        ({"index": [21, 6]}, "group"),
        ({"index": [1000, 6]}, "grid"),
        ({"index": [7, 21]}, "first draw"),
        ({"index": [9, 24]}, "objective"),
        ({"index": [-1, 21], "objective": [np.nan, 4.0]}, "best differs"),
    ],
)
def test_what_is_reported_must_be_numpys_at_the_decision(values: dict[str, object], why: str) -> None:
    expected = numpy_answer(problem(), QUESTION)
    assert expected.values["index"].tolist() == [6, 21]
    assert wrong(QUESTION, expected, expected) == ""
    assert why in wrong(QUESTION, changed(expected, **values), expected)


def test_a_worse_decision_is_not_the_best() -> None:
    worse = numpy_answer(problem(), replace(QUESTION, promises=(Promise(MEDIAN, ">=", 5.0),)))
    assert "best differs" in wrong(QUESTION, worse, numpy_answer(problem(), QUESTION))


def test_a_decision_must_keep_its_promises() -> None:
    free = replace(QUESTION, promises=(Promise(MEDIAN, ">=", 1.0),))
    better = changed(numpy_answer(problem(), free), met=np.zeros((2, 1)), met_all=np.zeros(2))
    agreed = at_decisions(problem(), QUESTION, better, "float64")
    assert "does not meet" in agreed.wrong
    assert "P50(y) >= 3" in agreed.wrong


def test_a_tie_may_be_broken_otherwise() -> None:
    question = Decision(name="q", objective=Statistic("g"), where=(Condition("g", "<=", 1.0),))
    expected = numpy_answer(problem(), question)
    other = changed(expected, index=3, spread=[1.0, 1.0, 1.0])
    assert (expected.values["index"], wrong(question, other, expected)) == (0, "")


@pytest.mark.parametrize("confidences", [(), (HALF, Fraction(9, 10))])
def test_a_draw_at_a_threshold_may_decide(confidences: tuple[Fraction, ...]) -> None:
    question = Decision(name="q", objective=MEDIAN, maximize=True, promises=(AT_THRESHOLD,), confidences=confidences)
    expected = numpy_answer(problem(), question)
    more, far = (
        numpy_answer(problem(), replace(question, promises=(replace(AT_THRESHOLD, conditions=(Condition("a", "<=", limit),)),)))
        for limit in (2.5, 3.5)
    )
    assert (more.values["objective"] > expected.values["objective"]).all()
    assert wrong(question, more, expected) == ""
    assert wrong(question, far, expected)


def test_the_nearest_is_judged_where_there_is_no_answer() -> None:
    expected = numpy_answer(problem(), MISSED)
    assert expected.values["nearest"] == 0
    assert wrong(MISSED, expected, expected) == ""
    for values, why in (
        ({"nearest": 3}, "promised"),
        ({"nearest": 1}, "first draw"),
        ({"excess": 0.9}, "excess"),
        ({"nearest_met": [0.5, 1.0]}, "share of draws that meet a condition"),
        ({"considered": 9}, "considered"),
        ({"failed": [9, 4]}, "fail a condition"),
    ):
        assert why in wrong(MISSED, changed(expected, **values), expected), values  # type: ignore[arg-type]


def test_a_decision_that_misses_by_more_is_not_the_nearest() -> None:
    expected = numpy_answer(problem(), MISSED)
    farther = numpy_answer(problem(), replace(MISSED, where=(Condition("a", "!=", 0.5),)))
    assert farther.values["nearest"] == 3
    taken = {name: farther.values[name] for name in ("nearest", "nearest_promised", "nearest_met", "excess")}
    assert "nearest decision differs" in wrong(MISSED, changed(expected, **taken), expected)


def test_decisions_at_a_threshold_may_be_counted_as_failing() -> None:
    expected = numpy_answer(problem(), MISSED)
    assert expected.values["failed"].tolist() == [10, 6]  # of a, 2 + 4e-16, 3 and 4 in two groups
    assert wrong(MISSED, changed(expected, failed=[10, 4]), expected) == ""
    assert wrong(MISSED, changed(expected, failed=[10, 3]), expected)


def test_of_many_decisions_a_choice_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    question = Decision(name="q", objective=MEDIAN, by=("a",))
    expected = numpy_answer(problem(), question)
    off = changed(expected, objective=np.asarray(expected.values["objective"]) * [1, 2, 1, 1, 1])
    assert at_decisions(problem(), question, off, "float64").wrong
    monkeypatch.setattr(module, "MAX_POINTS", 6)  # two decisions of three draws: the first and the last
    assert at_decisions(problem(), question, off, "float64").wrong == ""
    last = changed(expected, objective=np.asarray(expected.values["objective"]) * [1, 1, 1, 1, 2])
    assert at_decisions(problem(), question, last, "float64").wrong
    monkeypatch.setattr(module, "MAX_POINTS", 2)  # no room for one decision's draws
    assert at_decisions(problem(), question, last, "float64").wrong == ""


def test_thresholds_of_promises_move_to_either_side() -> None:
    upper, lower = Promise(MEDIAN, "<=", 10.0), Promise(MEDIAN, ">", 10.0)
    assert [shifted_promise(p, 0.1, False) for p in (upper, lower)] == [
        (replace(upper, value=11.0),),
        (replace(lower, value=9.0),),
    ]
    assert shifted_promise(upper, -0.1, False) == (replace(upper, value=9.0),)
    moved = replace(AT_THRESHOLD, conditions=(Condition("a", "<=", 3.0),))
    tight = replace(AT_THRESHOLD, conditions=(Condition("a", "<=", 1.0),))
    assert shifted_promise(AT_THRESHOLD, 0.5, False) == (moved,)
    assert shifted_promise(replace(AT_THRESHOLD, op="<"), 0.5, False) == (replace(tight, op="<"),)
    assert shifted_promise(replace(AT_THRESHOLD, op="<"), 0.5, True) == (replace(moved, op="<"),)
    assert shifted_promise(replace(AT_THRESHOLD, op="=="), 0.5, False) == (replace(moved, op=">="), replace(tight, op="<="))
    assert shifted_promise(replace(AT_THRESHOLD, op="!="), 0.5, False) == ()
    assert shifted_promise(replace(AT_THRESHOLD, op="=="), -0.5, False) == (replace(AT_THRESHOLD, op="=="),)


def test_the_third_of_a_is_near_its_threshold() -> None:
    assert 2 < A[2] < 2 + 1e-12


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(decisions(), st.sampled_from(["float64", "float32"]))
def test_numpys_own_answers_agree(drawn: DrawnDecision, dtype: str) -> None:
    result = get("numpy").prepare(drawn.problem, drawn.question, Settings(dtype)).run()
    assert agreement(drawn.problem, drawn.question, result, result, dtype).wrong == ""

"""Summaries and sensitivities: counts, extremes and means, and points at a threshold."""

from dataclasses import replace

import numpy as np
from verify_problem import changed, numpy_answer, problem

from flopwatt.bench.verify.agreement import agreement
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.questions import Sensitivity, Summary

# the third of A is 2 + 4e-16: within tolerance of the threshold 2
NEAR = (Condition("a", "<=", 2.0),)


def test_a_count_may_differ_by_the_points_at_a_threshold_and_by_no_more() -> None:
    question = Summary(name="q", quantity="b", where=NEAR)
    expected = numpy_answer(problem(), question)
    assert expected.values["feasible"] == 2 * 2 * 3
    more = numpy_answer(problem(), replace(question, where=(Condition("a", "<=", 2.5),)))
    assert more.values["feasible"] == 3 * 2 * 3
    assert not agreement(problem(), question, more, expected, "float64").wrong
    for feasible in (11, 19):
        assert "feasible" in agreement(problem(), question, changed(more, feasible=feasible), expected, "float64").wrong
    assert "min" in agreement(problem(), question, changed(more, min=0.5), expected, "float64").wrong
    assert "max" in agreement(problem(), question, changed(more, max=5.0), expected, "float64").wrong
    assert "mean" in agreement(problem(), question, changed(more, mean=9.0), expected, "float64").wrong


def test_counts_of_all_points_and_of_unknown_ones_are_exact() -> None:
    question = Summary(name="q", quantity="y")
    expected = numpy_answer(problem(), question)
    for name in ("count", "nan"):
        agreed = agreement(problem(), question, changed(expected, **{name: expected.values[name] + 1}), expected, "float64")
        assert name in agreed.wrong


def test_a_mean_is_held_against_the_largest_number_that_went_into_it() -> None:
    question = Summary(name="q", quantity="y")
    asked = problem(np.array([-3.0, 3.0]), np.ones(1))
    expected = numpy_answer(asked, question)
    assert expected.values["mean"] == 0
    assert agreement(asked, question, changed(expected, mean=1e-15), expected, "float64").wrong == ""
    assert "mean" in agreement(asked, question, changed(expected, mean=1e-11), expected, "float64").wrong


def test_shares_of_a_variance_are_held_against_the_whole() -> None:
    question = Sensitivity(name="q", quantity="y", by=("g",))
    expected = numpy_answer(problem(), question)
    shares = np.asarray(expected.values["shares"])
    for off, wrong in ((1e-12, ""), (1e-8, "shares")):
        assert wrong in agreement(problem(), question, changed(expected, shares=shares + off), expected, "float64").wrong
    errors = np.asarray(expected.values["errors"])
    assert "errors" in agreement(problem(), question, changed(expected, errors=errors + 1e-8), expected, "float64").wrong
    more = np.asarray(expected.values["interactions_error"]) + 1e-8
    told = agreement(problem(), question, changed(expected, interactions_error=more), expected, "float64").wrong
    assert "interactions_error" in told
    swapped = changed(expected, shares=shares[:, ::-1])
    assert "shares" in agreement(problem(), question, swapped, expected, "float64").wrong

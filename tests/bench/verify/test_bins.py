"""Quantiles and histograms: numbers at a bin's edge may be counted on either side of it, and nothing else may differ."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import nudged, problems, questions
from verify_problem import changed, numpy_answer, problem

from flopwatt.bench.verify.agreement import agreement
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.questions import Histogram, Problem, Quantiles, Question, Result

DTYPES = pytest.mark.parametrize("dtype", ["float64", "float32"])


def wrong(asked: Problem, question: Question, candidate: Result, expected: Result, dtype: str = "float64") -> str:
    return agreement(asked, question, candidate, expected, dtype).wrong


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data(), dtype=st.sampled_from(["float64", "float32"]))
def test_a_last_digit_makes_no_difference(data: st.DataObject, dtype: str) -> None:
    """Of all kinds of questions, on random models whose powers and logarithms another library rounds otherwise."""
    drawn = data.draw(problems(most_points=2000, longest=30, inexact=0.5))
    question = data.draw(questions(drawn))
    expected, candidate = (numpy_answer(asked, question, dtype) for asked in (drawn.problem, nudged(drawn)))
    assert candidate.nan == expected.nan
    assert wrong(drawn.problem, question, candidate, expected, dtype) == ""


# Two ulps below and above 2, which is the edge of a bin, and 1 and 3 about them.
EDGE = np.array([1.0, 2 - 4e-16, 2.0, 2.0, 2 + 9e-16, 3.0])


def around_the_edge(below: int) -> np.ndarray:
    """EDGE of an engine that finds so many of the middle four just below 2."""
    return np.array([1.0, *[2 - 4e-16] * below, *[2 + 9e-16] * (4 - below), 3.0])


@pytest.mark.parametrize("below", range(5))
@pytest.mark.parametrize("question", [
    Histogram(name="q", quantity="y", bins=1000), Histogram(name="q", quantity="y", by=("g",), bins=3),
    Quantiles(name="q", quantity="y", at=(0.0, 0.3, 0.5, 0.6, 0.9, 1.0)),
])  # fmt: skip
def test_numbers_at_an_edge_may_be_counted_on_either_side(question: Question, below: int) -> None:
    asked = problem(EDGE, np.ones(1))
    expected = numpy_answer(asked, question)
    candidate = numpy_answer(problem(around_the_edge(below), np.ones(1)), question)
    assert wrong(asked, question, candidate, expected) == ""


def test_the_least_number_at_an_edge_may_move_every_bin() -> None:
    """A range that begins a bin earlier is cut at other numbers, so all counts are others."""
    question, values = Histogram(name="q", quantity="y", bins=5), np.linspace(2.0, 9.0, 100)
    asked, low = problem(values, np.ones(1)), np.array([2 - 4e-16, *values[1:]])
    expected, candidate = numpy_answer(asked, question), numpy_answer(problem(low, np.ones(1)), question)
    assert (expected.values["counts"] != candidate.values["counts"]).sum() > 2
    assert wrong(asked, question, candidate, expected) == ""
    counts = np.asarray(candidate.values["counts"])
    assert "edge" in wrong(asked, question, changed(candidate, counts=counts + np.array([1, -1, 0, 0, 0])), expected)
    assert "bins" in wrong(asked, question, changed(candidate, edges=np.asarray(expected.values["edges"])[::-1]), expected)


def test_the_number_next_to_zero_may_lie_on_either_side_of_an_edge() -> None:
    question = Histogram(name="q", quantity="y", bins=7)
    values = np.concatenate([-np.linspace(2.0, 9.0, 40), [0.0], np.linspace(2.0, 9.0, 40)])
    asked = problem(values, np.ones(1))
    expected = numpy_answer(asked, question)
    for sign in (1, -1):
        low = np.where(values == sign * 2.0, sign * (2 - 4e-16), values)
        candidate = numpy_answer(problem(low, np.ones(1)), question)
        assert (expected.values["edges"] != candidate.values["edges"]).any()
        assert wrong(asked, question, candidate, expected) == ""
    shifted = numpy_answer(problem(np.where(values == 0, 1e-9, values), np.ones(1)), question)
    assert wrong(asked, question, shifted, expected)


HISTOGRAM = Histogram(name="q", quantity="y", by=("g",), bins=8, where=(Condition("a", "<=", 6.0),))
VALUES = np.geomspace(0.7, 7.0, 50)


@DTYPES
@pytest.mark.parametrize("where", [(), HISTOGRAM.where])
def test_wrong_counts_are_found(dtype: str, where: tuple[Condition, ...]) -> None:
    asked, question = problem(VALUES), replace(HISTOGRAM, where=where)
    expected = numpy_answer(asked, question, dtype)
    counts = np.asarray(expected.values["counts"])
    assert counts.shape[0] == 2
    bins = counts.shape[1]
    one = np.eye(bins, dtype=np.int64)
    for group, (a, b) in ((0, (1, 2)), (1, (1, 3)), (1, (5, 3)), (0, (0, bins - 1))):
        moved = counts.copy()
        moved[group] += one[b] - one[a]
        assert "near an edge" in wrong(asked, question, changed(expected, counts=moved), expected, dtype)
    for by in (1, -1):
        more = counts.copy()
        more[1, 2] += by
        assert "near a threshold" in wrong(asked, question, changed(expected, counts=more), expected, dtype)
    assert wrong(asked, question, changed(expected, counts=counts[::-1, ::-1]), expected, dtype)
    assert wrong(asked, question, changed(expected, counts=counts[:, :-1]), expected, dtype)


@DTYPES
def test_wrong_edges_are_found(dtype: str) -> None:
    asked = problem(VALUES)
    expected = numpy_answer(asked, HISTOGRAM, dtype)
    edges = np.asarray(expected.values["edges"])
    for place in range(len(edges)):
        for value in (edges[place] * 1.001, np.nan):
            off = edges.copy()
            off[place] = value
            assert "bins" in wrong(asked, HISTOGRAM, changed(expected, edges=off), expected, dtype), (place, value)
    coarse = numpy_answer(asked, replace(HISTOGRAM, bins=4), dtype)
    assert "bins" in wrong(asked, HISTOGRAM, coarse, expected, dtype)
    assert wrong(asked, HISTOGRAM, changed(expected, edges=np.full(2, np.nan), counts=np.zeros((2, 1), int)), expected, dtype)


def test_a_histogram_of_nothing() -> None:
    asked, question = problem(VALUES), replace(HISTOGRAM, where=(Condition("a", ">", VALUES[-1]),))
    expected = numpy_answer(asked, question)
    loose = numpy_answer(asked, replace(question, where=(Condition("a", ">=", VALUES[-1]),)))
    assert np.isnan(expected.values["edges"]).all()
    assert wrong(asked, question, expected, expected) == ""
    assert wrong(asked, question, loose, expected) == ""  # the last number is within tolerance of the threshold
    assert wrong(asked, question, numpy_answer(asked, replace(question, where=())), expected)


QUANTILES = Quantiles(name="q", quantity="y", by=("g",), at=(0.0, 0.25, 0.5, 1.0))


@DTYPES
def test_wrong_quantiles_are_found(dtype: str) -> None:
    asked = problem(VALUES)
    expected = numpy_answer(asked, QUANTILES, dtype)
    values = np.asarray(expected.values["quantiles"])
    for place in np.ndindex(values.shape):
        for value in (values[place] * 1.001, values[place] * (1 + 1 / 64), values[place] * (1 - 1 / 64), np.nan):
            off = values.copy()
            off[place] = value
            assert "quantiles" in wrong(asked, QUANTILES, changed(expected, quantiles=off), expected, dtype), (place, value)


def test_a_quantile_may_be_far_where_a_threshold_decides_its_rank() -> None:
    """The median of 1 and 50 is 1, and 50 as soon as 100 counts too."""
    asked = problem(np.array([1.0, 50.0, 100.0]), np.ones(1))
    question = replace(QUANTILES, at=(0.5,), where=(Condition("a", "<", 100.0),))
    expected = numpy_answer(asked, question)
    more = numpy_answer(asked, replace(question, where=()))
    assert np.asarray(more.values["quantiles"])[0, 0] > 40 * np.asarray(expected.values["quantiles"])[0, 0]
    assert wrong(asked, question, more, expected) == ""
    assert wrong(asked, question, changed(more, quantiles=[[100.0], [50.0]]), expected)


def test_a_quantile_may_fall_into_the_next_bin_only_at_an_edge() -> None:
    question = Quantiles(name="q", quantity="b", at=(0.4,))
    expected = numpy_answer(problem(), question)
    (value,) = expected.values["quantiles"]
    assert value == pytest.approx(2, rel=0.008)
    # 2 is the lower edge of its bin: a number a little below it has the bin before
    before = changed(expected, quantiles=np.array([2 - 2 / 256]))
    assert not wrong(problem(), question, before, expected)
    after = changed(expected, quantiles=np.array([value * (1 + 1 / 64)]))
    assert wrong(problem(), question, after, expected)
    assert wrong(problem(), question, changed(expected, quantiles=np.array([value * 1.1])), expected)

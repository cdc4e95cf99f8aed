"""Pareto fronts: a tie within tolerance or a number at a bin's edge may show another point; nothing else may differ."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import problems, questions
from verify_problem import changed, numpy_answer

from flopwatt.bench.verify.agreement import agreement
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.evaluate import evaluate_at
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Pareto, Problem, Question, Result

DTYPES = pytest.mark.parametrize("dtype", ["float64", "float32"])
FRONT = Pareto(name="q", quantities=("x", "y"), by=("g",))
# bins are 1/64 of an octave: these x lie in bins of their own, and y falls with x but for the points above the front
X = np.array([1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 1.3, 2.6])
Y = np.array([9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 8.5, 6.5])


def clouds(x: np.ndarray = X, y: np.ndarray = Y, groups: int = 2) -> Problem:
    """Points in the plane of x and y, the same in every group."""
    model = Model({name: Quantity(name, "", "given", "") for name in "gxy"})
    return Problem(model, Grid((Axis("g", {"g": np.arange(float(groups))}), Axis("point", {"x": x, "y": y}))))


def wrong(asked: Problem, candidate: Result, expected: Result, question: Question = FRONT, dtype: str = "float64") -> str:
    return agreement(asked, question, candidate, expected, dtype).wrong


def reported(asked: Problem, rows: list[list[int]], question: Pareto = FRONT, dtype: str = "float64") -> Result:
    """A result whose fronts are these points, with NumPy's values; -1 is none."""
    index = np.asarray(rows)
    values = evaluate_at(asked, question.quantities, np.maximum(index, 0), dtype)
    front = np.stack([np.where(index < 0, np.nan, values[name]) for name in question.quantities], axis=-1)
    return Result({"front": front.astype(dtype), "index": index}, evaluated=asked.grid.size)


RIGHT = [[0, 1, 2, 3, 4, 5, 6, 7], [10, 11, 12, 13, 14, 15, 16, 17]]


@DTYPES
def test_wrong_fronts_are_found(dtype: str) -> None:
    asked = clouds()
    expected = numpy_answer(asked, FRONT, dtype)
    np.testing.assert_array_equal(expected.values["index"], RIGHT)
    assert wrong(asked, reported(asked, RIGHT, dtype=dtype), expected, dtype=dtype) == ""
    for name, second in {
        "a point is missing": [10, 11, 12, 14, 15, 16, 17, -1],
        "the first is missing": [11, 12, 13, 14, 15, 16, 17, -1],
        "the last is missing": [10, 11, 12, 13, 14, 15, 16, -1],
        "no point": [-1] * 8,
        "a dominated point more": [10, 11, 18, 12, 13, 14, 15, 16, 17],
        "a dominated point in the place of one": [10, 11, 12, 13, 14, 19, 16, 17],
        "a point twice": [10, 10, 12, 13, 14, 15, 16, 17],
        "the wrong order": [11, 10, 12, 13, 14, 15, 16, 17],
        "a point of the other group": [0, 11, 12, 13, 14, 15, 16, 17],
        "a gap": [10, 11, 12, -1, 13, 14, 15, 16, 17],
    }.items():
        first = RIGHT[0] + [-1] * (len(second) - 8)
        assert wrong(asked, reported(asked, [first, second], dtype=dtype), expected, dtype=dtype), name


@DTYPES
def test_wrong_numbers_and_indices_are_found(dtype: str) -> None:
    asked = clouds()
    expected = numpy_answer(asked, FRONT, dtype)
    for place in np.ndindex(2, 8, 2):
        for value in (expected.values["front"][place] * 1.001, np.nan):
            front = expected.values["front"].copy()
            front[place] = value
            assert "coordinates" in wrong(asked, changed(expected, front=front), expected, dtype=dtype), (place, value)
    for value in (3, 18, 9):
        index = np.asarray(RIGHT)
        index[1, 2] = value
        assert "coordinates" in wrong(asked, changed(expected, index=index), expected, dtype=dtype)
    index[1, 2] = 20
    assert "grid" in wrong(asked, changed(expected, index=index), expected, dtype=dtype)


@pytest.mark.parametrize("off", [0.0, -2e-15, 2e-15, -1e-9, 1e-9])
def test_a_tie_may_be_on_the_front_or_not(off: float) -> None:
    """Point 8 lies behind point 4 (2.0, 5.0), at (2.1, nearly 5.0): it is on the front where it is the lesser."""
    x, y = X.copy(), Y.copy()
    x[8], y[8] = 2.1, 5.0 + off
    asked = clouds(x, y, groups=1)
    expected = numpy_answer(asked, FRONT)
    without, with_both = reported(asked, [[0, 1, 2, 3, 4, 5, 6, 7]]), reported(asked, [[0, 1, 2, 3, 4, 8, 5, 6, 7]])
    assert (wrong(asked, without, expected) == "") == (off > -1e-12)
    assert (wrong(asked, with_both, expected) == "") == (off < 1e-12)
    assert wrong(asked, reported(asked, [[0, 1, 2, 3, 8, 5, 6, 7]]), expected)  # nothing reaches point 4


def test_of_one_bin_either_tie_may_be_shown() -> None:
    x, y = np.array([1.0, 2.0, 2.01, 3.0]), np.array([9.0, 5.0, 5 + 1e-14, 3.0])
    asked = clouds(x, y, groups=1)
    expected = numpy_answer(asked, FRONT)
    for point in (1, 2):
        assert wrong(asked, reported(asked, [[0, point, 3]]), expected) == ""
    far = clouds(x, np.array([9.0, 5.0, 5 + 1e-9, 3.0]), groups=1)
    assert wrong(far, reported(far, [[0, 2, 3]]), numpy_answer(far, FRONT))


@pytest.mark.parametrize("off", [0.0, -4e-16, 9e-16, -1e-9, 1e-9])
def test_a_point_at_a_bins_edge_may_be_of_either_bin(off: float) -> None:
    """Just below 2 point 2 beats point 1, which is of its bin; from 2 on point 3 does so to it."""
    asked = clouds(np.array([1.0, 1.99, 2 + off, 2.01]), np.array([9.0, 5.0, 4.0, 3.0]), groups=1)
    expected = numpy_answer(asked, FRONT)
    assert (wrong(asked, reported(asked, [[0, 1, 3]]), expected) == "") == (off > -1e-12)
    assert (wrong(asked, reported(asked, [[0, 2, 3]]), expected) == "") == (off < 1e-12)


def test_a_point_at_a_threshold_may_count_or_not() -> None:
    asked = clouds(groups=1)
    question = Pareto(name="q", quantities=("x", "y"), where=(Condition("y", ">", 5.0),))
    expected = numpy_answer(asked, question)
    np.testing.assert_array_equal(expected.values["index"], [0, 1, 2, 3])
    assert wrong(asked, reported(asked, [0, 1, 2, 3, 4], question), expected, question) == ""
    assert "does not meet" in wrong(asked, reported(asked, [0, 1, 2, 3, 5], question), expected, question)
    assert wrong(asked, reported(asked, [0, 1, 2], question), expected, question)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, derandomize=True)
@given(data=st.data(), dtype=st.sampled_from(["float64", "float32"]))
def test_a_front_without_one_of_its_points_is_found(data: st.DataObject, dtype: str) -> None:
    """On random models: unless another point may stand for it, which is a tie."""
    drawn = data.draw(problems(most_points=500, longest=30, inexact=0.3))
    question = replace(data.draw(questions(drawn, kinds=("pareto",))), where=())
    expected = numpy_answer(drawn.problem, question, dtype)
    index, front = (np.asarray(expected.values[name]).copy() for name in ("index", "front"))
    rows, fronts = index.reshape(-1, index.shape[-1]), front.reshape(-1, *front.shape[-2:])
    full = np.flatnonzero((rows >= 0).any(axis=1))
    if not len(full):
        return
    row = data.draw(st.sampled_from(full.tolist()))
    place = data.draw(st.integers(0, int((rows[row] >= 0).sum()) - 1))
    rows[row] = np.append(np.delete(rows[row], place), -1)
    fronts[row] = np.append(np.delete(fronts[row], place, axis=0), [[np.nan, np.nan]], axis=0)
    second = np.asarray(expected.values["front"]).reshape(fronts.shape)[row, :, 1].astype(np.float64)
    if place and abs(second[place] - second[place - 1]) <= 1e-4 * abs(second[place]):
        return  # the point before stands for it
    assert "front differs" in wrong(drawn.problem, changed(expected, index=index, front=front), expected, question, dtype)

"""Bests: ties, points at a threshold, and what NumPy finds at the coordinates."""

from dataclasses import replace

import numpy as np
from verify_problem import A, B, changed, numpy_answer, problem

from flopwatt.bench.verify.agreement import agreement
from flopwatt.bench.verify.best import at_coordinates
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.questions import Best

# the third of A is 2 + 4e-16: within tolerance of the threshold 2
NEAR = (Condition("a", "<=", 2.0),)


def test_a_tie_may_be_broken_otherwise() -> None:
    question = Best(name="q", objective="y", where=(Condition("y", ">=", 4.0),))
    expected = numpy_answer(problem(), question)
    values = (A[:, None] * B[None, :]).ravel()
    ties = np.flatnonzero(values == 4.0)
    assert len(ties) > 1
    for tie in ties:
        assert not agreement(problem(), question, changed(expected, index=tie), expected, "float64").wrong


def test_coordinates_must_have_the_value_that_is_reported() -> None:
    question = Best(name="q", objective="y")
    expected = numpy_answer(problem(), question)
    agreed = agreement(problem(), question, changed(expected, index=3), expected, "float64")
    assert "coordinates" in agreed.wrong


def test_coordinates_must_meet_the_conditions() -> None:
    question = Best(name="q", objective="y", where=(Condition("a", ">=", 1.0),))
    expected = numpy_answer(problem(), question)
    candidate = changed(expected, index=0, objective=0.5)
    assert "does not meet" in at_coordinates(problem(), question, candidate, "float64").wrong
    assert agreement(problem(), question, candidate, expected, "float64").wrong


def test_a_best_may_be_a_point_at_a_threshold() -> None:
    question = Best(name="q", objective="y", maximize=True, where=NEAR)
    expected = numpy_answer(problem(), question)
    more = numpy_answer(problem(), replace(question, where=(Condition("a", "<=", 2.5),)))
    assert expected.values["objective"] < more.values["objective"]
    assert not agreement(problem(), question, more, expected, "float64").wrong
    far = numpy_answer(problem(), replace(question, where=(Condition("a", "<=", 3.5),)))
    assert agreement(problem(), question, far, expected, "float64").wrong


def test_null_on_one_side_is_a_disagreement_unless_a_threshold_explains_it() -> None:
    question = Best(name="q", objective="y", where=(Condition("a", ">", 4.0),))
    expected = numpy_answer(problem(), question)
    assert np.isnan(expected.values["objective"])
    looser = numpy_answer(problem(), replace(question, where=(Condition("a", ">=", 4.0),)))
    assert not agreement(problem(), question, looser, expected, "float64").wrong
    lower = numpy_answer(problem(), replace(question, where=(Condition("a", ">=", 3.0),)))
    assert agreement(problem(), question, lower, expected, "float64").wrong
    every = Best(name="q", objective="y")
    none = changed(numpy_answer(problem(), every), index=-1, objective=np.nan)
    assert agreement(problem(), every, none, numpy_answer(problem(), every), "float64").wrong


def test_a_best_must_be_of_its_group() -> None:
    question = Best(name="q", objective="y", by=("g",))
    expected = numpy_answer(problem(), question)
    swapped = changed(expected, index=np.asarray(expected.values["index"])[::-1])
    assert "group" in agreement(problem(), question, swapped, expected, "float64").wrong

"""Whole groups of an answer: which are chosen, and that what an engine said of them is what is compared."""

import numpy as np
import pytest
from verify_problem import A, B, changed, numpy_answer, problem

from flopwatt.bench.verify.agreement import KINDS, agreement
from flopwatt.bench.verify.groups import some_groups
from flopwatt.kernels.engines import REFERENCE, Settings, get
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.questions import Best, Decision, Pareto, Quantiles, Question, Summary
from flopwatt.kernels.model.statistics import Measure, Statistic

ASKED = problem(groups=7)
P50 = Statistic("y", Measure.QUANTILE, 0.5)
QUESTIONS = [
    Best(name="best", objective="y", by=("g",), maximize=True),
    Decision(name="decision", objective=P50, by=("g",)),
    Summary(name="summary", quantity="y", by=("g", "a"), where=(Condition("g", ">=", 3.0),)),
    Quantiles(name="quantiles", quantity="y", at=(0.0, 0.5, 1.0), by=("g",)),
    Pareto(name="front", quantities=("y", "a"), by=("g",)),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_groups_are_answered_as_they_were_among_all(question: Question) -> None:
    assert KINDS.of(question).in_groups
    result = numpy_answer(ASKED, question)
    groups = some_groups(ASKED, question, result, 3 * A.size * B.size, "float64")
    assert groups is not None
    assert not groups.misplaced
    assert groups.problem.grid.size < ASKED.grid.size
    reference = get(REFERENCE).prepare(groups.problem, question, Settings()).run()
    assert set(groups.result.values) == set(reference.values)
    for name, values in reference.values.items():
        np.testing.assert_array_equal(groups.result.values[name], values)
    assert not agreement(groups.problem, question, groups.result, reference, "float64").wrong


def chosen(question: Question, count: int) -> list[float]:
    """Which of seven groups are chosen where so many may be."""
    groups = some_groups(ASKED, question, numpy_answer(ASKED, question), count * A.size * B.size, "float64")
    assert groups is not None
    return [float(g) for g in groups.problem.grid.axes[0].columns["g"]]


def test_groups_that_have_an_answer_come_first_and_one_that_has_none_last() -> None:
    """From the third on they have one: five of seven."""
    question = Summary(name="summary", quantity="y", by=("g",), where=(Condition("g", ">=", 3.0),))
    assert chosen(question, 1) == [7.0]
    for count in range(2, 7):
        with_none, with_answers = chosen(question, count)[0], chosen(question, count)[1:]
        assert with_none < 3
        assert min(with_answers) >= 3
        assert with_answers[-1] == 7
    assert chosen(question, 7) == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]


def test_the_ends_of_an_axis_are_among_the_groups() -> None:
    for count in range(2, 7):
        assert {1.0, 7.0} <= set(chosen(QUESTIONS[3], count))


def test_a_group_with_too_many_scenarios_is_none() -> None:
    result = numpy_answer(ASKED, QUESTIONS[0])
    assert some_groups(ASKED, QUESTIONS[0], result, A.size * B.size - 1, "float64") is None
    whole = Best(name="whole", objective="y")
    assert some_groups(ASKED, whole, numpy_answer(ASKED, whole), 10**6, "float64") is None


def test_scenarios_that_are_alike_count_once() -> None:
    question = Best(name="best", objective="a", by=("g",))  # whatever b is
    assert some_groups(ASKED, question, numpy_answer(ASKED, question), A.size, "float64") is not None


def test_a_point_of_another_group_is_seen() -> None:
    question = QUESTIONS[0]
    result = numpy_answer(ASKED, question)
    moved = changed(result, index=np.roll(result.values["index"], 1))
    groups = some_groups(ASKED, question, moved, A.size * B.size, "float64")
    assert groups is not None
    assert groups.misplaced


def test_points_at_which_no_scenario_counts_are_left_out() -> None:
    where = (Condition("a", "<=", 1.0), Condition("b", ">", 1.5))
    best, counted = (
        Best(name="best", objective="y", by=("g",), where=where),
        Summary(name="s", quantity="y", by=("g",), where=where),
    )
    groups = some_groups(ASKED, best, numpy_answer(ASKED, best), 4, "float64")
    assert groups is not None
    assert groups.problem.grid.shape == (1, 2, 2)
    reference = get(REFERENCE).prepare(groups.problem, best, Settings()).run()
    np.testing.assert_array_equal(groups.result.values["index"], reference.values["index"])
    assert some_groups(ASKED, counted, numpy_answer(ASKED, counted), 4, "float64") is None  # it says how many do not


def test_a_point_near_a_threshold_is_kept() -> None:
    where = (Condition("a", "<=", np.nextafter(1.0, 0)),)
    best = Best(name="best", objective="y", by=("g",), where=where)
    groups = some_groups(ASKED, best, numpy_answer(ASKED, best), ASKED.grid.size, "float64")
    assert groups is not None
    assert groups.problem.grid.axes[1].columns["a"].tolist() == [0.5, 1.0]

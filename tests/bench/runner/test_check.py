"""How a run's answer is held against NumPy's: on all of the grid or a sample, and what is said where it differs."""

from dataclasses import replace

import numpy as np
import pytest
from verify_problem import changed, numpy_answer, problem

from flopwatt.bench.errors import DisagreementError
from flopwatt.bench.machine.noise import Moment
from flopwatt.bench.runner import check
from flopwatt.bench.runner.check import Checker, allowances
from flopwatt.bench.runner.outcome import QuestionRun
from flopwatt.bench.verify.tolerance import TOLERANCE
from flopwatt.kernels.engines import Settings, get
from flopwatt.kernels.model.questions import Best, Question, Result, Summary, Table

ALL, SOME, FEW = 30, 15, 10  # scenarios: of the whole grid, of a group, of a part of one
MOMENT = Moment(None, None, None, None, 0.0)
BEST, SUMMARY = Best(name="best", objective="y", by=("g",)), Summary(name="summary", quantity="y", by=("g",))


def run_of(question: Question, result: Result) -> QuestionRun:
    return QuestionRun(question, result, 0.0, (1.0,), 0.0, (MOMENT, MOMENT))


@pytest.fixture
def checker() -> Checker:
    return Checker(problem(), Settings())


def test_an_equal_answer_gets_its_difference_and_numpys_is_kept(checker: Checker) -> None:
    result = numpy_answer(problem(), SUMMARY)
    off = changed(result, mean=result.values["mean"] * (1 + TOLERANCE["float64"] / 4))
    compared = checker.compare(get("numba"), run_of(SUMMARY, off), ALL)
    assert compared.max_relative_error == pytest.approx(TOLERANCE["float64"] / 4, rel=1e-3)
    assert list(checker.reference) == ["summary"]


def test_numpys_engine_is_held_against_the_reference_too(checker: Checker) -> None:
    run = run_of(SUMMARY, changed(numpy_answer(problem(), SUMMARY), mean=np.array([0.0, 0.0])))
    with pytest.raises(DisagreementError, match="engine numpy disagrees with the reference on 'summary'"):
        checker.compare(get("numpy"), run, ALL)


@pytest.mark.parametrize("question", [BEST, SUMMARY], ids=lambda question: question.name)
def test_another_answer_is_refused_with_engine_and_question(checker: Checker, question: Question) -> None:
    result = numpy_answer(problem(), question)
    name = "objective" if question is BEST else "max"
    off = changed(result, **{name: result.values[name] * 1.01})
    with pytest.raises(
        DisagreementError, match=rf"engine numba disagrees with the reference on '{question.name}': .*nothing was saved"
    ):
        checker.compare(get("numba"), run_of(question, off), ALL)


@pytest.mark.parametrize("question", [BEST, SUMMARY], ids=lambda question: question.name)
def test_where_all_is_too_much_whole_groups_of_the_answer_are_compared(
    checker: Checker, question: Question, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = numpy_answer(problem(), question)
    asked = []
    answer = Checker._answer
    monkeypatch.setattr(Checker, "_answer", lambda *args: (asked.append(args[1]), answer(*args))[1])
    run = run_of(question, result)
    assert not checker.is_whole(run, SOME)
    assert checker.compare(get("numba"), run, SOME).max_relative_error <= TOLERANCE["float64"]
    assert asked == ["reference"]  # the engine computed nothing anew
    assert checker.reference == {}  # and NumPy never answered all of it
    name = "objective" if question is BEST else "mean"
    with pytest.raises(DisagreementError, match="on a sample of the grid"):
        checker.compare(get("numba"), run_of(question, changed(result, **{name: result.values[name] * 1.01})), SOME)


def test_a_point_of_another_group_is_a_disagreement(checker: Checker) -> None:
    result = numpy_answer(problem(), BEST)
    swapped = changed(result, index=result.values["index"][::-1])
    with pytest.raises(DisagreementError, match="a point that it reports is of another group"):
        checker.compare(get("numba"), run_of(BEST, swapped), SOME)


def test_where_a_group_is_too_much_both_engines_answer_for_a_part_of_the_grid(checker: Checker) -> None:
    result = numpy_answer(problem(), BEST)
    assert checker.compare(get("numba"), run_of(BEST, result), FEW).max_relative_error <= TOLERANCE["float64"]
    with pytest.raises(DisagreementError, match="on a sample of the grid"):  # where a best lies is looked at anyway
        checker.compare(get("numba"), run_of(BEST, changed(result, objective=result.values["objective"] * 1.01)), FEW)


def test_what_was_answered_for_another_engine_is_compared_whole(checker: Checker) -> None:
    run = run_of(BEST, numpy_answer(problem(), BEST))
    checker.reference["best"] = run.result
    assert checker.is_whole(run, FEW)


def test_pruned_points_count_to_a_grids_size(checker: Checker) -> None:
    result = numpy_answer(problem(), BEST)
    whole = [checker.is_whole(run_of(BEST, replace(result, evaluated=n, pruned=1)), ALL) for n in (ALL - 1, ALL)]
    assert whole == [True, False]


def test_an_engines_answers_are_compared_together(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [run_of(question, numpy_answer(problem(), question)) for question in (BEST, SUMMARY)]
    compared, whole = checker.compare_all(get("numba"), runs)
    assert [run.question for run in compared] == [BEST, SUMMARY]
    assert whole
    monkeypatch.setattr(check, "CHECKED_POINTS", ALL)
    monkeypatch.setattr(check, "_LEAST", 1)
    checker.reference.clear()
    assert not checker.compare_all(get("numba"), runs)[1]


def test_small_questions_are_checked_whole_and_the_rest_shared_out() -> None:
    sizes = {"large": 10**9, "small": 1000, "larger": 10**10}
    assert allowances(sizes, 201_000) == {"small": 1000, "large": 100_000, "larger": 100_000}
    assert allowances(sizes, 0) == {"small": 1000, "large": 20_000, "larger": 20_000}  # never so few as to say nothing


def test_a_table_was_compared_as_it_was_walked(checker: Checker) -> None:
    run = run_of(Table(name="table", quantities=("y",)), Result({}, 30))
    assert checker.compare(get("numba"), run, ALL) is run

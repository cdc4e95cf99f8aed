"""How a run's answer is held against NumPy's: on all of the grid or a sample, and what is said where it differs."""

from dataclasses import replace

import numpy as np
import pytest
from verify_problem import changed, numpy_answer, problem

from flopwatt.bench.errors import DisagreementError
from flopwatt.bench.machine.noise import Moment
from flopwatt.bench.runner import check
from flopwatt.bench.runner.check import FULL_CHECK_POINTS, Checker
from flopwatt.bench.runner.outcome import QuestionRun
from flopwatt.bench.verify.tolerance import TOLERANCE
from flopwatt.kernels.engines import Settings, get
from flopwatt.kernels.model.questions import Best, Question, Result, Summary, Table

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
    compared = checker.compare(get("numba"), run_of(SUMMARY, off))
    assert compared.max_relative_error == pytest.approx(TOLERANCE["float64"] / 4, rel=1e-3)
    assert list(checker.reference) == ["summary"]


def test_numpys_engine_is_held_against_the_reference_too(checker: Checker) -> None:
    run = run_of(SUMMARY, changed(numpy_answer(problem(), SUMMARY), mean=np.array([0.0, 0.0])))
    with pytest.raises(DisagreementError, match="engine numpy disagrees with the reference on 'summary'"):
        checker.compare(get("numpy"), run)


@pytest.mark.parametrize("question", [BEST, SUMMARY], ids=lambda question: question.name)
def test_another_answer_is_refused_with_engine_and_question(checker: Checker, question: Question) -> None:
    result = numpy_answer(problem(), question)
    name = "objective" if question is BEST else "max"
    off = changed(result, **{name: result.values[name] * 1.01})
    with pytest.raises(
        DisagreementError, match=rf"engine numba disagrees with the reference on '{question.name}': .*nothing was saved"
    ):
        checker.compare(get("numba"), run_of(question, off))


def test_a_large_grid_is_compared_on_a_sample_and_where_a_best_lies(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "FULL_CHECK_POINTS", 0)
    result = numpy_answer(problem(), BEST)
    run = run_of(BEST, result)
    assert not checker.is_whole(run)
    assert checker.compare(get("numba"), run).max_relative_error <= TOLERANCE["float64"]
    assert checker.reference == {}  # NumPy never answered all of it
    with pytest.raises(DisagreementError, match="on a sample of the grid"):
        checker.compare(get("numba"), run_of(BEST, changed(result, objective=result.values["objective"] * 1.01)))


def test_what_numpy_answered_anyway_is_compared_whole(checker: Checker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "FULL_CHECK_POINTS", 0)
    run = run_of(BEST, numpy_answer(problem(), BEST))
    checker.reference["best"] = run.result
    assert checker.is_whole(run)


def test_pruned_points_count_to_a_grids_size(checker: Checker) -> None:
    result = numpy_answer(problem(), BEST)
    sizes = (FULL_CHECK_POINTS - 1, 1), (FULL_CHECK_POINTS, 1)
    whole = [checker.is_whole(run_of(BEST, replace(result, evaluated=n, pruned=pruned))) for n, pruned in sizes]
    assert whole == [True, False]


def test_a_table_was_compared_as_it_was_walked(checker: Checker) -> None:
    run = run_of(Table(name="table", quantities=("y",)), Result({}, 30))
    assert checker.compare(get("numba"), run) is run

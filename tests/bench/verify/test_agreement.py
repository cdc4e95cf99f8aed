"""What counts as equal, for every kind of question: the dtype's tolerance, and nothing where all is NaN."""

from fractions import Fraction

import numpy as np
import pytest
from verify_problem import changed, numpy_answer, problem

from flopwatt.bench.verify.agreement import KINDS, agreement, agreement_at_points
from flopwatt.bench.verify.tolerance import TOLERANCE
from flopwatt.kernels.engines import Settings, available, get
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.questions import (
    Best,
    Decision,
    Histogram,
    Pareto,
    Quantiles,
    Question,
    Result,
    Sensitivity,
    Summary,
    Table,
)
from flopwatt.kernels.model.statistics import Measure, Promise, Statistic

MEDIAN, GREATEST = (Statistic("y", Measure.QUANTILE, share) for share in (Fraction(1, 2), Fraction(1)))
QUESTIONS = [
    Best(name="best", objective="y", by=("g",), where=(Condition("a", ">=", 1.0),)),
    Best(name="greatest", objective="y", maximize=True),
    Summary(name="summary", quantity="y", by=("a",), where=(Condition("y", "<=", 4.0),)),
    Quantiles(name="quantiles", quantity="y", by=("b",), at=(0.1, 0.5, 1.0)),
    Histogram(name="histogram", quantity="y", by=("g",), bins=7),
    Pareto(name="pareto", quantities=("y", "a"), by=("b",)),
    Decision(name="decision", objective=MEDIAN, by=("g",), promises=(Promise(GREATEST, "<=", "g"),)),
    Sensitivity(name="sensitivity", quantity="y", by=("g",)),
]
EVERY = pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)


def test_every_kind_that_an_engine_reduces_is_asked_here() -> None:
    assert {type(question) for question in QUESTIONS} == {kind for kind, compared in KINDS.items() if compared.whole}


def test_a_table_has_no_result_to_compare() -> None:
    with pytest.raises(TypeError, match="as it is walked"):
        agreement(problem(), Table(name="q", quantities=("y",)), Result({}, 0), Result({}, 0), "float64")


@pytest.mark.parametrize("question", [QUESTIONS[0], QUESTIONS[5]], ids=lambda question: question.name)
def test_single_points_are_checked_where_a_kind_reports_them(question: Question) -> None:
    expected = numpy_answer(problem(), question)
    assert agreement_at_points(problem(), question, expected, "float64").wrong == ""
    moved = np.where(np.asarray(expected.values["index"]) < 0, -1, np.asarray(expected.values["index"]) ^ 1)
    assert "coordinates" in agreement_at_points(problem(), question, changed(expected, index=moved), "float64").wrong


def test_nothing_is_wrong_of_single_points_where_a_kind_reports_none() -> None:
    off = changed(numpy_answer(problem(), QUESTIONS[2]), min=np.full(5, -1.0))
    assert agreement_at_points(problem(), QUESTIONS[2], off, "float64").wrong == ""


@pytest.mark.parametrize("question", QUESTIONS[:-1], ids=lambda question: question.name)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("share", [0.0, 0.5, 3.0])
def test_the_tolerance_is_the_dtypes(question: Question, dtype: str, share: float) -> None:
    expected = numpy_answer(problem(), question, dtype)
    off = 1 + share * TOLERANCE[dtype]
    candidate = changed(
        expected, **{k: np.asarray(v, np.float64) * off for k, v in expected.values.items() if v.dtype.kind == "f"}
    )
    agreed = agreement(problem(), question, candidate, expected, dtype)
    assert bool(agreed.wrong) == (share > 1)
    assert agreed.error == pytest.approx(share * TOLERANCE[dtype], rel=1e-3)


@EVERY
@pytest.mark.parametrize("engine", available())
def test_an_engine_agrees(question: Question, engine: str) -> None:
    result = get(engine).prepare(problem(), question, Settings()).run()
    assert agreement(problem(), question, result, numpy_answer(problem(), question), "float64").wrong == ""


@EVERY
def test_one_nan_is_found(question: Question) -> None:
    expected = numpy_answer(problem(), question)
    for name, values in expected.values.items():
        if values.dtype.kind == "f":
            unknown, known = values.copy(), np.flatnonzero(~np.isnan(values))
            unknown.flat[known[len(known) // 2]] = np.nan
            assert agreement(problem(), question, changed(expected, **{name: unknown}), expected, "float64").wrong, name


@EVERY
def test_nothing_that_is_known_agrees_with_itself(question: Question) -> None:
    asked = problem(a=np.full(3, np.nan))
    expected = numpy_answer(asked, question)
    assert expected.nan == asked.grid.size
    assert agreement(asked, question, expected, expected, "float64").wrong == ""

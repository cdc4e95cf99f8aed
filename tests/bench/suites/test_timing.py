"""A question that the suites time is compiled once, and its case says what a call computes."""

from typing import Any

import pytest

from flopwatt.bench.suites.shapes import shallow
from flopwatt.bench.suites.timing import TimedQuestion, hold
from flopwatt.bench.timing.case import case_of
from flopwatt.bench.verify.tolerance import Agreement
from flopwatt.kernels.engines import Settings


class Fixture:
    """What of pytest-benchmark's fixture a question touches."""

    def __init__(self) -> None:
        self.extra_info: dict[str, Any] = {}


def test_a_question_is_compiled_once_for_each_engine_and_dtype() -> None:
    shape, benchmark = shallow(3, 1e4), Fixture()
    timed = TimedQuestion("a study", shape.problem, shape.questions["best"], "numpy", Settings("float32"))
    case, again = timed.begin(benchmark), timed.begin(Fixture())
    assert case_of(benchmark) is case
    assert (case.engine, case.dtype, case.points, case.evaluated) == ("numpy", "float32", shape.points, shape.points)
    assert again.prepared is case.prepared
    assert again.compile_seconds == case.compile_seconds
    wider = TimedQuestion("a study", shape.problem, shape.questions["best"], "numpy", Settings())
    assert wider.begin(benchmark).prepared is not case.prepared


def test_the_answer_is_kept_for_the_record() -> None:
    shape = shallow(3, 1e4)
    timed = TimedQuestion("another study", shape.problem, shape.questions["summary"], "numpy", Settings())
    case = timed.begin(Fixture())
    timed.keep_answer(case, case.prepared.run(), {})
    assert [answer.question for answer in case.answers] == ["summary"]


def test_a_disagreement_names_the_engine() -> None:
    assert hold(Agreement(1e-14), "numba") == 1e-14
    with pytest.raises(AssertionError, match="numba is wrong: its best differs"):
        hold(Agreement(0.5, "its best differs"), "numba")

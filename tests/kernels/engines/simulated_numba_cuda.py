"""The numba-cuda engine in Numba's CUDA simulator, which must be chosen before Numba is imported: see test_gpu_numba.py.

The simulator takes a system thread for each of a block's, and does a thousand points a second: small grids.
"""

import numpy as np
import pytest
from agreement import check
from decision_problems import DrawnDecision, decisions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numba import config
from small_decisions import MEAN, MEDIAN, MOSTLY, NEVER, OFTEN, decision, drawn_problem, equal
from small_problems import BOTH, KINDS, LIMIT, asked, problem_of
from strategies import problems, questions

from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.questions import Problem, Question, Result
from flopwatt.kernels.model.statistics import Statistic


def test_this_is_the_simulator() -> None:
    assert config.ENABLE_CUDASIM
    assert "simulator" in engines.availability("numba-cuda").device


def answer(engine: str, problem: Problem, question: Question, dtype: str, chunk: int | None = None) -> Result:
    return engines.get(engine).prepare(problem, question, Settings(dtype=dtype, chunk=chunk)).run()


def compare(problem: Problem, question: Question, dtype: str, *, exact: bool = True) -> None:
    found, reference = (answer(name, problem, question, dtype) for name in ("numba-cuda", "reference"))
    check(problem, question, dtype, reference, found, exact=exact)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(data=st.data(), dtype=st.sampled_from(["float64", "float32"]))
def test_random_models(data: st.DataObject, dtype: str) -> None:
    drawn = data.draw(problems(most_points=60, longest=7, inexact=0.3))
    question = data.draw(questions(drawn))
    compare(drawn.problem, question, dtype, exact=set(question.targets()) <= set(drawn.exact))


@KINDS
@BOTH
def test_every_question(kind: str, dtype: str) -> None:
    compare(problem_of(2, 9, 5, nan=True, low=-1.0), asked(kind, ("a",), LIMIT), dtype)


@pytest.mark.parametrize("kind", ["least", "quantiles"])
def test_same_bits_for_any_chunks(kind: str) -> None:
    problem, question = problem_of(3, 7, 5), asked(kind, ("a",), LIMIT)
    whole, parts = (answer("numba-cuda", problem, question, "float64", chunk) for chunk in (None, 1))
    for name, values in whole.values.items():
        np.testing.assert_array_equal(parts.values[name], values, err_msg=name)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(drawn=decisions(most_points=60, longest=7), dtype=st.sampled_from(["float64", "float32"]))
def test_random_decisions(drawn: DrawnDecision, dtype: str) -> None:
    found, reference = (answer(name, drawn.problem, drawn.question, dtype) for name in ("numba-cuda", "reference"))
    equal(reference, found, dtype)


@BOTH
@pytest.mark.parametrize("objective", [MEDIAN, MEAN], ids=str)
def test_decisions(objective: Statistic, dtype: str) -> None:
    problem = drawn_problem(2, 7, 9, drawn="c", weights=[0, 1, 2, 1, 0, 5, 1, 1, 3], nan=True)
    question = decision(objective, MOSTLY, OFTEN, by=("a",), confident=True)
    found, reference = (answer(name, problem, question, dtype, chunk=3) for name in ("numba-cuda", "reference"))
    equal(reference, found, dtype)
    missing = decision(objective, MOSTLY, NEVER, by=("a",))
    found, reference = (answer(name, problem, missing, dtype) for name in ("numba-cuda", "reference"))
    equal(reference, found, dtype)
    assert (found.values["nearest"] >= 0).all()

"""The Numba engine against the NumPy engine, on random models."""

import functools

import numpy as np
import pytest
from agreement import check
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import Drawn, problems, questions

from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings, cpu_numba
from flopwatt.kernels.plan import make
from flopwatt.kernels.questions import Result

DTYPES = st.sampled_from(["float64", "float32"])


def run(engine: str, drawn: Drawn, question: object, dtype: str, **kwargs: int) -> Result:
    return engines.get(engine).prepare(drawn.problem, question, Settings(dtype=dtype, **kwargs)).run()  # type: ignore[arg-type]


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(data=st.data(), dtype=DTYPES)
def test_agrees_with_numpy(data: st.DataObject, dtype: str) -> None:
    drawn = data.draw(problems())
    question = data.draw(questions(drawn))
    reference = run("numpy", drawn, question, dtype)
    found = run("numba", drawn, question, dtype)
    exact = set(question.targets()) <= set(drawn.exact)
    check(drawn.problem, question, dtype, reference, found, exact=exact)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(data=st.data(), dtype=DTYPES)
def test_same_bits_for_any_chunks_and_threads(data: st.DataObject, dtype: str) -> None:
    drawn = data.draw(problems())
    question = data.draw(questions(drawn))
    first = run("numba", drawn, question, dtype, threads=1)
    for chunk, threads in ((1, 2), (3, 1), (7, 3)):
        again = run("numba", drawn, question, dtype, threads=threads, chunk=chunk)
        for name, values in first.values.items():
            np.testing.assert_array_equal(again.values[name], values, err_msg=name)


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(data=st.data(), dtype=DTYPES, inner=st.sampled_from([1, 7, 40, 333]), longest=st.sampled_from([16, 64, 2048]))
def test_agrees_however_the_loops_are_cut(data: st.DataObject, dtype: str, inner: int, longest: int) -> None:
    drawn = data.draw(problems(longest=300, inexact=False))
    question = data.draw(questions(drawn))
    reference = run("numpy", drawn, question, dtype)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cpu_numba, "make", functools.partial(make, inner=inner, longest=longest))
        found = run("numba", drawn, question, dtype)
    check(drawn.problem, question, dtype, reference, found, exact=True)

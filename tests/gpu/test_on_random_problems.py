"""Random models, grids, questions, decisions and tables on GPUs and what stands in for them, against the reference."""

import dataclasses

import numpy as np
import pytest
from agreement import check, same_bits, written
from decision_problems import DrawnDecision, decisions
from gpu_targets import ON_ALL, GpuTarget
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from small_decisions import equal
from strategies import problems, questions

from flopwatt.kernels import engines
from flopwatt.kernels.engines import REFERENCE, Prepared, Settings, gpu
from flopwatt.kernels.model.questions import Problem, Question, Table

DTYPES = st.sampled_from(["float64", "float32"])
pytestmark = pytest.mark.slow


def drawing(examples: int) -> settings:
    """So many examples. One that fails is reported as it was drawn: to shrink it would compile hundreds of kernels."""
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
        phases=[Phase.generate],
    )


def reference(problem: Problem, question: Question, dtype: str) -> Prepared:
    return engines.get(REFERENCE).prepare(problem, question, Settings(dtype=dtype))


def cut(patch: pytest.MonkeyPatch, inner: int, longest: int, bins: int) -> None:
    """Outer points of so many scenarios and at most so many lanes, so that small grids are walked as large ones are."""
    patch.setattr(gpu, "GPU", dataclasses.replace(gpu.GPU, inner=inner, longest=longest))
    patch.setattr(gpu, "MAX_SHARED_BINS", bins)
    patch.setattr(gpu, "_BLOCKS_PER_SM", 3)


@ON_ALL
def test_random_models(target: GpuTarget) -> None:
    @drawing(target.examples)
    @given(
        data=st.data(),
        dtype=DTYPES,
        inner=st.sampled_from([1, 40, 333, 2**18]),
        longest=st.sampled_from([16, 64, 512]),
        bins=st.sampled_from([32, 4096]),
    )
    def one(data: st.DataObject, dtype: str, inner: int, longest: int, bins: int) -> None:
        drawn = data.draw(problems(most_points=target.points, longest=target.longest, inexact=0.0))
        question = data.draw(questions(drawn))
        with pytest.MonkeyPatch.context() as patch:
            cut(patch, inner, longest, bins)
            result = target.answer(drawn.problem, question, dtype)
        check(drawn.problem, question, dtype, reference(drawn.problem, question, dtype).run(), result, exact=True)

    one()


@ON_ALL
def test_random_models_with_powers_and_logarithms(target: GpuTarget) -> None:
    """And the same bits the second time, and for any chunks."""

    @drawing(target.examples // 2)
    @given(data=st.data(), dtype=DTYPES)
    def one(data: st.DataObject, dtype: str) -> None:
        drawn = data.draw(problems(most_points=target.points, longest=target.longest, inexact=0.5))
        question = data.draw(questions(drawn))
        prepared = target.prepare(drawn.problem, question, Settings(dtype=dtype))
        result, exact = prepared.run(), set(question.targets()) <= set(drawn.exact)
        check(drawn.problem, question, dtype, reference(drawn.problem, question, dtype).run(), result, exact=exact)
        if target.points < 1000:  # the simulator would take a minute
            return
        same_bits(result, prepared.run())
        same_bits(result, target.answer(drawn.problem, question, dtype, chunk=5))

    one()


@ON_ALL
def test_random_decisions(target: GpuTarget) -> None:
    @drawing(target.examples)
    @given(
        drawn=decisions(most_points=min(target.points, 600), longest=min(target.longest, 9)),
        dtype=DTYPES,
        inner=st.sampled_from([1, 40, 333, 2**18]),
        chunk=st.sampled_from([None, 1, 3]),
    )
    def one(drawn: DrawnDecision, dtype: str, inner: int, chunk: int | None) -> None:
        with pytest.MonkeyPatch.context() as patch:
            cut(patch, inner, 64, gpu.MAX_SHARED_BINS)
            result = target.answer(drawn.problem, drawn.question, dtype, chunk)
        equal(reference(drawn.problem, drawn.question, dtype).run(), result, dtype)

    one()


@ON_ALL
def test_random_tables(target: GpuTarget) -> None:
    @drawing(target.examples // 2)
    @given(data=st.data(), dtype=DTYPES, inner=st.sampled_from([1, 40, 2**18]), longest=st.sampled_from([16, 512]))
    def one(data: st.DataObject, dtype: str, inner: int, longest: int) -> None:
        drawn = data.draw(problems(most_points=target.points, longest=target.longest, inexact=0.0))
        where = data.draw(questions(drawn, kinds=("best",))).where
        question = Table(name="drawn", quantities=tuple(drawn.quantities[-2:]), where=where)
        with pytest.MonkeyPatch.context() as patch:
            cut(patch, inner, longest, gpu.MAX_SHARED_BINS)
            patch.setattr(gpu, "_TABLE_POINTS", max(target.points // 4, 10))
            result = written(target.prepare(drawn.problem, question, Settings(dtype=dtype)), drawn.problem.grid.size)
        expected = written(reference(drawn.problem, question, dtype), drawn.problem.grid.size)
        assert result.keys() == expected.keys()
        for name, values in expected.items():
            np.testing.assert_array_equal(result[name], values, err_msg=name)

    one()

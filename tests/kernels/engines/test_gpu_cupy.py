"""The CuPy engine's CUDA C++, compiled as C++ and run on the CPU, against the NumPy engine: every bit but a mean's."""

import numpy as np
import pytest
from agreement import check
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shim_device import COMPILER, OutOfMemoryError, ShimDevice
from small_problems import BOTH, KINDS, LIMIT, asked, model, problem_of
from strategies import Drawn, problems, questions

from flopwatt.kernels import emit_threads, engines
from flopwatt.kernels.collapse import collapse
from flopwatt.kernels.engines import Settings, gpu
from flopwatt.kernels.engines.gpu import GpuRun
from flopwatt.kernels.grid import Axis, Grid
from flopwatt.kernels.questions import Condition, Problem, Question, Result

pytestmark = pytest.mark.skipif(COMPILER is None, reason="g++ is not installed")
DTYPES = st.sampled_from(["float64", "float32"])
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def on_shim(
    problem: Problem, question: Question, dtype: str, device: ShimDevice | None = None, chunk: int | None = None
) -> Result:
    """The answer of the engine's own code on the shim, as `engines.get` would give it."""
    small = collapse(problem, question)
    return small.expand(GpuRun(device or ShimDevice(), small.problem, question, Settings(dtype=dtype, chunk=chunk)).run())


def by_numpy(problem: Problem, question: Question, dtype: str) -> Result:
    return engines.get("numpy").prepare(problem, question, Settings(dtype=dtype)).run()


def compare(problem: Problem, question: Question, dtype: str, *, exact: bool = True, seed: int = 0) -> Result:
    found = on_shim(problem, question, dtype, ShimDevice(seed))
    check(problem, question, dtype, by_numpy(problem, question, dtype), found, exact=exact)
    return found


def is_exact(drawn: Drawn, question: Question) -> bool:
    return set(question.targets()) <= set(drawn.exact)


@pytest.mark.slow
@quick
@given(data=st.data(), dtype=DTYPES)
def test_random_models(data: st.DataObject, dtype: str) -> None:
    drawn = data.draw(problems(most_points=6000))
    question = data.draw(questions(drawn))
    compare(drawn.problem, question, dtype, exact=is_exact(drawn, question), seed=data.draw(st.integers(0, 1000)))


@pytest.mark.slow
@settings(quick, max_examples=15)
@given(data=st.data(), dtype=DTYPES)
def test_same_bits_for_any_chunks(data: st.DataObject, dtype: str) -> None:
    drawn = data.draw(problems(most_points=3000, longest=20))
    question = data.draw(questions(drawn))
    whole = on_shim(drawn.problem, question, dtype)
    for seed, chunk in enumerate((1, 7)):
        again = on_shim(drawn.problem, question, dtype, ShimDevice(seed), chunk)
        for name, values in whole.values.items():
            np.testing.assert_array_equal(again.values[name], values, err_msg=name)


@KINDS
@BOTH
@pytest.mark.parametrize("by", [(), ("a",), ("b", "a")])
def test_every_question(kind: str, dtype: str, by: tuple[str, ...]) -> None:
    compare(problem_of(3, 40, 5, 9), asked(kind, by, LIMIT), dtype)


@KINDS
@BOTH
def test_nothing_is_feasible_in_some_groups(kind: str, dtype: str) -> None:
    question = asked(kind, ("a",), (Condition("a", "<", 1.0),))
    found = compare(problem_of(6, 30, 4), question, dtype)
    name = {"summary": "mean", "quantiles": "quantiles"}.get(kind, "objective")
    blank = np.isnan(found.values[name])
    assert blank.any()
    assert not blank.all()


@KINDS
@BOTH
def test_missing_facts(kind: str, dtype: str) -> None:
    found = compare(problem_of(3, 40, 5, 9, nan=True), asked(kind, ("a",), LIMIT), dtype)
    assert found.nan > 0


@KINDS
@BOTH
def test_zero_and_negative_values_and_ties(kind: str, dtype: str) -> None:
    compare(problem_of(40, 30, 5, low=-3.0), asked(kind, ("c",), LIMIT[:1], quantity="z"), dtype)


@KINDS
@BOTH
def test_lanes_in_tiles(kind: str, dtype: str) -> None:
    problem, question = problem_of(2, 2500, 3), asked(kind, ("a",), LIMIT)
    assert 0 < gpu.gpu_plan(problem, question, dtype).lane_tile <= gpu.LONGEST_LANES
    compare(problem, question, dtype)


@KINDS
@BOTH
def test_middle_loops_in_tiles(kind: str, dtype: str) -> None:
    problem, question = problem_of(450, 97, 3), asked(kind, (), LIMIT)
    plan = gpu.gpu_plan(problem, question, dtype)
    assert any(loop.tiled and problem.grid.shape[loop.axis] % loop.length for loop in plan.middle)
    compare(problem, question, dtype)


@BOTH
def test_tables_that_do_not_fit_in_shared_memory(dtype: str) -> None:
    problem, question = problem_of(3, 40, 2100), asked("least", (), LIMIT)
    assert emit_threads.MOST_SHARED_TABLE < 2100
    compare(problem, question, dtype)


@BOTH
def test_bins_that_do_not_fit_in_shared_memory(dtype: str) -> None:
    problem = Problem(
        model(x="a * a * a * a * a * a * a * a * b"),
        Grid((Axis("a", {"a": np.geomspace(1e-4, 1e4, 90)}), Axis("b", {"b": np.geomspace(1e-5, 1e5, 33)}))),
        {"c": 1.0, "d": 1.0},
    )
    question = asked("quantiles")
    small = collapse(problem, question)
    device = ShimDevice()
    run = GpuRun(device, small.problem, question, Settings(dtype=dtype))
    compare(problem, question, dtype)
    run.run()
    assert device.kernels[-1] == run.kernels["counts-wide"].source


def test_memory_that_runs_out_halves_the_chunk() -> None:
    problem, question = problem_of(40, 30, 20, 7), asked("summary", ("a", "b"), LIMIT)
    plenty = ShimDevice()
    whole = on_shim(problem, question, "float64", plenty)
    scarce = ShimDevice(memory=plenty.launches[0] * 8 // 5)
    scarce.free_memory = lambda: 2**30  # type: ignore[method-assign]  # what is free is not always to be had
    again = on_shim(problem, question, "float64", scarce)
    assert len(scarce.launches) > 5
    assert max(scarce.launches) <= plenty.launches[0] // 5
    for name, values in whole.values.items():
        np.testing.assert_array_equal(again.values[name], values, err_msg=name)


def test_less_memory_means_smaller_chunks() -> None:
    problem, question = problem_of(40, 30, 20, 7), asked("summary", ("a", "b"), LIMIT)
    device = ShimDevice(memory=2**14)
    compare_results = on_shim(problem, question, "float64", device)
    assert len(device.launches) > 1
    check(problem, question, "float64", by_numpy(problem, question, "float64"), compare_results, exact=True)


def test_memory_that_is_never_enough_is_an_error() -> None:
    device = ShimDevice(memory=4)
    device.free_memory = lambda: 2**30  # type: ignore[method-assign]
    with pytest.raises(OutOfMemoryError):
        on_shim(problem_of(4, 30), asked("least"), "float64", device)

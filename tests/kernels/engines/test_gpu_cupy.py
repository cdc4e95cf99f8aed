"""The CuPy engine's CUDA C++, compiled as C++ and run on the CPU, against the reference: every bit but a mean's."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from agreement import check
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shim_device import COMPILER, OutOfMemoryError, ShimDevice
from small_problems import BOTH, KINDS, LIMIT, asked, model, problem_of
from strategies import problems, questions

from flopwatt.kernels import engines
from flopwatt.kernels.emit.gpu import threads
from flopwatt.kernels.emit.passes import reductions
from flopwatt.kernels.engines import Prepared, Settings, gpu
from flopwatt.kernels.engines.gpu import GpuRun
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Problem, Question, Result, Table
from flopwatt.kernels.plan.sharing import SharedPass

pytestmark = pytest.mark.skipif(COMPILER is None, reason="g++ is not installed")
DTYPES = st.sampled_from(["float64", "float32"])
SEEDS = st.integers(0, 1000)
# A failing example is reported as it was drawn: to shrink it would compile hundreds of kernels.
PROFILE: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow],
    "derandomize": True,
    "phases": [Phase.explicit, Phase.generate],
}


class ShimEngine:
    """The CuPy engine, with the shim in the place of a GPU."""

    name, shares = "cupy", True

    def __init__(self, device: ShimDevice):
        self.device = device

    def prepare(self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None) -> GpuRun:
        return GpuRun(self.device, problem, question, settings, shared)


def on_shim(
    problem: Problem, question: Question, dtype: str, device: ShimDevice | None = None, chunk: int | None = None
) -> Prepared:
    """The question prepared as `engines.get` would prepare it."""
    engine = engines.Collapsing(ShimEngine(device or ShimDevice()))
    return engine.prepare(problem, question, Settings(dtype=dtype, chunk=chunk))


def by_numpy(problem: Problem, question: Question, dtype: str) -> Prepared:
    return engines.get("reference").prepare(problem, question, Settings(dtype=dtype))


def compare(problem: Problem, question: Question, dtype: str, *, exact: bool = True, seed: int = 0) -> Result:
    result = on_shim(problem, question, dtype, ShimDevice(seed)).run()
    check(problem, question, dtype, by_numpy(problem, question, dtype).run(), result, exact=exact)
    return result


def same_bits(one: Result, other: Result) -> None:
    for name, values in one.values.items():
        np.testing.assert_array_equal(other.values[name], values, err_msg=name)


def cut(patch: pytest.MonkeyPatch, inner: int, longest: int, bins: int = gpu.MAX_SHARED_BINS) -> None:
    """Outer points of so many scenarios and at most so many lanes, so that small grids are walked as large ones are."""
    patch.setattr(gpu, "GPU", dataclasses.replace(gpu.GPU, inner=inner, longest=longest))
    patch.setattr(gpu, "MAX_SHARED_BINS", bins)
    patch.setattr(gpu, "_BLOCKS_PER_SM", 3)


@pytest.mark.slow
@settings(max_examples=25, **PROFILE)
@given(
    data=st.data(), dtype=DTYPES, seed=SEEDS, inner=st.sampled_from([1, 40, 333, 2**18]),
    longest=st.sampled_from([16, 64, 512]), bins=st.sampled_from([32, 4096]),
)  # fmt: skip
def test_random_models(data: st.DataObject, dtype: str, seed: int, inner: int, longest: int, bins: int) -> None:
    drawn = data.draw(problems(most_points=4000, longest=90, inexact=0.0))
    with pytest.MonkeyPatch.context() as patch:
        cut(patch, inner, longest, bins)
        compare(drawn.problem, data.draw(questions(drawn)), dtype, seed=seed)


@pytest.mark.slow
@settings(max_examples=12, **PROFILE)
@given(data=st.data(), dtype=DTYPES)
def test_random_models_with_powers_and_logarithms(data: st.DataObject, dtype: str) -> None:
    drawn = data.draw(problems(most_points=4000, inexact=0.5))
    question = data.draw(questions(drawn))
    compare(drawn.problem, question, dtype, exact=set(question.targets()) <= set(drawn.exact))


@pytest.mark.slow
@settings(max_examples=12, **PROFILE)
@given(data=st.data(), dtype=DTYPES)
def test_same_bits_for_any_chunks(data: st.DataObject, dtype: str) -> None:
    drawn = data.draw(problems(most_points=2000, longest=20))
    question = data.draw(questions(drawn))
    whole = on_shim(drawn.problem, question, dtype).run()
    for seed, chunk in enumerate((1, 7)):
        same_bits(whole, on_shim(drawn.problem, question, dtype, ShimDevice(seed), chunk).run())


@pytest.mark.slow
@settings(max_examples=10, **PROFILE)
@given(data=st.data(), dtype=DTYPES, inner=st.sampled_from([1, 40, 2**18]), longest=st.sampled_from([16, 512]))
def test_random_tables(data: st.DataObject, dtype: str, inner: int, longest: int) -> None:
    drawn = data.draw(problems(most_points=4000, longest=90, inexact=0.0))
    where = data.draw(questions(drawn, kinds=("best",))).where
    question = Table(name="drawn", quantities=tuple(drawn.quantities[-2:]), where=where)
    with pytest.MonkeyPatch.context() as patch:
        cut(patch, inner, longest)
        patch.setattr(gpu, "_TABLE_POINTS", 1000)
        result = written(on_shim(drawn.problem, question, dtype), drawn.problem.grid.size)
    reference = written(by_numpy(drawn.problem, question, dtype), drawn.problem.grid.size)
    assert result.keys() == reference.keys()
    for name, values in reference.items():
        np.testing.assert_array_equal(result[name], values, err_msg=name)


def written(prepared: Prepared, size: int) -> dict[str, np.ndarray]:
    """A table's columns as whole arrays; every point once, in order."""
    columns: dict[str, list[np.ndarray]] = {}
    end = 0
    for chunk in prepared.chunks():
        assert chunk.start == end
        parts = {**chunk.values, **({} if chunk.feasible is None else {"feasible": chunk.feasible})}
        end += len(next(iter(parts.values())))
        for name, values in parts.items():
            columns.setdefault(name, []).append(np.array(values))
    assert end == size
    return {name: np.concatenate(values) for name, values in columns.items()}


@KINDS
def test_every_question(kind: str) -> None:
    compare(problem_of(3, 40, 5, 9), asked(kind, ("b", "a"), LIMIT), "float64")


@pytest.mark.slow
@KINDS
@pytest.mark.parametrize(("dtype", "by"), [("float64", ()), ("float32", ()), ("float32", ("b", "a"))])
def test_every_question_in_both_dtypes_with_and_without_groups(kind: str, dtype: str, by: tuple[str, ...]) -> None:
    compare(problem_of(3, 40, 5, 9), asked(kind, by, LIMIT), dtype)


@pytest.mark.slow
@KINDS
@BOTH
def test_nothing_is_feasible_in_some_groups(kind: str, dtype: str) -> None:
    problem = problem_of(6, 30, 4)
    compare(problem, asked(kind, ("a",), (Condition("a", "<", 1.0),)), dtype)
    assert 0 < np.count_nonzero(problem.grid.axes[0].columns["a"] < 1.0) < 6


@pytest.mark.slow
@KINDS
@BOTH
def test_missing_facts(kind: str, dtype: str) -> None:
    result = compare(problem_of(3, 40, 5, 9, nan=True), asked(kind, ("a",), LIMIT), dtype)
    assert result.nan > 0


@pytest.mark.slow
@KINDS
@BOTH
def test_zero_and_negative_values_and_ties(kind: str, dtype: str) -> None:
    compare(problem_of(40, 30, 5, low=-3.0), asked(kind, ("c",), LIMIT[:1], quantity="z"), dtype)


@pytest.mark.slow
@KINDS
@BOTH
def test_lanes_in_tiles(kind: str, dtype: str) -> None:
    problem, question = problem_of(2, 2500, 3), asked(kind, ("a",), LIMIT)
    assert 0 < gpu.gpu_plan(problem, question, dtype).lane_tile <= gpu.GPU.longest
    compare(problem, question, dtype)


@pytest.mark.slow
@KINDS
@BOTH
def test_middle_loops_in_tiles(kind: str, dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    problem, question = problem_of(90, 97, 3), asked(kind, (), LIMIT)
    cut(monkeypatch, 4000, 97)
    monkeypatch.setattr(gpu, "GPU", dataclasses.replace(gpu.GPU, busy=256))
    plan = gpu.gpu_plan(problem, question, dtype)
    assert any(loop.tiled and problem.grid.shape[loop.axis] % loop.length for loop in plan.middle)
    compare(problem, question, dtype)


@pytest.mark.slow
@BOTH
def test_tables_that_do_not_fit_in_shared_memory(dtype: str) -> None:
    problem, question = problem_of(3, 40, 2100), asked("least", (), LIMIT)
    assert threads.MAX_SHARED_TABLE < 2100
    compare(problem, question, dtype)


@BOTH
def test_bins_that_do_not_fit_in_shared_memory(dtype: str) -> None:
    axes = Axis("a", {"a": np.geomspace(1e-4, 1e4, 90)}), Axis("b", {"b": np.geomspace(1e-5, 1e5, 33)})
    problem = Problem(model(x="a * a * a * a * a * a * a * a * b"), Grid(axes), {"c": 1.0, "d": 1.0})
    question, device = asked("quantiles"), ShimDevice()
    result = on_shim(problem, question, dtype, device).run()
    check(problem, question, dtype, by_numpy(problem, question, dtype).run(), result, exact=True)
    plan = gpu.gpu_plan(problem, question, dtype)
    assert device.kernels[-1] == gpu.emit_kernels(plan, reductions(plan), "cuda")["counts-wide"].source


def test_memory_that_runs_out_halves_the_chunk() -> None:
    problem, question = problem_of(40, 30, 20, 7), asked("summary", ("a", "b"), LIMIT)
    plenty = ShimDevice()
    whole = on_shim(problem, question, "float64", plenty).run()
    scarce = ShimDevice(memory=plenty.launches[0] * 8 // 5)
    scarce.free_memory = lambda: 2**30  # type: ignore[method-assign]  # what is free is not always to be had
    again = on_shim(problem, question, "float64", scarce).run()
    assert len(scarce.launches) > 5
    assert max(scarce.launches) <= plenty.launches[0] // 5
    same_bits(whole, again)


def test_less_memory_means_smaller_chunks() -> None:
    problem, question = problem_of(40, 30, 20, 7), asked("summary", ("a", "b"), LIMIT)
    device = ShimDevice(memory=2**14)
    result = on_shim(problem, question, "float64", device).run()
    assert len(device.launches) > 1
    check(problem, question, "float64", by_numpy(problem, question, "float64").run(), result, exact=True)


def test_a_table_is_written_in_smaller_parts_where_memory_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    cut(monkeypatch, 1000, 256)
    problem = problem_of(40, 30, 20, 7)
    question = Table(name="", quantities=("x", "z"), where=LIMIT)
    scarce = ShimDevice(memory=2**15)
    scarce.free_memory = lambda: 2**30  # type: ignore[method-assign]
    result = written(on_shim(problem, question, "float64", scarce), problem.grid.size)
    assert len(scarce.launches) > 8
    for name, values in written(by_numpy(problem, question, "float64"), problem.grid.size).items():
        np.testing.assert_array_equal(result[name], values, err_msg=name)


def test_memory_that_is_never_enough_is_an_error() -> None:
    device = ShimDevice(memory=4)
    device.free_memory = lambda: 2**30  # type: ignore[method-assign]
    with pytest.raises(OutOfMemoryError):
        on_shim(problem_of(4, 30), asked("least"), "float64", device).run()


@pytest.mark.slow
@BOTH
def test_a_shared_pass_answers_as_passes_alone(dtype: str) -> None:
    problem, kinds = problem_of(7, 6, 5, nan=True), ("least", "greatest", "summary", "quantiles", "histogram")
    family = [asked(kind, ("a",), LIMIT) for kind in kinds]
    device = ShimDevice()
    runs = engines.Collapsing(ShimEngine(device)).prepare_together(problem, family, Settings(dtype=dtype))
    for question, prepared in zip(family, runs, strict=True):
        alone, result = on_shim(problem, question, dtype).run(), prepared.run()
        assert (result.evaluated, result.nan, result.pruned) == (alone.evaluated, alone.nan, alone.pruned)
        for name, values in alone.values.items():
            np.testing.assert_array_equal(result.values[name], values, err_msg=f"{question.kind} {name}")

"""The CuPy engine's CUDA C++, compiled as C++ and run on the CPU, against the reference: plans cut as large grids' are.

What is asked of every device is in tests/gpu.
"""

import dataclasses

import numpy as np
import pytest
from agreement import check
from made_cupy import NVRTCError, made_cupy
from shim_device import COMPILER, ShimDevice
from small_problems import BOTH, KINDS, LIMIT, asked, model, problem_of

from flopwatt.kernels import engines
from flopwatt.kernels.emit.gpu import threads
from flopwatt.kernels.emit.passes import reductions
from flopwatt.kernels.engines import Prepared, Settings, gpu, gpu_cupy
from flopwatt.kernels.engines.gpu import GpuRun
from flopwatt.kernels.errors import EngineError
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Problem, Question
from flopwatt.kernels.plan.sharing import SharedPass

pytestmark = pytest.mark.skipif(COMPILER is None, reason="g++ is not installed")


class ShimEngine:
    """The CuPy engine, with the shim in the place of a GPU."""

    name, shares = "cupy", True

    def __init__(self, device: ShimDevice):
        self.device = device

    def prepare(self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None) -> GpuRun:
        return GpuRun(self.device, problem, question, settings, shared)


def on_shim(problem: Problem, question: Question, dtype: str, device: ShimDevice | None = None) -> Prepared:
    """The question prepared as `engines.get` would prepare it."""
    return engines.Collapsing(ShimEngine(device or ShimDevice())).prepare(problem, question, Settings(dtype=dtype))


def by_numpy(problem: Problem, question: Question, dtype: str) -> Prepared:
    return engines.get("reference").prepare(problem, question, Settings(dtype=dtype))


def compare(problem: Problem, question: Question, dtype: str) -> None:
    result = on_shim(problem, question, dtype).run()
    check(problem, question, dtype, by_numpy(problem, question, dtype).run(), result, exact=True)


def cut(patch: pytest.MonkeyPatch, inner: int, longest: int) -> None:
    """Outer points of so many scenarios and at most so many lanes, so that small grids are walked as large ones are."""
    patch.setattr(gpu, "GPU", dataclasses.replace(gpu.GPU, inner=inner, longest=longest))
    patch.setattr(gpu, "_BLOCKS_PER_SM", 3)


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
    assert threads.MAX_SHARED_TABLES < 2100
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


def test_the_engines_own_device_on_a_made_up_cupy() -> None:
    problem, question = problem_of(3, 40, 5), asked("pareto", ("a",), LIMIT)
    with made_cupy() as module:
        run = gpu_cupy.CupyEngine().prepare(problem, question, Settings())
        assert [name for name, _ in module.calls if name == "compile"] == ["compile"] * 3
        assert all(thread.startswith("flopwatt-nvrtc") for name, thread in module.calls if name == "compile")
        module.calls.clear()
        result = run.run()
        passes = [name for name, _ in module.calls]
    check(problem, question, "float64", by_numpy(problem, question, "float64").run(), result, exact=True)
    assert passes == ["launch", "download", *["upload", "launch", "download"] * 2]


def test_what_is_prepared_together_is_compiled_when_all_is_prepared() -> None:
    engine, problem = gpu_cupy.CupyEngine(), problem_of(3, 40, 5)
    with made_cupy() as module:
        with engine.together():
            runs = [engine.prepare(problem, asked(kind, ("a",)), Settings()) for kind in ("least", "summary")]
        assert [name for name, _ in module.calls].count("compile") == 3
        assert all(function.function is not None for run in runs for function in run.functions.values())
        for run, kind in zip(runs, ("least", "summary"), strict=True):
            question = asked(kind, ("a",))
            check(problem, question, "float64", by_numpy(problem, question, "float64").run(), run.run(), exact=True)


def test_a_kernel_whose_thread_failed_is_compiled_once_more_and_then_its_error_is_raised() -> None:
    problem, question = problem_of(3, 40, 5), asked("summary", ("a",))
    with made_cupy(failures=1) as module:
        run = gpu_cupy.CupyEngine().prepare(problem, question, Settings())
        assert [name for name, _ in module.calls].count("compile") == 2
        check(problem, question, "float64", by_numpy(problem, question, "float64").run(), run.run(), exact=True)
    with made_cupy(failures=2), pytest.raises(RuntimeError, match="NVRTC said no"):
        gpu_cupy.CupyEngine().prepare(problem, question, Settings())


def test_what_was_compiled_before_is_read_from_the_cache() -> None:
    problem, question = problem_of(3, 40, 5), asked("summary", ("a",))
    with made_cupy() as module:
        gpu_cupy.CupyEngine().prepare(problem, question, Settings())
        module.calls.clear()
        run = gpu_cupy.CupyEngine().prepare(problem, question, Settings())
        assert not [name for name, _ in module.calls if name in ("compile", "raw")]
        check(problem, question, "float64", by_numpy(problem, question, "float64").run(), run.run(), exact=True)


def test_a_gpu_that_nvrtc_does_not_know_is_left_to_cupy() -> None:
    problem, question = problem_of(3, 40, 5), asked("summary", ("a",))
    with made_cupy(failures=9, failure=NVRTCError("invalid value for --gpu-architecture")) as module:
        run = gpu_cupy.CupyEngine().prepare(problem, question, Settings())
        assert [name for name, _ in module.calls if name != "upload"] == ["compile", "raw"]
        check(problem, question, "float64", by_numpy(problem, question, "float64").run(), run.run(), exact=True)


def test_a_gpu_that_is_not_there() -> None:
    with made_cupy(), pytest.raises(EngineError, match="no GPU 1; this machine has 1"):
        gpu_cupy.CupyDevice(1)

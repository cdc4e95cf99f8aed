"""What a question asks of a GPU besides its kernels: how many launches and copies, and what is refused."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from shim_device import COMPILER, ShimDevice
from small_decisions import MEAN, MOSTLY, decision, drawn_problem
from small_problems import BOTH, KINDS, LIMIT, asked, problem_of
from strategies import computed

from flopwatt.kernels.engines import Settings, gpu, gpu_cupy, gpu_numba
from flopwatt.kernels.engines.gpu import GpuRun
from flopwatt.kernels.model import quantity as q
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Problem, Question, Table
from flopwatt.kernels.reductions.merged_passes import answer_of_partial
from flopwatt.kernels.reductions.partials import collect, merge

pytestmark = pytest.mark.skipif(COMPILER is None, reason="g++ is not installed")
TWO_PASSES = ["launch", "download", "upload", "launch", "download"]
THREE_PASSES = [*TWO_PASSES, "upload", "launch", "download"]
CALLS = {
    "least": TWO_PASSES,  # and where it stands
    "summary": ["launch", "download"],
    "quantiles": TWO_PASSES,  # the range, and how many stand in each bin
    "pareto": THREE_PASSES,
}


@pytest.mark.parametrize("kind", CALLS)
def test_a_pass_is_one_launch_one_copy_to_the_device_and_one_back(kind: str) -> None:
    device = ShimDevice()
    run = GpuRun(device, problem_of(3, 40, 5, 9), asked(kind, ("b", "a"), LIMIT), Settings())
    assert device.calls == ["upload"]  # everything that every launch reads
    device.calls.clear()
    run.run()
    assert device.calls == CALLS[kind]


def test_a_tables_chunk_is_one_launch_and_one_copy_back() -> None:
    device = ShimDevice()
    run = GpuRun(device, problem_of(3, 40, 5), Table(name="", quantities=("x", "z"), where=LIMIT), Settings())
    device.calls.clear()
    assert len(list(run.chunks())) == 1
    assert device.calls == ["free_memory", "upload", "launch", "download"]


@pytest.mark.parametrize("points", [1e10, 1e12])
def test_large_grids_are_walked_in_numbers_that_fit(points: float) -> None:
    lengths = {"a": 250, "b": 250, "c": 200, "d": int(points / (250 * 250 * 200))}
    axes = tuple(Axis(name, {name: np.linspace(1.0, 2.0, n)}) for name, n in lengths.items())
    quantities = {name: q.Quantity(name, "", "given", "") for name in lengths}
    quantities["x"] = computed("x", "a * b + c * d / a", list(lengths))
    problem = Problem(q.Model(quantities), Grid(axes), {})
    plan = gpu.gpu_plan(problem, asked("least", ("a",)), "float64")
    assert plan.inner < 2**31  # counted in 32 bits within an outer point
    assert plan.points * plan.inner >= problem.grid.size > 2**31
    assert plan.points * 24 < 2**30  # of partial results, whatever is asked
    flats, _ = plan.point_offsets(np.array([0, plan.points - 1]))
    assert 0 <= flats[0] <= flats[1] < problem.grid.size


@pytest.mark.slow
@BOTH
@KINDS
def test_parts_of_the_outer_points_merge_to_one_run(kind: str, dtype: str) -> None:
    question, settings = asked(kind, ("b", "a"), LIMIT), Settings(dtype=dtype)
    run = GpuRun(ShimDevice(), problem_of(3, 40, 5, 9, nan=True), question, settings)
    assert_parts_merge(run, question)


@pytest.mark.slow
@pytest.mark.parametrize("nearest", [False, True])
def test_parts_of_decisions_merge_to_one_run(nearest: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "GPU", replace(gpu.GPU, inner=64, passes=1))  # several outer points of each group
    problem = drawn_problem(3, 1000, 5, 9, drawn="cd")
    question = replace(decision(MEAN, MOSTLY, by=("a",)), nearest=nearest)
    assert_parts_merge(GpuRun(ShimDevice(), problem, question, Settings()), question)


def assert_parts_merge(run: GpuRun, question: Question) -> None:
    """Cut a run in places that are no groups' ends, and merge from the last to the first."""
    assert run.steps > 4
    edges = [0, 1, run.steps // 3 + 1, run.steps - 2, run.steps]
    parts = [collect(question, run.part(low, high)) for low, high in itertools.pairwise(edges)]
    whole = run.run()
    result = answer_of_partial(run.problem, question, run.dtype.name, merge(question, parts[::-1]))
    assert (result.evaluated, result.nan, result.pruned) == (whole.evaluated, whole.nan, whole.pruned)
    for name, values in whole.values.items():
        np.testing.assert_array_equal(result.values[name], values, err_msg=name)


def test_a_tables_parts_are_its_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "GPU", replace(gpu.GPU, inner=64, longest=32))
    table = Table(name="", quantities=("x", "z"), where=LIMIT)
    run = GpuRun(ShimDevice(), problem_of(3, 40, 5), table, Settings())
    (whole,) = run.chunks()
    middle = run.steps // 2
    first, last = (next(iter(run.part(*part).chunks())) for part in ((0, middle), (middle, run.steps)))
    assert (first.start, last.start) == (0, run.flat_of(middle))
    for name, values in whole.values.items():
        np.testing.assert_array_equal(np.concatenate([first.values[name], last.values[name]]), values)


def test_numba_cuda_compiles_the_same_kernels_in_more_time() -> None:
    problem, question = problem_of(3, 40, 5), asked("pareto", ("a",), LIMIT)
    assert gpu.kernels_to_compile(problem, question, Settings()) == 3
    seconds = [module.ENGINE.compile_seconds(problem, question, Settings()) for module in (gpu_cupy, gpu_numba)]
    assert 0 < seconds[0] < seconds[1]

"""Between launches: which outer points go first, and what later ones learn from them."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from shim_device import COMPILER, ShimDevice
from small_decisions import MEDIAN, MOSTLY, decision, drawn_problem

from flopwatt.kernels.engines import Settings, gpu
from flopwatt.kernels.engines.gpu import GpuRun, gpu_plan
from flopwatt.kernels.engines.gpu_incumbents import Incumbents
from flopwatt.kernels.plan.plan import Plan
from flopwatt.kernels.reductions.pareto import NOWHERE

PROBLEM = drawn_problem(3, 40, 50, 8, drawn="d")
QUESTION = decision(MEDIAN, MOSTLY, by=("a",), confident=True)
SMALL = dataclasses.replace(gpu.GPU, inner=1, longest=16, most=16, busy=1)


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Some hundred outer points of each of three groups."""
    monkeypatch.setattr(gpu, "GPU", SMALL)
    result = gpu_plan(PROBLEM, QUESTION, "float64")
    assert result.points_per_group > 100
    return result


def test_every_outer_point_is_done_once_and_a_few_of_every_group_first(plan: Plan) -> None:
    stages = list(Incumbents(plan, np.arange(3)).stages(6))
    np.testing.assert_array_equal(np.sort(np.concatenate([points for points, _ in stages])), np.arange(plan.points))
    for points, _ in stages:
        counts = np.bincount(points // plan.points_per_group)
        assert (counts == counts[0]).all()
    assert [len(points) for points, _ in stages[:2]] == [6, 48]
    assert stages[0][1] == (0.0, 2 / plan.points_per_group)
    assert sum(share[1] for _, share in stages if share) == pytest.approx(1.0)


def test_only_the_groups_that_are_wanted_are_done_and_progress_is_not_told(plan: Plan) -> None:
    for points, share in Incumbents(plan, np.array([0, 2])).stages(1):
        assert set(points // plan.points_per_group) == {0, 2}
        assert share is None
    assert list(Incumbents(plan, np.array([], np.int64)).stages(1)) == []


def test_a_limit_is_the_best_of_its_group_so_far(plan: Plan) -> None:
    known = Incumbents(plan, np.arange(3))
    second = plan.points_per_group
    best = np.array([[5.0, np.inf, np.inf], [3.0, 8.0, np.inf]])
    known.learn(np.array([0, second]), best.reshape(-1), np.arange(6), np.array([7, 1, 8, 2]))
    known.learn(np.array([1]), np.array([6.0, 4.0, np.inf]), np.arange(3), np.array([1, 1]))
    assert known.limits.reshape(3, 3).tolist() == [[5.0, 4.0, np.inf], [3.0, 8.0, np.inf], [np.inf] * 3]
    arrays = known.arrays
    assert arrays["flat"][[0, second, 2], 0].tolist() == [0, 3, NOWHERE]
    assert (arrays["pruned"].sum(), arrays["unknown"].sum()) == (16, 4)
    assert arrays["failed"].shape == (plan.points, 0)


class Watching(ShimDevice):
    """Keeps the limits that each launch was given."""

    def launch(self, function: str, grid: int, block: int, args: tuple[Any, ...]) -> None:
        self.limits = [*getattr(self, "limits", []), args[9].copy()]
        super().launch(function, grid, block, args)


@pytest.mark.slow
@pytest.mark.skipif(COMPILER is None, reason="g++ is not installed")
@pytest.mark.usefixtures("plan")
def test_later_launches_look_only_for_what_is_as_good() -> None:
    device, told = Watching(), list[float]()
    result = GpuRun(device, PROBLEM, QUESTION, Settings(progress=told.append)).run()
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)
    assert np.isinf(device.limits[0]).all()
    final = result.values["objective"].reshape(-1)
    assert np.isfinite(final).all()
    for earlier, later in zip(device.limits, device.limits[1:], strict=False):
        assert (later <= earlier).all()
        assert (later >= final).all()
    assert (device.limits[-1] <= 1.2 * final).all()
    assert len(device.limits) >= 3


@pytest.mark.slow
@pytest.mark.skipif(COMPILER is None, reason="g++ is not installed")
@pytest.mark.usefixtures("plan")
def test_memory_that_runs_out_makes_smaller_launches_of_the_same_answer() -> None:
    plenty, scarce = ShimDevice(), ShimDevice(memory=1200)
    scarce.free_memory = lambda: 2**30  # type: ignore[method-assign]  # what is free is not always to be had
    whole, parts = (GpuRun(device, PROBLEM, QUESTION, Settings()).run() for device in (plenty, scarce))
    assert max(scarce.launches) <= 50 < max(plenty.launches)
    for name, values in whole.values.items():
        np.testing.assert_array_equal(parts.values[name], values, err_msg=name)

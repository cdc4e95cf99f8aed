"""What a thread skips for its own lane: the same answers, each skipped point counted once, and nothing asked of a point."""

import dataclasses
import re

import numpy as np
import pytest
from agreement import check
from shim_device import COMPILER, ShimDevice
from small_problems import BOTH, LANE_LIMITS, asked, lane_problem
from test_gpu_cupy import by_numpy, on_shim

from flopwatt.kernels.emit.gpu import threads
from flopwatt.kernels.emit.gpu.gates import all_gated, conjuncts, lane_gates
from flopwatt.kernels.emit.passes import reductions
from flopwatt.kernels.engines import gpu
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Question

SMALL = lane_problem(3, 40, 5, 9)


def met(question: Question) -> int:
    """How many points keep every condition, by NumPy alone."""
    a, b, _, d = (axis.columns[name] for axis, name in zip(SMALL.grid.axes, "abcd", strict=True))
    y, z = d / a[:, None], d + b[:, None]
    whole = (y <= 3.0)[:, None] & ((z <= 5.0) | (len(question.where) < 2))[None]
    return int(whole.sum()) * 5


@pytest.mark.skipif(COMPILER is None, reason="g++ is not installed")
@BOTH
@pytest.mark.parametrize("kind", ["summary", "quantiles", "histogram"])
@pytest.mark.parametrize("conditions", [1, 2])
def test_every_point_that_is_skipped_is_counted_once(kind: str, conditions: int, dtype: str) -> None:
    question = asked(kind, (), LANE_LIMITS[:conditions])
    plan = gpu.gpu_plan(SMALL, question, dtype)
    assert sum(map(len, lane_gates(plan).values())) == conditions
    assert all_gated(plan, lane_gates(plan))
    result = on_shim(SMALL, question, dtype, ShimDevice()).run()
    check(SMALL, question, dtype, by_numpy(SMALL, question, dtype).run(), result, exact=True)
    assert result.pruned == SMALL.grid.size - met(question)
    assert result.evaluated + result.pruned == SMALL.grid.size


@pytest.mark.skipif(COMPILER is None, reason="g++ is not installed")
def test_gates_beside_guards_and_loops_in_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "GPU", dataclasses.replace(gpu.GPU, inner=40, longest=16))
    larger = lane_problem(40, 30, 20, 7)
    question = asked("summary", (), LANE_LIMITS)
    result = on_shim(larger, question, "float64", ShimDevice()).run()
    reference = by_numpy(larger, question, "float64").run()
    check(larger, question, "float64", reference, result, exact=True)
    assert result.pruned == larger.grid.size - int(reference.values["feasible"])


@pytest.mark.skipif(COMPILER is None, reason="g++ is not installed")
@pytest.mark.parametrize("where", [LANE_LIMITS, (Condition("b", "<=", 3.0),)], ids=["gates", "guards"])
def test_outer_points_of_more_scenarios_than_32_bits_count(
    where: tuple[Condition, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads, "_MAX_COUNTED", 1)
    question, device = asked("summary", (), where), ShimDevice()
    result = on_shim(SMALL, question, "float64", device).run()
    check(SMALL, question, "float64", by_numpy(SMALL, question, "float64").run(), result, exact=True)
    counting = [
        line for line in device.kernels[-1].splitlines() if re.search(r"(pruned = pruned|shut = shut|shut = .*shut) ", line)
    ]
    assert counting
    assert all("(long long)(used) * " in line or "(long long)(1) * " in line for line in counting)


def test_nothing_is_asked_of_a_point_inside_the_gates() -> None:
    for name, question in {"summary": asked("summary", (), LANE_LIMITS), "counts": asked("quantiles", (), LANE_LIMITS)}.items():
        kernel = gpu.emit_kernels(plan := gpu.gpu_plan(SMALL, question, "float32"), reductions(plan), "cuda")[name]
        inner = kernel.source.splitlines()[kernel.innermost[0] - 1 : kernel.innermost[1] - 1]
        assert inner
        assert not [line for line in inner if re.search(r"\bif \((?!true)|<=|\?", line)], inner


def test_a_value_that_may_be_nan_has_no_gates() -> None:
    axes = [dataclasses.replace(axis) for axis in SMALL.grid.axes]
    axes[2] = Axis("c", {"c": np.array([1.0, np.nan, 2.0, 3.0, 4.0])})
    plan = gpu.gpu_plan(dataclasses.replace(SMALL, grid=Grid(tuple(axes))), asked("summary", (), LANE_LIMITS), "float64")
    assert plan.nan is not None
    assert lane_gates(plan) == {}
    assert not all_gated(plan, {})


@pytest.mark.skipif(COMPILER is None, reason="g++ is not installed")
@pytest.mark.parametrize("kind", ["summary", "quantiles"])
def test_conditions_that_are_read_as_one_stay_one(kind: str) -> None:
    """Both are of the lanes alone, so that whether both hold is worked out before the kernel, for each lane."""
    question = asked(kind, (), (Condition("y", "<=", 3.0), Condition("y", ">=", 1.0)))
    plan = gpu.gpu_plan(SMALL, question, "float64")
    assert plan.feasible is not None
    assert plan.feasible.op == "and"
    assert conjuncts(plan, plan.feasible) == [plan.feasible]
    assert all_gated(plan, lane_gates(plan))
    result = on_shim(SMALL, question, "float64", ShimDevice()).run()
    check(SMALL, question, "float64", by_numpy(SMALL, question, "float64").run(), result, exact=True)


def test_conditions_are_split() -> None:
    plan = gpu.gpu_plan(SMALL, asked("summary", (), LANE_LIMITS), "float64")
    assert plan.feasible is not None
    assert [node.op for node in conjuncts(plan, plan.feasible)] == ["le", "le"]

"""Every kind of question on GPUs and what stands in for them: missing values, decisions, memory that runs out."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from agreement import check
from gpu_targets import ON_ALL, GpuTarget, WatchedDevice
from small_decisions import MEAN, MEDIAN, MOSTLY, NEVER, OFTEN, decision, drawn_problem, equal
from small_problems import BOTH, KINDS, LIMIT, asked, problem_of

from flopwatt.kernels import engines
from flopwatt.kernels.engines import REFERENCE, Settings, gpu
from flopwatt.kernels.model.questions import Decision, Problem, Question, Result, Table
from flopwatt.kernels.model.statistics import Statistic


def compare(target: GpuTarget, problem: Problem, question: Question, dtype: str) -> None:
    result = target.answer(problem, question, dtype)
    check(problem, question, dtype, reference(problem, question, dtype), result, exact=True)


def reference(problem: Problem, question: Question, dtype: str) -> Result:
    return engines.get(REFERENCE).prepare(problem, question, Settings(dtype=dtype)).run()


def lengths(target: GpuTarget, *plenty: int) -> tuple[int, ...]:
    """The lengths of a problem's axes, cut to what the simulator walks in a second."""
    return plenty if target.points > 1000 else tuple(min(n, few) for n, few in zip(plenty, (2, 9, 5), strict=False))


@pytest.mark.slow
@ON_ALL
@KINDS
@BOTH
def test_every_question(target: GpuTarget, kind: str, dtype: str) -> None:
    compare(target, problem_of(*lengths(target, 3, 40, 5, 9), nan=True, low=-1.0), asked(kind, ("a",), LIMIT), dtype)


@ON_ALL
@pytest.mark.parametrize("kind", ["least", "quantiles"])
def test_same_bits_for_any_chunks(target: GpuTarget, kind: str) -> None:
    problem, question = problem_of(*lengths(target, 3, 40, 5)), asked(kind, ("a",), LIMIT)
    whole, *others = (target.answer(problem, question, "float64", chunk) for chunk in (None, None, 1))
    for name, values in whole.values.items():
        for other in others:
            np.testing.assert_array_equal(other.values[name], values, err_msg=name)


@pytest.mark.slow
@ON_ALL
@BOTH
@pytest.mark.parametrize("objective", [MEDIAN, MEAN], ids=str)
def test_decisions(target: GpuTarget, objective: Statistic, dtype: str) -> None:
    problem = drawn_problem(2, 7, 9, drawn="c", weights=[0, 1, 2, 1, 0, 5, 1, 1, 3], nan=True)
    question = decision(objective, MOSTLY, OFTEN, by=("a",), confident=True)
    equal(reference(problem, question, dtype), target.answer(problem, question, dtype, chunk=3), dtype)
    missing: Decision = decision(objective, MOSTLY, NEVER, by=("a",))
    result = target.answer(problem, missing, dtype)
    equal(reference(problem, missing, dtype), result, dtype)
    assert (result.values["nearest"] >= 0).all()


def watched(target: GpuTarget, problem: Problem, question: Question, memory: int) -> tuple[WatchedDevice, Any]:
    device = WatchedDevice(target.make(), memory)
    return device, target.prepare(problem, question, Settings(), device)


@ON_ALL
def test_memory_that_runs_out_halves_the_chunk(target: GpuTarget) -> None:
    problem, question = problem_of(*lengths(target, 40, 30, 20)), asked("summary", ("a", "b"), LIMIT)
    plenty, prepared = watched(target, problem, question, 2**40)
    whole = prepared.run()
    points = plenty.launches[0]
    scarce, prepared = watched(target, problem, question, points * 6)
    again = prepared.run()
    assert len(scarce.launches) >= 4
    assert max(scarce.launches) <= points // 4
    for name, values in whole.values.items():
        np.testing.assert_array_equal(again.values[name], values, err_msg=name)


@ON_ALL
def test_memory_that_is_never_enough_is_an_error(target: GpuTarget) -> None:
    _, prepared = watched(target, problem_of(2, 9), asked("least"), 4)
    with pytest.raises(MemoryError):
        prepared.run()


@ON_ALL
def test_a_table_is_written_in_smaller_parts_where_memory_runs_out(target: GpuTarget, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "GPU", dataclasses.replace(gpu.GPU, inner=5, longest=32))
    problem = problem_of(*lengths(target, 40, 30, 5))
    question = Table(name="", quantities=("x", "z"), where=LIMIT)
    expected = list(engines.get(REFERENCE).prepare(problem, question, Settings()).chunks())
    device, prepared = watched(target, problem, question, problem.grid.size * 17 // 2)
    chunks = list(prepared.chunks())
    assert len(device.launches) >= 2
    for name in question.quantities:
        parts, whole = (np.concatenate([chunk.values[name] for chunk in some]) for some in (chunks, expected))
        np.testing.assert_array_equal(parts, whole, err_msg=name)


@ON_ALL
@pytest.mark.parametrize(("kind", "copies"), [("summary", 0), ("least", 1), ("quantiles", 1), ("pareto", 2)])
def test_a_pass_is_one_launch_one_copy_to_the_device_and_one_back(target: GpuTarget, kind: str, copies: int) -> None:
    device, prepared = watched(target, problem_of(*lengths(target, 3, 40, 5)), asked(kind, ("a",), LIMIT), 2**40)
    assert device.calls == ["upload"]  # everything that every launch reads
    device.calls.clear()
    prepared.run()
    assert device.calls == ["launch", "download", *["upload", "launch", "download"] * copies]

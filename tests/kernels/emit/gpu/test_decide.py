"""Decisions as CUDA C++, run as C++: against NumPy's, bit by bit, and the exact quantile of awkward numbers."""

import dataclasses
from fractions import Fraction

import numpy as np
import pytest
from shim_device import COMPILER, ShimDevice
from small_decisions import MEAN, MEDIAN, MOSTLY, NEVER, OFTEN, decision, drawn_problem, equal
from small_problems import BOTH, model
from test_gpu_cupy import by_numpy, on_shim

from flopwatt.kernels.emit.gpu.decide import decision as emit
from flopwatt.kernels.engines import gpu
from flopwatt.kernels.engines.gpu import gpu_plan
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Decision, Problem, Result
from flopwatt.kernels.model.statistics import AnyPromise, Measure, SharePromise, Statistic
from flopwatt.kernels.model.weights import total_weight

SHIM = pytest.mark.skipif(COMPILER is None, reason="g++ is not installed")
STATISTICS = pytest.mark.parametrize("objective", [MEDIAN, MEAN], ids=str)
SEVEN = [3, 0, 1, 1, 2, 5, 1]


def compare(problem: Problem, question: Decision, dtype: str, device: ShimDevice | None = None) -> Result:
    result = on_shim(problem, question, dtype, device).run()
    equal(by_numpy(problem, question, dtype).run(), result, dtype)
    return result


@SHIM
@STATISTICS
def test_promises_at_several_confidences(objective: Statistic) -> None:
    problem = drawn_problem(6, 40, 7, drawn="c", weights=SEVEN)
    result = compare(problem, decision(objective, MOSTLY, by=("b",), confident=True), "float64")
    assert (result.values["index"] >= 0).all()
    assert (np.diff(result.values["objective"], axis=1) >= 0).all()  # what is surer costs no less
    assert (np.diff(result.values["objective"], axis=1) > 0).any()
    compare(problem, decision(objective, MOSTLY, OFTEN, by=("a",), confident=True), "float64")


@SHIM
@pytest.mark.slow
@STATISTICS
@BOTH
@pytest.mark.parametrize("promises", [(), (MOSTLY,), (OFTEN, MOSTLY), (NEVER, MOSTLY)], ids=["none", "one", "two", "never"])
def test_with_weights_and_missing_facts(objective: Statistic, dtype: str, promises: tuple[AnyPromise, ...]) -> None:
    for maximize in (False, True):
        question = dataclasses.replace(decision(objective, *promises, by=("a",)), maximize=maximize)
        result = compare(drawn_problem(3, 21, 7, drawn="c", weights=[3, 1, 1, 0, 2, 5, 1], nan=True), question, dtype)
        if not promises:  # the draw that is NaN has weight 0: a decision is unknown by its own missing fact
            assert result.nan == 3 * 7


@SHIM
@pytest.mark.slow
@BOTH
def test_conditions_on_lanes_skip_the_draws(dtype: str) -> None:
    where = (Condition("b", ">", 2.0), Condition("a", "<", 3.0))
    question = dataclasses.replace(decision(MEDIAN, MOSTLY), where=where)
    result = compare(drawn_problem(4, 70, 9, drawn="c"), question, dtype)
    assert result.pruned > 0


@SHIM
@pytest.mark.slow
@BOTH
def test_many_draw_axes_around_few_lanes(dtype: str) -> None:
    compare(drawn_problem(5, 3, 4, 6, drawn="bcd", weights=[1, 2, 2]), decision(MEDIAN, OFTEN), dtype)


@SHIM
@pytest.mark.slow
@BOTH
def test_weights_beyond_32_bits(dtype: str) -> None:
    problem = drawn_problem(30, 5, drawn="b", weights=[2**33 + 1, 1, 2**33, 7, 2**32 + 5])
    assert total_weight([problem.grid.axes[1]]) > 2**32
    kernel = emit(gpu_plan(problem, decision(MEDIAN), dtype), "cuda")
    assert "long long tally_b" in kernel.source
    assert dict(kernel.arguments)["W"] == "const long long*"
    compare(problem, decision(MEDIAN, OFTEN), dtype)
    compare(problem, decision(MEAN, OFTEN), dtype)


AWKWARD = [-np.inf, -1e300, -2.5, -5e-324, -0.0, 0.0, 5e-324, 1e-310, 1.0, 1.0, np.nextafter(1.0, 2.0), 3.0, 1e300, np.inf]


@SHIM
@BOTH
def test_a_quantile_is_exact_between_neighbouring_numbers_zeros_and_infinities(dtype: str) -> None:
    with np.errstate(all="ignore"):
        column = np.array(AWKWARD).astype(dtype).astype(float)
    axes = Axis("a", {"a": np.arange(3.0)}), Axis("b", {"b": column}, uncertain=True)
    problem = Problem(model(x="b + a * 0"), Grid(axes), {"c": 1.0, "d": 1.0})
    shares = tuple(Fraction(n, len(column)) for n in range(len(column) + 1))
    for share in shares if dtype == "float64" else shares[::4]:
        result = compare(problem, decision(Statistic("x", Measure.QUANTILE, share)), dtype)
        value = np.sort(column)[max(int(share * len(column)), 1) - 1]
        assert result.values["objective"] == value if np.isfinite(value) else np.isnan(result.values["objective"])


@SHIM
@pytest.mark.slow
def test_a_thousand_draws_take_a_dozen_more_walks() -> None:
    problem = drawn_problem(1, 1, 1000, drawn="c")
    source = emit(gpu_plan(problem, decision(MEDIAN), "float64"), "cuda").source
    counting = source.replace("const long long middle =", "out_counts[0] += 1; const long long middle =")
    device = ShimDevice()
    device.compile = lambda kernel, plan: counting  # type: ignore[method-assign]
    result = gpu.GpuRun(device, problem, decision(MEDIAN), gpu.Settings()).run()
    assert 5 < result.pruned <= 25


@BOTH
def test_counts_and_values_are_no_wider_than_they_need_be(dtype: str) -> None:
    problem = drawn_problem(2, 40, 7, drawn="c", weights=SEVEN)
    python = emit(gpu_plan(problem, decision(MEDIAN, OFTEN), dtype), "python").source
    assert dtype == "float64" or "float64" not in python
    tallies = [line for line in python.splitlines() if line.strip().startswith("tally_")]
    assert len(tallies) == 4
    assert all("= np.int32(" in line for line in tallies)
    cuda = emit(gpu_plan(problem, decision(MEDIAN, OFTEN), dtype), "cuda")
    assert dict(cuda.arguments)["W"] == "const int*"


@SHIM
@pytest.mark.slow
@BOTH
def test_a_share_that_is_not_met_and_one_that_is(dtype: str) -> None:
    problem = drawn_problem(3, 33, 7, drawn="c", weights=SEVEN)
    for op in ("<=", "<", ">", "==", "!="):
        compare(problem, decision(MEDIAN, SharePromise(OFTEN.conditions, op, Fraction(4, 13)), by=("a",)), dtype)

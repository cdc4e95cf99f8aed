"""This machine's own limits, in the same run as the engines: a copy, multiply-adds, and the innermost loop alone in C."""

from typing import Any

import pytest

from flopwatt.bench.machine import c_loop, peaks
from flopwatt.bench.machine.peaks import Limit
from flopwatt.bench.suites.hand import threads_of
from flopwatt.bench.timing.case import Case, describe
from flopwatt.bench.timing.speeds import annotate


def timed(benchmark: Any, limit: Limit, dtype: str = "") -> None:
    """Time a limit, or say why it cannot be had here."""
    if limit.call is None:
        pytest.skip(f"{limit.name} is not available: {limit.reason}")
    describe(benchmark, Case("", dtype))
    benchmark.group = "limits"
    annotate(benchmark, role="limit", name=limit.name, amount=limit.amount, unit=limit.unit)
    limit.call()
    benchmark(limit.call)


def threads(request: pytest.FixtureRequest) -> int:
    return threads_of(request.config.getoption("--threads"))


def test_copy(benchmark: Any, request: pytest.FixtureRequest) -> None:
    """Memory bandwidth."""
    timed(benchmark, peaks.cpu_copy(threads(request)))


def test_fma(benchmark: Any, request: pytest.FixtureRequest, dtype: str) -> None:
    """Multiply-adds of the vector units."""
    timed(benchmark, peaks.cpu_fma(dtype, threads(request)), dtype)


@pytest.mark.parametrize("jammed", [False, True], ids=["plain", "jammed"])
def test_c_loop(benchmark: Any, request: pytest.FixtureRequest, dtype: str, jammed: bool) -> None:
    """The nine-axis study's innermost loop alone in C; that it computes what it should is checked first."""
    limit = c_loop.c_loop(dtype, threads(request), jammed=jammed)
    if limit.call is not None:
        found, expected = c_loop.c_result(dtype, jammed=jammed)
        assert abs(found / expected - 1).max() < (1e-14 if dtype == "float64" else 1e-6)
    timed(benchmark, limit, dtype)


def test_device_copy(benchmark: Any) -> None:
    """The GPU's memory bandwidth."""
    timed(benchmark, peaks.gpu_copy())


def test_device_fma(benchmark: Any, dtype: str) -> None:
    """The GPU's multiply-adds."""
    timed(benchmark, peaks.gpu_fma(dtype), dtype)

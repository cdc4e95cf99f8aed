"""The machine's own limits, in the same run as the engines: a copy, multiply-adds, and the innermost loop alone in C."""

from typing import Any

import pytest

from flopwatt.bench.machine import c_loop, peaks
from flopwatt.bench.machine.peaks import Limit
from flopwatt.bench.suites.hand import threads_of
from flopwatt.bench.timing.case import Case, describe
from flopwatt.bench.timing.speeds import annotate


def time_limit(benchmark: Any, limit: Limit, dtype: str = "") -> None:
    """Time a limit, or say why it cannot be had here."""
    if limit.call is None:
        pytest.skip(f"{limit.name} is not available: {limit.reason}")
    describe(benchmark, Case("", dtype))
    benchmark.group = "limits"
    annotate(benchmark, role="limit", name=limit.name, amount=limit.amount, unit=limit.unit)
    limit.call()
    benchmark(limit.call)


def threads(request: pytest.FixtureRequest) -> int:
    """Read how many threads are asked for."""
    return threads_of(request.config.getoption("--threads"))


def test_copy(benchmark: Any, request: pytest.FixtureRequest) -> None:
    """Time a copy, for the memory bandwidth."""
    time_limit(benchmark, peaks.cpu_copy(threads(request)))


def test_fma(benchmark: Any, request: pytest.FixtureRequest, dtype: str) -> None:
    """Time multiply-adds of the vector units."""
    time_limit(benchmark, peaks.cpu_fma(dtype, threads(request)), dtype)


@pytest.mark.parametrize("jammed", [False, True], ids=["plain", "jammed"])
def test_c_loop(benchmark: Any, request: pytest.FixtureRequest, dtype: str, jammed: bool) -> None:
    """Time the nine-axis study's innermost loop alone in C; that it computes what it should is checked first."""
    limit = c_loop.c_loop(dtype, threads(request), jammed=jammed)
    if limit.call is not None:
        values, expected = c_loop.c_result(dtype, jammed=jammed)
        assert abs(values / expected - 1).max() < (1e-14 if dtype == "float64" else 1e-6)
    time_limit(benchmark, limit, dtype)


def test_device_copy(benchmark: Any) -> None:
    """Time a copy on the GPU, for its memory bandwidth."""
    time_limit(benchmark, peaks.gpu_copy())


def test_device_write(benchmark: Any) -> None:
    """Time writes of the GPU's memory, for what a table can reach."""
    time_limit(benchmark, peaks.gpu_write())


def test_device_launch(benchmark: Any) -> None:
    """Time a launch and the wait for it: what every pass takes at least."""
    time_limit(benchmark, peaks.gpu_launch())


def test_device_fma(benchmark: Any, dtype: str) -> None:
    """Time the GPU's multiply-adds."""
    time_limit(benchmark, peaks.gpu_fma(dtype), dtype)

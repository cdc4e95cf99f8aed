"""The machine's own limits do the work that they are counted for."""

import shutil

import numpy as np
import pytest

from flopwatt.bench import limits

pytestmark = pytest.mark.alone


def test_copy_counts_bytes_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "COPY_BYTES", 2**20)
    limit = limits.cpu_copy(2)
    assert limit.call is not None
    limit.call()
    assert (limit.unit, limit.amount) == ("byte", 2 * 2**20)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_multiply_adds_are_vector_instructions(dtype: str) -> None:
    limit = limits.cpu_fma(dtype, 1)
    assert limit.call is not None
    limit.call()
    loop = limits._fma_loop(dtype)
    assembly = next(iter(loop.inspect_asm().values()))
    kind, register = "pd" if dtype == "float64" else "ps", {64: "zmm", 32: "ymm", 16: "xmm"}[limits.vector_bytes()]
    if limits.vector_bytes() > 16:  # AVX2 comes with fused multiply-adds
        found = sum(1 for line in assembly.splitlines() if "vfmadd" in line and kind in line and register in line)
        assert found >= limits.CHAINS
    assert limit.amount == limits.FMA_STEPS * limits.CHAINS * limits.vector_bytes() / np.dtype(dtype).itemsize


def test_multiply_adds_are_not_left_out() -> None:
    loop = limits._fma_loop("float64")
    expected = sum(2.0 + i for i in range(limits.CHAINS))
    for _ in range(3):
        expected = expected * 0.999 + limits.CHAINS * 0.001
    assert loop(3) == pytest.approx(expected, rel=1e-12)


@pytest.mark.skipif(shutil.which("gcc") is None and shutil.which("clang") is None, reason="no C compiler")
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("jammed", [False, True])
def test_c_loop_finds_what_numpy_finds(dtype: str, jammed: bool) -> None:
    found, expected = limits.c_result(dtype, jammed=jammed)
    np.testing.assert_allclose(found, expected, rtol=1e-14 if dtype == "float64" else 1e-6)
    limit = limits.c_loop(dtype, 2, jammed=jammed)
    assert limit.call is not None
    assert limit.unit == "scenario"
    assert limit.amount > 1e6


def test_without_a_compiler_the_c_loop_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    limits._compiled.cache_clear()
    limit = limits.c_loop("float64", 1)
    limits._compiled.cache_clear()
    assert limit.call is None
    assert "compiler" in limit.reason


def test_without_a_gpu_its_limits_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from flopwatt.kernels import engines

    monkeypatch.setattr(engines, "availability", lambda name: engines.Availability(name, False, "no device"))
    for limit in (limits.gpu_copy(), limits.gpu_fma("float32")):
        assert limit.call is None
        assert limit.reason == "no device"

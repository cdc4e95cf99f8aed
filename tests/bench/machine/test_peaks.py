"""The machine's own limits do the work that they are counted for."""

import numpy as np
import pytest

from flopwatt.bench.machine import peaks

pytestmark = pytest.mark.alone


def test_copy_counts_bytes_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peaks, "COPY_BYTES", 2**20)
    limit = peaks.cpu_copy(2)
    assert limit.call is not None
    limit.call()
    assert (limit.unit, limit.amount) == ("byte", 2 * 2**20)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_multiply_adds_are_vector_instructions(dtype: str) -> None:
    limit = peaks.cpu_fma(dtype, 1)
    assert limit.call is not None
    limit.call()
    loop = peaks._fma_loop(dtype)
    assembly = next(iter(loop.inspect_asm().values()))
    kind, register = "pd" if dtype == "float64" else "ps", {64: "zmm", 32: "ymm", 16: "xmm"}[peaks.vector_bytes()]
    if peaks.vector_bytes() > 16:  # AVX2 comes with fused multiply-adds
        found = sum(1 for line in assembly.splitlines() if "vfmadd" in line and kind in line and register in line)
        assert found >= peaks.CHAINS
    assert limit.amount == peaks.FMA_STEPS * peaks.CHAINS * peaks.vector_bytes() / np.dtype(dtype).itemsize


def test_multiply_adds_are_not_left_out() -> None:
    loop = peaks._fma_loop("float64")
    expected = sum(2.0 + i for i in range(peaks.CHAINS))
    for _ in range(3):
        expected = expected * 0.999 + peaks.CHAINS * 0.001
    assert loop(3) == pytest.approx(expected, rel=1e-12)


def test_without_a_gpu_its_limits_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from flopwatt.kernels import engines

    monkeypatch.setattr(engines, "availability", lambda name: engines.Availability(name, False, "no device"))
    for limit in (peaks.gpu_copy(), peaks.gpu_write(), peaks.gpu_launch(), peaks.gpu_fma("float32")):
        assert limit.call is None
        assert limit.reason == "no device"

"""The machine's own limits do the work that they are counted for."""

import numpy as np
import pytest

from flopwatt.bench.machine import peaks
from flopwatt.kernels.llvm.compiled import kernel
from flopwatt.kernels.llvm.object_code import assembly

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
    text = assembly(peaks.fma_loop(dtype).text)
    kind, register = "pd" if dtype == "float64" else "ps", {64: "zmm", 32: "ymm", 16: "xmm"}[peaks.vector_bytes()]
    if peaks.vector_bytes() > 16:  # AVX2 comes with fused multiply-adds
        found = sum(1 for line in text.splitlines() if "vfmadd" in line and kind in line and register in line)
        assert found >= peaks.CHAINS
    assert limit.amount == peaks.FMA_STEPS * peaks.CHAINS * peaks.vector_bytes() / np.dtype(dtype).itemsize


def test_multiply_adds_are_not_left_out() -> None:
    loop, expected = kernel(peaks.fma_loop("float64")), 2.0 + np.arange(peaks.CHAINS)
    out = np.zeros((peaks.CHAINS, peaks.vector_bytes() // 8))
    for _ in range(3):
        expected = expected * 0.999 + 0.001
    loop(3, out.reshape(-1))
    np.testing.assert_allclose(out, expected[:, None] + 0 * out, rtol=1e-12)


def test_without_a_gpu_its_limits_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from flopwatt.kernels import engines

    monkeypatch.setattr(engines, "availability", lambda name: engines.Availability(name, False, "no device"))
    for limit in (peaks.gpu_copy(), peaks.gpu_write(), peaks.gpu_launch(), peaks.gpu_fma("float32")):
        assert limit.call is None
        assert limit.reason == "no device"

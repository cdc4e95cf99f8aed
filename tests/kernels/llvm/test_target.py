"""What is known of the CPU is what Numba compiles for."""

from collections.abc import Iterator

import numba
import pytest

from flopwatt.kernels.llvm.ir import Llvm
from flopwatt.kernels.llvm.target import fuses


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    fuses.cache_clear()
    yield
    fuses.cache_clear()


@pytest.mark.parametrize(("features", "fused"), [("+avx2,+fma", True), ("+avx2,-fma", False), ("", False)])
def test_numba_s_setting_decides(monkeypatch: pytest.MonkeyPatch, features: str, fused: bool) -> None:
    monkeypatch.setattr(numba.config, "CPU_FEATURES", features)
    assert fuses() is fused
    code = Llvm("float64")
    code.binary("over", code.literal(3.0), code.literal(7.0))
    assert any("llvm.fma" in line for line in code.lines) is fused
    assert sum("fdiv" in line for line in code.lines) == 1

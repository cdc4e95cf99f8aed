"""What is known of the CPU is what Numba compiles for."""

from collections.abc import Iterator

import numba
import pytest

from flopwatt.kernels.llvm.ir import Llvm
from flopwatt.kernels.llvm.target import masks


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    masks.cache_clear()
    yield
    masks.cache_clear()


@pytest.mark.parametrize(("features", "masked"), [("+avx2,+avx512f", True), ("+avx2,-avx512f", False), ("", False)])
def test_numba_s_setting_decides(monkeypatch: pytest.MonkeyPatch, features: str, masked: bool) -> None:
    monkeypatch.setattr(numba.config, "CPU_FEATURES", features)
    assert masks() is masked
    assert Llvm("float64").masks is masked

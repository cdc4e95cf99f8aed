"""The CPU that kernels are compiled for: what the system says of it is what LLVM says, and the environment may name another."""

import llvmlite.binding as llvm
import pytest

from flopwatt.kernels.llvm import target
from flopwatt.kernels.llvm.ir import Llvm


@pytest.mark.parametrize(("features", "masked"), [("+avx2,+avx512f", True), ("+avx2,-avx512f", False), ("", False)])
def test_numba_s_setting_decides(monkeypatch: pytest.MonkeyPatch, features: str, masked: bool) -> None:
    monkeypatch.setenv("NUMBA_CPU_FEATURES", features)
    assert target.has("avx512f") is masked
    assert Llvm("float64").masks is masked


@pytest.mark.parametrize("feature", ["avx", "avx2", "avx512f"])
def test_the_system_says_what_llvm_says(monkeypatch: pytest.MonkeyPatch, feature: str) -> None:
    monkeypatch.delenv("NUMBA_CPU_FEATURES", raising=False)
    assert target.has(feature) is bool(llvm.get_host_cpu_features().get(feature))


def test_where_the_system_says_nothing_llvm_does(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*args: object, **kwargs: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr("builtins.open", missing)
    facts = target._facts.__wrapped__()
    assert facts[0] == f"name: {llvm.get_host_cpu_name()}"


@pytest.mark.parametrize(
    ("variable", "value", "why"),
    [
        ("NUMBA_DISABLE_JIT", "1", "NUMBA_DISABLE_JIT keeps the engine numba from compiling; unset it"),
        ("NUMBA_DISABLE_JIT", "0", ""),
        ("NUMBA_CPU_FEATURES", "garbage", "NUMBA_CPU_FEATURES is 'garbage'; write it as '+avx2,-fma', or unset it"),
        ("NUMBA_CPU_FEATURES", "+avx2,-fma", ""),
    ],
)
def test_what_keeps_kernels_from_being_compiled_is_said(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, why: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert target.fault() == why


def test_another_cpu_is_another_identity(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {target.identity()}
    for variable, value in (("NUMBA_CPU_NAME", "generic"), ("NUMBA_CPU_FEATURES", "+avx2"), ("NUMBA_CPU_FEATURES", "")):
        monkeypatch.setenv(variable, value)
        seen.add(target.identity())
    assert len(seen) == 4

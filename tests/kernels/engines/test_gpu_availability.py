"""Whether the GPU engines can run here: found out quickly, without raising, and said in one line."""

import importlib.util
import subprocess
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from flopwatt.kernels.engines import Availability, driver, gpu_cupy, gpu_numba

MODULES: dict[str, Any] = {"cupy": gpu_cupy, "numba-cuda": gpu_numba}
BOTH = pytest.mark.parametrize("name", MODULES)


def found(name: str) -> Availability:
    """Asked anew."""
    answer: Availability = MODULES[name].availability.__wrapped__()
    assert len(answer.reason.splitlines()) <= 1
    assert answer.available != bool(answer.reason)
    return answer


def fake_cupy(monkeypatch: pytest.MonkeyPatch, count: Any) -> None:
    """A cupy that finds so many devices, or raises what ``count`` raises."""
    module: Any = ModuleType("cupy")
    runtime = SimpleNamespace(getDeviceCount=count, getDeviceProperties=lambda number: {"name": b"NVIDIA Test"})
    module.cuda, module.__version__ = SimpleNamespace(runtime=runtime), "14.2.0"
    module.__spec__ = importlib.util.spec_from_loader("cupy", None)
    monkeypatch.setitem(sys.modules, "cupy", module)


@BOTH
def test_a_missing_package_is_what_to_install(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    answer = found(name)
    assert not answer.available
    assert f"{name} is not installed" in answer.reason
    assert "pip install 'flopwatt[cuda13]'" in answer.reason


@BOTH
def test_no_driver(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_cupy(monkeypatch, lambda: 1)
    monkeypatch.setattr(driver, "present", lambda: False)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    assert found(name).reason == driver.ABSENT


def test_a_driver_without_a_gpu() -> None:
    pytest.importorskip("numba_cuda")
    if driver.present():
        pytest.skip("there is a driver")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(driver, "present", lambda: True)
        assert "no usable NVIDIA driver or GPU" in found("numba-cuda").reason


def test_a_numba_that_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Any:
        raise AttributeError("module 'numpy' has no attribute 'row_stack'\nsecond line")

    monkeypatch.setattr(driver, "present", lambda: True)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(gpu_numba, "_cuda", broken)
    assert "does not work with this NumPy or Numba (module 'numpy' has no attribute 'row_stack')" in found("numba-cuda").reason


def test_cupy_without_a_usable_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    def insufficient() -> int:
        raise RuntimeError("cudaErrorInsufficientDriver: CUDA driver version is insufficient\nfor CUDA runtime version")

    monkeypatch.setattr(driver, "present", lambda: True)
    fake_cupy(monkeypatch, insufficient)
    assert "cudaErrorInsufficientDriver: CUDA driver version is insufficient)" in found("cupy").reason


def test_cupy_with_no_gpu_and_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "present", lambda: True)
    fake_cupy(monkeypatch, lambda: 0)
    assert found("cupy").reason == "no NVIDIA GPU is visible"
    fake_cupy(monkeypatch, lambda: 1)
    assert found("cupy") == Availability("cupy", True, device="NVIDIA Test, cupy 14.2.0")


@pytest.mark.skipif(driver.present(), reason="there is a driver")
def test_no_gpu_package_is_imported_to_find_that_there_is_no_driver() -> None:
    code = (
        "import sys\n"
        "from flopwatt.kernels import engines\n"
        "states = [engines.availability(name) for name in ('cupy', 'numba-cuda')]\n"
        "assert not any(state.available for state in states)\n"
        "print([name for name in ('numba', 'cupy', 'llvmlite') if name in sys.modules])\n"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"

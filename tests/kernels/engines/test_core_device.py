"""The device on trial, on a made-up cuda-core that has the real one's names; the compiler is the real one."""

import importlib
import sys

import pytest
from agreement import check
from core_device import CoreDevice
from gpu_targets import GpuTarget
from made_core import MadeBuffer, made_core
from shim_device import COMPILER
from small_problems import LIMIT, asked, problem_of

from flopwatt.kernels import engines
from flopwatt.kernels.emit.passes import reductions
from flopwatt.kernels.engines import REFERENCE, Settings, gpu

TARGET = GpuTarget("made-up cuda-core", lambda: CoreDevice(), "", 1, 1000, 10)


@pytest.mark.skipif(COMPILER is None, reason="g++ is not installed")
@pytest.mark.parametrize("kind", ["least", "quantiles", "pareto"])
def test_every_call_is_one_that_cuda_core_has(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = made_core()
    pytest.importorskip("cuda.core")
    monkeypatch.setattr(sys.modules["cuda"], "core", module)
    monkeypatch.setitem(sys.modules, "cuda.core", module)
    problem, question = problem_of(3, 40, 5), asked(kind, ("a",), LIMIT)
    result = TARGET.answer(problem, question, "float64")
    expected = engines.get(REFERENCE).prepare(problem, question, Settings()).run()
    check(problem, question, "float64", expected, result, exact=True)
    scarce = made_core(memory=0)
    monkeypatch.setattr(sys.modules["cuda"], "core", scarce)
    monkeypatch.setitem(sys.modules, "cuda.core", scarce)
    with pytest.raises(MemoryError):
        CoreDevice().outputs([(8, "float64")])


def test_the_made_up_one_has_the_real_ones_names() -> None:
    core = pytest.importorskip("cuda.core")
    made = made_core()
    assert [name for name in vars(made) if name != "calls" and not hasattr(core, name)] == []
    assert [name for name in vars(MadeBuffer) if not name.startswith("_") and not hasattr(core.Buffer, name)] == []
    assert [name for name in vars(made.Device(0)) if not hasattr(core.Device, name)] == []
    assert {"grid", "block"} <= {name for name in dir(core.LaunchConfig) if not name.startswith("_")}
    for method, word in (("from_handle", "owner: object"), ("copy_from", "stream:"), ("fill", "stream:")):
        assert word in (getattr(core.Buffer, method).__doc__ or ""), method


def test_a_kernel_becomes_a_cubin_without_a_driver() -> None:
    core = pytest.importorskip("cuda.core")
    problem, question = problem_of(3, 40, 5), asked("least", ("a",), LIMIT)
    plan = gpu.gpu_plan(problem, question, "float64")
    kernel = gpu.emit_kernels(plan, reductions(plan), "cuda")["best"]
    try:
        importlib.import_module("cuda.bindings.nvrtc").nvrtcVersion()
    except Exception as error:
        pytest.skip(f"there is no NVRTC here: {error}")
    options = core.ProgramOptions(arch="sm_90", std="c++17", fma=False)
    assert core.Program(kernel.source, "c++", options).compile("cubin").code.startswith(b"\x7fELF")

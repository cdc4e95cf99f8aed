"""What the tests of tests/gpu run on: every GPU engine that this machine has, and what stands in for a GPU where none is.

Numba's simulator must be chosen before Numba is imported: a process that has it (NUMBA_ENABLE_CUDASIM=1) has it alone.
"""

import importlib.util
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from shim_device import COMPILER, ShimDevice

from flopwatt.kernels import engines
from flopwatt.kernels.emit.gpu.threads import Kernel
from flopwatt.kernels.engines import Prepared, Settings, driver
from flopwatt.kernels.engines.device import Device, DeviceOutputs
from flopwatt.kernels.engines.gpu import GpuRun
from flopwatt.kernels.engines.packing import Column
from flopwatt.kernels.model.questions import Problem, Question, Result
from flopwatt.kernels.plan.plan import Plan
from flopwatt.kernels.plan.sharing import SharedPass

SIMULATED = os.environ.get("NUMBA_ENABLE_CUDASIM", "0") != "0"
MUST = os.environ.get("FLOPWATT_GPU_MUST", "")  # the target whose tests fail where it is not there
EXAMPLES = int(os.environ.get("FLOPWATT_GPU_EXAMPLES", "30"))  # random problems of each test on a real GPU


@dataclass(frozen=True)
class GpuTarget:
    """A GPU or what stands in for it.

    Attributes
    ----------
    name
        What a test's name has of it.
    make
        Opens the device.
    reason
        Why it is not here; empty where it is.
    examples, points, longest
        How many random problems a test asks, and how large their grids and axes are at most.
    real
        Whether it is a GPU.
    """

    name: str
    make: Callable[[], Device]
    reason: str
    examples: int
    points: int
    longest: int
    real: bool = False

    def prepare(self, problem: Problem, question: Question, settings: Settings, device: Device | None = None) -> Prepared:
        """Prepare a question as `engines.get` would, on this device."""
        return engines.Collapsing(_OnDevice(device or self.make())).prepare(problem, question, settings)

    def answer(self, problem: Problem, question: Question, dtype: str, chunk: int | None = None) -> Result:
        """Answer a question."""
        return self.prepare(problem, question, Settings(dtype=dtype, chunk=chunk)).run()


class _OnDevice:
    """An engine of one device."""

    name, shares = "a GPU", True

    def __init__(self, device: Device):
        self.device = device

    def prepare(self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None) -> GpuRun:
        return GpuRun(self.device, problem, question, settings, shared)


class WatchedDevice:
    """A device whose calls are kept, and whose outputs have only so many bytes of memory together."""

    def __init__(self, device: Device, memory: int = 2**40):
        self.inner, self.memory = device, memory
        self.language, self.multiprocessors = device.language, device.multiprocessors
        self.out_of_memory = (MemoryError, *device.out_of_memory)
        self.calls, self.launches = list[str](), list[int]()  # what was asked for, and how many items each launch did

    def compile(self, kernel: Kernel, plan: Plan) -> Any:
        return self.inner.compile(kernel, plan)

    def upload(self, arrays: Sequence[NDArray[Any]]) -> tuple[Any, ...]:
        self.calls.append("upload")
        return self.inner.upload(arrays)

    def outputs(self, columns: Sequence[Column], fill: int | None = None) -> DeviceOutputs:
        if sum(size * np.dtype(kind).itemsize for size, kind in columns) > self.memory:
            raise MemoryError
        return self.inner.outputs(columns, fill)

    def download(self, outputs: DeviceOutputs) -> list[NDArray[Any]]:
        self.calls.append("download")
        return self.inner.download(outputs)

    def launch(self, function: Any, grid: int, block: int, args: tuple[Any, ...]) -> None:
        self.calls.append("launch")
        self.launches.append(int(args[1]))
        self.inner.launch(function, grid, block, args)

    def free_memory(self) -> int:
        self.calls.append("free_memory")
        return 2**36  # what is free is not always to be had


def _absent(engine: str) -> str:
    if SIMULATED:
        return "Numba simulates a GPU in this process"
    return engines.availability(engine).reason


def _cupy() -> Device:
    from flopwatt.kernels.engines.gpu_cupy import CupyDevice

    return CupyDevice(0)


def _numba() -> Device:
    from flopwatt.kernels.engines.gpu_numba import NumbaDevice

    return NumbaDevice(0)


def _core() -> Device:
    from core_device import CoreDevice

    return CoreDevice(0)


def _core_absent() -> str:
    if SIMULATED:
        return "Numba simulates a GPU in this process"
    if not driver.present():
        return driver.ABSENT
    known = importlib.util.find_spec("cuda") and importlib.util.find_spec("cuda.core")
    return "" if known else "the package cuda-core is not installed"


def _targets() -> list[GpuTarget]:
    real = (EXAMPLES, 200_000, 400, True)
    shim = "Numba simulates a GPU in this process" if SIMULATED else "" if COMPILER else "g++ is not installed"
    targets = [
        GpuTarget("shim", ShimDevice, shim, 20, 3000, 60),
        GpuTarget("cupy", _cupy, _absent("cupy"), *real),
        GpuTarget("numba-cuda", _numba, _absent("numba-cuda"), *real),
        GpuTarget("core", _core, _core_absent(), *real),
    ]
    if SIMULATED:
        targets.append(GpuTarget("simulator", _numba, engines.availability("numba-cuda").reason, 4, 60, 7))
    return targets


def _on(targets: list[GpuTarget]) -> pytest.MarkDecorator:
    """Run a test on each of these that is here; of the others it says why they are not."""
    marks = [[pytest.mark.skip(reason=f"{t.name}: {t.reason}")] if t.reason and t.name != MUST else [] for t in targets]
    return pytest.mark.parametrize("target", [pytest.param(t, id=t.name, marks=m) for t, m in zip(targets, marks, strict=True)])


TARGETS = _targets()
ON_ALL = _on(TARGETS)
ON_GPUS = _on([target for target in TARGETS if target.real])

"""The CuPy engine: plans emitted as CUDA C++, compiled by NVRTC through CuPy's RawModule."""

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..emit_threads import Kernel
from ..plan import Plan
from ..questions import Problem, Question
from . import Availability, EngineError, Settings
from .gpu import GpuRun

OPTIONS = ("--std=c++17", "-fmad=false")  # a fused multiply-add would give other last bits than NumPy's
INSTALL = "install it with: pip install 'flopwatt[cuda13]' (or cuda12, by the driver's version)"


@functools.cache
def availability() -> Availability:
    try:
        import cupy
    except ImportError:
        return Availability("cupy", False, f"the package cupy is not installed; {INSTALL}")
    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except Exception as error:  # CuPy raises its own classes, which need the libraries that may be missing
        return Availability("cupy", False, f"no usable NVIDIA driver or GPU ({str(error).splitlines()[0]})")
    if not count:
        return Availability("cupy", False, "no NVIDIA GPU is visible")
    name = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
    return Availability("cupy", True, device=f"{name}, cupy {cupy.__version__}")


class CupyDevice:
    """One GPU through CuPy."""

    language = "cuda"

    def __init__(self, number: int):
        import cupy

        self.cupy = cupy
        count = cupy.cuda.runtime.getDeviceCount()
        if not 0 <= number < count:
            raise EngineError(f"there is no GPU {number}; this machine has {count}, numbered from 0")
        self.device = cupy.cuda.Device(number)
        self.multiprocessors = int(self.device.attributes["MultiProcessorCount"])
        self.out_of_memory = (cupy.cuda.memory.OutOfMemoryError,)

    def compile(self, kernel: Kernel, plan: Plan) -> Any:
        with self.device:
            module = self.cupy.RawModule(code=kernel.source, options=OPTIONS)
            return module.get_function(kernel.name)

    def upload(self, array: NDArray[Any]) -> Any:
        with self.device:
            return self.cupy.asarray(array)

    def zeros(self, size: int, dtype: Any) -> Any:
        with self.device:
            return self.cupy.zeros(size, dtype)

    def download(self, array: Any) -> NDArray[Any]:
        with self.device:
            return np.asarray(self.cupy.asnumpy(array))

    def launch(self, function: Any, grid: int, block: int, args: tuple[Any, ...]) -> None:
        with self.device:
            function((grid,), (block,), args)

    def synchronize(self) -> None:
        self.device.synchronize()

    def free_memory(self) -> int:
        with self.device:
            free, _ = self.cupy.cuda.runtime.memGetInfo()
            return int(free) + int(self.cupy.get_default_memory_pool().free_bytes())


class CupyEngine:
    name = "cupy"

    def prepare(self, problem: Problem, question: Question, settings: Settings) -> GpuRun:
        return GpuRun(CupyDevice(settings.device), problem, question, settings)


ENGINE = CupyEngine()

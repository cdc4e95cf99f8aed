"""The numba-cuda engine: plans emitted as Python kernels, compiled by numba-cuda; also runs in Numba's CUDA simulator."""

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..emit_threads import Kernel
from ..plan import Plan
from ..questions import Problem, Question
from . import Availability, EngineError, Settings
from .gpu import GpuRun
from .gpu_cupy import INSTALL


@functools.cache
def availability() -> Availability:
    try:
        from .cuda_math import cuda
    except ImportError as error:
        return Availability("numba-cuda", False, f"the package numba-cuda is not installed ({error}); {INSTALL}")
    except Exception as error:
        return Availability("numba-cuda", False, f"numba-cuda does not work with this NumPy or Numba: {error}")
    try:
        if not cuda.is_available():
            return Availability("numba-cuda", False, "no usable NVIDIA driver or GPU")
        name = "Numba's CUDA simulator" if _simulator() else cuda.get_current_device().name
    except Exception as error:
        return Availability("numba-cuda", False, f"no usable NVIDIA driver or GPU ({str(error).splitlines()[0]})")
    text = name.decode() if isinstance(name, bytes) else str(name)
    return Availability("numba-cuda", True, device=text)


def _simulator() -> bool:
    from numba import config

    return bool(config.ENABLE_CUDASIM)


class NumbaDevice:
    """One GPU through numba-cuda, or the simulator."""

    language = "python"

    def __init__(self, number: int):
        from .cuda_math import cuda

        self.cuda = cuda
        try:
            cuda.select_device(number)
        except (IndexError, ValueError) as error:
            raise EngineError(f"there is no GPU {number} ({error})") from None
        self.multiprocessors = 2 if _simulator() else int(cuda.get_current_device().MULTIPROCESSOR_COUNT)
        self.out_of_memory = () if _simulator() else (cuda.cudadrv.driver.CudaAPIError, MemoryError)

    def compile(self, kernel: Kernel, plan: Plan) -> Any:
        from .cache import load

        return load(kernel.source)

    def upload(self, array: NDArray[Any]) -> Any:
        return self.cuda.to_device(np.ascontiguousarray(array))

    def zeros(self, size: int, dtype: Any) -> Any:
        return self.cuda.to_device(np.zeros(size, dtype))

    def download(self, array: Any) -> NDArray[Any]:
        return np.asarray(array.copy_to_host())

    def launch(self, function: Any, grid: int, block: int, args: tuple[Any, ...]) -> None:
        function[grid, block](*args)

    def synchronize(self) -> None:
        self.cuda.synchronize()

    def free_memory(self) -> int:
        return 2**30 if _simulator() else int(self.cuda.current_context().get_memory_info()[0])


class NumbaCudaEngine:
    name = "numba-cuda"

    def prepare(self, problem: Problem, question: Question, settings: Settings) -> GpuRun:
        return GpuRun(NumbaDevice(settings.device), problem, question, settings)


ENGINE = NumbaCudaEngine()

"""The CuPy engine: plans emitted as CUDA C++, compiled by NVRTC through CuPy's RawModule."""

import functools
import importlib.util
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..emit.gpu.threads import Kernel
from ..errors import EngineError
from ..model.questions import Problem, Question
from ..plan.plan import Plan
from ..plan.sharing import SharedPass
from . import driver
from .engine import Availability, Engine, Settings
from .gpu import GpuRun, seconds_to_compile

OPTIONS = ("--std=c++17", "-fmad=false")  # a fused multiply-add would give other last bits than NumPy's
INSTALL = "install it with: pip install 'flopwatt[cuda13]' (or cuda12, by the driver's version)"


@functools.cache
def availability() -> Availability:
    """Find out whether CuPy and a GPU that it can use are here."""
    if importlib.util.find_spec("cupy") is None:
        return _absent(f"the package cupy is not installed; {INSTALL}")
    if not driver.present():
        return _absent(driver.ABSENT)
    try:
        import cupy
    except Exception as error:  # a wheel for another CUDA or NumPy fails in many ways
        return _absent(f"cupy does not work here ({driver.first_line(error)}); {INSTALL}")
    try:
        count = cupy.cuda.runtime.getDeviceCount()
        name = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode() if count else ""
    except Exception as error:  # CuPy raises its own classes, which need the libraries that may be missing
        return _absent(f"no usable NVIDIA driver or GPU ({driver.first_line(error)})")
    if not count:
        return _absent("no NVIDIA GPU is visible")
    return Availability("cupy", True, device=f"{name}, cupy {cupy.__version__}")


def _absent(reason: str) -> Availability:
    """Say why the engine cannot run, in one line."""
    return Availability("cupy", False, " ".join(reason.split()))


class CupyDevice:
    """One GPU through CuPy: see `Device`. Raises EngineError where there is no GPU of this number, counted from 0."""

    language = "cuda"

    def __init__(self, number: int):
        import cupy

        self.cupy = cupy
        count = cupy.cuda.runtime.getDeviceCount()
        if not 0 <= number < count:
            raise EngineError(f"there is no GPU {number}; this machine has {count}, numbered from 0")
        self.device = cupy.cuda.Device(number)
        self.multiprocessors = int(self.device.attributes["MultiProcessorCount"])
        self.out_of_memory: tuple[type[BaseException], ...] = (cupy.cuda.memory.OutOfMemoryError,)

    def compile(self, kernel: Kernel, plan: Plan) -> Any:
        """Compile a kernel, to be launched."""
        with self.device:
            module = self.cupy.RawModule(code=kernel.source, options=OPTIONS)
            return module.get_function(kernel.name)

    def upload(self, array: NDArray[Any]) -> Any:
        """Copy an array to the GPU."""
        with self.device:
            return self.cupy.asarray(array)

    def zeros(self, size: int, dtype: Any) -> Any:
        """Make an array of ``size`` zeros on the GPU."""
        with self.device:
            return self.cupy.zeros(size, dtype)

    def download(self, array: Any) -> NDArray[Any]:
        """Copy an array of the GPU to this machine's memory."""
        with self.device:
            return np.asarray(self.cupy.asnumpy(array))

    def launch(self, function: Any, grid: int, block: int, args: tuple[Any, ...]) -> None:
        """Launch a compiled kernel: see `Device.launch`.

        Parameters
        ----------
        function
            What `compile` gave.
        grid, block
            How many blocks, and threads of each.
        args
            The kernel's arguments.
        """
        with self.device:
            function((grid,), (block,), args)

    def synchronize(self) -> None:
        """Wait until every launch is done."""
        self.device.synchronize()

    def free_memory(self) -> int:
        """Return how many bytes may still be allocated."""
        with self.device:
            free, _ = self.cupy.cuda.runtime.memGetInfo()
            return int(free) + int(self.cupy.get_default_memory_pool().free_bytes())


class CupyEngine(Engine):
    """The engine ``cupy``."""

    name, shares = "cupy", True

    def prepare(self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None) -> GpuRun:
        """Compile what a question needs.

        Parameters
        ----------
        problem
            The model on its grid.
        question
            What is asked.
        settings
            How the engine runs, and on which GPU.
        shared
            A first pass that the question has in common with others.

        Raises
        ------
        EngineError
            Where there is no such GPU, or for a kind of question that the engine does not know.
        """
        return GpuRun(CupyDevice(settings.device), problem, question, settings, shared)

    def compile_seconds(
        self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None
    ) -> float:
        """Predict how long a question's kernels compile, were none of them in a cache."""
        return seconds_to_compile(problem, question, settings, shared)


ENGINE = CupyEngine()

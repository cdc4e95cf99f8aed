"""The numba-cuda engine: plans emitted as Python kernels, compiled by numba-cuda; also runs in Numba's CUDA simulator."""

import contextlib
import functools
import importlib.util
import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..emit.gpu.threads import Kernel
from ..errors import EngineError
from ..model.questions import Problem, Question
from ..plan.plan import Plan
from ..plan.sharing import SharedPass
from . import driver
from .device import DeviceOutputs
from .engine import Availability, Engine, Settings
from .gpu import GpuRun, kernels_to_compile
from .gpu_cupy import INSTALL
from .packing import Column, PackedLayout, packed


@functools.cache
def availability() -> Availability:
    """Find out whether numba-cuda and a GPU, or Numba's simulator of one, are here."""
    if importlib.util.find_spec("numba_cuda") is None:
        return _absent(f"the package numba-cuda is not installed; {INSTALL}")
    if not driver.present() and os.environ.get("NUMBA_ENABLE_CUDASIM", "0") == "0":
        return _absent(driver.ABSENT)
    try:
        cuda = _cuda()
    except Exception as error:  # an old numba-cuda and a new NumPy fail in many ways
        return _absent(f"numba-cuda does not work with this NumPy or Numba ({driver.first_line(error)}); {INSTALL}")
    try:
        if not cuda.is_available():
            return _absent(f"no usable NVIDIA driver or GPU ({cuda.cuda_error() or 'none is visible'})")
        name = "Numba's CUDA simulator" if _simulator() else cuda.get_current_device().name
    except Exception as error:
        return _absent(f"no usable NVIDIA driver or GPU ({driver.first_line(error)})")
    return Availability("numba-cuda", True, device=name.decode() if isinstance(name, bytes) else str(name))


def count_devices() -> int:
    """Count the GPUs that are visible; the simulator is one."""
    return 1 if _simulator() else len(_cuda().gpus)


def _absent(reason: str) -> Availability:
    """Say why the engine cannot run, in one line."""
    return Availability("numba-cuda", False, " ".join(reason.split()))


def _cuda() -> Any:
    """Import numba.cuda, mended for this NumPy."""
    from ..emit.gpu import cuda_math

    return cuda_math.cuda


def _simulator() -> bool:
    """Tell whether Numba simulates a GPU."""
    from numba import config

    settings: Any = config
    return bool(settings.ENABLE_CUDASIM)


_SECONDS_A_KERNEL = 1.5  # to compile, about: measured on the shipped studies
_OUT_OF_MEMORY = 2  # CUDA_ERROR_OUT_OF_MEMORY of the driver


@contextlib.contextmanager
def _allocating() -> Iterator[None]:
    """Turn the driver's error that memory ran out into MemoryError; what else it complains of stays as it is."""
    try:
        yield
    except _cuda().cudadrv.driver.CudaAPIError as error:
        if error.code != _OUT_OF_MEMORY:
            raise
        raise MemoryError(f"the GPU's memory is used up ({error})") from error


def signature(kernel: Kernel, dtype: str) -> tuple[Any, ...]:
    """Return the Numba types of a kernel's arguments, as numba-cuda infers them at a launch."""
    from numba import types

    scalars = {
        "real": getattr(types, dtype),
        "double": types.float64,
        "int": types.int32,
        "long long": types.int64,
        "unsigned long long": types.int64,
        "unsigned char": types.uint8,
    }
    return tuple(
        types.Array(scalars[kind.removeprefix("const ").rstrip("*")], 1, "C") if kind.endswith("*") else scalars[kind]
        for _, kind in kernel.arguments
    )


class NumbaDevice:
    """One GPU through numba-cuda, or the simulator: see `Device`. Raises EngineError where there is no GPU of this number."""

    language = "python"
    out_of_memory: tuple[type[BaseException], ...] = (MemoryError,)

    def __init__(self, number: int):
        self.cuda = cuda = _cuda()
        try:
            cuda.select_device(number)
        except (IndexError, ValueError) as error:
            raise EngineError(f"there is no GPU {number} ({error})") from None
        self.multiprocessors = 2 if _simulator() else int(cuda.get_current_device().MULTIPROCESSOR_COUNT)

    def compile(self, kernel: Kernel, plan: Plan) -> Any:
        """Compile a kernel, to be launched."""
        from .cache import load

        function = load(kernel.source)
        if not _simulator():
            function.compile(signature(kernel, plan.dtype))  # now, not when it is launched first
        return function

    def upload(self, arrays: Sequence[NDArray[Any]]) -> tuple[Any, ...]:
        """Copy arrays to the GPU, in one transfer."""
        layout, block = packed(arrays)
        with _allocating():
            return layout.views(self.cuda.to_device(block))

    def outputs(self, columns: Sequence[Column], fill: int | None = None) -> DeviceOutputs:
        """Make arrays that a launch writes: see `Device.outputs`.

        Parameters
        ----------
        columns
            Their lengths and types.
        fill
            What they hold at first.
        """
        layout = PackedLayout(tuple(columns))
        with _allocating():
            if fill:
                block = self.cuda.to_device(np.full(layout.size // 8, fill, np.int64).view(np.uint8))
            else:
                block = self.cuda.device_array(layout.size, np.uint8)
        if fill == 0:
            self.cuda.cudadrv.driver.device_memset(block, 0, block.nbytes)
        return DeviceOutputs(layout.columns, layout.views(block), block)

    def download(self, outputs: DeviceOutputs) -> list[NDArray[Any]]:
        """Copy arrays to this machine's memory, in one transfer."""
        return PackedLayout(outputs.columns).read(np.asarray(outputs.block.copy_to_host()))

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
        function[grid, block](*args)

    def free_memory(self) -> int:
        """Return how many bytes may still be allocated."""
        return 2**30 if _simulator() else int(self.cuda.current_context().get_memory_info()[0])


class NumbaCudaEngine(Engine):
    """The engine ``numba-cuda``."""

    name, shares = "numba-cuda", True

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
        return GpuRun(NumbaDevice(settings.device), problem, question, settings, shared)

    def compile_seconds(
        self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None
    ) -> float:
        """Predict how long a question's kernels compile, were none of them in a cache."""
        return _SECONDS_A_KERNEL * kernels_to_compile(problem, question, settings, shared)


ENGINE = NumbaCudaEngine()

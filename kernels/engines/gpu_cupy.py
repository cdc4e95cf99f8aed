"""The CuPy engine: plans emitted as CUDA C++, compiled by CuPy's NVRTC."""

import contextlib
import functools
import hashlib
import importlib.util
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import cache_folder
from ..emit.gpu.threads import Kernel
from ..errors import EngineError
from ..model.questions import Problem, Question
from ..plan.plan import Plan
from ..plan.sharing import SharedPass
from . import driver
from .device import DeviceOutputs
from .engine import Availability, Engine, Settings
from .gpu import GpuRun, kernels_to_compile
from .packing import Column, PackedLayout, packed

OPTIONS = ("--std=c++17", "-fmad=false")  # a fused multiply-add would give other last bits than NumPy's
_SECONDS_A_KERNEL = 0.4  # to compile, by NVRTC
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


def count_devices() -> int:
    """Count the GPUs that are visible."""
    import cupy

    return int(cupy.cuda.runtime.getDeviceCount())


def _absent(reason: str) -> Availability:
    """Say why the engine cannot run, in one line."""
    return Availability("cupy", False, " ".join(reason.split()))


@functools.cache
def _compilers() -> ThreadPoolExecutor:
    """Make the threads that compile: NVRTC lets go of Python meanwhile, and optimizes several kernels at once."""
    return ThreadPoolExecutor(min(os.cpu_count() or 1, 16), thread_name_prefix="flopwatt-nvrtc")


class _Compiling:
    """A kernel that a thread compiles.

    Parameters
    ----------
    compiled
        Compiles it.
    """

    def __init__(self, compiled: Callable[[], Any]):
        self.compiled, self.function = compiled, None
        self.future = _compilers().submit(compiled)

    def result(self) -> Any:
        """Wait for the kernel; where its thread failed it is compiled once more, so that what is raised is its own error."""
        if self.function is None:
            self.function = self.compiled() if self.future.exception() else self.future.result()
        return self.function


class CupyDevice:
    """One GPU through CuPy: see `Device`. Raises EngineError where there is no GPU of this number, counted from 0."""

    language = "cuda"

    def __init__(self, number: int):
        import cupy

        self.cupy = cupy
        count = cupy.cuda.runtime.getDeviceCount()
        if not 0 <= number < count:
            raise EngineError(f"there is no GPU {number}; this machine has {count}, numbered from 0")
        self.number, self.device = number, cupy.cuda.Device(number)
        self.multiprocessors = int(self.device.attributes["MultiProcessorCount"])
        self.out_of_memory: tuple[type[BaseException], ...] = (cupy.cuda.memory.OutOfMemoryError,)

    def compile(self, kernel: Kernel, plan: Plan) -> "_Compiling":
        """Begin to compile a kernel in a thread of its own, to be launched."""
        return _Compiling(functools.partial(self._compiled, kernel))

    def _compiled(self, kernel: Kernel) -> Any:
        """Compile a kernel, or read what was compiled before, and load it.

        CuPy's RawModule always compiles with -ftz=true, by which float32 that are too small to be normal become 0, other than
        NumPy's. It is left for a GPU that NVRTC does not know, and for the error of a kernel that cannot be compiled.
        """
        with self.cupy.cuda.Device(self.number):  # an object of this thread's own: each remembers what to go back to
            try:
                code = self._cubin(kernel.source)
            except self.cupy.cuda.nvrtc.NVRTCError:
                return self.cupy.RawModule(code=kernel.source, options=OPTIONS).get_function(kernel.name)
            module = self.cupy.cuda.function.Module()
            module.load(code)
            return module.get_function(kernel.name)

    def _cubin(self, source: str) -> bytes:
        """Compile source to machine code of this GPU, or read it from the cache."""
        nvrtc = self.cupy.cuda.nvrtc
        options = (f"-arch=sm_{self.device.compute_capability}", *OPTIONS)
        name = f"cubin-{hashlib.sha256(repr((nvrtc.getVersion(), options, source)).encode()).hexdigest()[:32]}"
        code = cache_folder.read(name)
        if code is None:
            program = nvrtc.createProgram(source, "kernel.cu", (), ())
            try:
                nvrtc.compileProgram(program, options)
                code = bytes(nvrtc.getCUBIN(program))
            finally:
                nvrtc.destroyProgram(program)
            cache_folder.write(name, code)
        return code

    def upload(self, arrays: Sequence[NDArray[Any]]) -> tuple[Any, ...]:
        """Copy arrays to the GPU, in one transfer."""
        layout, block = packed(arrays)
        with self.device:
            return layout.views(self.cupy.asarray(block))

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
        with self.device:
            if fill is None:
                block = self.cupy.empty(layout.size, np.uint8)
            elif fill == 0:
                block = self.cupy.zeros(layout.size, np.uint8)
            else:
                block = self.cupy.full(layout.size // 8, fill, np.int64).view(np.uint8)
            return DeviceOutputs(layout.columns, layout.views(block), block)

    def download(self, outputs: DeviceOutputs) -> list[NDArray[Any]]:
        """Copy arrays to this machine's memory, in one transfer."""
        with self.device:
            return PackedLayout(outputs.columns).read(self.cupy.asnumpy(outputs.block))

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
            function.result()((grid,), (block,), args)

    def free_memory(self) -> int:
        """Return how many bytes may still be allocated."""
        with self.device:
            free, _ = self.cupy.cuda.runtime.memGetInfo()
            return int(free) + int(self.cupy.get_default_memory_pool().free_bytes())


class CupyEngine(Engine):
    """The engine ``cupy``."""

    name, shares = "cupy", True

    def __init__(self) -> None:
        self._begun: list[GpuRun] | None = None  # what is prepared together

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
        run = GpuRun(CupyDevice(settings.device), problem, question, settings, shared)
        if self._begun is None:
            _wait(run)
        else:
            self._begun.append(run)
        return run

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Compile side by side, at its end, what is prepared in the ``with`` statement's body; nothing is run before."""
        begun = self._begun = list[GpuRun]()
        try:
            yield
        finally:
            self._begun = None
        for run in begun:
            _wait(run)

    def compile_seconds(
        self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None
    ) -> float:
        """Predict how long a question's kernels compile, were none of them in a cache."""
        return _SECONDS_A_KERNEL * kernels_to_compile(problem, question, settings, shared)


def _wait(run: GpuRun) -> None:
    """Wait until all of a question's kernels are compiled."""
    for function in run.functions.values():
        function.result()


ENGINE = CupyEngine()

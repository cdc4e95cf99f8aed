"""A GPU through NVIDIA's cuda-core, on trial beside CuPy's: the same CUDA C++, compiled to a cubin, launched without CuPy.

It stands among the tests until it has run on a GPU: tests/gpu runs everything on it there, and says what a launch takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flopwatt.kernels.emit.gpu.threads import Kernel
from flopwatt.kernels.engines.device import DeviceOutputs
from flopwatt.kernels.engines.packing import Column, PackedLayout, packed
from flopwatt.kernels.plan.plan import Plan


@dataclass(frozen=True)
class CorePart:
    """A part of a buffer of the GPU, as a kernel is handed it."""

    buffer: Any
    start: int
    nbytes: int

    @property
    def pointer(self) -> int:
        return int(self.buffer.handle) + self.start


class CoreDevice:
    """One GPU through cuda-core: see `Device`."""

    language = "cuda"
    out_of_memory: tuple[type[BaseException], ...] = (MemoryError,)

    def __init__(self, number: int = 0):
        import cuda.core

        self.core = cuda.core
        self.device = cuda.core.Device(number)
        self.device.set_current()
        self.stream = self.device.default_stream
        self.multiprocessors = int(self.device.properties.multiprocessor_count)

    def compile(self, kernel: Kernel, plan: Plan) -> Any:
        options = self.core.ProgramOptions(std="c++17", fma=False)  # for the current device, and NumPy's last bits
        return self.core.Program(kernel.source, "c++", options).compile("cubin").get_kernel(kernel.name)

    def _allocated(self, layout: PackedLayout) -> tuple[Any, tuple[CorePart, ...]]:
        try:
            buffer = self.device.allocate(layout.size, stream=self.stream)
        except Exception as error:  # of a class that cuda-core keeps to itself
            if "OUT_OF_MEMORY" not in str(error):
                raise
            raise MemoryError(str(error)) from error
        return buffer, tuple(CorePart(buffer, start, size) for start, size in layout.places())

    def _host(self, block: NDArray[np.uint8]) -> Any:
        return self.core.Buffer.from_handle(block.ctypes.data, block.nbytes, owner=block)

    def _write(self, buffer: Any, block: NDArray[np.uint8]) -> None:
        buffer.copy_from(self._host(block), stream=self.stream)
        self.stream.sync()  # what is copied may be given back

    def upload(self, arrays: Sequence[NDArray[Any]]) -> tuple[CorePart, ...]:
        layout, block = packed(arrays)
        buffer, parts = self._allocated(layout)
        self._write(buffer, block)
        return parts

    def outputs(self, columns: Sequence[Column], fill: int | None = None) -> DeviceOutputs:
        layout = PackedLayout(tuple(columns))
        buffer, parts = self._allocated(layout)
        if fill == 0:
            buffer.fill(0, stream=self.stream)
        elif fill is not None:
            self._write(buffer, np.full(layout.size // 8, fill, np.int64).view(np.uint8))
        return DeviceOutputs(layout.columns, parts, buffer)

    def download(self, outputs: DeviceOutputs) -> list[NDArray[Any]]:
        layout = PackedLayout(outputs.columns)
        block = np.empty(layout.size, np.uint8)
        self._host(block).copy_from(outputs.block, stream=self.stream)
        self.stream.sync()
        return layout.read(block)

    def launch(self, function: Any, grid: int, block: int, args: tuple[Any, ...]) -> None:
        values = [arg.pointer if isinstance(arg, CorePart) else arg for arg in args]
        self.core.launch(self.stream, self.core.LaunchConfig(grid=grid, block=block), function, *values)

    def free_memory(self) -> int:
        from cuda.bindings import driver

        _, free, _ = driver.cuMemGetInfo()
        return int(free)

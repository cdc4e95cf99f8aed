"""A GPU as the engines see it, on the CPU: emitted kernels, compiled to PTX by their own compilers, interpreted."""

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
from ptx_interpreter import Program, launch
from ptx_memory import Memory

from flopwatt.kernels.analysis import compilers
from flopwatt.kernels.emit.gpu.threads import Kernel
from flopwatt.kernels.engines.device import DeviceOutputs
from flopwatt.kernels.engines.packing import Column
from flopwatt.kernels.plan.plan import Plan

ENGINES = {"cuda": "cupy", "python": "numba-cuda"}  # whose compiler takes the language
compiler = functools.cache(compilers.compiler)


@functools.cache
def text(kernel: Kernel, dtype: str, arch: str) -> str:
    """A kernel's PTX."""
    return compiler(ENGINES[kernel.language]).ptx(kernel, dtype, arch)


class PtxDevice:
    """Implements the engines' Device for kernels of a language, compiled for an architecture."""

    multiprocessors = 1
    out_of_memory: tuple[type[BaseException], ...] = ()

    def __init__(self, language: str = "cuda", arch: str = "sm_90"):
        self.language, self.arch = language, arch

    def compile(self, kernel: Kernel, plan: Plan) -> Program:
        return Program(self.ptx(kernel, plan.dtype))

    def ptx(self, kernel: Kernel, dtype: str) -> str:
        return text(kernel, dtype, self.arch)

    def upload(self, arrays: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
        return tuple(np.array(array) for array in arrays)

    def outputs(self, columns: Sequence[Column], fill: int | None = None) -> DeviceOutputs:
        arrays = tuple(
            np.full(size, 77 if fill is None else fill, kind) for size, kind in columns
        )  # what is not filled is anything
        return DeviceOutputs(tuple(columns), arrays, arrays)

    def download(self, outputs: DeviceOutputs) -> list[np.ndarray]:
        return [array.copy() for array in outputs.arrays]

    def launch(self, function: Program, grid: int, block: int, args: tuple[Any, ...]) -> None:
        memory, values = Memory(), list[int]()
        for arg in args:
            if not isinstance(arg, np.ndarray):
                values.append(int(arg))
            elif self.language == "cuda":
                values.append(memory.place(arg))
            else:  # Numba's arrays: two pointers that kernels do not use, lengths in items and bytes, and the strides
                values += [0, 0, arg.size, arg.itemsize, memory.place(arg), arg.size, arg.itemsize]
        launch(function, grid, block, values, memory)

    def free_memory(self) -> int:
        return 2**30

"""A GPU as the engines see it, on the CPU: emitted CUDA C++ compiled by g++ behind a header of what CUDA adds to C++.

Arrays end where a page ends that nothing may touch, so a kernel that reads or writes past one stops the test.
"""

import ctypes
import functools
import hashlib
import mmap
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from flopwatt.kernels.emit.gpu.threads import Kernel
from flopwatt.kernels.engines.device import DeviceOutputs
from flopwatt.kernels.engines.packing import Column
from flopwatt.kernels.plan.plan import Plan

HEADER = Path(__file__).with_name("cuda_shim.hpp")
COMPILER = shutil.which("g++")
OPTIONS = ("-std=c++20", "-O0", "-ffp-contract=off", "-fPIC", "-shared", "-w")


class OutOfMemoryError(Exception):
    """The device's memory, as small as a test makes it, is used up."""


@functools.cache
def _folder() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="flopwatt-shim-")
    _folder.keep = folder  # type: ignore[attr-defined]  # removed when Python ends
    return Path(folder.name)


@functools.cache
def compiled(source: str) -> Any:
    """The launcher of a kernel's source, compiled for the CPU."""
    assert COMPILER, "these tests need g++"
    name = hashlib.sha256(source.encode()).hexdigest()[:16]
    path = _folder() / f"{name}.cpp"
    path.write_text(f'#include "{HEADER}"\n{source}\nSHIM_LAUNCH(kernel)\n')
    library = path.with_suffix(".so")
    subprocess.run([COMPILER, *OPTIONS, str(path), "-o", str(library)], check=True, capture_output=True, text=True)
    function = ctypes.CDLL(str(library)).launch
    function.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.POINTER(ctypes.c_void_p), ctypes.c_ulonglong]
    return function


_libc = ctypes.CDLL(None, use_errno=True)


def guarded(size: int, dtype: Any) -> np.ndarray:
    """An array of zeros whose end is the end of the memory that may be touched."""
    dtype = np.dtype(dtype)
    page, length = mmap.PAGESIZE, size * dtype.itemsize
    whole = -(-length // page) * page
    memory = mmap.mmap(-1, whole + page)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    if _libc.mprotect(
        ctypes.c_void_p(address + whole), ctypes.c_size_t(page), mmap.PROT_NONE if hasattr(mmap, "PROT_NONE") else 0
    ):
        raise OSError(ctypes.get_errno(), "mprotect")
    return np.frombuffer(memory, dtype, size, whole - length)


class ShimDevice:
    """Implements the engines' Device; ``memory`` is how many bytes its arrays may have together in one launch."""

    language = "cuda"
    multiprocessors = 1
    out_of_memory = (OutOfMemoryError,)

    def __init__(self, seed: int = 0, memory: int = 2**30):
        self.seed, self.memory = seed, memory
        self.calls = list[str]()  # what was asked of the device, in order
        self.launches, self.kernels = list[int](), list[str]()  # of each launch: how many items, and the source

    def compile(self, kernel: Kernel, plan: Plan) -> Any:
        return kernel.source

    def upload(self, arrays: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
        self.calls.append("upload")
        copies = tuple(guarded(array.size, array.dtype) for array in arrays)
        for copy, array in zip(copies, arrays, strict=True):
            copy[:] = array
        return copies

    def outputs(self, columns: Sequence[Column], fill: int | None = None) -> DeviceOutputs:
        if sum(size * np.dtype(dtype).itemsize for size, dtype in columns) > self.memory:
            raise OutOfMemoryError
        arrays = tuple(guarded(size, dtype) for size, dtype in columns)
        for array in arrays:  # what is not filled holds anything
            array[:] = fill if fill is not None else 77
        return DeviceOutputs(tuple(columns), arrays, arrays)

    def download(self, outputs: DeviceOutputs) -> list[np.ndarray]:
        self.calls.append("download")
        return [array.copy() for array in outputs.arrays]

    def launch(self, function: str, grid: int, block: int, args: tuple[Any, ...]) -> None:
        held = [
            ctypes.c_void_p(arg.ctypes.data) if isinstance(arg, np.ndarray) else ctypes.c_longlong(int(arg)) for arg in args
        ]
        pointers = (ctypes.c_void_p * len(held))(*(ctypes.addressof(each) for each in held))
        self.seed += 1
        self.calls.append("launch")
        self.launches.append(int(args[1]))
        self.kernels.append(function)
        assert compiled(function)(grid, block, pointers, self.seed) == 0, "threads of a block waited at different barriers"

    def free_memory(self) -> int:
        self.calls.append("free_memory")
        return self.memory

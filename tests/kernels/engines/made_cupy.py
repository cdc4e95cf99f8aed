"""A ``cupy`` that is made up: arrays are NumPy's, kernels are compiled by g++ as the shim does; what is called is kept.

It has only what the engine uses, so that a call of another name, or with other arguments, fails.
"""

import contextlib
import importlib.util
import itertools
import sys
import tempfile
import threading
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from shim_device import OutOfMemoryError, ShimDevice

_NUMBERS = {np.dtype(kind).type for kind in "?bhilqBHILQefdFD"}  # what CuPy hands to kernels, beside its arrays
_now = threading.local()  # the device that is current in a thread


class _MadeDevice:
    compute_capability = "90"

    def __init__(self, number: int):
        self.number, self.attributes = number, {"MultiProcessorCount": 2}
        self.threads = set[int]()  # that have entered it

    def __enter__(self) -> "_MadeDevice":
        self.threads.add(threading.get_ident())
        assert len(self.threads) == 1, "CuPy's devices remember what was current before, and mix up threads"
        _now.depth = getattr(_now, "depth", 0) + 1
        return self

    def __exit__(self, *error: object) -> None:
        _now.depth -= 1


def on_device() -> None:
    """Assert that a device was chosen: memory and kernels belong to one."""
    assert getattr(_now, "depth", 0) > 0, "no device is current in this thread"


class NVRTCError(Exception):
    """As CuPy's."""


class MadeNvrtc:
    """CuPy's thin wrapper of NVRTC; a program is its source."""

    NVRTCError = NVRTCError

    def __init__(self, cupy: "MadeCupy"):
        self.cupy, self.programs, self.numbers = cupy, dict[int, str](), itertools.count(1)

    def getVersion(self) -> tuple[int, int]:
        return 13, 0

    def createProgram(self, src: str, name: str, headers: tuple[()], include_names: tuple[()]) -> int:
        assert len(headers) == len(include_names)
        number = next(self.numbers)
        self.programs[number] = src
        return number

    def compileProgram(self, prog: int, options: tuple[str, ...]) -> None:
        self.cupy.calls.append(("compile", threading.current_thread().name))
        if self.cupy.failures:
            self.cupy.failures -= 1
            raise self.cupy.failure
        assert "-arch=sm_90" in options
        assert "-fmad=false" in options
        assert not [option for option in options if "ftz" in option]
        assert prog in self.programs

    def getCUBIN(self, prog: int) -> bytes:
        return self.programs[prog].encode()

    def destroyProgram(self, prog: int) -> None:
        del self.programs[prog]


class MadeModule:
    """CuPy's module of machine code, which here is the source."""

    def __init__(self, cupy: "MadeCupy"):
        self.cupy, self.code = cupy, ""

    def load(self, cubin: bytes) -> None:
        on_device()
        assert type(cubin) is bytes
        self.code = cubin.decode()

    def get_function(self, name: str) -> Any:
        assert f" {name}(" in self.code
        return lambda grid, block, args: self.cupy.launched(self.code, grid, block, args)


class MadeCupy(ModuleType):
    """Stands in for the module; ``calls`` has what was asked for, and the thread that compiled."""

    __version__ = "14.2.0"

    def __init__(self, failures: int = 0, failure: Exception | None = None):
        super().__init__("cupy")
        self.__spec__ = importlib.util.spec_from_loader("cupy", None)
        self.calls, self.shim = list[tuple[str, Any]](), ShimDevice()
        self.failures, self.failure = failures, failure or RuntimeError("NVRTC said no")
        runtime = SimpleNamespace(
            getDeviceCount=lambda: 1,
            getDeviceProperties=lambda number: {"name": b"Made GPU"},
            memGetInfo=lambda: (2**30, 2**31),
        )
        memory = SimpleNamespace(OutOfMemoryError=OutOfMemoryError)
        function = SimpleNamespace(Module=lambda: MadeModule(self))
        self.cuda = SimpleNamespace(
            runtime=runtime, Device=_MadeDevice, memory=memory, nvrtc=MadeNvrtc(self), function=function
        )

    def RawModule(self, *, code: str, options: tuple[str, ...]) -> Any:
        on_device()
        self.calls.append(("raw", threading.current_thread().name))
        assert type(options) is tuple
        assert "-fmad=false" in options
        module = MadeModule(self)
        module.load(code.encode())
        return module

    def launched(self, code: str, grid: tuple[int], block: tuple[int], args: tuple[Any, ...]) -> None:
        on_device()
        assert isinstance(grid, tuple)
        assert isinstance(block, tuple)
        assert 0 < grid[0] < 2**31
        assert 0 < block[0] <= 1024
        for arg in args:
            assert isinstance(arg, np.ndarray) or type(arg) in _NUMBERS, type(arg)
            assert not isinstance(arg, np.ndarray) or arg.flags.c_contiguous
        self.calls.append(("launch", grid[0]))
        self.shim.launch(code, grid[0], block[0], args)

    def asarray(self, array: np.ndarray) -> np.ndarray:
        on_device()
        self.calls.append(("upload", array.nbytes))
        return array.copy()

    def asnumpy(self, array: np.ndarray) -> np.ndarray:
        on_device()
        self.calls.append(("download", array.nbytes))
        return array.copy()

    def empty(self, shape: int, dtype: Any) -> np.ndarray:
        on_device()
        return np.full(shape, 77, dtype)

    def zeros(self, shape: int, dtype: Any) -> np.ndarray:
        on_device()
        return np.zeros(shape, dtype)

    def full(self, shape: int, fill_value: int, dtype: Any) -> np.ndarray:
        on_device()
        return np.full(shape, fill_value, dtype)

    def get_default_memory_pool(self) -> Any:
        return SimpleNamespace(free_bytes=lambda: 0)


@contextlib.contextmanager
def made_cupy(failures: int = 0, failure: Exception | None = None) -> Iterator[MadeCupy]:
    """Put a made-up cupy in the place of any that is installed; its first compilations fail, so many of them."""
    module = MadeCupy(failures, failure)
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setitem(sys.modules, "cupy", module)
        patch.setenv("FLOPWATT_CACHE", folder)
        yield module

"""A ``cupy`` that is made up: arrays are NumPy's, kernels are compiled by g++ as the shim does; what is called is kept.

It has only what the engine uses, so that a call of another name, or with other arguments, fails.
"""

import contextlib
import importlib.util
import sys
import threading
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from shim_device import OutOfMemoryError, ShimDevice


class _MadeDevice:
    def __init__(self, number: int):
        self.number, self.attributes = number, {"MultiProcessorCount": 2}

    def __enter__(self) -> "_MadeDevice":
        return self

    def __exit__(self, *error: object) -> None:
        pass


class MadeCupy(ModuleType):
    """Stands in for the module; ``calls`` has what was asked for, and the thread that compiled."""

    __version__ = "14.2.0"

    def __init__(self, failures: int = 0):
        super().__init__("cupy")
        self.__spec__ = importlib.util.spec_from_loader("cupy", None)
        self.calls, self.shim, self.failures = list[tuple[str, Any]](), ShimDevice(), failures
        runtime = SimpleNamespace(
            getDeviceCount=lambda: 1,
            getDeviceProperties=lambda number: {"name": b"Made GPU"},
            memGetInfo=lambda: (2**30, 2**31),
        )
        memory = SimpleNamespace(OutOfMemoryError=OutOfMemoryError)
        self.cuda = SimpleNamespace(runtime=runtime, Device=_MadeDevice, memory=memory)

    def RawModule(self, *, code: str, options: tuple[str, ...]) -> Any:
        self.calls.append(("compile", threading.current_thread().name))
        if self.failures:
            self.failures -= 1
            raise RuntimeError("NVRTC said no")
        assert "-fmad=false" in options

        def get_function(name: str) -> Any:
            assert f" {name}(" in code
            return lambda grid, block, args: self._launch(code, grid, block, args)

        return SimpleNamespace(get_function=get_function)

    def _launch(self, code: str, grid: tuple[int], block: tuple[int], args: tuple[Any, ...]) -> None:
        self.calls.append(("launch", grid[0]))
        self.shim.launch(code, grid[0], block[0], args)

    def asarray(self, array: np.ndarray) -> np.ndarray:
        self.calls.append(("upload", array.nbytes))
        return array.copy()

    def asnumpy(self, array: np.ndarray) -> np.ndarray:
        self.calls.append(("download", array.nbytes))
        return array.copy()

    def empty(self, size: int, dtype: Any) -> np.ndarray:
        return np.full(size, 77, dtype)

    zeros, full = staticmethod(np.zeros), staticmethod(np.full)

    def get_default_memory_pool(self) -> Any:
        return SimpleNamespace(free_bytes=lambda: 0)


@contextlib.contextmanager
def made_cupy(failures: int = 0) -> Iterator[MadeCupy]:
    """Put a made-up cupy in the place of any that is installed; its first compilations fail, so many of them."""
    module = MadeCupy(failures)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "cupy", module)
        yield module

"""A ``cuda.core`` that is made up: memory is this machine's, kernels are compiled by g++ as the shim does.

Its names and arguments are those of cuda-core 1.2, as its own docstrings have them: a test holds the two together.
"""

import ctypes
from types import SimpleNamespace
from typing import Any

import numpy as np
from shim_device import compiled


class MadeBuffer:
    def __init__(self, handle: int, size: int, owner: Any = None):
        self.handle, self.size, self.owner = handle, size, owner

    @classmethod
    def from_handle(cls, ptr: int, size: int, mr: Any = None, owner: Any = None, *, stream: Any = None) -> "MadeBuffer":
        return cls(ptr, size, owner)

    def copy_from(self, src: "MadeBuffer", *, stream: Any, options: Any = None) -> None:
        assert src.size == self.size
        ctypes.memmove(self.handle, src.handle, self.size)

    def fill(self, value: int, *, stream: Any) -> None:
        ctypes.memset(self.handle, value, self.size)


class MadeProgram:
    def __init__(self, code: str, code_type: str, options: Any):
        assert (code_type, options.std, options.fma) == ("c++", "c++17", False)
        self.code = code

    def compile(self, target_type: str) -> Any:
        assert target_type == "cubin"
        return SimpleNamespace(get_kernel=lambda name: self.code)


def made_core(memory: int = 2**30) -> Any:
    """The module, of a device that allocates so many bytes at once; ``calls`` counts its launches."""

    def allocate(size: int, *, stream: Any) -> MadeBuffer:
        if size > memory:
            raise RuntimeError("CUDA_ERROR_OUT_OF_MEMORY: The API call failed")
        array = np.full(size, 77, np.uint8)
        return MadeBuffer(array.ctypes.data, size, array)

    def launch(stream: Any, config: Any, kernel: str, *args: Any) -> None:
        held = [ctypes.c_longlong(int(arg)) for arg in args]
        pointers = (ctypes.c_void_p * len(held))(*(ctypes.addressof(each) for each in held))
        module.calls.append("launch")
        assert compiled(kernel)(config.grid, config.block, pointers, len(module.calls)) == 0

    device = SimpleNamespace(
        set_current=lambda: None,
        default_stream=SimpleNamespace(sync=lambda: None),
        properties=SimpleNamespace(multiprocessor_count=2),
        allocate=allocate,
    )
    module = SimpleNamespace(
        calls=[],
        Device=lambda number: device,
        ProgramOptions=SimpleNamespace,
        LaunchConfig=SimpleNamespace,
        Program=MadeProgram,
        Buffer=MadeBuffer,
        launch=launch,
    )
    return module

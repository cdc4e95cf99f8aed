"""Kernels as machine code: from the cache, or compiled in the background, and called without the GIL."""

import contextlib
import ctypes
import operator
import os
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from functools import cache
from typing import Any

import numpy as np

from .. import cache_folder
from .made_with import file_name
from .module import Emitted

_WIDE = range(-(2**63), 2**63)
_lock = threading.Lock()
_kernels: dict[str, "CompiledKernel"] = {}


class CompiledKernel:
    """A kernel, to be called with its arguments; the first call waits until it is compiled.

    Parameters
    ----------
    emitted
        The kernel as it is written.
    file
        The name of its code in the cache.

    Attributes
    ----------
    kept
        Whether its code came from the cache.
    made
        Its code, where it is compiled in the background.
    """

    def __init__(self, emitted: Emitted, file: str):
        self.emitted, self.file = emitted, file
        self._lock = threading.Lock()
        self._function: Any = None
        self._arguments = tuple(_argument(kind) for kind in emitted.types)
        self._code = cache_folder.read(file)
        self.kept = self._code is not None
        self.made: Future[bytes] | None = None if self.kept else _threads(os.getpid()).submit(_make, emitted.text, file)

    def wait(self) -> "CompiledKernel":
        """Wait until the kernel can run.

        Raises
        ------
        RuntimeError
            Where LLVM does not take the IR: a fault in an emitter.
        """
        with self._lock:
            if self._function is None:
                self._function = self._linked()
        return self

    def cancel(self) -> None:
        """Leave it uncompiled, if that has not begun; a later call of it compiles it."""
        if self.made is not None:
            self.made.cancel()

    def _linked(self) -> Any:
        """Link the code; compile it where what was kept is no code."""
        from .linked import link

        address = link(self.emitted.name, self._code) if self._code is not None else 0
        if not address:
            self.kept = False
            address = link(self.emitted.name, self._compiled())
        if not address:
            raise RuntimeError(f"the compiled kernel {self.emitted.name} cannot be linked")
        self._code = self.made = None
        return _called(self.emitted)(address)

    def _compiled(self) -> bytes:
        """Take what was compiled in the background; compile it here where that was not begun."""
        if self.made is not None:
            with contextlib.suppress(CancelledError):
                return self.made.result()
        return _make(self.emitted.text, self.file)

    def __call__(self, *arguments: Any) -> None:
        """Run the kernel.

        Raises
        ------
        TypeError
            Where an argument is of another type than it is written for.
        """
        if self._function is None:
            self.wait()
        if len(arguments) != len(self._arguments):
            raise TypeError(f"the kernel {self.emitted.name} takes {len(self._arguments)} arguments, not {len(arguments)}")
        parts: list[int] = []
        for add, argument in zip(self._arguments, arguments, strict=True):
            if not add(parts, argument):
                raise TypeError(f"the kernel {self.emitted.name} is handed {self._wrong(arguments)}")
        self._function(*parts)

    def _wrong(self, arguments: tuple[Any, ...]) -> str:
        """Say which arguments are of another type."""
        pairs = zip(self._arguments, arguments, self.emitted.types, strict=True)
        return ", ".join(f"{_kind(argument)} for {kind}" for add, argument, kind in pairs if not add([], argument))


def kernel(emitted: Emitted) -> CompiledKernel:
    """Have a kernel made: the same one for the same text. It is compiled in the background unless its code was kept.

    Parameters
    ----------
    emitted
        The kernel as it is written.
    """
    file = file_name(emitted.text)
    with _lock:
        if file not in _kernels:
            _kernels[file] = CompiledKernel(emitted, file)
        return _kernels[file]


def _called(emitted: Emitted) -> Any:
    """Make the C type of a kernel's function; a call through it releases the GIL."""
    parts: list[Any] = []
    for kind in emitted.types:
        parts += [ctypes.c_void_p, ctypes.c_int64] if "*" in kind else [ctypes.c_int64]
    return ctypes.CFUNCTYPE(None, *parts)


def _make(text: str, file: str) -> bytes:
    """Compile IR, and keep what it becomes."""
    from .object_code import object_code

    code = object_code(text)
    cache_folder.write(file, code)
    return code


def _settle() -> None:
    """Wait for all that is being compiled: a fork's child has no threads that would finish it, nor leave LLVM's locks."""
    _lock.acquire()
    wait([kernel.made for kernel in _kernels.values() if kernel.made is not None])


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_settle, after_in_parent=_lock.release, after_in_child=_lock.release)


@cache
def _threads(process: int) -> ThreadPoolExecutor:
    """Start the threads that compile, one a core; those of another process are not its child's."""
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="flopwatt-compile")


# --- arguments ----------------------------------------------------------------------------------------------------------


def _argument(kind: str) -> Callable[[list[int], Any], bool]:
    """Make what adds an argument of a type to those of the machine code, and tells whether it is of that type."""
    dimensions = kind.count("*")
    if not dimensions:
        return _add_number
    dtype = np.dtype(kind.rstrip("*"))

    def add(parts: list[int], array: Any) -> bool:
        if type(array) is not np.ndarray or array.dtype != dtype or array.ndim != dimensions:
            return False
        if not (array.flags.c_contiguous and array.flags.aligned):
            return False
        parts += (array.ctypes.data, array.shape[-1])
        return True

    return add


def _add_number(parts: list[int], number: Any) -> bool:
    """Add a whole number of 64 bits, Python's or NumPy's."""
    try:
        whole = operator.index(number)
    except TypeError:
        return False
    parts.append(whole)
    return whole in _WIDE


def _kind(argument: Any) -> str:
    """Say what an argument is, as types are written."""
    if not isinstance(argument, np.ndarray):
        return type(argument).__name__
    stars = f"{argument.dtype.name}{'*' * argument.ndim}"
    return stars if argument.flags.c_contiguous else f"strided {stars}"

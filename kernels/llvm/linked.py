"""Machine code in this process's memory, where it stays: object files are linked by LLVM, and called by address."""

import ctypes
import ctypes.util
import threading
from functools import cache
from typing import Any

import llvmlite.binding as llvm

from . import target
from .object_code import machine

# What LLVM makes calls of that the C library has, in kernels: its own, and what it knows to do the same.
_MEMORY = ("malloc", "free", "memcpy", "memmove", "memset")
_MATHS = ("pow", "exp", "exp2", "exp10", "log", "log2", "log10", "sqrt", "cbrt", "ceil", "floor", "ldexp", "fabs")
_lock = threading.Lock()


def link(name: str, code: bytes) -> int:
    """Link an object file into this process.

    Parameters
    ----------
    name
        The function that is wanted of it.
    code
        The object file.

    Returns
    -------
    int
        The function's address; 0 where this is no object file with it.
    """
    with _lock:
        engine = _engine(target.name(), target.features())
        try:
            engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        except RuntimeError:
            return 0
        engine.finalize_object()
        return int(engine.get_function_address(name))


@cache
def _engine(cpu: str, features: str | None) -> Any:
    """Start LLVM's linker for a CPU; those of its functions that the process has not loaded it would end the process for."""
    description, missing = machine(), _missing()
    if missing and (path := ctypes.util.find_library("m")):
        library = ctypes.CDLL(path)
        for symbol in missing:
            if hasattr(library, symbol):
                llvm.add_symbol(symbol, ctypes.cast(getattr(library, symbol), ctypes.c_void_p).value)
    return llvm.create_mcjit_compiler(llvm.parse_assembly(""), description)


def _missing() -> list[str]:
    """List the functions that LLVM does not see in the process."""
    maths = (*_MATHS, *(f"{function}f" for function in _MATHS))
    return [symbol for symbol in (*_MEMORY, *maths) if llvm.address_of_symbol(symbol) is None]

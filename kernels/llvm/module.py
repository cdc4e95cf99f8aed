"""A kernel's module: its IR under a name of its own, and what its function is handed."""

import hashlib
from dataclasses import dataclass

from ..emit.cpu.cpu_code import Parameter
from .ir import Llvm

_NUMPY = {"double": "float64", "wide": "int64", "int": "int64", "count": "uint32", "flag": "uint8", "bool": "bool"}


@dataclass(frozen=True)
class Emitted:
    """A kernel that is written, and is not compiled.

    Parameters
    ----------
    text
        Its IR.
    name
        The function's name there, by the hash of the IR: those of all kernels come together in one process.
    types
        NumPy's name of each argument's type, with a star for each dimension of an array. An array is handed over as its
        address and its (last) length.
    """

    text: str
    name: str
    types: tuple[str, ...]


def emitted(code: Llvm) -> Emitted:
    """Finish a kernel.

    Parameters
    ----------
    code
        The function, whose body is written.
    """
    code.finish("nest")
    text = code.module.text()
    name = f"nest_{hashlib.sha256(text.encode()).hexdigest()[:24]}"
    return Emitted(text.replace("@nest(", f"@{name}("), name, tuple(_type(code, parameter) for parameter in code.signature))


def _type(code: Llvm, parameter: Parameter) -> str:
    """Give NumPy's name of a parameter's type, with a star for each dimension."""
    _, kind = parameter
    element = kind.rstrip("*")
    return (code.dtype if element == "real" else _NUMPY[element]) + "*" * kind.count("*")

"""A kernel's module for Numba: Python source that holds the IR and one small function that calls it."""

import hashlib

from ..emit.cpu.cpu_code import Parameter
from .ir import Llvm

_SOURCE = '''"""Emitted by flopwatt from a plan; not for editing."""

from numba import njit

from flopwatt.kernels.llvm.lowered import lowered

IR = """
{ir}
"""

run = lowered(IR, "{name}", {types})


@njit(nogil=True)
def kernel({parameters}):
    run(({parameters},))
'''
_NUMPY = {"double": "float64", "wide": "int64", "int": "int64", "count": "uint32", "flag": "uint8", "bool": "bool"}


def source(code: Llvm) -> str:
    """Finish a kernel and give the source of its module.

    The function in the IR is named by the hash of the IR, since those of all kernels come together in one process.
    """
    code.finish("nest")
    text = code.module.text()
    name = f"nest_{hashlib.sha256(text.encode()).hexdigest()[:24]}"
    types = tuple(_type(code, parameter) for parameter in code.signature)
    parameters = ", ".join(name for name, _ in code.signature)
    return _SOURCE.format(ir=text.replace("@nest(", f"@{name}("), name=name, types=types, parameters=parameters)


def _type(code: Llvm, parameter: Parameter) -> str:
    """Give NumPy's name of a parameter's type, with a star for each dimension."""
    _, kind = parameter
    element = kind.rstrip("*")
    return (code.dtype if element == "real" else _NUMPY[element]) + "*" * kind.count("*")

"""Kernels of a few operations, compiled as the engine compiles them."""

from collections.abc import Callable
from typing import Any

from flopwatt.kernels.emit.cpu.cpu_code import Parameter
from flopwatt.kernels.llvm.compiled import CompiledKernel, kernel
from flopwatt.kernels.llvm.ir import Llvm
from flopwatt.kernels.llvm.module import emitted


def compiled(write: Callable[..., Any], *parameters: Parameter, dtype: str = "float64") -> CompiledKernel:
    """``kernel(*parameters)``, whose body ``write(code, *handles)`` writes."""
    code = Llvm(dtype)
    write(code, *code.parameters(*parameters))
    return kernel(emitted(code))

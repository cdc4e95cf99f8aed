"""A kernel's module: its IR under a name of its own, and what it may be handed."""

import re

from flopwatt.kernels.llvm.ir import Llvm
from flopwatt.kernels.llvm.module import Emitted, emitted


def stored(value: float, dtype: str = "float64") -> Emitted:
    code = Llvm(dtype)
    (out,) = code.parameters(("out", "real*"))
    out[0] = value
    return emitted(code)


def test_the_function_is_named_by_what_it_does() -> None:
    kernels = [stored(1.0), stored(1.0), stored(2.0), stored(1.0, "float32")]
    assert all(re.findall(r"@(nest_\w+)\(", kernel.text) == [kernel.name] for kernel in kernels)
    assert kernels[0] == kernels[1]
    assert len({kernel.name for kernel in kernels}) == 3


def test_the_types_it_is_handed_are_named() -> None:
    code = Llvm("float32")
    code.parameters(("n", "int"), ("x", "real*"), ("sums", "double**"), ("counts", "count*"), ("flags", "flag*"))
    assert emitted(code).types == ("int64", "float32*", "float64**", "uint32*", "uint8*")

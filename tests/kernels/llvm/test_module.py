"""A kernel's module: its IR under a name of its own, and what it may be handed."""

import re

import numpy as np
import pytest
from numba.core.errors import TypingError
from written import compiled

from flopwatt.kernels.llvm.ir import Llvm
from flopwatt.kernels.llvm.module import source


def stored(value: float, dtype: str = "float64") -> str:
    code = Llvm(dtype)
    (out,) = code.parameters(("out", "real*"))
    out[0] = value
    return source(code)


def test_the_function_is_named_by_what_it_does() -> None:
    names = [re.findall(r"@(nest_\w+)\(", text) for text in (stored(1.0), stored(1.0), stored(2.0), stored(1.0, "float32"))]
    assert all(len(found) == 1 for found in names)
    assert names[0] == names[1]
    assert len({found[0] for found in names}) == 3


def test_the_module_names_the_types_it_is_handed() -> None:
    code = Llvm("float32")
    code.parameters(("n", "int"), ("x", "real*"), ("sums", "double**"), ("counts", "count*"), ("flags", "flag*"))
    assert "('int64', 'float32*', 'float64**', 'uint32*', 'uint8*'))" in source(code)


@pytest.mark.parametrize("out", [np.zeros(3, np.float32), np.zeros((3, 3)), np.zeros(6)[::2], 1.5])
def test_other_types_are_refused(out: object) -> None:
    kernel = compiled(lambda code, out: code.fill(out, 1.0), ("out", "real*"))
    with pytest.raises(TypingError, match=r"is handed .* for float64\*"):
        kernel(out)

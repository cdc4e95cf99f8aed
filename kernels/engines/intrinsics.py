"""Operations that emitted CPU kernels use, as single LLVM instructions: NumPy's own scalar forms do not become vector code."""

from typing import Any

import numpy as np
from numba import njit, types
from numba.core.errors import TypingError
from numba.extending import intrinsic

_INTEGER = {types.float64: types.int64, types.float32: types.int32}


def _check(value: Any) -> None:
    if value not in _INTEGER:
        raise TypingError(f"a float32 or a float64 is needed, not {value}")


def _rounding(name: str) -> Any:
    def function(typingctx: Any, value: Any) -> Any:
        _check(value)

        def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            kind = context.get_value_type(value)
            callee = builder.module.declare_intrinsic(f"llvm.{name}", [kind])
            return builder.call(callee, args)

        return value(value), emit

    function.__name__ = name
    return intrinsic(function)


ceil = _rounding("ceil")
floor = _rounding("floor")
sqrt = _rounding("sqrt")


@intrinsic  # type: ignore
def bits(typingctx: Any, value: Any) -> Any:
    """A float's bits as an integer of its width."""
    _check(value)
    integer = _INTEGER[value]

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], context.get_value_type(integer))

    return integer(value), emit


@intrinsic  # type: ignore
def unbits(typingctx: Any, value: Any) -> Any:
    """The float that an integer's bits are."""
    real = {types.int64: types.float64, types.int32: types.float32}[value]

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], context.get_value_type(real))

    return real(value), emit


@njit(inline="always", fastmath={"nsz"}, error_model="numpy")
def exp(x):  # type: ignore[no-untyped-def]
    """e to the x."""
    return np.exp(x)


@njit(inline="always", fastmath={"nsz"}, error_model="numpy")
def log2(x):  # type: ignore[no-untyped-def]
    """The logarithm to base two."""
    return np.log2(x)

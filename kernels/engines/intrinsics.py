"""Operations that emitted CPU kernels use, as single LLVM instructions: NumPy's own scalar forms do not become vector code."""

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core.errors import TypingError
from numba.extending import intrinsic

_INTEGER: dict[Any, Any] = {types.float64: types.int64, types.float32: types.int32}


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
def select(typingctx: Any, condition: Any, yes: Any, no: Any) -> Any:
    """``yes`` where the condition holds, else ``no``, both computed: no branch for Numba to analyse or LLVM to remove."""
    if condition != types.boolean:
        raise TypingError(f"a condition is needed, not {condition}")
    kind = typingctx.unify_types(yes, no)

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        flag = context.cast(builder, args[0], types.boolean, types.boolean)
        if flag.type.width != 1:
            flag = builder.trunc(flag, ir.IntType(1))
        values = (context.cast(builder, value, given, kind) for value, given in zip(args[1:], (yes, no), strict=True))
        return builder.select(flag, *values)

    return kind(condition, yes, no), emit


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
    real: Any = {types.int64: types.float64, types.int32: types.float32}[value]

    def emit(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], context.get_value_type(real))

    return real(value), emit


_JIT = njit(inline="always", fastmath={"nsz"}, error_model="numpy")


def _horner(coefficients: list[float], variable: str, real: str) -> str:
    """A polynomial, the constant first, as nested products of typed constants."""
    text = f"{real}({coefficients[-1]!r})"
    for coefficient in reversed(coefficients[:-1]):
        text = f"({text} * {variable} + {real}({coefficient!r}))"
    return text


def _define(name: str, source: str) -> Any:
    """A function from source: polynomials are written out, so that a loop over lanes has no loop inside."""
    scope: dict[str, Any] = {"bits": bits, "unbits": unbits, "floor": floor, "np": np}
    exec(source, scope)
    return _JIT(scope[name])


# dtype -> integer, mantissa bits, exponent bias, terms of exp and of log
_FORMATS = {"float64": ("np.int64", 52, 1023, 14, 11), "float32": ("np.int32", 23, 127, 8, 5)}


def _exp(dtype: str) -> Any:
    """e^x = 2^n e^r with |r| <= ln(2)/2: a Taylor series for e^r, and 2^n in two halves so that subnormals come out.

    W. J. Cody and W. Waite, Software Manual for the Elementary Functions (1980), chapter 6: ln(2) in two parts.
    """
    integer, mantissa, bias, terms, _ = _FORMATS[dtype]
    real = f"np.{dtype}"
    high = 0.693145751953125 if dtype == "float32" else 6.93147180369123816490e-01
    low = 1.42860682030941723212e-06 if dtype == "float32" else 1.90821492927058770002e-10
    least, most = (-104.0, 88.72283935546875) if dtype == "float32" else (-745.2, 709.782712893384)
    series = _horner([1 / math.factorial(k) for k in range(terms)], "r", real)
    return _define(
        "exp",
        f"""
def exp(x):
    inside = (x >= {real}({least})) & (x <= {real}({most}))
    y = x if inside else {real}(0.0)
    n = floor(y * {real}({1 / math.log(2)!r}) + {real}(0.5))
    r = (y - n * {real}({high!r})) - n * {real}({low!r})
    whole = {integer}(n)
    half = whole >> 1
    first = unbits({integer}((half + {bias}) << {mantissa}))
    second = unbits({integer}((whole - half + {bias}) << {mantissa}))
    value = {series} * first * second
    outside = {real}(np.inf) if x > {real}(0.0) else {real}(0.0)
    return value if inside else (outside if x == x else x)
""",
    )


def _log2(dtype: str) -> Any:
    """log2(m 2^e) = e + 2 atanh((m - 1) / (m + 1)) / ln 2 with m between sqrt(1/2) and sqrt(2): the series of atanh."""
    integer, mantissa, _, _, terms = _FORMATS[dtype]
    real = f"np.{dtype}"
    tiny, shift = (2.0**-1022, 54) if dtype == "float64" else (2.0**-126, 25)
    root = int(np.array(math.sqrt(0.5), dtype).view(integer[3:]))
    series = _horner([2 / math.log(2) / (2 * k + 1) for k in range(terms)], "t", real)
    return _define(
        "log2",
        f"""
def log2(x):
    small = x < {real}({tiny!r})
    y = x * {real}({2.0**shift!r}) if small else x
    raw = bits(y)
    e = (raw - {root}) >> {mantissa}
    m = unbits({integer}(raw - (e << {mantissa})))
    s = (m - {real}(1.0)) / (m + {real}(1.0))
    t = s * s
    value = {real}(e) - ({real}({shift}.0) if small else {real}(0.0)) + s * {series}
    value = value if x < {real}(np.inf) else x
    value = value if x != {real}(0.0) else {real}(-np.inf)
    return value if x >= {real}(0.0) else {real}(np.nan)
""",
    )


exp_float64, exp_float32 = _exp("float64"), _exp("float32")
log2_float64, log2_float32 = _log2("float64"), _log2("float32")

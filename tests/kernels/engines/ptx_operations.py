"""What each PTX instruction computes, over arrays of threads: the table of `operation`, by NumPy's own arithmetic.

An opcode, a modifier or a type that is not in the tables is an error, so nothing is computed other than as it is written.
"""

import ctypes
import ctypes.util
import functools
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

Function = Callable[..., Any]


class PtxError(Exception):
    """What a kernel must not do, or what the interpreter does not know."""


F32, F64, U32, U64, S32, S64, PRED = (np.dtype(name) for name in ("f4", "f8", "u4", "u8", "i4", "i8", "?"))
TYPES = {f"{kind[0]}{8 * size}": np.dtype(f"{kind[1]}{size}") for kind in ("bu", "uu", "si") for size in (1, 2, 4, 8)}
TYPES |= {"f32": F32, "f64": F64, "pred": PRED}


@dataclass(frozen=True)
class Operation:
    """A function of arrays, the types that its arguments are read as, and that of its result."""

    function: Function
    takes: tuple[np.dtype[Any], ...]
    gives: np.dtype[Any]


# --- floating point -----------------------------------------------------------------------------------------------------

_libm = ctypes.CDLL(ctypes.util.find_library("m"))
_libm.fma.restype, _libm.fma.argtypes = ctypes.c_double, [ctypes.c_double] * 3
_FMA = np.frompyfunc(_libm.fma, 3, 1)


def _fma64(a: Any, b: Any, c: Any) -> Any:
    return np.asarray(_FMA(a, b, c), F64)


def _fma32(a: Any, b: Any, c: Any, down: bool = False) -> Any:
    """Round ``a * b + c`` once: the product is exact in float64, and the sum is rounded there to odd, which keeps apart what
    lies between two float32.
    """
    product, c = np.multiply(a, b, dtype=F64), np.asarray(c, F64)
    total = np.asarray(product + c)
    part = total - product
    error = (product - (total - part)) + (c - part)
    inexact = np.isfinite(total) & (error != 0) & (total.view(S64) & 1 == 0)
    odd = np.where(inexact, np.nextafter(total, np.copysign(np.inf, error)), total)
    result = odd.astype(F32)
    return np.where(result > odd, np.nextafter(result, F32.type(-np.inf)), result) if down else result


def _of_zeros(pick: Function, combine: Function) -> Function:
    """The lesser or greater of two numbers, the other one where one is NaN, and -0 below +0."""

    def function(a: Any, b: Any) -> Any:
        a, b = np.broadcast_arrays(a, b)
        bits = a.dtype.str.replace("f", "i")
        both = combine(np.ascontiguousarray(a).view(bits), np.ascontiguousarray(b).view(bits)).view(a.dtype)
        return np.where(a == b, both, pick(a, b))

    return function


def _in_double(function: Function) -> Function:
    return lambda a: function(np.asarray(a, F64)).astype(F32)


def _reciprocal(a: Any) -> Any:
    """The approximation of ``rcp.approx.ftz.f64``: the lower half of the bits is zero."""
    return (np.asarray(1.0 / _flushed(a), F64).view(U64) & 0xFFFFFFFF_00000000).view(F64)


def _flushed(a: Any) -> Any:
    """Numbers too small to be normal as zeros of their sign."""
    return np.where(np.abs(a) < np.finfo(a.dtype).tiny, np.copysign(a.dtype.type(0), a), a)


FLOATS: dict[str, Function] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "sqrt": np.sqrt, "neg": np.negative,
    "abs": np.abs, "min": _of_zeros(np.fmin, np.bitwise_or), "max": _of_zeros(np.fmax, np.bitwise_and), "mov": np.asarray,
}  # fmt: skip
EXACT = {"add", "sub", "mul", "div", "sqrt", "fma"}  # and may say `.rn`
APPROXIMATE: dict[str, Function] = {
    "ex2.f32": _in_double(np.exp2), "lg2.f32": _in_double(np.log2), "rcp.f32": _in_double(np.reciprocal), "rcp.f64": _reciprocal,
}  # fmt: skip


# --- whole numbers ------------------------------------------------------------------------------------------------------


def _high(a: Any, b: Any) -> Any:
    """The upper half of the product of 64-bit numbers, from halves of 32 bits."""
    kind = np.result_type(a, b)
    x, y = np.asarray(a).astype(U64), np.asarray(b).astype(U64)
    x0, x1, y0, y1 = x & 0xFFFFFFFF, x >> 32, y & 0xFFFFFFFF, y >> 32
    middle = (x0 * y0 >> 32) + (x1 * y0 & 0xFFFFFFFF) + (x0 * y1 & 0xFFFFFFFF)
    high = x1 * y1 + (x1 * y0 >> 32) + (x0 * y1 >> 32) + (middle >> 32)
    if kind == S64:
        high = high - np.where(a < 0, y, np.uint64(0)) - np.where(b < 0, x, np.uint64(0))
    return high.astype(kind)


def _quotient(a: Any, b: Any) -> Any:
    """Divide towards zero."""
    floor = a // b
    return floor + ((floor < 0) & (floor * b != a)).astype(floor.dtype)


def _left(a: Any, by: Any) -> Any:
    bits = 8 * a.dtype.itemsize
    return np.where(by < bits, a << np.minimum(by, bits - 1).astype(a.dtype), a.dtype.type(0))


def _right(a: Any, by: Any) -> Any:
    bits = 8 * a.dtype.itemsize
    shifted = a >> np.minimum(by, bits - 1).astype(a.dtype)
    return shifted if a.dtype.kind == "i" else np.where(by < bits, shifted, a.dtype.type(0))


INTEGERS: dict[str, Function] = {
    "add": np.add, "sub": np.subtract, "mul.lo": np.multiply, "div": _quotient, "min": np.minimum, "max": np.maximum,
    "neg": np.negative, "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor, "not": np.invert,
    "mul.hi": _high, "mov": np.asarray,
}  # fmt: skip


# --- comparisons and conversions ----------------------------------------------------------------------------------------

COMPARISONS: dict[str, Function] = {
    "eq": np.equal, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
}  # fmt: skip
UNORDERED = {"equ": "ne", "neu": "eq", "ltu": "ge", "leu": "gt", "gtu": "le", "geu": "lt"}  # each is what the other is not
ROUNDED: dict[str, Function] = {"rni": np.rint, "rpi": np.ceil, "rmi": np.floor, "rzi": np.trunc}


def _compared(word: str, kind: np.dtype[Any]) -> Function:
    if kind.kind == "f":
        unknown = {"nan": operator.or_, "num": lambda a, b: ~(a | b)}
        if word in unknown:
            return lambda a, b: unknown[word](np.isnan(a), np.isnan(b))
        if word == "ne":
            return lambda a, b: (a < b) | (a > b)
        if word in UNORDERED:
            return lambda a, b: ~_compared(UNORDERED[word], kind)(a, b)
    return np.not_equal if word == "ne" else COMPARISONS[word]


def _converted(words: list[str], to: np.dtype[Any], of: np.dtype[Any]) -> Function:
    """The conversion that these modifiers ask for."""
    rounding = [ROUNDED[word] for word in words if word in ROUNDED]
    if set(words) - {"rn", "sat", *ROUNDED} or ("sat" in words and to != F32):
        raise KeyError(words)

    def function(a: Any) -> Any:
        a = np.asarray(a, of)
        for each in rounding:
            a = each(a)
        if of.kind == "f" and to.kind != "f":  # beyond the type's range is its end, NaN is 0
            limits = np.iinfo(to)
            inside = (a > float(limits.min)) & (a < float(limits.max))
            return np.where(inside, a, 0).astype(to) + np.where(inside | np.isnan(a), 0, np.where(a < 0, *limits_of(to)))
        a = a.astype(to)
        return np.where(a > 0, np.minimum(a, 1), a.dtype.type(0)) if "sat" in words else a

    return function


def limits_of(kind: np.dtype[Any]) -> tuple[Any, Any]:
    """The least and the greatest whole number of a type."""
    return kind.type(np.iinfo(kind).min), kind.type(np.iinfo(kind).max)


# --- the table ----------------------------------------------------------------------------------------------------------


@functools.cache
def operation(opcode: str) -> Operation:
    """What an opcode computes. Raises PtxError where it is in none of the tables."""
    name, *parts = opcode.split(".")
    words, kinds = [part for part in parts if part not in TYPES], [part for part in parts if part in TYPES]
    try:
        return _operation(name, words, kinds)
    except (KeyError, ValueError):
        raise PtxError(f"the interpreter does not know {opcode}") from None


def _operation(name: str, words: list[str], kinds: list[str]) -> Operation:
    kind = TYPES[kinds[-1]]
    if name == "setp":
        (word,) = words
        return Operation(_compared(word, kind), (kind, kind), PRED)
    if name == "cvt":
        return Operation(_converted(words, TYPES[kinds[0]], kind), (kind,), TYPES[kinds[0]])
    if name == "selp" and not words:
        return Operation(lambda a, b, p: np.where(p, a, b), (kind, kind, PRED), kind)
    if name == "cvta" and words == ["to", "global"]:
        return Operation(np.asarray, (kind,), kind)
    if kind.kind != "f":
        return _of_integers(name, words, kind)
    if "approx" in words and words in (["approx"], ["approx", "ftz"]):
        function = APPROXIMATE[f"{name}.{kinds[-1]}"]
        flushing = words[-1] == "ftz" and kind == F32
        return Operation((lambda a: _flushed(function(_flushed(a)))) if flushing else function, (kind,), kind)
    if words not in ([], ["rn"]) and (name, words, kind) != ("fma", ["rm"], F32) or words and name not in EXACT:
        raise KeyError(words)
    if name == "fma":
        single = functools.partial(_fma32, down=words == ["rm"])
        return Operation(single if kind == F32 else _fma64, (kind,) * 3, kind)
    function = FLOATS[name]
    return Operation(function, (kind,) * (1 if name in ("sqrt", "neg", "abs", "mov") else 2), kind)


def _of_integers(name: str, words: list[str], kind: np.dtype[Any]) -> Operation:
    if name in ("shl", "shr") and not words:
        return Operation(_left if name == "shl" else _right, (kind, U32), kind)
    if (name, words) == ("mul", ["wide"]):
        wide = np.dtype(f"{kind.kind}{2 * kind.itemsize}")
        return Operation(functools.partial(np.multiply, dtype=wide), (kind, kind), wide)
    if (name, words) == ("mul", ["hi"]) and kind.itemsize != 8:
        raise KeyError(words)
    function = INTEGERS[".".join([name, *words])]
    return Operation(function, (kind,) * (1 if name in ("neg", "not", "mov") else 2), kind)

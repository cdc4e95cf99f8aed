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


F32, F64, U32, U64, S64, PRED = (np.dtype(name) for name in ("f4", "f8", "u4", "u8", "i8", "?"))
TYPES = {f"{kind}{8 * size}": np.dtype(f"{'i' if kind == 's' else 'u'}{size}") for kind in "bus" for size in (1, 2, 4, 8)}
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
    """Compute ``a * b + c`` with one rounding, to the nearest or down.

    The product is exact in float64. The sum is rounded to odd there, so that it is never halfway between two float32.
    """
    product, c = np.multiply(a, b, dtype=F64), np.asarray(c, F64)
    total = np.asarray(product + c)
    part = total - product
    error = (product - (total - part)) + (c - part)
    inexact = np.isfinite(total) & (error != 0) & (total.view(S64) & 1 == 0)
    odd = np.where(inexact, np.nextafter(total, np.copysign(np.inf, error)), total)
    result = odd.astype(F32)
    return np.where(result > odd, np.nextafter(result, F32.type(-np.inf)), result) if down else result


def _extreme(pick: Function, combine: Function) -> Function:
    """Make min or max: of a NaN and a number the number, and of two zeros by their signs."""

    def function(a: Any, b: Any) -> Any:
        a, b = (np.ascontiguousarray(each) for each in np.broadcast_arrays(a, b))
        bits = f"i{a.dtype.itemsize}"
        return np.where(a == b, combine(a.view(bits), b.view(bits)).view(a.dtype), pick(a, b))

    return function


def _flushed(a: Any) -> Any:
    """Turn numbers too small to be normal into zeros of their sign."""
    return np.where(np.abs(a) < np.finfo(a.dtype).tiny, np.copysign(a.dtype.type(0), a), a)


def _approximate(function: Function) -> Function:
    """Make an approximation of float32 that flushes: the exact result is as good as any."""
    return lambda a: _flushed(function(_flushed(a).astype(F64)).astype(F32))


def _reciprocal(a: Any) -> Any:
    """Approximate as ``rcp.approx.ftz.f64``: the lower half of the bits is zero."""
    return (np.asarray(1.0 / _flushed(a), F64).view(U64) & 0xFFFFFFFF_00000000).view(F64)


# --- whole numbers ------------------------------------------------------------------------------------------------------


def _high(a: Any, b: Any) -> Any:
    """Compute the upper half of the product of 64-bit numbers, from halves of 32 bits."""
    kind = np.result_type(a, b)
    x, y = np.asarray(a).astype(U64), np.asarray(b).astype(U64)
    x0, x1, y0, y1 = x & 0xFFFFFFFF, x >> 32, y & 0xFFFFFFFF, y >> 32
    middle = (x0 * y0 >> 32) + (x1 * y0 & 0xFFFFFFFF) + (x0 * y1 & 0xFFFFFFFF)
    high = x1 * y1 + (x1 * y0 >> 32) + (x0 * y1 >> 32) + (middle >> 32)
    if kind == S64:
        high = high - np.where(a < 0, y, np.uint64(0)) - np.where(b < 0, x, np.uint64(0))
    return high.astype(kind)


def _wide(a: Any, b: Any) -> Any:
    return np.multiply(a, b, dtype=f"{a.dtype.kind}{2 * a.dtype.itemsize}")


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


def _inserted(a: Any, b: Any, start: Any, length: Any) -> Any:
    """Put the lowest bits of the first number into a field of the second."""
    one = b.dtype.type(1)
    field = _left(_left(one, length) - one, start)
    return _left(a, start) & field | b & ~field


# --- the tables: a function, and what it takes: the instruction's type (t), a u32 (u) or a predicate (p) -----------------

Row = tuple[Function, str]
ANY: dict[str, Row] = {"mov": (np.asarray, "t"), "selp": (lambda a, b, p: np.where(p, a, b), "ttp")}
ROUNDED: dict[str, Row] = {
    "add": (np.add, "tt"), "sub": (np.subtract, "tt"), "mul": (np.multiply, "tt"), "div": (np.divide, "tt"),
    "sqrt": (np.sqrt, "t"), "rcp": (lambda a: a.dtype.type(1) / a, "t"),
}  # fmt: skip
FLOATS: dict[str, Row] = ANY | ROUNDED | {f"{name}.rn": row for name, row in ROUNDED.items()} | {
    "neg": (np.negative, "t"), "abs": (np.abs, "t"),
    "min": (_extreme(np.fmin, np.bitwise_or), "tt"), "max": (_extreme(np.fmax, np.bitwise_and), "tt"),
    "fma.rn.f32": (_fma32, "ttt"), "fma.rm.f32": (functools.partial(_fma32, down=True), "ttt"), "fma.rn.f64": (_fma64, "ttt"),
    "ex2.approx.ftz.f32": (_approximate(np.exp2), "t"), "rcp.approx.ftz.f32": (_approximate(np.reciprocal), "t"),
    "rcp.approx.ftz.f64": (_reciprocal, "t"),
}  # fmt: skip
INTEGERS: dict[str, Row] = ANY | {
    "add": (np.add, "tt"), "sub": (np.subtract, "tt"), "mul.lo": (np.multiply, "tt"), "mul.wide": (_wide, "tt"),
    "mad.lo": (lambda a, b, c: a * b + c, "ttt"),
    "mul.hi.s64": (_high, "tt"), "mul.hi.u64": (_high, "tt"), "div": (_quotient, "tt"), "neg": (np.negative, "t"),
    "min": (np.minimum, "tt"), "max": (np.maximum, "tt"), "and": (np.bitwise_and, "tt"), "or": (np.bitwise_or, "tt"),
    "xor": (np.bitwise_xor, "tt"), "not": (np.invert, "t"), "shl": (_left, "tu"), "shr": (_right, "tu"),
    "bfi": (_inserted, "ttuu"), "cvta.to.global": (np.asarray, "t"),
}  # fmt: skip
COMPARISONS: dict[str, Function] = {
    "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
}  # fmt: skip
FLOAT_COMPARISONS: dict[str, Function] = COMPARISONS | {
    "ne": lambda a, b: (a < b) | (a > b), "equ": lambda a, b: ~((a < b) | (a > b)), "neu": np.not_equal,
    "ltu": lambda a, b: ~(a >= b), "leu": lambda a, b: ~(a > b), "gtu": lambda a, b: ~(a <= b), "geu": lambda a, b: ~(a < b),
    "nan": lambda a, b: np.isnan(a) | np.isnan(b), "num": lambda a, b: ~(np.isnan(a) | np.isnan(b)),
}  # fmt: skip
TO_WHOLE: dict[str, Function] = {"rni": np.rint, "rpi": np.ceil, "rmi": np.floor, "rzi": np.trunc}


def _converted(word: str, to: np.dtype[Any], of: np.dtype[Any]) -> Function:
    """Make the conversion that a modifier asks for."""
    if of.kind != "f" or (to.kind == "f" and word in ("", "rn")):
        return operator.methodcaller("astype", to)
    if word == "sat":
        return lambda a: np.where(a > 0, np.minimum(a, 1), to.type(0)).astype(to)
    if to.kind == "f":
        return lambda a: TO_WHOLE[word](a).astype(to)
    limits = np.iinfo(to)

    def function(a: Any) -> Any:
        """Round; beyond the type's range is its end, and NaN is 0."""
        whole = TO_WHOLE[word](a)
        inside = (whole > float(limits.min)) & (whole < float(limits.max))
        ends = np.where(whole > 0, to.type(limits.max), to.type(limits.min))
        return np.where(inside, np.where(inside, whole, 0).astype(to), np.where(np.isnan(a), to.type(0), ends))

    return function


@functools.cache
def operation(opcode: str) -> Operation:
    """Give what an opcode computes. Raises PtxError where it is in none of the tables."""
    name, *parts = opcode.split(".")
    words, kinds = [part for part in parts if part not in TYPES], [TYPES[part] for part in parts if part in TYPES]
    try:
        kind = kinds[-1]
        if name == "setp":
            (word,) = words
            return Operation((FLOAT_COMPARISONS if kind.kind == "f" else COMPARISONS)[word], (kind, kind), PRED)
        if name == "cvt":
            (word,) = words or [""]
            if word not in {"", "rn", "sat", *TO_WHOLE}:
                raise KeyError(word)
            return Operation(_converted(word, kinds[0], kind), (kind,), kinds[0])
        table, key = FLOATS if kind.kind == "f" else INTEGERS, ".".join([name, *words])
        function, takes = table[key] if key in table else table[opcode]
    except (IndexError, KeyError, ValueError):
        raise PtxError(f"the interpreter does not know {opcode}") from None
    gives = np.dtype(f"{kind.kind}{2 * kind.itemsize}") if key == "mul.wide" else kind
    return Operation(function, tuple({"t": kind, "u": U32, "p": PRED}[letter] for letter in takes), gives)

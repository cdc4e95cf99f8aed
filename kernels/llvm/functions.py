"""Elementary functions of emitted CPU kernels: polynomials that become vector code, which libm's do not."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from ..emit.code import Value
from ..emit.cpu.cpu_code import CpuCode

# dtype -> mantissa bits, exponent bias, terms of log's series
_FORMATS = {"float64": (52, 1023, 11), "float32": (23, 127, 5)}
# (e^r - 1 - r) / r^2 for |r| <= ln(2)/2, in powers of r: Taylor's series, cut off once it is written in Chebyshev's polynomials
_EXP = {
    "float64": (
        0.5000000000000001,
        0.1666666666666667,
        0.04166666666662416,
        0.008333333333326141,
        0.0013888888917198588,
        0.00019841269874802173,
        2.4801521319879672e-05,
        2.755725542387984e-06,
        2.762007691611333e-07,
        2.510520706464424e-08,
    ),
    "float32": (0.5000000013462218, 0.16666577003160282, 0.041666464976127526, 0.008363175565468195, 0.0013933643522487942),
}


def _horner(code: CpuCode, coefficients: Sequence[float], variable: Value) -> Value:
    """Write a polynomial, the constant first, as nested products."""
    result = code.literal(coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        result = result * variable + coefficient
    return result


def exp(code: CpuCode, x: Value) -> Value:
    """Write e^x = 2^n e^r with |r| <= ln(2)/2: a polynomial for e^r, and 2^n in two halves so that subnormals come out.

    W. J. Cody and W. Waite, Software Manual for the Elementary Functions (1980), chapter 6: ln(2) in two parts. Adding a number
    whose last bit is worth 1 rounds to n, which stands in the low bits of the sum, biases included. Far outside the range each
    half of 2^n is still a number, and their product is infinite or zero by itself; a NaN goes through.
    """
    mantissa, bias, _ = _FORMATS[code.dtype]
    narrow = code.dtype == "float32"
    high = 0.693145751953125 if narrow else 6.93147180369123816490e-01
    low = 1.42860682030941723212e-06 if narrow else 1.90821492927058770002e-10
    most, rounder = (170.0 if narrow else 1400.0), 1.5 * 2.0**mantissa + 2 * bias
    y = code.select(x > most, code.literal(most), x)
    y = code.select(y < -most, code.literal(-most), y)
    rounded = y * (1 / math.log(2)) + rounder
    n = rounded - rounder
    r = (y - n * high) - n * low
    square, series = r * r, _EXP[code.dtype]  # even and odd powers apart: a chain of operations half as long
    tail = _horner(code, series[::2], square) + r * _horner(code, series[1::2], square)
    bits = code.bits(rounded)
    half = bits >> 1
    first, second = code.unbits(half << mantissa), code.unbits((bits - half) << mantissa)
    return ((square * tail + r) + 1.0) * first * second


def log2(code: CpuCode, x: Value) -> Value:
    """Write log2(m 2^e) = e + 2 atanh((m - 1) / (m + 1)) / ln 2, m between sqrt(1/2) and sqrt(2): the series of atanh."""
    mantissa, _, terms = _FORMATS[code.dtype]
    tiny, shift = (2.0**-1022, 54) if code.dtype == "float64" else (2.0**-126, 25)
    root = int(np.array(math.sqrt(0.5), code.dtype).view(f"i{np.dtype(code.dtype).itemsize}"))
    small = x < tiny
    raw = code.bits(code.pick(small, x * 2.0**shift, x))
    exponent = (raw - root) >> mantissa
    m = code.unbits(raw - (exponent << mantissa))
    s = (m - 1.0) / (m + 1.0)
    series = _horner(code, [2 / math.log(2) / (2 * k + 1) for k in range(terms)], s * s)
    value = code.cast(exponent, "real") - code.pick(small, code.literal(shift), 0.0) + s * series
    value = code.pick(x < math.inf, value, x)
    value = code.pick(x.differs(0.0), value, code.literal(-math.inf))
    return code.pick(x >= 0.0, value, code.literal(math.nan))


FUNCTIONS: dict[str, Callable[[CpuCode, Value], Value]] = {"exp": exp, "log2": log2}

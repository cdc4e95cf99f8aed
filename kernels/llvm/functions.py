"""Elementary functions of emitted CPU kernels: polynomials that become vector code, which libm's do not."""

import math
from collections.abc import Callable, Sequence

import numpy as np

from ..emit.code import Value
from ..emit.cpu.cpu_code import CpuCode

# dtype -> mantissa bits, exponent bias, terms of exp and of log
_FORMATS = {"float64": (52, 1023, 14, 11), "float32": (23, 127, 8, 5)}


def _horner(code: CpuCode, coefficients: Sequence[float], variable: Value) -> Value:
    """Write a polynomial, the constant first, as nested products."""
    result = code.literal(coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        result = result * variable + coefficient
    return result


def exp(code: CpuCode, x: Value) -> Value:
    """Write e^x = 2^n e^r with |r| <= ln(2)/2: a Taylor series for e^r, and 2^n in two halves so that subnormals come out.

    W. J. Cody and W. Waite, Software Manual for the Elementary Functions (1980), chapter 6: ln(2) in two parts.
    """
    mantissa, bias, terms, _ = _FORMATS[code.dtype]
    narrow = code.dtype == "float32"
    high = 0.693145751953125 if narrow else 6.93147180369123816490e-01
    low = 1.42860682030941723212e-06 if narrow else 1.90821492927058770002e-10
    least, most = (-104.0, 88.72283935546875) if narrow else (-745.2, 709.782712893384)
    inside = (x >= least) & (x <= most)
    y = code.pick(inside, x, 0.0)
    n = code.call("floor", [y * (1 / math.log(2)) + 0.5])
    r = (y - n * high) - n * low
    whole = code.cast(n, "wide")
    half = whole >> 1
    first = code.unbits((half + bias) << mantissa)
    second = code.unbits((whole - half + bias) << mantissa)
    value = _horner(code, [1 / math.factorial(k) for k in range(terms)], r) * first * second
    outside = code.pick(x > 0.0, code.literal(math.inf), 0.0)
    return code.pick(inside, value, code.pick(x.equals(x), outside, x))


def log2(code: CpuCode, x: Value) -> Value:
    """Write log2(m 2^e) = e + 2 atanh((m - 1) / (m + 1)) / ln 2, m between sqrt(1/2) and sqrt(2): the series of atanh."""
    mantissa, _, _, terms = _FORMATS[code.dtype]
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

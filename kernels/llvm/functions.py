"""Elementary functions of emitted CPU kernels, as source: polynomials that become vector code, which libm's do not."""

import math

import numpy as np

# dtype -> mantissa bits, exponent bias, terms of exp and of log
_FORMATS = {"float64": (52, 1023, 14, 11), "float32": (23, 127, 8, 5)}


def _horner(coefficients: list[float], variable: str, real: str) -> str:
    """A polynomial, the constant first, as nested products of typed constants."""
    text = f"{real}({coefficients[-1]!r})"
    for coefficient in reversed(coefficients[:-1]):
        text = f"({text} * {variable} + {real}({coefficient!r}))"
    return text


def _exp(dtype: str) -> str:
    """e^x = 2^n e^r with |r| <= ln(2)/2: a Taylor series for e^r, and 2^n in two halves so that subnormals come out.

    W. J. Cody and W. Waite, Software Manual for the Elementary Functions (1980), chapter 6: ln(2) in two parts.
    """
    mantissa, bias, terms, _ = _FORMATS[dtype]
    real = f"np.{dtype}"
    high = 0.693145751953125 if dtype == "float32" else 6.93147180369123816490e-01
    low = 1.42860682030941723212e-06 if dtype == "float32" else 1.90821492927058770002e-10
    least, most = (-104.0, 88.72283935546875) if dtype == "float32" else (-745.2, 709.782712893384)
    series = _horner([1 / math.factorial(k) for k in range(terms)], "r", real)
    return f"""
def exp_{dtype}(x):
    inside = (x >= {real}({least})) & (x <= {real}({most}))
    y = x if inside else {real}(0.0)
    n = floor(y * {real}({1 / math.log(2)!r}) + {real}(0.5))
    r = (y - n * {real}({high!r})) - n * {real}({low!r})
    whole = np.int64(n)
    half = whole >> 1
    first = unbits_{dtype}((half + {bias}) << {mantissa})
    second = unbits_{dtype}((whole - half + {bias}) << {mantissa})
    value = {series} * first * second
    outside = {real}(np.inf) if x > {real}(0.0) else {real}(0.0)
    return value if inside else (outside if x == x else x)
"""


def _log2(dtype: str) -> str:
    """log2(m 2^e) = e + 2 atanh((m - 1) / (m + 1)) / ln 2 with m between sqrt(1/2) and sqrt(2): the series of atanh."""
    mantissa, _, _, terms = _FORMATS[dtype]
    real = f"np.{dtype}"
    tiny, shift = (2.0**-1022, 54) if dtype == "float64" else (2.0**-126, 25)
    root = int(np.array(math.sqrt(0.5), dtype).view(f"i{np.dtype(dtype).itemsize}"))
    series = _horner([2 / math.log(2) / (2 * k + 1) for k in range(terms)], "t", real)
    return f"""
def log2_{dtype}(x):
    small = x < {real}({tiny!r})
    y = x * {real}({2.0**shift!r}) if small else x
    raw = bits(y)
    e = (raw - {root}) >> {mantissa}
    m = unbits_{dtype}(raw - (e << {mantissa}))
    s = (m - {real}(1.0)) / (m + {real}(1.0))
    t = s * s
    value = {real}(e) - ({real}({shift}.0) if small else {real}(0.0)) + s * {series}
    value = value if x < {real}(np.inf) else x
    value = value if x != {real}(0.0) else {real}(-np.inf)
    return value if x >= {real}(0.0) else {real}(np.nan)
"""


SOURCES = {f"{make.__name__.strip('_')}_{dtype}": make(dtype) for make in (_exp, _log2) for dtype in _FORMATS}

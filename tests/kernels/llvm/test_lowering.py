"""Lowered Python does what Python and NumPy do, and what is not known is refused."""

import math

import numpy as np
import pytest
from lowered_source import compiled

from flopwatt.bench.verify.tolerance import TOLERANCE
from flopwatt.kernels.llvm.ir import Array, IrValue, LoweringError
from flopwatt.kernels.llvm.lowering import lower

RANDOM = np.random.default_rng(5)
REALS = {
    "a + b": lambda a, b: a + b,
    "a - b": lambda a, b: a - b,
    "a * b": lambda a, b: a * b,
    "a / b": lambda a, b: a / b,
    "-a": lambda a, b: -a,
    "ceil(a) + floor(b)": lambda a, b: np.ceil(a) + np.floor(b),
    "sqrt(a)": lambda a, b: np.sqrt(a),
    "a ** b": lambda a, b: a**b,
    "select(a < b, a, b)": lambda a, b: np.where(a < b, a, b),
    "select((a != a) | (a >= b), a, b)": lambda a, b: np.where((a != a) | (a >= b), a, b),
    "select((not a == b) & (b <= a), b, k)": lambda a, b: np.where((a != b) & (b <= a), b, a.dtype.type(-np.inf)),
    "(a if a > b else b * a)": lambda a, b: np.where(a > b, a, b * a),
}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_arithmetic_has_numpys_bits(dtype: str) -> None:
    values = RANDOM.normal(0, 10, (2, 500)).astype(dtype)
    values[:, :6] = [[0, np.nan, np.inf, 1, -np.inf, 2], [0, 1, np.inf, np.nan, 2, 0]]
    a, b = values
    body = "for i in range(lo, hi):\n    a = x[i]\n    b = y[i]\n"
    body += "".join(f"    out_{n}[i] = {text}\n" for n, text in enumerate(REALS))
    outs = [np.empty_like(a) for _ in REALS]
    kernel = compiled(body, "x", "y", *(f"out_{n}" for n in range(len(REALS))), constants=f'k = np.{dtype}(float("-inf"))\n')
    kernel(0, a.size, a, b, *outs)
    with np.errstate(all="ignore"):
        for (text, expected), found in zip(REALS.items(), outs, strict=True):
            # pow is the C library's, whose last digit may be another
            np.testing.assert_allclose(found, expected(a, b), rtol=TOLERANCE[dtype] if "**" in text else 0, err_msg=text)


def test_whole_numbers_are_pythons() -> None:
    def written(n: int, m: int) -> list[int]:
        return [n + m, n - m, n * m, n // m, n % m, n & m, n >> 2, m << 3, -n, min(n, m), n if n > m else m]

    texts = ("n + m", "n - m", "n * m", "n // m", "n % m", "n & m", "n >> 2", "m << 3", "-n", "min(n, m)", "n if n > m else m")
    body = "n = x[0]\nm = x[1]\n" + "".join(f"out[{i}] = {text}\n" for i, text in enumerate(texts))
    kernel = compiled(body, "x", "out")
    for n, m in ((7, 3), (3, 7), (2**40 + 5, 12), (0, 1)):
        out = np.zeros(len(texts), np.int64)
        kernel(0, 0, np.array([n, m]), out)
        assert out.tolist() == written(n, m)


def test_loops_conditions_and_names() -> None:
    body = """
total, count = 0, 0
for i in range(lo, hi, 3):
    if i % 2 == 0:
        total += i
    else:
        count = count + 1
for i in range(4):
    pass
out[0] = total
out[1] = count
"""
    out = np.zeros(2, np.int64)
    compiled(body, "out")(1, 50, out)
    taken = range(1, 50, 3)
    assert out.tolist() == [sum(i for i in taken if i % 2 == 0), sum(i % 2 for i in taken)]


def test_arrays_rows_stretches_and_functions() -> None:
    functions = "def fill(row, value):\n    row[:] = value\n\ndef twice(n):\n    return n + n\n"
    body = """
kept = np.zeros(9, np.uint32)
flags = np.zeros(3, np.bool_)
worst = np.full(2, k)
flags[1] = True
kept[twice(2)] += np.uint32(5)
fill(rows[1], kept[4])
part = line[2:5]
part[0] = rows.size + line.size
line[0] = twice(3) if flags[1] else 0
line[1] = 1 if flags[2] else 2
small[0] = np.uint8(1) if worst[1] > k0 else np.uint8(0)
"""
    rows, line, small = np.zeros((3, 4), np.int64), np.zeros(8, np.int64), np.full(1, 7, np.uint8)
    kernel = compiled(
        body, "rows", "line", "small", functions=functions, constants='k = np.float64(float("inf"))\nk0 = np.float64(0.0)\n'
    )
    kernel(0, 0, rows, line, small)
    assert rows.tolist() == [[0] * 4, [5] * 4, [0] * 4]
    assert line.tolist() == [6, 2, 4 + 8, 0, 0, 0, 0, 0]  # the length of a row, and of a line
    assert small.tolist() == [1]


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_bits_of_a_float(dtype: str) -> None:
    values = np.array([1.0, -2.5, 0.0, math.inf, 1e-30], dtype)
    out, back = np.zeros(values.size, np.int64), np.zeros_like(values)
    body = f"for i in range(lo, hi):\n    raw = bits(x[i])\n    out[i] = raw\n    back[i] = unbits_{dtype}(raw)"
    compiled(body, "x", "out", "back")(0, values.size, values, out, back)
    np.testing.assert_array_equal(out, values.view(f"i{values.itemsize}"))
    np.testing.assert_array_equal(back, values)


@pytest.mark.parametrize(
    "statement",
    [
        "while lo: pass", "del lo", "x = y", "x = [lo]", "lo.real", "K[0] = np.float16(1.0)", "x = lo / hi", "x = lo + K[0]",
        "other(lo)", "for i in lo: pass", "x = lo if hi else K[0]",
    ],
)  # fmt: skip
def test_what_is_not_known_is_refused(statement: str) -> None:
    whole = IrValue("i64", "")
    with pytest.raises(LoweringError):
        lower(f"def nest(lo, hi, K):\n    {statement}", "nest", [whole, whole, Array("float64", "", "")], "k")


def test_a_name_keeps_its_type() -> None:
    whole = IrValue("i64", "")
    with pytest.raises(LoweringError, match="x changes its type"):
        lower("def nest(lo, hi):\n    x = 1\n    x = 1.0", "nest", [whole, whole], "k")

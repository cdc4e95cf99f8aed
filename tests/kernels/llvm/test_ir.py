"""What the operations write does what Python and NumPy do, and what types do not allow is refused."""

import math
from typing import Any

import numpy as np
import pytest
from written import compiled

from flopwatt.bench.verify.tolerance import TOLERANCE
from flopwatt.kernels.emit.code import Value
from flopwatt.kernels.llvm.ir import IrError, Llvm

RANDOM = np.random.default_rng(5)
DTYPES = pytest.mark.parametrize("dtype", ["float64", "float32"])
# name -> what is written of a and b, what NumPy makes of them
REALS: dict[str, tuple[Any, Any]] = {
    "sum": (lambda c, a, b: a + b, lambda a, b: a + b),
    "difference": (lambda c, a, b: a - b, lambda a, b: a - b),
    "product": (lambda c, a, b: a * b, lambda a, b: a * b),
    "ratio": (lambda c, a, b: a / b, lambda a, b: a / b),
    "negative": (lambda c, a, b: -a, lambda a, b: -a),
    "constant": (lambda c, a, b: a * 0.1 + 3, lambda a, b: a * a.dtype.type(0.1) + a.dtype.type(3)),
    "rounded": (lambda c, a, b: c.call("ceil", [a]) + c.call("floor", [b]), lambda a, b: np.ceil(a) + np.floor(b)),
    "root": (lambda c, a, b: c.call("sqrt", [a]), lambda a, b: np.sqrt(a)),
    "power": (lambda c, a, b: c.call("pow", [a, b]), lambda a, b: a**b),
    "selected": (lambda c, a, b: c.select(a < b, a, b), lambda a, b: np.where(a < b, a, b)),
    "alternative": (lambda c, a, b: c.select(a.differs(a) | (a >= b), a, b), lambda a, b: np.where((a != a) | (a >= b), a, b)),
    "joint": (
        lambda c, a, b: c.select(c.both(~a.equals(b), b <= a), b, -math.inf),
        lambda a, b: np.where((a != b) & (b <= a), b, a.dtype.type(-np.inf)),
    ),
    "picked": (lambda c, a, b: c.pick(a > b, a, c.pick(b > 1.0, b * a, 0.5)),
               lambda a, b: np.where(a > b, a, np.where(b > 1, b * a, a.dtype.type(0.5)))),
    "least": (lambda c, a, b: c.apply("minimum", [a, b], False), np.minimum),
    "greatest": (lambda c, a, b: c.apply("maximum", [a, b], False), np.maximum),
    "where": (lambda c, a, b: c.apply("where", [a < 0.0, b, a], False), lambda a, b: np.where(a < 0, b, a)),
}  # fmt: skip


@DTYPES
def test_arithmetic_has_numpys_bits(dtype: str) -> None:
    values = RANDOM.normal(0, 10, (2, 500)).astype(dtype)
    values[:, :6] = [[0, np.nan, np.inf, 1, -np.inf, 2], [0, 1, np.inf, np.nan, 2, 0]]

    def write(code: Llvm, count: Value, x: Any, y: Any, *outs: Any) -> None:
        with code.loop("i", 0, count) as i:
            for (written, _), out in zip(REALS.values(), outs, strict=True):
                out[i] = written(code, x[i], y[i])

    names = [(f"out_{name}", "real*") for name in REALS]
    kernel = compiled(write, ("count", "int"), ("x", "real*"), ("y", "real*"), *names, dtype=dtype)
    outs = [np.empty(500, dtype) for _ in REALS]
    kernel(500, *values, *outs)
    with np.errstate(all="ignore"):
        for (name, (_, expected)), out in zip(REALS.items(), outs, strict=True):
            # pow is the C library's, whose last digit may be another
            np.testing.assert_allclose(out, expected(*values), rtol=TOLERANCE[dtype] if name == "power" else 0, err_msg=name)


def test_whole_numbers_are_pythons() -> None:
    def written(n: Any, m: Any, least: Any, pick: Any) -> list[Any]:
        more = n > m
        return [n + m, n - m, n * m, n // m, n % m, n & m, n ^ m, n >> 2, m << 3, -n, 5 - n, least(n, m), pick(more, n, m)]

    def write(code: Llvm, given: Any, out: Any) -> None:
        for i, value in enumerate(written(given[0], given[1], code.least, code.pick)):
            out[i] = value

    kernel = compiled(write, ("given", "wide*"), ("out", "wide*"))
    for n, m in ((7, 3), (3, 7), (2**40 + 5, 12), (0, 1)):
        expected = written(n, m, min, lambda condition, yes, no: yes if condition else no)
        out = np.zeros(len(expected), np.int64)
        kernel(np.array([n, m]), out)
        assert out.tolist() == expected


def test_loops_conditions_and_variables() -> None:
    def write(code: Llvm, lo: Value, hi: Value, out: Any) -> None:
        total, count = code.var("total", code.whole(0)), code.var("count", code.whole(0))
        with code.loop("i", lo, hi, 3) as i:
            with code.when((i % 2).equals(0)):
                total.set(total.value + i)
                with code.when(i > 20):
                    total.set(total.value + 1000)
            with code.otherwise():
                count.set(count.value + 1)
        with code.loop("i", 0, 4):
            pass
        out[0], out[1] = total.value, count.value

    out = np.zeros(2, np.int64)
    compiled(write, ("lo", "int"), ("hi", "int"), ("out", "wide*"))(1, 50, out)
    even = [i for i in range(1, 50, 3) if i % 2 == 0]
    assert out.tolist() == [sum(even) + 1000 * sum(i > 20 for i in even), sum(i % 2 for i in range(1, 50, 3))]


def test_arrays_rows_parts_and_functions() -> None:
    def write(code: Llvm, rows: Any, line: Any, small: Any) -> None:
        code.function("fill", (("row", "wide*"), ("value", "int")), lambda inner, row, value: inner.fill(row, value))
        code.function("twice", (("n", "int"),), lambda inner, n: n + n)
        counts, flags = code.alloc("count", 9, 0), code.alloc("bool", 3, False)
        flags[1] = True
        four = code.run("twice", code.whole(2))
        counts[four] = counts[four] + 5
        code.run("fill", code.row(rows, code.whole(1)), counts[4])
        code.part(line, code.whole(2))[0] = Value(code, "int", rows.length) + Value(code, "int", line.length)
        line[0] = code.pick(flags[1], code.run("twice", code.whole(3)), 0)
        line[1] = code.pick(flags[2], 1, 2)
        small[0] = code.pick(code.alloc("real", 2, math.inf)[1] > 0.0, 1, 0)

    rows, line, small = np.zeros((3, 4), np.int64), np.zeros(8, np.int64), np.full(1, 7, np.uint8)
    compiled(write, ("rows", "wide**"), ("line", "wide*"), ("small", "flag*"))(rows, line, small)
    assert rows.tolist() == [[0] * 4, [5] * 4, [0] * 4]
    assert line.tolist() == [6, 2, 4 + 8, 0, 0, 0, 0, 0]  # the length of a row, and of a line
    assert small.tolist() == [1]


def test_sums_of_float32_are_kept_in_double() -> None:
    def write(code: Llvm, x: Any, out: Any) -> None:
        total = code.var("total", code.double(0.0))
        with code.loop("i", 0, Value(code, "int", x.length)) as i:
            total.set(total.value + code.cast(x[i], "double"))
        out[0] = total.value

    values, out = np.full(1000, 0.1, np.float32), np.zeros(1)
    compiled(write, ("x", "real*"), ("out", "double*"), dtype="float32")(values, out)
    assert out[0] == pytest.approx(1000 * float(np.float32(0.1)), rel=1e-14)


@DTYPES
def test_the_bits_of_a_float(dtype: str) -> None:
    values = np.array([1.0, -2.5, 0.0, math.inf, 1e-30], dtype)

    def write(code: Llvm, x: Any, out: Any, back: Any) -> None:
        with code.loop("i", 0, values.size) as i:
            out[i] = code.bits(x[i])
            back[i] = code.unbits(out[i])

    out, back = np.zeros(values.size, np.int64), np.zeros_like(values)
    compiled(write, ("x", "real*"), ("out", "wide*"), ("back", "real*"), dtype=dtype)(values, out, back)
    np.testing.assert_array_equal(out, values.view(f"i{values.itemsize}"))
    np.testing.assert_array_equal(back, values)


def test_an_index_that_is_not_whole_is_cut_off() -> None:
    def write(code: Llvm, x: Any, out: Any) -> None:
        out[0] = code.cast(x[0], "wide")
        out[1] = code.cast(code.cast(out[0], "real") * 2.0, "wide")

    out = np.zeros(2, np.int64)
    compiled(write, ("x", "real*"), ("out", "wide*"), dtype="float32")(np.array([7.75], np.float32), out)
    assert out.tolist() == [7, 14]


REFUSED: dict[str, Any] = {
    "a whole number over another": lambda c, n, x, rows: n / n,
    "a number and a whole number": lambda c, n, x, rows: x[0] + n,
    "a bit of a number": lambda c, n, x, rows: x[0] & x[0],
    "one of two types": lambda c, n, x, rows: c.select(n < 1, x[0], n),
    "a whole number in an array of numbers": lambda c, n, x, rows: c.store(x, n, n),
    "a row of a line": lambda c, n, x, rows: c.row(x, n),
    "a variable of another type": lambda c, n, x, rows: (c.var("v", n), c.var("v", x[0])),
    "a value of another type": lambda c, n, x, rows: c.var("v", n).set(x[0]),
    "a truth as a number": lambda c, n, x, rows: c.cast(n < 1, "wide"),
    "otherwise without when": lambda c, n, x, rows: c.otherwise().__enter__(),
}


@pytest.mark.parametrize("write", REFUSED.values(), ids=REFUSED)
def test_what_types_do_not_allow_is_refused(write: Any) -> None:
    code = Llvm("float64")
    with pytest.raises(IrError):
        write(code, *code.parameters(("n", "int"), ("x", "real*"), ("rows", "real**")))


def test_a_value_is_no_condition_of_pythons() -> None:
    (n,) = Llvm("float64").parameters(("n", "int"))
    with pytest.raises(TypeError, match="known only when the code runs"):
        bool(n < 1)

"""The interpreter's instructions against exact arithmetic: what NumPy has not, or has otherwise."""

import math
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ptx_operations import PtxError, operation

WORD = st.integers(-(2**31), 2**31 - 1)
LONG = st.integers(-(2**63), 2**63 - 1)
DOUBLES = st.floats(allow_nan=False, allow_infinity=False)
SINGLES = st.floats(width=32, allow_nan=False, allow_infinity=False)


def one(opcode: str, *values: float) -> np.generic:
    """The result of one thread."""
    known = operation(opcode)
    with np.errstate(all="ignore"):
        result = known.function(*[np.array([value], kind) for value, kind in zip(values, known.takes, strict=True)])
    assert result.dtype == known.gives
    return result[0]


@given(DOUBLES, DOUBLES, DOUBLES)
@example(1 + 2**-30, 1 - 2**-30, -1.0)
def test_fma_of_doubles_rounds_once(a: float, b: float, c: float) -> None:
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    if abs(exact) <= Fraction(sys.float_info.max):
        assert one("fma.rn.f64", a, b, c) == float(exact)


@given(WORD, WORD, WORD)
def test_a_product_and_a_sum_of_words_wrap(a: int, b: int, c: int) -> None:
    assert int(one("mad.lo.s32", a, b, c)) % 2**32 == (a * b + c) % 2**32


def halfway(exact: Fraction, low: np.float32, high: np.float32) -> np.float32:
    """The nearer of two neighbours, the even one halfway between them."""
    below, above = exact - Fraction(float(low)), Fraction(float(high)) - exact
    even = low if int(low.view(np.int32)) % 2 == 0 else high
    return even if below == above else low if below < above else high


@given(SINGLES, SINGLES, SINGLES)
@example(1 + 2**-12, 1 + 2**-12, 2**-60)  # halfway between two float32, but for the addend: float64 alone rounds it twice
@example(1 + 2**-12, 1 + 2**-12, -(2**-60))
@example(12102203.0, 0.75, 12582913.0)
def test_fma_of_singles_rounds_once(a: float, b: float, c: float) -> None:
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    if abs(exact) > Fraction(float(np.finfo("f4").max)):
        return
    near = np.float32(float(exact))
    low, high = (
        (near, np.nextafter(near, np.float32(np.inf)))
        if Fraction(float(near)) <= exact
        else (np.nextafter(near, np.float32(-np.inf)), near)
    )
    assert one("fma.rm.f32", a, b, c) == low
    if np.isfinite(high):
        assert one("fma.rn.f32", a, b, c) == halfway(exact, low, high)


@given(LONG, LONG)
def test_products_of_whole_numbers(a: int, b: int) -> None:
    assert one("mul.hi.s64", a, b) == a * b >> 64
    assert one("mul.hi.u64", a % 2**64, b % 2**64) == (a % 2**64) * (b % 2**64) >> 64
    assert int(one("mul.lo.s64", a, b)) % 2**64 == a * b % 2**64
    low, other = a % 2**32 - 2**31, b % 2**32 - 2**31
    assert one("mul.wide.s32", low, other) == low * other


@given(LONG, LONG.filter(bool))
def test_quotients_are_cut_towards_zero(a: int, b: int) -> None:
    exact = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
    if exact < 2**63:
        assert one("div.s64", a, b) == exact


@given(LONG, st.integers(0, 200), st.integers(0, 64))
def test_shifts_beyond_the_width_and_fields(a: int, by: int, length: int) -> None:
    assert one("shr.s64", a, by) == a >> by
    assert one("shr.u64", a % 2**64, by) == a % 2**64 >> by
    assert one("shl.b64", a % 2**64, by) == (a << by) % 2**64
    start, field = by % 64, ((1 << length) - 1 << by % 64) % 2**64
    assert one("bfi.b64", a % 2**64, 5, start, length) == (a << start) % 2**64 & field | 5 & ~field


@pytest.mark.parametrize("kind", ["f32", "f64"])
def test_extremes_know_nan_and_the_signs_of_zeros(kind: str) -> None:
    assert one(f"min.{kind}", math.nan, 2.0) == one(f"max.{kind}", 2.0, math.nan) == 2.0
    assert np.isnan(one(f"min.{kind}", math.nan, math.nan))
    assert np.signbit([one(f"min.{kind}", 0.0, -0.0), one(f"min.{kind}", -0.0, 0.0)]).all()
    assert not np.signbit([one(f"max.{kind}", 0.0, -0.0), one(f"max.{kind}", -0.0, 0.0)]).any()


def test_comparisons_with_nan() -> None:
    ordered, unordered = ("eq", "ne", "lt", "le", "gt", "ge", "num"), ("equ", "neu", "ltu", "leu", "gtu", "geu", "nan")
    assert not any(one(f"setp.{word}.f64", 1.0, math.nan) for word in ordered)
    assert all(one(f"setp.{word}.f64", math.nan, 1.0) for word in unordered)
    assert [one(f"setp.{word}.f64", 1.0, 2.0) for word in ordered] == [False, True, True, True, False, False, True]
    assert [one(f"setp.{word}.f64", 1.0, 2.0) for word in unordered] == [False, True, True, True, False, False, False]


def test_conversions_stay_within_the_type() -> None:
    values = (2.5, -2.5, 3e9, -3e9, math.inf, math.nan)
    assert [one("cvt.rni.s32.f64", value) for value in values] == [2, -2, 2**31 - 1, -(2**31), 2**31 - 1, 0]
    assert [one("cvt.rpi.f32.f32", value) for value in (2.25, -2.25)] == [3, -2]
    assert [one("cvt.sat.f32.f32", value) for value in (-1.0, 0.5, 7.0, math.nan)] == [0, 0.5, 1, 0]
    assert one("cvt.s64.s32", -1) == -1
    assert one("cvt.u64.u32", 2**32 - 1) == 2**32 - 1
    assert one("cvt.u32.u64", 2**32 + 7) == 7


def test_approximations_flush_what_is_too_small() -> None:
    assert one("ex2.approx.ftz.f32", -130.0) == 0
    assert one("ex2.approx.ftz.f32", -126.0) == 2**-126
    assert one("rcp.approx.ftz.f64", 1e-310) == math.inf
    assert abs(one("rcp.approx.ftz.f64", 3.0) * 3 - 1) < 2**-20


@pytest.mark.parametrize(
    "opcode", ["add.rz.f64", "add.ftz.f32", "mul.f16", "shfl.sync.b32", "cvt.rn.ftz.f32.f64", "max.NaN.f32"]
)
def test_what_is_not_known_is_not_computed(opcode: str) -> None:
    with pytest.raises(PtxError, match="does not know"):
        operation(opcode)

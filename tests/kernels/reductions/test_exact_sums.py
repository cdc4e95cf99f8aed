"""Sums are exact until they are rounded, so that no order and no parting of the numbers changes a bit."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flopwatt.kernels.reductions.exact_sums import ExactSums

NUMBERS = st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), min_size=1, max_size=40)


def total(values: list[float]) -> ExactSums:
    return ExactSums.of(np.array(values), np.zeros(1, np.int64))


@settings(deadline=None)
@given(values=NUMBERS)
def test_a_sum_is_the_exact_one_rounded(values: list[float]) -> None:
    try:
        exact = math.fsum(values)
    except OverflowError:
        return
    assert total(values).values()[0] == pytest.approx(exact, rel=2.3e-16, abs=5e-324)


@settings(deadline=None)
@given(data=st.data(), values=NUMBERS)
def test_any_order_of_any_parts_gives_the_same_bits(data: st.DataObject, values: list[float]) -> None:
    whole = total(values).values()
    order = data.draw(st.permutations(values))
    edges = sorted({0, len(order), *data.draw(st.lists(st.integers(0, len(order)), max_size=5))})
    parts = [total(order[low:high]) for low, high in itertools.pairwise(edges)]
    merged = parts[0]
    for part in parts[1:]:
        merged = merged.merge(part)
    np.testing.assert_array_equal(merged.values(), whole)


def test_many_merges_do_not_overflow() -> None:
    merged = one = total([1e300, 3.0])
    for _ in range(70):  # doubled each time
        merged = merged.merge(merged)
    assert merged.values()[0] == math.inf
    small = total([2.0**53 - 1])
    for _ in range(70):
        small = small.merge(small)
    assert small.values()[0] == (2.0**53 - 1) * 2.0**70
    assert one.values()[0] == 1e300


def test_groups_have_sums_of_their_own_and_keep_what_is_not_finite() -> None:
    sums = ExactSums.of(np.array([1e16, 1.0, -1e16, np.inf, 2.0, np.inf, -np.inf, np.nan, 5e-324]), np.array([0, 3, 5, 7, 8]))
    np.testing.assert_array_equal(sums.values(), [1.0, np.inf, np.nan, np.nan, 5e-324])

"""Whole weights: the proportion that was written, exactly where it can be."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flopwatt.kernels.model.grid import Axis
from flopwatt.kernels.model.weights import MAX_TOTAL, total_weight, whole_weights


def axis(weights: list[float] | None, n: int = 3) -> Axis:
    length = n if weights is None else len(weights)
    return Axis("x", {"x": np.arange(float(length))}, uncertain=True, weights=None if weights is None else np.array(weights))


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        ([0.1, 0.2, 0.7], [1, 2, 7]),
        ([3.0, 0.0, 6.0], [1, 0, 2]),
        ([1e-9, 2e-9], [1, 2]),
        ([2.5e12, 5e12], [1, 2]),
        (None, [1, 1, 1]),
    ],
)
def test_small_multiples_of_one_number_are_exact(written: list[float] | None, whole: list[int]) -> None:
    (weights,) = whole_weights([axis(written)])
    assert weights.tolist() == whole


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30).filter(any))
def test_other_weights_keep_their_proportion_closely(written: list[float]) -> None:
    (weights,) = whole_weights([axis(written)])
    total = sum(map(Fraction, written))
    for weight, given_weight in zip(weights.tolist(), written, strict=True):
        assert (weight > 0) == (given_weight > 0)
        assert weight / sum(weights.tolist()) == pytest.approx(float(Fraction(given_weight) / total), abs=1e-6)


def test_the_sum_over_all_points_is_a_number_that_a_double_holds() -> None:
    odd = [0.123456789, 0.987654321, 0.5]
    assert total_weight([axis(odd), axis(odd), axis(None, 1000)]) <= MAX_TOTAL

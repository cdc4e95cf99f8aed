"""Whole weights: the proportion that was written, exactly where it can be."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flopwatt.kernels.model.grid import Axis, GridError
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


def test_the_sum_over_all_points_is_a_number_of_62_bits() -> None:
    odd = [0.123456789, 0.987654321, 0.5]
    assert total_weight([axis(odd), axis(odd), axis(None, 1000)]) <= MAX_TOTAL


def test_an_axis_with_few_digits_leaves_its_room_to_others() -> None:
    rare, half = axis([0.999999, 0.000001]), axis([0.5, 0.5])
    weights = whole_weights([half, rare, rare, axis(None, 1024)])
    assert [array.tolist() for array in weights[:3]] == [[1, 1], [999999, 1], [999999, 1]]


def test_weights_without_room_are_refused() -> None:
    digits = axis([0.1999, 0.3001, 0.4003, 0.0997])
    assert total_weight([digits] * 3) == 10**12
    with pytest.raises(GridError, match="the weights of the axis 'x' have more digits than there is room for"):
        whole_weights([digits] * 4 + [axis(None, 1024)])

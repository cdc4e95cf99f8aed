"""Bins from floats' own bits: their order, their width, where they lie for each group, and what is read from counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flopwatt.kernels.reductions.bins import (
    RELATIVE_ERROR,
    Bins,
    Range,
    common_range,
    keys,
    layout,
    merge_bins,
    middle,
    quantiles,
)

BOTH = pytest.mark.parametrize("dtype", ["float64", "float32"])


def numbers(dtype: str, least: int = 1) -> st.SearchStrategy[list[float]]:
    """Some finite numbers of the dtype, zero and both signs among them, none subnormal."""
    width = 64 if dtype == "float64" else 32
    drawn = st.floats(-(2.0**100), 2.0**100, width=width, allow_subnormal=False)
    return st.lists(drawn | st.just(0.0) | st.floats(0.5, 8.0, width=width), min_size=least, max_size=60)


def range_of(*groups: np.ndarray) -> Range:
    """The range of some groups' numbers, as the engines find it."""

    def extreme(pick: str, empty: float, chosen: list[np.ndarray]) -> np.ndarray:
        return np.array([getattr(values, pick)(initial=empty) for values in chosen], groups[0].dtype)

    whole, positive, negative = (
        list(groups),
        [values[values > 0] for values in groups],
        [values[values < 0] for values in groups],
    )
    low, high = extreme("min", np.inf, whole), extreme("max", -np.inf, whole)
    return Range(low, high, extreme("min", np.inf, positive), extreme("max", -np.inf, negative))


def counted(bins: Bins, *groups: np.ndarray) -> np.ndarray:
    counts = np.zeros((len(groups), bins.width), np.int64)
    for number, values in enumerate(groups):
        np.add.at(counts[number], bins.place(keys(values), number), 1)
    return counts


@BOTH
@given(data=st.data())
def test_a_key_grows_with_the_number(dtype: str, data: st.DataObject) -> None:
    values = np.sort(np.array(data.draw(numbers(dtype)), dtype)) + 0.0  # a negative zero becomes zero
    assert (np.diff(keys(values)) >= 0).all()


@BOTH
def test_an_octave_has_64_keys(dtype: str) -> None:
    one, two, least = keys(np.array([1.0, 2.0, 1.0 + 1 / 64], dtype))
    assert two - one == 64
    assert least - one == 1
    assert keys(np.array([np.nextafter(np.array(1 + 1 / 64, dtype), np.array(0, dtype))], dtype)) == one


@BOTH
@given(data=st.data())
def test_a_number_is_within_the_error_of_its_bin_s_middle(dtype: str, data: st.DataObject) -> None:
    values = np.array(data.draw(numbers(dtype)), dtype)
    away = np.abs(middle(keys(values), dtype).astype(np.float64) - values)
    assert (away <= RELATIVE_ERROR * np.abs(values.astype(np.float64)) * (1 + 1e-6)).all()


@BOTH
def test_the_last_bin_has_no_end_and_zero_s_has_zero_as_its_middle(dtype: str) -> None:
    values = np.array([0.0, -0.0, np.inf, -np.inf], dtype)
    assert middle(keys(values), dtype).tolist() == [0.0, 0.0, np.inf, -np.inf]
    greatest = np.finfo(dtype).max
    assert np.isfinite(middle(keys(np.array([greatest], dtype)), dtype)).all()


def test_the_layout_is_that_of_the_dtype() -> None:
    assert layout("float64") == (np.int64, 2**63 - 1, 46)
    assert layout("float32") == (np.int32, 2**31 - 1, 17)


@pytest.mark.slow
@BOTH
@given(data=st.data())
def test_every_number_of_a_group_has_a_bin_and_the_bin_has_its_key(dtype: str, data: st.DataObject) -> None:
    groups = [np.array(data.draw(numbers(dtype)), dtype) for _ in range(data.draw(st.integers(1, 3)))]
    bins = Bins.of(range_of(*groups), dtype)
    for number, values in enumerate(groups):
        place = bins.place(keys(values), number)
        assert place.min() == 0
        assert place.max() < bins.width
        nonzero = np.abs(keys(values)) > 1  # next to zero the keys are taken together
        np.testing.assert_array_equal(bins.keys(number, place)[nonzero], keys(values)[nonzero])


def test_a_group_with_zero_needs_no_bins_for_the_octaves_down_to_it() -> None:
    values = np.array([-3.0, 0.0, 1.0, 1.5])
    assert Bins.of(range_of(values), "float64").width < 128


def test_an_empty_group_has_a_bin_and_changes_no_other() -> None:
    values, nothing = np.array([1.0, 2.0]), np.array([])
    assert Bins.of(range_of(nothing), "float64").width == 1
    assert Bins.of(range_of(values, nothing), "float64").width == Bins.of(range_of(values), "float64").width == 65


def test_a_common_range_covers_every_group() -> None:
    span = common_range(range_of(np.array([1.0, 8.0]), np.array([-2.0, 0.0, 3.0]), np.array([])))
    assert span.low.tolist() == [-2.0] * 3
    assert span.high.tolist() == [8.0] * 3
    assert span.positive.tolist() == [1.0] * 3
    assert span.negative.tolist() == [-2.0] * 3


@pytest.mark.slow
@BOTH
@given(data=st.data(), max_bins=st.sampled_from([1, 2, 7, 64]))
def test_merged_bins_hold_every_number_between_their_edges(dtype: str, data: st.DataObject, max_bins: int) -> None:
    groups = [np.array(data.draw(numbers(dtype)), dtype) for _ in range(2)]
    span = range_of(*groups)
    bins = Bins.of(common_range(span), dtype)
    counts, edges = merge_bins(counted(bins, *groups), bins, span, max_bins)
    assert counts.shape == (2, len(edges) - 1)
    assert counts.shape[1] <= max_bins
    assert edges.dtype == dtype
    assert (edges[0], edges[-1]) == (min(values.min() for values in groups), max(values.max() for values in groups))
    assert (np.diff(edges) >= 0).all()
    for number, values in enumerate(groups):
        assert counts[number].sum() == len(values)
        for i, edge in enumerate(edges[1:-1]):  # a negative edge belongs to the bin below it
            assert counts[number, : i + 1].sum() == (values <= edge if edge < 0 else values < edge).sum()


def test_nothing_merges_to_one_bin_between_nan() -> None:
    span = range_of(np.array([]), np.array([]))
    counts, edges = merge_bins(np.zeros((2, 1), np.int64), Bins.of(common_range(span), "float64"), span, 64)
    assert counts.tolist() == [[0], [0]]
    assert np.isnan(edges).all()


@BOTH
@given(data=st.data())
def test_quantiles_are_numpy_s_to_the_error_of_a_bin(dtype: str, data: st.DataObject) -> None:
    groups = [np.array(data.draw(numbers(dtype)), dtype) for _ in range(data.draw(st.integers(1, 3)))]
    at = (0.0, *data.draw(st.lists(st.floats(0.01, 0.99), max_size=3)), 0.5, 1.0)
    span = range_of(*groups)
    bins = Bins.of(span, dtype)
    result = quantiles(counted(bins, *groups), bins, span, at)
    assert result.dtype == dtype
    for row, values in zip(result, groups, strict=True):
        assert (row[0], row[-1]) == (values.min(), values.max())
        expected = np.sort(values)[np.maximum(np.ceil(np.array(at) * len(values)), 1).astype(int) - 1].astype(np.float64)
        assert (np.abs(row - expected) <= RELATIVE_ERROR * np.abs(expected) * (1 + 1e-6)).all()


def test_an_empty_group_has_no_quantiles() -> None:
    groups = np.array([1.0, 2.0, 4.0]), np.array([])
    span = range_of(*groups)
    bins = Bins.of(span, "float64")
    result = quantiles(counted(bins, *groups), bins, span, (0.0, 1.0))
    assert result[0].tolist() == [1.0, 4.0]
    assert np.isnan(result[1]).all()

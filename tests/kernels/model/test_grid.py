"""Axes and grids: what is refused, what names points, and the points that are kept of an axis."""

import numpy as np
import pytest

from flopwatt.kernels.model.grid import Axis, Grid, GridError

CHIPS = Axis("chip", {"tdp": np.array([700.0, 1000.0, 1200.0]), "peak": np.array([1.0, 2.0, np.nan])}, ("a", "b", "c"))
COUNTS = Axis("chip_count", {"chip_count": np.array([8.0, 16.0, 32.0, 64.0])})


@pytest.mark.parametrize("indices", [[2, 0], (2, 0), np.array([2, 0]), range(2, -1, -2)])
def test_take_keeps_points_of_every_column_and_the_labels_in_the_order_asked_for(indices) -> None:
    taken = CHIPS.take(indices)
    assert (taken.name, taken.labels, len(taken)) == ("chip", ("c", "a"), 2)
    assert list(taken.columns) == ["tdp", "peak"]
    np.testing.assert_array_equal(taken.columns["tdp"], [1200.0, 700.0])
    np.testing.assert_array_equal(taken.columns["peak"], [np.nan, 1.0])


def test_take_of_an_axis_without_labels_has_none_and_may_repeat_a_point() -> None:
    taken = COUNTS.take([1, 1, 3])
    assert taken.labels is None
    assert taken.columns["chip_count"].tolist() == [16, 16, 64]
    assert COUNTS.take(range(4)).columns["chip_count"].tolist() == COUNTS.columns["chip_count"].tolist()


def test_take_leaves_the_axis_as_it_was() -> None:
    CHIPS.take([0]).columns["tdp"][0] = 1.0
    assert CHIPS.columns["tdp"].tolist() == [700, 1000, 1200]


def test_take_of_no_point_or_of_one_that_is_not_there_is_refused() -> None:
    with pytest.raises(GridError, match="'chip' is empty"):
        CHIPS.take([])
    with pytest.raises(IndexError):
        CHIPS.take([3])


@pytest.mark.parametrize(
    ("columns", "labels", "reason"),
    [
        ({}, None, "is empty"),
        ({"a": np.zeros(0)}, None, "is empty"),
        ({"a": np.zeros(2), "b": np.zeros(3)}, None, r"differ in length: \[2, 3\]"),
        ({"a": np.zeros(2)}, ("x",), "2 values but 1 labels"),
    ],
)
def test_an_axis_that_is_none(columns, labels, reason: str) -> None:
    with pytest.raises(GridError, match=reason):
        Axis("a", columns, labels)


def test_what_names_the_points() -> None:
    several = Axis("draws", {"mfu": np.zeros(2), "pue": np.ones(2)})
    assert (CHIPS.coordinates(), CHIPS.coordinate_quantity()) == (["a", "b", "c"], None)
    assert (list(COUNTS.coordinates()), COUNTS.coordinate_quantity()) == ([8, 16, 32, 64], "chip_count")
    assert (list(several.coordinates()), several.coordinate_quantity()) == ([0, 1], None)


def test_a_flat_index_names_one_point_and_the_last_axis_runs_fastest() -> None:
    grid = Grid((CHIPS, COUNTS))
    assert (grid.shape, grid.size, grid.strides) == ((3, 4), 12, (4, 1))
    np.testing.assert_array_equal(grid.indices(np.arange(12)), np.unravel_index(np.arange(12), (3, 4)))
    assert (grid.position("chip_count"), grid.column_axis) == (1, {"tdp": 0, "peak": 0, "chip_count": 1})
    with pytest.raises(KeyError):
        grid.position("pue")


def test_grids_that_are_refused() -> None:
    with pytest.raises(GridError, match="two axes have one name"):
        Grid((CHIPS, CHIPS))
    with pytest.raises(GridError, match="both axes 'chip' and 'power' give 'tdp'"):
        Grid((CHIPS, Axis("power", {"tdp": np.ones(2)})))
    many = tuple(Axis(name, {name: np.zeros(2**16)}) for name in "abcd")
    with pytest.raises(GridError, match="at most 2"):
        Grid(many)

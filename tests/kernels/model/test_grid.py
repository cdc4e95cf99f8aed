"""Axes and grids: what is not valid, what names a point, and flat indices there and back."""

import numpy as np
import pytest

from flopwatt.kernels.model.grid import Axis, Grid, GridError

LONG = Axis("long", {"x": np.zeros(2**13)})


def axis(name: str, *values: float) -> Axis:
    return Axis(name, {name: np.array(values)})


@pytest.mark.parametrize(
    ("columns", "labels", "message"),
    [
        ({}, None, "is empty"),
        ({"x": np.zeros(0)}, None, "is empty"),
        ({"x": np.zeros(2), "y": np.zeros(3)}, None, r"differ in length: \[2, 3\]"),
        ({"x": np.zeros(2)}, ("one",), "2 values but 1 labels"),
    ],
)
def test_an_axis_that_is_not_valid(columns: dict[str, np.ndarray], labels: tuple[str, ...] | None, message: str) -> None:
    with pytest.raises(GridError, match=message):
        Axis("a", columns, labels)


def test_a_grid_that_is_not_valid() -> None:
    with pytest.raises(GridError, match="two axes have one name"):
        Grid((axis("a", 1), axis("a", 2)))
    with pytest.raises(GridError, match="both axes 'a' and 'b' give 'x'"):
        Grid((Axis("a", {"x": np.zeros(1)}), Axis("b", {"x": np.zeros(1)})))
    with pytest.raises(GridError, match="at most 2"):
        Grid(tuple(Axis(f"a{i}", {f"x{i}": np.zeros(2**13)}) for i in range(5)))


def test_what_names_a_point() -> None:
    values = np.array([3.0, 4.0])
    assert Axis("a", {"x": values, "y": values}, ("one", "two")).coordinates() == ["one", "two"]
    for found, quantity in (
        (Axis("a", {"a": values, "x": np.zeros(2)}), "a"),
        (Axis("a", {"x": values}), "x"),
    ):
        np.testing.assert_array_equal(found.coordinates(), values)
        assert found.coordinate_quantity() == quantity
    counted = Axis("a", {"x": values, "y": values})
    np.testing.assert_array_equal(counted.coordinates(), [0, 1])
    assert counted.coordinate_quantity() is None


def test_the_last_axis_runs_fastest() -> None:
    grid = Grid((axis("a", 1, 2), axis("b", 1, 2, 3), axis("c", 1, 2, 3, 4)))
    assert (grid.shape, grid.size, grid.strides) == ((2, 3, 4), 24, (12, 4, 1))
    flat = np.arange(24).reshape(4, 6)
    for found, expected in zip(grid.indices(flat), np.unravel_index(flat, grid.shape), strict=True):
        np.testing.assert_array_equal(found, expected)
    assert [grid.position(name) for name in "cab"] == [2, 0, 1]
    with pytest.raises(KeyError):
        grid.position("d")


def test_no_axes_are_one_point() -> None:
    assert (Grid(()).size, Grid(()).indices(np.array([0]))) == (1, ())

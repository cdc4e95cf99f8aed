"""Columns: coordinates repeated over the points of their dimensions."""

import numpy as np

from flopwatt.bench.answers.column import Column, coordinates_of_points


def test_coordinates_are_repeated_over_all_points_the_last_dimension_fastest() -> None:
    coords = {"chip": Column(np.array(["a", "b"], dtype=object)), "power": Column(np.array([1.0, 2.0, 3.0]), "kW", "us")}
    columns = coordinates_of_points(coords)
    assert columns["chip"].data.tolist() == ["a", "a", "a", "b", "b", "b"]
    assert columns["power"].data.tolist() == [1, 2, 3, 1, 2, 3]
    assert (columns["power"].unit, columns["power"].source) == ("kW", "us")


def test_one_point_without_dimensions_has_no_coordinates() -> None:
    assert coordinates_of_points({}) == {}

"""A sample of a grid: small, the same each time, with the ends of every axis."""

import numpy as np
import pytest
from verify_problem import MODEL

from flopwatt.bench.verify.subgrid import MAX_POINTS, sub_problem
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Problem


@pytest.mark.parametrize("shape", [(10,) * 9, (2,) * 40, (1_000_000,), (7, 300_000, 3), (5, 5)])
def test_a_sample_has_the_ends_of_every_axis_and_is_small(shape: tuple[int, ...]) -> None:
    axes = tuple(Axis(f"x{i}", {f"x{i}": np.arange(n, dtype=float)}) for i, n in enumerate(shape))
    whole = Problem(MODEL, Grid(axes))
    part, again = sub_problem(whole), sub_problem(whole)
    assert part.grid.size <= MAX_POINTS
    assert part.grid.size > min(whole.grid.size, MAX_POINTS) / 3
    for axis, small, same in zip(axes, part.grid.axes, again.grid.axes, strict=True):
        values = small.columns[axis.name]
        np.testing.assert_array_equal(values, same.columns[axis.name])
        assert (np.diff(values) > 0).all()
        assert set(values) <= set(axis.columns[axis.name])
        if len(values) > 1:
            assert (values[0], values[-1]) == (0, len(axis) - 1)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8])
def test_a_sample_of_an_uncertain_axis_has_its_weights_and_points_that_weigh_something_first(count: int) -> None:
    weights = np.array([0.0, 0.1, 0.0, 0.2, 0.3, 0.0, 0.4, 0.0])
    axis = Axis("a", {"a": np.arange(8.0)}, uncertain=True, weights=weights)
    (small,) = sub_problem(Problem(MODEL, Grid((axis,))), count).grid.axes
    places = small.columns["a"].astype(int)
    assert len(places) == count
    assert (np.diff(places) > 0).all()
    assert small.uncertain
    assert small.weights is not None
    np.testing.assert_array_equal(small.weights, weights[places])
    assert np.count_nonzero(small.weights) == min(count, 4)

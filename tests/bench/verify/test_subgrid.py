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

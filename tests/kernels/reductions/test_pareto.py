"""Which bins are on a front, and how its points are arranged."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Pareto, Problem
from flopwatt.kernels.reductions.pareto import NOWHERE, arrange, on_front

INF = np.inf


def test_a_bin_is_on_the_front_if_every_bin_before_is_higher() -> None:
    least = np.array([[INF, 3.0, 3.0, 2.0, 5.0, 1.0], [INF] * 6, [1.0, 0.5, INF, -INF, -INF, 0.0]])
    assert on_front(least).tolist() == [
        [False, True, False, True, False, True],
        [False] * 6,
        [True, True, False, True, False, False],
    ]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=20))
def test_no_bin_of_the_front_is_beaten_and_every_other_is(row: list[int]) -> None:
    least = np.array([row], np.float64)
    for place, chosen in enumerate(on_front(least)[0]):
        assert chosen == all(row[before] > row[place] for before in range(place))


def test_points_stand_in_the_order_of_their_bins_filled_up() -> None:
    model = Model({name: Quantity(name, "", "given", "") for name in ("x", "y")})
    columns = {"x": np.array([1.0, 2.0, 3.0, 4.0]), "y": np.array([8.0, 7.0, 6.0, 5.0])}
    problem = Problem(model, Grid((Axis("a", columns),)))
    front = np.array([[True, False, True, True], [False, True, False, False], [False] * 4])
    index = np.full((3, 4), NOWHERE)
    index[0, [0, 2, 3]], index[1, 1] = [0, 2, 3], 1
    arranged = arrange(problem, Pareto(name="", quantities=("x", "y")), front, index, "float32")
    assert arranged["index"].tolist() == [[0, 2, 3], [1, -1, -1], [-1, -1, -1]]
    assert arranged["front"].dtype == np.float32
    np.testing.assert_array_equal(
        arranged["front"],
        [[[1, 8], [3, 6], [4, 5]], [[2, 7], [np.nan] * 2, [np.nan] * 2], [[np.nan] * 2] * 3],
    )


def test_no_front_at_all_has_one_place() -> None:
    model = Model({name: Quantity(name, "", "given", "") for name in ("x", "y")})
    problem = Problem(model, Grid((Axis("a", {"x": np.ones(1), "y": np.ones(1)}),)))
    nothing = np.zeros((1, 1), bool)
    arranged = arrange(problem, Pareto(name="", quantities=("x", "y")), nothing, np.full((1, 1), NOWHERE), "float64")
    assert arranged["index"].tolist() == [[-1]]
    assert np.isnan(arranged["front"]).all()

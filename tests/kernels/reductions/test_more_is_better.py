"""Fronts of which more is better are those of what is below zero, turned."""

import numpy as np
import pytest

from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Pareto, Problem, Result
from flopwatt.kernels.reductions.more_is_better import less_is_better, turned

X = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
Y = np.array([9.0, 7.0, 8.0, 2.0, np.nan])
MORE_OF_BOTH = Pareto(name="", quantities=("x", "y"), more=(True, True))


def problem() -> Problem:
    model = Model({name: Quantity(name, "W", "given", "") for name in ("x", "y")})
    return Problem(model, Grid((Axis("a", {"x": X, "y": Y}),)))


@pytest.mark.parametrize("engine", ["reference", "numpy", "numba"])
@pytest.mark.parametrize(
    ("more", "points"),
    [((True, True), [3, 2, 0]), ((True, False), [3]), ((False, True), [0]), ((False, False), [0, 1, 3])],
)
def test_a_front_has_the_points_that_no_other_beats(engine: str, more: tuple[bool, bool], points: list[int]) -> None:
    question = Pareto(name="", quantities=("x", "y"), more=more)
    result = engines.get(engine).prepare(problem(), question, Settings()).run()
    assert result.values["index"].tolist() == points
    np.testing.assert_array_equal(result.values["front"], np.stack([X, Y], axis=-1)[points])


def test_what_is_asked_stays_as_it_is_where_less_is_better_already() -> None:
    asked = problem(), Pareto(name="", quantities=("x", "y"))
    assert less_is_better(*asked) == asked
    result = Result({"front": np.ones((1, 2))}, evaluated=1)
    assert turned(result, asked[1]) is result


def test_quantities_below_zero_have_their_unit_and_names_of_their_own() -> None:
    below, question = less_is_better(problem(), MORE_OF_BOTH)
    assert question == Pareto(name="", quantities=("minus x", "minus y"))
    assert below.model["minus x"].unit == "W"
    assert below.model.compute(["minus y"], {"y": 3.0}) == {"minus y": -3.0}


def test_turning_twice_changes_nothing() -> None:
    result = Result({"front": np.array([[1.0, -2.0]])}, evaluated=1)
    np.testing.assert_array_equal(turned(result, MORE_OF_BOTH).values["front"], [[-1, 2]])
    np.testing.assert_array_equal(turned(turned(result, MORE_OF_BOTH), MORE_OF_BOTH).values["front"], [[1, -2]])

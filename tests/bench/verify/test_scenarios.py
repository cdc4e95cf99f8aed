"""Scenarios by NumPy: each known one once, in its group, and those at coordinates that a result reports."""

import numpy as np
import pytest
from verify_problem import A, numpy_answer, problem

from flopwatt.bench.verify import scenarios
from flopwatt.bench.verify.tolerance import ResultPair
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.questions import Pareto, Summary


@pytest.mark.parametrize("chunk", [1, 7, 2**17])
def test_every_known_scenario_is_walked_once(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenarios, "CHUNK", chunk)
    asked = problem(np.array([np.nan, *A]))
    question = Summary(name="q", quantity="y", by=("b", "g"), where=(Condition("a", "<=", 2.0),))
    expected = numpy_answer(asked, question)
    parts = list(scenarios.scenarios(ResultPair(asked, question, expected, expected, "float64")))
    groups = np.concatenate([part.group for part in parts])
    surely = np.concatenate([part.surely for part in parts])
    values = np.concatenate([part.values[0] for part in parts])
    np.testing.assert_array_equal(np.bincount(groups), np.full(6, 3))  # 0.5, 1 and what is nearly 2
    np.testing.assert_array_equal(np.bincount(groups, weights=surely).reshape(3, 2), expected.values["feasible"])
    np.testing.assert_array_equal(values[groups == 0], A[:3])  # of b = 1
    np.testing.assert_array_equal(np.unique(values[groups == 5]), A[:3] * 4)


def test_groups_are_numbered_in_the_order_of_the_kept_axes() -> None:
    asked = problem()
    flat = np.arange(asked.grid.size)
    g, _, b = np.unravel_index(flat, asked.grid.shape)
    question = Summary(name="q", quantity="y", by=("b", "g"))
    np.testing.assert_array_equal(scenarios.groups_of(asked, question, flat), b * 2 + g)


def test_points_off_the_grid_and_of_other_groups_are_found() -> None:
    question = Pareto(name="q", quantities=("y", "b"), by=("g",))
    index = np.array([[0, 4, -1], [15, 16, 17]])
    a, b = (index % 15) // 3, index % 3
    reported = {"y": A[a] * 2.0**b, "b": 2.0**b}
    judged = scenarios.at_coordinates(problem(), question, index, reported, "float64")
    assert (judged.error, judged.wrong) == (0, "")
    for place, value, why in (((0, 1), 19, "group"), ((1, 0), 30, "grid"), ((1, 1), 17, "coordinates")):
        other = index.copy()
        other[place] = value
        assert why in scenarios.at_coordinates(problem(), question, other, reported, "float64").wrong
    assert scenarios.at_coordinates(problem(), question, np.full((2, 3), -1), reported, "float64").wrong == ""

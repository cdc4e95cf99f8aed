"""Decisions on the CPU have the reference's answers where draws are many: with ties, weights and infinities."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from strategies import computed

from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model import quantity as q
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.questions import Decision, Problem
from flopwatt.kernels.model.statistics import Measure, Promise, SharePromise, Statistic

DRAWS = 197
HALF = Fraction(1, 2)
WAYS = ((2, None), (1, 1))  # threads and chunk
CONFIDENCES = (Fraction(1, 5), HALF, Fraction(9, 10))


def problem_of(decisions: int, draws: int = DRAWS, *, weighted: bool = False) -> Problem:
    """``y`` has many ties and either sign, zero among them; ``late`` falls with the decision, so that the first miss most."""
    random = np.random.default_rng(draws)
    names = ("d", "u", "v")
    quantities = {name: q.Quantity(name, "", "given", "") for name in names}
    quantities["y"] = computed("y", "ceil(u * 2.0 * d) / 2.0 - 1.5", ["u", "d"])
    quantities["late"] = computed("late", "v / d", ["v", "d"])
    weights = random.integers(0, 4, draws).astype(float) if weighted else None
    columns = {"u": random.uniform(-2.0, 2.0, draws), "v": random.uniform(1.0, 4.0, draws)}
    axes = (Axis("d", {"d": np.linspace(0.5, 3.0, decisions)}), Axis("draws", columns, uncertain=True, weights=weights))
    return Problem(q.Model(quantities), Grid(axes), {})


def late(share: Fraction, bound: float = 1.2, op: str = "<=") -> Promise:
    """A quantile of ``late`` that is promised."""
    return Promise(Statistic("late", Measure.QUANTILE, share), op, bound)


QUESTIONS = {
    "median": Decision(name="", objective=Statistic("y", Measure.QUANTILE, HALF), promises=(late(Fraction(4, 5)),)),
    "greatest": Decision(name="", objective=Statistic("y", Measure.QUANTILE, Fraction(1, 10)), maximize=True),
    "mean": Decision(
        name="",
        objective=Statistic("y", Measure.MEAN),
        promises=(SharePromise((Condition("late", "<=", 1.2), Condition("y", "<=", 1.0)), ">=", Fraction(3, 5)),),
    ),
    "at most": Decision(name="", objective=Statistic("y", Measure.QUANTILE, Fraction(1)), promises=(late(HALF, 2.0, ">"),)),
    "confidences": Decision(
        name="", objective=Statistic("y", Measure.QUANTILE, HALF), promises=(late(HALF),), confidences=CONFIDENCES
    ),
    "nothing in time": Decision(name="", objective=Statistic("y", Measure.QUANTILE, HALF), promises=(late(HALF, 1e-3),)),
}


@pytest.mark.parametrize("weighted", [False, True], ids=["alike", "weighted"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_are_the_reference_s(question: str, dtype: str, weighted: bool) -> None:
    problem, asked = problem_of(700, weighted=weighted), QUESTIONS[question]
    expected = engines.get("reference").prepare(problem, asked, Settings(dtype)).run()
    results = [
        engines.get("numba").prepare(problem, asked, Settings(dtype, threads, chunk=chunk)).run() for threads, chunk in WAYS
    ]
    tolerance = 1e-12 if dtype == "float64" else 1e-5
    for name, values in expected.values.items():
        for result in results:
            np.testing.assert_allclose(result.values[name], values, rtol=tolerance, err_msg=name)
        np.testing.assert_array_equal(results[0].values[name], results[1].values[name], err_msg=name)
    assert all((result.nan, result.evaluated) == (expected.nan, expected.evaluated) for result in results)


@pytest.mark.parametrize("value", [0.0, -0.0, -3.5, 1e-310, 1e300])
def test_equal_draws_have_that_value_as_every_quantile(value: float) -> None:
    problem = problem_of(3)
    grid = replace(problem.grid, axes=(problem.grid.axes[0], replace(problem.grid.axes[1], columns=_all(value))))
    for share in (Fraction(0), HALF, Fraction(1)):
        asked = Decision(name="", objective=Statistic("u", Measure.QUANTILE, share))
        result = engines.get("numba").prepare(replace(problem, grid=grid), asked, Settings()).run()
        assert float(result.values["objective"]) == value
        assert int(result.values["index"]) == 0


def _all(value: float) -> dict[str, np.ndarray]:
    return {"u": np.full(DRAWS, value), "v": np.ones(DRAWS)}


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("bound", [float("inf"), 1e300, "most"])
def test_nothing_is_near_a_bound_that_is_infinite(bound: float | str, dtype: str) -> None:
    problem = problem_of(6)
    quantities = {**problem.model.quantities, "most": q.Quantity("most", "", "given", "")}
    first = problem.grid.axes[0]
    most = np.array([3.0, np.inf, 2.0, -np.inf, np.inf, 1.0])
    grid = Grid((replace(first, columns={**first.columns, "most": most}), *problem.grid.axes[1:]))
    promise = replace(late(HALF), value=bound)
    asked = Decision(name="", objective=Statistic("y", Measure.MEAN), promises=(promise, late(HALF, 1e-3)))
    problem = Problem(q.Model(quantities), grid, {})
    expected, result = (engines.get(engine).prepare(problem, asked, Settings(dtype)).run() for engine in ("reference", "numba"))
    for name in ("index", "nearest", "considered", "failed"):
        np.testing.assert_array_equal(result.values[name], expected.values[name], err_msg=name)
    near = 3 if bound == "most" else 6 if (bound, dtype) == (1e300, "float64") else 0
    assert result.values["considered"] == near

"""Questions of statistics on every kind and on engines that leave them to NumPy, against plain arrays of the decisions."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from strategies import computed

from flopwatt.kernels.engines import Settings, get
from flopwatt.kernels.engines.statistics_run import StatisticsRun
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import (
    Best,
    Chunk,
    Histogram,
    Pareto,
    Problem,
    Quantiles,
    Question,
    Result,
    Sensitivity,
    Summary,
    Table,
)
from flopwatt.kernels.model.statistic_quantity import share_quantity, statistic_quantity
from flopwatt.kernels.model.statistics import Measure, ShareOfDraws, Statistic
from flopwatt.kernels.plan.sharing import families
from flopwatt.kernels.reductions.over_draws import OverDraws

WEIGHTS = [0.1, 0.3, 0.0, 0.2, 0.4]
TIMES = [3.0, 1.0, np.nan, 2.0, 5.0]
A, B = np.geomspace(1, 64, 5), np.array([1.0, 3.0, np.nan, 2.0])
ENGINES = pytest.mark.parametrize("engine", ["numpy", "numba"])
DTYPES = pytest.mark.parametrize("dtype", ["float64", "float32"])
PROMISE = Condition("P80(time)", "<=", 12.0)


@pytest.fixture
def problem() -> Problem:
    """5 by 4 decisions, of which a fourth are not known, and 5 draws of which one cannot be, by 2 that change nothing."""
    quantities = {name: Quantity(name, "", "given", "") for name in ("a", "b", "u", "x")}
    quantities["time"] = computed("time", "a * u / b", ["a", "u", "b"])
    quantities["cost"] = computed("cost", "b / a + u", ["a", "u", "b"])
    model = Model(quantities)
    axes = (
        Axis("a", {"a": A}),
        Axis("u", {"u": np.array(TIMES)}, uncertain=True, weights=np.array(WEIGHTS)),
        Axis("b", {"b": B}),
        Axis("x", {"x": np.arange(2.0)}, uncertain=True),
    )
    asked = [
        statistic_quantity(Statistic("time", Measure.QUANTILE, Fraction(4, 5)), model),
        statistic_quantity(Statistic("cost", Measure.QUANTILE, Fraction(1, 2)), model),
        share_quantity(ShareOfDraws((Condition("time", "<=", 12.0),)), "share"),
    ]
    over = {quantity.name: OverDraws(quantity.taken, axes[1:2]) for quantity in asked}
    return Problem(model.extended({quantity.name: quantity for quantity in asked}), Grid(axes), {}, over)


def by_hand() -> dict[str, np.ndarray]:
    """P80 of time, P50 of cost and the share, of (a, b): of the draws 1, 2, 3, 5 by 3, 2, 1, 4 the P80 is 5 and the P50 2."""
    a, b = A[:, None], B
    share = sum(w * (a * u / b <= 12) for u, w in zip(TIMES, (1, 3, 0, 2, 4), strict=True)) / 10
    return {"P80(time)": a * 5 / b, "P50(cost)": b / a + 2, "share": share}


def answered(engine: str, problem: Problem, question: Question, dtype: str = "float64") -> Result:
    result: Result = get(engine).prepare(problem, question, Settings(dtype)).run()
    return result


@ENGINES
@DTYPES
def test_a_summary_counts_every_point_of_what_it_is_of(problem: Problem, engine: str, dtype: str) -> None:
    result = answered(engine, problem, Summary(name="", quantity="P50(cost)", by=("b",), where=(PROMISE,)), dtype)
    met, values = by_hand()["P80(time)"] <= 12, by_hand()["P50(cost)"]
    expected = [values[:, i][met[:, i]] for i in range(4)]
    assert result.values["count"].tolist() == [50] * 4
    assert result.values["feasible"].tolist() == [10 * len(column) for column in expected]
    assert result.values["nan"].tolist() == [0, 0, 50, 0]
    assert (result.nan, result.evaluated) == (50, 5 * 4 * 4)
    for name, take in (("min", np.min), ("mean", np.mean), ("max", np.max)):
        of = [take(column) if len(column) else np.nan for column in expected]
        np.testing.assert_allclose(result.values[name], of, rtol={"float64": 1e-12, "float32": 1e-5}[dtype])


@ENGINES
@DTYPES
def test_quantiles_of_single_points_of_decisions_that_keep_a_promise(problem: Problem, engine: str, dtype: str) -> None:
    question = Quantiles(name="", quantity="cost", at=(0.0, 0.5, 1.0), where=(PROMISE, Condition("share", ">=", 0.9)))
    met = (by_hand()["P80(time)"] <= 12) & (by_hand()["share"] >= 0.9)
    a, b = np.nonzero(met)
    points = np.sort(((B[b] / A[a])[:, None] + np.array(TIMES)[[0, 1, 3, 4]]).reshape(-1)).astype(dtype)
    low, middle, high = answered(engine, problem, question, dtype).values["quantiles"]
    np.testing.assert_allclose((low, high), points[[0, -1]], rtol=1e-6)
    assert abs(middle / points[(len(points) - 1) // 2] - 1) < 0.016


@ENGINES
def test_a_histogram(problem: Problem, engine: str) -> None:
    values = answered(engine, problem, Histogram(name="", quantity="share", bins=4, where=(Condition("b", "<", 9.0),))).values
    own = by_hand()["share"][:, ~np.isnan(B)].reshape(-1)
    np.testing.assert_array_equal(values["counts"], 10 * np.histogram(own, values["edges"])[0])
    assert values["counts"].sum() == 10 * own.size


@ENGINES
def test_a_sensitivity_has_no_share_of_what_is_drawn(problem: Problem, engine: str) -> None:
    question = Sensitivity(name="", quantity="P50(cost)", where=(Condition("b", "<=", 3.0),))
    result = answered(engine, problem, question)
    own = by_hand()["P50(cost)"][:, ~np.isnan(B)]
    shares = [own.mean(axis=1).var() / own.var(), own.mean(axis=0).var() / own.var()]
    np.testing.assert_allclose(result.values["shares"], shares)
    assert result.values["errors"].tolist() == [0, 0]


@ENGINES
@DTYPES
def test_a_front_is_of_decisions(problem: Problem, engine: str, dtype: str) -> None:
    question = Pareto(name="", quantities=("P50(cost)", "P80(time)"), where=(Condition("share", ">=", 0.6),))
    result, hand = answered(engine, problem, question, dtype), by_hand()
    points = [(hand["P50(cost)"][i, j], hand["P80(time)"][i, j], 40 * i + 2 * j) for i in range(5) for j in (0, 1, 3)
              if hand["share"][i, j] >= 0.6]  # fmt: skip
    front = sorted(p for p in points if not any(q[0] <= p[0] and q[1] <= p[1] and q[:2] != p[:2] for q in points))
    assert len(front) > 2
    np.testing.assert_allclose(result.values["front"], [point[:2] for point in front], rtol=1e-6)
    assert result.values["index"].tolist() == [point[2] for point in front]  # where any draw is the first
    assert result.values["front"].dtype == dtype


def rows(chunks: list[Chunk]) -> dict[str, Any]:
    return {name: np.concatenate([chunk.values[name] for chunk in chunks]) for name in chunks[0].values}


@ENGINES
@DTYPES
def test_of_a_front_more_may_be_better(problem: Problem, engine: str, dtype: str) -> None:
    question = Pareto(name="", quantities=("P50(cost)", "P80(time)"), more=(True, False))
    result, hand = answered(engine, problem, question, dtype), by_hand()
    points = [(hand["P50(cost)"][i, j], hand["P80(time)"][i, j], 40 * i + 2 * j) for i in range(5) for j in (0, 1, 3)]
    front = [p for p in points if not any(q[0] >= p[0] and q[1] <= p[1] and q[:2] != p[:2] for q in points)]
    front.sort(key=lambda point: -point[0])
    np.testing.assert_allclose(result.values["front"], [point[:2] for point in front], rtol=1e-6)
    assert result.values["index"].tolist() == [point[2] for point in front]


@ENGINES
@DTYPES
def test_a_table_of_statistics_has_a_row_for_each_decision(problem: Problem, engine: str, dtype: str) -> None:
    question = Table(name="", quantities=("a", "P50(cost)", "share"), where=(PROMISE,))
    chunks = list(get(engine).prepare(problem, question, Settings(dtype)).chunks())
    hand, table = by_hand(), rows(chunks)
    assert chunks[0].index is not None
    assert chunks[0].index.tolist() == [40 * i + 2 * j for i in range(5) for j in range(4)]
    np.testing.assert_allclose(table["a"], np.repeat(A, 4), rtol=1e-6)
    np.testing.assert_allclose(table["P50(cost)"], hand["P50(cost)"].reshape(-1), rtol=1e-6)
    np.testing.assert_array_equal(table["share"], hand["share"].reshape(-1).astype(dtype))
    np.testing.assert_array_equal(chunks[0].feasible, (hand["P80(time)"] <= 12).reshape(-1))


@ENGINES
def test_a_table_of_single_points_has_its_statistics_beside(problem: Problem, engine: str) -> None:
    chunks = list(get(engine).prepare(problem, Table(name="", quantities=("cost", "P50(cost)")), Settings()).chunks())
    assert chunks[0].index is not None
    assert chunks[0].index.tolist() == list(range(0, 200, 2))  # the axis that changes nothing has its first point
    table = {name: column.reshape(5, 5, 4) for name, column in rows(chunks).items()}
    np.testing.assert_array_equal(table["P50(cost)"], np.broadcast_to(by_hand()["P50(cost)"][:, None], (5, 5, 4)))
    np.testing.assert_array_equal(table["cost"][:, :2, 0], 1 / A[:, None] + np.array([3.0, 1.0]))


def test_a_table_without_statistics_has_every_point(problem: Problem) -> None:
    (chunk,) = get("numpy").prepare(problem, Table(name="", quantities=("a",)), Settings()).chunks()
    assert chunk.index is None
    assert len(chunk.values["a"]) == problem.grid.size


@ENGINES
def test_a_best_takes_statistics_too(problem: Problem, engine: str) -> None:
    values = answered(engine, problem, Best(name="", objective="P80(time)", maximize=True, where=(PROMISE,))).values
    own = by_hand()["P80(time)"]
    assert values["objective"] == own[own <= 12].max()


def test_an_axis_that_is_kept_is_not_drawn(problem: Problem) -> None:
    over = {name: replace(statistic, axes_drawn=()) for name, statistic in problem.statistics.items()}  # type: ignore[type-var]
    kept = replace(problem, statistics=over)
    result = answered("numpy", kept, Summary(name="", quantity="P50(cost)", by=("u",), where=(Condition("b", "==", 1.0),)))
    np.testing.assert_allclose(result.values["min"], np.array(TIMES) + 1 / 64)


def test_a_family_shares_no_pass_and_progress_is_that_of_the_draws(problem: Problem) -> None:
    said = list[float]()
    asked = [Summary(name="s", quantity="P50(cost)"), Quantiles(name="q", quantity="P50(cost)")]
    ((*family,),) = families(asked)
    engine = get("numba")
    runs = engine.prepare_together(problem, family, Settings(progress=said.append))
    assert [type(run) for run in runs] == [StatisticsRun, StatisticsRun]
    assert runs[0].run().values["min"] == 2 + 1 / 64
    assert said[-1] == 1.0
    assert engine.leaves_to_numpy(problem, family[0])
    assert not engine.leaves_to_numpy(problem, Summary(name="", quantity="cost"))

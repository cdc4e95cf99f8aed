"""Shares of variance against closed forms and against NumPy over the whole grid."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm, qmc
from strategies import computed

from flopwatt.bench.verify.agreement import agreement
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Problem, Sensitivity
from flopwatt.kernels.plan.sensitivity import parts


def problem(formula: str) -> Problem:
    random = np.random.default_rng(3)
    inputs = {name: Quantity(name, "", "given", "") for name in "abc"}
    axes = tuple(Axis(name, {name: random.uniform(1, 3, n)}) for name, n in zip("abc", (7, 11, 13), strict=True))
    return Problem(Model({**inputs, "y": computed("y", formula, list("abc"))}), Grid(axes))


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_a_sum_has_no_interactions(engine: str) -> None:
    case = problem("1e6 + a + 2.0 * b + 0.0 * c")
    result = engines.get(engine).prepare(case, Sensitivity(name="", quantity="y"), Settings()).run()
    variances = [np.var(case.grid.axes[0].columns["a"]), 4 * np.var(case.grid.axes[1].columns["b"]), 0.0]
    np.testing.assert_allclose(result.values["shares"], np.array(variances) / sum(variances), atol=1e-6)
    np.testing.assert_allclose(result.values["interactions"], 0.0, atol=1e-6)
    np.testing.assert_allclose(result.values["variance"], sum(variances), rtol=1e-6)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_feasible_points_of_each_group(engine: str) -> None:
    case = problem("a * b + b * c")
    question = Sensitivity(name="", quantity="y", by=("b",), where=(Condition("y", "<", 8.0),))
    result = engines.get(engine).prepare(case, question, Settings()).run()
    a, b, c = np.meshgrid(*(axis.columns[axis.name] for axis in case.grid.axes), indexing="ij")
    y = np.where(a * b + b * c < 8, a * b + b * c, np.nan)
    for group in range(11):
        plane = y[:, group]
        with np.errstate(invalid="ignore"):
            weights, means = np.isfinite(plane).sum(axis=1), np.nan_to_num(np.nansum(plane, 1) / np.isfinite(plane).sum(1))
        share = (weights * (means - np.nanmean(plane)) ** 2).sum() / weights.sum() / np.nanvar(plane)
        np.testing.assert_allclose(result.values["shares"][group, 0], share, rtol=1e-9)


DRAWS = 256


def drawn_problem(formula: str = "g * (3.0 * u + 2.0 * v + w + 0.0 * x) + 1.0 * z", draws: int = DRAWS) -> Problem:
    """Joint draws of u, v, w, x and of idle, which nothing needs; decisions g and z."""
    names = ["g", "u", "v", "w", "x", "z"]
    inputs = {name: Quantity(name, "", "given", "") for name in [*names, "idle"]}
    points = norm.ppf(qmc.Sobol(5, scramble=True, seed=4).random(draws)).T
    joint = Axis("drawn", dict(zip(["u", "v", "w", "x", "idle"], points, strict=True)), uncertain=True)
    axes = (Axis("g", {"g": np.array([1.0, 2.0])}), joint, Axis("z", {"z": np.array([0.0, 1.0, 5.0])}))
    return Problem(Model({**inputs, "y": computed("y", formula, names)}), Grid(axes))


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_joint_draws_are_split_by_column_in_each_group(engine: str) -> None:
    case, question = drawn_problem(), Sensitivity(name="", quantity="y", by=("g",))
    assert parts(case, question) == ["u", "v", "w", "x", "idle", "z"]
    values = engines.get(engine).prepare(case, question, Settings()).run().values
    other = np.var([0.0, 1.0, 5.0])
    for group, scale in enumerate((1, 4)):
        whole = 14 * scale + other
        expected = [scale * 9 / whole, scale * 4 / whole, scale / whole, 0, 0, other / whole]
        assert (np.abs(values["shares"][group] - expected) <= 2 * values["errors"][group] + 0.01).all()
    np.testing.assert_allclose(values["shares"].sum(axis=-1) + values["interactions"], 1.0, atol=1e-12)
    np.testing.assert_allclose(values["interactions"], 0.0, atol=1e-4)
    assert (values["shares"][:, 3] < 1e-3).all()
    assert (values["shares"][:, 4] == 0).all()
    assert (values["errors"][:, 4] == 0).all()
    touched = values["errors"][:, [0, 1, 2, 5]]  # the share of z is of a variance that rests on draws
    assert ((touched > 0) & (touched < 0.02)).all()
    assert (values["interactions_error"] < 1e-3).all()


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_engines_and_chunkings_agree(dtype: str) -> None:
    case = drawn_problem("g * u * v + w * z + maximum(x, 1.0)")
    question = Sensitivity(name="", quantity="y", by=("g",), where=(Condition("y", "<", 2.0),))
    expected = engines.get("numpy").prepare(case, question, Settings(dtype)).run()
    runs = [
        engines.get("numba").prepare(case, question, Settings(dtype, chunk=c, threads=t)).run() for c, t in ((5, 1), (99, 2))
    ]
    for result in runs:
        assert agreement(case, question, result, expected, dtype).wrong == ""
        for name, array in runs[0].values.items():
            np.testing.assert_array_equal(result.values[name], array)


def test_draws_count_as_often_as_they_are_feasible() -> None:
    """Half of the points of the draws with u above 0 are left, so that these count half as much in E[y | v]."""
    case = drawn_problem("u + v * v + 0.0 * (g + w + x + z)", 1024)
    case = replace(case, model=case.model.extended({"t": computed("t", "where(u > 0, g, 1.0)", ["u", "g"])}))
    question = Sensitivity(name="", quantity="y", where=(Condition("t", "<", 1.5),))
    values = engines.get("numpy").prepare(case, question, Settings()).run().values
    draws = case.grid.axes[1].columns
    weight = np.where(draws["u"] > 0, 1.0, 2.0)
    y = draws["u"] + draws["v"] ** 2
    mean = np.average(y, weights=weight)
    variance = np.average((y - mean) ** 2, weights=weight)
    np.testing.assert_allclose(values["variance"], variance, rtol=1e-9)
    expected = [np.average((draws["u"] - np.average(draws["u"], weights=weight)) ** 2, weights=weight) / variance]
    assert values["shares"][1] == pytest.approx(expected[0], abs=0.03)
    assert parts(case, question)[1] == "u"


def test_only_joint_draws_are_split() -> None:
    case, question = drawn_problem(), Sensitivity(name="", quantity="y")
    (g, drawn, z) = case.grid.axes
    for axis in (replace(drawn, uncertain=False), replace(drawn, labels=tuple("d" * DRAWS)), drawn.take(range(15))):
        few = replace(case, grid=Grid((g, axis, z)))
        assert parts(few, question) == ["g", "drawn", "z"]
        values = engines.get("numpy").prepare(few, question, Settings()).run().values
        assert values["shares"].shape == (3,)
        assert (values["errors"] == 0).all()
    assert parts(case, replace(question, by=("drawn",))) == ["g", "z"]
    named = replace(case, grid=Grid((replace(g, name="u"), drawn, z)))
    assert parts(named, question) == ["u", "drawn.u", "v", "w", "x", "idle", "z"]


def test_draws_that_nothing_needs_explain_nothing() -> None:
    case = drawn_problem("z + 0.0 * (g + u + v + w + x)")
    model = Model({**case.model.quantities, "y": computed("y", "z", ["z"])})
    values = (
        engines.get("numpy").prepare(replace(case, model=model), Sensitivity(name="", quantity="y"), Settings()).run().values
    )
    assert values["shares"].tolist() == [0, 0, 0, 0, 0, 0, pytest.approx(1)]
    assert (values["errors"] == 0).all()
    assert values["interactions"] == pytest.approx(0)


def test_no_variance_is_no_share() -> None:
    case = drawn_problem("0.0 * (g + u + v + w + x + z)")
    values = engines.get("numpy").prepare(case, Sensitivity(name="", quantity="y"), Settings()).run().values
    assert np.isnan(values["shares"]).all()
    assert np.isnan(values["errors"]).all()

"""Shares of variance against closed forms and against NumPy over the whole grid."""

import numpy as np
import pytest
from strategies import computed

from flopwatt.kernels import engines
from flopwatt.kernels.engines import Settings
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Axis, Grid
from flopwatt.kernels.model.quantity import Model, Quantity
from flopwatt.kernels.model.questions import Problem, Sensitivity


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

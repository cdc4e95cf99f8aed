"""Decisions that every test of the GPU engines asks, and when their answers equal NumPy's."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from small_problems import problem_of

from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.grid import Grid
from flopwatt.kernels.model.questions import Decision, Problem, Result
from flopwatt.kernels.model.statistics import AnyPromise, Measure, Promise, SharePromise, Statistic

ADDED_UP = ("objective", "promised", "nearest_promised", "excess")  # where a mean may stand, whose last bits may differ
MEDIAN = Statistic("x", Measure.QUANTILE, Fraction(1, 2))
MEAN = Statistic("x", Measure.MEAN)
MOSTLY = Promise(Statistic("y", Measure.QUANTILE, Fraction(4, 5)), "<=", 14.0)
OFTEN = SharePromise((Condition("y", "<=", 14.0), Condition("z", "!=", 1.0)), ">=", Fraction(3, 5))
NEVER = Promise(MEDIAN, "<=", -100.0)
CONFIDENCES = tuple(Fraction(percent, 100) for percent in (50, 80, 95))


def drawn_problem(*lengths: int, drawn: str, weights: Sequence[float] | None = None, nan: bool = False) -> Problem:
    """`problem_of` these lengths, with some axes uncertain; the first of them has the weights."""
    problem = problem_of(*lengths, nan=nan)
    axes = [replace(axis, uncertain=axis.name in drawn) for axis in problem.grid.axes]
    if weights is not None:
        first = next(i for i, axis in enumerate(axes) if axis.uncertain)
        axes[first] = replace(axes[first], weights=np.array(weights, float))
    return replace(problem, grid=Grid(tuple(axes)))


def decision(objective: Statistic, *promises: AnyPromise, by: tuple[str, ...] = (), confident: bool = False) -> Decision:
    """A decision that minimises a statistic."""
    return Decision(name="", by=by, objective=objective, promises=promises, confidences=CONFIDENCES if confident else ())


def equal(reference: Result, result: Result, dtype: str) -> None:
    """Assert that an answer is NumPy's: each decision and each count, and each value to the last bits of a mean."""
    assert result.values.keys() == reference.values.keys()
    for name, expected in reference.values.items():
        values = result.values[name]
        assert values.dtype == expected.dtype, name
        if name in ADDED_UP:
            np.testing.assert_allclose(values, expected, rtol=1e-12 if dtype == "float64" else 1e-5, err_msg=name)
        else:
            np.testing.assert_array_equal(values, expected, err_msg=name)
    assert result.nan == reference.nan
    assert result.evaluated + result.pruned == reference.evaluated

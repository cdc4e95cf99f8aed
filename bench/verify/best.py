"""Whether two bests are equal: by NumPy's value at the coordinates, since equal points may tie."""

import numpy as np

from ...kernels.model.questions import Best, Problem, Result
from . import scenarios
from .tolerance import Agreement, Array, ResultPair, most, relative


def best(case: ResultPair) -> Agreement:
    """Equal objectives, each NumPy's own at the coordinates; or a difference that points at a threshold explain."""
    (got, want), (index, expected) = case.pair("objective"), case.pair("index")
    at_points = at_coordinates(case.problem, case.question, case.candidate, case.dtype)
    some = (index >= 0) & (expected >= 0)
    errors = relative(got[some], want[some])
    differ = (index >= 0) != (expected >= 0)
    error = max(most(errors), at_points.error)
    if at_points.wrong:
        return Agreement(error, at_points.wrong)
    if not differ.any() and error <= case.tolerance:
        return Agreement(error)
    return _within_thresholds(case, got, error)


def _within_thresholds(case: ResultPair, got: Array, error: float) -> Agreement:
    """The best must lie between NumPy's with every threshold a little tighter and a little looser."""
    if not case.question.where:
        return Agreement(error, "its best differs")
    sign = -1 if case.question.maximize else 1
    worst = sign * np.asarray(case.numpy_run(case.shifted(-1)).values["objective"], np.float64)
    least = sign * np.asarray(case.numpy_run(case.shifted(1)).values["objective"], np.float64)
    value = sign * got.astype(np.float64)
    slack = case.tolerance * np.abs(value)
    blank = np.isnan(value)
    fine = np.where(blank, np.isnan(worst), (value >= least - slack) & (np.isnan(worst) | (value <= worst + slack)))
    return Agreement(min(error, case.tolerance)) if fine.all() else Agreement(error, "its best differs")


def at_coordinates(problem: Problem, question: Best, result: Result, dtype: str) -> Agreement:
    """Judge each best point by NumPy at its coordinates: the objective reported, its group, and `where`.

    Parameters
    ----------
    problem, question
        What was asked.
    result
        What is judged; its flat indices are of the whole grid.
    dtype
        ``float64`` or ``float32``, which says how far apart equal numbers may be.
    """
    index, value = np.asarray(result.values["index"]), np.asarray(result.values["objective"])
    return scenarios.at_coordinates(problem, question, index, {question.objective: value}, dtype)

"""Whether two bests are equal: by NumPy's value at the coordinates, since equal points may tie."""

import numpy as np

from ...kernels.model.questions import Best, Problem, Result
from . import scenarios
from .tolerance import Agreement, ResultPair, largest, relative


def best(results: ResultPair) -> Agreement:
    """Compare bests: objectives are equal and NumPy's own at the coordinates, or points at a threshold explain why not."""
    (value, numpy_value), (index, numpy_index) = results.pair("objective"), results.pair("index")
    at_points = at_coordinates(results.problem, results.question, results.candidate, results.dtype)
    both = (index >= 0) & (numpy_index >= 0)
    errors = relative(value[both], numpy_value[both])
    differ = (index >= 0) != (numpy_index >= 0)
    error = max(largest(errors), at_points.error)
    if at_points.wrong:
        return Agreement(error, at_points.wrong)
    if not differ.any() and error <= results.tolerance:
        return Agreement(error)
    if not results.question.where:
        return Agreement(error, "its best differs")
    tight, loose = results.numpy_run(results.shifted(-1)), results.numpy_run(results.shifted(1))
    return between(results, tight, loose, error)


def between(results: ResultPair, tight: Result, loose: Result, error: float) -> Agreement:
    """Check that bests lie between NumPy's with every threshold a little tighter and a little looser.

    Parameters
    ----------
    results
        The bests, and NumPy's.
    tight, loose
        NumPy's with the thresholds moved.
    error
        The largest relative difference of the bests.
    """
    sign = -1 if results.question.maximize else 1
    worst, least = (sign * np.asarray(moved.values["objective"], np.float64) for moved in (tight, loose))
    value = sign * np.asarray(results.candidate.values["objective"], np.float64)
    slack = results.tolerance * np.abs(value)
    blank = np.isnan(value)
    fine = np.where(blank, np.isnan(worst), (value >= least - slack) & (np.isnan(worst) | (value <= worst + slack)))
    return Agreement(min(error, results.tolerance)) if fine.all() else Agreement(error, "its best differs")


def at_coordinates(problem: Problem, question: Best, result: Result, dtype: str) -> Agreement:
    """Judge each best point by NumPy at its coordinates: the objective reported, its group, and `where`.

    Parameters
    ----------
    problem, question
        What was asked.
    result
        What is judged; its flat indices are of the whole grid, its objectives in base units.
    dtype
        ``float64`` or ``float32``, which says how far apart equal numbers may be.
    """
    index, value = np.asarray(result.values["index"]), np.asarray(result.values["objective"])
    return scenarios.at_coordinates(problem, question, index, {question.objective: value}, dtype)

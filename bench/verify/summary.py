"""Whether two summaries, or two sensitivities, are equal."""

from typing import Any

import numpy as np

from .tolerance import Agreement, Array, ResultPair, around, largest, relative

VARIANCE_TOLERANCE = 1000  # times that of a number: a variance is a difference of large sums, whose last digits are lost


def summary(results: ResultPair) -> Agreement:
    """Compare summaries: counts, extremes and means are equal, or points at a threshold explain the differences."""
    for name in ("count", "nan"):
        count, expected = results.pair(name)
        if (count != expected).any():
            return Agreement(np.inf, f"its {name} differs")
    errors = {name: relative(*results.pair(name)) for name in ("min", "max")} | {"mean": _mean_error(results)}
    error = max(map(largest, errors.values()))
    feasible, expected = results.pair("feasible")
    if (feasible == expected).all() and error <= results.tolerance:
        return Agreement(error)
    return _summary_between(results, errors)


def _mean_error(results: ResultPair) -> Array:
    """Compute how far the means are apart, relative to the largest number that went into them: they may cancel to nothing."""
    mean, expected = (values.astype(np.float64) for values in results.pair("mean"))
    low, high = (np.abs(np.asarray(results.reference.values[name], np.float64)) for name in ("min", "max"))
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = np.abs(mean - expected) / np.maximum(low, high)
    exact = relative(mean, expected)
    return np.where(np.isfinite(scaled), np.minimum(scaled, exact), exact)


def _summary_between(results: ResultPair, errors: dict[str, Array]) -> Agreement:
    """Check that summaries lie between NumPy's tighter and looser one, where points near a threshold fell on its other side.

    Parameters
    ----------
    results
        The summary, and NumPy's.
    errors
        How far the two are apart, by the number's name: relative differences over the groups.
    """
    error = max(map(largest, errors.values()))
    if not results.question.where:
        worst = max(errors, key=lambda name: largest(errors[name]))
        return Agreement(error, f"its {worst} differs")
    tight, loose = results.numpy_run(results.shifted(-1)).values, results.numpy_run(results.shifted(1)).values
    count = np.asarray(results.candidate.values["feasible"])
    if ((count < np.asarray(tight["feasible"])) | (count > np.asarray(loose["feasible"]))).any():
        return Agreement(error, "its feasible differs by more than the points near a threshold")
    moved = np.asarray(loose["feasible"]) > np.asarray(tight["feasible"])
    for name, differences in errors.items():
        if (differences[~moved] > results.tolerance).any():
            return Agreement(error, f"its {name} differs")
    return _moved_between(results, tight, loose, moved, error)


def _moved_between(results: ResultPair, tight: Any, loose: Any, moved: Array, error: float) -> Agreement:
    """Check groups with points near a threshold: extremes lie between the two summaries', the mean within what they can move.

    Parameters
    ----------
    results
        The summary, and NumPy's.
    tight, loose
        NumPy's values with every threshold a little tighter, and a little looser.
    moved
        In which groups these two differ.
    error
        The largest relative difference of the results.
    """
    count, expected = (np.asarray(r.values["feasible"])[moved] for r in (results.candidate, results.reference))
    for name, other, sign in (("min", "max", 1), ("max", "min", -1)):
        value = sign * np.asarray(results.candidate.values[name], np.float64)[moved]
        inner, outer, far = (sign * np.asarray(x, np.float64)[moved] for x in (tight[name], loose[name], loose[other]))
        low, high = around(outer, results.tolerance)[0], around(np.where(np.isnan(inner), far, inner), results.tolerance)[1]
        if not np.where(count > 0, (value >= low) & (value <= high), np.isnan(value)).all():
            return Agreement(error, f"its {name} differs by more than the points near a threshold")
    near = (np.asarray(loose["feasible"]) - np.asarray(tight["feasible"]))[moved]
    size = np.maximum(np.abs(np.asarray(loose["min"], np.float64)), np.abs(np.asarray(loose["max"], np.float64)))[moved]
    mean, numpy_mean = (np.asarray(r.values["mean"], np.float64)[moved] for r in (results.candidate, results.reference))
    base = np.where(expected > 0, numpy_mean, 0.0)
    room = np.where(expected > 0, 2 * near * size / np.maximum(np.minimum(count, expected), 1), size) + results.tolerance * size
    with np.errstate(invalid="ignore"):
        fine = np.where(count > 0, (mean == base) | (np.abs(mean - base) <= room), np.isnan(mean))
    if not fine.all():
        return Agreement(error, "its mean differs by more than the points near a threshold")
    return Agreement(min(error, results.tolerance))


def sensitivity(results: ResultPair) -> Agreement:
    """Compare sensitivities: the variance relatively, shares and errors by their differences, relative to the whole."""
    errors = {"variance": relative(*results.pair("variance"))}
    for name in ("shares", "errors", "interactions", "interactions_error"):
        shares, expected = (values.astype(np.float64) for values in results.pair(name))
        same = (shares == expected) | (np.isnan(shares) & np.isnan(expected))
        errors[name] = np.where(same, 0.0, np.nan_to_num(np.abs(shares - expected), nan=np.inf))
    for name, differences in errors.items():
        if largest(differences) > VARIANCE_TOLERANCE * results.tolerance:
            return Agreement(largest(differences), f"its {name} differ")
    return Agreement(min(max(map(largest, errors.values())), results.tolerance))

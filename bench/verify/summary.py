"""Whether two summaries, or two sensitivities, are equal."""

from typing import Any

import numpy as np

from .tolerance import Agreement, Array, ResultPair, around, most, relative

SHARES = 1000  # a variance is a difference of large sums: its last digits are lost


def summary(case: ResultPair) -> Agreement:
    """Equal counts, extremes and means; or differences that points at a threshold explain."""
    for name in ("count", "nan"):
        got, want = case.pair(name)
        if (got != want).any():
            return Agreement(np.inf, f"its {name} differs")
    errors = {name: relative(*case.pair(name)) for name in ("min", "max")} | {"mean": _mean_error(case)}
    error = max(map(most, errors.values()))
    got, want = case.pair("feasible")
    if (got == want).all() and error <= case.tolerance:
        return Agreement(error)
    return _summary_between(case, errors)


def _mean_error(case: ResultPair) -> Array:
    """How far the means are apart, relative to the largest number that went into them: they may cancel to nothing."""
    got, want = (values.astype(np.float64) for values in case.pair("mean"))
    low, high = (np.abs(np.asarray(case.reference.values[name], np.float64)) for name in ("min", "max"))
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = np.abs(got - want) / np.maximum(low, high)
    exact = relative(got, want)
    return np.where(np.isfinite(scaled), np.minimum(scaled, exact), exact)


def _summary_between(case: ResultPair, errors: dict[str, Array]) -> Agreement:
    """Where points near a threshold fell on its other side, all must lie between NumPy's tighter and looser summary."""
    error = max(map(most, errors.values()))
    if not case.question.where:
        worst = max(errors, key=lambda name: most(errors[name]))
        return Agreement(error, f"its {worst} differs")
    tight, loose = case.numpy_run(case.shifted(-1)).values, case.numpy_run(case.shifted(1)).values
    count = np.asarray(case.candidate.values["feasible"])
    if ((count < np.asarray(tight["feasible"])) | (count > np.asarray(loose["feasible"]))).any():
        return Agreement(error, "its feasible differs by more than the points near a threshold")
    moved = np.asarray(loose["feasible"]) > np.asarray(tight["feasible"])
    for name, differences in errors.items():
        if (differences[~moved] > case.tolerance).any():
            return Agreement(error, f"its {name} differs")
    return _moved_between(case, tight, loose, moved, error)


def _moved_between(case: ResultPair, tight: Any, loose: Any, moved: Array, error: float) -> Agreement:
    """In groups with points near a threshold: extremes between the two summaries', the mean within what they can move."""
    count, expected = (np.asarray(r.values["feasible"])[moved] for r in (case.candidate, case.reference))
    for name, other, sign in (("min", "max", 1), ("max", "min", -1)):
        value = sign * np.asarray(case.candidate.values[name], np.float64)[moved]
        inner, outer, far = (sign * np.asarray(x, np.float64)[moved] for x in (tight[name], loose[name], loose[other]))
        low, high = around(outer, case.tolerance)[0], around(np.where(np.isnan(inner), far, inner), case.tolerance)[1]
        if not np.where(count > 0, (value >= low) & (value <= high), np.isnan(value)).all():
            return Agreement(error, f"its {name} differs by more than the points near a threshold")
    near = (np.asarray(loose["feasible"]) - np.asarray(tight["feasible"]))[moved]
    size = np.maximum(np.abs(np.asarray(loose["min"], np.float64)), np.abs(np.asarray(loose["max"], np.float64)))[moved]
    got, want = (np.asarray(r.values["mean"], np.float64)[moved] for r in (case.candidate, case.reference))
    base = np.where(expected > 0, want, 0.0)
    room = np.where(expected > 0, 2 * near * size / np.maximum(np.minimum(count, expected), 1), size) + case.tolerance * size
    with np.errstate(invalid="ignore"):
        fine = np.where(count > 0, (got == base) | (np.abs(got - base) <= room), np.isnan(got))
    if not fine.all():
        return Agreement(error, "its mean differs by more than the points near a threshold")
    return Agreement(min(error, case.tolerance))


def sensitivity(case: ResultPair) -> Agreement:
    """Shares of the variance, equal to the tolerance of a whole; where the variance is rounding alone they say nothing."""
    got, want = case.pair("variance")
    errors = {"variance": relative(got, want)}
    for name in ("shares", "interactions"):
        one, other = (values.astype(np.float64) for values in case.pair(name))
        same = (one == other) | (np.isnan(one) & np.isnan(other))
        errors[name] = np.where(same, 0.0, np.nan_to_num(np.abs(one - other), nan=np.inf))
    for name, differences in errors.items():
        if most(differences) > SHARES * case.tolerance:
            return Agreement(most(differences), f"its {name} differ")
    return Agreement(min(max(map(most, errors.values())), case.tolerance))

"""Whether two engines' results are equal: float64 to 1e-12 and float32 to 1e-5, relative, and what may differ beyond.

The reference is the numpy engine in the same dtype. A best point is judged by NumPy's value at its coordinates, since
equal points may tie. A count, a bin or an extreme may differ only by points within tolerance of a threshold or of a bin's
edge: NumPy then counts how many such points there are, so a difference is never waved through.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..kernels.bins import MANTISSA_BITS
from ..kernels.engines import Settings
from ..kernels.engines import get as get_engine
from ..kernels.evaluate import evaluate_at, meets
from ..kernels.questions import Best, Condition, Problem, Quantiles, Question, Result, Summary

TOLERANCE = {"float64": 1e-12, "float32": 1e-5}
Array = NDArray[Any]


@dataclass(frozen=True)
class Agreement:
    """``error`` is the largest relative difference; ``wrong`` says what is not equal, or is empty.

    Where nothing is wrong, differences that points at a threshold or an edge account for are left out of ``error``.
    """

    error: float
    wrong: str = ""

    def __and__(self, other: "Agreement") -> "Agreement":
        return Agreement(max(self.error, other.error), self.wrong or other.wrong)


def agreement(problem: Problem, question: Question, candidate: Result, reference: Result, dtype: str) -> Agreement:
    """How far a result is from the numpy engine's, and whether that is more than the dtype allows."""
    return _KINDS[question.kind](_Case(problem, question, candidate, reference, dtype))


@dataclass(frozen=True)
class _Case:
    problem: Problem
    question: Any
    candidate: Result
    reference: Result
    dtype: str

    @property
    def tolerance(self) -> float:
        return TOLERANCE[self.dtype]

    def pair(self, name: str) -> tuple[Array, Array]:
        return np.asarray(self.candidate.values[name]), np.asarray(self.reference.values[name])

    def numpy_run(self, question: Question) -> Result:
        return get_engine("numpy").prepare(self.problem, question, Settings(self.dtype)).run()

    def shifted(self, sign: int) -> Question:
        """The question with every threshold moved by the tolerance: let more points in (1) or fewer (-1)."""
        conditions = tuple(c for condition in self.question.where for c in _shift(condition, sign * self.tolerance))
        shifted: Question = replace(self.question, where=conditions)
        return shifted


def relative(a: Array, b: Array) -> Array:
    """The difference relative to the larger of the two; 0 where they are equal or both NaN, inf where one alone is NaN."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        result = np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    return np.where(same, 0.0, np.where(np.isnan(result), np.inf, result))


def _most(errors: Array) -> float:
    return float(errors.max(initial=0.0))


def _shift(condition: Condition, by: float) -> tuple[Condition, ...]:
    """The condition with its threshold moved: looser where ``by`` is above 0, tighter where it is below."""
    if isinstance(condition.value, str):
        return (condition,)
    width = by * abs(condition.value)
    if condition.op in ("<=", "<"):
        return (replace(condition, value=condition.value + width),)
    if condition.op in (">=", ">"):
        return (replace(condition, value=condition.value - width),)
    if condition.op == "==" and by > 0:
        name = condition.quantity
        return Condition(name, ">=", condition.value - width), Condition(name, "<=", condition.value + width)
    return (condition,)


# --- best -------------------------------------------------------------------------------------------------------------


def _best(case: _Case) -> Agreement:
    (got, want), (index, expected) = case.pair("objective"), case.pair("index")
    there = at_coordinates(case.problem, case.question, case.candidate, case.dtype)
    some = (index >= 0) & (expected >= 0)
    errors = relative(got[some], want[some])
    differ = (index >= 0) != (expected >= 0)
    error = max(_most(errors), there.error)
    if there.wrong:
        return Agreement(error, there.wrong)
    if not differ.any() and error <= case.tolerance:
        return Agreement(error)
    return _within_thresholds(case, got, error)


def _within_thresholds(case: _Case, got: Array, error: float) -> Agreement:
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
    """Whether NumPy's objective at the coordinates of each best point is the one reported, and `where` holds there."""
    index, value = np.asarray(result.values["index"]), np.asarray(result.values["objective"])
    some = index >= 0
    if not some.any():
        return Agreement(0.0)
    found = evaluate_at(problem, question.targets(), index[some], dtype)
    error = _most(relative(value[some], found[question.objective]))
    if error > TOLERANCE[dtype]:
        return Agreement(error, "the objective it reports is not NumPy's at its coordinates")
    for condition in question.where:
        for loose in _shift(condition, TOLERANCE[dtype]):
            if not np.all(_nearly_meets(loose, found, dtype)):
                return Agreement(error, f"its best point does not meet {condition.quantity} {condition.op} {condition.value}")
    return Agreement(error)


def _nearly_meets(condition: Condition, values: dict[str, Array], dtype: str) -> Any:
    held = meets(condition, values, np.dtype(dtype))
    if isinstance(condition.value, str) and condition.op in ("<=", ">=", "=="):
        held = held | (relative(values[condition.quantity], values[condition.value]) <= TOLERANCE[dtype])
    return held


# --- summary ----------------------------------------------------------------------------------------------------------


def _summary(case: _Case) -> Agreement:
    assert isinstance(case.question, Summary)
    for name in ("count", "nan"):
        got, want = case.pair(name)
        if (got != want).any():
            return Agreement(np.inf, f"its {name} differs")
    errors = {name: relative(*case.pair(name)) for name in ("min", "max")} | {"mean": _mean_error(case)}
    error = max(_most(each) for each in errors.values())
    got, want = case.pair("feasible")
    if (got == want).all() and error <= case.tolerance:
        return Agreement(error)
    return _summary_between(case, errors)


def _mean_error(case: _Case) -> Array:
    """How far the means are apart, relative to the largest number that went into them: they may cancel to nothing."""
    got, want = (np.asarray(each, np.float64) for each in case.pair("mean"))
    low, high = (np.abs(np.asarray(case.reference.values[name], np.float64)) for name in ("min", "max"))
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = np.abs(got - want) / np.maximum(low, high)
    exact = relative(got, want)
    return np.where(np.isfinite(scaled), np.minimum(scaled, exact), exact)


def _summary_between(case: _Case, errors: dict[str, Array]) -> Agreement:
    """Where points near a threshold fell on its other side, all must lie between NumPy's tighter and looser summary."""
    error = max(_most(each) for each in errors.values())
    if not case.question.where:
        worst = max(errors, key=lambda name: _most(errors[name]))
        return Agreement(error, f"its {worst} differs")
    tight, loose = case.numpy_run(case.shifted(-1)).values, case.numpy_run(case.shifted(1)).values
    count = np.asarray(case.candidate.values["feasible"])
    if ((count < np.asarray(tight["feasible"])) | (count > np.asarray(loose["feasible"]))).any():
        return Agreement(error, "its feasible differs by more than the points near a threshold")
    moved = np.asarray(loose["feasible"]) > np.asarray(tight["feasible"])
    for name, each in errors.items():
        if (each[~moved] > case.tolerance).any():
            return Agreement(error, f"its {name} differs")
    return _moved_between(case, tight, loose, moved, error)


def _moved_between(case: _Case, tight: Any, loose: Any, moved: Array, error: float) -> Agreement:
    """In groups with points near a threshold: extremes between the two summaries', the mean within what they can move."""
    slack = 1 + case.tolerance
    for name, sign in (("min", 1), ("max", -1)):
        value = sign * np.asarray(case.candidate.values[name], np.float64)[moved]
        inner, outer = (sign * np.asarray(x[name], np.float64)[moved] for x in (tight, loose))
        low, high = outer - np.abs(outer) * (slack - 1), inner + np.abs(inner) * (slack - 1)
        if ((value < low) | (value > high)).any():
            return Agreement(error, f"its {name} differs by more than the points near a threshold")
    near = (np.asarray(loose["feasible"]) - np.asarray(tight["feasible"]))[moved]
    size = np.maximum(np.abs(np.asarray(loose["min"], np.float64)), np.abs(np.asarray(loose["max"], np.float64)))[moved]
    got, want = (np.asarray(r.values["mean"], np.float64)[moved] for r in (case.candidate, case.reference))
    counts = np.maximum(np.minimum(*(np.asarray(r.values["feasible"])[moved] for r in (case.candidate, case.reference))), 1)
    if (np.abs(got - want) > 2 * near * size / counts + case.tolerance * size).any():
        return Agreement(error, "its mean differs by more than the points near a threshold")
    return Agreement(min(error, case.tolerance))


# --- quantiles --------------------------------------------------------------------------------------------------------


def _quantiles(case: _Case) -> Agreement:
    """Values read from bins: equal, or of neighbouring bins where NumPy finds a point at the edge between them."""
    assert isinstance(case.question, Quantiles)
    got, want = case.pair("quantiles")
    errors = relative(got, want)
    far = np.argwhere(errors > case.tolerance)
    if not len(far):
        return Agreement(_most(errors))
    if (errors[tuple(far.T)] > 2.0 / 2**MANTISSA_BITS).any() or len(far) > MOST_LOOKED_AT:
        return Agreement(_most(errors), f"its quantiles of {case.question.quantity} differ")
    for place in far:
        if not _edge_between(case, tuple(place[:-1]), float(got[tuple(place)]), float(want[tuple(place)])):
            return Agreement(_most(errors), f"its quantiles of {case.question.quantity} differ")
    return Agreement(_most(np.where(errors > case.tolerance, 0, errors)))


MOST_LOOKED_AT = 20  # quantiles that fell into a neighbouring bin; each takes NumPy one pass to look at


def _edge_between(case: _Case, group: tuple[int, ...], a: float, b: float) -> bool:
    """Whether a point of the group lies within tolerance of the bin's edge between two values, or of a threshold."""
    question, low, high = case.question, min(a, b), max(a, b)
    step = 2.0 ** (np.floor(np.log2(max(abs(low), abs(high)))) - MANTISSA_BITS)
    edges = [edge for edge in np.arange(np.floor(low / step), np.ceil(high / step) + 1) * step if low <= edge <= high]
    for edge in edges:
        width = case.tolerance * abs(edge)
        near = (Condition(question.quantity, ">=", edge - width), Condition(question.quantity, "<=", edge + width))
        asked = Summary(name=question.name, by=question.by, where=(*question.where, *near), quantity=question.quantity)
        if np.asarray(case.numpy_run(asked).values["feasible"])[group] > 0:
            return True
    counts = [
        np.asarray(
            case.numpy_run(Summary(name="", by=question.by, where=case.shifted(sign).where, quantity=question.quantity)).values[
                "feasible"
            ]
        )[group]
        for sign in (-1, 1)
    ]
    return bool(counts[0] != counts[1])


_KINDS: dict[str, Callable[[_Case], Agreement]] = {"best": _best, "summary": _summary, "quantiles": _quantiles}

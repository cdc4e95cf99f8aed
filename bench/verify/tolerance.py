"""Whether two engines' results are equal: float64 to 1e-12 and float32 to 1e-5, relative, and what may differ beyond.

The reference is the numpy engine in the same dtype. A best point is judged by NumPy's value at its coordinates, since
equal points may tie. A count, a bin or an extreme may differ only by points within tolerance of a threshold or of a bin's
edge: NumPy then counts how many such points there are, so a difference is never waved through.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.engines import Settings
from ...kernels.engines import get as get_engine
from ...kernels.model.evaluate import meets
from ...kernels.model.questions import Condition, Problem, Question, Result

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


@dataclass(frozen=True)
class ResultPair:
    """A result beside the numpy engine's, and what it takes to ask NumPy more."""

    problem: Problem
    question: Any
    candidate: Result
    reference: Result
    dtype: str

    @property
    def tolerance(self) -> float:
        """How far apart equal numbers may be, relative to the larger."""
        return TOLERANCE[self.dtype]

    def pair(self, name: str) -> tuple[Array, Array]:
        """Return an array of the result and that of NumPy's."""
        return np.asarray(self.candidate.values[name]), np.asarray(self.reference.values[name])

    def numpy_run(self, question: Question) -> Result:
        """NumPy's answer to another question."""
        return get_engine("numpy").prepare(self.problem, question, Settings(self.dtype)).run()

    def shifted(self, sign: int) -> Question:
        """The question with every threshold moved by the tolerance: let more points in (1) or fewer (-1)."""
        conditions = tuple(c for condition in self.question.where for c in shift(condition, sign * self.tolerance))
        shifted: Question = replace(self.question, where=conditions)
        return shifted


def relative(a: Array, b: Array) -> Array:
    """The difference relative to the larger of the two; 0 where they are equal or both NaN, inf where one alone is NaN."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        result = np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    return np.where(same, 0.0, np.where(np.isnan(result), np.inf, result))


def most(errors: Array) -> float:
    """The largest error, 0 where there are none."""
    return float(errors.max(initial=0.0))


def shift(condition: Condition, by: float) -> tuple[Condition, ...]:
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


def met_within(condition: Condition, values: Mapping[str, Array], dtype: str) -> tuple[Array, Array]:
    """Tell where a condition holds with its threshold a little tighter, and where with it a little looser.

    Parameters
    ----------
    condition
        Whose quantities are all in ``values``. Only what is known may be asked about: a NaN counts as equal to a NaN.
    values
        NumPy's values of the quantities, in base units.
    dtype
        Whose tolerance is meant.

    Returns
    -------
    tuple of bool arrays
        Scenarios that every engine must let in, and those that an engine may let in.
    """
    tolerance, real = TOLERANCE[dtype], np.dtype(dtype)
    if isinstance(condition.value, str):
        met = meets(condition, values, real)
        near = relative(values[condition.quantity], values[condition.value]) <= tolerance
        tight = met if condition.op in ("==", "!=") else met & ~near
        return tight, met if condition.op == "!=" else met | near
    tight, loose = (
        np.logical_and.reduce([meets(moved, values, real) for moved in shift(condition, sign * tolerance)]) for sign in (-1, 1)
    )
    return tight, loose


def around(values: Array, tolerance: float) -> tuple[Array, Array]:
    """Return the least and the greatest that numbers may be on another engine, as float64."""
    exact = np.asarray(values, np.float64)
    width = np.where(np.isfinite(exact), tolerance * np.abs(exact), 0.0)
    return exact - width, exact + width

"""How far apart equal numbers may be, and a result beside the reference's."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.engines import REFERENCE, Settings
from ...kernels.engines import get as get_engine
from ...kernels.model.condition import Condition
from ...kernels.model.evaluate import meets
from ...kernels.model.questions import Problem, Question, Result
from ..errors import InputError, Parameter

TOLERANCE = {"float64": 1e-12, "float32": 1e-5}

Array = NDArray[Any]


def check_dtype(dtype: str) -> str:
    """Check that a floating-point type is one of those that are computed in, and return it. Raises InputError.

    Parameters
    ----------
    dtype
        What was given.
    """
    if dtype not in TOLERANCE:
        raise InputError(f"there is no dtype {dtype!r}; there are {', '.join(TOLERANCE)}", where=Parameter("dtype"))
    return dtype


@dataclass(frozen=True)
class Agreement:
    """Whether two results are equal.

    Attributes
    ----------
    error
        The largest relative difference. Where nothing is wrong, differences that points at a threshold or an edge account
        for are left out.
    wrong
        What is not equal, as a sentence about the result; empty where all is.
    """

    error: float
    wrong: str = ""

    def __and__(self, other: "Agreement") -> "Agreement":
        return Agreement(max(self.error, other.error), self.wrong or other.wrong)


@dataclass(frozen=True)
class ResultPair:
    """A result beside the reference's, and what it takes to ask NumPy more.

    Attributes
    ----------
    problem, question
        What was answered.
    candidate, reference
        The result, and the reference's in the same dtype.
    dtype
        ``float64`` or ``float32``.
    """

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
        """Return an array of the result and NumPy's of that name."""
        return np.asarray(self.candidate.values[name]), np.asarray(self.reference.values[name])

    def numpy_run(self, question: Question) -> Result:
        """Answer another question by the reference."""
        return get_engine(REFERENCE).prepare(self.problem, question, Settings(self.dtype)).run()

    def shifted(self, sign: int) -> Question:
        """Move every threshold of the question by the tolerance, to let more points in (1) or fewer (-1)."""
        conditions = tuple(c for condition in self.question.where for c in shift(condition, sign * self.tolerance))
        shifted: Question = replace(self.question, where=conditions)
        return shifted


def relative(a: Array, b: Array) -> Array:
    """Compute differences relative to the larger of two numbers; 0 where they are equal or both NaN, inf where one is NaN."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        result = np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    return np.where(same, 0.0, np.where(np.isnan(result), np.inf, result))


def largest(errors: Array) -> float:
    """Find the largest of some errors; 0 where there are none."""
    return float(errors.max(initial=0.0))


def shift(condition: Condition, by: float) -> tuple[Condition, ...]:
    """Move a condition's threshold by a share of it: looser where ``by`` is above 0, tighter where it is below.

    Returns
    -------
    tuple
        Conditions that must all hold: a looser equality is two.
    """
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

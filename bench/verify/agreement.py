"""Whether two engines' results are equal: float64 to 1e-12 and float32 to 1e-5, relative, and what may differ beyond.

The reference is plain NumPy in the same dtype. A best point is judged by NumPy's value at its coordinates, since
equal points may tie. A count, a bin or an extreme may differ only by points within tolerance of a threshold or of a bin's
edge: NumPy then counts how many such points there are, so a difference is never waved through.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...kernels.model.kinds import ByKind
from ...kernels.model.questions import (
    Best,
    Decision,
    Histogram,
    Pareto,
    Problem,
    Quantiles,
    Question,
    Result,
    Sensitivity,
    Summary,
    Table,
)
from . import best, bins, decision_agreement, fronts, summary
from .tolerance import Agreement, ResultPair


@dataclass(frozen=True)
class ComparedKind:
    """How answers to questions of a kind are held against NumPy's.

    Attributes
    ----------
    whole
        Compares a result with the reference's. None for a table, which has no result of its own: its chunks are
        compared as they pass (`runner.table_walk`).
    at_points
        Checks what can be checked without NumPy's result, however large the grid: what is reported of single points. None
        where nothing is.
    in_groups
        Whether each group is an answer of its own, which can be held against NumPy's alone.
    of_met_alone
        Whether an answer says nothing of scenarios that do not meet the conditions, nor counts them.
    """

    whole: Callable[[ResultPair], Agreement] | None
    at_points: Callable[[Problem, Any, Result, str], Agreement] | None
    in_groups: bool = False
    of_met_alone: bool = False


KINDS: ByKind[ComparedKind] = ByKind(
    "bench.verify.agreement.KINDS",
    {
        Best: ComparedKind(whole=best.best, at_points=best.at_coordinates, in_groups=True, of_met_alone=True),
        Decision: ComparedKind(whole=decision_agreement.decision, at_points=decision_agreement.at_decisions, in_groups=True),
        Summary: ComparedKind(whole=summary.summary, at_points=None, in_groups=True),
        Quantiles: ComparedKind(whole=bins.quantiles, at_points=None, in_groups=True, of_met_alone=True),
        Histogram: ComparedKind(whole=bins.histogram, at_points=None),
        Sensitivity: ComparedKind(whole=summary.sensitivity, at_points=None),
        Pareto: ComparedKind(whole=fronts.pareto, at_points=fronts.at_coordinates, in_groups=True, of_met_alone=True),
        Table: ComparedKind(whole=None, at_points=None),
    },
)


def agreement(problem: Problem, question: Question, candidate: Result, reference: Result, dtype: str) -> Agreement:
    """Compare a result with the reference's.

    Parameters
    ----------
    problem, question
        What was answered.
    candidate, reference
        The result, and the reference's in the same dtype.
    dtype
        ``float64`` or ``float32``, which says how far apart equal results may be.

    Returns
    -------
    Agreement
        The largest relative difference, and what is not equal.

    Raises
    ------
    TypeError
        For a table, which is compared as it is walked.
    """
    compare = KINDS.of(question).whole
    if compare is None:
        raise TypeError(f"the result of a {question.kind} is compared as it is walked")
    return compare(ResultPair(problem, question, candidate, reference, dtype))


def agreement_at_points(problem: Problem, question: Question, result: Result, dtype: str) -> Agreement:
    """Check what a result reports of single points, as a best point's value and conditions, against NumPy's values there.

    It takes no pass over the grid, and finds nothing wrong where a kind reports no single points.

    Parameters
    ----------
    problem, question
        What was answered.
    result
        The answer to it.
    dtype
        ``float64`` or ``float32``, which says how far apart equal numbers may be.
    """
    check = KINDS.of(question).at_points
    return Agreement(0.0) if check is None else check(problem, question, result, dtype)

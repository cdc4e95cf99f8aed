"""Whether two engines' results are equal: float64 to 1e-12 and float32 to 1e-5, relative, and what may differ beyond.

The reference is the numpy engine in the same dtype. A best point is judged by NumPy's value at its coordinates, since
equal points may tie. A count, a bin or an extreme may differ only by points within tolerance of a threshold or of a bin's
edge: NumPy then counts how many such points there are, so a difference is never waved through.
"""

from collections.abc import Callable

from ...kernels.model.questions import (
    Best,
    Histogram,
    Pareto,
    Problem,
    Quantiles,
    Question,
    Result,
    Sensitivity,
    Summary,
)
from . import best, bins, fronts, summary
from .tolerance import Agreement, ResultPair

AGREEMENTS: dict[type[Question], Callable[[ResultPair], Agreement]] = {
    Best: best.best,
    Summary: summary.summary,
    Sensitivity: summary.sensitivity,
    Quantiles: bins.quantiles,
    Histogram: bins.histogram,
    Pareto: fronts.pareto,
}


def agreement(problem: Problem, question: Question, candidate: Result, reference: Result, dtype: str) -> Agreement:
    """How far a result is from the numpy engine's, and whether that is more than the dtype allows."""
    return AGREEMENTS[type(question)](ResultPair(problem, question, candidate, reference, dtype))

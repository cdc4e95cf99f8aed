"""Sensitivity from summaries: the variance of marginal means over the variance, axis by axis, on any engine.

Var(E[y | x]) needs only the mean at each index of an axis (I. M. Sobol', "Sensitivity estimates for nonlinear mathematical
models", 1993); every axis is one summary that keeps it. The variance is taken about a centre near the mean, so that little
is lost to cancellation.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..model.quantity import Quantity
from ..model.questions import Chunk, Problem, Result, Sensitivity, Summary
from .collapse import collapse

_CENTRE, _SQUARE = "sensitivity_centre", "sensitivity_square"


class _Prepare(Protocol):
    """What makes a run of a summary on some engine."""

    def __call__(self, problem: Problem, question: Summary) -> Any: ...


class SensitivityRun:
    """A sensitivity question on a grid, which is some summaries.

    Parameters
    ----------
    problem
        The model on its grid.
    question
        What is asked.
    prepare
        Makes a run of a summary on some engine.
    dtype
        ``float64`` or ``float32``, of all arithmetic.
    """

    def __init__(self, problem: Problem, question: Sensitivity, prepare: _Prepare, dtype: str):
        self.problem, self.question, self.prepare, self.dtype = problem, question, prepare, np.dtype(dtype)
        self.whole = self._summary(question.by)
        needed = {axis.name for axis in collapse(problem, question).problem.grid.axes}
        self.axes = [axis.name for axis in problem.grid.axes if axis.name not in question.by]
        self.marginal = {name: self._summary((*question.by, name)) for name in self.axes if name in needed}
        self._spread(0.0)  # compiled here, so that `run` only runs

    def _summary(self, by: tuple[str, ...]) -> Any:
        """Prepare the summary of the quantity that keeps some axes."""
        question = Summary(name=self.question.name, quantity=self.question.quantity, by=by, where=self.question.where)
        return self.prepare(self.problem, question)

    def _spread(self, centre: float) -> Any:
        """Prepare the summary of (y - centre)^2, the centre in the quantity's base unit."""
        name = self.question.quantity
        own = {
            _CENTRE: Quantity(_CENTRE, "", "given", ""),
            _SQUARE: Quantity(_SQUARE, "", "definition", "", lambda y, c: (y - c) * (y - c), (name, _CENTRE)),
        }
        problem = replace(self.problem, model=self.problem.model.extended(own), given={**self.problem.given, _CENTRE: centre})
        by, where = self.question.by, self.question.where
        return self.prepare(problem, Summary(name=self.question.name, quantity=_SQUARE, by=by, where=where))

    def run(self) -> Result:
        """Answer the question: see `Result` for what that holds."""
        whole = self.whole.run()
        mean, feasible = whole.values["mean"], whole.values["feasible"]
        known = np.isfinite(mean)
        centre = float(self.dtype.type(np.average(mean[known], weights=feasible[known]))) if known.any() else 0.0
        spread = self._spread(centre).run()
        with np.errstate(invalid="ignore", divide="ignore"):
            variance = np.maximum(spread.values["mean"] - (mean - centre) ** 2, 0.0)
            shares = np.stack([self._explained(name, mean, feasible) / variance for name in self.axes] or [mean], axis=-1)
        if not self.axes:
            shares = shares[..., :0]
        shares = np.where((variance > 0)[..., None], shares, np.nan)
        values = {"shares": shares, "interactions": 1.0 - shares.sum(axis=-1), "variance": variance}
        return Result(values, evaluated=whole.evaluated, nan=whole.nan)

    def _explained(self, name: str, mean: NDArray[Any], feasible: NDArray[Any]) -> NDArray[Any]:
        """Compute the variance of the means along one axis, each weighted by how many points are feasible there."""
        if name not in self.marginal:
            return np.zeros_like(mean)
        marginal = self.marginal[name].run().values
        weight = marginal["feasible"] / feasible[..., None]
        away = np.where(marginal["feasible"] > 0, marginal["mean"] - mean[..., None], 0.0)
        return np.asarray((weight * away**2).sum(axis=-1))

    def chunks(self) -> Iterator[Chunk]:
        """Refuse: raises TypeError, since this is no table."""
        raise TypeError("a sensitivity question gives no table")

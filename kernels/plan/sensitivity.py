"""Sensitivity from summaries: the variance of marginal means over the variance, axis by axis, on any engine.

Var(E[y | x]) needs only the mean at each index of an axis (I. M. Sobol', "Sensitivity estimates for nonlinear mathematical
models", 1993); every axis is one summary that keeps it. The variance is taken about a centre near the mean, so that little
is lost to cancellation; a sample of scenarios tells it, so that no summary waits for another. The means along an axis of joint
draws also tell what each drawn column explains (`reductions/column_shares.py`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..model.evaluate import evaluate_at, is_nan, meets
from ..model.grid import Axis
from ..model.quantity import Quantity
from ..model.questions import Chunk, Problem, Result, Sensitivity, Summary
from ..reductions.column_shares import MIN_DRAWS, column_shares
from .collapse import collapse, settled_axes

Array = NDArray[Any]

_CENTRE, _SQUARE = "sensitivity_centre", "sensitivity_square"


_SAMPLE = 4096  # scenarios: their mean is within a sixtieth of a standard deviation of that of all, mostly
_FEW = 16  # feasible ones among them, fewer of which tell too little


def _squared(value: Any, centre: Any) -> Any:
    """Square what a value is from the centre."""
    return (value - centre) * (value - centre)


@dataclass(frozen=True)
class _Along:
    """What one axis explains of each group's variance.

    Attributes
    ----------
    shares, errors
        Of the variance, with their standard errors: a last dimension over the axis's parts.
    error_of_sum, error_of_variance
        As in `ColumnShares`; 0 where the axis's points are all there are.
    """

    shares: Array
    errors: Array
    error_of_sum: Array
    error_of_variance: Array

    @classmethod
    def exact(cls, share: Array, parts: int = 1) -> "_Along":
        """Take the share of an axis whose points are all there are, or 0 of each of its parts; NaN where there is none."""
        none = 0.0 * share
        shares = np.repeat(share[..., None], parts, axis=-1)
        return cls(shares, 0.0 * shares, none, none)


def splits(axis: Axis) -> bool:
    """Tell whether an axis is of joint draws, so that each of its columns has a share of its own."""
    return axis.uncertain and axis.labels is None and len(axis.own_columns) > 1 and len(axis) >= MIN_DRAWS


def parts(problem: Problem, question: Sensitivity) -> list[str]:
    """Name what a variance is split into, in the order of the shares: axes, and in place of joint draws their columns.

    A column that has the name of another axis is named with its own axis before it: ``assumptions.site``.

    Parameters
    ----------
    problem
        The model on its grid.
    question
        What is asked: the axes that it keeps have no share.
    """
    names = []
    for axis in explaining_axes(problem, question):
        others = {other.name for other in problem.grid.axes if other is not axis}
        columns = [f"{axis.name}.{column}" if column in others else column for column in axis.own_columns]
        names += columns if splits(axis) else [axis.name]
    return names


def explaining_axes(problem: Problem, question: Sensitivity) -> list[Axis]:
    """List the axes that may explain a variance: all that are not kept, but for those that only statistics are over.

    Parameters
    ----------
    problem
        The model on its grid.
    question
        What is asked.
    """
    left = {*question.by, *settled_axes(problem, question)}
    return [axis for axis in problem.grid.axes if axis.name not in left]


class _Prepare(Protocol):
    """What makes a run of a summary on some engine."""

    def __call__(self, problem: Problem, question: Summary, /) -> Any: ...


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
        self.axes = explaining_axes(problem, question)
        self.marginal = {axis.name: self._summary((*question.by, axis.name)) for axis in self.axes if axis.name in needed}
        self.inputs = set(problem.model.inputs(question.targets(), problem.held()))
        self.centre = self._centre()
        self.spread = self._spread(self.centre)

    def _summary(self, by: tuple[str, ...]) -> Any:
        """Prepare the summary of the quantity that keeps some axes."""
        question = Summary(name=self.question.name, quantity=self.question.quantity, by=by, where=self.question.where)
        return self.prepare(self.problem, question)

    def _centre(self) -> float:
        """Find a number near the mean: that of a sample's feasible scenarios, of all scenarios where the sample has too few."""
        names = [self.question.quantity, *(name for condition in self.question.where for name in condition.names())]
        size = self.problem.grid.size
        flat = np.arange(size) if size <= _SAMPLE else np.random.default_rng(0).integers(size, size=_SAMPLE)
        values = evaluate_at(self.problem, names, flat, self.dtype.name)
        value = values[self.question.quantity]
        counts = np.isfinite(value) & ~is_nan(names, values)
        for condition in self.question.where:
            counts &= meets(condition, values, self.dtype)
        if counts.sum() < min(_FEW, size):
            whole = self.whole.run().values
            known = np.isfinite(whole["mean"])
            return float(np.average(whole["mean"][known], weights=whole["feasible"][known])) if known.any() else 0.0
        return float(self.dtype.type(value[counts].mean(dtype=np.float64)))

    def _spread(self, centre: float) -> Any:
        """Prepare the summary of (y - centre)^2, the centre in the quantity's base unit."""
        name = self.question.quantity
        own = {
            _CENTRE: Quantity(_CENTRE, "", "given", ""),
            _SQUARE: Quantity(_SQUARE, "", "definition", "", _squared, (name, _CENTRE)),
        }
        problem = replace(self.problem, model=self.problem.model.extended(own), given={**self.problem.given, _CENTRE: centre})
        by, where = self.question.by, self.question.where
        return self.prepare(problem, Summary(name=self.question.name, quantity=_SQUARE, by=by, where=where))

    def run(self) -> Result:
        """Answer the question: see `Result` for what that holds."""
        whole = self.whole.run()
        mean, feasible = whole.values["mean"], whole.values["feasible"]
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            variance = np.maximum(self.spread.run().values["mean"] - (mean - self.centre) ** 2, 0.0)
            along = self._all_along(mean, feasible, np.where(variance > 0, variance, np.nan))
        return Result({**_side_by_side(along, mean.shape), "variance": variance}, evaluated=whole.evaluated, nan=whole.nan)

    def _all_along(self, mean: Array, feasible: Array, variance: Array) -> list[_Along]:
        """Compute what each axis explains, one summary after the other; the variance is NaN where there is none."""
        along, drawn = [], {}
        for i, axis in enumerate(self.axes):
            share = np.zeros(mean.shape)
            if axis.name in self.marginal:
                marginal = self.marginal[axis.name].run().values
                share = _explained(marginal, mean, feasible)
                if splits(axis):
                    drawn[i] = {name: marginal[name] for name in ("mean", "feasible")}
            along.append(_Along.exact(share / variance, len(axis.own_columns) if splits(axis) else 1))
        total = sum((part.shares[..., 0] for part in along), np.zeros(mean.shape))
        split = {i: self._columns(self.axes[i], drawn[i], variance, total - along[i].shares[..., 0]) for i in drawn}
        return [split.get(i, part) for i, part in enumerate(along)]

    def _columns(self, axis: Axis, marginal: Mapping[str, Array], variance: Array, others: Array) -> _Along:
        """Compute what each column of joint draws explains; one that the quantity does not depend on explains nothing.

        Parameters
        ----------
        axis
            The draws.
        marginal
            The summary that keeps them.
        variance
            Of each group; NaN where there is none.
        others
            The share of it that the other axes explain.
        """
        matters = np.array([name in self.inputs for name in axis.own_columns])
        columns = [column for column, used in zip(axis.own_columns.values(), matters, strict=True) if used]
        means, weights = (marginal[name].reshape(-1, len(axis)) for name in ("mean", "feasible"))
        split = column_shares(columns, means, weights, variance.reshape(-1), others.reshape(-1))
        none = _Along.exact(0.0 * variance, len(matters))
        none.shares[..., matters] = split.shares.reshape(*variance.shape, len(columns))
        none.errors[..., matters] = split.errors.reshape(*variance.shape, len(columns))
        return replace(
            none,
            error_of_sum=split.error_of_sum.reshape(variance.shape),
            error_of_variance=split.error_of_variance.reshape(variance.shape),
        )

    def chunks(self) -> Iterator[Chunk]:
        """Refuse: raises TypeError, since this is no table."""
        raise TypeError("a sensitivity question gives no table")


def _explained(marginal: Mapping[str, Array], mean: Array, feasible: Array) -> Array:
    """Compute the variance of the means along one axis, each weighted by how many points are feasible there."""
    weight = marginal["feasible"] / feasible[..., None]
    away = np.where(marginal["feasible"] > 0, marginal["mean"] - mean[..., None], 0.0)
    return np.asarray((weight * away**2).sum(axis=-1))


def _side_by_side(along: list[_Along], shape: tuple[int, ...]) -> dict[str, Array]:
    """Put what the axes explain side by side; a share of one axis errs with the variance that draws of another give, too."""
    shares, errors = [np.zeros((*shape, 0))], [np.zeros((*shape, 0))]
    for part in along:
        wider = sum((other.error_of_variance**2 for other in along if other is not part), np.zeros(shape))
        shares.append(part.shares)
        errors.append(np.sqrt(part.errors**2 + part.shares**2 * wider[..., None]))
    side = np.concatenate(shares, axis=-1)
    return {
        "shares": side,
        "errors": np.concatenate(errors, axis=-1),
        "interactions": 1.0 - side.sum(axis=-1),
        "interactions_error": np.sqrt(sum((part.error_of_sum**2 for part in along), np.zeros(shape))),
    }

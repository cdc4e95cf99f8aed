"""Single decisions by NumPy: what holds over their draws, with every threshold a little tighter and a little looser."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...kernels.model.condition import Condition
from ...kernels.model.evaluate import dependence, evaluate_at, is_nan
from ...kernels.model.grid import Grid
from ...kernels.model.promises import SOFT, bounds, by_quantile, excess, share_excess
from ...kernels.model.questions import Decision, Problem
from ...kernels.model.statistics import AnyPromise, Measure, Promise, SharePromise, Statistic, rank
from ...kernels.model.weights import whole_weights
from ...kernels.reductions.draws import possible
from .tolerance import TOLERANCE, Array, met_within

MAX_POINTS = 2**21  # scenarios that are evaluated for the decisions of one question
CHUNK = 2**18  # scenarios that are evaluated together

Interval = tuple[Array, Array]  # what a number is at least and at most on any engine
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class DrawPoints:
    """The draws of a decision: how far each lies from the decision in flat index, and its whole weight, above 0.

    Attributes
    ----------
    offsets, weights
        Over the draws.
    """

    offsets: NDArray[np.int64]
    weights: NDArray[np.int64]

    @classmethod
    def of(cls, problem: Problem, question: Decision) -> "DrawPoints":
        """Make those that a question's statistics are over, over the axes that change something."""
        grid = problem.grid
        matter = frozenset[int]().union(*dependence(problem, question.targets()).values())
        offsets, weights = np.zeros(1, np.int64), np.ones(1, np.int64)
        axes = [axis for axis in question.draw_axes(grid) if grid.position(axis.name) in matter]
        for axis, whole in zip(axes, whole_weights([possible(axis) for axis in axes]), strict=True):
            places = np.arange(len(axis)) if axis.weights is None else np.flatnonzero(axis.weights)
            offsets = (offsets[:, None] + places * grid.strides[grid.position(axis.name)]).reshape(-1)
            weights = (weights[:, None] * whole).reshape(-1)
        return cls(offsets, weights)

    @property
    def total(self) -> int:
        """The whole weight of all draws."""
        return int(self.weights.sum())


def count_draws(grid: Grid, question: Decision) -> int:
    """Count the draws that a question's statistics are over, those of weight 0 too."""
    return math.prod(len(axis) for axis in question.draw_axes(grid))


def decided(problem: Problem, question: Decision, index: NDArray[np.int64], dtype: str) -> Iterator[tuple[slice, "Decided"]]:
    """Walk some decisions: which of them, and NumPy's values at all their draws.

    Parameters
    ----------
    problem, question
        What is decided.
    index
        The decisions' flat indices, in one dimension.
    dtype
        Of all arithmetic.
    """
    draws = DrawPoints.of(problem, question)
    step = max(CHUNK // len(draws.offsets), 1)
    for start in range(0, len(index), step):
        flat = index[start : start + step, None] + draws.offsets
        yield slice(start, start + step), Decided(draws, evaluate_at(problem, question.targets(), flat, dtype), dtype)


@dataclass(frozen=True)
class Decided:
    """Some decisions, and NumPy's values at all their draws.

    Attributes
    ----------
    draws
        Which they are.
    values
        By the quantity's name, in base units: (decisions, draws).
    dtype
        Of the values; its tolerance says how far other engines' may be off.
    """

    draws: DrawPoints
    values: Mapping[str, Array]
    dtype: str

    def statistic(self, statistic: Statistic) -> Array:
        """Compute a statistic of each decision; NaN where a draw is."""
        values, weights = self.values[statistic.quantity], self.draws.weights
        if statistic.measure is Measure.VALUE:
            return values[:, 0]
        if statistic.measure is Measure.MEAN:
            with np.errstate(all="ignore"):
                return np.asarray((values.astype(np.float64) @ weights.astype(np.float64)) / self.draws.total, self.dtype)
        order = np.argsort(values, axis=1)
        below = np.cumsum(weights[order], axis=1) < rank(statistic.share, self.draws.total)
        place = np.take_along_axis(order, below.sum(axis=1)[:, None], axis=1)
        return np.where(np.isnan(values).any(axis=1), np.nan, np.take_along_axis(values, place, axis=1)[:, 0])

    def slack(self, statistic: Statistic) -> Array:
        """Compute how far a statistic may be off on another engine: a mean's terms may cancel."""
        if statistic.measure is not Measure.MEAN:
            return self._slack(self.statistic(statistic))
        return self._slack(np.abs(self.values[statistic.quantity]).max(axis=1))

    def weight_within(self, conditions: Sequence[Condition]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Compute the least and the greatest whole weight of the draws that meet some conditions at once on any engine."""
        tight = loose = np.ones(next(iter(self.values.values())).shape, np.bool_)
        for condition in conditions:
            known = ~is_nan(condition.names(), self.values)
            surely, maybe = met_within(condition, self.values, self.dtype)
            tight, loose = tight & surely & known, loose & maybe & known
        low, high = (np.where(met, self.draws.weights, 0).sum(axis=1) for met in (tight, loose))
        return low, high

    def share_within(self, conditions: Sequence[Condition]) -> Interval:
        """Compute the least and the greatest share of the draws that meets some conditions at once on any engine."""
        low, high = self.weight_within(conditions)
        slack = TOLERANCE[self.dtype]
        return low / self.draws.total - slack, high / self.draws.total + slack

    def promised_within(self, promise: AnyPromise) -> Interval:
        """Compute between what the number that a promise is about lies on any engine."""
        if isinstance(promise, SharePromise):
            return self.share_within(promise.conditions)
        value, slack = self.statistic(promise.statistic).astype(np.float64), self.slack(promise.statistic)
        return value - slack, value + slack

    def may_meet(self, comparison: Condition | AnyPromise) -> Bools:
        """Tell which decisions may meet a condition or keep a promise on an engine."""
        sides = {"==": ("<=", ">="), "!=": ("<", ">")}.get(comparison.op, (comparison.op,))
        met = [self._may_meet_soft(replace(comparison, op=op)) for op in sides]
        result: Bools = np.logical_or.reduce(met) if comparison.op == "!=" else np.logical_and.reduce(met)
        return result

    def _may_meet_soft(self, comparison: Condition | AnyPromise) -> Bools:
        if isinstance(comparison, SharePromise):
            least, greatest = bounds(comparison, self.draws.total)
            low, high = self.weight_within(comparison.conditions)
            return np.asarray((high >= least) & (low <= greatest))
        condition, left = self._left(comparison)
        values = {**{name: array[:, 0] for name, array in self.values.items()}, condition.quantity: left}
        return np.asarray(met_within(condition, values, self.dtype)[1])

    def _left(self, comparison: Condition | Promise) -> tuple[Condition, Array]:
        """Give what is compared: as a condition, and its left side at each decision."""
        if isinstance(comparison, Condition):
            return comparison, self.values[comparison.quantity][:, 0]
        return comparison.on_a_draw()[0], self.statistic(comparison.statistic)

    def excess_within(self, comparisons: Sequence[Condition | AnyPromise]) -> Interval:
        """Compute between what the greatest excess over some comparisons lies on any engine; hard ones have none.

        Parameters
        ----------
        comparisons
            Conditions and promises.
        """
        ends = [self._excess_within(comparison) for comparison in comparisons if comparison.op in SOFT]
        low, high = (np.max([end[i] for end in ends], axis=0) for i in (0, 1))
        return low, high

    def _excess_within(self, comparison: Condition | AnyPromise) -> Interval:
        if not isinstance(comparison, Condition):
            comparison = by_quantile(comparison, self.draws.total)
        if isinstance(comparison, SharePromise):
            weights = self.weight_within(comparison.conditions)
            ends = [share_excess(comparison, weight, self.draws.total) for weight in weights]
            return np.min(ends, axis=0) - TOLERANCE[self.dtype], np.max(ends, axis=0) + TOLERANCE[self.dtype]
        condition, left = self._left(comparison)
        if isinstance(condition.value, str):
            bound = self.values[condition.value][:, 0].astype(np.float64)
        else:
            bound = np.full(len(left), condition.value, np.float64)
        exact = excess(condition.op, left.astype(np.float64), bound)
        off = self._slack(left) if isinstance(comparison, Condition) else self.slack(comparison.statistic)
        slack = (off + self._slack(bound)) / np.where(bound == 0, 1, np.abs(bound))
        return exact - slack, exact + slack

    def _slack(self, values: Array) -> Array:
        return np.where(np.isfinite(values), TOLERANCE[self.dtype] * np.abs(values.astype(np.float64)), 0.0)

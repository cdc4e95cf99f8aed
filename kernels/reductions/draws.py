"""The draws that a decision's statistics are over: the points of its reduced uncertain axes with their whole weights."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import EngineError
from ..host_memory import shortage, size_text
from ..model.condition import Condition
from ..model.evaluate import meets
from ..model.grid import Axis, Grid, Ints
from ..model.questions import Question
from ..model.statistics import AnyPromise, Measure, Promise, Statistic, rank
from ..model.weights import whole_weights

Values = Mapping[str, NDArray[Any]]  # of quantities by name: (decisions, draws), of 1 draw where none changes the quantity

_OF_A_VALUE = 4 * 8  # bytes: a value, its rank, its weight and the sum of weights up to it


def possible(axis: Axis) -> Axis:
    """Leave out an uncertain axis's points of weight 0, which count for nothing."""
    return axis if axis.weights is None or axis.weights.all() else axis.take(np.flatnonzero(axis.weights))


@dataclass(frozen=True)
class Draws:
    """The points of some uncertain axes, in the order of their flat index.

    Parameters
    ----------
    axes
        The axes, without points of weight 0.
    weights
        The whole weight of each draw.
    """

    axes: tuple[Axis, ...]
    weights: Ints

    @classmethod
    def of(cls, grid: Grid, question: Question) -> "Draws":
        """Make them of the uncertain axes that a question does not keep; one draw where there are none.

        Parameters
        ----------
        grid
            The axes.
        question
            What is asked of them.

        Raises
        ------
        EngineError
            Where there are too many for the memory that is free.
        """
        return cls.over(tuple(possible(axis) for axis in question.draw_axes(grid) or ()))

    @classmethod
    def over(cls, axes: tuple[Axis, ...]) -> "Draws":
        """Make them of axes without points of weight 0; one draw where there are none. Raises EngineError as `of` does."""
        check_memory(math.prod(map(len, axes)))
        weights = np.ones(1, np.int64)
        for whole in whole_weights(axes):
            weights = (weights[:, None] * whole).reshape(-1)
        return cls(axes, weights)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.weights)

    @property
    def total(self) -> int:
        """The whole weight of all of them."""
        return int(self.weights.sum())

    def arranged(self, values: Mapping[str, Any], shape: Sequence[int]) -> dict[str, NDArray[Any]]:
        """Arrange the values of a block of decisions with all their draws as (decisions, draws), or (decisions, 1).

        Parameters
        ----------
        values
            By the quantity's name: they broadcast to the block's shape with a dimension for each of the axes behind it.
        shape
            The shape of the block of decisions.
        """
        behind, count = len(self.axes), math.prod(shape)
        result = {}
        for name, array in values.items():
            array = np.asarray(array).reshape((1,) * (len(shape) + behind - np.ndim(array)) + np.shape(array))
            drawn = tuple(map(len, self.axes)) if any(n > 1 for n in array.shape[len(shape) :]) else (1,) * behind
            result[name] = np.broadcast_to(array, (*shape, *drawn)).reshape(count, -1)
        return result

    def statistic(self, statistic: Statistic, values: Values) -> NDArray[Any]:
        """Compute a statistic of each decision: (decisions,), NaN where the quantity is NaN at a draw.

        Parameters
        ----------
        statistic
            A mean, a quantile or the value of what no draw changes.
        values
            Of the quantities.
        """
        array = values[statistic.quantity]
        if statistic.measure is Measure.VALUE:
            return array[:, 0]
        if statistic.measure is Measure.QUANTILE:
            return self.quantiles(array, [rank(statistic.share, self.total)])[:, 0]
        with np.errstate(all="ignore"):
            total = (np.broadcast_to(array, (len(array), self.count)).astype(np.float64) * self.weights).sum(axis=1)
            return np.asarray(total / self.total).astype(array.dtype)

    def quantiles(self, array: NDArray[Any], ranks: Sequence[int]) -> NDArray[Any]:
        """Find the smallest values whose cumulative weight reaches some ranks, by sorting.

        Parameters
        ----------
        array
            (decisions, draws) or (decisions, 1).
        ranks
            Cumulative whole weights, from 1 to `total`.

        Returns
        -------
        NDArray
            (decisions, ranks); NaN where a draw is NaN.
        """
        if array.shape[1] == 1:
            return np.repeat(array, len(ranks), axis=1)
        if (self.weights == self.weights[0]).all():  # values alone are sorted some ten times faster than places
            ascending = np.sort(array, axis=1)
            chosen = ascending[:, [-(-rank // int(self.weights[0])) - 1 for rank in ranks]]
        else:
            order = np.argsort(array, axis=1, kind="stable")
            ascending = np.take_along_axis(array, order, axis=1)
            reached = np.cumsum(self.weights[order], axis=1)
            places = np.stack([(reached >= rank).argmax(axis=1) for rank in ranks], axis=1)
            chosen = np.take_along_axis(ascending, places, axis=1)
        unknown = np.isnan(ascending[:, -1:])  # NaN is sorted behind everything
        return np.where(unknown, np.nan, chosen).astype(array.dtype)

    def met(self, conditions: Sequence[Condition], values: Values) -> NDArray[np.bool_]:
        """Tell which draws meet all of some conditions: (decisions, draws); none with a NaN does.

        Parameters
        ----------
        conditions
            Conditions on quantities.
        values
            Of the quantities.
        """
        shape = (len(next(iter(values.values()))), self.count)
        result = np.ones(shape, np.bool_)
        for condition in conditions:
            result &= meets(condition, values, values[condition.quantity].dtype)
        return result

    def weight(self, met: NDArray[np.bool_]) -> Ints:
        """Add up the whole weights of the draws that are marked: of (decisions, draws) to (decisions,)."""
        return np.asarray(np.where(met, self.weights, 0).sum(axis=1, dtype=np.int64))

    def share(self, conditions: Sequence[Condition], values: Values) -> NDArray[np.float64]:
        """Compute the share of draws, from 0 to 1, that meet all of some conditions: (decisions,).

        Parameters
        ----------
        conditions
            Conditions on quantities.
        values
            Of the quantities.
        """
        return np.asarray(self.weight(self.met(conditions, values)) / self.total)

    def promised(self, promise: AnyPromise, values: Values) -> NDArray[Any]:
        """Compute what a promise is about: its statistic, or its share of the draws: (decisions,).

        Parameters
        ----------
        promise
            The promise.
        values
            Of the quantities.
        """
        if isinstance(promise, Promise):
            return self.statistic(promise.statistic, values)
        return self.share(promise.conditions, values)


def check_memory(values: int) -> None:
    """Refuse draws that do not fit in memory.

    Parameters
    ----------
    values
        How many values one decision has: its draws, times the quantities that are kept of them.

    Raises
    ------
    EngineError
        Where they take more than is free.
    """
    needed = _OF_A_VALUE * values
    free = shortage(needed)
    if free:
        raise EngineError(f"the draws of one decision take {size_text(needed)} of memory, and {free} are free; use fewer draws")

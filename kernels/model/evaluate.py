"""A model's quantities as NumPy arrays: on a block of the grid by broadcasting, or at single points."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .comparisons import COMPARISONS
from .condition import Condition
from .questions import Problem


def dependence(problem: Problem, targets: Iterable[str]) -> dict[str, frozenset[int]]:
    """Find the axes that each quantity's value depends on, for all quantities that the targets need.

    Parameters
    ----------
    problem
        The model on its grid.
    targets
        Names of quantities.

    Returns
    -------
    dict
        Positions of axes by the quantity's name, each quantity after those it needs.

    Raises
    ------
    ValueError
        Where an input has no value.
    """
    held, column_axis = problem.held(), problem.grid.column_axis
    result: dict[str, frozenset[int]] = {}
    for item in problem.model.order(targets, held):
        if item.name in problem.statistics:
            result[item.name] = problem.statistics[item.name].axes(problem)
        elif item.name in column_axis:
            result[item.name] = frozenset((column_axis[item.name],))
        elif item.name in held:
            result[item.name] = frozenset()
        elif item.given:
            raise ValueError(f"the input {item.name!r} has no value")
        else:
            item.check_alone(column_axis)
            result[item.name] = frozenset().union(*(result[parameter] for parameter in item.parameters))
    return result


def as_dtype(value: Any, dtype: np.dtype[Any]) -> Any:
    """Cast an array or a number to the dtype, without a copy where it has it already."""
    return np.asarray(value, dtype=dtype)[()]


class Evaluator:
    """NumPy's evaluation of quantities on blocks of a grid, each on the smallest sub-grid that it depends on.

    A block is one slice per axis. What did not change since the last block is kept.

    Parameters
    ----------
    problem
        The model on its grid.
    targets
        Names of the quantities that are wanted.
    dtype
        ``float64`` or ``float32``, of all arithmetic.

    Raises
    ------
    ValueError
        Where an input has no value.
    """

    def __init__(self, problem: Problem, targets: Sequence[str], dtype: str):
        self.problem, self.dtype = problem, np.dtype(dtype)
        self.axes_of = dependence(problem, targets)
        self.order = problem.model.order(targets, problem.held())
        self._columns = {
            name: as_dtype(problem.grid.axes[axis].columns[name], self.dtype)
            for name, axis in problem.grid.column_axis.items()
            if name in self.axes_of
        }
        self._kept: dict[str, tuple[tuple[slice, ...], Any]] = {}

    def block(self, slices: Sequence[slice]) -> dict[str, Any]:
        """Compute the quantities on a block of the grid.

        Parameters
        ----------
        slices
            One per axis, with a start and a stop.

        Returns
        -------
        dict
            Values in base units by the quantity's name: one number, or an array with one dimension per axis, of length 1
            where the quantity does not depend on that axis.
        """
        values: dict[str, Any] = {}
        with np.errstate(all="ignore"):
            for item in self.order:
                key = tuple(slices[axis] for axis in sorted(self.axes_of[item.name]))
                kept = self._kept.get(item.name)
                if kept is None or kept[0] != key:
                    kept = self._kept[item.name] = (key, self._value(item, values, slices))
                values[item.name] = kept[1]
        return values

    def _value(self, item: Any, values: Mapping[str, Any], slices: Sequence[slice]) -> Any:
        grid = self.problem.grid
        if item.name in self.problem.statistics:
            return self._statistic(item.name, slices)
        if item.name in self._columns:
            axis = grid.column_axis[item.name]
            shape = [1] * len(grid.axes)
            shape[axis] = -1
            return self._columns[item.name][slices[axis]].reshape(shape)
        if item.name in self.problem.given:
            return self.dtype.type(self.problem.given[item.name])
        return as_dtype(item.function(*(values[parameter] for parameter in item.parameters)), self.dtype)

    def _statistic(self, name: str, slices: Sequence[slice]) -> Any:
        """Look up a statistic on a block, with one dimension per axis."""
        indices = {
            axis.name: np.arange(part.start, part.stop).reshape([-1 if j == i else 1 for j in range(len(slices))])
            for i, (axis, part) in enumerate(zip(self.problem.grid.axes, slices, strict=True))
        }
        return as_dtype(self.problem.statistics[name].at(self.problem, indices, self.dtype.name), self.dtype)


def evaluate_at(
    problem: Problem, names: Sequence[str], flat: NDArray[np.int64], dtype: str = "float64"
) -> dict[str, NDArray[Any]]:
    """Compute quantities at single points of the grid.

    Parameters
    ----------
    problem
        The model on its grid.
    names
        The quantities.
    flat
        The points' flat indices, of any shape.
    dtype
        ``float64`` or ``float32``, of all arithmetic.

    Returns
    -------
    dict
        Values in base units by the quantity's name, each array of the shape of ``flat``.

    Raises
    ------
    ValueError
        Where an input has no value.
    """
    flat, real = np.asarray(flat, dtype=np.int64), np.dtype(dtype)
    held, column_axis, indices = problem.held(), problem.grid.column_axis, problem.grid.indices(flat)
    places = {axis.name: index for axis, index in zip(problem.grid.axes, indices, strict=True)}
    values: dict[str, Any] = {}
    with np.errstate(all="ignore"):
        for item in problem.model.order(names, held):
            if item.name in problem.statistics:
                values[item.name] = as_dtype(problem.statistics[item.name].at(problem, places, dtype), real)
            elif item.name in column_axis:
                axis = column_axis[item.name]
                values[item.name] = as_dtype(problem.grid.axes[axis].columns[item.name], real)[indices[axis]]
            elif item.name in held:
                values[item.name] = real.type(problem.given[item.name])
            elif item.function is None:
                raise ValueError(f"the input {item.name!r} has no value")
            else:
                item.check_alone(column_axis)
                values[item.name] = as_dtype(item.function(*(values[p] for p in item.parameters)), real)
    return {name: np.broadcast_to(values[name], flat.shape) for name in names}


def as_threshold(value: float, dtype: np.dtype[Any]) -> Any:
    """Cast a threshold; one that float32 does not hold is infinite there."""
    with np.errstate(over="ignore"):
        return dtype.type(value)


def meets(condition: Condition, values: Mapping[str, Any], dtype: np.dtype[Any]) -> Any:
    """Tell where a condition holds; a NaN never meets one (not even ``!=``).

    Parameters
    ----------
    condition
        The comparison.
    values
        Values in base units by the quantity's name: arrays that broadcast together.
    dtype
        That of the values, to which the threshold is cast.
    """
    left = values[condition.quantity]
    right = values[condition.value] if isinstance(condition.value, str) else as_threshold(condition.value, dtype)
    result = COMPARISONS[condition.op].compute(left, right)
    return result & (left == left) & (right == right) if condition.op == "!=" else result


def is_nan(names: Iterable[str], values: Mapping[str, Any]) -> Any:
    """Tell where any of the named quantities is NaN, from their values by name."""
    result: Any = np.False_
    for name in names:
        result = result | np.isnan(values[name])
    return result

"""A model's quantities as NumPy arrays: on a block of the grid by broadcasting, or at single points."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .questions import Condition, Problem

_COMPARE = {
    "<=": np.less_equal, ">=": np.greater_equal, "<": np.less, ">": np.greater, "==": np.equal, "!=": np.not_equal,
}  # fmt: skip


def dependence(problem: Problem, targets: Iterable[str]) -> dict[str, frozenset[int]]:
    """For every quantity that the targets need: the positions of the axes that its value depends on."""
    held, column_axis = problem.held(), problem.grid.column_axis
    result: dict[str, frozenset[int]] = {}
    for item in problem.model.order(targets, held):
        if item.name in column_axis:
            result[item.name] = frozenset((column_axis[item.name],))
        elif item.name in held:
            result[item.name] = frozenset()
        elif item.given:
            raise ValueError(f"the input {item.name!r} has no value")
        else:
            result[item.name] = frozenset().union(*(result[parameter] for parameter in item.parameters))
    return result


def as_dtype(value: Any, dtype: np.dtype[Any]) -> Any:
    """An array or a scalar in the dtype, without a copy where it has it already."""
    return np.asarray(value, dtype=dtype)[()]


class Evaluator:
    """Evaluates quantities on blocks of a grid, each on the smallest sub-grid that it depends on.

    A block is one slice per axis. What did not change since the last block is kept.
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
        """Values on the block; each array has one dimension per axis, of length 1 where it does not depend on it."""
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
        if item.name in self._columns:
            axis = grid.column_axis[item.name]
            shape = [1] * len(grid.axes)
            shape[axis] = -1
            return self._columns[item.name][slices[axis]].reshape(shape)
        if item.name in self.problem.given:
            return self.dtype.type(self.problem.given[item.name])
        return as_dtype(item.function(*(values[parameter] for parameter in item.parameters)), self.dtype)


def evaluate_at(
    problem: Problem, names: Sequence[str], flat: NDArray[np.int64], dtype: str = "float64"
) -> dict[str, NDArray[Any]]:
    """The named quantities at the points with these flat indices (any shape), in base units."""
    flat, real = np.asarray(flat, dtype=np.int64), np.dtype(dtype)
    held, column_axis, indices = problem.held(), problem.grid.column_axis, problem.grid.indices(flat)
    values: dict[str, Any] = {}
    with np.errstate(all="ignore"):
        for item in problem.model.order(names, held):
            if item.name in column_axis:
                axis = column_axis[item.name]
                values[item.name] = as_dtype(problem.grid.axes[axis].columns[item.name], real)[indices[axis]]
            elif item.name in held:
                values[item.name] = real.type(problem.given[item.name])
            elif item.function is None:
                raise ValueError(f"the input {item.name!r} has no value")
            else:
                values[item.name] = as_dtype(item.function(*(values[p] for p in item.parameters)), real)
    return {name: np.broadcast_to(values[name], flat.shape) for name in names}


def meets(condition: Condition, values: Mapping[str, Any], dtype: np.dtype[Any]) -> Any:
    """Where a condition holds; a NaN never meets one (not even ``!=``)."""
    left = values[condition.quantity]
    right = values[condition.value] if isinstance(condition.value, str) else dtype.type(condition.value)
    result = _COMPARE[condition.op](left, right)
    return result & (left == left) & (right == right) if condition.op == "!=" else result


def is_nan(names: Iterable[str], values: Mapping[str, Any]) -> Any:
    """Where any of the named quantities is NaN."""
    result: Any = np.False_
    for name in names:
        result = result | np.isnan(values[name])
    return result

"""Sums along an axis, computed once by NumPy and read by every engine as columns.

``cumulative(x, along)`` and ``total(x, along)`` are the only formulas that see more than one point of a grid. What they sum
depends on few axes (periods, phases, draws), so it is evaluated there beforehand, summed in the order of the axis's points, and
written back as columns: of the longest axis that the sum still depends on, one column for each point of the others, among
which the formula then selects. So the loops of no engine know of sums, what does not depend on one is as fast as without, and
what does costs a few selections. Unrolling the sums into the formulas was the other way: 28 quarters of 12 phases would be
thousands of operations for each of them.

Sums are in float64 whatever an engine computes in.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .grid import SUM_COLUMN, Axis, Floats, Grid
from .named_number import ModelError, Quantity, SumAlong
from .operations import where
from .quantity import Model
from .questions import Problem

MAX_VALUES = 2**26  # of one quantity that is evaluated for a sum
MAX_CHOICES = 512  # points of the other axes, among which a sum selects


@dataclass(frozen=True)
class _Sum:
    """A sum's values, with one dimension per axis of the grid, and the drawn inputs that it depends on."""

    item: Quantity
    values: Floats
    inputs: tuple[str, ...]


def sums_along(model: Model, targets: Iterable[str], held: Iterable[str]) -> dict[str, SumAlong]:
    """Find the sums among all that some targets need, by their names.

    Parameters
    ----------
    model
        The quantities.
    targets, held
        What is wanted, and what has a value in place of its formula.
    """
    held = frozenset(held)
    order = model.order(targets, held)
    return {item.name: item.sum_along for item in order if item.sum_along is not None and item.name not in held}


def with_sums(problem: Problem, targets: Sequence[str], summed: Iterable[str] = ()) -> Problem:
    """Compute the sums that some targets need, so that every other formula sees single points alone.

    Parameters
    ----------
    problem
        The model on its grid.
    targets
        Names of quantities.
    summed
        Names of axes that are there to be summed over; the problem that comes back has them no more.

    Raises
    ------
    ModelError
        Where a target depends on a summed axis without a total, or a sum has too many values.
    """
    found = sums_along(problem.model, targets, problem.held())
    carried = [name for name, along in found.items() if along.along in problem.grid.column_axis]
    changed = _tabulated(problem, carried) if carried else problem
    gone = set(summed)
    if not gone:
        return changed
    _check_gone(changed, targets, gone)
    return replace(changed, grid=Grid(tuple(axis for axis in changed.grid.axes if axis.name not in gone)))


def _check_gone(problem: Problem, targets: Sequence[str], gone: set[str]) -> None:
    """Refuse targets that depend on an axis that is only summed over."""
    columns = {name: axis.name for axis in problem.grid.axes if axis.name in gone for name in axis.columns}
    for target in targets:
        for name in problem.model.inputs([target], problem.held()):
            if name in columns:
                raise ModelError(
                    f"{target} depends on {name} of the axis {columns[name]}, which is only summed over; "
                    "ask for a total over it, total(x, along)"
                )


def _tabulated(problem: Problem, names: Sequence[str]) -> Problem:
    """Put columns and selections in place of sums."""
    sums = _evaluate(problem, names)
    axes = {axis.name: dict(axis.columns) for axis in problem.grid.axes}
    given, extra = dict(problem.given), dict[str, Quantity]()
    for number, name in enumerate(names):
        extra |= _written(problem.grid, sums[name], number, axes, given)
    grid = Grid(tuple(replace(axis, columns=axes[axis.name]) for axis in problem.grid.axes))
    return replace(problem, model=problem.model.extended(extra), grid=grid, given=given)


def _written(
    grid: Grid, found: _Sum, number: int, axes: Mapping[str, dict[str, Floats]], given: dict[str, float]
) -> dict[str, Quantity]:
    """Write one sum as columns, and return the quantities that select among them."""
    item, values = found.item, found.values
    own = [i for i, length in enumerate(values.shape) if length > 1]
    if not own:
        given[item.name] = float(values.reshape(-1)[0])
        return {}
    longest = max(own, key=lambda i: values.shape[i])
    others = [i for i in own if i != longest]
    choices = math.prod(values.shape[i] for i in others)
    if choices > MAX_CHOICES:
        said = " x ".join(f"{grid.axes[i].name} ({values.shape[i]})" for i in others)
        raise ModelError(
            f"{item.name} is a sum that differs over {said} beside {grid.axes[longest].name}: {choices:,} curves, and at most "
            f"{MAX_CHOICES} can be; take points away from one of these axes"
        )
    rows = np.moveaxis(values, longest, -1).reshape(choices, values.shape[longest])
    columns = [f"{SUM_COLUMN}{item.name} {k}" for k in range(choices)]
    for column, row in zip(columns, rows, strict=True):
        axes[grid.axes[longest].name][column] = np.ascontiguousarray(row)
    places = [f"{SUM_COLUMN}place along {grid.axes[i].name}" for i in others]
    for i, place in zip(others, places, strict=True):
        axes[grid.axes[i].name][place] = np.arange(values.shape[i], dtype=np.float64)
    made = {name: Quantity(name, item.unit, "given", f"{item.doc} At one point.", low=-math.inf) for name in columns}
    made |= {name: Quantity(name, "", "given", "The place along an axis, from 0.") for name in places}
    select = _selection([values.shape[i] for i in others], len(columns))
    drawn = tuple(name for name in found.inputs if name not in places)
    chosen = replace(item, function=select, parameters=(*places, *columns, *drawn), sum_along=None)
    return made | {item.name: chosen}


def _selection(lengths: Sequence[int], count: int) -> Callable[..., Any]:
    """Make a formula that selects a column by the places along some axes; what comes after the columns is not read."""

    def select(*values: Any) -> Any:
        places, columns = values[: len(lengths)], values[len(lengths) : len(lengths) + count]
        flat: Any = None
        for place, length in zip(places, lengths, strict=True):
            flat = place if flat is None else flat * float(length) + place
        return columns[0] if flat is None else _halved(flat, columns, 0)

    return select


def _halved(flat: Any, columns: Sequence[Any], first: int) -> Any:
    """Select by halves: as many selections as one after the other, of which few wait for each other."""
    if len(columns) == 1:
        return columns[0]
    half = len(columns) // 2
    low, high = _halved(flat, columns[:half], first), _halved(flat, columns[half:], first + half)
    return where(flat < first + half - 0.5, low, high)


def _evaluate(problem: Problem, names: Sequence[str]) -> dict[str, _Sum]:
    """Evaluate sums, and what they need, with one dimension per axis."""
    grid, held = problem.grid, problem.held()
    drawn = {column for axis in grid.axes if axis.uncertain for column in axis.columns}
    values, inputs = dict[str, Any](), dict[str, frozenset[str]]()
    with np.errstate(all="ignore"):
        for item in problem.model.order(names, held):
            parts = frozenset().union(*(inputs[name] for name in item.parameters)) if item.name not in held else frozenset()
            inputs[item.name] = parts | ({item.name} if item.name in drawn else set())
            values[item.name] = _value(problem, item, values, item.name in held)
    return {name: _Sum(problem.model[name], values[name], tuple(sorted(inputs[name]))) for name in names}


def _value(problem: Problem, item: Quantity, values: Mapping[str, Any], held: bool) -> Floats:
    grid = problem.grid
    shape = [1] * len(grid.axes)
    if item.name in grid.column_axis:
        axis = grid.column_axis[item.name]
        shape[axis] = -1
        return np.asarray(grid.axes[axis].columns[item.name], dtype=np.float64).reshape(shape)
    if held:
        return np.full(shape, problem.given[item.name])
    if item.function is None:
        raise ModelError(f"the input {item.name!r} has no value")
    _check_size(item, [values[name].shape for name in item.parameters], grid.axes)
    if item.sum_along is None or item.sum_along.along not in grid.column_axis:
        return np.asarray(item.function(*(values[name] for name in item.parameters)), dtype=np.float64)
    position = grid.column_axis[item.sum_along.along]
    return _along(item.sum_along.kind, values[item.sum_along.of], position, len(grid.axes[position]))


def _along(kind: str, values: Floats, position: int, length: int) -> Floats:
    """Sum along an axis, in the order of its points."""
    whole = list(values.shape)
    whole[position] = length
    sums: Floats = np.cumsum(np.broadcast_to(values, whole), axis=position)
    return sums if kind == "cumulative" else np.take(sums, [-1], axis=position)


def _check_size(item: Quantity, shapes: Sequence[tuple[int, ...]], axes: Sequence[Axis]) -> None:
    lengths = [max(along) for along in zip(*shapes, strict=True)] if shapes else []
    if math.prod(lengths) > MAX_VALUES:
        said = " x ".join(f"{axis.name} ({n:,})" for axis, n in zip(axes, lengths, strict=True) if n > 1)
        raise ModelError(
            f"{item.name} is summed along an axis and differs over {said}: {math.prod(lengths):,} values, and at most "
            f"{MAX_VALUES:,} are computed beforehand; take points or draws away"
        )

"""Sums along an axis, computed once by NumPy and read by every engine as columns.

``cumulative(x, along)`` and ``total(x, along)`` are the only formulas that see more than one point of a grid. What they sum
depends on few axes (periods, phases, draws), so it is evaluated there beforehand, summed in the order of the axis's points, and
written back as columns: of the longest axis that the sum still depends on, one column for each point of the others, among
which the formula then selects. So the loops of no engine know of sums, what does not depend on one is as fast as without, and
what does costs a few selections, where the plan cannot do them further out. Unrolling the sums into the formulas was the other
way: 28 quarters of 12 phases would be thousands of operations for each of them.

What equal means: what is summed, and the sums, are NumPy's in float64 whatever an engine computes in, added one after the other
from the first point on, and cast to the engine's type when read. NaN and infinity are summed as any number: from a NaN on, all
that is cumulated is NaN, and so is the total. Weights of uncertain points play no part.
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

MAX_VALUES = 2**27  # of one quantity that is evaluated for a sum
BLOCK_VALUES = 2**18  # of one quantity that are evaluated at once, where an axis can be cut that nothing is summed along
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

    Raises
    ------
    ModelError
        Where the second argument of a sum is computed, and no input.
    """
    held = frozenset(held)
    order = model.order(targets, held)
    sums = {item.name: item.sum_along for item in order if item.sum_along is not None and item.name not in held}
    for name, along in sums.items():
        if not model[along.along].given:
            raise ModelError(
                f"{name} is summed along {along.along}, which is computed; an axis is named by an input that it brings"
            )
    return sums


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
        Where a target depends on a summed axis without a total, a sum is along an uncertain axis, or it has too many values.
    """
    sums = sums_along(problem.model, targets, problem.held())
    carried = [name for name, along in sums.items() if along.along in problem.grid.column_axis]
    for name in carried:
        axis = problem.grid.axes[problem.grid.column_axis[sums[name].along]]
        if axis.uncertain:
            raise ModelError(
                f"{name} is summed along {sums[name].along}, which the uncertain axis {axis.name} brings: of its points only "
                f"one holds; give {sums[name].along} on an axis that is not uncertain, or ask for mean(...) of what is summed"
            )
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
                said = "" if name.startswith(SUM_COLUMN) else f"{name} of "
                raise ModelError(
                    f"{target} depends on {said}the axis {columns[name]}, which is only summed over; ask for a quantity that "
                    "is a total over it, total(x, along), or leave out summed = true"
                )


def _tabulated(problem: Problem, names: Sequence[str]) -> Problem:
    """Put columns and selections in place of sums."""
    sums = _evaluate(problem, names)
    axes = {axis.name: dict(axis.columns) for axis in problem.grid.axes}
    given, extra = dict(problem.given), dict[str, Quantity]()
    for name in names:
        extra |= _written(problem.grid, sums[name], axes, given)
    grid = Grid(tuple(replace(axis, columns=axes[axis.name]) for axis in problem.grid.axes))
    return replace(problem, model=problem.model.extended(extra), grid=grid, given=given)


def _written(grid: Grid, of: _Sum, axes: Mapping[str, dict[str, Floats]], given: dict[str, float]) -> dict[str, Quantity]:
    """Write one sum as columns, and return the quantities that select among them."""
    item, values = of.item, of.values
    own = [i for i, length in enumerate(values.shape) if length > 1]
    longest = max(own, key=lambda i: values.shape[i], default=0)
    others = [i for i in own if i != longest]
    choices = math.prod(values.shape[i] for i in others)
    if choices > MAX_CHOICES:
        said = " x ".join(f"{grid.axes[i].name} ({values.shape[i]})" for i in others)
        raise ModelError(
            f"{item.name} is a sum that differs over {said} beside {grid.axes[longest].name}: {choices:,} curves, and at most "
            f"{MAX_CHOICES} can be; take points away from one of these axes"
        )
    columns = [f"{SUM_COLUMN}{item.name} {k}" for k in range(choices)]
    if own:
        rows = np.moveaxis(values, longest, -1).reshape(choices, values.shape[longest])
        for column, row in zip(columns, rows, strict=True):
            axes[grid.axes[longest].name][column] = np.ascontiguousarray(row)
    else:
        given[columns[0]] = float(values.reshape(-1)[0])
    places = [f"{SUM_COLUMN}place along {grid.axes[i].name}" for i in others]
    for i, place in zip(others, places, strict=True):
        axes[grid.axes[i].name][place] = np.arange(values.shape[i], dtype=np.float64)
    made = {name: Quantity(name, item.unit, "given", f"{item.doc} At one point.", low=-math.inf) for name in columns}
    made |= {name: Quantity(name, "", "given", "The place along an axis, from 0.") for name in places}
    select = _selection([values.shape[i] for i in others], len(columns))
    drawn = tuple(name for name in of.inputs if name not in places)
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
    """Evaluate sums, and what they need, with one dimension per axis: in blocks of an axis that nothing is summed along."""
    grid, order = problem.grid, problem.model.order(names, problem.held())
    depends, inputs = _dependence(problem, order)
    sizes = {name: math.prod(grid.shape[axis] for axis in axes) for name, axes in depends.items()}
    widest = max(sizes, key=lambda name: sizes[name])
    if sizes[widest] > MAX_VALUES:
        said = " x ".join(f"{grid.axes[axis].name} ({grid.shape[axis]:,})" for axis in sorted(depends[widest]))
        raise ModelError(
            f"{widest} is needed for a sum along an axis and differs over {said}: {sizes[widest]:,} values, and at most "
            f"{MAX_VALUES:,} are computed beforehand; take points or draws away"
        )
    fixed = {grid.column_axis[item.sum_along.along] for item in order if item.sum_along and _is_carried(problem, item)}
    free = max((axis for axis in depends[widest] if axis not in fixed), key=lambda axis: grid.shape[axis], default=-1)
    length = grid.shape[free] if free >= 0 else 1
    step = max(BLOCK_VALUES * length // sizes[widest], 1)
    known, parts = dict[str, Floats](), list[dict[str, Floats]]()
    for start in range(0, length, step):
        part = problem if free < 0 else replace(problem, grid=_cut(grid, free, start, start + step))
        values = _values(part, order, known)
        known = {name: value for name, value in values.items() if free not in depends[name]}
        parts.append({name: values[name] for name in names})
    return {
        name: _Sum(
            problem.model[name],
            np.concatenate([part[name] for part in parts], axis=free) if free in depends[name] else parts[0][name],
            inputs[name],
        )
        for name in names
    }


def _is_carried(problem: Problem, item: Quantity) -> bool:
    """Tell whether a quantity is a sum over the points of an axis."""
    along = item.sum_along
    return along is not None and item.name not in problem.held() and along.along in problem.grid.column_axis


def _dependence(problem: Problem, order: Sequence[Quantity]) -> tuple[dict[str, frozenset[int]], dict[str, tuple[str, ...]]]:
    """Find the axes that quantities differ over, before and after they are summed, and the drawn inputs that they need."""
    column_axis, held, none = problem.grid.column_axis, problem.held(), frozenset[Any]()
    axes, drawn = dict[str, frozenset[int]](), dict[str, frozenset[str]]()
    for item in order:
        parameters = () if item.name in held else item.parameters
        own = frozenset((column_axis[item.name],)) if item.name in column_axis else none
        axes[item.name] = own.union(*(axes[name] for name in parameters))
        drawn[item.name] = none.union(*(drawn[name] for name in parameters))
        if own and problem.grid.axes[column_axis[item.name]].uncertain:
            drawn[item.name] = frozenset((item.name,))
        if _is_carried(problem, item) and item.sum_along is not None and item.sum_along.kind == "total":
            axes[item.name] -= {column_axis[item.sum_along.along]}
    return axes, {name: tuple(sorted(names)) for name, names in drawn.items()}


def _cut(grid: Grid, axis: int, start: int, stop: int) -> Grid:
    """Keep some neighbouring points of an axis."""
    own = grid.axes[axis]
    columns = {name: values[start:stop] for name, values in own.columns.items()}
    return Grid(tuple(Axis(own.name, columns) if i == axis else other for i, other in enumerate(grid.axes)))


def _values(problem: Problem, order: Sequence[Quantity], known: Mapping[str, Floats]) -> dict[str, Floats]:
    """Evaluate quantities in their order, with one dimension per axis; what is known already is taken as it is."""
    values = dict[str, Floats]()
    with np.errstate(all="ignore"):
        for item in order:
            values[item.name] = known[item.name] if item.name in known else _value(problem, item, values)
    return values


def _value(problem: Problem, item: Quantity, values: Mapping[str, Floats]) -> Floats:
    grid = problem.grid
    shape = [1] * len(grid.axes)
    if item.name in grid.column_axis:
        axis = grid.column_axis[item.name]
        shape[axis] = -1
        return np.asarray(grid.axes[axis].columns[item.name], dtype=np.float64).reshape(shape)
    if item.name in problem.given:
        return np.full(shape, problem.given[item.name])
    if item.function is None:
        raise ModelError(f"the input {item.name!r} has no value")
    if item.sum_along is None or not _is_carried(problem, item):
        return _formula(item, values, len(grid.axes))
    position = grid.column_axis[item.sum_along.along]
    return _along(item.sum_along.kind, values[item.sum_along.of], position, len(grid.axes[position]))


def _formula(item: Quantity, values: Mapping[str, Floats], dimensions: int) -> Floats:
    """Compute a formula; one of no quantity gives a bare number."""
    assert item.function is not None
    result = np.asarray(item.function(*(values[name] for name in item.parameters)), dtype=np.float64)
    return result if result.ndim else result.reshape((1,) * dimensions)


def _along(kind: str, values: Floats, position: int, length: int) -> Floats:
    """Sum along an axis, in the order of its points."""
    whole = list(values.shape)
    whole[position] = length
    sums: Floats = np.cumsum(np.broadcast_to(values, whole), axis=position)
    return sums if kind == "cumulative" else np.take(sums, [-1], axis=position)

"""What the NumPy engine does with a block: partial results of its outer points, bins, the place of a value."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..emit.reducers import Accumulator
from ..graph.expression import Node
from ..plan.plan import Plan
from ..reductions.bins import Bins, keys, layout
from ..reductions.pareto import NOWHERE
from .numpy_blocks import ArrayBlocks
from .numpy_layout import Array
from .numpy_walk import Block, BlockWalk

_EMPTY = {"min": np.inf, "max": -np.inf, "sum": 0.0}
_UFUNCS: dict[str, np.ufunc] = {"min": np.minimum, "max": np.maximum, "sum": np.add}
_KNOWN: dict[str, np.ufunc] = {"min": np.fmin, "max": np.fmax}


def empty(accumulator: Accumulator) -> float:
    """Return what no scenarios make.

    Parameters
    ----------
    accumulator
        What is kept.
    """
    return _EMPTY[accumulator.merge]


@dataclass(frozen=True, eq=False)
class Chosen:
    """The scenarios of a block that count, outer point after outer point.

    Attributes
    ----------
    values
        The objective's values, one after the other.
    counts
        How many each outer point has: (outer points,).
    picked
        Which of the block's scenarios they are, as truth values; None for all.
    """

    values: Array
    counts: Array
    picked: Array | None

    def point_numbers(self) -> Any:
        """Return the place of each value's outer point in the block; 0 for all where there is one."""
        return np.repeat(np.arange(len(self.counts)), self.counts) if len(self.counts) > 1 else 0


def choose_feasible(walk: BlockWalk, block: Block, objective: Node) -> Chosen:
    """Choose the scenarios that are feasible.

    Parameters
    ----------
    walk
        Whose scratch arrays are used.
    block
        The block.
    objective
        The quantity whose values are taken.
    """
    values = block.rows(objective).reshape(-1)
    feasible = walk.program.feasible
    if feasible is None:
        return Chosen(values, np.full(block.points, block.scenarios), None)
    picked = block.rows(feasible)
    counts = np.array([np.count_nonzero(picked)]) if block.points == 1 else np.add.reduce(picked, axis=1, dtype=np.int64)
    total = int(counts.sum())
    picked = picked.reshape(-1)
    if total == len(values):
        return Chosen(values, counts, None)
    out = walk.scratch(f"chosen {objective.id}", total, values.dtype)
    return Chosen(np.compress(picked, values, out=out) if total else out, counts, picked)


def reduce_block(walk: BlockWalk, block: Block, plan: Plan, accumulators: Iterable[Accumulator]) -> dict[str, Array]:
    """Reduce a block to its outer points' accumulators, by name: (outer points,).

    Parameters
    ----------
    walk, block
        As of `choose_feasible`.
    plan
        The question's plan.
    accumulators
        What is kept.
    """
    result: dict[str, Array] = {}
    chosen: Chosen | None = None
    for accumulator in accumulators:
        if accumulator.name == "nan":
            nan = walk.program.nan
            result["nan"] = np.zeros(block.points) if nan is None else np.add.reduce(block.rows(nan), axis=1, dtype=np.int64)
        elif accumulator.name == "best":
            result["best"] = _best(accumulator, block, plan.objective, known=walk.program.nan is None)
        else:
            chosen = chosen or choose_feasible(walk, block, plan.objective)
            result[accumulator.name] = _one(accumulator, chosen)
    return result


def _best(accumulator: Accumulator, block: Block, objective: Node, *, known: bool) -> Array:
    """Find the best value of each outer point; ``known`` says that none is NaN, which is passed over else."""
    if known and block.points == 1 and accumulator.merge == "min":
        return np.asarray(block.least(objective)).reshape(1)
    best = _along((_UFUNCS if known else _KNOWN)[accumulator.merge], block.rows(objective))
    return best if known else np.where(np.isnan(best), empty(accumulator), best)


def _along(ufunc: np.ufunc, rows: Array, dtype: np.dtype[Any] | None = None) -> Array:
    """Reduce each row, which are one after the other in memory."""
    if len(rows) == 1:
        return np.asarray(ufunc.reduce(rows.reshape(-1), dtype=dtype)).reshape(1)
    result: Array = ufunc.reduce(rows, axis=1, dtype=dtype)
    return result


def _one(accumulator: Accumulator, chosen: Chosen) -> Array:
    """Reduce the chosen scenarios of each outer point to one accumulator."""
    if accumulator.name == "feasible":
        return chosen.counts
    values = chosen.values
    if accumulator.name in ("positive", "negative"):
        sided = values > 0 if accumulator.name == "positive" else values < 0
        values = np.where(sided, values, values.dtype.type(empty(accumulator)))
    double = np.dtype(np.float64) if accumulator.merge == "sum" else values.dtype
    ufunc, result = _UFUNCS[accumulator.merge], np.full(len(chosen.counts), empty(accumulator))
    some = np.flatnonzero(chosen.counts)
    if chosen.picked is None:
        return _along(ufunc, values.reshape(len(chosen.counts), -1), dtype=double)
    if len(some) == len(chosen.counts) == 1:
        return _along(ufunc, values.reshape(1, -1), dtype=double)
    if len(some):
        starts = (np.cumsum(chosen.counts) - chosen.counts)[some]
        result[some] = ufunc.reduceat(values, starts, dtype=double)
    return result


def places(walk: BlockWalk, chosen: Chosen, first: int, groups: Array, bins: Bins) -> Array:
    """Find the place of each chosen value in an array of (groups, bins), flattened, whose first group is ``first``.

    Parameters
    ----------
    walk
        Whose scratch arrays are used.
    chosen
        The scenarios that count.
    first
        The number of the first group.
    groups
        The numbers of the groups that the outer points belong to.
    bins
        Each group's bins.
    """
    values, out = chosen.values, walk.scratch("places", len(chosen.values), np.int64)
    if bins.positive or (bins.base[groups] < 0).all():  # all values are above zero: see `Bins.of`
        integer, _, shift = layout(values.dtype.name)
        np.right_shift(values.view(integer), shift, out=out)
        step = bins.base[groups] - bins.above[groups] + (groups - first) * bins.width
        np.add(out, step[chosen.point_numbers()], out=out)
        return out
    group = groups[chosen.point_numbers()]
    np.add(bins.place(keys(values), group), (group - first) * bins.width, out=out)
    return out


def take_least(least: Array, place: Array, second: Array) -> None:
    """Lower the least of each bin to the values that are below it.

    Parameters
    ----------
    least
        The least of each bin, flat.
    place
        The bin of each value.
    second
        The values.
    """
    lower = np.flatnonzero(second < np.take(least, place))
    np.minimum.at(least, place[lower], second[lower])


def lowest_offsets(values: Array, targets: Array, offsets: Array) -> Array:
    """Find in each row the lowest offset at which its target stands; `NOWHERE` where it does not.

    Parameters
    ----------
    values
        (rows, scenarios).
    targets
        (rows,).
    offsets
        What each scenario adds to the flat index.
    """
    row, place = np.divmod(np.flatnonzero(values == targets[:, None]), values.shape[1])  # sooner than of two dimensions
    result = np.full(len(values), NOWHERE)
    np.minimum.at(result, row, offsets[place])
    return result


class KnownPlaces:
    """Where outer points reach their best values: of those that are better than what their group had before.

    Their blocks are at hand in the pass that finds the values, and would be computed anew to find the place.

    Parameters
    ----------
    plan
        The question's plan.
    blocks
        Its blocks.
    accumulator
        What is kept of the best values.

    Attributes
    ----------
    flat
        The lowest flat index of each outer point, -1 where it is not known.
    """

    def __init__(self, plan: Plan, blocks: ArrayBlocks, accumulator: Accumulator):
        self.plan, self.blocks = plan, blocks
        self.better: np.ufunc = np.less if accumulator.merge == "min" else np.greater
        self.improve = _UFUNCS[accumulator.merge]
        self.flat = np.full(plan.points, -1, np.int64)
        self.limits = np.full(plan.groups, empty(accumulator))  # another thread may miss one, and looks for more then

    def look(self, block: Block, best: Array) -> None:
        """Find the places in a block, whose outer points have these best values."""
        group = (block.first + np.arange(block.points)) // self.plan.points_per_group
        wanted = np.flatnonzero(self.better(best, self.limits[group]))
        if not len(wanted):
            return
        self.improve.at(self.limits, group[wanted], best[wanted])
        rows, points = block.rows(self.plan.objective), block.first + wanted
        lowest = lowest_offsets(
            rows if len(wanted) == len(rows) else rows[wanted], best[wanted], self.blocks.inner_offsets(block)
        )
        self.flat[points] = lowest + self.blocks.starts(points)

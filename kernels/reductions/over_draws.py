"""Statistics over draws as values of decisions: computed by NumPy once for all of a grid's decisions, or at some of them.

Blocks of decisions are evaluated with all their draws, and what is left of a block is a number for each of its decisions: so
memory is a block's and that of the statistics, whatever the number of draws. Quantiles are exact, of whole weights.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import EngineError
from ..host_memory import shortage, size_text
from ..model.evaluate import Evaluator, dependence
from ..model.grid import BLOCK_POINTS, Axis, Grid, Ints, blocks
from ..model.of_decisions import OfDecisions
from ..model.questions import Problem
from ..model.statistic_quantity import Taken
from ..model.statistics import Measure, ShareOfDraws, rank
from .draws import Draws, Values, check_memory, possible

_NONE = "decisions"  # the axis and the column of decisions that no axis tells apart


@dataclass(frozen=True)
class OverDraws(OfDecisions):
    """A statistic over draws that is yet to be computed.

    Parameters
    ----------
    taken
        What is taken of the draws: a mean, a quantile or a share.
    axes_drawn
        The axes whose points are the draws. A grid may leave them out, or have them for the sake of other quantities.
    """

    taken: Taken
    axes_drawn: tuple[Axis, ...]

    known = False

    @property
    def drawn(self) -> frozenset[str]:  # type: ignore[override]
        """The names of the axes that it is over."""
        return frozenset(axis.name for axis in self.axes_drawn)

    @property
    def draws(self) -> int:
        """How many draws there are, without those of weight 0."""
        return math.prod(len(possible(axis)) for axis in self.axes_drawn)

    def axes(self, problem: Problem) -> frozenset[int]:
        """Find the positions of the axes that the value depends on: those that its quantities depend on, less what is drawn."""
        others = tuple(axis for axis in problem.grid.axes if axis.name not in self.drawn)
        whole = replace(problem, grid=Grid((*others, *self.axes_drawn)), statistics={})
        needed = frozenset().union(*dependence(whole, self.taken.names()).values())
        return frozenset(problem.grid.position(axis.name) for i, axis in enumerate(others) if i in needed)

    def at(self, problem: Problem, indices: Mapping[str, Ints], dtype: str) -> NDArray[Any]:
        """Compute the values at some decisions, all their draws: see `OfDecisions.at`."""
        axes = [problem.grid.axes[i] for i in sorted(self.axes(problem))]
        places = np.broadcast_arrays(*(indices[axis.name] for axis in axes)) if axes else [np.zeros((), np.int64)]
        lengths = [len(axis) for axis in axes] or [1]
        decisions, place = np.unique(np.ravel_multi_index(places, lengths), return_inverse=True)
        columns: dict[str, NDArray[Any]] = {}
        for axis, position in zip(axes, np.unravel_index(decisions, lengths), strict=False):
            columns |= {name: column[position] for name, column in axis.columns.items()}
        name = " ".join([_NONE, *(axis.name for axis in axes)])
        joint = Axis(name, columns or {name: np.zeros(1)})
        values = _compute(problem, (joint,), {name: self}, dtype)[name]
        return values[place].reshape(places[0].shape)


@dataclass(frozen=True)
class Tabulated(OfDecisions):
    """A statistic's values at all decisions of a grid.

    Parameters
    ----------
    drawn
        The names of the axes that it is over.
    names
        Those of the axes that it depends on, in the array's order.
    values
        In base units: an array over these axes.
    """

    drawn: frozenset[str]
    names: tuple[str, ...]
    values: NDArray[Any]

    known = True

    def axes(self, problem: Problem) -> frozenset[int]:
        """Find the positions of the axes that the value depends on."""
        return frozenset(map(problem.grid.position, self.names))

    def at(self, problem: Problem, indices: Mapping[str, Ints], dtype: str) -> NDArray[Any]:
        """Look up the values at some decisions: see `OfDecisions.at`."""
        return np.asarray(self.values[tuple(indices[name] for name in self.names)])


Compute = Callable[[Mapping[str, OverDraws], Callable[[float], None]], dict[str, NDArray[Any]]]


def tabulate(
    problem: Problem,
    names: Mapping[str, OverDraws],
    dtype: str,
    progress: Callable[[float], None],
    compute: Compute | None = None,
) -> Problem:
    """Compute statistics at every decision, so that they are known.

    Parameters
    ----------
    problem
        The model on its grid, whose statistics they are.
    names
        The statistics that are wanted, by name.
    dtype
        ``float64`` or ``float32``, of all arithmetic.
    progress
        Told the share that is done.
    compute
        Computes statistics over the same draws and of the same axes: arrays over all decisions, in the order of their flat
        indices. Block by block here, where it is None.

    Returns
    -------
    Problem
        With the values in place of what was to be computed.

    Raises
    ------
    EngineError
        Where the values of all decisions, or the draws of one, take more memory than is free.
    """
    groups: dict[tuple[frozenset[int], frozenset[str]], dict[str, OverDraws]] = {}
    for name, over in names.items():
        groups.setdefault((over.axes(problem), over.drawn), {})[name] = over
    sizes = {places: math.prod(problem.grid.shape[i] for i in places) for places, _ in groups}
    _check_table(sum(sizes[places] * len(group) for (places, _), group in groups.items()))
    work = [sizes[places] * next(iter(group.values())).draws for (places, _), group in groups.items()]
    known: dict[str, Tabulated] = {}
    done = 0
    for ((places, drawn), group), size in zip(groups.items(), work, strict=True):
        axes = tuple(problem.grid.axes[i] for i in sorted(places))

        def report(share: float, done: int = done, size: int = size) -> None:
            progress((done + share * size) / sum(work))

        values = compute(group, report) if compute is not None else _compute(problem, axes, group, dtype, report)
        shape, kept = tuple(len(axis) for axis in axes), tuple(axis.name for axis in axes)
        known |= {name: Tabulated(drawn, kept, values[name].reshape(shape)) for name in group}
        done += size
    return replace(problem, statistics={**problem.statistics, **known})


def _compute(
    problem: Problem,
    axes: tuple[Axis, ...],
    wanted: Mapping[str, OverDraws],
    dtype: str,
    progress: Callable[[float], None] | None = None,
) -> dict[str, NDArray[Any]]:
    """Compute statistics over the same draws at every point of some axes: arrays over their flat indices."""
    decisions = BlocksOfDecisions(problem, wanted, dtype, axes)
    return decisions.compute(0, len(decisions), progress)


class BlocksOfDecisions:
    """Statistics over the same draws at the points of some axes, block by block in the order of the points' flat indices.

    Parameters
    ----------
    problem
        The model on its grid.
    wanted
        The statistics, by name.
    dtype
        ``float64`` or ``float32``, of all arithmetic.
    axes
        Whose points are the decisions; those that the statistics depend on, where it is None.

    Raises
    ------
    EngineError
        Where the draws of one decision take more memory than is free.
    """

    def __init__(self, problem: Problem, wanted: Mapping[str, OverDraws], dtype: str, axes: tuple[Axis, ...] | None = None):
        over = next(iter(wanted.values()))
        if axes is None:
            axes = tuple(problem.grid.axes[i] for i in sorted(over.axes(problem)))
        self.wanted, self.dtype = wanted, dtype
        self.draws = Draws.over(tuple(possible(axis) for axis in over.axes_drawn))
        decisions = Grid(axes)
        self.whole = replace(problem, grid=Grid((*axes, *self.draws.axes)), statistics={})
        self.names = tuple(dict.fromkeys(name for over in wanted.values() for name in over.taken.names()))
        self.quantities = len(self._evaluator().order)
        check_memory(self.draws.count * self.quantities)
        self.slices = list(blocks(decisions, max(BLOCK_POINTS // self.draws.count, 1)))
        sizes = [math.prod(part.stop - part.start for part in slices) for slices in self.slices]
        self.starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    def __len__(self) -> int:
        return len(self.slices)

    def _evaluator(self) -> Evaluator:
        """Make an evaluator, which keeps what it computed last: each thread has its own."""
        return Evaluator(self.whole, self.names, self.dtype)

    def compute(self, first: int, last: int, progress: Callable[[float], None] | None = None) -> dict[str, NDArray[Any]]:
        """Compute the statistics of the blocks from one to before another: by name, an array over their decisions.

        Parameters
        ----------
        first, last
            Numbers of blocks.
        progress
            Told the share that is done.
        """
        start, total = self.starts[first], self.starts[last] - self.starts[first]
        results = {name: np.empty(total, self.dtype) for name in self.wanted}
        evaluator = self._evaluator()
        for number in range(first, last):
            slices = self.slices[number]
            shape = tuple(part.stop - part.start for part in slices)
            block = evaluator.block((*slices, *(slice(0, len(axis)) for axis in self.draws.axes)))
            values = self.draws.arranged({name: block[name] for name in self.names}, shape)
            low, high = self.starts[number] - start, self.starts[number + 1] - start
            for name, numbers in _taken(self.draws, self.wanted, values).items():
                results[name][low:high] = numbers.reshape(-1)
            if progress is not None:
                progress(float(high / total))
        return results


def _taken(draws: Draws, wanted: Mapping[str, OverDraws], values: Values) -> dict[str, NDArray[Any]]:
    """Take statistics of a block's draws: arrays over its decisions. The draws of a quantity are sorted once."""
    result: dict[str, NDArray[Any]] = {}
    quantiles: dict[str, dict[str, int]] = {}
    for name, over in wanted.items():
        taken = over.taken
        if isinstance(taken, ShareOfDraws):
            result[name] = draws.share(taken.conditions, values)
        elif taken.measure is Measure.QUANTILE:
            quantiles.setdefault(taken.quantity, {})[name] = rank(taken.share, draws.total)
        else:
            result[name] = draws.statistic(taken, values)
    for quantity, ranks in quantiles.items():
        columns = draws.quantiles(values[quantity], list(ranks.values()))
        result |= {name: columns[:, i] for i, name in enumerate(ranks)}
    return result


def _check_table(values: int) -> None:
    """Refuse statistics of more decisions than memory holds: EngineError."""
    needed = 8 * values
    free = shortage(needed)
    if free:
        raise EngineError(
            f"the statistics of all decisions take {size_text(needed)} of memory, and {free} are free; ask of fewer decisions"
        )


def wanted_statistics(problem: Problem, names: tuple[str, ...]) -> dict[str, OverDraws]:
    """List the statistics among some quantities that are yet to be computed, by name.

    Parameters
    ----------
    problem
        The model on its grid.
    names
        Of quantities.
    """
    statistics = ((name, problem.statistics.get(name)) for name in names)
    return {name: over for name, over in statistics if isinstance(over, OverDraws)}

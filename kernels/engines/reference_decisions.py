"""The reference for decisions: blocks of decisions with all their draws, whose quantiles are sorted for."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.condition import Condition
from ..model.evaluate import Evaluator, as_threshold, is_nan, meets
from ..model.grid import Grid, Ints
from ..model.promises import at_confidences, comparisons, excess, share_excess
from ..model.questions import Decision, Problem, group_shape
from ..model.statistics import AnyPromise, Promise, SharePromise
from ..reductions.draws import Draws, Values, check_memory
from ..reductions.states import DecisionState, Visited

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class _Judged:
    """What is known of the decisions of a block: arrays over them.

    Parameters
    ----------
    value
        What is the better the less it is; infinite or NaN where a decision is no answer.
    nan
        Decisions that are not known, and that nothing known rules out.
    failed
        For the nearest decision, which of those considered fail each soft condition: (decisions, soft conditions).
    considered
        For the nearest decision, which are considered.
    """

    value: NDArray[Any]
    nan: Bools
    failed: Bools
    considered: Bools


class DecisionBlocks:
    """A decision on a grid whose draws come last: blocks of the decisions are judged, with all draws at once.

    Parameters
    ----------
    problem
        The model on its grid.
    question
        What is decided.
    dtype
        Of all arithmetic.

    Attributes
    ----------
    draws
        The draws.
    grid
        The axes that are kept or decided, in the study's order: its points are the decisions of all groups.

    Raises
    ------
    EngineError
        Where one decision's draws do not fit in memory.
    """

    def __init__(self, problem: Problem, question: Decision, dtype: np.dtype[Any]):
        self.question, self.dtype, self.original = question, dtype, problem.grid
        self.draws = Draws.of(problem.grid, question)
        drawn = {axis.name for axis in self.draws.axes}
        self.grid = Grid(tuple(axis for axis in problem.grid.axes if axis.name not in drawn))
        whole = replace(problem, grid=Grid((*self.grid.axes, *self.draws.axes)))
        self.evaluator = Evaluator(whole, question.targets(), dtype.name)
        check_memory(self.draws.count * len(self.evaluator.order))
        self.asked = at_confidences(question)

    def decide(
        self, blocks: Iterable[tuple[slice, ...]], groups: Ints | None, progress: Callable[[float], None] | None
    ) -> DecisionState:
        """Judge the decisions block by block.

        Parameters
        ----------
        blocks
            Slices of `grid`, in the order of their flat indices.
        groups
            The numbers of the groups that are wanted; all if None.
        progress
            Told the share that is done.
        """
        count = math.prod(group_shape(self.original, self.question))
        wanted = np.ones(count, np.bool_) if groups is None else np.isin(np.arange(count), groups)
        best = np.full((count, len(self.asked)), np.inf, self.dtype)
        index = np.full(best.shape, -1, np.int64)
        failed = np.zeros((count, len(list(comparisons(self.asked[0], soft=True)))), np.int64)
        considered = np.zeros(count, np.int64)
        unknown = seen = 0
        for slices in blocks:
            group, flat = self._numbers(slices)
            mine = wanted[group]
            seen += len(mine)
            if mine.any():
                judged = self._judge(slices, mine)
                for c, at in enumerate(judged):
                    _improve(best[:, c], index[:, c], at.value, group[mine], flat[mine])
                unknown += int(np.logical_or.reduce([at.nan for at in judged]).sum())
                if self.question.nearest:
                    np.add.at(failed, group[mine], judged[0].failed)
                    np.add.at(considered, group[mine], judged[0].considered)
            if progress:
                progress(seen / self.grid.size)
        visited = Visited(unknown * (self.original.size // self.grid.size))
        if self.question.nearest:
            return DecisionState(best, index, visited, failed, considered)
        return DecisionState(-best if self.question.maximize else best, index, visited)

    def _numbers(self, slices: tuple[slice, ...]) -> tuple[Ints, Ints]:
        """Compute the numbers of a block's decisions: their groups, and their flat indices on the whole grid."""
        group, flat = np.zeros((2, *(1,) * len(slices)), np.int64)
        indices = dict(
            zip([axis.name for axis in self.grid.axes], np.ix_(*(np.arange(s.start, s.stop) for s in slices)), strict=True)
        )
        for name in self.question.by:
            group = group * len(self.original.axes[self.original.position(name)]) + indices[name]
        for name, index in indices.items():
            flat = flat + index * self.original.strides[self.original.position(name)]
        return np.broadcast_to(group, flat.shape).reshape(-1), flat.reshape(-1)

    def _judge(self, slices: tuple[slice, ...], mine: Bools) -> list[_Judged]:
        """Judge a block's decisions that are wanted, at each confidence."""
        block = self.evaluator.block((*slices, *(slice(0, len(axis)) for axis in self.draws.axes)))
        needed = {name: block[name] for name in self.question.targets()}
        arranged = self.draws.arranged(needed, [s.stop - s.start for s in slices])
        values = {name: array[mine] for name, array in arranged.items()}
        judge = self._miss if self.question.nearest else self._rate
        return [judge(question, values) for question in self.asked]

    def _rate(self, question: Decision, values: Values) -> _Judged:
        """Rate decisions by the objective's statistic."""
        value = self.draws.statistic(question.objective, values)
        value = -value if question.maximize else value
        nan, kept, open_ = np.isnan(value), np.ones(len(value), np.bool_), np.ones(len(value), np.bool_)
        for comparison in (*question.where, *question.promises):
            met, unknown = self._met(comparison, values)
            nan, kept, open_ = nan | unknown, kept & met, open_ & (met | unknown)
        return _Judged(np.where(kept, value, np.inf), nan & open_, np.zeros((len(value), 0), np.bool_), kept)

    def _miss(self, question: Decision, values: Values) -> _Judged:
        """Rate decisions by how much they miss the soft conditions."""
        count = len(next(iter(values.values())))
        value = np.full(count, -np.inf, self.dtype)
        nan, kept = np.zeros(count, np.bool_), np.ones(count, np.bool_)
        open_, failed = kept, [np.zeros((count, 0), np.bool_)]
        for comparison in comparisons(question, soft=False):
            met, unknown = self._met(comparison, values)
            nan, kept, open_ = nan | unknown, kept & met, open_ & (met | unknown)
        for comparison in comparisons(question, soft=True):
            by = self._excess(comparison, values)
            value = np.maximum(value, by)  # NaN where any is
            failed.append(~self._met(comparison, values)[0][:, None])
        kept = kept & ~np.isnan(value)
        nan = (nan | np.isnan(value)) & open_
        return _Judged(np.where(kept, value, np.inf), nan, np.concatenate(failed, axis=1) & kept[:, None], kept)

    def _met(self, comparison: Condition | AnyPromise, values: Values) -> tuple[Bools, Bools]:
        """Tell which decisions meet a condition or a promise, and of which that is not known."""
        if isinstance(comparison, SharePromise):
            weight = self.draws.weight(self.draws.met(comparison.conditions, values))
            return _compared(weight, comparison.op, comparison.share * self.draws.total), np.zeros(len(weight), np.bool_)
        condition, compared = self._sides(comparison, values)
        return np.asarray(meets(condition, compared, self.dtype)), np.asarray(is_nan(condition.names(), compared))

    def _sides(self, comparison: Condition | Promise, values: Values) -> tuple[Condition, dict[str, NDArray[Any]]]:
        """Give a condition on single values of decisions, and those values."""
        if isinstance(comparison, Condition):
            return comparison, {name: values[name][:, 0] for name in comparison.names()}
        (condition,) = comparison.on_a_draw()
        compared = {name: values[name][:, 0] for name in condition.names()}
        return condition, compared | {condition.quantity: self.draws.statistic(comparison.statistic, values)}

    def _excess(self, comparison: Condition | AnyPromise, values: Values) -> NDArray[Any]:
        """Compute by how much decisions miss a soft condition or promise."""
        if isinstance(comparison, SharePromise):
            weight = self.draws.weight(self.draws.met(comparison.conditions, values))
            return np.asarray(share_excess(comparison, weight, self.draws.total)).astype(self.dtype)
        condition, compared = self._sides(comparison, values)
        bound = compared[condition.value] if isinstance(condition.value, str) else as_threshold(condition.value, self.dtype)
        return np.asarray(excess(condition.op, compared[condition.quantity], bound))


def _improve(best: NDArray[Any], index: Ints, value: NDArray[Any], group: Ints, flat: Ints) -> None:
    """Put decisions in place of a group's best where they are better; of equal ones the lowest flat index stays."""
    answers = np.isfinite(value)
    value, group, flat = value[answers], group[answers], flat[answers]
    order = np.lexsort((flat, value, group))
    chosen, first = np.unique(group[order], return_index=True)
    first = order[first]
    better = value[first] < best[chosen]
    best[chosen[better]], index[chosen[better]] = value[first[better]], flat[first[better]]


def _compared(weight: Ints, op: str, bound: Fraction) -> Bools:
    """Compare whole weights with a fraction, exactly."""
    below, above = math.floor(bound), math.ceil(bound)
    met = {
        "<=": weight <= below,
        "<": weight < above,
        ">=": weight >= above,
        ">": weight > below,
        "==": (weight == below) & (below == above),
        "!=": (weight != below) | (below != above),
    }[op]
    return np.asarray(met)

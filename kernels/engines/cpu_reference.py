"""The reference: NumPy broadcasting over blocks of the grid, small and plain; every engine is held against it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.evaluate import Evaluator, is_nan, meets
from ..model.grid import BLOCK_POINTS, blocks
from ..model.questions import Best, Chunk, Decision, Problem, Question, Result, group_shape
from ..plan.sharing import SharedPass
from ..reductions.bins import Bins, Range, keys
from ..reductions.exact_sums import ExactSums
from ..reductions.kinds import answer
from ..reductions.pareto import NOWHERE
from ..reductions.states import BestState, DecisionState, RangeState, Share, SummaryState, Visited
from .engine import Availability, Engine, Settings
from .reference_decisions import DecisionBlocks


def availability() -> Availability:
    """Say that the engine can run: NumPy is always installed."""
    return Availability("reference", True, device="CPU")


@dataclass
class _Block:
    """One block, its points arranged as (groups in the block, points of each group in the order of flat index)."""

    groups: NDArray[np.int64]  # their numbers
    value: NDArray[Any]  # the objective
    second: NDArray[Any]  # the second objective, where there is one, else the first
    feasible: NDArray[np.bool_]  # meets `where`, and is not NaN
    nan: NDArray[np.bool_]
    slices: tuple[slice, ...]


class ReferenceRun:
    """A question on a grid, ready to run: its passes (`Passes`) merge blocks of the grid, one after the other.

    Parameters
    ----------
    problem
        The model and the grid.
    question
        What is asked of it.
    settings
        The dtype and whom to tell of progress; the rest does not concern this engine.
    """

    def __init__(self, problem: Problem, question: Question, settings: Settings):
        self.problem, self.question, self.settings = problem, question, settings
        self.dtype = np.dtype(settings.dtype)
        self.kept = [problem.grid.position(name) for name in question.by]
        self.groups = math.prod(group_shape(problem.grid, question))
        self.evaluator = Evaluator(problem, question.targets(), settings.dtype)

    def run(self) -> Result:
        """Answer the question. Raises EngineError for one that has no answer of that form."""
        return answer(self.question, self)

    def _blocks(self, share: Share = (0.0, 1.0)) -> Iterator[_Block]:
        """Compute the grid block by block; ``share`` is the part of the question's progress that this is."""
        grid, question = self.problem.grid, self.question
        done, part = share
        seen = 0
        for slices in blocks(grid, BLOCK_POINTS):
            values = self.evaluator.block(slices)
            shape = tuple(s.stop - s.start for s in slices)
            nan = is_nan(question.targets(), values)
            feasible: Any = ~nan
            for condition in question.where:
                met = meets(condition, values, self.dtype)
                feasible = feasible & met
                nan = nan & (met | is_nan(condition.names(), values))
            group = np.zeros((1,) * len(self.kept), np.int64)
            for i, axis in enumerate(self.kept):
                index = np.arange(slices[axis].start, slices[axis].stop)
                group = group * grid.shape[axis] + index.reshape([-1 if j == i else 1 for j in range(len(self.kept))])
            arrays = (values[question.objectives()[0]], values[question.objectives()[-1]], feasible, nan)
            value, second, met, missing = (self._arrange(array, shape, group.size) for array in arrays)
            yield _Block(group.reshape(-1), value, second, met, missing, slices)
            seen += math.prod(shape)
            if self.settings.progress:
                self.settings.progress(done + part * seen / grid.size)

    def _arrange(self, array: Any, shape: tuple[int, ...], groups: int) -> NDArray[Any]:
        """Arrange a block's values, which broadcast to its shape, as (groups in the block, points of each group)."""
        full = np.broadcast_to(array, shape)
        return np.moveaxis(full, self.kept, range(len(self.kept))).reshape(groups, -1)

    def _flat(self, block: _Block, group: NDArray[np.int64], rest: NDArray[np.int64]) -> NDArray[np.int64]:
        """Compute the flat indices of points from their group's number within the block and their place in that group."""
        grid = self.problem.grid
        starts = [s.start for s in block.slices]
        lengths = [s.stop - s.start for s in block.slices]
        others = [axis for axis in range(len(lengths)) if axis not in self.kept]
        flat = np.zeros_like(group)
        for axes, number in ((self.kept, group), (others, rest)):
            for axis in reversed(axes):
                flat = flat + (number % lengths[axis] + starts[axis]) * grid.strides[axis]
                number = number // lengths[axis]
        return flat

    # --- the passes ---

    def best(self, question: Best) -> BestState:
        """Find the best value of each group and the lowest flat index that has it."""
        best = np.full(self.groups, np.inf, self.dtype)
        index = np.full(self.groups, -1, np.int64)
        nan = 0
        for block in self._blocks():
            value = np.where(block.feasible, -block.value if question.maximize else block.value, np.inf)
            place = value.argmin(axis=1)
            rows = np.arange(len(place))
            least = value[rows, place]
            better = least < best[block.groups]
            chosen = block.groups[better]
            best[chosen] = least[better]
            index[chosen] = self._flat(block, rows[better], place[better])
            nan += int(block.nan.sum())
        return BestState(-best if question.maximize else best, index, Visited(nan))

    def decide(self, question: Decision, groups: NDArray[np.int64] | None = None) -> DecisionState:
        """Find the decision of each group whose statistic is best, or that misses by least: `Passes.decide`.

        Parameters
        ----------
        question
            What is decided.
        groups
            The numbers of the groups that are wanted; all if None.
        """
        decisions = DecisionBlocks(self.problem, question, self.dtype)
        cut = blocks(decisions.grid, max(BLOCK_POINTS // decisions.draws.count, 1))
        return decisions.decide(cut, groups, self.settings.progress)

    def summary(self) -> SummaryState:
        """Count and add up each group's points."""
        count, feasible, nan = (np.zeros(self.groups, np.int64) for _ in range(3))
        low, high = np.full(self.groups, np.inf, self.dtype), np.full(self.groups, -np.inf, self.dtype)
        total, carry = np.zeros(self.groups), np.zeros(self.groups)
        for block in self._blocks():
            at = block.groups
            count[at] += block.value.shape[1]
            feasible[at] += block.feasible.sum(axis=1)
            nan[at] += block.nan.sum(axis=1)
            low[at] = np.minimum(low[at], np.where(block.feasible, block.value, np.inf).min(axis=1))
            high[at] = np.maximum(high[at], np.where(block.feasible, block.value, -np.inf).max(axis=1))
            part = np.where(block.feasible, block.value, 0).sum(axis=1, dtype=np.float64)
            total[at], carry[at] = _add(total[at], carry[at], part)
        sums = ExactSums.of(total + carry, np.arange(self.groups))
        return SummaryState(count, feasible, nan, low, high, sums, Visited(int(nan.sum())))

    def range(self, share: Share) -> RangeState:
        """Find the range of each group's feasible values."""
        low, high, positive, negative = (np.full(self.groups, sign * np.inf, self.dtype) for sign in (1, -1, 1, -1))
        nan = 0
        for block in self._blocks(share):
            at, value, feasible = block.groups, block.value, block.feasible
            low[at] = np.minimum(low[at], np.where(feasible, value, np.inf).min(axis=1))
            high[at] = np.maximum(high[at], np.where(feasible, value, -np.inf).max(axis=1))
            positive[at] = np.minimum(positive[at], np.where(feasible & (value > 0), value, np.inf).min(axis=1))
            negative[at] = np.maximum(negative[at], np.where(feasible & (value < 0), value, -np.inf).max(axis=1))
            nan += int(block.nan.sum())
        return RangeState(Range(low, high, positive, negative), Visited(nan))

    def _places(self, block: _Block, bins: Bins) -> NDArray[np.int64]:
        """Find the place of each feasible point of a block in an array of (groups, bins), flattened."""
        group = np.broadcast_to(block.groups[:, None], block.value.shape)[block.feasible]
        return group * bins.width + bins.place(keys(np.ascontiguousarray(block.value[block.feasible])), group)

    def count(self, bins: Bins, share: Share) -> NDArray[np.int64]:
        """Count the feasible points of each group in each bin: (groups, bins)."""
        counts = np.zeros((self.groups, bins.width), np.int64)
        for block in self._blocks(share):
            np.add.at(counts.reshape(-1), self._places(block, bins), 1)
        return counts

    def least(self, bins: Bins, share: Share) -> NDArray[Any]:
        """Find the least of the second quantity in each bin of the first: (groups, bins), inf where none is."""
        least = np.full((self.groups, bins.width), np.inf, self.dtype)
        for block in self._blocks(share):
            np.minimum.at(least.reshape(-1), self._places(block, bins), block.second[block.feasible])
        return least

    def first_on(self, bins: Bins, front: NDArray[Any], share: Share) -> NDArray[np.int64]:
        """Find the lowest flat index of a point in each bin whose second quantity is ``front`` there: `Passes.first_on`.

        Parameters
        ----------
        bins
            Of the first quantity.
        front
            The least second quantity of each bin on the front, else NaN: (groups, bins).
        share
            The part of the question's progress that this pass is.
        """
        index = np.full(front.size, NOWHERE)
        for block in self._blocks(share):
            place, second = self._places(block, bins), block.second[block.feasible]
            on_front = second == front.reshape(-1)[place]
            group, rest = np.nonzero(block.feasible)
            np.minimum.at(index, place[on_front], self._flat(block, group[on_front], rest[on_front]))
        return index.reshape(front.shape)

    def chunks(self) -> Iterator[Chunk]:
        """Compute a table's values and hand them over block by block, in the order of the flat index."""
        start = 0
        for slices in blocks(self.problem.grid, BLOCK_POINTS):
            shape = tuple(s.stop - s.start for s in slices)
            values = self.evaluator.block(slices)
            flat = {name: np.broadcast_to(values[name], shape).reshape(-1) for name in self.question.objectives()}
            feasible = None
            for condition in self.question.where:
                met = np.broadcast_to(meets(condition, values, self.dtype), shape).reshape(-1)
                feasible = met if feasible is None else feasible & met
            yield Chunk(start, flat, feasible)
            start += math.prod(shape)


def _add(total: NDArray[Any], carry: NDArray[Any], part: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Add to Neumaier's compensated sum (doi:10.1002/zamm.19740540106), so that many blocks add up without drift."""
    result = total + part
    with np.errstate(invalid="ignore"):
        lost = np.where(np.abs(total) >= np.abs(part), (total - result) + part, (part - result) + total)
    return result, carry + np.where(np.isfinite(lost), lost, 0)


class ReferenceEngine(Engine):
    """The engine ``reference``; it does every question's passes for itself."""

    name, shares = "reference", False

    def prepare(
        self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None
    ) -> ReferenceRun:
        """Make a run of the question.

        Parameters
        ----------
        problem
            The model on its grid.
        question
            What is asked.
        settings
            The dtype and whom to tell of progress; the rest does not concern this engine.
        shared
            Not used: this engine does every question's passes for itself.
        """
        return ReferenceRun(problem, question, settings)


ENGINE = ReferenceEngine()

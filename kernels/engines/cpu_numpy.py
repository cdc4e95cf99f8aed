"""The reference engine: NumPy broadcasting over blocks of the grid. Always there; the other engines are held against it."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import EngineError
from ..model.evaluate import Evaluator, evaluate_at, is_nan, meets
from ..model.grid import Grid
from ..model.questions import Best, Chunk, Histogram, Pareto, Problem, Quantiles, Question, Result, Summary, group_shape
from ..plan.sharing import SharedPass
from ..reductions import pareto
from ..reductions.bins import Bins, Range, common, keys, merged, quantiles
from .engine import Availability, Settings

__all__ = ["ENGINE", "availability", "evaluate_at"]

BLOCK_POINTS = 2**17  # a few arrays of a block fit in the second-level cache


def availability() -> Availability:
    return Availability("numpy", True, device="CPU")


def blocks(grid: Grid, points: int) -> Iterator[tuple[slice, ...]]:
    """Blocks of at most ``points`` points that cover the grid, in the order of their flat indices."""
    whole, size = len(grid.shape), 1
    while whole and size * grid.shape[whole - 1] <= points:
        whole -= 1
        size *= grid.shape[whole]
    cuts: list[list[slice]] = [[slice(i, i + 1) for i in range(n)] for n in grid.shape[: max(whole - 1, 0)]]
    if whole:
        n, step = grid.shape[whole - 1], max(points // size, 1)
        cuts.append([slice(i, min(i + step, n)) for i in range(0, n, step)])
    rest = tuple(slice(0, n) for n in grid.shape[whole:])
    for head in itertools.product(*cuts):
        yield (*head, *rest)


@dataclass
class _Block:
    """One block, its points arranged as (groups in the block, points of each group in the order of flat index)."""

    groups: NDArray[np.int64]  # their numbers
    value: NDArray[Any]  # the objective
    second: NDArray[Any]  # the second objective, where there is one, else the first
    feasible: NDArray[np.bool_]  # meets `where`, and is not NaN
    nan: NDArray[np.bool_]
    slices: tuple[slice, ...]


class NumpyRun:
    """A question on a grid, ready to run."""

    def __init__(self, problem: Problem, question: Question, settings: Settings):
        self.problem, self.question, self.settings = problem, question, settings
        self.dtype = np.dtype(settings.dtype)
        self.kept = [problem.grid.position(name) for name in question.by]
        self.shape = group_shape(problem.grid, question)
        self.groups = math.prod(self.shape)
        self.evaluator = Evaluator(problem, question.targets(), settings.dtype)

    def run(self) -> Result:
        if isinstance(self.question, Best):
            return self._best(self.question)
        if isinstance(self.question, Summary):
            return self._summary()
        if isinstance(self.question, Quantiles):
            return self._quantiles(self.question)
        if isinstance(self.question, Histogram):
            return self._histogram(self.question)
        if isinstance(self.question, Pareto):
            return self._pareto()
        raise EngineError(f"the numpy engine does not know the question {self.question.kind!r}")

    def _blocks(self, done: float = 0.0, share: float = 1.0) -> Iterator[_Block]:
        grid, question = self.problem.grid, self.question
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
            parts = (values[question.objectives()[0]], values[question.objectives()[-1]], feasible, nan)
            value, second, met, missing = (self._arrange(part, shape, group.size) for part in parts)
            yield _Block(group.reshape(-1), value, second, met, missing, slices)
            seen += math.prod(shape)
            if self.settings.progress:
                self.settings.progress(done + share * seen / grid.size)

    def _arrange(self, array: Any, shape: tuple[int, ...], groups: int) -> NDArray[Any]:
        full = np.broadcast_to(array, shape)
        return np.moveaxis(full, self.kept, range(len(self.kept))).reshape(groups, -1)

    def _flat(self, block: _Block, group: NDArray[np.int64], rest: NDArray[np.int64]) -> NDArray[np.int64]:
        """Flat indices of points given by their group's number within the block and their place in that group."""
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

    def _best(self, question: Best) -> Result:
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
        objective = np.where(index < 0, np.nan, -best if question.maximize else best).astype(self.dtype)
        return self._result({"objective": objective, "index": index}, nan)

    def _summary(self) -> Result:
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
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = (total + carry) / feasible
        values = {"count": count, "feasible": feasible, "nan": nan, **_blank(feasible, low, high, mean)}
        return self._result(values, int(nan.sum()))

    def _range(self) -> tuple[Range, int]:
        low, high, positive, negative = (np.full(self.groups, sign * np.inf, self.dtype) for sign in (1, -1, 1, -1))
        nan = 0
        for block in self._blocks(0.0, 0.5):
            at, value, feasible = block.groups, block.value, block.feasible
            low[at] = np.minimum(low[at], np.where(feasible, value, np.inf).min(axis=1))
            high[at] = np.maximum(high[at], np.where(feasible, value, -np.inf).max(axis=1))
            positive[at] = np.minimum(positive[at], np.where(feasible & (value > 0), value, np.inf).min(axis=1))
            negative[at] = np.maximum(negative[at], np.where(feasible & (value < 0), value, -np.inf).max(axis=1))
            nan += int(block.nan.sum())
        return Range(low, high, positive, negative), nan

    def _quantiles(self, question: Quantiles) -> Result:
        found, nan = self._range()
        bins = Bins.of(found, self.dtype.name)
        return self._result({"quantiles": quantiles(self._count(bins), bins, found, question.at)}, nan)

    def _histogram(self, question: Histogram) -> Result:
        found, nan = self._range()
        bins = Bins.of(common(found), self.dtype.name)
        counts, edges = merged(self._count(bins), bins, found, question.bins)
        return self._result({"counts": counts}, nan, {"edges": edges})

    def _placed(self, block: _Block, bins: Bins) -> NDArray[np.int64]:
        """The place of each feasible point of a block in an array of (groups, bins), flattened."""
        group = np.broadcast_to(block.groups[:, None], block.value.shape)[block.feasible]
        return group * bins.width + bins.place(keys(np.ascontiguousarray(block.value[block.feasible])), group)

    def _count(self, bins: Bins) -> NDArray[np.int64]:
        counts = np.zeros((self.groups, bins.width), np.int64)
        for block in self._blocks(0.5, 0.5):
            np.add.at(counts.reshape(-1), self._placed(block, bins), 1)
        return counts

    def _pareto(self) -> Result:
        found, nan = self._range()
        bins = Bins.of(found, self.dtype.name)
        least = np.full((self.groups, bins.width), np.inf, self.dtype)
        for block in self._blocks(0.4, 0.3):
            np.minimum.at(least.reshape(-1), self._placed(block, bins), block.second[block.feasible])
        front = pareto.on_front(least)
        index = np.full(least.size, pareto.NOWHERE)
        for block in self._blocks(0.7, 0.3):
            place, second = self._placed(block, bins), block.second[block.feasible]
            hit = front.reshape(-1)[place] & (second == least.reshape(-1)[place])
            group, rest = np.nonzero(block.feasible)
            np.minimum.at(index, place[hit], self._flat(block, group[hit], rest[hit]))
        return self._result(
            pareto.arrange(self.problem, self.question, front, index.reshape(least.shape), self.dtype.name), nan
        )

    def chunks(self) -> Iterator[Chunk]:
        """The table's values, stretch by stretch."""
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

    def _result(self, values: dict[str, NDArray[Any]], nan: int, whole: dict[str, NDArray[Any]] | None = None) -> Result:
        """``whole`` are arrays that all groups share."""
        shaped = {name: array.reshape(self.shape + array.shape[1:]) for name, array in values.items()}
        return Result(shaped | (whole or {}), evaluated=self.problem.grid.size, nan=nan)


def _add(total: NDArray[Any], carry: NDArray[Any], part: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Neumaier's compensated sum (doi:10.1002/zamm.19740540106): many blocks add up without drift."""
    result = total + part
    with np.errstate(invalid="ignore"):
        lost = np.where(np.abs(total) >= np.abs(part), (total - result) + part, (part - result) + total)
    return result, carry + np.where(np.isfinite(lost), lost, 0)


def _blank(feasible: NDArray[Any], low: NDArray[Any], high: NDArray[Any], mean: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """min, mean and max, NaN where nothing was feasible."""
    return {
        name: np.where(feasible > 0, array, np.nan).astype(array.dtype)
        for name, array in (("min", low), ("mean", mean), ("max", high))
    }


class NumpyEngine:
    name, shares = "numpy", False

    def prepare(self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None) -> NumpyRun:
        return NumpyRun(problem, question, settings)


ENGINE = NumpyEngine()

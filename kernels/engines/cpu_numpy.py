"""The NumPy engine: plans run block by block with whole arrays, by some threads where blocks are long; nothing is compiled."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..emit.passes import PASSES
from ..emit.reducers import Accumulator
from ..graph.expression import Node
from ..model.questions import Chunk, Problem, Question, Result
from ..plan.arrays import ARRAYS, LONG_ARRAYS, LONG_GRID
from ..plan.plan import Plan
from ..plan.planner import make
from ..plan.sharing import SharedPass
from ..reductions.bins import Bins
from ..reductions.pareto import NOWHERE
from ..reductions.states import Share
from .engine import Availability, Engine, Settings
from .numpy_blocks import ArrayBlocks
from .numpy_deciding import DecisionPass
from .numpy_passes import KnownPlaces, choose_feasible, empty, lowest_offsets, places, reduce_block, take_least
from .numpy_walk import Block, BlockWalk
from .planned import PlannedRun

_CHUNK_POINTS = 2**18  # scenarios of a table that are in memory at once
_FEW_POINTS = 16  # outer points of a group: where there are more, computing one of them anew to find a place costs little


def availability() -> Availability:
    """Say that the engine can run: NumPy is always installed."""
    return Availability("numpy", True, device="CPU")


def _plan(problem: Problem, question: Question, dtype: str) -> Plan:
    """Plan a question for blocks that stay in the cache, or for long ones; the answer's bits depend on no number of threads."""
    plan = make(problem, question, dtype, ARRAYS)
    if problem.grid.size < LONG_GRID or plan.guards or PASSES.of(question).reduction is None:
        return plan
    return make(problem, question, dtype, LONG_ARRAYS)


class NumpyRun(PlannedRun):
    """A question on a grid, ready to run: a program of NumPy calls.

    Parameters
    ----------
    problem, question
        What is asked.
    settings
        How the engine runs.
    shared
        A first pass that the question has in common with others.
    """

    def __init__(self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None):
        super().__init__(_plan(problem, question, settings.dtype), settings, shared)
        self.blocks = ArrayBlocks(self.plan, settings)
        self.layout = self.blocks.layout
        self._known: KnownPlaces | None = None

    def run(self) -> Result:
        """Answer the question. Raises EngineError for one that has no answer of that form."""
        self.blocks.begin()
        return super().run()

    @property
    def steps(self) -> int:
        """How many blocks there are."""
        return self.layout.blocks

    def point_of(self, step: int) -> int:
        """Return the number of a block's first outer point; how many there are after the last block."""
        return self.blocks.end(step)

    def _covered_blocks(self) -> tuple[int, int]:
        """Return the first of the blocks that are covered, and the number after the last."""
        first, last = self.layout.block_of(np.array([self.first, self.last - 1]))
        return int(first), int(last) + 1

    def _tasks(self, work: Callable[[int, int], None], share: Share | None) -> None:
        """Share out the blocks that are covered."""
        first, last = self._covered_blocks()
        self.blocks.tasks(last - first, lambda low, high: work(first + low, first + high), share)

    # --- the passes ---

    def reduce(self, name: str, share: Share = (0.0, 1.0)) -> dict[str, NDArray[Any]]:
        """Run a reduction over all outer points; an array over them for each of its accumulators."""
        accumulators = self.reducers[name].accumulators
        outs = {key: np.empty(self.plan.points, kind) for key, kind in self.kinds(name).items()}
        known = self._known = self._places_of(accumulators)

        def visit(walk: BlockWalk, block: Block) -> None:
            first = block.first
            reduced = reduce_block(walk, block, self.plan, accumulators)
            for key, values in reduced.items():
                outs[key][first : first + block.points] = values
            if known:
                known.look(block, reduced["best"])
            if "pruned" in outs:
                outs["pruned"][first : first + block.points] = 0

        def skip(first: int, last: int, pruned: bool) -> None:
            for accumulator in accumulators:
                outs[accumulator.name][first:last] = empty(accumulator)
            if "pruned" in outs:
                outs["pruned"][first:last] = self.plan.cut.sizes(np.arange(first, last)) if pruned else 0

        self._tasks(lambda low, high: self.blocks.each(low, high, visit, skip), share)
        return {key: out[self.first : self.last] for key, out in outs.items()}

    def _places_of(self, accumulators: Sequence[Accumulator]) -> KnownPlaces | None:
        """Keep where best values are, where a pass has them and finding the places afterwards takes as long as the pass."""
        best = next((accumulator for accumulator in accumulators if accumulator.name == "best"), None)
        if best is None or self.plan.points_per_group > _FEW_POINTS:
            return None
        return KnownPlaces(self.plan, self.blocks, best)

    def locate(self, points: NDArray[np.int64], targets: NDArray[Any]) -> NDArray[np.int64]:
        """Find the lowest flat index at which each outer point reaches its target, -1 where none does."""
        if self._known is None:
            return self._search(points, targets)
        result = self._known.flat[points]
        left = np.flatnonzero(result < 0)
        if len(left):
            result[left] = self._search(points[left], targets[left])
        return result

    def _search(self, points: NDArray[np.int64], targets: NDArray[Any]) -> NDArray[np.int64]:
        """Compute outer points anew to `locate` their targets."""
        order = np.argsort(points, kind="stable")
        numbers, start = np.unique(self.layout.block_of(points[order]), return_index=True)
        parts, flats = np.split(order, start[1:]), self.blocks.starts(points)
        out = np.full(points.size, -1, np.int64)

        def find(number: int, part: NDArray[np.int64]) -> None:
            def visit(_: BlockWalk, block: Block) -> None:
                rows = block.rows(self.plan.objective)[points[part] - block.first]
                lowest = lowest_offsets(rows, targets[part], self.blocks.inner_offsets(block))
                out[part] = np.where(lowest == NOWHERE, -1, lowest + flats[part])

            self.blocks.each(number, number + 1, visit)

        def work(low: int, high: int) -> None:
            for number, part in zip(numbers[low:high].tolist(), parts[low:high], strict=True):
                find(number, part)

        self.blocks.tasks(len(numbers), work, None)
        return out

    def decisions(self, groups: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        """Decide within every outer point of these groups: see `PlannedRun.decisions`."""
        return DecisionPass(self.plan, self.blocks, self.first, self.last).run(groups)

    def count(self, bins: Bins, share: Share) -> NDArray[np.int64]:
        """Count the feasible scenarios of each group in each bin: (groups, bins)."""

        def visit(part: NDArray[Any], place: NDArray[np.int64], *_: Any) -> None:
            part += np.bincount(place, minlength=len(part))

        return self._binned(bins, np.int64(0), np.add, visit, share)

    def least(self, bins: Bins, share: Share) -> NDArray[Any]:
        """Find the least of the second quantity in each bin of the first: (groups, bins), inf where none is."""

        def visit(part: NDArray[Any], place: NDArray[np.int64], walk: BlockWalk, block: Block) -> None:
            take_least(part, place, choose_feasible(walk, block, self.plan.objectives[-1]).values)

        return self._binned(bins, self.dtype.type(np.inf), np.minimum, visit, share)

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

        def visit(part: NDArray[Any], place: NDArray[np.int64], walk: BlockWalk, block: Block) -> None:
            chosen = choose_feasible(walk, block, self.plan.objectives[-1])
            group = block.first // self.plan.points_per_group - self.covered.start
            on_front = np.flatnonzero(chosen.values == np.take(front[group:].reshape(-1), place))
            scenario = on_front if chosen.picked is None else np.flatnonzero(chosen.picked)[on_front]
            point, inner = np.divmod(scenario, block.scenarios)
            flats = self.blocks.starts(block.first + np.arange(block.points))
            np.minimum.at(part, place[on_front], flats[point] + self.blocks.inner_offsets(block)[inner])

        return self._binned(bins, np.int64(NOWHERE), np.minimum, visit, share)

    def _binned(self, bins: Bins, nothing: Any, merge: np.ufunc, visit: Callable[..., None], share: Share) -> NDArray[Any]:
        """Run a pass that keeps something for each bin of each group: a task has its own rows, merged when it is done."""
        result = np.full((len(self.covered), bins.width), nothing)
        lock, per_group, start = threading.Lock(), self.plan.points_per_group, self.covered.start
        spread = bins.spread(start, self.groups)

        def work(low: int, high: int) -> None:
            first, last = self.blocks.end(low) // per_group, (self.blocks.end(high) - 1) // per_group
            part = np.full((last - first + 1) * bins.width, nothing)

            def take(walk: BlockWalk, block: Block) -> None:
                groups = (block.first + np.arange(block.points)) // per_group
                chosen = choose_feasible(walk, block, self.plan.objective)
                if not len(chosen.values):
                    return
                begin = (int(groups[0]) - first) * bins.width
                rows = part[begin : begin + (int(groups[-1] - groups[0]) + 1) * bins.width]
                visit(rows, places(walk, chosen, int(groups[0]), groups, spread), walk, block)

            self.blocks.each(low, high, take)
            rows = result[first - start : last + 1 - start]
            with lock:
                merge(rows, part.reshape(-1, bins.width), out=rows)

        self._tasks(work, share)
        return result

    # --- tables ---

    def chunks(self) -> Iterator[Chunk]:
        """Compute a table's values and hand them over chunk by chunk, in the order of the flat index."""
        if self.last - self.first == self.plan.points:  # else other threads may be at other parts, with the same tables
            self.blocks.begin()
        step = max(_CHUNK_POINTS // max(self.plan.inner * self.layout.points, 1), 1)
        nodes = dict(zip(self.question.objectives(), self.plan.objectives, strict=True))
        first, last = self._covered_blocks()
        for low in range(first, last, step):
            high = min(low + step, last)
            begin, end = self.blocks.start(low), self.blocks.start(high)
            columns = {name: np.empty(end - begin, self.dtype) for name in nodes}
            outs = [(node, columns[name]) for name, node in nodes.items()]
            feasible = None
            if self.plan.feasible is not None:
                feasible = np.empty(end - begin, np.bool_)
                outs.append((self.plan.feasible, feasible))
            self.blocks.tasks(high - low, self._writing(low, begin, outs), None)
            yield Chunk(begin, columns, feasible)
            if self.settings.progress:
                self.settings.progress(end / self.problem.grid.size)

    def _writing(self, first: int, begin: int, outs: list[tuple[Node, NDArray[Any]]]) -> Callable[[int, int], None]:
        """Give the work of a chunk that begins with the block ``first``, at the flat index ``begin``."""

        def visit(_: BlockWalk, block: Block) -> None:
            start, size = self.blocks.start(block.number) - begin, block.points * block.scenarios
            for node, out in outs:
                np.copyto(out[start : start + size].reshape(block.lengths), block.value(node))

        return lambda low, high: self.blocks.each(first + low, first + high, visit)


class NumpyEngine(Engine):
    """The engine ``numpy``."""

    name, shares = "numpy", True

    def prepare(self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None) -> NumpyRun:
        """Plan a question; see `engine.Engine.prepare`.

        Parameters
        ----------
        problem, question, settings
            What is asked, and how the engine runs.
        shared
            A first pass that the question has in common with others.
        """
        return NumpyRun(problem, question, settings, shared)


ENGINE = NumpyEngine()

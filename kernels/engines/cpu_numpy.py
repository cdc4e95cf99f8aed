"""The NumPy engine: plans run block by block with whole arrays, by one thread per core; nothing is compiled."""

import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..emit.passes import Pass
from ..graph.expression import Node
from ..model.questions import Chunk, Problem, Question, Result
from ..plan.order import ARRAYS
from ..plan.planner import make
from ..plan.sharing import SharedPass
from ..reductions.bins import Bins
from ..reductions.pareto import NOWHERE
from ..reductions.states import Share
from .cpu_tasks import share_out
from .engine import Availability, Engine, Settings
from ..reductions.draws import check_memory
from .numpy_decide import DrawWeights, Verdicts, first_best, wanted_nodes
from .numpy_passes import choose_feasible, empty, lowest_offsets, places, reduce_block, take_least
from .numpy_program import Program
from .numpy_walk import Block, Skipped, Walk
from .planned import PlannedRun

_TASK_POINTS = 2**24  # scenarios of one task: some hundredths of a second
# NumPy copies broadcast operands into its buffers where several rows fit in one, though nothing has to be cast, and takes up
# to seven times as long then: elements of a buffer that no row of some length fits in.
_BUFFER = 512
_CHUNK_POINTS = 2**20  # scenarios of a table that are in memory at once

Visit = Callable[[Walk, Block], None]


def availability() -> Availability:
    """Say that the engine can run: NumPy is always installed."""
    return Availability("numpy", True, device="CPU")


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
        super().__init__(make(problem, question, settings.dtype, ARRAYS), settings, shared)
        self.threads = settings.threads or os.cpu_count() or 1
        plan = self.plan
        unknown = plan.unknown if plan.nan is not None else ()
        outputs = [*plan.objectives, *unknown] if plan.deciding is None else wanted_nodes(plan.deciding)
        self.program = Program(plan, outputs, plan.feasible if plan.nan is None else plan.met, None)
        # Where a quantity is NaN, what follows from that is computed too.
        self.whole = None if plan.nan is None else Program(plan, [*plan.objectives, *unknown], plan.feasible, plan.nan)
        self.checked = [node for node in (*plan.objectives, *unknown) if plan.may_be_nan(node)] if self.whole else []
        self.layout = self.program.layout
        self._filled, self._walks = set[Program](), dict[Program, list[Walk]]()
        self._lock = threading.Lock()
        self._offsets: dict[tuple[int, ...], NDArray[np.int64]] = {}

    # --- the walk ---

    def run(self) -> Result:
        """Answer the question. Raises EngineError for one that has no answer of that form."""
        self._forget()
        return super().run()

    def _forget(self) -> None:
        """Have the tables computed anew: they are part of the work."""
        self._filled.clear()
        self._walks.clear()

    def _each(
        self, low: int, high: int, visit: Visit, skip: Callable[[int, int], None] | None = None
    ) -> None:
        """Compute the blocks from ``low`` to before ``high``, and do something with each, or with outer points skipped."""
        with np.errstate(all="ignore"):  # which also puts back the size of the buffers
            np.setbufsize(_BUFFER)
            while low < high:
                low = self._stretch(low, high, visit, skip)

    def _stretch(self, low: int, high: int, visit: Visit, skip: Callable[[int, int], None] | None) -> int:
        """Do some blocks that are alike in whether something is NaN in them; returns the number of the next block."""
        walk = self._take(self.program)
        for part in walk.blocks(low, high):
            if isinstance(part, Block):
                if any(part.has_nan(node) for node in self.checked):
                    low = part.number
                    break
                visit(walk, part)
            elif skip:
                skip(self.layout.first_point(part.number), self._end(part))
        else:
            low = high
        self._walks[self.program].append(walk)
        if low == high or self.whole is None:
            return low
        walk = self._take(self.whole)
        for part in walk.blocks(low, high):
            if isinstance(part, Block):
                visit(walk, part)
                low = part.number + 1
                if not any(part.has_nan(node) for node in self.checked):
                    break
            else:
                low = part.number + part.count
                if skip:
                    skip(self.layout.first_point(part.number), self._end(part))
        self._walks[self.whole].append(walk)
        return low

    def _take(self, program: Program) -> Walk:
        """Take a walk that no thread is on."""
        with self._lock:
            if program not in self._filled:
                program.fill()
                self._filled.add(program)
            walks = self._walks.setdefault(program, [])
            return walks.pop() if walks else Walk(program)

    def _end(self, part: Skipped) -> int:
        """Return the number of the outer point after the last of skipped blocks."""
        number = part.number + part.count
        return self.plan.points if number == self.layout.blocks else self.layout.first_point(number)

    def _tasks(self, count: int, work: Callable[[int, int], None], share: Share | None) -> None:
        """Share ``count`` blocks among the threads."""
        whole = self.layout.points * max(self.plan.inner, 1)
        step = min(_TASK_POINTS // whole, -(-count // (4 * self.threads)))
        if self.settings.chunk:
            step = self.settings.chunk // self.layout.points
        tell = self.settings.progress
        progress = (lambda part: tell(share[0] + share[1] * part)) if tell and share else None
        share_out(count, max(step, 1), self.threads, work, progress)

    # --- the passes ---

    def reduce(self, name: str, share: Share = (0.0, 1.0)) -> dict[str, NDArray[Any]]:
        """Run a reduction over all outer points; an array over them for each of its accumulators."""
        accumulators = self.reducers[name].accumulators
        outs = {key: np.empty(self.plan.points, kind) for key, kind in self.kinds(name).items()}

        def visit(walk: Walk, block: Block) -> None:
            first = block.first
            for key, values in reduce_block(walk, block, self.plan, accumulators).items():
                outs[key][first : first + block.points] = values
            if "pruned" in outs:
                outs["pruned"][first : first + block.points] = 0

        def skip(first: int, last: int) -> None:
            for accumulator in accumulators:
                outs[accumulator.name][first:last] = empty(accumulator)
            outs["pruned"][first:last] = self._sizes(np.arange(first, last))

        self._tasks(self.layout.blocks, lambda low, high: self._each(low, high, visit, skip), share)
        return outs

    def _sizes(self, points: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the scenarios of outer points: the last tile of an axis is shorter."""
        size, rest = np.full(len(points), self.plan.inner), points
        for part in reversed(self.plan.outer):
            rest, index = np.divmod(rest, part.count)
            if part.tile > 1:
                length = np.minimum(part.tile, self.problem.grid.shape[part.axis] - index * part.tile)
                size = size // part.tile * length
        return size

    def _inner_offsets(self, block: Block) -> NDArray[np.int64]:
        """Return what each scenario of an outer point adds to the flat index of its first."""
        lengths = block.lengths[self.layout.batched :]
        known = self._offsets.get(lengths)
        if known is None:
            grid, known = self.problem.grid, np.zeros(1, np.int64)
            for dim, whole in zip(self.layout.dims[self.layout.batched :], lengths, strict=True):
                for axis in dim:
                    length = whole if len(dim) == 1 else grid.shape[axis]
                    known = (known[:, None] + np.arange(length) * grid.strides[axis]).reshape(-1)
            self._offsets[lengths] = known
        return known

    def locate(self, points: NDArray[np.int64], targets: NDArray[Any]) -> NDArray[np.int64]:
        """Find the lowest flat index at which each outer point reaches its target, -1 where none does."""
        order = np.argsort(points, kind="stable")
        number, start = np.unique(self.layout.block_of(points[order]), return_index=True)
        parts, flats = np.split(order, start[1:]), self.plan.starts(points)
        out = np.full(points.size, -1, np.int64)

        def work(low: int, high: int) -> None:
            for part, block_number in zip(parts[low:high], number[low:high].tolist(), strict=True):

                def visit(walk: Walk, block: Block, part: NDArray[np.int64] = part) -> None:
                    rows = block.rows(self.plan.objective)[points[part] - block.first]
                    lowest = lowest_offsets(rows, targets[part], self._inner_offsets(block))
                    out[part] = np.where(lowest == NOWHERE, -1, lowest + flats[part])

                self._each(block_number, block_number + 1, visit)

        self._tasks(len(number), work, None)
        return out

    def decisions(self, groups: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        """Decide within every outer point of these groups: see `PlannedRun.decisions`."""
        plan, deciding = self.plan, self.plan.deciding
        assert deciding is not None
        answers, wanted = deciding.confidences, np.isin(np.arange(self.groups), groups)
        best = np.full((plan.points, answers), np.inf, self.dtype)
        flat = np.full((plan.points, answers), NOWHERE)
        pruned, unknown = np.zeros((2, plan.points), np.int64)
        failed = np.zeros((plan.points, len(deciding.missed) + 1), np.int64)
        limits = np.full((answers, self.groups), np.inf, self.dtype)  # what one thread finds spares the others work
        weights = DrawWeights(plan)
        check_memory(weights.draws.count * len(self.program.sizes))

        def visit(_: Walk, block: Block) -> None:
            points = block.first + np.arange(block.points)
            verdicts = Verdicts(plan, weights, block)
            inner = verdicts.count // block.points
            point, group = np.repeat(np.arange(block.points), inner), np.repeat(points // plan.points_per_group, inner)
            judged = verdicts.judge(limits[:, group])
            offsets = self._inner_offsets(block)[:: block.scenarios // inner]
            flats = (plan.starts(points)[:, None] + offsets).reshape(-1)
            for c in range(answers):
                best[points, c], flat[points, c] = first_best(judged.value[c], flats, point, block.points)
                np.minimum.at(limits[c], points // plan.points_per_group, best[points, c])
            unknown[points] = judged.unknown.reshape(block.points, -1).sum(axis=1)
            failed[points] = judged.failed.reshape(len(judged.failed), block.points, -1).sum(axis=2).T

        def skip(first: int, last: int) -> None:
            pruned[first:last] = self._sizes(np.arange(first, last))

        chosen = np.flatnonzero(np.repeat(wanted, plan.points_per_group))
        numbers = np.unique(self.layout.block_of(chosen))

        def work(low: int, high: int) -> None:
            for run in np.split(numbers[low:high], np.flatnonzero(np.diff(numbers[low:high]) > 1) + 1):
                self._each(int(run[0]), int(run[-1]) + 1, visit, skip)

        self._tasks(len(numbers), work, (0.0, 1.0) if wanted.all() else None)
        others = np.flatnonzero(np.repeat(~wanted, plan.points_per_group))
        best[others], flat[others] = np.inf, NOWHERE
        for counted in (pruned, unknown, failed):
            counted[others] = 0
        return {"best": best, "flat": flat, "pruned": pruned, "unknown": unknown, "failed": failed}

    def count(self, bins: Bins, share: Share) -> NDArray[np.int64]:
        """Count the feasible scenarios of each group in each bin: (groups, bins)."""

        def visit(part: NDArray[Any], place: NDArray[np.int64], *_: Any) -> None:
            if len(place):
                part += np.bincount(place, minlength=len(part))

        return self._binned(bins, np.int64(0), np.add, visit, share)

    def least(self, bins: Bins, share: Share) -> NDArray[Any]:
        """Find the least of the second quantity in each bin of the first: (groups, bins), inf where none is."""

        def visit(part: NDArray[Any], place: NDArray[np.int64], walk: Walk, block: Block) -> None:
            take_least(part, place, self._second(walk, block))

        return self._binned(bins, self.dtype.type(np.inf), np.minimum, visit, share)

    def _second(self, walk: Walk, block: Block) -> NDArray[Any]:
        """Give the second quantity of the scenarios that count."""
        return choose_feasible(walk, block, self.plan.objectives[-1]).values

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

        def visit(part: NDArray[Any], place: NDArray[np.int64], walk: Walk, block: Block) -> None:
            chosen = choose_feasible(walk, block, self.plan.objectives[-1])
            group = block.first // self.plan.points_per_group
            on_front = np.flatnonzero(chosen.values == np.take(front[group:].reshape(-1), place))
            if not len(on_front):
                return
            scenario = on_front if chosen.picked is None else np.flatnonzero(chosen.picked)[on_front]
            point, inner = np.divmod(scenario, block.scenarios)
            flats = self.plan.starts(block.first + np.arange(block.points))
            np.minimum.at(part, place[on_front], flats[point] + self._inner_offsets(block)[inner])

        return self._binned(bins, np.int64(NOWHERE), np.minimum, visit, share)

    def _binned(self, bins: Bins, nothing: Any, merge: np.ufunc, visit: Callable[..., None], share: Share) -> NDArray[Any]:
        """Run a pass that keeps something for each bin of each group: a task has its own rows, merged when it is done."""
        result = np.full((self.groups, bins.width), nothing)
        lock, per_group = threading.Lock(), self.plan.points_per_group

        def work(low: int, high: int) -> None:
            first = self.layout.first_point(low) // per_group
            last = (self._end(Skipped(low, high - low)) - 1) // per_group
            part = np.full((last - first + 1) * bins.width, nothing)

            def take(walk: Walk, block: Block) -> None:
                groups = (block.first + np.arange(block.points)) // per_group
                chosen = choose_feasible(walk, block, self.plan.objective)
                start = (int(groups[0]) - first) * bins.width
                rows = part[start : start + (int(groups[-1] - groups[0]) + 1) * bins.width]
                visit(rows, places(walk, chosen, int(groups[0]), groups, bins), walk, block)

            self._each(low, high, take)
            rows = part.reshape(-1, bins.width)
            with lock:
                merge(result[first : last + 1], rows, out=result[first : last + 1])

        self._tasks(self.layout.blocks, work, share)
        return result

    # --- tables ---

    def chunks(self) -> Iterator[Chunk]:
        """Compute a table's values and hand them over chunk by chunk, in the order of the flat index."""
        self._forget()
        size, blocks = self.problem.grid.size, self.layout.blocks
        step = max(_CHUNK_POINTS // max(self.plan.inner * self.layout.points, 1), 1)
        nodes = dict(zip(self.question.objectives(), self.plan.objectives, strict=True))
        for low in range(0, blocks, step):
            high = min(low + step, blocks)
            begin, end = self._start(low), self._start(high)
            columns = {name: np.empty(end - begin, self.dtype) for name in nodes}
            feasible = None if self.plan.feasible is None else np.empty(end - begin, np.bool_)
            outs = [(node, columns[name]) for name, node in nodes.items()]
            outs += [(node, out) for node, out in [(self.plan.feasible, feasible)] if node is not None and out is not None]
            self._tasks(high - low, self._writing(low, begin, outs), None)
            yield Chunk(begin, columns, feasible)
            if self.settings.progress:
                self.settings.progress(end / size)

    def _start(self, block: int) -> int:
        """Return the flat index of a block's first scenario."""
        if block == self.layout.blocks:
            return self.problem.grid.size
        return int(self.plan.starts(np.array([self.layout.first_point(block)]))[0])

    def _writing(self, first: int, begin: int, outs: list[tuple[Node, NDArray[Any]]]) -> Callable[[int, int], None]:
        """Give the work of a chunk that begins with the block ``first``, at the flat index ``begin``."""

        def visit(_: Walk, block: Block) -> None:
            start, size = self._start(block.number) - begin, block.points * block.scenarios
            for node, out in outs:
                np.copyto(out[start : start + size].reshape(block.lengths), block.value(node))

        return lambda low, high: self._each(first + low, first + high, visit)


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
__all__ = ["ENGINE", "NumpyRun", "Pass", "availability"]

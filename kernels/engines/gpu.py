"""What both GPU engines do alike: which kernels a question needs, and their launches, chunk by chunk."""

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..emit.gpu import bins as emit_bins
from ..emit.gpu import decide as emit_decide
from ..emit.gpu import points as emit_points
from ..emit.gpu import threads
from ..emit.gpu.bins import MAX_SHARED_BINS
from ..emit.gpu.gates import lane_gates
from ..emit.gpu.threads import Kernel
from ..emit.nest import inputs
from ..emit.passes import PASSES, Pass, reductions, signed
from ..emit.reducers import Reducer
from ..model.questions import Chunk, Problem, Question
from ..plan.order import GPU
from ..plan.plan import Plan
from ..plan.planner import make
from ..plan.sharing import SharedPass
from ..reductions.bins import Bins
from ..reductions.pareto import NOWHERE
from ..reductions.states import Share
from .device import Device
from .engine import Settings
from .gpu_incumbents import Incumbents
from .gpu_steps import first_step, stepwise
from .planned import PlannedRun

COUNTS_WIDE = "counts-wide"  # `Pass.COUNTS` with more bins than shared memory holds
_MEMORY_SHARE = 0.5  # of the free memory, for partial results
_BLOCKS_PER_SM = 256  # several times what runs at once, so that none is left alone with the last of the work
_TABLE_POINTS = 2**26  # of a table's chunk, where memory allows
_ASKED_BYTES = 2**24  # of partial results: for fewer, the driver is not asked what memory is free
Further = Callable[[int, int], tuple[NDArray[Any], ...]]


class Items(NamedTuple):
    """What a pass is done for: how many outer points or groups, how many bytes and scenarios each of them has."""

    total: int
    bytes: int
    scenarios: int


def gpu_plan(problem: Problem, question: Question, dtype: str) -> Plan:
    """Plan a question as GPUs want it: smaller outer points, and lanes that fit in a block.

    Parameters
    ----------
    problem
        The model on its grid.
    question
        What is asked.
    dtype
        ``float64`` or ``float32``.

    Raises
    ------
    ModelError
        Where the model cannot be traced.
    EngineError
        For a question that has no plan of its own.
    """
    return make(problem, question, dtype, GPU)


def kernels_to_compile(problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None) -> int:
    """Count the kernels that a question needs at first.

    Parameters
    ----------
    problem, question, settings, shared
        As `Engine.prepare` takes them.
    """
    led = shared is not None and shared.led
    reduced = 0 if led else len(reductions(gpu_plan(problem, question, settings.dtype)))
    return reduced + len(PASSES.of(question).further)


def emit_kernels(plan: Plan, reducers: Mapping[str, Reducer], language: str) -> dict[str, Kernel]:
    """Emit every kernel of a question.

    Parameters
    ----------
    plan
        The question's plan.
    reducers
        Its reductions by the name of the pass; none where another run does the pass that they share.
    language
        ``cuda`` or ``python``.

    Returns
    -------
    dict[str, Kernel]
        The kernels by the name of the pass, the histogram's second one as ``counts-wide``.
    """
    kernels = {name: threads.reduction(plan, reducer, language) for name, reducer in reducers.items()}
    for name in PASSES.of(plan.question).further:
        kernels |= KERNELS[name](plan, language)
    return kernels


def _where(plan: Plan, language: str) -> dict[str, Kernel]:
    return {Pass.WHERE.value: emit_points.location(plan, language)}


def _counts(plan: Plan, language: str) -> dict[str, Kernel]:
    return {
        name: emit_bins.histogram(plan, language, signed=signed(plan), shared=shared)
        for name, shared in ((Pass.COUNTS.value, True), (COUNTS_WIDE, False))
    }


def _least(plan: Plan, language: str) -> dict[str, Kernel]:
    return {Pass.LEAST.value: emit_bins.least(plan, language, signed=signed(plan))}


def _front(plan: Plan, language: str) -> dict[str, Kernel]:
    return {Pass.FRONT.value: emit_bins.front(plan, language, signed=signed(plan))}


def _decide(plan: Plan, language: str) -> dict[str, Kernel]:
    return {Pass.DECIDE.value: emit_decide.decision(plan, language)}


def _table(plan: Plan, language: str) -> dict[str, Kernel]:
    return {Pass.TABLE.value: emit_points.table(plan, language)}


KERNELS: Mapping[Pass, Callable[[Plan, str], dict[str, Kernel]]] = {
    Pass.WHERE: _where,
    Pass.COUNTS: _counts,
    Pass.LEAST: _least,
    Pass.FRONT: _front,
    Pass.DECIDE: _decide,
    Pass.TABLE: _table,
}


class GpuRun(PlannedRun):
    """A question on a grid, compiled for a GPU: see `PlannedRun`.

    Parameters
    ----------
    device
        The GPU.
    problem, question, settings
        What is asked of which model and grid, and how the engine runs.
    shared
        A first pass that the question has in common with others.
    """

    def __init__(
        self, device: Device, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None
    ):
        super().__init__(gpu_plan(problem, question, settings.dtype), settings, shared)
        self.device = device
        self.kernels = emit_kernels(self.plan, self.reducers, device.language)
        self.functions = {
            name: device.compile(kernel, self.plan) for name, kernel in self.kernels.items() if name != COUNTS_WIDE
        }
        leaves = inputs(self.plan)
        held = device.upload((leaves.constants, leaves.tables, leaves.lanes, self.plan.lane_offsets()))
        self.arrays, self.offsets = held[:3], held[3]

    def kinds(self, name: str) -> dict[str, np.dtype[Any]]:
        """Look up what a reduction keeps of each outer point: see `PlannedRun.kinds`."""
        return super().kinds(name) | ({"pruned": np.dtype(np.int64)} if lane_gates(self.plan) else {})

    def reduce(self, name: str, share: Share = (0.0, 1.0)) -> dict[str, NDArray[Any]]:
        """Compute every outer point's accumulators: arrays over the outer points."""
        kinds = self.kinds(name)
        outs = {key: np.empty(self.last - self.first, kind) for key, kind in kinds.items()}

        def part(first: int, count: int) -> None:
            made = self.device.outputs([(count, kind) for kind in kinds.values()], fill=0)  # threads add up what they skip
            self._launch(name, self.first + first, count, *made.arrays)
            for out, array in zip(outs.values(), self.device.download(made), strict=True):
                out[first : first + count] = array

        points = self.last - self.first
        self._chunks(Items(points, sum(kind.itemsize for kind in kinds.values()), self.plan.inner), part, share)
        return outs

    def locate(self, points: NDArray[np.int64], targets: NDArray[Any]) -> NDArray[np.int64]:
        """Find the lowest flat index within each of these outer points whose objective is exactly the target."""
        flats, _ = self.plan.point_offsets(points)
        out = np.empty(points.size, np.int64)

        def part(first: int, count: int) -> None:
            end = first + count
            given = self.device.upload([array[first:end] for array in (points, targets, flats)])
            made = self.device.outputs([(count, np.int64)])
            self._launch(Pass.WHERE, 0, count, *given, self.offsets, *made.arrays)
            (out[first:end],) = self.device.download(made)

        self._chunks(Items(points.size, 4 * 8, self.plan.inner), part, None)
        return out

    def decisions(self, groups: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        """Decide within every outer point of these groups, a few of them first: see `Incumbents`."""
        known = Incumbents(self.plan, groups, self.first, self.last)
        for points, share in known.stages(self.device.multiprocessors):

            def part(first: int, count: int, points: NDArray[np.int64] = points) -> None:
                some = points[first : first + count]
                flats, _ = self.plan.point_offsets(some)
                weights, numbers, flats, limits = self.device.upload((known.weights, some, flats, known.limits))
                made = self.device.outputs([(count * width, kind) for width, kind in known.columns], fill=0)
                self._launch(Pass.DECIDE, 0, count, weights, numbers, flats, self.offsets, limits, *made.arrays)
                known.learn(some, *self.device.download(made))

            self._chunks(Items(points.size, known.bytes, self.plan.inner), part, share)
        return known.arrays

    def count(self, bins: Bins, share: Share) -> NDArray[np.int64]:
        """Count the feasible scenarios of each group in each bin: (groups, bins)."""
        name = Pass.COUNTS if bins.width <= MAX_SHARED_BINS else COUNTS_WIDE
        return self._binned(name, bins, 0, share)

    def least(self, bins: Bins, share: Share) -> NDArray[Any]:
        """Find the least of the second quantity in each bin of the first: (groups, bins), inf where none is."""
        return emit_bins.ordered(self._binned(Pass.LEAST, bins, NOWHERE, share), self.dtype.name)

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

        def more(first: int, count: int) -> tuple[NDArray[Any], ...]:
            flats, _ = self.plan.point_offsets(np.arange(*self._points_of(first, count)))
            start = first - self.covered.start
            return front[start : start + count].reshape(-1), flats

        return self._binned(Pass.FRONT, bins, NOWHERE, share, more)

    def _binned(
        self,
        name: str,
        bins: Bins,
        empty: int,
        share: Share,
        more: Further | None = None,
    ) -> NDArray[np.int64]:
        """Do a pass that keeps a whole number for each bin of each group; a launch does all outer points of some groups.

        Parameters
        ----------
        name
            The pass.
        bins
            The groups' bins.
        empty
            The number of a bin that has no point.
        share
            The part of the question's progress that this pass is.
        more
            Gives further arrays that the kernel reads, from a launch's first group and how many it has.

        Returns
        -------
        NDArray[np.int64]
            (covered groups, bins).
        """
        groups, start = len(self.covered), self.covered.start
        result = np.empty((groups, bins.width), np.int64)
        per_group, bins = self.plan.points_per_group, bins.spread(start, self.groups)

        def part(done: int, count: int) -> None:
            first = start + done
            points, end = self._points_of(first, count)
            read = self.device.upload((bins.above, bins.below, bins.base, *(more(first, count) if more else ())))
            made = self.device.outputs([(count * bins.width, np.int64)], fill=empty)
            further = (*read[3:], self.offsets) if more else ()
            args = (*read[:3], np.int64(first), np.int64(bins.width), *further, *made.arrays)
            self._launch(name, points, end - points, *args)
            result[done : done + count] = self.device.download(made)[0].reshape(count, bins.width)

        size = bins.width * 8 * (2 if more else 1) + (per_group * 8 if more else 0)
        self._chunks(Items(groups, size, min(per_group, self.last - self.first) * self.plan.inner), part, share)
        return result

    def _points_of(self, group: int, count: int) -> tuple[int, int]:
        """Find the covered outer points of some groups: the first, and that after the last."""
        per_group = self.plan.points_per_group
        return max(group * per_group, self.first), min((group + count) * per_group, self.last)

    def chunks(self) -> Iterator[Chunk]:
        """Compute a table's values and hand them over chunk by chunk, in the order of the flat index."""
        names, size = self.question.objectives(), self.problem.grid.size
        points = min(_TABLE_POINTS, int(_MEMORY_SHARE * self.device.free_memory()) // (self.dtype.itemsize * len(names) + 1))
        step = max(points // max(self.plan.inner, 1), 1)
        write = functools.partial(self._write, names)
        for _, chunk in stepwise(self.last - self.first, step, write, self.device.out_of_memory):
            yield chunk
            if self.settings.progress:
                self.settings.progress((chunk.start + len(chunk.values[names[0]])) / size)

    def _write(self, names: tuple[str, ...], first: int, count: int) -> Chunk:
        """Compute the table's chunk of some outer points, the first counted from the first that is covered."""
        plan, first = self.plan, self.first + first
        flats = plan.starts(np.arange(first, first + count + 1))
        begin, end = int(flats[0]), int(flats[-1]) if first + count < plan.points else self.problem.grid.size
        kinds: list[Any] = [*(self.dtype for _ in names), *([] if plan.feasible is None else [np.uint8])]
        made = self.device.outputs([(end - begin, kind) for kind in kinds], fill=0 if plan.guards else None)
        self._launch(Pass.TABLE, first, count, np.int64(begin), *self.device.upload((flats,)), *made.arrays)
        outs = self.device.download(made)
        feasible = None if plan.feasible is None else outs.pop().astype(bool)
        return Chunk(begin, dict(zip(names, outs, strict=True)), feasible)

    def _launch(self, name: str, first: int, count: int, *args: Any) -> None:
        """Launch a pass's kernel for ``count`` outer points from ``first`` on."""
        grid = max(min(count, _BLOCKS_PER_SM * self.device.multiprocessors), 1)
        whole = (np.int64(first), np.int64(count), *self.arrays, *args)
        if name not in self.functions:
            self.functions[name] = self.device.compile(self.kernels[name], self.plan)
        self.device.launch(self.functions[name], grid, self.kernels[name].block, whole)

    def _chunks(self, items: Items, part: Callable[[int, int], None], share: Share | None) -> None:
        """Do items in as few launches as memory and patience allow, and say how far the pass is."""
        if self.settings.chunk:
            step, limit = int(self.settings.chunk), None
        else:
            limit = max(int(_MEMORY_SHARE * self._free(items.total * items.bytes)) // items.bytes, 1)
            step = first_step(items.total, items.scenarios, limit)
        for done, _ in stepwise(items.total, step, part, self.device.out_of_memory, limit):
            if self.settings.progress and share:
                self.settings.progress(share[0] + share[1] * done / items.total)

    def _free(self, wanted: int) -> int:
        """Tell how many bytes are free, unless so few are wanted that the driver need not be asked."""
        return max(self.device.free_memory(), 1) if wanted > _ASKED_BYTES else 2 * _ASKED_BYTES

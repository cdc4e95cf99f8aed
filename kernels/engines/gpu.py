"""What both GPU engines do alike: which kernels a question needs, and their launches, chunk by chunk."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..emit.gpu import bins as emit_bins
from ..emit.gpu import decide as emit_decide
from ..emit.gpu import points as emit_points
from ..emit.gpu import threads
from ..emit.gpu.bins import MAX_SHARED_BINS
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
from .planned import PlannedRun

COUNTS_WIDE = "counts-wide"  # `Pass.COUNTS` with more bins than shared memory holds
_MEMORY_SHARE = 0.5  # of the free memory, for partial results
_BLOCKS_PER_SM = 256  # several times what runs at once, so that none is left alone with the last of the work
_SECONDS_A_KERNEL = 0.4  # to compile, by either package
_TABLE_POINTS = 2**26  # of a table's chunk, where memory allows


T = TypeVar("T")


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


def seconds_to_compile(problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None) -> float:
    """Predict how long a question's kernels compile: see `Engine.compile_seconds`.

    Parameters
    ----------
    problem, question, settings, shared
        As `Engine.prepare` takes them.
    """
    led = shared is not None and shared.led
    reduced = 0 if led else len(reductions(gpu_plan(problem, question, settings.dtype)))
    return _SECONDS_A_KERNEL * (reduced + len(PASSES.of(question).further))


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
        self.functions = {name: device.compile(kernel, self.plan) for name, kernel in self.kernels.items()}
        leaves = inputs(self.plan)
        self.arrays = tuple(device.upload(array) for array in (leaves.constants, leaves.tables, leaves.lanes))

    def reduce(self, name: str, share: Share = (0.0, 1.0)) -> dict[str, NDArray[Any]]:
        """Compute every outer point's accumulators: arrays over the outer points."""
        kinds = self.kinds(name)
        outs = {key: np.empty(self.plan.points, kind) for key, kind in kinds.items()}

        def part(first: int, count: int) -> None:
            parts = {key: self.device.zeros(count, kind) for key, kind in kinds.items()}
            self._launch(name, first, count, *parts.values())
            for key, array in parts.items():
                outs[key][first : first + count] = self.device.download(array)

        self._chunks(self.plan.points, sum(kind.itemsize for kind in kinds.values()), part, share)
        return outs

    def locate(self, points: NDArray[np.int64], targets: NDArray[Any]) -> NDArray[np.int64]:
        """Find the lowest flat index within each of these outer points whose objective is exactly the target."""
        flats, _ = self.plan.point_offsets(points)
        offsets = self.device.upload(self.plan.lane_offsets())
        out = np.empty(points.size, np.int64)

        def part(first: int, count: int) -> None:
            end = first + count
            arrays = (self.device.upload(np.ascontiguousarray(a[first:end])) for a in (points, targets, flats))
            indices = self.device.zeros(count, np.int64)
            self._launch("where", 0, count, *arrays, offsets, indices)
            out[first:end] = self.device.download(indices)

        self._chunks(points.size, 4 * 8, part, None)
        return out

    def decisions(self, groups: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        """Decide within every outer point of these groups, a few of them first: see `Incumbents`."""
        known = Incumbents(self.plan, groups)
        fixed = [self.device.upload(array) for array in (known.weights, self.plan.lane_offsets())]
        for points, share in known.stages(self.device.multiprocessors):

            def part(first: int, count: int, points: NDArray[np.int64] = points) -> None:
                some = points[first : first + count]
                flats, _ = self.plan.point_offsets(some)
                weights, offsets = fixed
                read = (weights, self.device.upload(some), self.device.upload(flats), offsets)
                made = [self.device.zeros(count * width, kind) for width, kind in known.columns]
                self._launch(Pass.DECIDE, 0, count, *read, self.device.upload(known.limits), *made)
                known.learn(some, *(self.device.download(array) for array in made))

            self._chunks(points.size, known.bytes, part, share)
        return known.arrays

    def count(self, bins: Bins, share: Share) -> NDArray[np.int64]:
        """Count the feasible scenarios of each group in each bin: (groups, bins)."""
        name = Pass.COUNTS if bins.width <= MAX_SHARED_BINS else COUNTS_WIDE
        return self._binned(name, bins, 0, share)

    def least(self, bins: Bins, share: Share) -> NDArray[Any]:
        """Find the least of the second quantity in each bin of the first: (groups, bins), inf where none is."""
        return emit_bins.ordered(self._binned("least", bins, NOWHERE, share), self.dtype.name)

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
        per_group, offsets = self.plan.points_per_group, self.device.upload(self.plan.lane_offsets())

        def more(first: int, count: int) -> tuple[Any, ...]:
            flats, _ = self.plan.point_offsets(np.arange(first * per_group, (first + count) * per_group))
            rows = np.ascontiguousarray(front[first : first + count]).reshape(-1)
            return self.device.upload(rows), self.device.upload(flats), offsets

        return self._binned("front", bins, NOWHERE, share, more)

    def _binned(
        self, name: str, bins: Bins, empty: int, share: Share, more: Callable[[int, int], tuple[Any, ...]] | None = None
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
            Gives further arguments of the kernel, from a launch's first group and how many it has.

        Returns
        -------
        NDArray[np.int64]
            (groups, bins).
        """
        result = np.empty((self.plan.groups, bins.width), np.int64)
        edges = tuple(self.device.upload(array) for array in (bins.above, bins.below, bins.base))
        per_group = self.plan.points_per_group

        def part(first: int, count: int) -> None:
            kept = self.device.upload(np.full(count * bins.width, empty, np.int64))
            args = (*edges, np.int64(first), np.int64(bins.width), *(more(first, count) if more else ()), kept)
            self._launch(name, first * per_group, count * per_group, *args)
            result[first : first + count] = self.device.download(kept).reshape(count, bins.width)

        self._chunks(self.plan.groups, bins.width * 8 * (2 if more else 1), part, share)
        return result

    def chunks(self) -> Iterator[Chunk]:
        """Compute a table's values and hand them over chunk by chunk, in the order of the flat index."""
        names, size = self.question.objectives(), self.problem.grid.size
        points = min(_TABLE_POINTS, int(_MEMORY_SHARE * self.device.free_memory()) // (self.dtype.itemsize * len(names) + 1))
        step = max(points // max(self.plan.inner, 1), 1)
        for _, chunk in self._stepwise(self.plan.points, step, lambda first, count: self._write(first, count, names)):
            yield chunk
            if self.settings.progress:
                self.settings.progress((chunk.start + len(chunk.values[names[0]])) / size)

    def _write(self, first: int, count: int, names: tuple[str, ...]) -> Chunk:
        """Compute the table's chunk of some outer points."""
        plan = self.plan
        flats = plan.starts(np.arange(first, first + count + 1))
        begin, end = int(flats[0]), int(flats[-1]) if first + count < plan.points else self.problem.grid.size
        outs = [self.device.zeros(end - begin, self.dtype) for _ in names]
        flags = [] if plan.feasible is None else [self.device.zeros(end - begin, np.uint8)]
        self._launch("table", first, count, np.int64(begin), self.device.upload(flats), *outs, *flags)
        feasible = self.device.download(flags[0]).astype(bool) if flags else None
        return Chunk(begin, {n: self.device.download(out) for n, out in zip(names, outs, strict=True)}, feasible)

    def _launch(self, name: str, first: int, count: int, *args: Any) -> None:
        """Launch a pass's kernel for ``count`` outer points from ``first`` on."""
        grid = max(min(count, _BLOCKS_PER_SM * self.device.multiprocessors), 1)
        whole = (np.int64(first), np.int64(count), *self.arrays, *args)
        self.device.launch(self.functions[name], grid, self.kernels[name].block, whole)

    def _chunks(self, total: int, size: int, part: Callable[[int, int], None], share: Share | None) -> None:
        """Do ``total`` items of ``size`` bytes each in as few launches as memory allows.

        Parameters
        ----------
        total
            How many items: outer points, groups or single points.
        size
            Bytes of an item on the device.
        part
            Does so many items from a first one on.
        share
            The part of the question's progress that all this is; None where nobody is told.
        """
        step = int(self.settings.chunk or max(min(total, _MEMORY_SHARE * self.device.free_memory() // size), 1))
        for done, _ in self._stepwise(total, step, part):
            if self.settings.progress and share:
                self.settings.progress(share[0] + share[1] * done / total)
        self.device.synchronize()

    def _stepwise(self, total: int, step: int, part: Callable[[int, int], T]) -> Iterator[tuple[int, T]]:
        """Do items in parts, and fewer at once where the device's memory runs out.

        Parameters
        ----------
        total
            How many items there are.
        step
            How many of them are done at once at first.
        part
            Does so many items from a first one on.

        Yields
        ------
        tuple
            How many items are done, and what the last part gave.
        """
        first = 0
        while first < total:
            count = min(step, total - first)
            try:
                result = part(first, count)
            except self.device.out_of_memory:
                if count == 1:
                    raise
                step = count // 2
                continue
            first += count
            yield first, result

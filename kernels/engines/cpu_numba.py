"""The numba engine: plans emitted as loop nests in LLVM IR, which llvmlite compiles, run by one thread per core."""

import functools
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..emit.cpu import bin_steps, decide, locate, pairs, reduce
from ..emit.cpu import bins as emit_bins
from ..emit.cpu import table as emit_table
from ..emit.cpu.cpu_code import CpuCode
from ..emit.nest import draw_weights, inputs
from ..emit.passes import PASSES, Pass, reductions, signed
from ..emit.reducers import Reducer, sides
from ..llvm import compiled, target
from ..llvm.compile_seconds import compile_seconds
from ..llvm.compiled import CompiledKernel
from ..llvm.ir import Llvm
from ..llvm.made_with import compiler
from ..llvm.module import Emitted, emitted
from ..model.questions import Chunk, Problem, Question
from ..plan.plan import Plan
from ..plan.planner import make
from ..plan.sharing import SharedPass
from ..reductions.bins import Bins
from ..reductions.pareto import NOWHERE
from ..reductions.states import Share
from .cpu_tasks import share_out
from .engine import Availability, Engine, Settings
from .planned import PlannedRun

_TASK_POINTS = 2**27  # scenarios of one task: some hundredths of a second
_MOST_POINTS = 2**31  # of a task of any size: counts of bins are kept in 32 bits until it ends
_LATE_POINTS = 2**31  # scenarios from which counting by pairs saves more than its kernel takes to compile
_CHUNK_POINTS = 2**22  # scenarios of a table that are in memory at once


_together: ContextVar[list[CompiledKernel] | None] = ContextVar("_together", default=None)  # kernels that are waited for later


def availability() -> Availability:
    """Tell whether kernels compile here: variables of the environment can keep them from it."""
    why, (version, _) = target.fault(), compiler()
    if not version:
        why = "llvmlite is not installed"
    return Availability("numba", False, why) if why else Availability("numba", True, device=f"CPU, llvmlite {version}")


def _binning(write: Callable[..., None]) -> Callable[[Plan, CpuCode], None]:
    """Tell an emitter of `emit_bins` whether values may be zero or negative."""
    return lambda plan, code: write(plan, code, signed=signed(plan))


EMITTERS: Mapping[Pass, Callable[[Plan, CpuCode], None]] = {
    Pass.WHERE: locate.location,
    Pass.COUNTS: functools.partial(emit_bins.histogram, signed=False),
    Pass.LEAST: _binning(emit_bins.least),
    Pass.FRONT: _binning(emit_bins.front),
    Pass.DECIDE: decide.decision,
    Pass.TABLE: emit_table.table,
}


def emit_kernels(plan: Plan, reducers: Mapping[str, Reducer]) -> dict[str, Emitted]:
    """Write the kernels of a plan's passes.

    Parameters
    ----------
    plan
        The plan.
    reducers
        Its reductions, by the name of their pass.

    Returns
    -------
    dict
        Kernels by the name of the pass.
    """
    kernels = {name: _emit(plan, reduce.reduction, reducer) for name, reducer in reducers.items()}
    if Pass.COUNTS in PASSES.of(plan.question).further:
        if bin_steps.worthwhile(plan):
            kernels["steps"] = _emit(plan, bin_steps.steps)
        elif pairs.worthwhile(plan):
            kernels["pairs"] = _emit(plan, pairs.pairs)
    return kernels | {name.value: _emit(plan, EMITTERS[name]) for name in PASSES.of(plan.question).further}


def _emit(plan: Plan, write: Callable[..., None], *args: Any) -> Emitted:
    """Write a kernel with an emitter."""
    code = Llvm(plan.dtype)
    write(plan, code, *args)
    return emitted(code)


class NumbaRun(PlannedRun):
    """A question on a grid, compiled for this CPU.

    What is needed only where values are not above zero is compiled when some are not.
    """

    sides_apart = True

    def __init__(self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None):
        super().__init__(make(problem, question, settings.dtype), settings, shared)
        leaves = inputs(self.plan)
        self.arrays = (leaves.constants, leaves.tables, leaves.lanes)
        self.threads = settings.threads or os.cpu_count() or 1
        self.steps_fit: bool | None = None  # whether bins are counted by steps: None before that has been tried
        self.live = np.ones(self.plan.points, np.uint8)  # which outer points have anything that counts, as far as is known
        self.kernels = {name: compiled.kernel(kernel) for name, kernel in emit_kernels(self.plan, self.reducers).items()}
        waiting = _together.get()
        if waiting is None:
            for kernel in self.kernels.values():
                kernel.wait()
        else:
            waiting += self.kernels.values()

    def kinds(self, name: str) -> dict[str, np.dtype[Any]]:
        """Give the dtypes of what a pass fills in, by name; a best value comes with the first lane that has it."""
        return super().kinds(name) | ({"lane": np.dtype(np.int64)} if name == "best" else {})

    def _late(self, name: str, write: Callable[..., None], *args: Any) -> None:
        """Compile a kernel that is seldom needed, if it is not there yet."""
        if name not in self.kernels:
            self.kernels[name] = compiled.kernel(_emit(self.plan, write, *args))
            self.kernels[name].wait()

    def reduce(self, name: str, share: Share = (0.0, 1.0)) -> dict[str, NDArray[Any]]:
        """Run a reduction over all outer points; an array over them for each of its accumulators."""
        if name == "sides":
            self._late(name, reduce.reduction, self.reducers.setdefault(name, sides()))
        # Over all outer points, whatever is covered: what is not written takes no memory.
        outs = {key: np.empty(self.plan.points, kind) for key, kind in self.kinds(name).items()}
        kernel, arrays = self.kernels[name], (*self.arrays, *outs.values())
        self._tasks(self.first, self.last, lambda lo, hi: kernel(lo, hi, *arrays), share)
        return {key: out[self.first : self.last] for key, out in outs.items()}

    def reduced(self, name: str, share: Share = (0.0, 1.0)) -> Mapping[str, NDArray[Any]]:
        """Do the question's reduction, or take a shared one's; its range tells which outer points later passes skip."""
        arrays = super().reduced(name, share)
        if "low" in arrays:
            self.live = np.zeros(self.plan.points, np.uint8)
            self.live[self.first : self.last] = arrays["low"] <= arrays["high"]
        return arrays

    def locate(self, points: NDArray[np.int64], targets: NDArray[Any]) -> NDArray[np.int64]:
        """Find the lowest flat index at which each outer point reaches its target, -1 where none does."""
        out = np.full(points.size, -1, np.int64)
        flats, _ = self.plan.point_offsets(points)
        arrays = (*self.arrays, points, targets, flats, self.plan.lane_offsets(), out)
        self._tasks(0, points.size, lambda lo, hi: self.kernels["where"](lo, hi, *arrays), None)
        return out

    def decisions(self, groups: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        """Decide within every outer point of these groups: see `PlannedRun.decisions`."""
        plan = self.plan
        assert plan.deciding is not None
        points, answers = plan.points, plan.deciding.confidences
        outs = {
            "best": np.empty((points, answers), self.dtype),
            "flat": np.empty((points, answers), np.int64),
            **{name: np.zeros(points, np.int64) for name in ("pruned", "unknown")},
            "failed": np.zeros((points, len(plan.deciding.missed) + 1), np.int64),
        }
        outs["best"][self.first : self.last], outs["flat"][self.first : self.last] = np.inf, NOWHERE
        flats, _ = plan.point_offsets(np.arange(points))
        limits = np.full(self.groups * answers, np.inf, self.dtype)  # what one thread finds spares the others work
        written = (out.reshape(-1) for out in outs.values())
        arrays = (*self.arrays, draw_weights(plan), flats, plan.lane_offsets(), limits, *written)
        kernel = self.kernels[Pass.DECIDE]
        share = (0.0, 1.0) if len(groups) == len(self.covered) else None
        for run in np.split(groups, np.flatnonzero(np.diff(groups) > 1) + 1) if len(groups) else ():
            first = max(int(run[0]) * plan.points_per_group, self.first)
            last = min((int(run[-1]) + 1) * plan.points_per_group, self.last)
            self._tasks(first, last, lambda lo, hi: kernel(lo, hi, *arrays), share)
        return {name: out[self.first : self.last] for name, out in outs.items()}

    def count(self, bins: Bins, share: Share) -> NDArray[np.int64]:
        """Count the feasible values of each group by bin, as (groups, bins)."""
        name = "counts"
        if not bins.positive:
            name = "signed counts"
            self._late(name, functools.partial(emit_bins.histogram, signed=True))
        elif "steps" in self.kernels and bin_steps.worthwhile(self.plan, bins.width) and self._try_steps(bins):
            name = "steps"
        elif pairs.worthwhile(self.plan, bins.width) and ("pairs" in self.kernels or self.problem.grid.size >= _LATE_POINTS):
            name = "pairs"
            self._late(name, pairs.pairs)
        return self._binned(name, bins, np.int64(0), np.add, share)

    def least(self, bins: Bins, share: Share) -> NDArray[Any]:
        """Find the least of the second quantity in each bin of the first, as (groups, bins)."""
        return self._binned("least", bins, self.dtype.type(np.inf), np.minimum, share)

    def first_on(self, bins: Bins, front: NDArray[Any], share: Share) -> NDArray[np.int64]:
        """Find the lowest flat index of each point of the fronts, as (groups, bins); NOWHERE where there is none."""
        # One more bin, for points that do not count: nothing equals NaN. Rows of groups that are not covered are not read.
        fronts = np.empty((self.groups, bins.width + 1), self.dtype)
        fronts[self.covered.start : self.covered.stop, :-1] = front
        fronts[self.covered.start : self.covered.stop, -1] = np.nan

        def more(lo: int, hi: int) -> tuple[Any, ...]:
            flats, _ = self.plan.point_offsets(np.arange(lo, hi))
            return fronts, flats, self.plan.lane_offsets()

        return self._binned("front", bins, np.int64(NOWHERE), np.minimum, share, more)

    def _binned(
        self,
        name: str,
        bins: Bins,
        empty: Any,
        merge: np.ufunc,
        share: Share,
        more: Callable[[int, int], tuple[Any, ...]] | None = None,
    ) -> NDArray[Any]:
        """Run a pass that keeps something for each bin of each group: a task has its own rows, merged when it is done."""
        result = np.full((len(self.covered), bins.width), empty)
        lock, per_group, start = threading.Lock(), self.plan.points_per_group, self.covered.start
        bins = bins.spread(start, self.groups)

        def work(lo: int, hi: int) -> None:
            first, last = lo // per_group, (hi - 1) // per_group
            part = np.full((last - first + 1, bins.width), empty)
            arguments = (*self._edges(bins, lo, hi), *(more(lo, hi) if more else ()))
            if name != "steps":
                self.kernels[name](*arguments, part)
            elif not self._by_steps(arguments, part):
                self.kernels["counts"](*arguments, part)
            rows = result[first - start : last + 1 - start]
            with lock:
                merge(rows, part, out=rows)

        self._tasks(self.first, self.last, work, share, float(self.live[self.first : self.last].mean()))
        return result

    def _edges(self, bins: Bins, lo: int, hi: int) -> tuple[Any, ...]:
        """List the first arguments of kernels that keep something for each bin."""
        first = lo // self.plan.points_per_group
        return lo, hi, *self.arrays, self.live, bins.above, bins.below, bins.base, first, bins.width + 1

    def _try_steps(self, bins: Bins) -> bool:
        """Tell whether bins can be counted by steps: a few outer points are, unless that has been tried before."""
        if self.steps_fit is None:
            self.steps_fit = True
            live = np.flatnonzero(self.live)
            for point in live[[0, len(live) // 2, -1]] if len(live) else ():
                spread = bins.spread(self.covered.start, self.groups)
                self._by_steps(self._edges(spread, point, point + 1), np.zeros((1, bins.width), np.int64))
        return self.steps_fit

    def _by_steps(self, arguments: tuple[Any, ...], part: NDArray[Any]) -> bool:
        """Count by steps from bin to bin, unless one has been too long; where one is, tell, and leave nothing counted."""
        if not self.steps_fit:
            return False
        long = np.zeros(1, np.int64)
        self.kernels["steps"](*arguments, long, part)
        if not long[0]:
            return True
        self.steps_fit = False
        part.fill(0)
        return False

    def _columns(self, size: int) -> dict[str, NDArray[Any]]:
        """Make a table's arrays for this many points; ``""`` is whether a point is feasible."""
        columns = {name: np.empty(size, self.dtype) for name in self.question.objectives()}
        return columns | ({"": np.empty(size, np.uint8)} if self.plan.feasible is not None else {})

    def chunks(self) -> Iterator[Chunk]:
        """Yield a table stretch by stretch, in the order of the flat index."""
        size, step = self.problem.grid.size, max(_CHUNK_POINTS // max(self.plan.inner, 1), 1)
        for first in range(self.first, self.last, step):
            last = min(first + step, self.last)
            flats = self.plan.starts(np.arange(first, last + 1))
            begin, end = int(flats[0]), int(flats[-1]) if last < self.plan.points else size
            columns = self._columns(end - begin)
            arrays = tuple(columns.values())

            def work(
                lo: int, hi: int, first: int = first, begin: int = begin, flats: Any = flats, arrays: Any = arrays
            ) -> None:
                self.kernels["table"](lo, hi, *self.arrays, begin, flats[lo - first : hi - first], *arrays)

            self._tasks(first, last, work, None)
            feasible = columns.pop("", None)
            yield Chunk(begin, columns, None if feasible is None else feasible.astype(bool))
            if self.settings.progress:
                self.settings.progress(end / size)

    def _tasks(self, first: int, last: int, work: Callable[[int, int], None], share: Share | None, live: float = 1.0) -> None:
        """Share out a range of outer points, of which so many are not skipped, a few hundredths of a second at a time."""
        count = last - first
        tasks = self.threads * (8 if live < 1 < self.threads else 4)  # more where what is skipped makes them unequal
        step = min(_TASK_POINTS // max(int(self.plan.inner * live), 1), -(-count // tasks))
        step = max(min(self.settings.chunk or step, _MOST_POINTS // max(self.plan.inner, 1)), 1)
        tell = self.settings.progress
        progress = (lambda part: tell(share[0] + share[1] * part)) if tell and share else None
        share_out(count, step, self.threads, lambda lo, hi: work(first + lo, first + hi), progress)


class NumbaEngine(Engine):
    """The engine `numba`."""

    name, shares = "numba", True

    def prepare(self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None) -> NumbaRun:
        """Compile a question's kernels, or load them.

        Parameters
        ----------
        problem, question, settings : Problem, Question, Settings
            What is asked, and how the engine runs.
        shared : SharedPass, optional
            A first pass that the question has in common with others.
        """
        return NumbaRun(problem, question, settings, shared)

    def compile_seconds(
        self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None
    ) -> float:
        """Predict how long a question's kernels compile, one after the other: see `Engine.compile_seconds`."""
        plan = make(problem, question, settings.dtype)
        family = shared.family if shared else ()
        reducers = {} if shared and shared.led else reductions(plan, family, sides_apart=True)
        return compile_seconds(list(emit_kernels(plan, reducers).values()))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Compile in the background, on all cores, what is prepared in the ``with`` statement's body; wait at its end."""
        kernels: list[CompiledKernel] = []
        token = _together.set(kernels)
        try:
            yield
            for kernel in kernels:
                kernel.wait()
        except BaseException:
            for kernel in kernels:
                kernel.cancel()
            raise
        finally:
            _together.reset(token)


ENGINE = NumbaEngine()

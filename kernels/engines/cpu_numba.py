"""The Numba engine: plans emitted as Python loop nests, compiled for this CPU, run by one thread per core."""

import functools
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import emit_lanes
from ..bins import Bins, layout
from ..nest import Nest
from ..plan import make
from ..questions import Problem, Question
from ..syntax import Python
from . import Availability, Settings
from .cache import load
from .planned import PlannedRun, Share

_TASK_POINTS = 2**27  # scenarios of one task: some hundredths of a second


def availability() -> Availability:
    try:
        import numba
    except ImportError as error:
        return Availability("numba", False, f"numba cannot be imported ({error}); install it with: pip install numba")
    return Availability("numba", True, device=f"CPU, numba {numba.__version__}")


@functools.cache
def _pool(threads: int) -> ThreadPoolExecutor:
    """Threads are kept: starting them takes as long as a small grid."""
    return ThreadPoolExecutor(threads, thread_name_prefix="flopwatt")


class NumbaRun(PlannedRun):
    """A question on a grid, compiled for this CPU."""

    def __init__(self, problem: Problem, question: Question, settings: Settings):
        super().__init__(make(problem, question, settings.dtype), settings)
        inputs = Nest(self.plan, Python(settings.dtype)).inputs()
        self.arrays = (inputs.constants, inputs.tables, inputs.lanes)
        self.threads = settings.threads or os.cpu_count() or 1
        self.kernels = {name: load(source) for name, source in self.sources().items()}
        self._warm()

    def sources(self) -> dict[str, str]:
        """The emitted source of each pass."""
        sources = {name: emit_lanes.reduction(self.plan, reducer) for name, reducer in self.reducers.items()}
        if "best" in sources:
            sources["where"] = emit_lanes.location(self.plan)
        if "range" in sources:
            _, mask, shift = layout(self.dtype.name)
            sources["counts"] = emit_lanes.histogram(self.plan, mask, shift, signed=self.signed)
        return sources

    def _warm(self) -> None:
        """Compile every kernel, or load it from the disk, by running it on no points."""
        one, none = np.zeros(1, np.int64), np.zeros(0, np.int64)
        for name, kernel in self.kernels.items():
            if name == "where":
                kernel(0, 0, *self.arrays, none, np.zeros(0, self.dtype), none, self.plan.lane_offsets(), none)
            elif name == "counts":
                kernel(0, 0, *self.arrays, one, one, one, 0, 2, np.zeros((1, 1), np.int64))
            else:
                kernel(0, 0, *self.arrays, *self._outs(name).values())

    def _outs(self, name: str) -> dict[str, NDArray[Any]]:
        return {
            a.name: np.empty(self.plan.points, np.float64 if a.kind == "double" else self.dtype)
            for a in self.reducers[name].accumulators
        }

    def reduce(self, name: str, share: Share = (0.0, 1.0)) -> dict[str, NDArray[Any]]:
        outs = self._outs(name)
        kernel, arrays = self.kernels[name], (*self.arrays, *outs.values())
        self._tasks(self.plan.points, lambda lo, hi: kernel(lo, hi, *arrays), share)
        return outs

    def locate(self, points: NDArray[np.int64], targets: NDArray[Any]) -> NDArray[np.int64]:
        out = np.full(points.size, -1, np.int64)
        flats, _ = self.plan.point_offsets(points)
        arrays = (*self.arrays, points, targets, flats, self.plan.lane_offsets(), out)
        self._tasks(points.size, lambda lo, hi: self.kernels["where"](lo, hi, *arrays), None)
        return out

    def count(self, bins: Bins, share: Share) -> NDArray[np.int64]:
        counts = np.zeros((self.plan.groups, bins.width), np.int64)
        lock, per_group = threading.Lock(), self.plan.points_per_group

        def work(lo: int, hi: int) -> None:
            first, last = lo // per_group, (hi - 1) // per_group
            part = np.zeros((last - first + 1, bins.width), np.int64)
            self.kernels["counts"](lo, hi, *self.arrays, bins.above, bins.below, bins.base, first, bins.width + 1, part)
            with lock:
                counts[first : last + 1] += part

        self._tasks(self.plan.points, work, share)
        return counts

    def _tasks(self, count: int, work: Callable[[int, int], None], share: Share | None) -> None:
        """Share ``count`` outer points among the threads, a few hundredths of a second at a time."""
        step = min(_TASK_POINTS // max(self.plan.inner, 1), -(-count // (4 * self.threads)))
        step = max(self.settings.chunk or step, 1)
        done, lock, progress = 0, threading.Lock(), self.settings.progress

        def task(lo: int) -> None:
            nonlocal done
            hi = min(lo + step, count)
            work(lo, hi)
            if progress and share:
                with lock:
                    done += hi - lo
                    part = done / count
                progress(share[0] + share[1] * part)

        starts = range(0, count, step)
        if self.threads == 1 or len(starts) == 1:
            for lo in starts:
                task(lo)
            return
        for future in [_pool(self.threads).submit(task, lo) for lo in starts]:
            future.result()


class NumbaEngine:
    name = "numba"

    def prepare(self, problem: Problem, question: Question, settings: Settings) -> NumbaRun:
        return NumbaRun(problem, question, settings)


ENGINE = NumbaEngine()

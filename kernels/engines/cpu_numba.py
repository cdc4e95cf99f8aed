"""The Numba engine: plans emitted as Python loop nests, compiled for this CPU, run by one thread per core.

Every outer point's partial result is kept and merged at the end in one order, so the answer has the same bits for any
number of threads and any chunking.
"""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import emit_lanes, reducers
from ..bins import Bins, Range, layout, quantiles
from ..nest import Inputs, Nest
from ..plan import Plan, make
from ..questions import Best, Problem, Quantiles, Question, Result, Summary, group_shape
from ..ranges import Interval
from ..syntax import Python
from . import Availability, EngineError, Settings
from .cache import load

_TASK_POINTS = 2**27  # scenarios of one task: some hundredths of a second


def availability() -> Availability:
    try:
        import numba
    except ImportError as error:
        return Availability("numba", False, f"numba cannot be imported ({error}); install it with: pip install numba")
    return Availability("numba", True, device=f"CPU, numba {numba.__version__}")


class NumbaRun:
    """A question on a grid, compiled."""

    def __init__(self, problem: Problem, question: Question, settings: Settings):
        self.problem, self.question, self.settings = problem, question, settings
        self.plan = make(problem, question, settings.dtype)
        self.dtype = np.dtype(settings.dtype)
        self.inputs: Inputs = Nest(self.plan, Python(settings.dtype)).inputs()
        self.threads = settings.threads or os.cpu_count() or 1
        if isinstance(question, Best):
            passes = {"best": emit_lanes.reduction(self.plan, self._best_reducer()), "where": emit_lanes.location(self.plan)}
        elif isinstance(question, Summary):
            passes = {"summary": emit_lanes.reduction(self.plan, self._summary_reducer())}
        elif isinstance(question, Quantiles):
            integer, mask, shift = layout(settings.dtype)
            passes = {
                "range": emit_lanes.reduction(self.plan, self._span_reducer()),
                "counts": emit_lanes.histogram(self.plan, mask, shift, signed=self.signed),
            }
        else:
            raise EngineError(f"the numba engine does not know the question {question.kind!r}")
        self.kernels = {name: load(source) for name, source in passes.items()}
        self._warm()

    # --- which passes ---

    @property
    def signed(self) -> bool:
        """Whether the objective may be zero or negative."""
        interval = self.plan.intervals.get(self.plan.objective.id, Interval(-np.inf, np.inf, True))
        return not interval.low > 0

    def _best_reducer(self) -> reducers.Reducer:
        return reducers.best(self.question, nan=self.plan.nan is not None)

    def _summary_reducer(self) -> reducers.Reducer:
        return reducers.summary(flagged=self._flagged, nan=self.plan.nan is not None)

    def _span_reducer(self) -> reducers.Reducer:
        return reducers.span(signed=self.signed, nan=self.plan.nan is not None)

    @property
    def _flagged(self) -> bool:
        return self.plan.feasible is not None

    def _warm(self) -> None:
        """Compile (or load from the disk) every kernel by running it on no points."""
        if "best" in self.kernels:
            self._reduce("best", self._best_reducer(), span=(0, 0))
            empty = np.zeros(0, np.int64)
            self._locate(empty, np.zeros(0, self.dtype))
        if "summary" in self.kernels:
            self._reduce("summary", self._summary_reducer(), span=(0, 0))
        if "range" in self.kernels:
            self._reduce("range", self._span_reducer(), span=(0, 0))
            one = np.zeros(1, np.int64)
            self.kernels["counts"](0, 0, *self._arrays(), one, one, one, 0, 2, np.zeros((1, 1), np.int64))

    # --- passes ---

    def _arrays(self) -> tuple[NDArray[Any], ...]:
        return self.inputs.constants, self.inputs.tables, self.inputs.lanes

    def _reduce(
        self, name: str, reducer: reducers.Reducer, span: tuple[int, int] | None = None, progress: tuple[float, float] = (0, 1)
    ) -> dict[str, NDArray[Any]]:
        """Every outer point's accumulators: arrays over the outer points."""
        kernel = self.kernels[name]
        outs = {a.name: np.empty(self.plan.points, np.float64 if a.kind == "double" else self.dtype) for a in reducer.accumulators}
        arrays = (*self._arrays(), *outs.values())
        if span is not None:
            kernel(*span, *arrays)
        else:
            self._tasks(self.plan.points, self.plan.inner, lambda lo, hi: kernel(lo, hi, *arrays), progress)
        return outs

    def _tasks(
        self, count: int, inner: int, work: Callable[[int, int], None], progress: tuple[float, float] = (0.0, 1.0)
    ) -> None:
        """Share ``count`` outer points among the threads, a few hundredths of a second at a time."""
        step = self.settings.chunk or max(min(_TASK_POINTS // max(inner, 1), -(-count // (4 * self.threads))), 1)
        starts = range(0, count, step)
        done, lock = 0, threading.Lock()

        def task(lo: int) -> None:
            nonlocal done
            hi = min(lo + step, count)
            work(lo, hi)
            if self.settings.progress:
                with lock:
                    done += hi - lo
                    share = done / count
                self.settings.progress(progress[0] + progress[1] * share)

        if self.threads == 1 or len(starts) == 1:
            for lo in starts:
                task(lo)
            return
        with ThreadPoolExecutor(self.threads) as pool:
            for future in [pool.submit(task, lo) for lo in starts]:
                future.result()

    def _grouped(self, array: NDArray[Any]) -> NDArray[Any]:
        """An array over outer points as (groups, outer points of a group): kept axes are outermost."""
        return array.reshape(self.plan.groups, -1)

    def run(self) -> Result:
        if isinstance(self.question, Best):
            return self._best(self.question)
        if isinstance(self.question, Summary):
            return self._summary()
        assert isinstance(self.question, Quantiles)
        return self._quantiles(self.question)

    # --- best ---

    def _best(self, question: Best) -> Result:
        found = self._reduce("best", self._best_reducer())
        grouped = self._grouped(found["best"])
        best = grouped.max(axis=1) if question.maximize else grouped.min(axis=1)
        index = self._where(grouped, best)
        objective = np.where(index < 0, np.nan, best).astype(self.dtype)
        return self._result({"objective": objective, "index": index}, found)

    def _where(self, grouped: NDArray[Any], best: NDArray[Any]) -> NDArray[np.int64]:
        """The lowest flat index with each group's best value, -1 where that is infinite.

        Outer points that reach it are tried in the order of their first scenario's index, until none can have a lower one.
        """
        index = np.full(self.plan.groups, -1, np.int64)
        group, place = np.nonzero((grouped == best[:, None]) & np.isfinite(best)[:, None])
        points = group * grouped.shape[1] + place
        first, lane = self.plan.point_offsets(points)
        first = first + self.plan.lane_offsets()[lane]
        order = np.lexsort((first, group))
        group, points, first = group[order], points[order], first[order]
        while group.size:
            lead = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
            flat = self._locate(points[lead], best[group[lead]])
            here = group[lead]
            index[here] = np.where((index[here] < 0) | (flat < index[here]), flat, index[here])
            left = np.ones(group.size, bool)
            left[lead] = False
            left &= first < index[group]
            group, points, first = group[left], points[left], first[left]
        return index

    def _locate(self, points: NDArray[np.int64], targets: NDArray[Any]) -> NDArray[np.int64]:
        out = np.full(max(points.size, 1), -1, np.int64)
        flats, _ = self.plan.point_offsets(points)
        arrays = (*self._arrays(), points, targets, flats, self.plan.lane_offsets(), out)
        if points.size:
            self._tasks(points.size, self.plan.inner, lambda lo, hi: self.kernels["where"](lo, hi, *arrays), (1.0, 0.0))
        else:
            self.kernels["where"](0, 0, *arrays)
        return out[: points.size]

    # --- summary ---

    def _summary(self) -> Result:
        found = self._reduce("summary", self._summary_reducer())
        size = self.problem.grid.size // self.plan.groups
        count = np.full(self.plan.groups, size, np.int64)
        nan = self._counted(found, "nan", 0)
        feasible = self._counted(found, "feasible", None)
        if feasible is None:
            feasible = count - nan
        total = self._grouped(found["total"]).sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.where(feasible > 0, total / feasible, np.nan)
        low, high = self._grouped(found["low"]).min(axis=1), self._grouped(found["high"]).max(axis=1)
        empty = feasible == 0
        values = {
            "count": count, "feasible": feasible, "nan": nan, "min": np.where(empty, np.nan, low).astype(self.dtype),
            "mean": mean, "max": np.where(empty, np.nan, high).astype(self.dtype),
        }  # fmt: skip
        return self._result(values, found)

    def _counted(self, found: dict[str, NDArray[Any]], name: str, default: Any) -> Any:
        if name not in found:
            return default if default is None else np.full(self.plan.groups, default, np.int64)
        return self._grouped(found[name]).astype(np.int64).sum(axis=1)

    # --- quantiles ---

    def _quantiles(self, question: Quantiles) -> Result:
        found = self._reduce("range", self._span_reducer(), progress=(0, 0.4))
        span = self._span(found)
        bins = Bins.of(span, self.dtype.name)
        counts = self._count(bins)
        return self._result({"quantiles": quantiles(counts, bins, span, question.at)}, found)

    def _span(self, found: dict[str, NDArray[Any]]) -> Range:
        low, high = self._grouped(found["low"]).min(axis=1), self._grouped(found["high"]).max(axis=1)
        if not self.signed:
            return Range(low, high, low, np.full_like(low, -np.inf))
        positive, negative = self._grouped(found["positive"]).min(axis=1), self._grouped(found["negative"]).max(axis=1)
        return Range(low, high, positive, negative)

    def _count(self, bins: Bins) -> NDArray[np.int64]:
        """How many scenarios of each group lie in each bin. Whole numbers: the order of adding does not matter."""
        counts = np.zeros((self.plan.groups, bins.width), np.int64)
        lock, per_group = threading.Lock(), self.plan.points_per_group

        def work(lo: int, hi: int) -> None:
            first, last = lo // per_group, (hi - 1) // per_group
            part = np.zeros((last - first + 1, bins.width), np.int64)
            self.kernels["counts"](lo, hi, *self._arrays(), bins.above, bins.below, bins.base, first, bins.width + 1, part)
            with lock:
                counts[first : last + 1] += part

        self._tasks(self.plan.points, self.plan.inner, work, (0.4, 0.6))
        return counts

    def _result(self, values: dict[str, NDArray[Any]], found: dict[str, NDArray[Any]]) -> Result:
        shape = group_shape(self.problem.grid, self.question)
        shaped = {name: array.reshape(shape + array.shape[1:]) for name, array in values.items()}
        return Result(shaped, evaluated=self.problem.grid.size, nan=int(found["nan"].sum()) if "nan" in found else 0)


class NumbaEngine:
    name = "numba"

    def prepare(self, problem: Problem, question: Question, settings: Settings) -> NumbaRun:
        return NumbaRun(problem, question, settings)


ENGINE = NumbaEngine()

"""What every planned engine does alike: which passes a question needs, and how their partial results merge.

Each outer point's partial result is kept and merged at the end in one order, so the answer has the same bits for any
number of threads, chunks or devices.
"""

import abc
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..emit.passes import reductions, signed
from ..model.questions import Best, Chunk, Histogram, Pareto, Problem, Quantiles, Question, Result, Summary, group_shape
from ..plan.plan import Plan
from ..plan.sharing import SharedPass
from ..reductions import pareto
from ..reductions.bins import Bins, Range, common, merged, quantiles
from .engine import Settings

Arrays = Mapping[str, NDArray[Any]]
Share = tuple[float, float]  # of a question's progress: where a pass begins, how much of it the pass is


class PlannedRun(abc.ABC):
    """A question on a grid. Subclasses provide the passes; ``shared`` is one that the question has in common with others."""

    def __init__(self, plan: Plan, settings: Settings, shared: SharedPass | None = None):
        self.plan, self.settings, self.shared = plan, settings, shared
        self.problem: Problem = plan.problem
        self.question: Question = plan.question
        self.dtype = np.dtype(settings.dtype)
        self.signed = signed(plan)
        self.reducers = {} if shared and shared.led else reductions(plan, shared.family if shared else ())
        if shared and not shared.led:
            shared.lead(lambda share: self.reduce("shared", share))

    def kinds(self, name: str) -> dict[str, np.dtype[Any]]:
        """What a reduction keeps of each outer point: its accumulators, and how many scenarios were skipped."""
        kinds = {a.name: np.dtype(np.float64) if a.kind == "double" else self.dtype for a in self.reducers[name].accumulators}
        return kinds | ({"pruned": np.dtype(np.int64)} if self.plan.guards else {})

    def reduced(self, name: str, share: Share = (0.0, 1.0)) -> Arrays:
        """The question's reduction, or what of a shared one it needs."""
        return self.shared.take(self.question, share) if self.shared else self.reduce(name, share)

    # --- the passes ---

    @abc.abstractmethod
    def reduce(self, name: str, share: Share = (0.0, 1.0)) -> dict[str, NDArray[Any]]:
        """Every outer point's accumulators: arrays over the outer points."""

    @abc.abstractmethod
    def locate(self, points: NDArray[np.int64], targets: NDArray[Any]) -> NDArray[np.int64]:
        """The lowest flat index within each of these outer points whose objective is exactly the target."""

    @abc.abstractmethod
    def count(self, bins: Bins, share: Share) -> NDArray[np.int64]:
        """How many feasible scenarios of each group lie in each bin: (groups, bins)."""

    @abc.abstractmethod
    def least(self, bins: Bins, share: Share) -> NDArray[Any]:
        """The least of the second quantity in each bin of the first: (groups, bins), inf where none is."""

    @abc.abstractmethod
    def first_on(self, bins: Bins, front: NDArray[Any], share: Share) -> NDArray[np.int64]:
        """The lowest flat index of a point in each bin whose second quantity is ``front`` there: (groups, bins)."""

    @abc.abstractmethod
    def chunks(self) -> Iterator[Chunk]:
        """The table's values, stretch by stretch."""

    # --- the answers ---

    def run(self) -> Result:
        if isinstance(self.question, Best):
            return self._best(self.question)
        if isinstance(self.question, Summary):
            return self._summary()
        if isinstance(self.question, Histogram):
            return self._histogram(self.question)
        if isinstance(self.question, Pareto):
            return self._pareto()
        assert isinstance(self.question, Quantiles)
        return self._quantiles(self.question)

    def _grouped(self, array: NDArray[Any]) -> NDArray[Any]:
        """An array over outer points as (groups, outer points of a group): kept axes are outermost."""
        return array.reshape(self.plan.groups, -1)

    # --- best ---

    def _best(self, question: Best) -> Result:
        found = self.reduced("best")
        name = "best" if "best" in found else "high" if question.maximize else "low"
        grouped = self._grouped(found[name])
        best = grouped.max(axis=1) if question.maximize else grouped.min(axis=1)
        index = self._where(grouped, best, -np.inf if question.maximize else np.inf, found.get("lane"))
        objective = np.where(index < 0, np.nan, best).astype(self.dtype)
        return self._result({"objective": objective, "index": index}, found)

    def _where(
        self, grouped: NDArray[Any], best: NDArray[Any], worst: float, lanes: NDArray[np.int64] | None
    ) -> NDArray[np.int64]:
        """The lowest flat index with each group's best value, -1 where that is the worst there is.

        Outer points that reach it are tried in the order of the lowest index that could, until none can have a lower one:
        that of their first scenario on the first of the ``lanes`` that reaches it, where that is known.
        """
        index = np.full(self.plan.groups, -1, np.int64)
        group, place = np.nonzero((grouped == best[:, None]) & (best != worst)[:, None])
        points = group * grouped.shape[1] + place
        first, lane = self.plan.point_offsets(points)
        first = first + self.plan.lane_offsets()[lane if lanes is None else lane + lanes[points]]
        order = np.lexsort((first, group))
        group, points, first = group[order], points[order], first[order]
        batch = 1
        while group.size:
            rank = np.arange(group.size) - np.searchsorted(group, group)
            now = rank < batch
            flat = self.locate(points[now], best[group[now]])
            found = np.where(index[group[now]] < 0, flat, np.minimum(index[group[now]], flat))
            index[group[now]] = np.iinfo(np.int64).max
            np.minimum.at(index, group[now], found)
            left = ~now & (first < index[group])
            group, points, first = group[left], points[left], first[left]
            batch *= 8
        return index

    # --- summary ---

    def _summary(self) -> Result:
        found = self.reduced("summary")
        size = self.problem.grid.size // self.plan.groups
        count = np.full(self.plan.groups, size, np.int64)
        nan = self._counted(found, "nan", 0)
        feasible = self._counted(found, "feasible", None)
        if feasible is None:
            feasible = count - self._counted(found, "pruned", 0)
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

    def _counted(self, found: Arrays, name: str, default: Any) -> Any:
        if name not in found:
            return default if default is None else np.full(self.plan.groups, default, np.int64)
        return self._grouped(found[name]).astype(np.int64).sum(axis=1)

    # --- quantiles ---

    def _quantiles(self, question: Quantiles) -> Result:
        found = self.reduced("range", (0.0, 0.4))
        span = self._span(found)
        bins = Bins.of(span, self.dtype.name)
        counts = self.count(bins, (0.4, 0.6))
        return self._result({"quantiles": quantiles(counts, bins, span, question.at)}, found)

    def _histogram(self, question: Histogram) -> Result:
        found = self.reduced("range", (0.0, 0.4))
        span = self._span(found)
        bins = Bins.of(common(span), self.dtype.name)
        counts, edges = merged(self.count(bins, (0.4, 0.6)), bins, span, question.bins)
        return self._result({"counts": counts}, found, {"edges": edges})

    def _pareto(self) -> Result:
        found = self.reduced("range", (0.0, 0.2))
        bins = Bins.of(self._span(found), self.dtype.name)
        least = self.least(bins, (0.2, 0.4))
        front = pareto.on_front(least)
        index = self.first_on(bins, np.where(front, least, np.nan).astype(self.dtype), (0.6, 0.4))
        return self._result(pareto.arrange(self.problem, self.question, front, index, self.dtype.name), found)

    def _span(self, found: Arrays) -> Range:
        low, high = self._grouped(found["low"]).min(axis=1), self._grouped(found["high"]).max(axis=1)
        if not self.signed:
            return Range(low, high, low, np.full_like(low, -np.inf))
        positive, negative = self._grouped(found["positive"]).min(axis=1), self._grouped(found["negative"]).max(axis=1)
        return Range(low, high, positive, negative)

    def _result(self, values: dict[str, NDArray[Any]], found: Arrays, whole: Arrays | None = None) -> Result:
        shape = group_shape(self.problem.grid, self.question)
        shaped = {name: array.reshape(shape + array.shape[1:]) for name, array in values.items()}
        nan = int(found["nan"].sum()) if "nan" in found else 0
        pruned = int(found["pruned"].sum()) if "pruned" in found else 0
        return Result(shaped | dict(whole or {}), evaluated=self.problem.grid.size - pruned, nan=nan, pruned=pruned)

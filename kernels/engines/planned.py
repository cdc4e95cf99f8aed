"""What all planned engines have in common: how partial results of outer points merge to the states that answers need.

What outer points leave merges exactly (least and greatest values, counts, sums in `exact_sums`), so the answer has the same
bits for any number of threads, chunks or devices, and for parts of the outer points that different machines take.
"""

import abc
import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..emit.passes import PASSES, reductions, signed
from ..model.questions import Best, Chunk, Decision, Problem, Question, Result
from ..plan.plan import Plan
from ..plan.sharing import SharedPass
from ..reductions.bins import Bins, Range
from ..reductions.exact_sums import ExactSums
from ..reductions.kinds import answer
from ..reductions.pareto import NOWHERE
from ..reductions.states import BestState, DecisionState, RangeState, Share, SummaryState, Visited
from .engine import Settings

Arrays = Mapping[str, NDArray[Any]]


class PlannedRun(abc.ABC):
    """A question on a grid: its passes (`Passes`) merge what subclasses keep of outer points and bins.

    A run covers all outer points, or those of some steps (`part`); its states are of the groups that these lie in.

    Parameters
    ----------
    plan
        How the question is computed.
    settings
        How the engine runs.
    shared
        A first pass that the question has in common with others.
    """

    sides_apart = False  # whether the values next to zero are a pass of their own, done where a value is not above zero

    def __init__(self, plan: Plan, settings: Settings, shared: SharedPass | None = None):
        self.plan, self.settings, self.shared = plan, settings, shared
        self.groups = self.plan.groups
        self.first, self.last = 0, plan.points  # the outer points that it covers
        self.problem: Problem = plan.problem
        self.question: Question = plan.question
        self.dtype = np.dtype(settings.dtype)
        self.signed = signed(plan)
        self.further = PASSES.of(plan.question).further
        family = shared.family if shared else ()
        self.reducers = {} if shared and shared.led else reductions(plan, family, sides_apart=self.sides_apart)
        if shared and not shared.led:
            shared.lead(lambda share: self.reduce("shared", share))

    def kinds(self, name: str) -> dict[str, np.dtype[Any]]:
        """Look up what a reduction keeps of each outer point: its accumulators' dtypes, and that of how many were skipped."""
        kinds = {a.name: np.dtype(np.float64) if a.kind == "double" else self.dtype for a in self.reducers[name].accumulators}
        return kinds | ({"pruned": np.dtype(np.int64)} if self.plan.guards else {})

    def reduced(self, name: str, share: Share = (0.0, 1.0)) -> Arrays:
        """Do the question's reduction, or take a shared one's accumulators: arrays over the outer points."""
        return self.shared.take(self.question, share) if self.shared else self.reduce(name, share)

    # --- parts ---

    @property
    def steps(self) -> int:
        """In how many steps the outer points can be shared out: what an engine does at least at once."""
        return self.plan.points

    def point_of(self, step: int) -> int:
        """Return the number of a step's first outer point; how many there are after the last step."""
        return step

    def flat_of(self, step: int) -> int:
        """Return the flat index of a step's first scenario, of a table's plan; the grid's size after the last step."""
        point = self.point_of(step)
        return self.problem.grid.size if point == self.plan.points else int(self.plan.starts(np.array([point]))[0])

    def part(self, low: int, high: int) -> Self:
        """Make the run of some steps, which shares what is compiled with this one.

        Parameters
        ----------
        low, high
            The first step, and that after the last.
        """
        run = copy.copy(self)
        run.first, run.last = self.point_of(low), self.point_of(high)
        return run

    @property
    def covered(self) -> range:
        """The numbers of the groups that the outer points lie in; the first and the last may lie there in part."""
        per_group = self.plan.points_per_group
        return range(self.first // per_group, -(-self.last // per_group))

    # --- what an engine does itself ---

    @abc.abstractmethod
    def reduce(self, name: str, share: Share = (0.0, 1.0)) -> dict[str, NDArray[Any]]:
        """Compute the accumulators of every outer point that is covered: arrays over them."""

    @abc.abstractmethod
    def locate(self, points: NDArray[np.int64], targets: NDArray[Any]) -> NDArray[np.int64]:
        """Find the lowest flat index within each of these outer points whose objective is exactly the target."""

    @abc.abstractmethod
    def decisions(self, groups: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        """Decide within every covered outer point of these groups: arrays over all that are covered.

        Returns
        -------
        dict
            ``best`` and ``flat`` (points, confidences), `NOWHERE` where there is none; ``pruned`` and ``unknown`` (points),
            scenarios and decisions; ``failed`` (points, 1 + soft conditions) where the nearest is asked for, the first of them
            how many decisions were considered.
        """

    @abc.abstractmethod
    def count(self, bins: Bins, share: Share) -> NDArray[np.int64]:
        """Count the feasible scenarios of each covered group in each bin: (groups, bins)."""

    @abc.abstractmethod
    def least(self, bins: Bins, share: Share) -> NDArray[Any]:
        """Find the least of the second quantity in each bin of the first: (covered groups, bins), inf where none is."""

    @abc.abstractmethod
    def first_on(self, bins: Bins, front: NDArray[Any], share: Share) -> NDArray[np.int64]:
        """Find the lowest flat index of a point in each bin whose second quantity is ``front`` there: `Passes.first_on`.

        Parameters
        ----------
        bins
            Of the first quantity, and of the covered groups.
        front
            The least second quantity of each bin on the front, else NaN: (covered groups, bins).
        share
            The part of the question's progress that this pass is.
        """

    @abc.abstractmethod
    def chunks(self) -> Iterator[Chunk]:
        """Compute a table's values and hand them over chunk by chunk, in the order of the flat index: of what is covered."""

    # --- the passes ---

    def run(self) -> Result:
        """Answer the question. Raises EngineError for one that has no answer of that form."""
        return answer(self.question, self)

    def best(self, question: Best) -> BestState:
        """Find the best value of each group and the lowest flat index that has it."""
        arrays = self.reduced("best")
        name = "best" if "best" in arrays else "high" if question.maximize else "low"
        values = arrays[name]
        best = self._merged(np.maximum if question.maximize else np.minimum, values)
        index = self._where(values, best, -np.inf if question.maximize else np.inf, arrays.get("lane"))
        return BestState(best, index, _visited(arrays))

    def decide(self, question: Decision, groups: NDArray[np.int64] | None = None) -> DecisionState:
        """Find the decision of each group whose statistic is best, or that misses by least, and its lowest flat index.

        Parameters
        ----------
        question
            The run's own.
        groups
            The numbers of the groups that are wanted; all if None.
        """
        covered = np.arange(self.covered.start, self.covered.stop)
        arrays = self.decisions(covered if groups is None else np.intersect1d(groups, covered))
        points = self.last - self.first
        best, flat = (arrays[name].reshape(points, -1) for name in ("best", "flat"))
        value = self._merged(np.minimum, best)
        index = self._merged(np.minimum, np.where(best == value[self._group_of()], flat, NOWHERE))
        none = index == NOWHERE
        sign = -1 if question.maximize and not question.nearest else 1
        visited = Visited(int(arrays["unknown"].sum()) * self.plan.cut.draws, int(arrays["pruned"].sum()))
        state = DecisionState(sign * np.where(none, np.inf, value).astype(self.dtype), np.where(none, -1, index), visited)
        if not question.nearest:
            return state
        failed = self._merged(np.add, arrays["failed"].reshape(points, -1))
        return replace(state, failed=failed[:, 1:], considered=failed[:, 0])

    def summary(self) -> SummaryState:
        """Count and add up each group's points."""
        arrays = self.reduced("summary")
        count = self._count()
        feasible = self._counted(arrays, "feasible") if "feasible" in arrays else count - self._counted(arrays, "pruned")
        low, high = self._merged(np.minimum, arrays["low"]), self._merged(np.maximum, arrays["high"])
        total = ExactSums.of(arrays["total"], self._starts())
        return SummaryState(count, feasible, self._counted(arrays, "nan"), low, high, total, _visited(arrays))

    def range(self, share: Share) -> RangeState:
        """Find the range of each group's feasible values."""
        arrays = self.reduced("range", share)
        low, high = self._merged(np.minimum, arrays["low"]), self._merged(np.maximum, arrays["high"])
        positive, negative = low, np.full_like(low, -np.inf)
        if self.sides_apart and (low <= 0).any():
            arrays = {**arrays, **self.reduce("sides", (sum(share), 0.0))}
        if "positive" in arrays:
            positive = self._merged(np.minimum, arrays["positive"])
            negative = self._merged(np.maximum, arrays["negative"])
        return RangeState(Range(low, high, positive, negative), _visited(arrays))

    # --- how outer points merge ---

    def _starts(self) -> NDArray[np.int64]:
        """Find where the outer points of each covered group begin, counted from the first that is covered."""
        covered = np.arange(self.covered.start, self.covered.stop)
        return np.maximum(covered * self.plan.points_per_group - self.first, 0)

    def _group_of(self) -> NDArray[np.int64]:
        """Find each outer point's group, counted from the first that is covered."""
        return np.arange(self.first, self.last) // self.plan.points_per_group - self.covered.start

    def _merged(self, merge: np.ufunc, array: NDArray[Any]) -> NDArray[Any]:
        """Merge what outer points have, group by group: kept axes are outermost."""
        return np.asarray(merge.reduceat(array, self._starts(), axis=0))

    def _counted(self, arrays: Arrays, name: str) -> NDArray[np.int64]:
        """Add up a count in each group; 0 where the pass had none to keep."""
        if name not in arrays:
            return np.zeros(len(self.covered), np.int64)
        return self._merged(np.add, arrays[name].astype(np.int64))

    def _count(self) -> NDArray[np.int64]:
        """Count each group's scenarios that are covered."""
        if self.last - self.first == self.plan.points:
            return np.full(self.groups, self.problem.grid.size // self.groups, np.int64)
        return self._merged(np.add, self.plan.cut.sizes(np.arange(self.first, self.last)))

    def _where(
        self, values: NDArray[Any], best: NDArray[Any], worst: float, lanes: NDArray[np.int64] | None
    ) -> NDArray[np.int64]:
        """Find the lowest flat index with each group's best value, -1 where that is the worst possible.

        Outer points that reach it are tried in the order of the lowest index that could, until none can have a lower one:
        that of their first scenario on the first of the ``lanes`` that reaches it, where that is known.

        Parameters
        ----------
        values
            The best value of each covered outer point.
        best
            Each covered group's best value.
        worst
            The infinity that a group without a feasible point has.
        lanes
            For each outer point the first lane that reaches its best value, where the engine knows it.
        """
        index = np.full(len(best), -1, np.int64)
        group = self._group_of()
        reached = np.flatnonzero((values == best[group]) & (best != worst)[group])
        group, points = group[reached], self.first + reached
        first, lane = self.plan.point_offsets(points)
        first = first + self.plan.lane_offsets()[lane if lanes is None else lane + lanes[reached]]
        order = np.lexsort((first, group))
        group, points, first = group[order], points[order], first[order]
        batch = 1
        while group.size:
            rank = np.arange(group.size) - np.searchsorted(group, group)
            now = rank < batch
            flat = self.locate(points[now], best[group[now]])
            lowest = np.where(index[group[now]] < 0, flat, np.minimum(index[group[now]], flat))
            index[group[now]] = np.iinfo(np.int64).max
            np.minimum.at(index, group[now], lowest)
            left = ~now & (first < index[group])
            group, points, first = group[left], points[left], first[left]
            batch *= 8
        return index


def _visited(arrays: Arrays) -> Visited:
    """Add up how many scenarios a pass did not know or did not compute."""
    return Visited(*(int(arrays[name].sum()) if name in arrays else 0 for name in ("nan", "pruned")))

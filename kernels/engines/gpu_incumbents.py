"""What is known of a grid's decisions between a GPU's launches: the best so far spares later launches most of their work."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..emit.gpu.decide import COUNTS, counted, weight_type
from ..emit.nest import draw_weights
from ..plan.plan import Plan
from ..reductions.pareto import NOWHERE
from ..reductions.states import Share

_GROWTH = 8  # of the launches: the best of the points before is beaten by few of so many more


class Incumbents:
    """The best decisions of each group so far, and what came of every outer point.

    Parameters
    ----------
    plan
        How decisions are computed.
    groups
        The numbers of the groups that are wanted.
    first, last
        The first of the outer points that are covered, and that after the last; None for all.

    Attributes
    ----------
    limits
        The best that is known of each group at each confidence: infinite at first.
    weights
        The draws' whole weights, as the kernel reads them.
    columns
        Of what a launch makes of an outer point, how many numbers of which type.
    """

    def __init__(self, plan: Plan, groups: NDArray[np.int64], first: int = 0, last: int | None = None):
        assert plan.deciding is not None
        self.plan, self.wanted, real = plan, groups, np.dtype(plan.dtype)
        self.covered = slice(first, plan.points if last is None else last)
        answers, points = plan.deciding.confidences, plan.points
        self.limits = np.full(plan.groups * answers, np.inf, real)
        self.weights = draw_weights(plan).astype(np.int32 if weight_type(plan) == "int" else np.int64)
        self.columns = ((answers, real), (answers, np.dtype(np.int64)), (counted(plan), np.dtype(np.int64)))
        self._best, self._flat = np.full((points, answers), np.inf, real), np.full((points, answers), NOWHERE)
        self._counts = np.zeros((points, counted(plan)), np.int64)

    @property
    def bytes(self) -> int:
        """What a launch takes of memory for an outer point: what it makes, and the point's number and flat index."""
        return sum(width * kind.itemsize for width, kind in self.columns) + 2 * 8

    @property
    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """What is known of every covered outer point: see `PlannedRun.decisions`."""
        counts = self._counts[self.covered]
        named = dict(zip(COUNTS, counts.T, strict=False))
        decided = {"best": self._best[self.covered], "flat": self._flat[self.covered]}
        return {**decided, **named, "failed": counts[:, len(COUNTS) :]}

    def stages(self, multiprocessors: int) -> Iterator[tuple[NDArray[np.int64], Share | None]]:
        """Choose which outer points are done together: a few of every group first, taken at random, then ever more.

        Parameters
        ----------
        multiprocessors
            How many the device has: the first stage gives each something to do.

        Yields
        ------
        tuple
            The outer points' numbers; and the part of the progress that they are, None where only some groups are wanted.
        """
        points_of_one, count = self.plan.points_per_group, len(self.wanted)
        order = np.random.default_rng(0).permutation(points_of_one)
        first, size = 0, max(multiprocessors // max(count, 1), 1)
        while first < points_of_one and count:
            last = min(first + size, points_of_one)
            points = self.wanted[:, None] * points_of_one + np.sort(order[first:last])
            points = points[(points >= self.covered.start) & (points < self.covered.stop)]
            share = (first / points_of_one, (last - first) / points_of_one) if count == self.plan.groups else None
            if points.size:
                yield points.reshape(-1), share
            first, size = last, size * _GROWTH

    def learn(
        self, points: NDArray[np.int64], best: NDArray[np.generic], flat: NDArray[np.int64], counts: NDArray[np.int64]
    ) -> None:
        """Take in what a launch came to.

        Parameters
        ----------
        points
            The outer points' numbers.
        best, flat, counts
            What the kernel made of them, one outer point after the other.
        """
        rows = len(points)
        self._best[points], self._flat[points] = best.reshape(rows, -1), flat.reshape(rows, -1)
        self._counts[points] = counts.reshape(rows, -1)
        limits = self.limits.reshape(self.plan.groups, -1)
        np.minimum.at(limits, points // self.plan.points_per_group, self._best[points])

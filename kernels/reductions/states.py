"""What is known of each group once a pass over the grid is merged, and the passes that an engine offers.

An engine merges its own partial results (blocks, outer points, threads) to one of these states. Every array is over the
groups, the points of the kept axes, in the order of the flat index.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..model.questions import Best, Problem
from .bins import Bins, Range

Share = tuple[float, float]  # of a question's progress: where a pass begins, and how much of it the pass is


@dataclass(frozen=True)
class Visited:
    """How many points of the whole grid a pass did not know or did not compute.

    Parameters
    ----------
    nan : int
        Points of which a quantity is NaN and no condition that is known rules the point out.
    pruned : int
        Points that a condition ruled out before they were computed.
    """

    nan: int
    pruned: int = 0


@dataclass(frozen=True)
class BestState:
    """The best objective of each group and the lowest flat index that has it, -1 where no point is feasible."""

    objective: NDArray[Any]
    index: NDArray[np.int64]
    visited: Visited


@dataclass(frozen=True)
class SummaryState:
    """Counts, extremes and the sum of each group; where nothing is feasible the extremes mean nothing.

    Parameters
    ----------
    count, feasible, nan : NDArray[np.int64]
        All points, those that count, and those that are not known.
    low, high : NDArray
        The extremes of the feasible points, in the engine's dtype.
    total : NDArray[np.float64]
        The sum over the feasible points.
    visited : Visited
        What the pass did not know or compute.
    """

    count: NDArray[np.int64]
    feasible: NDArray[np.int64]
    nan: NDArray[np.int64]
    low: NDArray[Any]
    high: NDArray[Any]
    total: NDArray[np.float64]
    visited: Visited


@dataclass(frozen=True)
class RangeState:
    """The range of each group's feasible values: where bins may lie."""

    range: Range
    visited: Visited


@dataclass(frozen=True)
class GroupAnswer:
    """What a question's answer holds.

    Parameters
    ----------
    values : Mapping[str, NDArray]
        Arrays whose first dimension is over the groups.
    visited : Visited
        What the first pass did not know or compute.
    common : Mapping[str, NDArray]
        Arrays that all groups share.
    """

    values: Mapping[str, NDArray[Any]]
    visited: Visited
    common: Mapping[str, NDArray[Any]] = field(default_factory=dict)


class Passes(Protocol):
    """The passes over the grid of a question's problem that every engine offers, each merged to one state.

    ``share`` is the part of the question's progress that the pass is.
    """

    problem: Problem
    dtype: np.dtype[Any]

    def best(self, question: Best) -> BestState:
        """Find the best value of each group and where it stands."""

    def summary(self) -> SummaryState:
        """Count and add up each group's points."""

    def range(self, share: Share) -> RangeState:
        """Find the range of each group's feasible values."""

    def count(self, bins: Bins, share: Share) -> NDArray[np.int64]:
        """Count the feasible points of each group in each bin: (groups, bins)."""

    def least(self, bins: Bins, share: Share) -> NDArray[Any]:
        """Find the least of the second quantity in each bin of the first: (groups, bins), inf where none is."""

    def first_on(self, bins: Bins, front: NDArray[Any], share: Share) -> NDArray[np.int64]:
        """Find the lowest flat index of a point in each bin whose second quantity is ``front`` there: (groups, bins).

        ``front`` is NaN, which nothing equals, in the bins that are not on the front.
        """

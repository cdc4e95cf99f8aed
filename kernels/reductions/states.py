"""What is known of each group once a pass over the grid is merged, and the passes that an engine offers.

An engine merges its own partial results (blocks, outer points, threads) to one of these states. Every array is over the
groups, the points of the kept axes, in the order of the flat index.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..model.questions import Best, Decision, Problem
from .bins import Bins, Range
from .exact_sums import ExactSums

Share = tuple[float, float]  # of a question's progress: where a pass begins, and how much of it the pass is


@dataclass(frozen=True)
class Visited:
    """How many points of the whole grid a pass did not know or did not compute.

    Parameters
    ----------
    nan
        Points of which a quantity is NaN and no condition that is known rules the point out.
    pruned
        Points that a condition ruled out before they were computed.
    """

    nan: int
    pruned: int = 0


@dataclass(frozen=True)
class BestState:
    """The best point of each group.

    Parameters
    ----------
    objective
        The best value of the objective, in base units and the engine's dtype.
    index
        The lowest flat index that has it, -1 where no point is feasible.
    visited
        What the pass did not know or compute.
    """

    objective: NDArray[Any]
    index: NDArray[np.int64]
    visited: Visited


@dataclass(frozen=True)
class DecisionState:
    """The best decision of each group at each confidence: arrays (groups, confidences), of one confidence if none is asked.

    Parameters
    ----------
    value
        The objective's statistic, in base units and the engine's dtype; the excess where the nearest decision is asked for. The
        worst infinity where there is none.
    index
        The lowest flat index of a decision that has it, its reduced uncertain axes at their index 0; -1 where there is none.
    visited
        What the pass did not know or compute: all draws of decisions that are not known at one of the confidences.
    failed
        Where the nearest decision is asked for, how many decisions fail each soft condition, conditions first, then promises:
        (groups, soft conditions).
    considered
        Over how many decisions these are counted: those that meet every other condition, and of which everything compared is
        known. (groups,)
    """

    value: NDArray[Any]
    index: NDArray[np.int64]
    visited: Visited
    failed: NDArray[np.int64] | None = None
    considered: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class SummaryState:
    """Counts, extremes and the sum of each group; where nothing is feasible the extremes mean nothing.

    Parameters
    ----------
    count, feasible, nan
        All points, those that count, and those that are not known.
    low, high
        The extremes of the feasible points, in base units and the engine's dtype.
    total
        The sums over the feasible points, of numbers in float64.
    visited
        What the pass did not know or compute.
    """

    count: NDArray[np.int64]
    feasible: NDArray[np.int64]
    nan: NDArray[np.int64]
    low: NDArray[Any]
    high: NDArray[Any]
    total: ExactSums
    visited: Visited


@dataclass(frozen=True)
class RangeState:
    """The range of each group's feasible values: where bins may lie.

    Parameters
    ----------
    range
        The ranges, in base units.
    visited
        What the pass did not know or compute.
    """

    range: Range
    visited: Visited


@dataclass(frozen=True)
class GroupAnswer:
    """What a question's answer holds, in base units.

    Parameters
    ----------
    values
        Arrays whose first dimension is over the groups.
    visited
        What the first pass did not know or compute.
    common
        Arrays that all groups share.
    """

    values: Mapping[str, NDArray[Any]]
    visited: Visited
    common: Mapping[str, NDArray[Any]] = field(default_factory=dict)


class Passes(Protocol):
    """The passes over the grid of a question's problem that every engine offers, each merged to one state.

    Attributes
    ----------
    problem
        The model on its grid.
    dtype
        Of all arithmetic.
    """

    problem: Problem
    dtype: np.dtype[Any]

    def best(self, question: Best) -> BestState:
        """Find the best value of each group and the lowest flat index that has it."""

    def decide(self, question: Decision, groups: NDArray[np.int64] | None = None) -> DecisionState:
        """Find the decision of each group whose statistic is best, or that misses by least, and its lowest flat index.

        Parameters
        ----------
        question
            What is decided: the question that the run was prepared for.
        groups
            The numbers of the groups that are wanted, in order; all if None. The others hold that there is none.
        """

    def summary(self) -> SummaryState:
        """Count and add up each group's points."""

    def range(self, share: Share) -> RangeState:
        """Find the range of each group's feasible values; ``share`` is the part of the question's progress that this is."""

    def count(self, bins: Bins, share: Share) -> NDArray[np.int64]:
        """Count the feasible points of each group in each bin: (groups, bins)."""

    def least(self, bins: Bins, share: Share) -> NDArray[Any]:
        """Find the least of the second quantity in each bin of the first: (groups, bins), inf where none is."""

    def first_on(self, bins: Bins, front: NDArray[Any], share: Share) -> NDArray[np.int64]:
        """Find the lowest flat index of a point in each bin whose second quantity is ``front`` there.

        Parameters
        ----------
        bins
            Of the first quantity.
        front
            The least second quantity of each bin on the front: (groups, bins). It is NaN, which nothing equals, in the bins
            that are not on it.
        share
            The part of the question's progress that this pass is.

        Returns
        -------
        NDArray[np.int64]
            (groups, bins); `pareto.NOWHERE` for a bin that has no such point.
        """

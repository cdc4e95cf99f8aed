"""A merged state in place of a whole run's passes: what answers are made from, with the bits of that run."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.questions import Best, Decision, Problem, Question, Result
from .bins import Bins, Range
from .kinds import answer
from .pareto import NOWHERE
from .partials import EXTREMES, Arrays, Partial, sums_of
from .states import BestState, DecisionState, RangeState, Share, SummaryState


class MergedPasses:
    """Stands for the passes of a whole run: a merged state has all that they would give.

    Parameters
    ----------
    problem
        The model on its grid.
    dtype
        Of all arithmetic.
    partial
        The state of all groups.
    """

    def __init__(self, problem: Problem, dtype: str, partial: Partial):
        self.problem, self.dtype, self.partial = problem, np.dtype(dtype), partial

    def best(self, question: Best) -> BestState:
        """Look up the best value of each group."""
        return BestState(self.partial.arrays["value"], self.partial.arrays["index"], self.partial.visited)

    def decide(self, question: Decision, groups: NDArray[np.int64] | None = None) -> DecisionState:
        """Look up the decision of each group."""
        arrays = self.partial.arrays
        counted = arrays.get("failed"), arrays.get("considered")
        return DecisionState(_without_place(question, arrays), arrays["index"], self.partial.visited, *counted)

    def summary(self) -> SummaryState:
        """Look up each group's counts, extremes and sums."""
        arrays = self.partial.arrays
        named = {name: arrays[name] for name in ("count", "feasible", "nan", "low", "high")}
        return SummaryState(**named, total=sums_of(arrays), visited=self.partial.visited)

    def range(self, share: Share) -> RangeState:
        """Look up the range of each group's feasible values."""
        return RangeState(Range(**{name: self.partial.arrays[name] for name in EXTREMES}), self.partial.visited)

    def count(self, bins: Bins, share: Share) -> NDArray[np.int64]:
        """Arrange the counts in bins: (groups, bins)."""
        result = np.zeros((len(bins.base), bins.width), np.int64)
        np.add.at(result, self._places(bins), self.partial.sparse["count"])
        return result

    def least(self, bins: Bins, share: Share) -> NDArray[Any]:
        """Arrange the least second quantities in bins, those that are beaten within their part left out."""
        result = np.full((len(bins.base), bins.width), np.inf, self.dtype)
        np.minimum.at(result, self._places(bins), self.partial.sparse["least"])
        return result

    def first_on(self, bins: Bins, front: NDArray[Any], share: Share) -> NDArray[np.int64]:
        """Arrange the lowest index of each point of the fronts in bins: see `Passes.first_on`.

        Parameters
        ----------
        bins
            Of the first quantity.
        front
            The least second quantity of each bin on the front, else NaN: (groups, bins).
        share
            Of no use: nothing is computed.
        """
        result = np.full((len(bins.base), bins.width), NOWHERE)
        places, index = self._places(bins), self.partial.sparse["index"]
        on = self.partial.sparse["least"] == front[places]
        np.minimum.at(result, (places[0][on], places[1][on]), index[on])
        return result

    def _places(self, bins: Bins) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        group = self.partial.sparse["group"]
        return group, bins.place(self.partial.sparse["key"], group)


def _without_place(question: Decision, arrays: Arrays) -> NDArray[Any]:
    """Give decisions' values, the worst infinity where there is none: a part that was never come to has another one."""
    value: NDArray[Any] = arrays["value"]
    sign = -1 if question.maximize and not question.nearest else 1
    return np.where(arrays["index"] < 0, sign * np.inf, value).astype(value.dtype)


def answer_of_partial(problem: Problem, question: Question, dtype: str, partial: Partial) -> Result:
    """Answer a question from the state of all of its grid: the bits are those of one run.

    Parameters
    ----------
    problem, question, dtype
        What was asked.
    partial
        The merged state.

    Raises
    ------
    EngineError
        Where more memory is needed than is free.
    """
    return answer(question, MergedPasses(problem, dtype, partial))

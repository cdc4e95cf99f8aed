"""The draws of a block's decisions in NumPy: weights that are counted, means, quantiles, and the best of some decisions."""

import numpy as np

from ..model.weights import whole_weights
from ..plan.plan import Plan
from ..reductions.draws import Draws
from .numpy_layout import Array


class DrawWeights:
    """The whole weights of a decision's draws, and what is counted and added up by them.

    Parameters
    ----------
    plan
        A decision's plan, whose lanes are the draws.
    """

    def __init__(self, plan: Plan):
        self.drawn = bool(plan.cut.uncertain)
        whole = np.ones(1, np.int64)
        for weights in whole_weights([plan.problem.grid.axes[axis] for axis in sorted(plan.cut.uncertain)]):
            whole = (whole[:, None] * weights).reshape(-1)
        self.possible = None if whole.all() else np.flatnonzero(whole)
        self.whole = whole[whole > 0]
        self.total = int(self.whole.sum())
        self.alike = bool((self.whole == self.whole[0]).all())
        self.draws = Draws((), self.whole)

    def count(self, met: Array) -> Array:
        """Add up the weights of the draws that are marked: of (decisions, draws) or (decisions, 1) to (decisions,)."""
        if met.shape[1] == 1:
            return np.where(met[:, 0], self.total, 0)
        if not self.alike:
            return np.asarray(np.add.reduce(np.where(met, self.whole, 0), axis=1))
        if met.shape[1] % 8 == 0:  # each byte is 0 or 1
            count = np.add.reduce(np.bitwise_count(np.ascontiguousarray(met).view(np.uint64)), axis=1, dtype=np.int64)
        else:
            count = np.add.reduce(met, axis=1, dtype=np.int64)
        return np.asarray(count * int(self.whole[0]))

    def mean(self, values: Array) -> Array:
        """Compute the mean over the draws, of the dtype of the values: (decisions,)."""
        if values.shape[1] == 1:
            return values[:, 0]
        if self.alike:
            total = np.add.reduce(values, axis=1, dtype=np.float64) * int(self.whole[0])
        else:
            total = np.add.reduce(values * self.whole.astype(np.float64), axis=1)
        return np.asarray(total / self.total).astype(values.dtype)

    def quantile(self, values: Array, rank: int) -> Array:
        """Find the smallest value whose cumulative weight reaches a rank: (decisions,); none of the values is NaN."""
        if values.shape[1] == 1:
            return values[:, 0]
        if not self.alike:
            return self.draws.quantiles(values, [rank])[:, 0]
        place = -(-rank // int(self.whole[0])) - 1
        return np.asarray(np.partition(values, place, axis=1)[:, place])


def first_best(value: Array, flat: Array, points: Array, count: int) -> tuple[Array, Array]:
    """Find the best of the decisions of each outer point, and of equal ones the lowest flat index.

    Parameters
    ----------
    value, flat
        Of the decisions; an infinite value is none of the best.
    points
        The numbers of their outer points, of which there are ``count``.
    count
        How many outer points there are.

    Returns
    -------
    tuple
        The values and the flat indices: (outer points,), infinite and the greatest integer where there is none.
    """
    best, first = np.full(count, np.inf, value.dtype), np.full(count, np.iinfo(np.int64).max)
    some = np.flatnonzero(value < np.inf)
    order = some[np.lexsort((flat[some], value[some], points[some]))]
    chosen, at = np.unique(points[order], return_index=True)
    best[chosen], first[chosen] = value[order[at]], flat[order[at]]
    return best, first

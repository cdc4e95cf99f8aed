"""Questions: what is asked of a grid. Each is a reduction whose partial results merge in any order.

A kind of question is a subclass of `Question`; what flopwatt does for it stands in the tables that tests/test_kinds.py lists.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .condition import Condition
from .grid import Axis, Grid
from .of_decisions import OfDecisions
from .quantity import Model
from .statistics import AnyPromise, Statistic


@dataclass(frozen=True, kw_only=True)
class Question:
    """What every kind of question has.

    Parameters
    ----------
    name
        What the study calls the question.
    by
        The axes kept, by name; every other axis is reduced.
    where
        Conditions that must all hold for a point to count.
    """

    name: str
    by: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    kind: ClassVar[str] = ""

    def objectives(self) -> tuple[str, ...]:
        """List the quantities that are reduced. Raises TypeError for a question of no kind."""
        raise TypeError(f"{type(self).__name__} names no quantity")

    def targets(self) -> tuple[str, ...]:
        """List every quantity the question needs, objectives first, each once."""
        names = [*self.objectives(), *(name for condition in self.where for name in condition.names())]
        return tuple(dict.fromkeys(names))

    def draw_axes(self, grid: Grid) -> tuple[Axis, ...] | None:
        """List the axes that statistics are over; None for a kind that counts all points alike."""
        return None


@dataclass(frozen=True, kw_only=True)
class Best(Question):
    """The least (or greatest) value and the point that has it; of equal points the one with the lowest flat index.

    Parameters
    ----------
    objective
        The quantity.
    maximize
        Whether the greatest value is asked for.
    """

    objective: str
    maximize: bool = False
    kind: ClassVar[str] = "best"

    def objectives(self) -> tuple[str, ...]:
        """List the one quantity that is optimised."""
        return (self.objective,)


@dataclass(frozen=True, kw_only=True)
class Decision(Question):
    """The decision with the least (or greatest) statistic over the uncertain axes, among those that keep every promise.

    The uncertain axes that ``by`` does not keep are those that statistics are over; every other axis is decided. ``where`` are
    conditions on quantities that no draw changes. Of equal decisions the one with the lowest flat index is taken.

    Parameters
    ----------
    objective
        What is optimised: a mean, a quantile, or the value of a quantity that no draw changes.
    maximize
        Whether the greatest is asked for.
    promises
        What must hold over the draws.
    confidences
        The question is asked once at each of these shares (`statistics.at_confidence`); as it is written where there are none.
    nearest
        Asks for the decision that misses the promises and the conditions by least instead: see `promises.excess`.
    chosen
        Quantities that are chosen themselves, as columns of axes: conditions on them say what may be chosen, and nothing that
        does not keep them is near.
    """

    objective: Statistic
    maximize: bool = False
    promises: tuple[AnyPromise, ...] = ()
    confidences: tuple[Fraction, ...] = ()
    nearest: bool = False
    chosen: frozenset[str] = frozenset()
    kind: ClassVar[str] = "decision"

    def objectives(self) -> tuple[str, ...]:
        """List the one quantity that is optimised."""
        return (self.objective.quantity,)

    def targets(self) -> tuple[str, ...]:
        """List every quantity the question needs, the objective first, each once."""
        promised = (name for promise in self.promises for name in promise.names())
        return tuple(dict.fromkeys([*super().targets(), *promised]))

    def draw_axes(self, grid: Grid) -> tuple[Axis, ...]:
        """List the axes that statistics are over: the uncertain ones that are not kept."""
        return tuple(axis for axis in grid.axes if axis.uncertain and axis.name not in self.by)


@dataclass(frozen=True, kw_only=True)
class Summary(Question):
    """How many points there are, are feasible and are NaN, and the least, mean and greatest value of a quantity.

    Parameters
    ----------
    quantity
        The quantity; the mean and the extremes are over the feasible points.
    """

    quantity: str
    kind: ClassVar[str] = "summary"

    def objectives(self) -> tuple[str, ...]:
        """List the one quantity that is reduced."""
        return (self.quantity,)


@dataclass(frozen=True, kw_only=True)
class Quantiles(Question):
    """Quantiles of a quantity: the value that a share of the feasible points does not exceed.

    Read from bins of 1/64 of an octave, so a value is within 0.79% of the exact one; 0 and 1 are exact.

    Parameters
    ----------
    quantity
        The quantity.
    at
        The shares, from 0 to 1.
    """

    quantity: str
    at: tuple[float, ...] = (0.05, 0.5, 0.95)
    kind: ClassVar[str] = "quantiles"

    def objectives(self) -> tuple[str, ...]:
        """List the one quantity that is reduced."""
        return (self.quantity,)


@dataclass(frozen=True, kw_only=True)
class Histogram(Question):
    """How many feasible points lie in each of at most ``bins`` bins, which are the same for every group.

    A bin is a whole number of the bins that quantiles are read from, so its edges suit values over many octaves.

    Parameters
    ----------
    quantity
        The quantity.
    bins
        How many bins there may be.
    """

    quantity: str
    bins: int = 64
    kind: ClassVar[str] = "histogram"

    def objectives(self) -> tuple[str, ...]:
        """List the one quantity that is reduced."""
        return (self.quantity,)


@dataclass(frozen=True, kw_only=True)
class Sensitivity(Question):
    """The share of a quantity's variance that each axis explains on its own: Var(E[y | axis]) / Var(y).

    The first-order index of I. M. Sobol' (1993), over the feasible points, each counted alike; what is left of 1 is due to
    axes acting together. Of an axis of joint draws each column has a share of its own. A share has a standard error where it
    rests on draws; that of an axis whose points are all there are is exact.

    Parameters
    ----------
    quantity
        The quantity.
    """

    quantity: str
    kind: ClassVar[str] = "sensitivity"

    def objectives(self) -> tuple[str, ...]:
        """List the one quantity that is reduced."""
        return (self.quantity,)


@dataclass(frozen=True, kw_only=True)
class Pareto(Question):
    """The points that no other beats in both quantities at once.

    The first quantity is told apart to a bin of 1/64 of an octave (1.6%): of each bin the best of the second counts. So a
    front has at most as many points as there are bins, and no scenario is better than a point of it by more than a bin.

    Parameters
    ----------
    quantities
        The two quantities.
    more
        Of which of them more is better; of the others, less.
    """

    quantities: tuple[str, str]
    more: tuple[bool, bool] = (False, False)
    kind: ClassVar[str] = "pareto"

    def objectives(self) -> tuple[str, ...]:
        """List the two quantities that are weighed against each other."""
        return self.quantities


@dataclass(frozen=True, kw_only=True)
class Table(Question):
    """The quantities of every point, written out in chunks in the order of the flat index.

    Parameters
    ----------
    quantities
        The quantities, a column each.
    """

    quantities: tuple[str, ...]
    kind: ClassVar[str] = "table"

    def objectives(self) -> tuple[str, ...]:
        """List the quantities that are written out."""
        return self.quantities


@dataclass(frozen=True)
class Chunk:
    """A chunk of a table.

    Parameters
    ----------
    start
        The flat index of its first point.
    values
        By the quantity's name, in base units: arrays over the chunk's points, in the order of the flat index.
    feasible
        Which of these points meet the conditions; None where there are no conditions.
    index
        Their flat indices where not every point of the grid is a row, and ``start`` counts rows; None where all are.
    """

    start: int
    values: Mapping[str, NDArray[Any]]
    feasible: NDArray[np.bool_] | None = None
    index: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Problem:
    """A model on a grid.

    Parameters
    ----------
    model
        The quantities and their formulas.
    grid
        The axes and their columns.
    given
        Every input (or quantity held fixed) that no axis brings, in base units.
    statistics
        By their names the quantities of the model that are statistics over draws: their values belong to decisions.
    """

    model: Model
    grid: Grid
    given: Mapping[str, float] = field(default_factory=dict)
    statistics: Mapping[str, OfDecisions] = field(default_factory=dict)

    def held(self) -> set[str]:
        """List the quantities that have a value in place of a formula."""
        return {*self.given, *self.grid.column_axis, *self.statistics}


@dataclass(frozen=True)
class Result:
    """What an engine found, as arrays over the kept axes (in the order of ``by``), in base units.

    Parameters
    ----------
    values
        For best ``objective`` and ``index`` (flat index, -1 where nothing meets ``where``); for a decision see
        `reductions/decisions.py`; for summary ``count``,
        ``feasible``, ``nan``, ``min``, ``mean``, ``max`` (NaN where nothing does); for quantiles ``quantiles`` with a last
        dimension over ``at``; for histogram ``counts`` with a last dimension over bins, and ``edges`` (bins + 1); for
        sensitivity ``shares`` and their standard ``errors`` with a last dimension over what `plan.sensitivity.parts` lists,
        ``interactions`` (what is left of 1) and its ``interactions_error``, and ``variance``; for pareto ``front``
        (..., points, 2) and ``index`` (..., points), ordered by the first quantity, its best first, and filled up with NaN
        and -1.
    evaluated
        The points that were computed.
    nan
        The unknown points: a quantity is NaN, and no condition that is known rules the point out.
    pruned
        The points that a condition ruled out before they were computed.
    extra_seconds
        What this run took beside its passes, once and not again: to prepare and do what only then turned out to be wanted.
    """

    values: Mapping[str, NDArray[Any]]
    evaluated: int
    nan: int = 0
    pruned: int = 0
    extra_seconds: float = 0.0


def group_shape(grid: Grid, question: Question) -> tuple[int, ...]:
    """Return the lengths of the kept axes, in the order of ``by``."""
    return tuple(len(grid.axes[grid.position(name)]) for name in question.by)

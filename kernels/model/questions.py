"""Questions: what is asked of a grid. Each is a reduction whose partial results merge in any order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .grid import Grid
from .quantity import Model

OPERATORS = ("<=", ">=", "==", "!=", "<", ">")


@dataclass(frozen=True)
class Condition:
    """``quantity op value``; ``value`` is a number in base units, or the name of another quantity."""

    quantity: str
    op: str
    value: float | str

    def names(self) -> tuple[str, ...]:
        return (self.quantity, self.value) if isinstance(self.value, str) else (self.quantity,)


@dataclass(frozen=True, kw_only=True)
class Question:
    """``by`` are the axes kept, by name; every other axis is reduced. ``where`` must all hold for a point to count."""

    name: str
    by: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    kind: ClassVar[str] = ""

    def objectives(self) -> tuple[str, ...]:
        """The quantities that are reduced."""
        raise TypeError(f"{type(self).__name__} names no quantity")

    def targets(self) -> tuple[str, ...]:
        """Every quantity the question needs, objectives first, each once."""
        names = [*self.objectives(), *(name for condition in self.where for name in condition.names())]
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, kw_only=True)
class Best(Question):
    """The least (or greatest) value and the point that has it; of equal points the one with the lowest flat index."""

    objective: str
    maximize: bool = False
    kind: ClassVar[str] = "best"

    def objectives(self) -> tuple[str, ...]:
        return (self.objective,)


@dataclass(frozen=True, kw_only=True)
class Summary(Question):
    """count, feasible, nan, min, mean and max of a quantity."""

    quantity: str
    kind: ClassVar[str] = "summary"

    def objectives(self) -> tuple[str, ...]:
        return (self.quantity,)


@dataclass(frozen=True, kw_only=True)
class Quantiles(Question):
    """Quantiles of a quantity: the value that a share of the feasible points does not exceed.

    Read from bins of 1/64 of an octave, so a value is within 0.79% of the exact one; 0 and 1 are exact.
    """

    quantity: str
    at: tuple[float, ...] = (0.05, 0.5, 0.95)
    kind: ClassVar[str] = "quantiles"

    def objectives(self) -> tuple[str, ...]:
        return (self.quantity,)


@dataclass(frozen=True, kw_only=True)
class Histogram(Question):
    """How many feasible points lie in each of at most ``bins`` bins, which are the same for every group.

    A bin is a whole number of the bins that quantiles are read from, so its edges suit values over many octaves.
    """

    quantity: str
    bins: int = 64
    kind: ClassVar[str] = "histogram"

    def objectives(self) -> tuple[str, ...]:
        return (self.quantity,)


@dataclass(frozen=True, kw_only=True)
class Sensitivity(Question):
    """The share of a quantity's variance that each axis explains on its own: Var(E[y | axis]) / Var(y).

    The first-order index of I. M. Sobol' (1993), over the feasible points, each counted alike; what is left of 1 is due to
    axes acting together.
    """

    quantity: str
    kind: ClassVar[str] = "sensitivity"

    def objectives(self) -> tuple[str, ...]:
        return (self.quantity,)


@dataclass(frozen=True, kw_only=True)
class Pareto(Question):
    """The points that no other beats in both quantities at once (each the smaller the better).

    The first quantity is told apart to a bin of 1/64 of an octave (1.6%): of each bin the least of the second counts. So a
    front has at most as many points as there are bins, and no scenario is better than a point of it by more than a bin.
    """

    quantities: tuple[str, str]
    kind: ClassVar[str] = "pareto"

    def objectives(self) -> tuple[str, ...]:
        return self.quantities


@dataclass(frozen=True, kw_only=True)
class Table(Question):
    """The quantities of every point, written out in chunks in the order of the flat index."""

    quantities: tuple[str, ...]
    kind: ClassVar[str] = "table"

    def objectives(self) -> tuple[str, ...]:
        return self.quantities


@dataclass(frozen=True)
class Chunk:
    """A stretch of a table: values of the points from flat index ``start`` on; ``feasible`` is None where all are."""

    start: int
    values: Mapping[str, NDArray[Any]]
    feasible: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class Problem:
    """A model on a grid: ``given`` holds every input (or quantity held fixed) that no axis brings, in base units."""

    model: Model
    grid: Grid
    given: Mapping[str, float] = field(default_factory=dict)

    def held(self) -> set[str]:
        """The quantities that have a value in place of a formula."""
        return set(self.given) | set(self.grid.column_axis)


@dataclass(frozen=True)
class Result:
    """What an engine found, as arrays over the kept axes (in the order of ``by``), in base units.

    ``values`` holds for best ``objective`` and ``index`` (flat index, -1 where nothing meets ``where``); for summary
    ``count``, ``feasible``, ``nan``, ``min``, ``mean``, ``max`` (NaN where nothing does); for quantiles ``quantiles``
    with a last dimension over ``at``; for histogram ``counts`` with a last dimension over bins, and ``edges`` (bins + 1);
    for sensitivity ``shares`` with a last dimension over the axes not kept, ``interactions`` and ``variance``; for pareto
    ``front`` (..., points, 2) and ``index`` (..., points), ordered by the first quantity and filled up with NaN and -1.
    ``evaluated`` counts the points that were computed, ``pruned`` those that a condition ruled out before; ``nan`` counts the
    unknown ones: a quantity is NaN, and no condition that is known rules the point out.
    """

    values: Mapping[str, NDArray[Any]]
    evaluated: int
    nan: int = 0
    pruned: int = 0


def group_shape(grid: Grid, question: Question) -> tuple[int, ...]:
    """The lengths of the kept axes."""
    return tuple(len(grid.axes[grid.position(name)]) for name in question.by)

"""Values that belong to decisions: statistics over draws, which no formula gives point by point."""

import abc
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from .grid import Ints


class OfDecisions(abc.ABC):
    """The values of a statistic over draws: a number for each decision.

    A ``problem`` is a `questions.Problem`, which holds such values by name.

    Attributes
    ----------
    drawn
        The names of the axes that it is over; its value is the same at all of their points.
    known
        Whether the values are there already, so that looking one up costs nothing.
    """

    drawn: frozenset[str]
    known: bool

    @abc.abstractmethod
    def axes(self, problem: Any) -> frozenset[int]:
        """Find the positions of the axes that the value depends on, in a problem's grid."""

    @abc.abstractmethod
    def at(self, problem: Any, indices: Mapping[str, Ints], dtype: str) -> NDArray[Any]:
        """Give the values at some decisions.

        Parameters
        ----------
        problem
            The model on its grid.
        indices
            By the axis's name, positions along each axis of the grid: arrays that broadcast together.
        dtype
            ``float64`` or ``float32``.

        Returns
        -------
        NDArray
            In base units, of the shape that the indices along the axes that matter broadcast to.
        """

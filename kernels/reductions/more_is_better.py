"""Fronts of quantities of which more is better: they are found as fronts of what these are below zero, where less is better.

Taking a number below zero is exact, so a front has the same points whichever way it is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.grid import Ints
from ..model.of_decisions import OfDecisions
from ..model.quantity import Quantity
from ..model.questions import Pareto, Problem, Result

_BELOW = "minus "  # before the name of a quantity of which more is better


@dataclass(frozen=True)
class Below(OfDecisions):
    """A statistic over draws below zero: what less of is better.

    Parameters
    ----------
    statistic
        What more of is better.
    """

    statistic: OfDecisions

    @property
    def drawn(self) -> frozenset[str]:  # type: ignore[override]
        """The names of the axes that it is over."""
        return self.statistic.drawn

    @property
    def known(self) -> bool:  # type: ignore[override]
        """Whether the values are there already."""
        return self.statistic.known

    def axes(self, problem: Problem) -> frozenset[int]:
        """Find the positions of the axes that the value depends on."""
        return self.statistic.axes(problem)

    def at(self, problem: Problem, indices: Mapping[str, Ints], dtype: str) -> NDArray[Any]:
        """Give the values at some decisions: see `OfDecisions.at`."""
        return -self.statistic.at(problem, indices, dtype)


def less_is_better(problem: Problem, question: Pareto) -> tuple[Problem, Pareto]:
    """Ask for a front such that less of both quantities is better.

    Parameters
    ----------
    problem, question
        What is asked; its statistics stay what they are.

    Returns
    -------
    tuple
        The problem with the quantities that this takes, and the question; both as they were where less is better already.
    """
    more = {name: f"{_BELOW}{name}" for name, is_more in zip(question.quantities, question.more, strict=True) if is_more}
    if not more:
        return problem, question
    extra = {below: _below(problem, name, below) for name, below in more.items()}
    statistics = {below: Below(problem.statistics[name]) for name, below in more.items() if name in problem.statistics}
    first, second = (more.get(name, name) for name in question.quantities)
    return (
        replace(problem, model=problem.model.extended(extra), statistics={**problem.statistics, **statistics}),
        replace(question, quantities=(first, second), more=(False, False)),
    )


def _below(problem: Problem, name: str, below: str) -> Quantity:
    item = problem.model[name]
    return Quantity(below, item.unit, "definition", f"{item.name}, of which more is better, below zero.", _minus, (name,))


def _minus(value: Any) -> Any:
    return -value


def turned(result: Result, question: Pareto) -> Result:
    """Turn the signs of a front: of what is asked to what `less_is_better` asks, and back.

    Parameters
    ----------
    result
        A front.
    question
        What is asked: the quantities of which more is better change their signs.
    """
    if not any(question.more):
        return result
    front = np.asarray(result.values["front"])
    signs = np.where(question.more, -1, 1).astype(front.dtype)
    return replace(result, values={**result.values, "front": front * signs})

"""The inputs of a study that nobody stated, with the values that they are varied over."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ...kernels.model.evaluate import evaluate_at
from ...kernels.model.grid import Axis, Grid
from ...kernels.model.questions import Problem
from ...kernels.reductions.column_shares import MIN_DRAWS
from ..prior.drawn_inputs import RunFacts, distribution_of, known_inputs
from ..study.loader import Study
from ..study.prior_axis import input_of_draws
from .alternatives import HIGH, LOW, MEDIAN, Alternative, assumed_alternative, drawn_alternative, spread_of_draws, within_ranges


@dataclass(frozen=True)
class StudyInputs:
    """What is drawn and what was assumed in a study; made once for all of its answers.

    Attributes
    ----------
    study
        The study.
    """

    study: Study

    @cached_property
    def assumed(self) -> tuple[Alternative, ...]:
        """The defaults that inputs took, those of which another value is sensible."""
        model, run = self.study.problem.model, RunFacts(year=self.study.problem.given.get("year", math.nan))
        known = set(known_inputs())
        varied = (
            assumed_alternative(model[a.quantity], a.value, distribution_of(a.quantity, run) if a.quantity in known else None)
            for a in self.study.assumptions
        )
        return within_ranges([alternative for alternative in varied if alternative is not None], self.study.problem.given)

    @cached_property
    def drawn(self) -> dict[str, tuple[Alternative, ...]]:
        """By uncertain axis, its columns that are drawn apart; none of an axis whose columns vary together."""
        model = self.study.problem.model
        inputs = input_of_draws(model)
        return {
            axis.name: tuple(
                replace(drawn_alternative(name, spread_of_draws(column, axis.weights)), name=inputs.get(name, name))
                for name, column in axis.own_columns.items()
            )
            if _is_drawn_apart(axis, inputs)
            else ()
            for axis in self.study.problem.grid.axes
            if axis.uncertain
        }

    def centre(self, by: Sequence[str]) -> Problem:
        """Return the problem at the middle of what is drawn: what is left are the axes that are kept or chosen.

        Parameters
        ----------
        by
            The axes that are kept, uncertain ones among them.
        """
        problem = self.study.problem
        middle: dict[str, float] = {}
        for axis in self.drawn_axes(by):
            for alternative in self.drawn[axis.name]:
                middle |= alternative.base
            if not self.drawn[axis.name]:
                middle |= _row(axis, len(axis) // 2)
        axes = tuple(axis for axis in problem.grid.axes if not axis.uncertain or axis.name in by)
        return replace(problem, grid=Grid(axes), given={**problem.given, **middle}, statistics={})

    def drawn_axes(self, by: Sequence[str]) -> list[Axis]:
        """List the uncertain axes that are not kept."""
        return [axis for axis in self.study.problem.grid.axes if axis.uncertain and axis.name not in by]

    def varied(self, place: Problem, target: str, by: Sequence[str]) -> tuple[Alternative, ...]:
        """List the alternatives of the inputs that a quantity depends on.

        Parameters
        ----------
        place
            The problem with a value for every input, and no axis.
        target
            The quantity.
        by
            The axes that are kept.
        """
        drawn: list[Alternative] = []
        for axis in self.drawn_axes(by):
            drawn += self.drawn[axis.name] or _together(axis, place, target)
        needed = set(place.model.inputs([target], place.held()))
        return tuple(alternative for alternative in (*drawn, *self.assumed) if needed & set(alternative.base))


def _is_drawn_apart(axis: Axis, inputs: Iterable[str]) -> bool:
    """Tell whether an axis is of draws, of which columns are varied one at a time; the points of others are rows."""
    if axis.labels is not None:
        return False
    return len(axis.own_columns) == 1 or len(axis) >= MIN_DRAWS or bool({*known_inputs(), *inputs} & set(axis.columns))


def _row(axis: Axis, index: int) -> dict[str, float]:
    return {name: float(column[index]) for name, column in axis.columns.items()}


def _together(axis: Axis, place: Problem, target: str) -> tuple[Alternative, ...]:
    """Make the alternative of an axis whose columns vary together: its points by the answers that they have."""
    given = {name: value for name, value in place.given.items() if name not in axis.columns}
    answers = evaluate_at(replace(place, grid=Grid((axis,)), given=given), [target], np.arange(len(axis)))[target]
    known = np.flatnonzero(~np.isnan(answers))
    if not len(known):
        return ()
    weights = None if axis.weights is None else axis.weights[known]
    if weights is not None and not weights.any():
        return ()
    order = known[np.argsort(answers[known], kind="stable")]
    ranks = np.argsort(np.argsort(answers[known], kind="stable"), kind="stable").astype(np.float64)
    low, middle, high = (
        order[int(rank)] for rank in np.quantile(ranks, [LOW, MEDIAN, HIGH], method="inverted_cdf", weights=weights)
    )
    name = next((name for name, column in axis.columns.items() if column[low] != column[high]), next(iter(axis.columns)))
    basis = f"P10 to P90 of the answers over the {len(axis)} points of {axis.name}, whose values vary together"
    tries = (_row(axis, low), _row(axis, high))
    return (Alternative(name, "drawn", _row(axis, middle), tries, basis, axis=axis.name),)

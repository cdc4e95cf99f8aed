"""Two studies on the same draws: else what is held on one side would have all other inputs drawn anew on that side."""

from dataclasses import replace

import numpy as np

from ...kernels.model.grid import Axis, Grid
from ...kernels.model.of_decisions import OfDecisions
from ...kernels.reductions.over_draws import OverDraws
from ..drivers.alternatives import spread_of_draws
from ..study.loader import Study
from .input_values import InputKind, InputValue, are_alike


def on_common_draws(a: Study, b: Study) -> tuple[Study, Study]:
    """Give one of two studies the other's draws of the inputs that both draw from one distribution.

    The side that draws more lends its draws: those are joint, and part of them are joint too. Where each side draws something
    that the other does not, both stay as they are, and so do axes of another number of draws.

    Parameters
    ----------
    a, b
        The studies.

    Returns
    -------
    tuple
        The same studies, of which one may have other draws.
    """
    for name in [axis.name for axis in a.problem.grid.axes if axis.uncertain]:
        first, second = (_draws(study, name) for study in (a, b))
        if first is None or second is None or len(first) != len(second) or _has_sums(first) or _has_sums(second):
            continue
        if set(second.columns) <= set(first.columns):
            b = _with_axis(b, _lent(second, first))
        elif set(first.columns) < set(second.columns):
            a = _with_axis(a, _lent(first, second))
    return a, b


def _has_sums(axis: Axis) -> bool:
    """Tell whether sums were computed on an axis's own draws; those of equal distributions and seeds are equal anyway."""
    return len(axis.own_columns) < len(axis.columns)


def _draws(study: Study, name: str) -> Axis | None:
    """Find an axis of draws: uncertain, with neither labels nor weights."""
    axis = next((axis for axis in study.problem.grid.axes if axis.name == name), None)
    return axis if axis is not None and axis.uncertain and axis.labels is None and axis.weights is None else None


def _lent(axis: Axis, lender: Axis) -> Axis:
    """Return an axis on another one's draws; as it is where any column is of another distribution."""
    if not all(_is_alike(axis, lender, name) for name in axis.columns):
        return axis
    return replace(axis, columns={name: lender.columns[name] for name in axis.columns})


def _is_alike(axis: Axis, lender: Axis, name: str) -> bool:
    return are_alike(_drawn(name, axis), _drawn(name, lender))


def _drawn(name: str, axis: Axis) -> InputValue:
    low, middle, high = spread_of_draws(axis.columns[name])
    return InputValue(name, "", InputKind.DRAWN, middle, low, high, len(axis))


def _with_axis(study: Study, axis: Axis) -> Study:
    """Return a study with another axis in place of that of its name, in its statistics over draws too."""
    problem = study.problem
    own = problem.grid.axes[problem.grid.position(axis.name)]
    if all(np.array_equal(axis.columns[name], column, equal_nan=True) for name, column in own.columns.items()):
        return study
    axes = tuple(axis if one.name == axis.name else one for one in problem.grid.axes)
    statistics = {name: _over(statistic, axis) for name, statistic in problem.statistics.items()}
    return replace(study, problem=replace(problem, grid=Grid(axes), statistics=statistics))


def _over(statistic: OfDecisions, axis: Axis) -> OfDecisions:
    if not isinstance(statistic, OverDraws):
        return statistic
    return replace(statistic, axes_drawn=tuple(axis if one.name == axis.name else one for one in statistic.axes_drawn))

"""Periods that sums go over: each begins where the one before it ends, or time is counted twice or not at all."""

from collections.abc import Sequence

import numpy as np

from ...kernels.model.questions import Problem
from ...kernels.model.sums import sums_along
from .planned_axis import AxisError, Floats

BEGIN, LENGTH, PLANNED, AHEAD = "period_date", "period_years", "phase_date", "capital_lead_years"
_SLACK = 1e-6  # of a period: dates are decimal fractions


def check_periods(problem: Problem, targets: Sequence[str]) -> list[str]:
    """Check that the periods which some targets accumulate over follow each other, and say what began before the first.

    Parameters
    ----------
    problem
        The quantities and the grid, before sums are computed.
    targets
        What is wanted.

    Returns
    -------
    list of str
        A note where a phase is planned, or paid, before the first period: what it had by then is not among what accumulates.

    Raises
    ------
    AxisError
        Names the axis, the first period that does not begin where the one before it ends, and what would be right.
    """
    grid = problem.grid
    if BEGIN not in grid.column_axis:
        return []
    axis = grid.axes[grid.column_axis[BEGIN]]
    sums = sums_along(problem.model, targets, problem.held())
    names = [name for name, along in sums.items() if along.along == BEGIN and along.kind == "cumulative"]
    length = axis.columns[LENGTH][:-1] if LENGTH in axis.columns else problem.given.get(LENGTH)
    if not names or length is None:
        return []
    dates = axis.columns[BEGIN]
    steps = np.diff(dates)
    wrong = np.flatnonzero(np.abs(steps - length) > _SLACK * np.abs(length))
    if len(wrong):
        place = int(wrong[0])
        years = float(np.broadcast_to(length, steps.shape)[place])
        raise AxisError(f"axes.{axis.name}: {_said(place + 2, dates[place : place + 2], years, names[0])}")
    return _note_earlier(problem, float(dates[0]), names)


def _note_earlier(problem: Problem, first: float, names: Sequence[str]) -> list[str]:
    grid = problem.grid
    if PLANNED not in grid.column_axis:
        return []
    axis = grid.axes[grid.column_axis[PLANNED]]
    earliest = float(axis.columns[PLANNED].min())
    order, held = problem.model.order, problem.held()
    paid = next((name for name in names if any(item.name == AHEAD for item in order([name], held))), None)
    ahead = float(problem.given.get(AHEAD, 0.0)) if paid is not None else 0.0
    if earliest < first:
        when, name = f"for {earliest:g}", names[0]
    elif paid is not None and earliest - ahead < first - _SLACK:
        when, name = f"for {earliest:g} and paid from {earliest - ahead:g} on", paid
    else:
        return []
    return [
        f"axes.{axis.name}: a {axis.name} is planned {when}, before the first period begins at {first:g}: sums over "
        f"periods, such as {problem.model[name].wording}, leave out what was before it"
    ]


def _said(number: int, dates: Floats, years: float, name: str) -> str:
    """Say of a period, by its number and the dates of the one before it and its own, why it does not follow."""
    before, own = dates.tolist()
    if own <= before:
        return (
            f"period {number} begins at {own:g}, not after the one before it at {before:g}; give periods in the order of time"
        )
    lies = "miss what lies between" if own - before > years else "count what they share twice"
    return (
        f"period {number} begins at {own:g}, and the one before it, at {before:g}, lasts {LENGTH} = {years:g}: {name} would "
        f"{lies}; give periods that follow each other, or {LENGTH} = {own - before:g}"
    )

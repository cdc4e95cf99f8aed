"""Which value each quantity takes where several places give one, and the grid that results."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from ...kernels.model.grid import MAX_POINTS, Axis, Grid
from ...kernels.model.quantity import Model, Quantity
from ...kernels.text import nearest
from ..answers.answer import OWN_NAMES
from ..errors import StudyError
from . import axes as axis_kinds
from . import ranges
from .axes import Brought, Floats
from .schema import StudySpec


class WiringError(StudyError):
    """Values are given twice or not at all; the message starts with the key."""


@dataclass
class Wired:
    """``given``: quantities of one value, in base units; ``axes``: what each axis brings once every clash is settled."""

    given: dict[str, float]
    axes: list[Brought]
    notes: list[str] = field(default_factory=list)

    def columns(self) -> set[str]:
        return {quantity for axis in self.axes for quantity in axis.columns}


def brought_axes(
    spec: StudySpec, model: Model, held: Mapping[str, float | str], folder: Path, computed: Mapping[str, str]
) -> Wired:
    """Make the axes, and settle which of several places gives a quantity. Raises what its parts raise.

    ``computed`` are quantities that the study takes from others: they have no value, and take the place of facts.
    """
    stated = {name: value for name, value in spec.given.items() if name not in computed and name not in held}
    given = {name: _given(name, value, model, ("given", name)) for name, value in stated.items()}
    fixed = {name: _given(name, value, model, (name,)) for name, value in held.items() if name not in computed}
    planned = {name: axis_kinds.plan(name, axis, model, folder) for name, axis in spec.axes.items()}
    points = math.prod(plan.length for plan in planned.values())
    if points > MAX_POINTS:
        lengths = " x ".join(f"{name} {_power(plan.length)}" for name, plan in planned.items())
        raise WiringError(f"axes: the grid has {_power(points)} points ({lengths}); at most 2^63-2 can be numbered")
    wired = Wired(given, [plan.make() for plan in planned.values()])
    for axis in wired.axes:
        _name(axis, model)
    wired.notes += [note for axis in wired.axes for note in axis.notes]
    wired.axes = [_fix(axis, fixed) for axis in wired.axes]
    wired.given |= {name: value for name, value in fixed.items() if name not in wired.columns()}
    _clashes(wired, computed)
    return wired


def _name(axis: Brought, model: Model) -> None:
    """Refuse a name under which answers hold something else."""
    if axis.name in OWN_NAMES:
        raise WiringError(f"axes.{axis.name}: answers have something else of that name; call the axis otherwise")
    if axis.name in model and axis.name not in axis.columns:
        brings = _some(axis.columns)
        raise WiringError(f"axes.{axis.name}: is called as a quantity but brings {brings}; call the axis otherwise")


def _power(points: int) -> str:
    return f"{points:.4g}" if points < 10**300 else f"10^{math.log10(points):.0f}"


def _given(name: str, value: float | str, model: Model, place: tuple[str, ...]) -> float:
    if name not in model:
        raise WiringError(f"{'.'.join(place)}: unknown quantity {name!r}{nearest(name, model.quantities)}")
    return ranges.number(value, model[name], place)


def _fix(axis: Brought, fixed: Mapping[str, float]) -> Brought:
    """Without the columns that are held at one value; an axis with no other column becomes that value."""
    over = [quantity for quantity in axis.columns if quantity in fixed]
    if not over:
        return axis
    rest = {quantity: values for quantity, values in axis.columns.items() if quantity not in fixed}
    if rest or axis.facts:
        return replace(axis, columns=rest)
    return replace(axis, columns={quantity: np.array([fixed[quantity]]) for quantity in over}, labels=None)


def _clashes(wired: Wired, computed: Iterable[str]) -> None:
    """A value that the study states takes the place of a fact; two that it states are an error."""
    stated = {name: f"given.{name}" for name in (*wired.given, *computed)}
    for axis in (axis for axis in wired.axes if not axis.facts):
        for quantity in axis.columns:
            if quantity in stated:
                raise WiringError(f"axes.{axis.name}: {quantity} is given twice, here and by {stated[quantity]}; leave one out")
            stated[quantity] = f"axes.{axis.name}"
    for i, axis in enumerate(wired.axes):
        over = [quantity for quantity in axis.columns if axis.facts and quantity in stated]
        if over:
            wired.axes[i] = replace(axis, columns={q: v for q, v in axis.columns.items() if q not in over})
            wired.notes += [f"{stated[quantity]} takes the place of {axis.table}'s {quantity}" for quantity in over]


def needed(model: Model, targets: Iterable[str], wired: Wired) -> list[str]:
    """The quantities that the questions need, inputs first where others need them."""
    return [item.name for item in model.order(targets, set(wired.given) | wired.columns())]


def grid_of(model: Model, wired: Wired, needs: Iterable[str]) -> tuple[Grid, list[str]]:
    """The grid, each axis with only the columns that are needed, and notes on axes that change no answer."""
    needs, notes = set(needs), []
    axes: list[Axis] = []
    for axis in wired.axes:
        columns = {quantity: values for quantity, values in axis.columns.items() if quantity in needs}
        if not axis.columns:
            raise WiringError(f"axes.{axis.name}: everything it brings is given elsewhere; leave the axis out")
        if not columns:
            columns = dict([next(iter(axis.columns.items()))])
            notes.append(f"axes.{axis.name}: no question needs {_some(axis.columns)}, so it changes no answer")
        _twice(axis, columns, axes)
        for quantity, values in columns.items():
            _valid(axis, model[quantity], values)
        axes.append(Axis(axis.name, columns, axis.labels))
    return Grid(tuple(axes)), notes


def _some(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:3]) + (" or its other columns" if len(names) > 3 else "")


def _twice(axis: Brought, columns: Mapping[str, object], before: Iterable[Axis]) -> None:
    for other in before:
        both = [quantity for quantity in columns if quantity in other.columns]
        if both:
            raise WiringError(
                f"axes.{axis.name}: {both[0]} comes from {other.name} too; pick the columns of one with columns = [...]"
            )


def _valid(axis: Brought, quantity: Quantity, values: Floats) -> None:
    """Hold published facts (those that are) against the quantity's bounds; what the study states has been."""
    known = values[~np.isnan(values)]
    if axis.facts and len(known):
        ranges.verify(known, quantity, ("axes", axis.name, "from", axis.table))

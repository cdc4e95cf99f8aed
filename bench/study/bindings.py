"""What each quantity is bound to: another quantity or a value, which one where several places give it, and the grid of them.

A study may hold a quantity at another one: ``mfu = "step_mfu"`` takes the MFU from the strategy's own step time.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ...kernels.model import units
from ...kernels.model.grid import MAX_POINTS, Axis, Grid
from ...kernels.model.quantity import Model, Quantity
from ...kernels.text import nearest
from ..answers.kinds import OWN_NAMES
from ..errors import StudyError
from ..prior.drawn_inputs import DEVIATION
from . import ranges
from .axes import plan_axis
from .planned_axis import AxisColumns, Floats, check_memory
from .schema import StudySpec


class BindingError(StudyError):
    """A value is given twice or not at all, or a quantity cannot stand for another; the message starts with the key."""


@dataclass
class Bindings:
    """What the study's values are bound to, once every clash is settled.

    Attributes
    ----------
    given
        Quantities of one value, in base units.
    axes
        What each axis brings.
    notes
        What a reader should know of how clashes were settled.
    freed
        Quantities that an override holds at one value, in place of an uncertain axis's.
    """

    given: dict[str, float]
    axes: list[AxisColumns]
    notes: list[str] = field(default_factory=list)
    freed: frozenset[str] = frozenset()

    def columns(self) -> set[str]:
        """Name the quantities that axes bring."""
        return {quantity for axis in self.axes for quantity in axis.columns}


def find_substitutes(values: Mapping[str, Any], model: Model) -> dict[str, str]:
    """Pick the entries of ``[given]`` whose value is the name of a quantity."""
    return {name: value for name, value in values.items() if isinstance(value, str) and value in model and name in model}


def substitute(model: Model, names: Mapping[str, str]) -> Model:
    """Extend the model: each of the quantities is computed as another. Raises BindingError where their units do not fit."""
    return model.extended({name: _compute_as(model[name], model[other]) for name, other in names.items()})


def _compute_as(item: Quantity, other: Quantity) -> Quantity:
    if units.dimension(item.unit) != units.dimension(other.unit):
        raise BindingError(f"given.{item.name}: {other.name} has the unit {other.unit or '1'}, which is not one of {item.name}")
    return replace(item, source=f"{other.name}, as the study says", function=_identity, parameters=(other.name,))


def _identity(value: Any) -> Any:
    return value


def bind(spec: StudySpec, model: Model, held: Mapping[str, float | str], folder: Path, computed: Mapping[str, str]) -> Bindings:
    """Make the axes, and settle which of several places gives a quantity.

    Parameters
    ----------
    spec
        The study's file.
    model
        The quantities there are.
    held
        Quantities held at one value, which goes before all that the file says.
    folder
        Where facts files of the study's own are looked for.
    computed
        Quantities that the study takes from others: they have no value, and take the place of facts.

    Raises
    ------
    BindingError, AxisError, RangeError
        Where a value is given twice, an axis or a number is not valid, or the grid has more points than can be numbered.
    """
    stated = {name: value for name, value in spec.given.items() if name not in computed and name not in held}
    given = {name: _read_value(name, value, model, ("given", name)) for name, value in stated.items()}
    fixed = {name: _read_value(name, value, model, (name,)) for name, value in held.items() if name not in computed}
    planned = {name: plan_axis(name, axis, model, folder) for name, axis in spec.axes.items()}
    points = math.prod(plan.length for plan in planned.values())
    if points > MAX_POINTS:
        lengths = " x ".join(f"{name} {ranges.count_text(plan.length)}" for name, plan in planned.items())
        raise BindingError(f"axes: the grid has {ranges.count_text(points)} points ({lengths}); at most 2^63-2 can be numbered")
    check_memory(planned.values())
    bindings = Bindings(given, [plan.make() for plan in planned.values()])
    for axis in bindings.axes:
        _check_name(axis, model)
    bindings.notes += [note for axis in bindings.axes for note in axis.notes]
    bindings.freed = frozenset(name for axis in bindings.axes if axis.uncertain for name in _uncertain(axis) if name in fixed)
    bindings.axes = [_hold(axis, fixed) for axis in bindings.axes]
    bindings.given |= {name: value for name, value in fixed.items() if name not in bindings.columns()}
    _settle_clashes(bindings, computed)
    return bindings


def _check_name(axis: AxisColumns, model: Model) -> None:
    """Refuse a name under which answers hold something else."""
    if axis.name in OWN_NAMES:
        raise BindingError(f"axes.{axis.name}: answers have something else of that name; call the axis otherwise")
    if axis.name in model and axis.name not in axis.columns:
        brings = _list_some(axis.columns)
        raise BindingError(f"axes.{axis.name}: is called as a quantity but brings {brings}; call the axis otherwise")


def _read_value(name: str, value: float | str, model: Model, place: tuple[str, ...]) -> float:
    if name not in model:
        raise BindingError(f"{'.'.join(place)}: unknown quantity {name!r}{nearest(name, model.quantities)}")
    return ranges.number(value, model[name], place)


def _hold(axis: AxisColumns, fixed: Mapping[str, float]) -> AxisColumns:
    """Drop the columns that are held at one value; an axis with no other column becomes that value."""
    over = [quantity for quantity in axis.columns if quantity in fixed]
    if not over:
        return axis
    rest = {quantity: values for quantity, values in axis.columns.items() if quantity not in fixed}
    if rest or axis.facts or axis.prior is not None:
        return replace(axis, columns=rest)
    return replace(axis, columns={quantity: np.array([fixed[quantity]]) for quantity in over}, labels=None, weights=None)


def _uncertain(axis: AxisColumns) -> set[str]:
    """Name the quantities that an uncertain axis brings or may draw; of the MFU's deviation the MFU too."""
    drawn = axis.prior or frozenset()
    return {*axis.columns, *drawn, *(("mfu",) if DEVIATION in drawn else ())}


def _settle_clashes(bindings: Bindings, computed: Iterable[str]) -> None:
    """Let a value that the study states take the place of a fact; refuse two that it states."""
    stated = {name: f"given.{name}" for name in (*bindings.given, *computed)}
    for axis in (axis for axis in bindings.axes if not axis.facts):
        for quantity in axis.columns:
            if quantity in stated:
                raise BindingError(
                    f"axes.{axis.name}: {quantity} is given twice, here and by {stated[quantity]}; leave one out"
                )
            stated[quantity] = f"axes.{axis.name}"
    for i, axis in enumerate(bindings.axes):
        over = [quantity for quantity in axis.columns if axis.facts and quantity in stated]
        if over:
            bindings.axes[i] = replace(axis, columns={q: v for q, v in axis.columns.items() if q not in over})
            bindings.notes += [f"{stated[quantity]} takes the place of {axis.table}'s {quantity}" for quantity in over]


def needed_quantities(model: Model, targets: Iterable[str], bindings: Bindings) -> list[str]:
    """Name the quantities that the questions need, inputs first where others need them.

    Parameters
    ----------
    model
        The study's quantities.
    targets
        Those that the questions ask for.
    bindings
        What has a value: what only that would need is not needed.
    """
    return [item.name for item in model.order(targets, set(bindings.given) | bindings.columns())]


def note_hidden(model: Model, bindings: Bindings, needs: Iterable[str], stated: Iterable[str]) -> list[str]:
    """Say which stated values change no answer, since something that would follow from them is stated too.

    Parameters
    ----------
    model
        The study's quantities.
    bindings
        What has a value.
    needs
        The quantities that the questions need.
    stated
        Those that the study or an override states.
    """
    held, needs, stated = set(bindings.given) | bindings.columns(), set(needs), sorted(set(stated) & set(bindings.given))
    notes = []
    for name in (name for name in stated if name not in needs and name != "year"):  # by which the prior draws too
        after = [other for other in stated if not model[other].given and name in model.inputs([other], held - {other})]
        if after and after[0] in needs:
            notes.append(f"{name} changes no answer, since {after[0]}, which would follow from it, is given too")
    return notes


def build_grid(model: Model, bindings: Bindings, needs: Iterable[str], ever: Iterable[str] = ()) -> tuple[Grid, list[str]]:
    """Make the grid, each axis with only the columns that are needed, and notes on axes that change no answer.

    Parameters
    ----------
    model
        The study's quantities.
    bindings
        What each axis brings.
    needs
        The quantities that the questions need.
    ever
        Those that other questions of the file need, which are not asked now: of an axis that brings one no note is made.

    Raises
    ------
    BindingError
        Where an axis is left with nothing, or two axes bring one quantity.
    RangeError
        Where a published fact is out of its quantity's bounds.
    """
    needs, ever, notes = set(needs), set(ever), []
    axes: list[Axis] = []
    for axis in bindings.axes:
        columns = {quantity: values for quantity, values in axis.columns.items() if quantity in needs}
        if not axis.columns:
            raise BindingError(f"axes.{axis.name}: everything it brings is given elsewhere; leave the axis out")
        if not columns:
            columns = dict([next(iter(axis.columns.items()))])
            if not ever & set(axis.columns):
                notes.append(f"axes.{axis.name}: no question needs {_list_some(axis.columns)}, so it changes no answer")
        _refuse_repeated(axis, columns, axes)
        for quantity, values in columns.items():
            _check_facts(axis, model[quantity], values)
        axes.append(Axis(axis.name, columns, axis.labels, axis.uncertain, axis.weights))
    return Grid(tuple(axes)), notes


def _list_some(names: Iterable[str]) -> str:
    names = list(names)
    return ", ".join(names[:3]) + (" or its other columns" if len(names) > 3 else "")


def _refuse_repeated(axis: AxisColumns, columns: Mapping[str, object], before: Iterable[Axis]) -> None:
    for other in before:
        both = [quantity for quantity in columns if quantity in other.columns]
        if both:
            raise BindingError(
                f"axes.{axis.name}: {both[0]} comes from {other.name} too; pick the columns of one with columns = [...]"
            )


def _check_facts(axis: AxisColumns, quantity: Quantity, values: Floats) -> None:
    """Hold published facts (those that are) against the quantity's bounds; what the study states has been."""
    column = axis.renamed.get(quantity.name, quantity.name)
    for row, value in zip(axis.rows, values, strict=False):
        if axis.facts and not math.isnan(value):
            ranges.verify(np.array([value]), quantity, ("axes", axis.name, "from", axis.table, row.key, column))

"""Which axes are uncertain, and how likely their points are: ``uncertain`` and ``weights`` of an ``[axes.NAME]``."""

from dataclasses import replace

import numpy as np

from ...kernels.model.quantity import Model, Quantity
from ...kernels.text import nearest
from ..terminal import numbers
from . import ranges
from .fields import key_text
from .planned_axis import AxisColumns, AxisError, Floats, PlannedAxis, find_quantity
from .schema import AxisSpec

_WHOLE = 0.0101  # as far from 1 as shares with two digits may add up: 0.33 three times
KEYS = frozenset(("summed", "uncertain", "weights", "words"))  # they go with an axis of any form


def is_uncertain(spec: AxisSpec) -> bool:
    """Tell whether nobody knows which of an axis's points holds: draws always, others where they say so."""
    return spec.draws is not None or bool(spec.uncertain)


def check_uncertain(spec: AxisSpec, place: tuple[str, ...]) -> None:
    """Check that draws are uncertain, that weights are those of an uncertain axis, and that what is summed is certain.

    Raises AxisError.
    """
    if spec.summed and is_uncertain(spec):
        raise AxisError(f"{key_text((*place, 'summed'))}: nobody sums over what is uncertain; leave out either")
    if spec.draws is not None and spec.uncertain is False:
        raise AxisError(f"{key_text((*place, 'uncertain'))}: draws are always uncertain; leave it out, or draws")
    if spec.weights is not None and not is_uncertain(spec):
        raise AxisError(f"{key_text((*place, 'weights'))}: go with an uncertain axis; add uncertain = true to it")


def column_quantity(name: str, spec: AxisSpec, model: Model, place: tuple[str, ...]) -> Quantity:
    """Find the quantity that one of an axis's ``columns`` fills; a column of weights may have any name of its own.

    Parameters
    ----------
    name, spec
        The column's name, and the axis's keys.
    model
        The quantities that it may fill.
    place
        The key, where errors say that it stands.

    Raises
    ------
    AxisError
        Where there is no such quantity.
    """
    if name == spec.weights and name not in model:
        return Quantity(name, "", "given", "How likely the points of an axis are.")
    return find_quantity(name, model, place)


def weigh(planned: PlannedAxis, spec: AxisSpec, model: Model, place: tuple[str, ...]) -> PlannedAxis:
    """Say of a planned axis whether it is uncertain, and give its points their weights once its columns are made.

    Parameters
    ----------
    planned, spec
        The axis and its keys.
    model
        The quantities: a column of weights that is none of them is nothing else.
    place
        The axis's key.

    Returns
    -------
    PlannedAxis
        Making it raises AxisError or RangeError where the weights do not do.
    """
    if not is_uncertain(spec):
        return planned

    def make() -> AxisColumns:
        axis = replace(planned.make(), uncertain=True)
        if spec.weights is None:
            return axis
        here = (*place, "weights")
        if not isinstance(spec.weights, str):
            weights = _from_list(spec, axis, planned.length, here)
            return replace(axis, weights=weights, notes=(*axis.notes, *_odd_sum(weights, here)))
        weights = _from_column(spec.weights, axis, here)
        return replace(axis, columns=_without(spec.weights, axis, model, place), weights=weights)

    return replace(planned, make=make)


def _from_list(spec: AxisSpec, axis: AxisColumns, asked: int, here: tuple[str, ...]) -> Floats:
    written: list[float | str] = spec.weights or []
    points = len(next(iter(axis.columns.values()))) if axis.columns else len(axis.rows)
    if len(written) != points:
        noun = "row" if axis.facts else "draw" if spec.draws is not None else "value"
        fewer = f", as of {asked:,} only {points:,} differ as whole numbers" if points < asked else ""
        raise AxisError(
            f"{key_text(here)}: there are {numbers.count(len(written), 'weight')} for {numbers.count(points, noun)}{fewer}; "
            f"give one for each {noun}"
        )
    weights = [ranges.parse(value, "", (*here, i)) for i, value in enumerate(written)]
    for i, weight in enumerate(weights):
        if weight < 0:
            raise AxisError(f"{key_text((*here, i))}: must be at least 0, not {weight:g}")
    return _checked(np.array(weights, dtype=np.float64), here)


def _odd_sum(weights: Floats, here: tuple[str, ...]) -> tuple[str, ...]:
    """Say what shares add up to that are not the whole, as they would be by a slip; other weights may add up to anything."""
    total = float(weights.sum())
    if weights.max() < 1 and abs(total - 1) > _WHOLE:
        return (f"{key_text(here)}: add up to {total:g}; each counts by its share of that",)
    return ()


def _from_column(name: str, axis: AxisColumns, here: tuple[str, ...]) -> Floats:
    known = [*(axis.rows[0].values if axis.rows else ()), *axis.columns]
    if name not in known:
        hint = nearest(name, known) or "; write a list of numbers, or the name of one of its columns"
        raise AxisError(f"{key_text(here)}: the axis has no column {name!r}{hint}")
    if axis.rows and name in axis.rows[0].values:
        weights = np.array([row.values[name] for row in axis.rows], dtype=np.float64)
    else:
        weights = axis.columns[name]
    for i in np.flatnonzero(~np.isfinite(weights))[:1].tolist():
        raise AxisError(f"{key_text(here)}: {name} of {axis.rows[i].key} is not published, so that the row has no weight")
    if (weights < 0).any():
        raise AxisError(f"{key_text(here)}: {name} has {weights.min():g}; a weight is at least 0")
    return _checked(weights, here)


def _checked(weights: Floats, here: tuple[str, ...]) -> Floats:
    with np.errstate(over="ignore"):
        total = weights.sum()
    if total == 0:
        raise AxisError(f"{key_text(here)}: are all 0; give at least one point a weight above 0")
    if np.isinf(total):
        raise AxisError(f"{key_text(here)}: are too large to add up; divide them all by the greatest")
    return weights


def _without(name: str, axis: AxisColumns, model: Model, place: tuple[str, ...]) -> dict[str, Floats]:
    """Leave a column of weights out of what the axis brings, unless it is a quantity too."""
    columns = {column: values for column, values in axis.columns.items() if column != name or name in model}
    if axis.columns and not columns:
        raise AxisError(f"{key_text((*place, 'columns'))}: has nothing but weights; add the column that they weigh")
    return columns

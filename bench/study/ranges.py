"""Columns of numbers: ``linspace``, ``geomspace``, ``arange`` or ``values``, in a quantity's unit; and their lengths.

The three ranges mean what NumPy's functions of those names mean (``arange`` leaves its end out). Whole quantities
(chips) are rounded to whole numbers, and numbers that become equal by that are kept once.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ...kernels.model import units
from ...kernels.model.quantity import Quantity
from ..errors import StudyError
from .fields import dotted
from .schema import MAX_AXIS_POINTS, RangeSpec

Floats = NDArray[np.float64]
WAYS = ("linspace", "geomspace", "arange", "values")


class RangeError(StudyError):
    """A range or one of its numbers is not valid; the message starts with the key."""


def number(value: float | str, item: Quantity, place: tuple[str, ...]) -> float:
    """One number in base units, checked against the quantity's bounds. Raises RangeError."""
    result = parsed(value, item.unit, place)
    wrong = item.check(result)
    if wrong:
        raise RangeError(f"{dotted(place)}: {value!r} {wrong}")
    return result


def parsed(value: float | str, unit: str, place: tuple[str, ...]) -> float:
    """One number in base units; its bounds are not checked. Raises RangeError."""
    try:
        result = units.parse(value, unit)
    except units.UnitError as error:
        raise RangeError(f"{dotted(place)}: {error}") from None
    except OverflowError:
        raise RangeError(f"{dotted(place)}: the number is too large") from None
    if not math.isfinite(result):
        raise RangeError(f"{dotted(place)}: {value!r} is {'not a number' if math.isnan(result) else 'infinite'}")
    return result


def way(spec: RangeSpec, place: tuple[str, ...]) -> str:
    """Which of the ways the spec uses. Raises RangeError where it is not exactly one, or ``num`` does not fit."""
    given = [name for name in WAYS if getattr(spec, name) is not None]
    if len(given) != 1:
        found = f"has {' and '.join(given)}" if given else "has no values"
        raise RangeError(f"{dotted(place)}: {found}; give one of {', '.join(WAYS)}")
    if given[0] in ("linspace", "geomspace"):
        if spec.num is None:
            raise RangeError(f"{dotted(place)}.num: is missing; say how many values {given[0]} makes")
        if spec.num < 1:
            raise RangeError(f"{dotted(place)}.num: must be at least 1, not {spec.num}")
    elif spec.num is not None:
        raise RangeError(f"{dotted(place)}.num: goes with linspace or geomspace, not with {given[0]}")
    return given[0]


def length(spec: RangeSpec, item: Quantity, place: tuple[str, ...]) -> int:
    """How many numbers the spec makes, found out without making them."""
    kind = way(spec, place)
    if kind == "arange":
        start, stop, step = _ends(spec, kind, item, place)
        steps = (stop - start) / step * (1 - 1e-12)
        if math.isinf(steps):
            raise RangeError(f"{dotted((*place, kind))}: has more values than can be counted; make the step larger")
        return max(math.ceil(steps), 0)
    if kind == "values":
        return len(spec.values or ())
    return spec.num or 0


def numbers(spec: RangeSpec, item: Quantity, place: tuple[str, ...]) -> Floats:
    """The numbers in base units, each checked. Raises RangeError."""
    kind = way(spec, place)
    if kind == "values":
        values = spec.values or []
        each = (*place, "values")
        return np.array([number(v, item, (*each, f"[{i}]")) for i, v in enumerate(values, 1)], dtype=np.float64)
    count = length(spec, item, place)
    if count < 1:
        raise RangeError(f"{dotted((*place, kind))}: is empty; give it at least one value")
    if count > MAX_AXIS_POINTS:
        raise RangeError(f"{dotted(place)}: has {count:.3g} values; at most {MAX_AXIS_POINTS:.0e} fit on one axis")
    ends = _ends(spec, kind, item, place)
    if kind == "arange":
        made = ends[0] + ends[2] * np.arange(count, dtype=np.float64)
    elif kind == "linspace":
        made = np.linspace(ends[0], ends[1], count)
    else:
        made = np.geomspace(ends[0], ends[1], count)
    if item.whole:
        made = np.unique(np.rint(made))
    verify(made, item, (*place, kind))
    return made


def _ends(spec: RangeSpec, kind: str, item: Quantity, place: tuple[str, ...]) -> list[float]:
    """The numbers of a range in base units: two, or for arange start, stop and step."""
    raw = getattr(spec, kind)
    names = ("start", "stop", "step") if kind == "arange" else ("first", "last")
    here = (*place, kind)
    if len(raw) != len(names):
        raise RangeError(f"{dotted(here)}: takes [{', '.join(names)}], not {len(raw)} numbers")
    ends = [parsed(value, item.unit, here) for value in raw]
    if kind == "geomspace" and not (ends[0] > 0 and ends[1] > 0):
        raise RangeError(f"{dotted(here)}: both ends must be above 0; linspace can start at 0")
    if kind == "arange" and not (ends[2] != 0 and (ends[1] - ends[0]) / ends[2] > 0):
        raise RangeError(f"{dotted(here)}: is empty; the step must be other than 0 and lead from start to stop")
    return ends


def verify(values: Floats, item: Quantity, place: tuple[str, ...]) -> None:
    """Raise RangeError where a number is not valid for its quantity."""
    for value in (values.min(), values.max()):
        wrong = item.check(float(value))
        if wrong and wrong != "must be a whole number":
            shown = units.from_base(float(value), item.unit)
            raise RangeError(f"{dotted(place)}: {shown:g} {wrong}")
    if item.whole and (values != np.floor(values)).any():
        raise RangeError(f"{dotted(place)}: {item.name} takes whole numbers")

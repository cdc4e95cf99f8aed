"""Columns of numbers: ``linspace``, ``geomspace``, ``arange`` or ``values``, in a quantity's unit; and their lengths.

The three ranges mean what NumPy's functions of those names mean (``arange`` leaves its end out). Whole quantities
(chips) are rounded to whole numbers, and numbers that become equal by that are kept once.
"""

import math

import numpy as np
from numpy.typing import NDArray

from ...kernels.model import units
from ...kernels.model.quantity import Quantity
from ...kernels.validation.type_parts import Place
from ..errors import StudyError
from ..facts.plausible import slip
from .fields import key_text
from .schema import MAX_AXIS_POINTS, RangeSpec

Floats = NDArray[np.float64]
FORMS = ("linspace", "geomspace", "arange", "values")


class RangeError(StudyError):
    """A range or one of its numbers is not valid; the message starts with the key."""


def count_text(count: int) -> str:
    """Write a count, however large it is."""
    if count < 10**12:
        return f"{count:,}"
    return f"{count:.4g}" if count < 10**300 else f"10^{math.log10(count):.0f}"


def number(value: float | str, item: Quantity, place: Place) -> float:
    """Read one number and check it against its quantity's bounds.

    Parameters
    ----------
    value
        A number in the quantity's unit, or text with a unit.
    item
        The quantity.
    place
        The key, where errors say that it stands.

    Returns
    -------
    float
        In base units.

    Raises
    ------
    RangeError
        Where it is no finite number of the quantity's dimension, or out of its bounds.
    """
    named = item.from_word(value)
    try:
        result = parse(named, item.unit, place)
    except RangeError:
        if not item.words:
            raise
        raise RangeError(f"{key_text(place)}: must be {' or '.join(item.words)}, not {value!r}") from None
    wrong = item.check(result)
    if wrong:
        raise RangeError(f"{key_text(place)}: {value!r} {wrong}{slip(item.name, result)}")
    return result


def parse(value: float | str, unit: str, place: Place) -> float:
    """Read one number, whatever its quantity's bounds.

    Parameters
    ----------
    value
        A number in ``unit``, or text with a unit of its own.
    unit
        The unit of a number that states none; empty for a plain number.
    place
        The key, where errors say that it stands.

    Returns
    -------
    float
        In base units.

    Raises
    ------
    RangeError
        Where it is no finite number of the unit's dimension.
    """
    try:
        result = units.parse(value, unit)
    except units.UnitError as error:
        raise RangeError(f"{key_text(place)}: {error}") from None
    if not math.isfinite(result):
        raise RangeError(f"{key_text(place)}: {value!r} is {'not a number' if math.isnan(result) else 'infinite'}")
    return result


def form_of(spec: RangeSpec, place: tuple[str, ...]) -> str:
    """Find which of the forms the spec uses. Raises RangeError where it is not exactly one, or ``num`` does not fit."""
    given = [name for name in FORMS if getattr(spec, name) is not None]
    if len(given) != 1:
        stated = f"has {' and '.join(given)}" if given else "has no values"
        raise RangeError(f"{key_text(place)}: {stated}; give one of {', '.join(FORMS)}")
    if given[0] in ("linspace", "geomspace"):
        if spec.num is None:
            raise RangeError(f"{key_text(place)}.num: is missing; say how many values {given[0]} makes")
        if spec.num < 1:
            raise RangeError(f"{key_text(place)}.num: must be at least 1, not {spec.num}")
    elif spec.num is not None:
        raise RangeError(f"{key_text(place)}.num: goes with linspace or geomspace, not with {given[0]}")
    return given[0]


def length(spec: RangeSpec, item: Quantity, place: tuple[str, ...]) -> int:
    """Count the numbers that the spec makes, without making them.

    Parameters
    ----------
    spec
        One of the forms, with its numbers.
    item
        The quantity, whose unit numbers have.
    place
        The key, where errors say that it stands.

    Raises
    ------
    RangeError
        Where the form is not valid, or the numbers are more than can be counted.
    """
    kind = form_of(spec, place)
    if kind == "arange":
        start, stop, step = _parse_ends(spec, kind, item, place)
        steps = (stop - start) / step * (1 - 1e-12)
        if not math.isfinite(steps):
            raise RangeError(f"{key_text((*place, kind))}: has more values than can be counted; make the step larger")
        return math.ceil(steps)
    if kind == "values":
        return len(spec.values or ())
    return spec.num or 0


def numbers(spec: RangeSpec, item: Quantity, place: tuple[str, ...]) -> Floats:
    """Make the numbers of the spec, each checked against its quantity's bounds.

    Parameters
    ----------
    spec
        One of the forms, with its numbers.
    item
        The quantity; where it is whole, numbers are rounded and equal ones kept once.
    place
        The key, where errors say that it stands.

    Returns
    -------
    array
        In base units.

    Raises
    ------
    RangeError
        Where the form or a number is not valid, or the numbers are more than an axis holds.
    """
    kind = form_of(spec, place)
    if kind == "values":
        written = enumerate(spec.values or ())
        return np.array([number(value, item, (*place, kind, i)) for i, value in written], dtype=np.float64)
    count = length(spec, item, place)
    if count > MAX_AXIS_POINTS:
        key = key_text((*place, kind if spec.num is None else "num"))
        raise RangeError(f"{key}: at most {MAX_AXIS_POINTS:,} values fit on one axis, not {count_text(count)}")
    ends = _parse_ends(spec, kind, item, place)
    with np.errstate(all="ignore"):  # what overflows is refused below
        values = _spaced(kind, ends, count)
    if not np.isfinite(values).all():
        raise RangeError(f"{key_text((*place, kind))}: is too wide: a number between its ends is no finite one")
    if item.whole:
        values = np.sort(np.rint(values))
        values = values[np.append(True, np.diff(values) > 0)]  # np.unique would load masked arrays, which takes 10 ms
    verify(values, item, (*place, kind))
    return values


def _spaced(kind: str, ends: list[float], count: int) -> Floats:
    if kind == "arange":
        return np.asarray(ends[0] + ends[2] * np.arange(count, dtype=np.float64))
    if kind == "linspace":
        return np.linspace(ends[0], ends[1], count)
    return np.geomspace(ends[0], ends[1], count)


def _parse_ends(spec: RangeSpec, kind: str, item: Quantity, place: tuple[str, ...]) -> list[float]:
    """Read the numbers of a range into base units: two, or for arange start, stop and step."""
    raw = getattr(spec, kind)
    names = ("start", "stop", "step") if kind == "arange" else ("first", "last")
    here = (*place, kind)
    if len(raw) != len(names):
        raise RangeError(f"{key_text(here)}: takes [{', '.join(names)}], not {len(raw)} numbers")
    ends = [parse(value, item.unit, here) for value in raw]
    if kind == "geomspace" and not (ends[0] > 0 and ends[1] > 0):
        raise RangeError(f"{key_text(here)}: both ends must be above 0; linspace can start at 0")
    if kind == "arange" and not (ends[2] != 0 and (ends[1] - ends[0]) / ends[2] > 0):
        raise RangeError(f"{key_text(here)}: is empty; the step must be other than 0 and lead from start to stop")
    return ends


def verify(values: Floats, item: Quantity, place: tuple[str, ...]) -> None:
    """Check numbers against their quantity's bounds.

    Parameters
    ----------
    values
        In base units, at least one of them, none of them NaN.
    item
        The quantity.
    place
        The key, where errors say that it stands.

    Raises
    ------
    RangeError
        Where one is out of bounds, or is no whole number of a quantity that takes only these.
    """
    for value in (values.min(), values.max()):
        wrong = item.check(float(value))
        if wrong and wrong != "must be a whole number":
            shown = units.from_base(float(value), item.unit)
            raise RangeError(f"{key_text(place)}: {shown:g} {wrong}")
    if item.whole and (values != np.floor(values)).any():
        raise RangeError(f"{key_text(place)}: {item.name} takes whole numbers")

"""Points of an axis as a study names them: by label, by what people read for it, or by value with a unit."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...kernels.model import units
from ...kernels.model.grid import Axis
from ...kernels.model.quantity import Model
from ...kernels.text import nearest
from ..terminal import numbers
from .templates import TemplateError

EVERY = "*"  # every point of an axis
MAX_LISTED = 12  # points that an error lists


def point_at(axis: Axis, text: Any, model: Model, words: Mapping[str, str]) -> int:
    """Find the position of a point along its axis.

    Parameters
    ----------
    axis
        The axis.
    text
        A label, what people read for one, or a number, which may have a unit.
    model
        The quantities, for the unit of an axis of values.
    words
        What people read for labels, where that is something else.

    Raises
    ------
    TemplateError
        Where the axis has no such point, with those that it has.
    """
    if axis.labels is not None:
        return _labelled(axis, axis.labels, str(text), words)
    quantity = model.quantities.get(axis.coordinate_quantity() or "")
    try:
        value = units.parse(text, "" if quantity is None else quantity.unit)
    except units.UnitError as error:
        raise TemplateError(f"{axis.name}: {error}") from None
    points = np.asarray(axis.coordinates(), dtype=np.float64)
    close = np.flatnonzero(np.isclose(points, value, rtol=1e-6, atol=0.0))
    if math.isnan(value) or not len(close):
        shown = [numbers.number(x) if quantity is None else numbers.show_base(x, quantity) for x in points.tolist()]
        raise TemplateError(f"{axis.name} has no point {text}{_there(shown)}")
    return int(close[0])


def _labelled(axis: Axis, labels: tuple[str, ...], text: str, words: Mapping[str, str]) -> int:
    if text in labels:
        return labels.index(text)
    read = {words.get(label, label).lower(): i for i, label in enumerate(labels)} | {
        label.lower(): i for i, label in enumerate(labels)
    }
    if text.lower() in read:
        return read[text.lower()]
    raise TemplateError(f"{axis.name} has no point {text!r}{nearest(text, labels) or _there(list(labels))}")


def _there(points: list[str]) -> str:
    hidden = len(points) - MAX_LISTED
    more = f" and {hidden} more" if hidden > 0 else ""
    return f"; there {'is' if len(points) == 1 else 'are'} {', '.join(points[:MAX_LISTED])}{more}"

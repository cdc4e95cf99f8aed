"""Figures that are known as a range: the least that was said may not be above the most, wherever the two come from."""

from collections.abc import Iterable, Mapping

import numpy as np

from ...kernels.model import units
from ...kernels.model.quantity import Model
from ...kernels.model.said_range import range_ends
from .bindings import BindingError, Bindings
from .planned_axis import Floats


def check_ranges(model: Model, bindings: Bindings, needs: Iterable[str]) -> None:
    """Refuse a range whose least is above its most in any scenario.

    Parameters
    ----------
    model
        The study's quantities.
    bindings
        What its values are bound to.
    needs
        The quantities that the questions need.

    Raises
    ------
    BindingError
        Names both ends, and where they stand.
    """
    ends: dict[str, tuple[str, Floats]] = {name: (f"given.{name}", np.array([x])) for name, x in bindings.given.items()}
    for axis in bindings.axes:
        ends |= {name: (f"axes.{axis.name}: {name}", values) for name, values in axis.columns.items()}
    for low, high in range_ends(needs):
        if low in ends and high in ends:
            _check(model, low, high, ends)


def _check(model: Model, low: str, high: str, ends: Mapping[str, tuple[str, Floats]]) -> None:
    (place, least), (other, most) = ends[low], ends[high]
    if place.partition(":")[0] != other.partition(":")[0]:  # of two axes every value meets every other
        least, most = _extreme(least, np.fmax), _extreme(most, np.fmin)
    above = np.flatnonzero(least > most)
    if len(above):
        shown = [f"{units.from_base(float(values[above[0]]), model[low].unit):,.6g}" for values in (least, most)]
        unit = f" {model[low].unit}".rstrip()
        raise BindingError(
            f"{place} ({shown[0]}{unit}) is above {other} ({shown[1]}{unit}); the least that was said comes first"
        )


def _extreme(values: Floats, pick: np.ufunc) -> Floats:
    return np.array([pick.reduce(values)])

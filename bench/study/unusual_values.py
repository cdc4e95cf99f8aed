"""Values of a study that lie far from all that is known of their quantities: refused, unless the study says they are meant."""

from collections.abc import Iterator, Mapping

import numpy as np

from ..errors import StudyError
from ..facts.plausible import ImplausibleError, check_plausible
from .bindings import Bindings
from .fields import key_text
from .planned_axis import AxisColumns, Floats
from .schema import StudySpec


class UnusualValueError(StudyError):
    """A value that the study states lies far from all that is known; the message starts with the key."""


def check_unusual(bindings: Bindings, spec: StudySpec, held: Mapping[str, float | str], unusual: bool) -> None:
    """Check the values that a study and its overrides state: single ones, the ends of axes, the medians of draws.

    Parameters
    ----------
    bindings
        The values, in base units.
    spec
        The study's file; it may say that its own values are unusual.
    held
        Quantities that overrides hold.
    unusual
        Whether all values are taken, those of overrides too.

    Raises
    ------
    UnusualValueError
        Where one is far below the least or above the greatest of what facts hold; the message says that range.
    """
    if unusual:
        return
    for name, place, value in _stated(bindings, spec):
        own = name not in held
        if own and spec.unusual:
            continue
        try:
            check_plausible(name, value)
        except ImplausibleError as error:
            if not own:
                raise UnusualValueError(*error.parts) from None
            told, option, _ = error.parts
            instead = ("`unusual = true` at the top of the study, or ", option, ", takes it as it is")
            raise UnusualValueError(f"{place}: {told}", *instead) from None


def _stated(bindings: Bindings, spec: StudySpec) -> Iterator[tuple[str, str, float]]:
    """Give each value to check, with its quantity and its key; facts are held against nothing."""
    for name, value in bindings.given.items():
        yield name, key_text(("given", name)), value
    for axis in bindings.axes:
        if axis.prior is not None:
            continue
        for name, values in axis.columns.items():
            if axis.facts and not _is_own(name, spec.axes[axis.name].columns):
                continue
            for value in _checked(values, axis, spec):
                yield name, key_text(("axes", axis.name)), value


def _is_own(name: str, columns: object) -> bool:
    """Tell whether an axis of rows states a column itself: as a list or a range, not as the name of a table's."""
    return isinstance(columns, Mapping) and name in columns and not isinstance(columns[name], str)


def _checked(values: Floats, axis: AxisColumns, spec: StudySpec) -> tuple[float, ...]:
    if not len(values) or np.isnan(values).all():
        return ()
    if spec.axes[axis.name].draws is not None:
        return (float(np.nanmedian(values)),)
    return float(np.nanmin(values)), float(np.nanmax(values))

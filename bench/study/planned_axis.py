"""What an axis brings, before and after its columns are made."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ... import configs
from ...kernels.host_memory import available_bytes, shortage
from ...kernels.model.quantity import Model, Quantity
from ...kernels.text import nearest
from ..errors import StudyError
from ..prior.draw_sources import DrawnFrom
from .fields import key_text

Floats = NDArray[np.float64]


class AxisError(StudyError):
    """An axis is not valid; the message starts with the key."""


@dataclass(frozen=True)
class AxisColumns:
    """What an axis brings: columns of one length, and where they come from.

    Attributes
    ----------
    name
        The axis's.
    columns
        Quantity to its values in base units, NaN where a fact is not published.
    labels
        The points' names; None where they are told by their numbers.
    facts
        Whether the columns come from a table's rows, so that the study's own values go first.
    rows, table
        Those rows, one for each point, and the table's name.
    renamed
        Quantity to the table's column that fills it.
    notes
        What a reader should know of how the columns were made.
    sources
        Quantity to where its values come from, of those that neither the study nor a table's rows state.
    drawn
        Quantity to what its values are drawn from, of those that are drawn.
    prior
        Inputs that it may draw from the prior, as columns that are added once it is known what the study needs; None where
        it draws nothing from there.
    uncertain
        Whether nobody knows which of the points holds.
    weights
        How likely the points of an uncertain axis are, to one another; None where all are equally so.
    """

    name: str
    columns: Mapping[str, Floats]
    labels: tuple[str, ...] | None = None
    facts: bool = False
    rows: tuple[configs.FactRow, ...] = ()
    table: str = ""
    renamed: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    drawn: Mapping[str, DrawnFrom] = field(default_factory=dict)
    prior: frozenset[str] | None = None
    uncertain: bool = False
    weights: Floats | None = None


@dataclass(frozen=True)
class PlannedAxis:
    """An axis of known length whose columns are not made yet, so that a grid too large costs nothing.

    Attributes
    ----------
    length
        How many points it has, before equal whole numbers become one.
    make
        Makes the columns. Raises AxisError or RangeError.
    key
        The key that says how long it is.
    columns
        How many columns it makes.
    """

    length: int
    make: Callable[[], AxisColumns]
    key: str
    columns: int = 1

    @property
    def bytes_needed(self) -> int:
        """The memory (bytes) that making its columns takes."""
        return 8 * COPIES * self.columns * self.length


COPIES = 6  # of a column that are held at once: the points drawn, the values, what whole numbers and an engine make of them


def check_memory(axes: Iterable[PlannedAxis]) -> None:
    """Check that the columns of some axes fit into the memory that is free.

    Raises
    ------
    AxisError
        Where they do not; it names the key of the largest axis.
    """
    planned = list(axes)
    free = shortage(sum(axis.bytes_needed for axis in planned))
    if not free:
        return
    largest = max(planned, key=lambda axis: axis.bytes_needed)
    most = available_bytes() // (8 * COPIES * largest.columns)
    raise AxisError(
        f"{largest.key}: takes more memory than the {free} that are free; at most {most:,} values fit there, if no other axis "
        "is long"
    )


def find_quantity(name: str, model: Model, place: tuple[str, ...], hint: str = "") -> Quantity:
    """Find a quantity of the model by its name.

    Parameters
    ----------
    name, model
        The name, and the quantities that it may be of.
    place
        The key, where errors say that it stands.
    hint
        What an error says where no name is near.

    Raises
    ------
    AxisError
        Where the model has none of that name.
    """
    if name not in model:
        raise AxisError(f"{key_text(place)}: unknown quantity {name!r}{nearest(name, model.quantities) or hint}")
    return model[name]


def check_labels(labels: list[str] | None, length: int, place: tuple[str, ...]) -> tuple[str, ...] | None:
    """Check that labels name each point of an axis apart, and give them back; None for none.

    Parameters
    ----------
    labels, length
        The labels, and how many points there are.
    place
        Where the axis stands: errors start with that.

    Raises
    ------
    AxisError
        Where they are more or fewer, or two are the same.
    """
    if labels is None:
        return None
    if len(labels) != length:
        raise AxisError(f"{key_text((*place, 'labels'))}: there are {len(labels)} labels for {length} values")
    if len(set(labels)) != length:
        raise AxisError(f"{key_text((*place, 'labels'))}: two labels are the same")
    return tuple(labels)

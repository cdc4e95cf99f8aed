"""What pictures of an answer are made from: a value at each point of the kept axes, with the range around it, in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...kernels.model import units
from ...kernels.text import visible
from ..answers.answer import Answer
from ..answers.column import Array
from ..runner.decision_words import percent
from ..runner.kinds import KINDS
from ..study.loader import Study
from ..study.names import axis_words, point_words
from ..terminal import numbers
from .scales import Floats

MIN_ORDERED = 4  # points of a numeric axis from which it is drawn as one


@dataclass(frozen=True)
class KeptAxis:
    """An axis that an answer keeps.

    Parameters
    ----------
    name, words
        What the study and what people call it.
    points
        Its points in words.
    values
        Its points as numbers in ``unit``, where it is an order of them; None for labels.
    unit, preferred
        Their unit, and the one that people read.
    few
        Whether even a few numbers are an order.
    dates
        Whether the numbers are calendar years with their fraction, whatever the points are called.
    """

    name: str
    words: str
    points: tuple[str, ...]
    values: Floats | None = None
    unit: str = ""
    preferred: str = ""
    few: bool = False
    dates: bool = False

    def __len__(self) -> int:
        return len(self.points)

    @property
    def ordered(self) -> bool:
        """Whether it is drawn as an order of numbers."""
        return self.values is not None and (self.few or len(self) >= MIN_ORDERED)

    def take(self, places: Sequence[int]) -> "KeptAxis":
        """Return the axis with some of its points."""
        points = tuple(self.points[place] for place in places)
        return replace(self, points=points, values=None if self.values is None else self.values[list(places)])


@dataclass(frozen=True)
class ShownQuantity:
    """What values are of.

    Parameters
    ----------
    words
        What people call it.
    unit, preferred
        Its own unit, and the one that people read.
    """

    words: str
    unit: str = ""
    preferred: str = ""

    def show(self, value: float) -> str:
        """Write a value with its unit."""
        return numbers.show_unit(float(value), self.unit, self.preferred)


@dataclass(frozen=True)
class Told:
    """What else is told of each point.

    Parameters
    ----------
    heading
        What it is.
    values
        At each point of the kept axes.
    show
        Writes one of them.
    """

    heading: str
    values: Array
    show: Callable[[Any], str]

    def at(self, index: tuple[int, ...]) -> str:
        """Write what is told of a point."""
        return self.word(self.values[index])

    def word(self, value: Any) -> str:
        """Write a value, with nothing hidden in it."""
        return visible(self.show(value))


@dataclass(frozen=True)
class ShownSpread:
    """A value and its range at each point of the kept axes.

    Parameters
    ----------
    quantity
        What the values are of.
    axes
        The kept axes with more than one point, in the order of the arrays' dimensions.
    middle
        The value at each point; NaN where there is none.
    ranges
        The ends of the ranges around it, the widest first; none where there is no range.
    middle_words, range_words
        What they are: ``median``, ``P5 to P95``.
    told
        What else is told of each point.
    fixed
        The kept axes of one point: the axis and the point in words.
    left_out
        What is known of no scenario, or drawn only in part, in sentences.
    """

    quantity: ShownQuantity
    axes: tuple[KeptAxis, ...]
    middle: Floats
    ranges: tuple[tuple[Floats, Floats], ...] = ()
    middle_words: str = "value"
    range_words: str = ""
    told: tuple[Told, ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()

    def arrays(self) -> list[Floats]:
        """List the values and the ends of the ranges."""
        return [self.middle, *(end for ends in self.ranges for end in ends)]

    def take(self, axis: KeptAxis, places: Sequence[int]) -> "ShownSpread":
        """Keep some points of an axis."""
        number = self.axes.index(axis)

        def cut(array: Any) -> Any:
            return np.take(array, list(places), axis=number)

        return replace(
            self,
            axes=(*self.axes[:number], axis.take(places), *self.axes[number + 1 :]),
            middle=cut(self.middle),
            ranges=tuple((cut(low), cut(high)) for low, high in self.ranges),
            told=tuple(replace(told, values=cut(told.values)) for told in self.told),
        )

    def known(self) -> "ShownSpread":
        """Leave out the points of axes at which nothing is known, and say which."""
        result, said = self, list[str]()
        for axis in self.axes:
            own = result.axes.index(axis)
            others = tuple(number for number in range(len(result.axes)) if number != own)
            some = np.asarray(~np.isnan(result.middle).all(axis=others))
            if some.all() or not some.any():
                continue
            names = [point for point, is_known in zip(axis.points, some, strict=True) if not is_known]
            more = [f"{len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else []
            said.append(f"Left out, since no value is known: {'; '.join([*names[:_MOST_NAMES], *more])}.")
            result = result.take(axis, np.flatnonzero(some).tolist())
        return replace(result, left_out=(*result.left_out, *said))


_MOST_NAMES = 4  # that a caption lists


def kept_axes(
    answer: Answer, study: Study, own: Sequence[str] = ()
) -> tuple[tuple[KeptAxis, ...], tuple[tuple[str, str], ...]]:
    """List the axes that an answer keeps, in words.

    Parameters
    ----------
    answer, study
        What is drawn, and what it answers.
    own
        The kind's own dimensions that count as kept axes: a decision's ``confidence``.

    Returns
    -------
    tuple
        Those with more than one point; and those with one, as the axis and its point in words.
    """
    axes, fixed = [], []
    for dim in answer.dims:
        if dim not in answer.question.by and dim not in own:
            continue
        axis = _kept_axis(answer, study, dim)
        if len(axis) > 1:
            axes.append(axis)
        else:
            fixed.append((axis.words, axis.points[0]))
    return tuple(axes), tuple(fixed)


def _kept_axis(answer: Answer, study: Study, dim: str) -> KeptAxis:
    column = answer.coords[dim]
    share = dim in KINDS.of(answer.question).percent
    words = visible(axis_words(study, dim))
    values = column.data.tolist()
    points = tuple(percent(value) if share else visible(point_words(study, dim, value)) for value in values)
    if column.data.dtype == object:
        dates = _dates_of(study, dim)
        known = len(dates) == len(points)
        return KeptAxis(dim, words, points, dates if known else None, dates=known)
    preferred = units.PERCENT if share else _preferred(study, dim)
    values = column.data.astype(np.float64)
    return KeptAxis(dim, words, points, values, column.unit, preferred, few=share, dates=len(_dates_of(study, dim)) > 0)


def _dates_of(study: Study, name: str) -> Floats:
    """List the rising dates that an axis's points are, labelled or not; none where its first column holds no date."""
    columns = next((axis.own_columns for axis in study.problem.grid.axes if axis.name == name), {})
    first = next(iter(columns), "")
    if not numbers.is_date(first) or not (np.diff(columns[first]) > 0).all():
        return np.empty(0)
    return np.asarray(columns[first], dtype=np.float64)


def _preferred(study: Study, name: str) -> str:
    """Name the unit that a quantity is read in; empty for what is none, or is read in its own."""
    return study.problem.model[name].show if name in study.problem.model else ""


def quantity_of(study: Study, name: str, words: str, unit: str) -> ShownQuantity:
    """Describe a quantity of the study, or a statistic of it.

    Parameters
    ----------
    study
        What has the quantity.
    name
        The quantity's name.
    words
        What people call the values.
    unit
        The unit of the values.
    """
    return ShownQuantity(visible(words), unit, _preferred(study, name))


def squeezed(answer: Answer, array: Array, kept: Sequence[KeptAxis], last: int = 0) -> Any:
    """Drop the dimensions of one point from an array of the answer; ``last`` of its dimensions are of another kind.

    Parameters
    ----------
    answer
        What has the array.
    array
        Over the answer's dimensions.
    kept
        The axes that are left.
    last
        How many of the last dimensions stay whatever they are.
    """
    tail = np.shape(array)[np.ndim(array) - last :]
    return np.reshape(array, (*(len(axis) for axis in kept), *tail))

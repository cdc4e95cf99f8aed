"""Intervals: a row for each point of an axis, with a dot at the value and bars over the ranges around it."""

import math
from collections.abc import Sequence
from typing import Any

from ..terminal import numbers
from .frames import Spec, colour_channels, colour_labels, frame, row_channel, row_words, told_of, tooltip
from .labels import wrapped_apart
from .marks import dots, words
from .placing import AxisPlacement
from .scales import Scale, scale_of
from .spread import ShownSpread

ROW, ROW_OF_COLOURS, LINE = 40, 27, 14  # pixels of a row, of each colour in a row, and of a line of its label
_PLAIN = (1e-2, 1e6)  # ends of an axis whose values are short without a unit


def intervals(placement: AxisPlacement) -> Spec:
    """Draw intervals, in the rows and colours of a placement."""
    spread = placement.spread
    scale = scale_of(spread.arrays(), spread.quantity.unit, spread.quantity.preferred)
    labels = wrapped_apart(placement.rows.points if placement.rows else (spread.quantity.words,))
    colours = colour_labels(placement.colour)
    data = []
    for index, places in placement.points():
        row: dict[str, Any] = row_words(placement.rows, labels, placement.point_of(placement.rows, index))
        row |= _values(spread, scale, index)
        if colours:
            row["c"] = colours[placement.point_of(placement.colour, index)]
        data.append({**row, **told_of(spread, index), **places})
    height = rows_height(labels, len(colours))
    layers = _layers(placement, scale, labels, any("i" in row for row in data))
    return frame(data, layers, height, placement.sliders())


def rows_height(labels: Sequence[str], colours: int) -> int:
    """Return how high rows are together (pixels): each as its colours and the lines of its label need."""
    lines = max((label.count("\n") + 1 for label in labels), default=1)
    return len(labels) * max(ROW, LINE * lines + 8, ROW_OF_COLOURS * colours + 8 if colours > 1 else 0)


def _values(spread: ShownSpread, scale: Scale, index: tuple[int, ...]) -> dict[str, Any]:
    """Place a point's value and ranges along the axis, with what is written beside it."""
    middle = float(spread.middle[index])
    ends = [(float(low[index]), float(high[index])) for low, high in spread.ranges]
    row: dict[str, Any] = {"m": scale.at(middle), "t": short_text(spread, scale, middle), "v": range_text(spread, index)}
    for number, (low, high) in enumerate(ends):
        row |= {f"l{number}": scale.at(low), f"h{number}": scale.at(high)}
    if math.isinf(middle) or any(map(math.isinf, ends[0] if ends else ())):
        row["i"] = scale.at(math.inf)
    return row


def has_own_units(scale: Scale) -> bool:
    """Tell whether values along an axis are of so many sizes that they are written with a unit of their own."""
    return scale.logarithmic and not _PLAIN[0] <= scale.low <= scale.high <= _PLAIN[1]


def short_text(spread: ShownSpread, scale: Scale, value: float) -> str:
    """Write a value beside its mark: in the unit of the axis, or with a unit of its own where the axis is over many sizes.

    Parameters
    ----------
    spread
        What the value is of.
    scale
        The axis.
    value
        In the quantity's own unit.
    """
    if has_own_units(scale) and math.isfinite(value):
        return spread.quantity.show(numbers.significant(value, 3))
    return numbers.number(numbers.significant(value * scale.factor, 3))


def range_text(spread: ShownSpread, index: tuple[int, ...]) -> str:
    """Write a value with its widest range and the unit: ``2.84 (2.5 to 3.3) million chips``."""
    show = spread.quantity.show
    middle = show(float(spread.middle[index]))
    if not spread.ranges:
        return middle
    low, high = spread.ranges[0]
    return numbers.join_spread(middle, show(float(low[index])), show(float(high[index])))


def heading(spread: ShownSpread) -> str:
    """Say what `range_text` holds: ``median (P5 to P95)``."""
    return f"{spread.middle_words} ({spread.range_words})" if spread.range_words else spread.middle_words


def _layers(placement: AxisPlacement, scale: Scale, labels: list[str], endless: bool) -> list[Spec]:
    spread = placement.spread
    place: Spec = {"y": row_channel(labels)}
    if placement.colour is not None:
        place["yOffset"] = {"field": "c", "type": "nominal", "scale": {"domain": colour_labels(placement.colour)}}
    along: Spec = {
        "field": "m", "type": "quantitative", "scale": scale.definition(), "axis": scale.axis(spread.quantity.words),
    }  # fmt: skip
    colour, told = colour_channels(placement.colour), {"tooltip": tooltip(placement, heading(spread))}
    layers: list[Spec] = []
    for number in range(len(spread.ranges)):
        widths = (6,) if len(spread.ranges) == 1 else (3, 8)
        ends = {"x": {**along, "field": f"l{number}"}, "x2": {"field": f"h{number}"}}
        mark = {"type": "rule", "strokeWidth": widths[min(number, 1)], "opacity": 0.55, "aria": False}
        layers.append({"mark": mark, "encoding": {**place, **ends, **colour, **told}})
    if endless:
        mark = {"type": "point", "shape": "triangle-right", "filled": True, "size": 110, "opacity": 1, "aria": False}
        layers.append({
            "transform": [{"filter": "isValid(datum.i)"}],
            "mark": mark,
            "encoding": {**place, "x": {**along, "field": "i"}, **colour, **told},
        })  # fmt: skip
    where = [name for name, axis in (("y", placement.rows), ("c", placement.colour)) if axis is not None]
    shaped = colour_channels(placement.colour, shape=True)
    layers += [dots({**place, "x": along, **shaped, **told}, where), words({**place, "x": along})]
    return layers

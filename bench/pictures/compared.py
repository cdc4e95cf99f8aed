"""What is compared with known things: a stroke from "as much" to how many times as much, or what share of it."""

from typing import Any

from ..terminal import numbers
from .frames import Spec, colour_channels, colour_labels, frame, row_channel, row_words, told_of, tooltip
from .intervals import heading, range_text, rows_height
from .labels import wrapped_apart
from .marks import ABOVE, dots, words
from .placing import AxisPlacement
from .scales import scale_of

COMPARED = "compared"  # the axis of things that are known
_AS_MUCH = 1.0
_FAR = 1000.0  # times: there a stroke is longer than the words over it
_TICKS = (
    "datum.value < 1 ? format(100 * datum.value, ',~r') + '%' : "
    "datum.value >= 1e6 ? format(datum.value / 1e6, ',~g') + ' million' : format(datum.value, ',~r')"
)


def compared(placement: AxisPlacement) -> Spec:
    """Draw ratios to known things, in the rows and colours of a placement, on a logarithmic axis around equality."""
    spread, rows = placement.spread, placement.rows
    if rows is None:
        raise ValueError("a comparison needs an axis of what is compared")
    scale = scale_of(spread.arrays(), spread.quantity.unit, spread.quantity.preferred, about=_AS_MUCH, wide=1.0)
    labels = wrapped_apart(rows.points, 20)
    colours = colour_labels(placement.colour)
    data: list[dict[str, Any]] = []
    for index, places in placement.points():
        value = float(spread.middle[index])
        row: dict[str, Any] = row_words(rows, labels, placement.point_of(rows, index))
        row |= {"m": scale.at(value), "o": scale.at(_AS_MUCH)}
        row |= {"t": times(value), "v": range_text(spread, index), "far": int(value >= _FAR)}
        if colours:
            row["c"] = colours[placement.point_of(placement.colour, index)]
        data.append({**row, **told_of(spread, index), **places})
    place: Spec = {"y": row_channel(labels)}
    if placement.colour is not None:
        place["yOffset"] = {"field": "c", "type": "nominal", "scale": {"domain": colours}}
    axis = {**scale.axis(""), "title": "times as much, from 1", "labelExpr": _TICKS}
    along: Spec = {"field": "m", "type": "quantitative", "scale": scale.definition(), "axis": axis}
    told = {"tooltip": tooltip(placement, heading(spread))}
    stroke = {"type": "rule", "strokeWidth": 5, "opacity": 0.45, "aria": False}
    even: Spec = {
        "mark": {"type": "rule", "style": ["rule", "quiet"], "strokeDash": [4, 3], "aria": False},
        "encoding": {"x": {"datum": scale.at(_AS_MUCH), "type": "quantitative"}},
    }
    colour = colour_channels(placement.colour)
    shaped = colour_channels(placement.colour, shape=True)
    from_even = {**along, "field": "o"}
    layers: list[Spec] = [
        even,
        {"mark": stroke, "encoding": {**place, "x": from_even, "x2": {"field": "m"}, **colour, **told}},
        dots({**place, "x": along, **shaped, **told}, ["y", "c"] if colours else ["y"], "t"),
        words({**place, "x": from_even}, "!datum.far", **ABOVE, align="left", dx=3),
        words({**place, "x": along}, "datum.far", **ABOVE, align="right", dx=4),
    ]
    return frame(data, layers, rows_height(labels, len(colours)), placement.sliders())


def times(ratio: float) -> str:
    """Write a ratio as people compare: 19.5%, 3.7 times, 8.2 million times."""
    if ratio < 1:
        return numbers.share(ratio)
    return f"{numbers.count(ratio) if ratio >= 1e6 else numbers.number(ratio)} times"

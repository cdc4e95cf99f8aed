"""Bands over an ordered axis: a line at the value, and an area over the ranges around it."""

from typing import Any

from .frames import Spec, colour_channels, frame, told_of, tooltip, up_axis
from .intervals import heading, range_text
from .labels import wrapped_apart
from .placing import Placement
from .scales import scale_of

HEIGHT = 300  # pixels
MAX_DOTS = 40  # points of a line that have dots


def bands(placement: Placement) -> Spec:
    """Draw bands along the axis that a placement puts along an edge."""
    spread, along = placement.spread, placement.along
    if along is None or along.values is None:
        raise ValueError("bands need an ordered axis along an edge")
    across = scale_of([along.values], along.unit, along.preferred)
    up = scale_of(spread.arrays(), spread.quantity.unit, spread.quantity.preferred)
    across = across.tight(along.values)
    colours = wrapped_apart(placement.colour.points, 60, 1) if placement.colour else []
    data = []
    for index, places in placement.points():
        point = placement.point_of(along, index)
        row: dict[str, Any] = {"x": across.at(along.values[point]), "a": along.points[point]}
        row |= {"m": up.at(float(spread.middle[index])), "v": range_text(spread, index)}
        for number, (low, high) in enumerate(spread.ranges):
            row |= {f"l{number}": up.at(float(low[index])), f"h{number}": up.at(float(high[index]))}
        if colours:
            row["c"] = colours[placement.point_of(placement.colour, index)]
        data.append({**row, **told_of(spread, index), **places})
    place: Spec = {"x": {"field": "x", "type": "quantitative", "scale": across.definition(), "axis": across.axis(along.words)}}
    height: Spec = {"type": "quantitative", "scale": up.definition(), "axis": up_axis(up.axis(spread.quantity.words))}
    return frame(data, _layers(placement, place, height), HEIGHT, placement.sliders())


def _layers(placement: Placement, place: Spec, height: Spec) -> list[Spec]:
    spread = placement.spread
    colour, told = colour_channels(placement.colour), {"tooltip": tooltip(placement, heading(spread))}
    layers: list[Spec] = []
    for number in range(len(spread.ranges)):
        ends = {"y": {**height, "field": f"l{number}"}, "y2": {"field": f"h{number}"}}
        mark = {"type": "area", "opacity": 0.22, "line": False, "aria": False}
        layers.append({"mark": mark, "encoding": {**place, **ends, **colour}})
    middle = {**place, "y": {**height, "field": "m"}}
    layers.append({"mark": {"type": "line", "strokeWidth": 2.5, "aria": False}, "encoding": {**middle, **colour}})
    many = placement.along is not None and len(placement.along) > MAX_DOTS
    dot = {"type": "point", "filled": True, "size": 60, "opacity": 0 if many else 1}
    parts = [*(["datum.c"] if placement.colour else []), "datum.a"]
    said = {"description": {"field": "d", "type": "nominal"}}
    layers.append({
        "transform": [{"calculate": " + ', ' + ".join(parts) + " + ': ' + datum.v", "as": "d"}],
        "mark": dot,
        "encoding": {**middle, **colour_channels(placement.colour, shape=True), **told, **said},
    })  # fmt: skip
    return layers

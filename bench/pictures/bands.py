"""Bands over an ordered axis: a line at the value, and an area over the ranges around it."""

import json
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .frames import Spec, colour_channels, colour_labels, frame, told_of, tooltip, up_axis
from .intervals import heading, range_text, short_text
from .marks import dots, told, words
from .placing import AxisPlacement
from .scales import Floats, Scale, scale_of
from .spread import KeptAxis

HEIGHT = 300  # pixels
MAX_DOTS = 40  # points of a line that have dots
MAX_WRITTEN = 16  # points at one place of the sliders whose values are written
MAX_TICKS = 6  # points that each have a tick
MAX_DATES = 9  # ticks of an axis of dates
MIN_GAP = 0.08  # of the height between two values that are written
_ROOM = 0.1  # beyond the first and the last point, for what is written there
MAX_BANDS = 2  # that lie over each other


def has_bands(placement: AxisPlacement) -> bool:
    """Tell whether the ranges are drawn: bands of more than two colours along an edge hide each other."""
    return placement.along is None or placement.colour is None or len(placement.colour) <= MAX_BANDS


def bands(placement: AxisPlacement) -> Spec:
    """Draw bands along the axis that a placement puts along an edge."""
    spread, along = placement.spread, placement.along
    if along is None or along.values is None:
        raise ValueError("bands need an ordered axis along an edge")
    across = scale_of([along.values], along.unit, along.preferred)
    below = words_below(placement)
    seen = spread.arrays() if has_bands(placement) else [spread.middle]
    up = scale_of(seen, spread.quantity.unit, spread.quantity.preferred)
    across = across.tight(along.values).roomy(0.0 if below is None else _ROOM)
    colours = colour_labels(placement.colour)
    data = []
    for index, places in placement.points():
        point = placement.point_of(along, index)
        row: dict[str, Any] = {"x": across.at(along.values[point]), "a": along.points[point]}
        middle = float(spread.middle[index])
        row |= {"e" if math.isinf(middle) else "m": up.at(middle), "v": range_text(spread, index)}
        if below is not None:
            row |= {"t": short_text(spread, up, middle), "b": int(below[index])}
        for number, (low, high) in enumerate(spread.ranges if has_bands(placement) else ()):
            row |= {f"l{number}": up.at(float(low[index])), f"h{number}": up.at(float(high[index]))}
        if any(math.isinf(float(array[index])) for array in spread.arrays()):
            row["i"] = 1
        if colours:
            row["c"] = colours[placement.point_of(placement.colour, index)]
        data.append({**row, **told_of(spread, index), **places})
    axis = {**across.axis(along.words), **_ticks(along, along.values, across)}
    place: Spec = {"x": {"field": "x", "type": "quantitative", "scale": across.definition(), "axis": axis}}
    height: Spec = {"type": "quantitative", "scale": up.definition(), "axis": up_axis(up.axis(spread.quantity.words))}
    return frame(data, _layers(placement, place, height), HEIGHT, placement.sliders())


def _ticks(along: KeptAxis, values: Floats, across: Scale) -> Spec:
    """Place the ticks: at each of a few points, of dates at the first of each year, named as the point is."""
    places = list(range(len(along)))
    if along.dates:
        years = [place for place in places if values[place] == math.floor(values[place])]
        places = years if len(years) > 1 else places
        places = places[:: math.ceil(len(places) / MAX_DATES)]
        named = {f"{across.at(values[place])}": along.points[place] for place in places}
        names = {"labelExpr": f"{json.dumps(named)}[datum.value]", "labelOverlap": "greedy"}
    elif len(along) > MAX_TICKS:
        return {}
    else:
        names = {}
    return {"values": [across.at(values[place]) for place in places], "tickCount": len(places), **names}


def _layers(placement: AxisPlacement, place: Spec, height: Spec) -> list[Spec]:
    spread = placement.spread
    colour, tips = colour_channels(placement.colour, titled=True), {"tooltip": tooltip(placement, heading(spread))}
    layers: list[Spec] = []
    for number in range(len(spread.ranges) if has_bands(placement) else 0):
        ends = {"y": {**height, "field": f"l{number}"}, "y2": {"field": f"h{number}"}}
        mark = {"type": "area", "opacity": 0.22, "line": False, "aria": False}
        layers.append({"mark": mark, "encoding": {**place, **ends, **colour}})
    middle = {**place, "y": {**height, "field": "m"}}
    layers.append({"mark": {"type": "line", "strokeWidth": 2.5, "aria": False}, "encoding": {**middle, **colour}})
    many = placement.along is not None and len(placement.along) > MAX_DOTS
    where = ["c", "a"] if placement.colour else ["a"]
    shaped = colour_channels(placement.colour, shape=True, titled=True)
    layers.append(dots({**middle, **shaped, **tips}, where, opacity=0 if many else 1))
    if any(math.isinf(value) for value in spread.middle.flat):
        mark = {"type": "point", "shape": "triangle-up", "filled": True, "size": 110, "opacity": 1}
        layers.append(told(mark, {**place, "y": {**height, "field": "e"}, **colour, **tips}, where, where="isValid(datum.e)"))
    if words_below(placement) is not None:
        layers += [words(middle, "!datum.b"), words(middle, "datum.b", dy=10, baseline="top")]
    return layers


def words_below(placement: AxisPlacement) -> NDArray[np.bool_] | None:
    """Tell which values are written below their dots, since another is close above; None where none is written."""
    spread, along, colour = placement.spread, placement.along, placement.colour
    if along is None or len(along) * max(1, len(colour or ())) > MAX_WRITTEN:
        return None
    below = np.zeros(spread.middle.shape, bool)
    if colour is None:
        return below
    axis = spread.axes.index(colour)
    finite = np.where(np.isfinite(spread.middle), spread.middle, np.nan)
    order = np.argsort(finite, axis=axis)
    gaps = np.diff(np.take_along_axis(finite, order, axis), axis=axis)
    close = np.moveaxis(gaps < MIN_GAP * np.nanmax(finite, initial=0.0), axis, 0)
    if (close[1:] & close[:-1]).any():
        return None  # three over each other
    under = np.moveaxis(np.concatenate([close, np.zeros_like(close[:1])]), 0, axis)
    np.put_along_axis(below, order, under, axis)
    return below

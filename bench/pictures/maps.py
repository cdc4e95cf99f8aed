"""Maps over two axes: a cell for each pair of points, told by what is chosen there or by how much it comes to."""

from typing import Any

import numpy as np

from .choices import chosen_option
from .frames import NARROW, Spec, frame, legend_of, row_channel, told_of, tooltip
from .intervals import heading, range_text, short_text
from .labels import LINES, wrapped, wrapped_apart
from .placing import MAX_LINES, Placement
from .scales import scale_of
from .spread import KeptAxis, Told

ROW = 44  # pixels of a row with words in its cells
MAX_WORDED = 150  # cells that have words in them
_CELL_LETTERS, _HEAD_LETTERS, _MOST_HEADS = 9, 16, 20
NOTHING = "-"


def decision_map(placement: Placement) -> Spec:
    """Draw a map of the axes that a placement puts into rows and along an edge."""
    spread, rows, along = placement.spread, placement.rows, placement.along
    if rows is None or along is None:
        raise ValueError("a map needs two axes")
    scale = scale_of([spread.middle], spread.quantity.unit, spread.quantity.preferred)
    y_labels, x_labels = wrapped_apart(rows.points), wrapped_apart(along.points, _HEAD_LETTERS)
    option = option_told(placement)
    known = dict(placement.points())
    data: list[dict[str, Any]] = []
    for index in np.ndindex(spread.middle.shape):
        row: dict[str, Any] = {"y": y_labels[placement.point_of(rows, index)], "a": x_labels[placement.point_of(along, index)]}
        if index in known:
            value = float(spread.middle[index])
            row |= {"m": scale.at(value), "v": range_text(spread, index), **told_of(spread, index)}
            row["t"] = wrapped(option.at(index), _CELL_LETTERS, 2) if option else short_text(spread, scale, value)
            if option:
                row["o"] = option.at(index)
        else:
            row["t"] = NOTHING
        data.append({**row, **placement.places(index)})
    worded = len(y_labels) * len(x_labels) <= MAX_WORDED
    place = {"y": row_channel(y_labels), "x": _columns(along, x_labels)}
    height = len(y_labels) * (ROW if worded else max(8, min(ROW, 360 // len(y_labels))))
    layers = _cells(placement, place, option, worded)
    return frame(data, layers, height, placement.sliders())


def option_told(placement: Placement) -> Told | None:
    """Find the choice that cells are told by: one of names that colours can tell apart; None where there is none."""
    option = chosen_option(placement.spread)
    return option if option is not None and len(_options(option)) <= MAX_LINES else None


def _options(option: Told) -> list[str]:
    values = dict.fromkeys(value for value in option.values.reshape(-1).tolist() if value is not None)
    return list(dict.fromkeys(map(option.show, values)))


def _columns(axis: KeptAxis, labels: list[str]) -> Spec:
    longest = max(len(line) for label in labels for line in label.split("\n"))
    turned = f"{NARROW} && {longest * len(labels)} > 30 || {longest * len(labels)} > 110"
    shown: Spec = {
        "title": axis.words, "orient": "top", "labelExpr": LINES, "grid": False, "labelOverlap": len(labels) > _MOST_HEADS,
        "labelAngle": {"expr": f"{turned} ? -90 : 0"}, "labelAlign": {"expr": f"{turned} ? 'left' : 'center'"},
        "labelBaseline": {"expr": f"{turned} ? 'middle' : 'bottom'"},
    }  # fmt: skip
    scale = {"domain": labels, "type": "band", "paddingInner": 0.04, "paddingOuter": 0}
    return {"field": "a", "type": "nominal", "scale": scale, "axis": shown}


def _cells(placement: Placement, place: Spec, option: Told | None, worded: bool) -> list[Spec]:
    spread = placement.spread
    told = {"tooltip": tooltip(placement, heading(spread))}
    said = {"description": {"field": "d", "type": "nominal"}}
    colour: Spec
    if option is not None:
        options = _options(option)
        axis = KeptAxis("", option.heading, tuple(options))
        colour = {"color": {"field": "o", "type": "nominal", "scale": {"domain": options}, "legend": legend_of(axis)}}
    elif worded:
        colour = {"fillOpacity": {"field": "m", "type": "quantitative", "scale": {"range": [0.08, 0.5]}, "legend": None}}
    else:
        words = scale_of([spread.middle], spread.quantity.unit, spread.quantity.preferred).title(spread.quantity.words)
        legend = {"title": words, "orient": "bottom", "gradientLength": 240}
        colour = {"color": {"field": "m", "type": "quantitative", "scale": {"range": "ramp"}, "legend": legend}}
    mark: Spec = {"type": "rect"}
    if option is not None and worded:
        mark |= {"fillOpacity": 0.28, "strokeWidth": 1.5}
        colour["stroke"] = {**colour["color"], "legend": None}
    describe = "datum.y + ', ' + datum.a + ': ' + (isValid(datum.o) ? datum.o + ', ' : '') + datum.v"
    layers: list[Spec] = [
        {
            "transform": [{"filter": "isValid(datum.v)"}, {"calculate": describe, "as": "d"}],
            "mark": mark,
            "encoding": {**place, **colour, **told, **said},
        }
    ]
    if worded:
        text = {"type": "text", "lineBreak": "\n", "baseline": "middle", "aria": False, "fontSize": 12}
        layers.append({"mark": text, "encoding": {**place, "text": {"field": "t", "type": "nominal"}, **told}})
    return layers

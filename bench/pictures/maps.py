"""Maps over two axes: a cell for each pair of points, told by what is chosen there or by how much it comes to."""

from typing import Any

import numpy as np

from .choices import chosen_option
from .frames import NARROW, Spec, frame, legend_of, row_channel, row_words, told_of, tooltip
from .intervals import LINE, has_own_units, heading, range_text, rows_height, short_text
from .labels import LINES, wrapped, wrapped_apart
from .marks import told, words
from .placing import MAX_LINES, AxisPlacement
from .scales import Scale, scale_of
from .spread import KeptAxis, Told

ROW, _HEIGHT = 40, 360  # pixels of a row at most, and of a map without words
MAX_WORDED = 150  # cells that have words in them
_CELL_LETTERS, _HEAD_LETTERS, _MOST_HEADS = 9, 16, 20
_BREAK = "\n"
_CENTRED = {"expr": "-6 * (length(split(datum.t, '\\n')) - 1)"}  # lines go down from the first
NOTHING = "-"


def decision_map(placement: AxisPlacement) -> Spec:
    """Draw a map of the axes that a placement puts into rows and along an edge."""
    spread, rows, along = placement.spread, placement.rows, placement.along
    if rows is None or along is None:
        raise ValueError("a map needs two axes")
    scale = _scale(placement)
    y_labels, x_labels = wrapped_apart(rows.points), wrapped_apart(along.points, _HEAD_LETTERS)
    option = option_told(placement)
    known = dict(placement.points())
    data: list[dict[str, Any]] = []
    for index in np.ndindex(spread.middle.shape):
        row: dict[str, Any] = row_words(rows, y_labels, placement.point_of(rows, index))
        row["a"] = x_labels[placement.point_of(along, index)]
        if index in known:
            value = float(spread.middle[index])
            row |= {"m": scale.at(value), "v": range_text(spread, index), **told_of(spread, index)}
            row["t"] = wrapped(option.at(index), _CELL_LETTERS, 2) if option else short_text(spread, scale, value)
            if option:
                row["o"] = option.at(index)
        else:
            row["t"] = NOTHING
        data.append({**row, **placement.places(index)})
    worded = _is_worded(placement)
    place = {"y": row_channel(y_labels), "x": _columns(along, x_labels)}
    height = rows_height(y_labels, 1) if worded else len(y_labels) * max(8, min(ROW, _HEIGHT // len(y_labels)))
    layers = _cells(placement, place, option, worded)
    return frame(data, layers, height, placement.sliders())


def cells_words(placement: AxisPlacement) -> str:
    """Say what the cells of a map hold: the choice, or the value in its unit."""
    option = option_told(placement)
    if option is not None:
        return f"({option.heading} in words and colour)"
    scale = _scale(placement)
    written = "the deeper the more" if _is_worded(placement) else "by colour"
    return f"({scale.unit}, {written})" if scale.unit and not has_own_units(scale) else f"({written})"


def _scale(placement: AxisPlacement) -> Scale:
    spread = placement.spread
    return scale_of([spread.middle], spread.quantity.unit, spread.quantity.preferred)


def _is_worded(placement: AxisPlacement) -> bool:
    return len(placement.rows or ()) * len(placement.along or ()) <= MAX_WORDED


def option_told(placement: AxisPlacement) -> Told | None:
    """Find the choice that cells are told by: one of names that colours can tell apart; None where there is none."""
    option = chosen_option(placement.spread)
    return option if option is not None and len(_options(option)) <= MAX_LINES else None


def _options(option: Told) -> list[str]:
    values = dict.fromkeys(value for value in option.values.reshape(-1).tolist() if value is not None)
    return list(dict.fromkeys(map(option.word, values)))


def _columns(axis: KeptAxis, labels: list[str]) -> Spec:
    longest = max(len(line) for label in labels for line in label.split("\n"))
    turned = f"{NARROW} && {longest * len(labels)} > 30 || {longest * len(labels)} > 110"
    shown: Spec = {
        "title": axis.words, "orient": "top", "labelExpr": LINES, "grid": False, "labelOverlap": len(labels) > _MOST_HEADS,
        "labelAngle": {"expr": f"{turned} ? -90 : 0"}, "labelAlign": {"expr": f"{turned} ? 'left' : 'center'"},
        "labelBaseline": {"expr": f"{turned} ? 'middle' : 'bottom'"},
        "labelPadding": {"expr": f"{turned} ? 6 : {6 + LINE * max(label.count(_BREAK) for label in labels)}"},
    }  # fmt: skip
    scale = {"domain": labels, "type": "band", "paddingInner": 0.04, "paddingOuter": 0}
    return {"field": "a", "type": "nominal", "scale": scale, "axis": shown}


def _cells(placement: AxisPlacement, place: Spec, option: Told | None, worded: bool) -> list[Spec]:
    tips = tooltip(placement, heading(placement.spread))
    mark: Spec = {"type": "rect"}
    if option is not None and worded:
        mark |= {"fillOpacity": 0.28, "strokeWidth": 1.5}
    cells = {**place, **_fill(placement, option, worded), "tooltip": tips}
    layers = [told(mark, cells, ["y", "a", "o"] if option is not None else ["y", "a"], where="isValid(datum.v)")]
    if worded:
        layers.append(words({**place, "tooltip": tips}, lineBreak="\n", baseline="middle", fontSize=12, dy=_CENTRED))
    return layers


def _fill(placement: AxisPlacement, option: Told | None, worded: bool) -> Spec:
    """Make the channels that fill cells: by the option, else by how much it comes to, faint where words stand on it."""
    if option is not None:
        options = _options(option)
        legend = legend_of(KeptAxis("", option.heading, tuple(options)))
        colour = {"field": "o", "type": "nominal", "scale": {"domain": options}, "legend": legend}
        return {"color": colour, "stroke": {**colour, "legend": None}} if worded else {"color": colour}
    if worded:
        return {"fillOpacity": {"field": "m", "type": "quantitative", "scale": {"range": [0.08, 0.5]}, "legend": None}}
    title = _scale(placement).title(placement.spread.quantity.words)
    legend = {"title": title, "orient": "bottom", "gradientLength": 240}
    ramp = {"range": "ramp", "type": "log" if _scale(placement).logarithmic else "linear"}
    return {"color": {"field": "m", "type": "quantitative", "scale": ramp, "legend": legend}}

"""What specifications of pictures have in common: data, width, sliders, and the words of captions."""

from collections.abc import Mapping, Sequence
from typing import Any

from .labels import LIFTED, LINES, joined, sentence, wrapped, wrapped_apart
from .picture import SCHEMA, Slider
from .placing import AxisPlacement
from .spread import KeptAxis, ShownSpread
from .titles import axes_words

Spec = dict[str, Any]
# How wide what holds the picture is (pixels); a file has a width of its own.
ROOM: Spec = {"name": "room", "expr": "isFinite(containerSize()[0]) ? containerSize()[0] : 900"}
NARROW = "room < 600"
SHAPES = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "stroke")


def frame(data: Sequence[Mapping[str, Any]], layers: Sequence[Spec], height: int, sliders: Sequence[Slider] = ()) -> Spec:
    """Put layers over one set of data, as wide as what holds the picture.

    Parameters
    ----------
    data
        The rows.
    layers
        What is drawn of them.
    height
        Of the plot (pixels).
    sliders
        Of each the rows at its place are drawn: those whose ``s0``, ``s1``, ... is the signal's number.
    """
    spec: Spec = {
        "$schema": SCHEMA,
        "data": {"values": list(data)},
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "layer": list(layers),
    }
    spec["params"] = [ROOM, *({"name": slider.signal, "value": slider.start} for slider in sliders)]
    if sliders:
        spec["transform"] = [{"filter": f"datum.s{n} == {slider.signal}"} for n, slider in enumerate(sliders)]
    return spec


def row_channel(labels: Sequence[str]) -> Spec:
    """Make the channel of an axis whose points are rows, in their order."""
    return {
        "field": "y",
        "type": "nominal",
        "scale": {"domain": list(labels), "type": "band", "paddingInner": 0.15, "paddingOuter": 0.1},
        "axis": {"title": None, "labelExpr": LINES, "labelOffset": LIFTED, "grid": False},
    }


def up_axis(axis: Spec) -> Spec:
    """Write the title of an axis that goes up level, above it."""
    return {
        **axis,
        "titleAngle": 0,
        "titleAlign": "left",
        "titleAnchor": "end",
        "titleBaseline": "bottom",
        "titleX": -36,
        "titleY": -10,
    }


def is_cut(axis: KeptAxis | None) -> bool:
    """Tell whether the words of some row are too long to stand beside it."""
    return axis is not None and any(len(wrapped(point, most=_WHOLE)) > len(wrapped(point)) for point in axis.points)


def row_words(axis: KeptAxis | None, labels: Sequence[str], place: int) -> dict[str, str]:
    """Name a row in the data: by its label, and where a label is cut by all of its words, which the tooltip has.

    Parameters
    ----------
    axis
        The axis of the rows; None where there is one row alone.
    labels
        Those of its points.
    place
        Which point it is.
    """
    named = {"y": labels[place]}
    return {**named, "n": axis.points[place]} if axis is not None and is_cut(axis) else named


def legend_of(axis: KeptAxis, *, titled: bool = False) -> Spec:
    """Place a legend above the picture: side by side where its words are short.

    Parameters
    ----------
    axis
        Whose points it tells.
    titled
        Whether the title of the axis that goes up stands there, too.
    """
    short = sum(len(point) + 5 for point in axis.points) <= _LEGEND_LETTERS
    columns = {} if short else {"columns": {"expr": f"{NARROW} ? 1 : {len(axis)}"}}
    return {
        "title": axis.words, "orient": "top", "direction": "horizontal", "symbolOpacity": 1,
        "offset": _ABOVE_TITLE if titled else _ABOVE_PLOT,
        "labelLimit": {"expr": f"{NARROW} ? room - 110 : 380"}, **columns,
    }  # fmt: skip


_WHOLE = 300  # letters of a point in a tooltip; a legend cuts it to its own width
_ABOVE_TITLE, _ABOVE_PLOT = 26, 8  # pixels
_LEGEND_LETTERS = 34  # that stand side by side on a phone


def colour_labels(axis: KeptAxis | None) -> list[str]:
    """Word the points of an axis told by colour, as the data and the legend have them; none where there is no axis."""
    return wrapped_apart(axis.points, _WHOLE, 1) if axis is not None else []


def colour_channels(axis: KeptAxis | None, *, shape: bool = False, titled: bool = False) -> Spec:
    """Make the channels of an axis told by colour.

    Parameters
    ----------
    axis
        The axis; None makes no channels.
    shape
        Whether it is told by shape, too, for who sees few colours.
    titled
        As for `legend_of`.
    """
    if axis is None:
        return {}
    labels = colour_labels(axis)
    channels: Spec = {
        "color": {"field": "c", "type": "nominal", "scale": {"domain": labels}, "legend": legend_of(axis, titled=titled)}
    }
    if shape:
        shapes = list(SHAPES[: len(labels)])
        scale = {"domain": labels, "range": shapes}
        channels["shape"] = {"field": "c", "type": "nominal", "scale": scale, "legend": channels["color"]["legend"]}
    return channels


def tooltip(placement: AxisPlacement, value_heading: str) -> list[Spec]:
    """List what is told of the point under the pointer: where it lies, its value and what else is known of it."""
    parts: list[Spec] = []
    rows = "n" if is_cut(placement.rows) else "y"
    for axis, name in ((placement.rows, rows), (placement.along, "a"), (placement.colour, "c")):
        if axis is not None:
            parts.append({"field": name, "type": "nominal", "title": axis.words})
    parts.append({"field": "v", "type": "nominal", "title": value_heading})
    told = enumerate(placement.spread.told)
    return parts + [{"field": f"e{number}", "type": "nominal", "title": one.heading} for number, one in told]


def told_of(spread: ShownSpread, index: tuple[int, ...]) -> dict[str, str]:
    """List what else is told of a point, as `tooltip` names it."""
    return {f"e{number}": told.at(index) for number, told in enumerate(spread.told)}


def scale_words(spec: Spec) -> str:
    """Say what a reader must know of a picture's axes: that one is logarithmic, that a value has no end; empty for neither."""
    kinds = {
        name: {str(scale.get("type", "linear")) for scale in _scales(spec, name) if isinstance(scale["domain"][0], int | float)}
        for name in _AXES
    }
    logarithmic = [words for name, words in _AXES.items() if "log" in kinds[name]]
    if logarithmic and not all(kinds.values()):
        logarithmic = ["the axis"]  # the other has words
    are = "is" if len(logarithmic) == 1 else "are"
    endless = any("i" in row for row in spec["data"]["values"])
    said = [
        f"{sentence(joined(logarithmic))} {are} logarithmic." if logarithmic else "",
        "At the edge: a value that is infinite." if endless else "",
    ]
    return " ".join(filter(None, said))


def _scales(spec: Spec, name: str) -> list[Spec]:
    """List the scales of a channel, over all layers."""
    channels = [layer["encoding"].get(name, {}) for layer in spec["layer"]]
    return [channel["scale"] for channel in channels if "domain" in channel.get("scale", {})]


_AXES = {"x": "the horizontal axis", "y": "the vertical axis"}


def caption_of(marks: str, spread: ShownSpread, where: str = "") -> str:
    """Say what is seen: marks of a quantity by its axes, what is fixed, and what is left out.

    Parameters
    ----------
    marks
        What marks there are and what they mean.
    spread
        What is drawn.
    where
        What it is limited to, in words; empty where nothing limits it.
    """
    fixed = "; ".join(f"{words}: {point}" for words, point in spread.fixed)
    parts = [marks, axes_words(spread.axes), f", {where}" if where else ""]
    said = [sentence("".join(parts)) + ".", f"{sentence(fixed)}." if fixed else "", *spread.left_out]
    return " ".join(filter(None, said))

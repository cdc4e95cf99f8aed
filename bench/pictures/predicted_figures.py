"""Predicted against published figures on logarithmic axes: a picture for each quantity, or all of them in one."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...kernels.text import visible
from ..terminal import numbers
from ..validate.results import Predicted, by_quantity
from ..validate.score_words import percent, quantity_title
from ..validate.scores import UNLABELLED
from .frames import Spec, colour_channels, colour_labels, frame, up_axis
from .marks import told
from .picture import SCHEMA, Picture
from .scales import Scale, rounded, scale_of
from .spread import KeptAxis

HEIGHT = 380  # pixels
PANEL, PANEL_COLUMNS = 300, 3  # pixels of one of several plots, and how many stand side by side
MOST_GROUPS = 6  # told apart by colours, and by shapes that are filled or hollow
_OTHERS = "others"
_TOLD_CASES = 300  # that a screen reader tells of one by one
_WIDE = 2.0  # the ratio of figures from which axes are logarithmic; within less there may be no power of ten
_WHOLE = {"titleLimit": 400}  # of axes in a picture of several plots, which have no signal of their width


def scatter(cases: Sequence[Predicted], label: str) -> Picture:
    """Draw the predictions of one quantity against what was published.

    Parameters
    ----------
    cases
        At least one, all of one quantity.
    label
        One of `case_labels.LABELS`, whose groups colours tell apart.
    """
    quantity = cases[0].quantity
    axis, scale = _groups(cases, label), _scale(cases)
    spec = frame(_rows(cases, axis, label, scale), _layers(cases, axis, scale), HEIGHT)
    title = f"{quantity_title(quantity)}: predicted against published"
    return Picture("points", title, _caption(cases), spec)


def overview(predicted: Sequence[Predicted], label: str) -> Picture:
    """Draw a plot for each quantity of more than one case, all in one picture.

    Parameters
    ----------
    predicted
        Cases of any quantities, at least one.
    label
        As for `scatter`; every plot has the same colours.
    """
    parts = by_quantity(predicted)
    shown = {quantity: cases for quantity, cases in parts.items() if len(cases) > 1} or parts
    axis = _groups([case for cases in shown.values() for case in cases], label)
    panels = [_panel(quantity, cases, axis, label) for quantity, cases in shown.items()]
    spec: Spec = {
        "$schema": SCHEMA,
        "concat": panels,
        "columns": PANEL_COLUMNS,
        "spacing": {"column": 40, "row": 36},
        "resolve": {"scale": {"color": "shared", "shape": "shared"}},
    }
    every = [case for cases in shown.values() for case in cases]
    return Picture("points", "Predicted against published figures", _caption(every), spec)


def _panel(quantity: str, cases: Sequence[Predicted], axis: KeptAxis, label: str) -> Spec:
    scale = _scale(cases)
    return {
        "data": {"values": _rows(cases, axis, label, scale)},
        "width": PANEL,
        "height": PANEL,
        "title": {"text": quantity_title(quantity), "fontSize": 13, "anchor": "start", "offset": 24, "frame": "group"},
        "layer": _layers(cases, axis, scale),
    }


def _scale(cases: Sequence[Predicted]) -> Scale:
    """Choose the scale of both axes: they hold every figure and every end of an interval."""
    values = [value for case in cases for value in (case.published, case.predicted, case.low, case.high) if value]
    return scale_of([np.array([*values, min(values) * 0.97, max(values) * 1.03])], cases[0].unit, wide=_WIDE)


def _groups(cases: Sequence[Predicted], label: str) -> KeptAxis:
    """Take the groups as points of an axis, the largest first; more than can be told apart are others."""
    counts = Counter(case.labels.get(label, UNLABELLED) for case in cases)
    names = [name for name, _ in counts.most_common()]
    points = names if len(names) <= MOST_GROUPS else [*names[: MOST_GROUPS - 1], _OTHERS]
    return KeptAxis(label, label, tuple(map(visible, points)))


def _rows(cases: Sequence[Predicted], axis: KeptAxis, label: str, scale: Scale) -> list[dict[str, Any]]:
    words = dict(zip(axis.points, colour_labels(axis), strict=True))
    rows = []
    for case in cases:
        group = visible(case.labels.get(label, UNLABELLED))
        row: dict[str, Any] = {"x": scale.at(case.published), "m": scale.at(case.predicted), "n": visible(case.name)}
        row |= {"c": words[group if group in words else _OTHERS], "o": int(case.inside is False), "e": _error(case)}
        row |= {"p": numbers.show_unit(case.published, case.unit), "v": spread_text(case)}
        if case.low is not None and case.high is not None:
            row |= {"l": scale.at(case.low), "h": scale.at(case.high)}
        rows.append(row)
    return rows


def _error(case: Predicted) -> str:
    return f"{100 * case.relative_error:+.1f}%"


def spread_text(case: Predicted) -> str:
    """Write a prediction with its interval and the unit: ``2.84 (2.5 to 3.3) million h``."""
    middle = numbers.show_unit(case.predicted, case.unit)
    if case.low is None or case.high is None:
        return middle
    return numbers.join_spread(middle, numbers.show_unit(case.low, case.unit), numbers.show_unit(case.high, case.unit))


def _layers(cases: Sequence[Predicted], axis: KeptAxis, scale: Scale) -> list[Spec]:
    ends = [{"x": rounded(end), "m": rounded(end)} for end in (scale.low, scale.high)]
    tips = [
        {"field": field, "type": "nominal", "title": title}
        for field, title in (
            ("n", "case"), ("c", axis.words), ("p", "published"), ("v", "predicted (P10 to P90)"), ("e", "error"),
        )
    ]  # fmt: skip
    along: Spec = {"type": "quantitative", "scale": scale.definition()}
    place: Spec = {
        "x": {**along, "field": "x", "axis": {**scale.axis("published"), **_WHOLE}},
        "y": {**along, "field": "m", "axis": up_axis({**scale.axis("predicted"), **_WHOLE})},
    }
    colour = colour_channels(axis, titled=True)
    equal: Spec = {
        "data": {"values": ends},
        "mark": {"type": "line", "style": "quiet", "strokeDash": [5, 4], "strokeWidth": 1.2, "aria": False, "filled": False},
        "encoding": place,
    }
    reach: Spec = {
        "mark": {"type": "rule", "strokeWidth": 1.6, "opacity": 0.5, "aria": False},
        "encoding": {**place, "y": {**place["y"], "field": "l"}, "y2": {"field": "h"}, **colour},
    }
    shaped = {**place, **colour_channels(axis, shape=True, titled=True), "tooltip": tips}
    look: Spec = {"type": "point", "size": 52, "opacity": 1, "aria": len(cases) <= _TOLD_CASES}
    held = told({**look, "filled": True}, shaped, ["n", "p"], where="!datum.o")
    missed = told({**look, "filled": False, "strokeWidth": 1.8}, shaped, ["n", "p"], where="datum.o")
    drawn = {case.inside is False for case in cases}  # a layer without a mark has nothing to tell
    marks = [layer for layer, is_missed in ((held, False), (missed, True)) if is_missed in drawn]
    return [equal, {"transform": [{"filter": "isValid(datum.l)"}], **reach}, *marks]


def _caption(cases: Sequence[Predicted]) -> str:
    with_interval = [case for case in cases if case.inside is not None]
    text = "A mark for each case; on the dashed line a prediction is right."
    if not with_interval:
        return text
    share = percent(sum(bool(case.inside) for case in with_interval) / len(with_interval))
    held = f"hold the published figure in {share} of {len(with_interval)}"
    return f"{text} Bars reach from P10 to P90 and {held}; marks of the others are hollow."

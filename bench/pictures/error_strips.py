"""Predictions over published figures, a row for each group: how far each case is off, and all of them on the whole."""

import math
from collections.abc import Sequence
from typing import Any

from ...kernels.text import visible
from ..validate.case_labels import LABELS
from ..validate.results import ErrorSummary, Predicted
from ..validate.score_words import percent, quantity_title, signed
from ..validate.scores import FEW, UNLABELLED, grouped
from .frames import Spec, frame, row_channel
from .intervals import rows_height
from .labels import wrapped_apart
from .marks import told, words
from .picture import Picture
from .scales import rounded

_TICKS = (0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 5, 10)
_BEYOND = 1.05  # the end of the axis over the furthest case
_WRITTEN = 0.9  # of the distance from 1 to the end, further out, for what is written at the end of a row
_LEAST_REACH = 1.3  # as far as the axis reaches to both sides at least
_MOST_REACH = 10.0  # beyond which a case stands at the edge


def error_strips(cases: Sequence[Predicted]) -> Picture | None:
    """Draw how far the predictions of one quantity are off, by every label's groups that are not small.

    Parameters
    ----------
    cases
        All of one quantity.

    Returns
    -------
    Picture or None
        None where no label has two such groups.
    """
    rows = [(label, name, own) for label in LABELS for name, own in _large(cases, label).items()]
    if not rows:
        return None
    labels = wrapped_apart([f"{visible(name)} ({label})" for label, name, _ in rows], 24, 2)
    reach = max(max(abs(math.log(case.predicted / case.published)) for case in cases), math.log(_LEAST_REACH))
    end = min(math.exp(reach), _MOST_REACH)
    data: list[dict[str, Any]] = []
    for y, (label, name, summary) in zip(labels, rows, strict=True):
        said = f"{signed(summary.bias)} in {summary.n}, mean error {percent(summary.mean_absolute_relative_error)}"
        row = {"y": y, "b": rounded(math.exp(summary.bias)), "t": signed(summary.bias), "v": said, "e": _domain(end)[1]}
        data.append(row)
        own = (case for case in cases if case.labels.get(label) == name)
        for case in own:
            ratio = min(max(case.predicted / case.published, 1 / end), end)
            data.append({"y": y, "m": rounded(ratio), "n": visible(case.name), "v": f"{100 * case.relative_error:+.1f}%"})
    return Picture(
        "points",
        f"{quantity_title(cases[0].quantity)}: how far predictions are off, by group",
        "A line for each case; the dot, and the figure at the right, is how much the group is too high or low on the whole. "
        f"To the right of the dashed line predictions are too high. Groups of fewer than {FEW} are left out.",
        frame(data, _layers(labels, end), rows_height(labels, 1)),
    )


def _large(cases: Sequence[Predicted], label: str) -> dict[str, ErrorSummary]:
    """Summarise the groups of a label that are not small and have a name; none where there is one."""
    groups = grouped(cases, label).get(cases[0].quantity, {})
    large = {name: own for name, own in groups.items() if own.n >= FEW and name != UNLABELLED}
    return large if len(large) > 1 else {}


def _domain(end: float) -> list[float]:
    """Return the ends of the axis: to the right there is room for figures."""
    return [rounded(1 / end / _BEYOND), rounded(end * _BEYOND * end**_WRITTEN)]


def _layers(labels: Sequence[str], end: float) -> list[Spec]:
    ticks = [tick for tick in _TICKS if 1 / end <= tick <= end]
    place: Spec = {"y": row_channel(labels)}
    along: Spec = {"field": "m", "type": "quantitative", "scale": {"type": "log", "domain": _domain(end), "nice": False}}
    along["axis"] = {"title": "predicted / published", "values": ticks, "format": "~g", "titleAnchor": "start"}
    tips = [
        {"field": field, "type": "nominal", "title": title} for field, title in (("n", "case"), ("y", "group"), ("v", "error"))
    ]
    right: Spec = {
        "mark": {"type": "rule", "style": ["rule", "quiet"], "strokeDash": [5, 4], "aria": False},
        "encoding": {"x": {"datum": 1, "type": "quantitative"}},
    }
    ticks_of = {**place, "x": along, "tooltip": tips}
    stroke = {"type": "tick", "thickness": 1.6, "opacity": 0.55, "bandSize": 16}
    strokes = told(stroke, ticks_of, ["n"], where="isValid(datum.m)")
    mean = told(
        {"type": "point", "filled": True, "size": 80, "opacity": 1, "style": "ground", "strokeWidth": 1},
        {**place, "x": {**along, "field": "b"}, "tooltip": tips[1:]},
        ["y"],
        where="isValid(datum.b)",
    )
    said = words({**place, "x": {**along, "field": "e"}}, "isValid(datum.e)", align="right", baseline="middle", dx=-2)
    return [right, strokes, mean, said]

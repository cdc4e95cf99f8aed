"""What drives an answer: a bar for the share of the variance that each input explains, with its standard error."""

from typing import Any

import numpy as np

from ..answers.answer import Answer
from ..answers.kinds import TOGETHER
from ..runner.answer_columns import clear_shares
from ..study.loader import Study
from ..study.names import axis_words, quantity_words
from ..terminal import numbers
from .frames import Spec, frame
from .labels import LIFTED, LINES, wrapped
from .marks import told, words
from .placing import AxisPlacement, place_behind
from .scales import FROM_RIGHT, rounded
from .spread import ShownSpread, kept_axes, quantity_of, squeezed

ROW = 32  # pixels
MAX_BARS = 15


def shares_placement(answer: Answer, study: Study) -> AxisPlacement:
    """Put every kept axis behind a slider; what is placed is the share that is explained in each group."""
    (name,) = answer.question.objectives()
    axes, fixed = kept_axes(answer, study)
    explained = np.nanmax(np.nan_to_num(squeezed(answer, answer.values["share"].data, axes, 1), nan=-1.0), axis=-1)
    quantity = quantity_of(study, name, quantity_words(study.problem.model, name), "")
    return place_behind(ShownSpread(quantity, axes, np.where(explained >= 0, explained, np.nan), fixed=fixed))


def shares(answer: Answer, study: Study, placement: AxisPlacement) -> Spec:
    """Draw the bars of every group that a placement has, of each group the largest first.

    Parameters
    ----------
    answer, study
        What is drawn, and what it answers.
    placement
        Its groups, as `shares_placement` makes them.
    """
    axes, _ = kept_axes(answer, study)
    share, error = (squeezed(answer, answer.values[name].data, axes, 1) for name in ("share", "error"))
    clear = clear_shares(answer).reshape(share.shape) & ~np.isnan(share)
    names = answer.coords["axis"].data.tolist()
    labels = ["acting together" if name == TOGETHER else wrapped(axis_words(study, name)) for name in names]
    data: list[dict[str, Any]] = []
    longest = 1
    for index, places in placement.points():
        own = tuple(axes[n].points.index(placement.spread.axes[n].points[place]) for n, place in enumerate(index))
        order = [int(part) for part in np.argsort(-share[own], kind="stable") if clear[own][part]][:MAX_BARS]
        longest = max(longest, len(order))
        for rank, part in enumerate(order):
            value, by = float(share[own][part]), float(np.nan_to_num(error[own][part]))
            row = {"y": labels[part], "r": rank, "m": rounded(100 * value), "v": numbers.share(value, by)}
            row["t"] = f"{numbers.number(100 * value, 2)}%"
            data.append({**row, "l": rounded(100 * max(value - by, 0.0)), "h": rounded(100 * (value + by)), **places})
    most = max((row["h"] for row in data), default=100.0)
    return frame(data, _layers(placement, most), longest * ROW, placement.sliders())


def _layers(placement: AxisPlacement, most: float) -> list[Spec]:
    place: Spec = {
        "field": "y", "type": "nominal", "sort": {"field": "r", "op": "min", "order": "ascending"},
        "scale": {"type": "band", "paddingInner": 0.3},
        "axis": {"title": None, "labelExpr": LINES, "labelOffset": LIFTED, "grid": False},
    }  # fmt: skip
    scale = {"domain": [0, rounded(1.3 * most)], "nice": False}
    title = f"share of the variance of {placement.spread.quantity.words} (%)"
    along: Spec = {"field": "m", "type": "quantitative", "scale": scale, "axis": {"title": title, "tickCount": 5, **FROM_RIGHT}}
    tips = {
        "tooltip": [{"field": "y", "type": "nominal", "title": "input"}, {"field": "v", "type": "nominal", "title": "share"}]
    }
    whisker = {"type": "rule", "strokeWidth": 1.5, "style": ["rule", "quiet"], "aria": False}
    return [
        told({"type": "bar", "opacity": 0.85}, {"y": place, "x": along, **tips}, ["y"]),
        {"mark": whisker, "encoding": {"y": place, "x": {**along, "field": "l"}, "x2": {"field": "h"}, **tips}},
        words({"y": place, "x": {**along, "field": "h"}}, align="left", dx=5, baseline="middle"),
    ]

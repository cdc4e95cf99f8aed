"""Histograms: a bar from edge to edge for each bin, as high as the share of the scenarios in it."""

import math
from typing import Any

import numpy as np

from ..answers.answer import Answer
from ..study.loader import Study
from ..study.names import quantity_words
from ..terminal import numbers
from .frames import Spec, frame, up_axis
from .marks import told
from .placing import AxisPlacement, place_behind
from .scales import rounded, scale_of
from .spread import ShownSpread, kept_axes, quantity_of, squeezed

HEIGHT = 260  # pixels
_OCTAVE = 2.0  # bins are of ratios: over more than one octave they are alike on a logarithmic axis alone


def histogram_placement(answer: Answer, study: Study) -> AxisPlacement:
    """Put every kept axis behind a slider; what is placed is how many scenarios each group has."""
    (name,) = answer.question.objectives()
    axes, fixed = kept_axes(answer, study)
    counts = squeezed(answer, answer.values["count"].data, axes, 1).sum(axis=-1).astype(float)
    words = quantity_words(study.problem.model, name)
    quantity = quantity_of(study, name, words, answer.values["from"].unit)
    return place_behind(ShownSpread(quantity, axes, np.where(counts > 0, counts, np.nan), fixed=fixed))


def histogram(answer: Answer, study: Study, placement: AxisPlacement) -> Spec:
    """Draw the bins of every group that a placement has.

    Parameters
    ----------
    answer, study
        What is drawn, and what it answers.
    placement
        Its groups, as `histogram_placement` makes them.
    """
    spread = placement.spread
    axes, _ = kept_axes(answer, study)
    low, high, counts = (squeezed(answer, answer.values[name].data, axes, 1) for name in ("from", "to", "count"))
    filled = counts > 0
    seen = [low[filled], high[filled]]
    scale = scale_of(seen, spread.quantity.unit, spread.quantity.preferred, wide=_OCTAVE)
    data: list[dict[str, Any]] = []
    for index, places in placement.points():
        own = tuple(axes[n].points.index(spread.axes[n].points[place]) for n, place in enumerate(index))
        total = float(counts[own].sum())
        for low_end, high_end, count in zip(low[own].tolist(), high[own].tolist(), counts[own].tolist(), strict=True):
            if count:
                shown = numbers.join_range(spread.quantity.show(low_end), spread.quantity.show(high_end))
                bar = {"l": scale.at(low_end), "h": scale.at(high_end), "m": rounded(100 * count / total)}
                bar |= {"i": 1} if math.isinf(high_end) else {}  # what is beyond the axis
                data.append({**bar, "v": shown, "t": numbers.share(count / total), "n": numbers.count(count), **places})
    fields = (("v", spread.quantity.words), ("t", "share"), ("n", "scenarios"))
    tips = [{"field": name, "type": "nominal", "title": title} for name, title in fields]
    along = {"field": "l", "type": "quantitative", "scale": scale.definition(), "axis": scale.axis(spread.quantity.words)}
    tallest = max((row["m"] for row in data), default=1.0)
    up: Spec = {
        "field": "m", "type": "quantitative", "stack": None, "scale": {"domain": [0, rounded(1.08 * tallest)], "nice": False},
        "axis": up_axis({"title": "share of scenarios (%)", "tickCount": 5}),
    }  # fmt: skip
    mark: Spec = {"type": "rect", "strokeWidth": 0.75, "style": ["rect", "ground"]}
    layer = told(mark, {"x": along, "x2": {"field": "h"}, "y": up, "y2": {"datum": 0}, "tooltip": tips}, ["v"], "t")
    return frame(data, [layer], HEIGHT, placement.sliders())

"""How often intervals held what they should: by group against the nominal share, and at every nominal share."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from ...kernels.text import visible
from ..validate.results import ErrorSummary, Predicted, by_quantity
from ..validate.score_words import quantity_title
from ..validate.scores import FEW, NOMINAL, UNLABELLED, calibration, calibrations, deviates, normal_deviate
from .frames import Spec, colour_channels, colour_labels, frame, row_channel, up_axis
from .intervals import rows_height
from .labels import wrapped_apart
from .marks import dots, words
from .picture import Picture
from .spread import KeptAxis
from .theme import MOST_COLOURS

HEIGHT = 320  # pixels
MIN_INTERVALS = 20  # of a quantity, fewer of which tell nothing at every nominal share
_SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_PERCENT: Spec = {"format": ".0%", "tickCount": 5}
_SCALE: Spec = {"domain": [0, 1], "nice": False, "zero": True}


def coverage_by_group(quantity: str, groups: Mapping[str, Mapping[str, ErrorSummary]]) -> Picture | None:
    """Draw the share of intervals that held, by group, with how far chance alone may move it.

    Parameters
    ----------
    quantity
        Whose intervals they are.
    groups
        By label and group.

    Returns
    -------
    Picture or None
        None where no group has more than few intervals.
    """
    bounded = [
        (label, name, own)
        for label, parts in groups.items()
        for name, own in calibrations(parts).items()
        if own.n >= FEW and name != UNLABELLED
    ]
    if not bounded:
        return None
    labels = wrapped_apart([f"{visible(name)} ({label})" for label, name, _ in bounded], 24, 2)
    data = [
        {"y": y, "m": own.observed, "l": own.low, "h": own.high, "t": f"{own.observed:.0%} of {own.n}", "g": int(not own.holds)}
        | {"v": f"{own.observed:.0%} of {own.n} ({own.low:.0%} to {own.high:.0%})"}
        for y, (_, _, own) in zip(labels, bounded, strict=True)
    ]
    missed = [label.replace("\n", " ") for label, (_, _, own) in zip(labels, bounded, strict=True) if not own.holds]
    said = f" Beyond what chance explains: {'; '.join(missed)}." if missed else " None is beyond what chance explains."
    return Picture(
        "intervals",
        f"{quantity_title(quantity)}: how often P10 to P90 held the published figure",
        f"The line is the {NOMINAL:.0%} that it should hold; bars are 90% intervals of the share (Wilson). Groups of fewer "
        f"than {FEW} are left out.{said}",
        frame(data, _group_layers(labels), rows_height(labels, 1)),
    )


def _group_layers(labels: Sequence[str]) -> list[Spec]:
    place: Spec = {"y": row_channel(labels)}
    along: Spec = {"field": "m", "type": "quantitative", "scale": {**_SCALE, "domain": [-0.03, 1.22], "zero": False}}
    along["axis"] = {"title": "share of intervals that held", "values": [0, 0.2, 0.4, 0.6, 0.8, 1], "format": ".0%"}
    ends = {"x": {**along, "field": "l"}, "x2": {"field": "h"}}
    tips: Spec = {
        "tooltip": [{"field": "y", "type": "nominal", "title": "group"}, {"field": "v", "type": "nominal", "title": "held"}]
    }
    bar: Spec = {
        "mark": {"type": "rule", "strokeWidth": 6, "opacity": 0.4, "aria": False},
        "encoding": {**place, **ends, **tips},
    }
    nominal: Spec = {
        "mark": {"type": "rule", "style": ["rule", "quiet"], "strokeDash": [5, 4], "aria": False},
        "encoding": {"x": {"datum": NOMINAL, "type": "quantitative"}},
    }
    return [nominal, bar, dots({**place, "x": along, **tips}, ["y"]), words({**place, "x": along})]


def reliability(predicted: Sequence[Predicted]) -> Picture | None:
    """Draw the share of published figures in central intervals of every width against the share that they should hold.

    Parameters
    ----------
    predicted
        Cases of any quantities; those of few intervals are left out.

    Returns
    -------
    Picture or None
        None where no quantity has enough intervals.
    """
    sizes = {quantity: np.abs(deviates(cases)) for quantity, cases in by_quantity(predicted).items()}
    known = dict(islice(((name, own) for name, own in sizes.items() if len(own) >= MIN_INTERVALS), MOST_COLOURS))
    if not known:
        return None
    axis = KeptAxis("quantity", "quantity", tuple(f"{quantity_title(name)}, {len(own)}" for name, own in known.items()))
    data: list[dict[str, Any]] = []
    for colour, own in zip(colour_labels(axis), known.values(), strict=True):
        for share in _SHARES:
            bound = calibration(float(np.mean(own <= normal_deviate((1 + share) / 2))), len(own))
            row = {"c": colour, "x": share, "m": bound.observed, "l": bound.low, "h": bound.high}
            data.append(row | {"v": f"{bound.observed:.0%} ({bound.low:.0%} to {bound.high:.0%})", "a": f"{share:.0%}"})
    return Picture(
        "bands",
        "Intervals of every width: what they should hold, and what they held",
        "On the dashed line intervals hold as much as they say: below it they are too narrow, above it too wide. Bands are 90% "
        "intervals of the share (Wilson). Between P10 and P90 each half of an interval is taken as that of a normal logarithm.",
        frame(data, _width_layers(axis), HEIGHT),
    )


def _width_layers(axis: KeptAxis) -> list[Spec]:
    place: Spec = {
        "x": {
            "field": "x",
            "type": "quantitative",
            "scale": _SCALE,
            "axis": {**_PERCENT, "title": "share that should be inside"},
        }
    }
    height: Spec = {"type": "quantitative", "scale": _SCALE, "axis": up_axis({**_PERCENT, "title": "share that is inside"})}
    colour = colour_channels(axis, titled=True)
    tips = [
        {"field": field, "type": "nominal", "title": title}
        for field, title in (("c", axis.words), ("a", "should be inside"), ("v", "is inside"))
    ]
    equal: Spec = {
        "data": {"values": [{"x": 0, "m": 0}, {"x": 1, "m": 1}]},
        "mark": {"type": "line", "style": "quiet", "strokeDash": [5, 4], "strokeWidth": 1.2, "aria": False},
        "encoding": {**place, "y": {**height, "field": "m"}},
    }
    band: Spec = {
        "mark": {"type": "area", "opacity": 0.16, "line": False, "aria": False},
        "encoding": {**place, "y": {**height, "field": "l"}, "y2": {"field": "h"}, **colour},
    }
    middle = {**place, "y": {**height, "field": "m"}}
    line: Spec = {"mark": {"type": "line", "strokeWidth": 2, "aria": False}, "encoding": {**middle, **colour}}
    shaped = colour_channels(axis, shape=True, titled=True)
    return [equal, band, line, dots({**middle, **shaped, "tooltip": tips}, ["c", "a"], size=50)]

"""Tokens of a chip against tokens of a user: the fronts of one service on some chips, and where it is served."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...kernels.quantities import MODEL
from ..serving.serving_front import FrontPoint
from ..terminal import numbers
from .frames import colour_channels, colour_labels, frame, up_axis
from .marks import dots
from .picture import Picture
from .scales import Scale, scale_of
from .spread import KeptAxis

_SPEED, _TOKENS = MODEL["interactivity"], MODEL["throughput_per_chip"]
_HEIGHT = 300  # pixels
_SLOWEST = 5.0  # tokens a second of a user: slower than anybody reads


@dataclass(frozen=True)
class ServedFront:
    """The front of a service on a chip.

    Parameters
    ----------
    points
        The fastest first.
    speed, throughput
        Where it is served: tokens a second of a user, and of a chip.
    """

    points: Sequence[FrontPoint]
    speed: float
    throughput: float


def service_fronts(fronts: Mapping[str, ServedFront]) -> Picture:
    """Draw how many tokens a chip gives at each speed for a user.

    Parameters
    ----------
    fronts
        By the chip's name.
    """
    chips = KeptAxis("chip", "chip", tuple(fronts))
    colour = chips if len(fronts) > 1 else None
    seen = [_seen(front) for front in fronts.values()]
    speeds, tokens = (
        scale_of([np.array([pair[i] for pair in pairs]) for pairs in seen], item.unit)
        for i, item in ((0, _SPEED), (1, _TOKENS))
    )
    data = [row for name, pairs in zip(fronts, seen, strict=True) for row in _rows(name, pairs, chips, (speeds, tokens))]
    place = {
        "x": {"field": "x", "type": "quantitative", "scale": speeds.definition(), "axis": speeds.axis(_SPEED.wording)},
        "y": {
            "field": "m",
            "type": "quantitative",
            "scale": tokens.definition(),
            "axis": up_axis(tokens.axis(_TOKENS.wording)),
        },
    }
    line = {"type": "line", "interpolate": "step-before", "strokeWidth": 2, "aria": False}
    line_place = {**place, **colour_channels(colour, titled=True), "order": {"field": "x", "type": "quantitative"}}
    tips = [
        {"field": "u", "type": "nominal", "title": _SPEED.wording},
        {"field": "v", "type": "nominal", "title": _TOKENS.wording},
    ]
    marked = {**place, **colour_channels(colour, shape=True, titled=True), "tooltip": tips}
    chosen = dots(marked, ["c", "u"] if colour is not None else ["u"], size=140)
    layers = [
        {"mark": line, "encoding": line_place, "transform": [{"filter": "!datum.served"}]},
        {**chosen, "transform": [{"filter": "datum.served"}]},
    ]
    caption = (
        f"{_TOKENS.wording.capitalize()} over {_SPEED.wording}, by the strategies that no other beats in both (line), and "
        "where the service is served (mark); medians."
    )
    return Picture("front", "What a faster answer costs in tokens of a chip", caption, frame(data, layers, _HEIGHT))


def _seen(front: ServedFront) -> list[tuple[float, float, bool]]:
    pairs = [(point.interactivity, point.throughput_per_chip, False) for point in front.points]
    lowest = min(_SLOWEST, front.speed)
    return [*(pair for pair in pairs if pair[0] >= lowest), (front.speed, front.throughput, True)]


def _rows(
    name: str, pairs: Sequence[tuple[float, float, bool]], chips: KeptAxis, scales: tuple[Scale, Scale]
) -> Iterator[dict[str, Any]]:
    label = colour_labels(chips)[chips.points.index(name)]
    for speed, tokens, served in pairs:
        words = {"u": numbers.show_base(speed, _SPEED), "v": numbers.show_base(tokens, _TOKENS)}
        yield {"x": scales[0].at(speed), "m": scales[1].at(tokens), "c": label, "served": served, **words}

"""What a picture is: a Vega-Lite specification with the words around it, and the sliders that choose what it shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


@dataclass(frozen=True)
class Slider:
    """A kept axis that is not on the picture: one of its points is shown at a time.

    Parameters
    ----------
    signal
        The Vega signal that holds the number of the point that is shown, counted from 0.
    label
        The axis in words.
    points
        Its points in words, in their order.
    start
        The number of the point that is shown at first.
    """

    signal: str
    label: str
    points: tuple[str, ...]
    start: int = 0


@dataclass(frozen=True)
class Picture:
    """A picture of an answer.

    Parameters
    ----------
    kind
        What it is: intervals, bands, lines, map, front, histogram, shares, tornado, compared or points.
    title
        What is seen, in a line.
    caption
        What is seen, in a sentence or some; the picture's alternative text, too.
    spec
        A Vega-Lite specification without title and colours of its own: `theme` has those. As wide as what holds it.
    sliders
        The axes of which one point is shown at a time.
    question
        The name of the question that it answers; empty where it answers none.
    """

    kind: str
    title: str
    caption: str
    spec: Mapping[str, Any]
    sliders: tuple[Slider, ...] = field(default=())
    question: str = ""

    def shown_at(self) -> str:
        """Say at which points of the axes with sliders the picture is drawn at first; empty where it has none."""
        return ", ".join(f"{slider.label}: {slider.points[slider.start]}" for slider in self.sliders)

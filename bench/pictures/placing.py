"""Where the kept axes of an answer stand on its picture: along an edge, as rows, as colours, or behind a slider."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .labels import joined
from .picture import Slider
from .spread import KeptAxis, ShownSpread
from .theme import MOST_COLOURS

MAX_MARKS = 1600  # points of a picture, over all places of its sliders
MAX_GROUPS = 60  # of which one is shown at a time, each with many marks
MAX_STEPS = 16  # of a slider, where there is more to draw than is bearable
MAX_ROWS = 60  # of a picture
MAX_ALONG = 160  # points along an edge
MAX_COLOURS = 4  # told apart side by side
MAX_LINES = MOST_COLOURS  # told apart by colour


@dataclass(frozen=True)
class AxisPlacement:
    """Where each kept axis stands.

    Parameters
    ----------
    spread
        What is drawn, as far as it is drawn.
    along
        The ordered axis along an edge; None where there is none.
    rows
        The axis whose points are rows; None where there is none.
    colour
        The axis told by colour; None where there is none.
    behind
        The axes with a slider.
    """

    spread: ShownSpread
    along: KeptAxis | None = None
    rows: KeptAxis | None = None
    colour: KeptAxis | None = None
    behind: tuple[KeptAxis, ...] = ()

    def sliders(self) -> tuple[Slider, ...]:
        """Make the sliders: at first an ordered axis is at its last point, another at the first with most answers."""
        return tuple(
            Slider(f"at_{number}", axis.words, axis.points, _start(self.spread, axis))
            for number, axis in enumerate(self.behind)
        )

    def points(self) -> Iterator[tuple[tuple[int, ...], dict[str, int]]]:
        """List the index of each point that has an answer, with its places along the sliders."""
        known = ~np.isnan(self.spread.middle)
        for index in np.ndindex(known.shape):
            if known[index]:
                yield index, self.places(index)

    def places(self, index: Sequence[int]) -> dict[str, int]:
        """Say where a point lies along the sliders: ``s0``, ``s1``, ..."""
        return {f"s{number}": self.point_of(axis, index) for number, axis in enumerate(self.behind)}

    def point_of(self, axis: KeptAxis | None, index: Sequence[int]) -> int:
        """Return where a point lies along an axis; 0 where there is no such axis."""
        return 0 if axis is None else index[self.spread.axes.index(axis)]


def place_rows(spread: ShownSpread) -> AxisPlacement:
    """Put the longest axis into rows, a short one into colours, and the others behind sliders."""
    spread = spread.known()
    rest = sorted(spread.axes, key=len)
    rows = rest.pop() if rest else None
    colour = next((axis for axis in rest if len(axis) <= MAX_COLOURS), None)
    return _bounded(
        AxisPlacement(spread, None, rows, colour, tuple(axis for axis in spread.axes if axis not in (rows, colour)))
    )


def place_along(spread: ShownSpread, most_colours: int = MAX_COLOURS) -> AxisPlacement:
    """Put the longest ordered axis along an edge, a short one into colours, and the others behind sliders."""
    spread = spread.known()
    along = max((axis for axis in spread.axes if axis.ordered), key=len)
    others = sorted((axis for axis in spread.axes if axis is not along), key=lambda axis: (axis.ordered, -len(axis)))
    colour = next((axis for axis in others if len(axis) <= most_colours), None)
    behind = tuple(axis for axis in spread.axes if axis not in (along, colour))
    return _bounded(AxisPlacement(spread, along, None, colour, behind))


def place_grid(spread: ShownSpread) -> AxisPlacement:
    """Put the longest axis into rows, the next along an edge, and the others behind sliders."""
    spread = spread.known()
    rest = sorted(spread.axes, key=lambda axis: (len(axis), max(map(len, axis.points))))
    rows, along = rest.pop(), rest.pop()
    return _bounded(AxisPlacement(spread, along, rows, None, tuple(axis for axis in spread.axes if axis not in (rows, along))))


def place_behind(spread: ShownSpread) -> AxisPlacement:
    """Put every axis behind a slider."""
    spread = spread.known()
    return _bounded(AxisPlacement(spread, behind=spread.axes), MAX_GROUPS)


def _start(spread: ShownSpread, axis: KeptAxis) -> int:
    if axis.ordered:
        return len(axis) - 1
    own = spread.axes.index(axis)
    counts = (~np.isnan(spread.middle)).sum(axis=tuple(n for n in range(len(spread.axes)) if n != own))
    return int(np.argmax(counts))


def _bounded(placement: AxisPlacement, most: int = MAX_MARKS) -> AxisPlacement:
    """Leave out points evenly until what is drawn is bounded, and say so."""
    limits = {"rows": MAX_ROWS, "along": MAX_ALONG}
    lengths = {axis.name: len(axis) for axis in placement.spread.axes}
    for name, limit in limits.items():
        axis = getattr(placement, name)
        if axis is not None and len(axis) > limit:
            placement = _thinned(placement, axis, limit)
    while math.prod(map(len, placement.spread.axes)) > most:
        axes = [axis for axis in (*placement.behind, placement.along, placement.rows) if axis is not None]
        longest = max([axis for axis in placement.behind if len(axis) > MAX_STEPS] or axes, key=len)
        placement = _thinned(placement, longest, (len(longest) + 1) // 2)
    parts = [
        f"{len(a)} of the {lengths[a.name]:,} points of {a.words}" for a in placement.spread.axes if len(a) < lengths[a.name]
    ]
    if not parts:
        return placement
    said = f"Drawn at {joined(parts)}; the data has all of them."
    return replace(placement, spread=replace(placement.spread, left_out=(*placement.spread.left_out, said)))


def _thinned(placement: AxisPlacement, axis: KeptAxis, length: int) -> AxisPlacement:
    places = np.unique(np.linspace(0, len(axis) - 1, max(length, 2)).round().astype(int)).tolist()
    spread = placement.spread.take(axis, places)
    new = spread.axes[placement.spread.axes.index(axis)]

    def now(old: KeptAxis | None) -> KeptAxis | None:
        return new if old is axis else old

    behind = tuple(new if one is axis else one for one in placement.behind)
    return AxisPlacement(spread, now(placement.along), now(placement.rows), now(placement.colour), behind)

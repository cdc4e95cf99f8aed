"""Two quantities against each other: a front's points on a step line, or a table's as they lie."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...kernels.text import visible
from ..answers.answer import Answer
from ..answers.column import coordinates_of_points
from ..runner.answer_columns import places_shown
from ..study.loader import Study
from ..study.names import axis_words, point_words, quantity_words
from .frames import Spec, colour_channels, frame, up_axis
from .labels import wrapped_apart
from .marks import dots
from .picture import Slider
from .placing import MAX_LINES
from .scales import Scale, scale_of
from .spread import KeptAxis, ShownQuantity, kept_axes, quantity_of

HEIGHT = 320  # pixels
MAX_POINTS = 1000
MAX_TOLD = 300  # points that a screen reader tells of one by one


@dataclass(frozen=True)
class Cloud:
    """Points of an answer along two quantities.

    Parameters
    ----------
    answer, study
        What is drawn, and what it answers.
    names
        The two quantities.
    rows
        The flat indices of the points that are drawn.
    known, total
        Of how many points these are an even choice, and how many there are: an answer has only the first of a long table.
    """

    answer: Answer
    study: Study
    names: tuple[str, str]
    rows: tuple[int, ...]
    known: int
    total: int

    def values(self, name: str) -> Any:
        """Return a quantity at the points that are drawn."""
        return self.answer.values[name].data.reshape(-1)[list(self.rows)].astype(float)

    def quantity(self, name: str) -> ShownQuantity:
        """Describe a quantity."""
        words = quantity_words(self.study.problem.model, name)
        return quantity_of(self.study, name, words, self.answer.values[name].unit)

    def groups(self) -> tuple[KeptAxis | None, tuple[KeptAxis, ...]]:
        """Pick the kept axis that colours tell, and those behind sliders."""
        axes, _ = kept_axes(self.answer, self.study)
        colour = max((axis for axis in axes if len(axis) <= MAX_LINES), key=len, default=None)
        return colour, tuple(axis for axis in axes if axis is not colour)

    def thinned_words(self) -> str:
        """Say that not every point is drawn; empty where all are."""
        if len(self.rows) == self.total:
            return ""
        first = "" if self.known == self.total else f"the first {self.known:,} of "
        evenly = "" if len(self.rows) == self.known else f"{len(self.rows):,} of "
        return f"Drawn are {evenly}{first}{self.total:,} points."


def cloud_of(answer: Answer, study: Study) -> Cloud | None:
    """Gather the points of a front or a table along its first two quantities; None where there are not two, or no point."""
    names = [name for name in answer.question.objectives() if name in answer.values][:2]
    if len(names) < 2:
        return None
    rows = answer.rows()
    finite = np.ones(len(rows), bool)
    for name in names:
        finite &= np.isfinite(answer.values[name].data.reshape(-1)[rows].astype(float))
    rows = rows[finite]
    if not len(rows):
        return None
    drawn = rows[np.unique(np.linspace(0, len(rows) - 1, min(len(rows), MAX_POINTS)).round().astype(int))]
    total = len(rows) if answer.total is None else answer.total
    return Cloud(answer, study, (names[0], names[1]), tuple(drawn.tolist()), len(rows), total)


def cloud_picture(cloud: Cloud, stepped: str) -> tuple[Spec, tuple[Slider, ...]]:
    """Draw points, on a step line where they are a front.

    Parameters
    ----------
    cloud
        The points.
    stepped
        The point that is as good as all between two of a group: ``after`` for the first of them, ``before`` for the second;
        empty where there are no lines.
    """
    first, second = cloud.names
    across, up = cloud.quantity(first), cloud.quantity(second)
    scales = [scale_of([cloud.values(n)], q.unit, q.preferred) for n, q in ((first, across), (second, up))]
    colour, behind = cloud.groups()
    sliders = tuple(Slider(f"at_{number}", axis.words, axis.points) for number, axis in enumerate(behind))
    told = [axis.words for axis in (*([colour] if colour else []), *behind)]
    names = [name for name in places_shown(cloud.answer, cloud.study) if axis_words(cloud.study, name) not in told]
    data = [*_rows(cloud, scales, colour, behind, names)]
    tips = [
        {"field": field, "type": "nominal", "title": title}
        for field, title in (
            *((("c", colour.words),) if colour else ()), ("u", across.words), ("v", up.words),
            *((f"e{number}", axis_words(cloud.study, name)) for number, name in enumerate(names)),
        )
    ]  # fmt: skip
    place: Spec = {
        "x": {"field": "x", "type": "quantitative", "scale": scales[0].definition(), "axis": scales[0].axis(across.words)},
        "y": {"field": "m", "type": "quantitative", "scale": scales[1].definition(), "axis": up_axis(scales[1].axis(up.words))},
    }
    layers: list[Spec] = []
    if stepped:
        line = {"type": "line", "interpolate": f"step-{stepped}", "strokeWidth": 2, "aria": False}
        layers.append(
            {
                "mark": line,
                "encoding": {**place, **colour_channels(colour, titled=True), "order": {"field": "x", "type": "quantitative"}},
            }
        )
    look: Spec = {"size": 55} if stepped else {"size": 28, "opacity": 0.7}
    look |= {"aria": False} if len(cloud.rows) > MAX_TOLD else {}
    shaped = {**place, **colour_channels(colour, shape=True, titled=True), "tooltip": tips}
    layers.append(dots(shaped, ["c", "u"] if colour else ["u"], **look))
    return frame(data, layers, HEIGHT, sliders), sliders


def _rows(
    cloud: Cloud, scales: Sequence[Scale], colour: KeptAxis | None, behind: Sequence[KeptAxis], names: Sequence[str]
) -> Iterator[dict[str, Any]]:
    answer, study, rows = cloud.answer, cloud.study, list(cloud.rows)
    shape = [len(answer.coords[dim].data) for dim in answer.dims]
    places = dict(zip(answer.dims, np.unravel_index(rows, shape), strict=True))
    labels = wrapped_apart(colour.points, 60, 1) if colour else []
    known = coordinates_of_points(answer.coords) if any(name in answer.coords for name in names) else {}
    columns = [(name, (answer.at.get(name) or known[name]).data.reshape(-1)) for name in names]
    first, second = (cloud.quantity(name) for name in cloud.names)
    for number, (row, x, y) in enumerate(zip(rows, *map(cloud.values, cloud.names), strict=True)):
        point: dict[str, Any] = {"x": scales[0].at(x), "m": scales[1].at(y), "u": first.show(x), "v": second.show(y)}
        if colour is not None:
            point["c"] = labels[int(places[colour.name][number])]
        point |= {f"s{n}": int(places[axis.name][number]) for n, axis in enumerate(behind)}
        yield point | {f"e{n}": visible(point_words(study, name, column[row])) for n, (name, column) in enumerate(columns)}

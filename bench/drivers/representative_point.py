"""Where an answer's drivers are looked at: one point of the axes that nobody draws."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.model.evaluate import dependence, evaluate_at, meets
from ...kernels.model.grid import Axis, Grid
from ...kernels.model.kinds import ByKind
from ...kernels.model.questions import (
    Best,
    Decision,
    Histogram,
    Pareto,
    Problem,
    Quantiles,
    Question,
    Sensitivity,
    Summary,
    Table,
)
from ..answers.answer import Answer
from ..answers.column import Array, Column, Maker
from ..runner.sentences import spoken_group
from ..runner.spoken_values import USUAL_CONFIDENCE
from ..study.loader import Study
from ..study.names import axis_words, point_words, saying_of
from ..study.said_kinds import CONFIDENCE
from ..study.templates import TemplateError
from .trials import Place

CANDIDATES = 4096  # points of the axes that an answer has no place along, among which a middle one is looked for
Indices = Mapping[str, int]  # positions along axes, by their names


@dataclass(frozen=True)
class Point:
    """A point of the axes that are not drawn.

    Attributes
    ----------
    indices
        A position along every one of them.
    told
        The axes of which a reader is told, in this order: those kept, those decided, and others that change the answer.
    """

    indices: Indices
    told: tuple[str, ...]

    def words(self, study: Study) -> Place:
        """Say where it is: axes and their points in words; of an axis that nothing names its columns."""
        axes = {axis.name: axis for axis in study.problem.grid.axes}
        return tuple(pair for name in self.told for pair in self._words_on(axes[name], study))

    def _words_on(self, axis: Axis, study: Study) -> Place:
        maker, index = Maker(study.problem, "float64", {}), self.indices[axis.name]
        if axis.labels is not None or axis.coordinate_quantity() is not None:
            point = maker.coordinates(axis).data[index]
            return ((axis_words(study, axis.name), point_words(study, axis.name, _plain(point))),)
        columns = {name: float(maker.column(name, column).data[index]) for name, column in axis.own_columns.items()}
        return tuple((axis_words(study, name), point_words(study, name, value)) for name, value in columns.items())

    def values(self, axes: Iterable[Axis]) -> dict[str, float]:
        """Read the columns of some axes there, in base units."""
        return {name: float(column[self.indices[axis.name]]) for axis in axes for name, column in axis.columns.items()}


def find_point(answer: Answer, study: Study, centre: Problem, target: str) -> Point | None:
    """Find a representative point of every axis that is not drawn.

    It is the point that the first sentence on the answer speaks of. Along the axes that the answer neither keeps nor decides it
    is the point whose value is in the middle of those that meet the question's conditions.

    Parameters
    ----------
    answer
        Says which rows have an answer, and where a decision or a best lies.
    study
        Whose answer it is.
    centre
        The study's problem with what is drawn at its middle: a grid of the other axes alone.
    target
        The quantity that is looked at.

    Returns
    -------
    Point or None
        None where no row has an answer.
    """
    pick = KINDS.of(answer.question).row
    row = _spoken_row(answer, study)
    row = pick(_as_shown(answer, study)) if row is None else row
    row = pick(answer) if row is None else row
    if row is None:
        return None
    known = _kept(answer, row) | _decided(answer, study, row)
    known = {axis.name: known[axis.name] for axis in centre.grid.axes if axis.name in known}
    names = [target, *(name for condition in answer.question.where for name in condition.names())]
    matter = frozenset[int]().union(*dependence(centre, names).values())
    free = [axis.name for i, axis in enumerate(centre.grid.axes) if i in matter and axis.name not in known]
    others = {axis.name: 0 for axis in centre.grid.axes if axis.name not in known and axis.name not in free}
    middle = _middle(centre, answer.question, target, {**known, **others})
    kept = [name for name in answer.question.by if name in known]
    several = [axis.name for axis in centre.grid.axes if len(axis) > 1 and axis.name not in kept]
    return Point({**known, **others, **middle}, (*kept, *(name for name in several if name in known or name in free)))


def _spoken_row(answer: Answer, study: Study) -> int | None:
    """Find the row that the first sentence on an answer speaks of; None where that is no row with a finite answer."""
    try:
        group = spoken_group(answer, study)
    except TemplateError:
        return None
    if group is None:
        return None
    lengths = [len(answer.coords[dim].data) for dim in answer.dims]
    known = np.isfinite(next(iter(answer.values.values())).data.astype(np.float64)).reshape(lengths)
    for place, dim in enumerate(answer.dims):
        if dim in group:
            known &= (np.arange(lengths[place]) == group[dim]).reshape([-1 if i == place else 1 for i in range(len(lengths))])
    rows = np.flatnonzero(known)
    return int(rows[0]) if len(rows) else None


def _as_shown(answer: Answer, study: Study) -> Answer:
    """Blank the rows that the question's ``show`` leaves out, and of several confidences those that no sentence tells."""
    picked = dict(saying_of(study, answer.name).points)
    if CONFIDENCE in answer.coords:
        shares = answer.coords[CONFIDENCE].data
        picked.setdefault(CONFIDENCE, (int(np.argmin(np.abs(shares - USUAL_CONFIDENCE))),))
    lengths = {dim: len(answer.coords[dim].data) for dim in answer.dims}
    return blanked(answer, {dim: np.isin(np.arange(lengths[dim]), picked[dim]) for dim in answer.dims if dim in picked})


def blanked(answer: Answer, kept: Mapping[str, NDArray[np.bool_]]) -> Answer:
    """Put NaN in the rows of an answer at points of its dimensions that are not kept.

    Parameters
    ----------
    answer
        The answer.
    kept
        By dimension which of its points are kept; all of those that are not named.
    """
    shown = np.ones([len(answer.coords[dim].data) for dim in answer.dims], bool)
    for place, dim in enumerate(answer.dims):
        if dim in kept:
            shown &= kept[dim].reshape([-1 if i == place else 1 for i in range(len(answer.dims))])
    if shown.all():
        return answer
    values = {
        name: replace(column, data=np.where(shown, column.data.astype(np.float64), np.nan))
        for name, column in answer.values.items()
    }
    return replace(answer, values=values)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _middle(centre: Problem, question: Question, target: str, known: Indices) -> Indices:
    """Find the point in the middle along the axes that are not known."""
    axes = tuple(axis.take([known[axis.name]]) if axis.name in known else axis for axis in centre.grid.axes)
    problem = replace(centre, grid=Grid(axes))
    size = problem.grid.size
    flat = np.arange(size) if size <= CANDIDATES else _sampled(problem.grid)
    names = dict.fromkeys([target, *(name for condition in question.where for name in condition.names())])
    values = evaluate_at(problem, list(names), flat)
    asked = np.ones(len(flat), bool)
    for condition in question.where:
        asked &= meets(condition, values, np.dtype(np.float64))
    answers = values[target]
    usable = next(
        (mask for mask in (asked & np.isfinite(answers), asked, np.isfinite(answers)) if mask.any()), np.ones_like(asked)
    )
    places = np.flatnonzero(usable)
    place = places[np.argsort(answers[places], kind="stable")[(len(places) - 1) // 2]]
    indices = problem.grid.indices(flat[place])
    return {axis.name: int(i) for axis, i in zip(axes, indices, strict=True) if axis.name not in known}


def _sampled(grid: Grid) -> Any:
    """Take some points of a large grid, the same every time."""
    random = np.random.default_rng(0)
    indices = (random.integers(len(axis), size=CANDIDATES) for axis in grid.axes)
    return sum(index * stride for index, stride in zip(indices, grid.strides, strict=True))


# --- rows of answers --------------------------------------------------------------------------------------------------


def _kept(answer: Answer, row: int) -> dict[str, int]:
    """Find the positions of a row, by its flat number, along the axes that are kept."""
    places = np.unravel_index(row, tuple(len(answer.coords[dim].data) for dim in answer.dims))
    return {dim: int(place) for dim, place in zip(answer.dims, places, strict=True) if dim in answer.question.by}


def _decided(answer: Answer, study: Study, row: int) -> dict[str, int]:
    """Find the positions of a row along the axes that are not kept, where the answer has them."""
    places = answer.at
    if answer.nearest is not None and _is_empty(answer, row):
        places = answer.nearest.at
    maker = Maker(study.problem, answer.dtype, {})
    return {
        axis.name: _position(maker.coordinates(axis), np.reshape(places[axis.name].data, -1)[row])
        for axis in study.problem.grid.axes
        if axis.name in places and axis.name not in answer.question.by
    }


def _is_empty(answer: Answer, row: int) -> bool:
    return bool(np.isnan(np.reshape(next(iter(answer.values.values())).data, -1)[row]))


def _position(coordinates: Column, point: Any) -> int:
    if coordinates.data.dtype == object:
        return list(coordinates.data).index(point)
    return int(np.argmin(np.abs(coordinates.data - point)))


def _best_row(answer: Answer) -> int | None:
    question: Best | Decision = answer.question  # type: ignore[assignment]
    values = np.reshape(answer.values[_objective(question)].data, -1)
    nearest = None if answer.nearest is None else -np.reshape(answer.nearest.excess.data, -1)
    return _greatest(values if question.maximize else -values) if np.isfinite(values).any() else _greatest(nearest)


def _objective(question: Best | Decision) -> str:
    return str(question.objective)


def _greatest(values: Array | None) -> int | None:
    if values is None or np.isnan(values).all():
        return None
    return int(np.nanargmax(values))


def _last(*columns: str) -> Callable[[Answer], int | None]:
    """Pick the last row where columns have a finite number, else any; the quantity's column where none is named."""

    def row(answer: Answer) -> int | None:
        names = columns or answer.question.objectives()
        data = [np.reshape(answer.values[name].data, -1).astype(np.float64) for name in names]
        for test in (np.isfinite, lambda values: ~np.isnan(values)):
            rows = np.flatnonzero(np.logical_and.reduce([test(values) for values in data]))
            if len(rows):
                return int(rows[-1])
        return None

    return row


def _last_filled(answer: Answer) -> int | None:
    rows = np.flatnonzero(np.reshape(answer.values["count"].data, -1) > 0)
    return int(rows[-1]) if len(rows) else None


def _middle_of_front(answer: Answer) -> int | None:
    """Pick the middle point of the last front."""
    rows = answer.rows()
    if not len(rows):
        return None
    group = rows // len(answer.coords["point"].data)
    last = rows[group == group[-1]]
    return int(last[len(last) // 2])


def _middle_row(answer: Answer) -> int | None:
    values = np.reshape(answer.values[answer.question.objectives()[0]].data, -1)
    rows = np.flatnonzero(np.isfinite(values))
    return int(rows[np.argsort(values[rows], kind="stable")[(len(rows) - 1) // 2]]) if len(rows) else None


@dataclass(frozen=True)
class PlacedKind:
    """Where answers to questions of a kind are looked at.

    Attributes
    ----------
    row
        Picks the row of an answer, by its flat number; None where no row has an answer.
    """

    row: Callable[[Answer], int | None]


KINDS: ByKind[PlacedKind] = ByKind(
    "bench.drivers.representative_point.KINDS",
    {
        Best: PlacedKind(_best_row),
        Decision: PlacedKind(_best_row),
        Summary: PlacedKind(_last("mean")),
        Quantiles: PlacedKind(_last()),
        Histogram: PlacedKind(_last_filled),
        Sensitivity: PlacedKind(_last("share")),
        Pareto: PlacedKind(_middle_of_front),
        Table: PlacedKind(_middle_row),
    },
)

"""Which rows of an answer a reader sees: those that its question's ``show`` picks, in that order."""

import numpy as np

from ..answers.answer import Answer
from ..study.loader import Study
from ..study.names import saying_of
from ..study.said_kinds import CONFIDENCE
from .kinds import KINDS
from .shown_column import Rows


def rows_shown(answer: Answer, study: Study, rows: Rows, full: bool = False) -> Rows:
    """List those of an answer's rows that a reader sees.

    Parameters
    ----------
    answer
        What has the rows.
    study
        What it answers; its question says what is shown.
    rows
        Flat indices over the kept axes and the kind's own dimensions, those apart that stand side by side.
    full
        Whether all are shown, as they stand.

    Returns
    -------
    Rows
        In the order in which the study lists the points.
    """
    saying = saying_of(study, answer.name)
    if full:
        return rows
    dims = [dim for dim in answer.dims if dim not in KINDS.of(answer.question).across]
    picked = {dim: saying.points[dim] for dim in dims if dim in saying.points}
    if not picked or not rows:
        return rows
    shape = tuple(len(answer.coords[dim].data) for dim in dims)
    places = dict(zip(dims, np.unravel_index(np.asarray(rows), shape), strict=True))
    told = {dim: [_rank(int(place), picked.get(dim)) for place in places[dim]] for dim in dims if dim in saying_dims(answer)}
    ranked = [(tuple(ranks[i] for ranks in told.values()), i) for i in range(len(rows))]
    return [rows[i] for ranks, i in sorted(pair for pair in ranked if None not in pair[0])]


def saying_dims(answer: Answer) -> tuple[str, ...]:
    """Name the dimensions of which a study may pick points: the kept axes and a decision's confidences."""
    return tuple(dim for dim in answer.dims if dim in answer.question.by or dim == CONFIDENCE)


def _rank(place: int, picked: tuple[int, ...] | None) -> int | None:
    """Return where in the order of what is shown a point stands; None where it is not shown."""
    if picked is None:
        return place
    return picked.index(place) if place in picked else None

"""Pareto fronts from bins: of each bin of the first quantity the least of the second, and which of those no bin beats."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.evaluate import evaluate_at
from ..model.questions import Problem, Question

NOWHERE = np.iinfo(np.int64).max  # the index of a bin that has no point on the front


def on_front(least: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which bins are on the front: lower in the second quantity than every bin before.

    Parameters
    ----------
    least
        The least of the second quantity in each bin of the first: (groups, bins), inf where there is none.

    Returns
    -------
    NDArray[np.bool_]
        (groups, bins).
    """
    before = np.full_like(least, np.inf)
    np.minimum.accumulate(least[:, :-1], axis=1, out=before[:, 1:])
    return np.asarray(least < before)


def arrange(
    problem: Problem, question: Question, front: NDArray[np.bool_], index: NDArray[np.int64], dtype: str
) -> dict[str, NDArray[Any]]:
    """Arrange the points of each group's front in the order of their bins.

    Parameters
    ----------
    problem
        What the points are scenarios of.
    question
        The question, whose two objectives are evaluated at them.
    front
        Which bins are on the front: (groups, bins).
    index
        The flat index of the point of each bin on the front: (groups, bins).
    dtype
        ``float64`` or ``float32``.

    Returns
    -------
    dict[str, NDArray]
        ``index`` (groups, points of the longest front) filled up with -1, and ``front`` (..., 2), the two quantities there,
        filled up with NaN.
    """
    longest = max(int(front.sum(axis=1).max(initial=0)), 1)
    order = np.argsort(~front, axis=1, kind="stable")[:, :longest]
    is_point = np.take_along_axis(front, order, axis=1)
    flat = np.where(is_point, np.take_along_axis(index, order, axis=1), -1)
    values = evaluate_at(problem, question.objectives(), np.maximum(flat, 0), dtype)
    pair = np.stack([np.where(is_point, values[name], np.nan) for name in question.objectives()], axis=-1)
    return {"front": pair.astype(dtype), "index": flat}

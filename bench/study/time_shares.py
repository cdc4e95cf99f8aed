"""Shares of a site's time that leave nothing, or less, to what they should leave something to."""

from collections.abc import Sequence

from ...kernels.model.questions import Problem
from ..errors import StudyError

PARTS, LEFT = ("final_run_share", "research_share"), "inference_share"
_SLACK = 1e-9


class ShareError(StudyError):
    """Shares of one whole are more than it."""


def check_shares(problem: Problem, targets: Sequence[str]) -> None:
    """Check that final runs and research are no more than a site's time, where it matters what they leave.

    Parameters
    ----------
    problem
        The quantities and the grid.
    targets
        What is wanted.

    Raises
    ------
    ShareError
        Where even the least values of both are more than 1.
    """
    if LEFT not in {item.name for item in problem.model.order(targets, problem.held())}:
        return
    least = {name: _least(problem, name) for name in PARTS}
    if sum(least.values()) > 1 + _SLACK:  # what is not known, NaN, is not refused
        told = " and ".join(f"{name} = {value:.4g}" for name, value in least.items())
        raise ShareError(f"{told} are more than the whole of a site's time, of which the rest serves; give less of one")


def _least(problem: Problem, name: str) -> float:
    if name in problem.grid.column_axis:
        return float(problem.grid.axes[problem.grid.column_axis[name]].columns[name].min())
    return float(problem.given.get(name, 0.0))

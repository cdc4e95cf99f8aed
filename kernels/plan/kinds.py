"""What a plan of each kind of question needs, and which kinds share a pass over the grid."""

import enum
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..model.kinds import Apart, ByKind
from ..model.questions import Best, Decision, Histogram, Pareto, Quantiles, Sensitivity, Summary, Table


@dataclass(frozen=True)
class Planning:
    """What a plan does for one kind of question.

    Parameters
    ----------
    worst
        What the objective becomes where a point is not feasible, in place of a flag; None where a flag tells.
    excludes_nan
        Whether a point whose quantities are NaN is made infeasible. Minima pass over a NaN by themselves, a count and a sum
        do not.
    writes_points
        Whether every point is written, so that the axes stay in the study's order, no guard skips a point, and nothing is
        kept of an outer point.
    decides
        Whether statistics are taken over the uncertain axes that are not kept, which are then the innermost loops.
    """

    worst: Callable[[Any], float] | None = None
    excludes_nan: bool = True
    writes_points: bool = False
    decides: bool = False


def _worst(question: Best) -> float:
    """Return the infinity that no value is worse than."""
    return -math.inf if question.maximize else math.inf


PLANNING: ByKind[Planning] = ByKind(
    "kernels.plan.kinds.PLANNING",
    {
        Best: Planning(worst=_worst, excludes_nan=False),
        Decision: Planning(excludes_nan=False, decides=True),
        Summary: Planning(),
        Quantiles: Planning(),
        Histogram: Planning(),
        Sensitivity: Apart("is composed of summaries, each with a plan of its own"),
        Pareto: Planning(),
        Table: Planning(excludes_nan=False, writes_points=True),
    },
)


class Sharing(enum.Enum):
    """How a question takes part in a pass that several questions about one quantity share."""

    LEADS = "its plan leaves the objective as it is, so others can take from its pass"
    JOINS = "it takes from another's pass, and has a faster one alone"
    ALONE = "its passes are its own"


SHARING: ByKind[Sharing] = ByKind(
    "kernels.plan.kinds.SHARING",
    {
        Best: Sharing.JOINS,
        Decision: Sharing.ALONE,
        Summary: Sharing.LEADS,
        Quantiles: Sharing.LEADS,
        Histogram: Sharing.LEADS,
        Sensitivity: Sharing.ALONE,
        Pareto: Sharing.ALONE,
        Table: Sharing.ALONE,
    },
)

"""How each kind of question is answered where an engine is timed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...kernels.model.kinds import ByKind
from ...kernels.model.questions import (
    Best,
    Decision,
    Histogram,
    Pareto,
    Quantiles,
    Sensitivity,
    Summary,
    Table,
)


def _run(prepared: Any) -> None:
    prepared.run()


def _walk(prepared: Any) -> None:
    for _ in prepared.chunks():
        pass


@dataclass(frozen=True)
class PlannedKind:
    """How questions of a kind are answered.

    Attributes
    ----------
    compute
        Computes all of an answer, for its time.
    """

    compute: Callable[[Any], None]


KINDS: ByKind[PlannedKind] = ByKind(
    "bench.plans.kinds.KINDS",
    {
        Best: PlannedKind(compute=_run),
        Decision: PlannedKind(compute=_run),
        Summary: PlannedKind(compute=_run),
        Quantiles: PlannedKind(compute=_run),
        Histogram: PlannedKind(compute=_run),
        Sensitivity: PlannedKind(compute=_run),
        Pareto: PlannedKind(compute=_run),
        Table: PlannedKind(compute=_walk),
    },
)

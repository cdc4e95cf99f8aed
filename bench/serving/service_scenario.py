"""A service as a scenario: its strategy is held, and what nobody knows of its speed and power is drawn.

The batch stays what the search found. Where steps turn out slower, users get fewer tokens a second and chips put out as much
less: both are told with their ends. A strategy that keeps what users must get in more than half of all cases is searched with
a greater confidence. Where queries need few chips, whole replicas are counted in each draw.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ...kernels.model.grid import Axis, Grid
from ...kernels.model.questions import Problem
from ..estimate.scenario import Scenario, evaluate
from ..estimate.source import Source, SourceKind
from ..prior.features import Floats
from .serving_request import APART, PREFILL, REPLICA

SHARE, NEEDED, ADDED = "whole_replica_share", "serving_chips", "added_prefill_chips"
_ROUNDING = 1e-9  # by which a whole number may be off


@dataclass(frozen=True)
class ServiceScenario(Scenario):
    """A service as far as it is known.

    Parameters
    ----------
    limits
        What each user must get, in base units: tokens a second, seconds to the first token.
    chips
        The chips that are stated; None where they follow from the queries of a day. ``chip_count`` may be fewer: those in
        whole replicas.
    counts_replicas
        Whether the whole replicas that the queries need are counted in each draw.
    """

    limits: Mapping[str, float] = field(default_factory=dict)
    chips: float | None = None
    counts_replicas: bool = False

    @property
    def solved(self) -> tuple[str, ...]:
        """The inputs that follow from what is fixed and drawn."""
        return (SHARE,) if self.counts_replicas else ()

    def source_of(self, name: str) -> Source:
        """Tell where a quantity's value comes from."""
        if name in self.solved:
            return Source(SourceKind.SOLVED, "the whole replicas that the queries need")
        return super().source_of(name)

    def drawn_behind(self, target: str) -> set[str]:
        """List the drawn inputs that a quantity depends on, by way of what is counted too."""
        held = {**self.fixed, **self.drawn}
        behind = set(self.model.inputs([target], held))
        if SHARE in behind and self.counts_replicas:
            behind |= set(self.model.inputs([NEEDED, ADDED], held))
        return behind & set(self.drawn)

    def _solve(self, columns: dict[str, Floats], given: dict[str, float], count: int) -> None:
        if self.counts_replicas:
            columns[SHARE] = np.broadcast_to(_share(self, {**columns, SHARE: np.ones(count)}, given), (count,))


def _share(scenario: ServiceScenario, columns: Mapping[str, Floats], given: Mapping[str, float]) -> Floats:
    """Compute what whole replicas leave of their throughput at each point; ``columns`` have replicas that could be cut."""
    problem = Problem(scenario.model, Grid((Axis("draws", columns),)), given)
    at = evaluate(problem, (NEEDED, ADDED, REPLICA, PREFILL, APART))
    cut = at[NEEDED] / (at[REPLICA] + at[ADDED])
    decoding = np.maximum(np.ceil(cut * (1 - _ROUNDING)), 1) * at[REPLICA]
    prefilling = np.maximum(np.ceil(cut * at[ADDED] / at[PREFILL] * (1 - _ROUNDING)), 1) * at[PREFILL]
    return np.minimum(at[NEEDED] / (decoding + np.where(at[APART] > 0, prefilling, 0.0)), 1.0)

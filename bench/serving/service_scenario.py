"""A service as a scenario: its strategy is held, and in each draw as many users are served at once as get what they must.

An operator who must answer at 50 tokens a second takes fewer users at once where steps turn out slower. So a batch that is not
stated is not held at what the search found by medians but solved for in every draw: the throughput then bears the spread, and
users get what was asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ...kernels.model.grid import Axis, Grid
from ...kernels.model.questions import Problem
from ..estimate.scenario import Scenario, evaluate
from ..estimate.source import Source, SourceKind
from ..prior.features import Floats
from .serving_request import BATCH
from .usual_service import FIRST, SPEED

LARGEST = "largest_batch"
_HALVINGS = 24  # of the batch's octaves: to a part in a million
_ROUNDING = 1e-6  # relative: a batch that meets a limit to this, meets it


@dataclass(frozen=True)
class ServiceScenario(Scenario):
    """A service as far as it is known.

    Parameters
    ----------
    limits
        What each user must get, in base units: tokens a second, seconds to the first token.
    chips
        The chips that are stated; None where they follow from the queries of a day. ``chip_count`` may be fewer: those that
        whole replicas keep busy.
    """

    limits: Mapping[str, float] = field(default_factory=dict)
    chips: float | None = None

    @property
    def wants_chips(self) -> bool:
        """Whether the chips follow from the queries of a day."""
        return self.chips is None

    @property
    def wants_batch(self) -> bool:
        """Whether the sequences in a replica follow from what users must get."""
        return BATCH not in self.fixed

    @property
    def solved(self) -> tuple[str, ...]:
        """The inputs that follow from what is fixed and drawn."""
        return (BATCH,) if self.wants_batch else ()

    def source_of(self, name: str) -> Source:
        """Tell where a quantity's value comes from."""
        if name == BATCH and self.wants_batch:
            return Source(SourceKind.SOLVED, "the most sequences at which each user gets what is asked for")
        return super().source_of(name)

    def drawn_behind(self, target: str) -> set[str]:
        """List the drawn inputs that a quantity depends on, by way of what is solved for too."""
        held = {**self.fixed, **self.drawn}
        behind = set(self.model.inputs([target], held))
        if BATCH in behind and self.wants_batch:
            behind |= set(self.model.inputs([LARGEST, *self.limits], held))
        return behind & set(self.drawn)

    def _solve(self, columns: dict[str, Floats], given: dict[str, float], count: int) -> None:
        if self.wants_batch:
            columns[BATCH] = _batch(self, columns, given, count)


def _at(
    scenario: ServiceScenario, columns: Mapping[str, Floats], given: Mapping[str, float], count: int, names: tuple[str, ...]
) -> dict[str, Floats]:
    problem = Problem(scenario.model, Grid((Axis("draws", columns),)) if columns else Grid(()), given)
    return {name: np.broadcast_to(column, (count,)) for name, column in evaluate(problem, names).items()}


def _batch(scenario: ServiceScenario, columns: Mapping[str, Floats], given: Mapping[str, float], count: int) -> Floats:
    """Find the most sequences in a replica at which all limits hold, at each point; 1 where they hold at none.

    Both limits are the harder to meet the more sequences there are, so halving octaves finds where they begin to fail.
    """
    one = np.ones(count)
    most = np.maximum(_at(scenario, {**columns, BATCH: one}, given, count, (LARGEST,))[LARGEST], one)
    if not scenario.limits:
        return most

    def meets(batch: Floats) -> np.ndarray:
        reached = _at(scenario, {**columns, BATCH: batch}, given, count, tuple(scenario.limits))
        fast = reached[SPEED] >= scenario.limits[SPEED] * (1 - _ROUNDING) if SPEED in scenario.limits else True
        soon = reached[FIRST] <= scenario.limits[FIRST] * (1 + _ROUNDING) if FIRST in scenario.limits else True
        return np.broadcast_to(fast & soon, (count,))

    low, high = np.zeros(count), np.log2(most)
    whole = meets(most)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        good = meets(np.exp2(middle))
        low, high = np.where(good, middle, low), np.where(good, high, middle)
    return np.where(whole, most, np.exp2(low))

"""A service as a scenario: its strategy is held, and what nobody knows of its speed and power is drawn.

The batch stays what the search found. Where steps turn out slower, users get fewer tokens a second and chips put out as much
less: both are told with their ends. A strategy that keeps what users must get in more than half of all cases is searched with
a greater confidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..estimate.scenario import Scenario


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

"""How two sides are compared: the thresholds, what else fails, and how their samples were taken."""

from dataclasses import dataclass, field

from .thresholds import Thresholds

SIGNIFICANCE = 0.05  # the share of false verdicts allowed among the changes that are reported


@dataclass(frozen=True)
class ComparisonOptions:
    """How two sides are compared.

    Parameters
    ----------
    thresholds
        How much slower, hungrier or larger a benchmark may become.
    strict
        Whether the exit code tells of benchmarks that are unsure, missing or incomparable.
    across_machines
        Whether times of different machines are compared.
    require_power
        Whether the exit code tells of a comparison that would not have seen a slow-down of its threshold's size.
    """

    thresholds: Thresholds = field(default_factory=Thresholds)
    strict: bool = False
    across_machines: bool = False
    require_power: bool = False

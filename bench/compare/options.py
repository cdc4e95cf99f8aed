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
    paired
        Whether the passes of the two sides were taken next to each other, in one order.
    significance
        The p value, adjusted for false discoveries, below which a change is significant. Who looks several times, adding
        samples, asks for a smaller one.
    """

    thresholds: Thresholds = field(default_factory=Thresholds)
    strict: bool = False
    across_machines: bool = False
    paired: bool = False
    significance: float = SIGNIFICANCE

"""What a comparison is made of: pairs of benchmarks, a row with a verdict for each, and the exit code of them all."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..records.record import Benchmark
from ..stats.inference import Ratio
from .thresholds import MetricLimits

VERDICTS = ("wrong", "slower", "unsure", "missing", "incomparable", "new", "same", "faster")


@dataclass(frozen=True)
class Metric:
    """Energy or memory: one number on each side.

    ``worse`` where the ratio is beyond the threshold and the difference beyond ``slack``, which is in the metric's unit.
    """

    baseline: float
    candidate: float
    threshold: float
    slack: float = 0.0

    @property
    def ratio(self) -> float:
        return self.candidate / self.baseline if self.baseline else math.inf if self.candidate else 1.0

    @property
    def worse(self) -> bool:
        return self.ratio > 1 + self.threshold and self.candidate - self.baseline > self.slack


@dataclass(frozen=True)
class ComparisonRow:
    """What became of one benchmark. Medians are seconds; ``fails`` says why the comparison does not pass, if it does not."""

    name: str
    verdict: str
    reason: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    baseline: float | None = None
    candidate: float | None = None
    samples: tuple[int, int] = (0, 0)
    time: Ratio | None = None
    cpu: Ratio | None = None  # of the process's CPU time, where it was looked at
    adjusted_p: float | None = None
    threshold: float | None = None
    energy: Metric | None = None
    memory: Metric | None = None
    fails: tuple[str, ...] = ()
    few: bool = False  # too few samples for a test: judged by the ratio alone

    @property
    def open(self) -> bool:
        """Whether more samples would say more."""
        return self.verdict == "unsure" or self.few


def worst_first(rows: Iterable[ComparisonRow]) -> tuple[ComparisonRow, ...]:
    """Rows as they are shown: what fails before what does not, then by verdict and name."""
    return tuple(sorted(rows, key=lambda row: (not row.fails, VERDICTS.index(row.verdict), row.name)))


@dataclass(frozen=True)
class Comparison:
    """All rows, worst first, and the exit code that they make."""

    rows: tuple[ComparisonRow, ...]
    strict: bool = False

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(row.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in VERDICTS if found[verdict]}

    @property
    def failed(self) -> tuple[ComparisonRow, ...]:
        return tuple(row for row in self.rows if row.fails)

    @property
    def exit_code(self) -> int:
        """0 fine, 1 slower or wrong, 3 nothing comparable, 4 unsure or missing where that is asked to fail."""
        if self.failed:
            return 1
        if not any(row.verdict in ("faster", "same", "slower", "unsure") for row in self.rows):
            return 3
        return 4 if self.strict and any(row.verdict in ("unsure", "missing", "incomparable") for row in self.rows) else 0


@dataclass(frozen=True)
class Pair:
    """One benchmark on both sides."""

    baseline: Benchmark
    candidate: Benchmark
    limits: MetricLimits
    reason: str = ""  # why their times are not compared, if they are not
    wrong: bool = False

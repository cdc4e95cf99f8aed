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
    """Energy or memory of one benchmark.

    Parameters
    ----------
    baseline, candidate
        One number of each side, in the metric's unit: joules of 1e9 points, or bytes.
    threshold
        The share that it may grow by.
    slack
        What it may grow by besides, in the metric's unit.
    """

    baseline: float
    candidate: float
    threshold: float
    slack: float = 0.0

    @property
    def ratio(self) -> float:
        """Candidate over baseline; infinite where it grew from 0."""
        return self.candidate / self.baseline if self.baseline else math.inf if self.candidate else 1.0

    @property
    def worse(self) -> bool:
        """Whether the ratio is beyond the threshold and the difference beyond the slack."""
        return self.ratio > 1 + self.threshold and self.candidate - self.baseline > self.slack


@dataclass(frozen=True)
class ComparisonRow:
    """What became of one benchmark.

    Parameters
    ----------
    name, params
        The benchmark.
    verdict
        One of ``VERDICTS``.
    reason
        Why, where that needs saying.
    baseline, candidate
        The medians of the samples (s); None where they were not compared, as all below.
    samples
        How many samples the baseline and the candidate have.
    time, cpu
        The ratio of times, and that of the process's CPU time where it was looked at.
    adjusted_p
        The p value of ``time`` after the control of false discoveries; None where no test was made.
    threshold
        The share that the time may grow by.
    energy, memory
        Both sides' numbers, where both have them.
    fails
        Why the comparison does not pass, if it does not.
    few
        Whether there are too few samples for a test, and the ratio alone was judged.
    """

    name: str
    verdict: str
    reason: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    baseline: float | None = None
    candidate: float | None = None
    samples: tuple[int, int] = (0, 0)
    time: Ratio | None = None
    cpu: Ratio | None = None
    adjusted_p: float | None = None
    threshold: float | None = None
    energy: Metric | None = None
    memory: Metric | None = None
    fails: tuple[str, ...] = ()
    few: bool = False

    @property
    def open(self) -> bool:
        """Whether more samples would say more."""
        return self.verdict == "unsure" or self.few


def worst_first(rows: Iterable[ComparisonRow]) -> tuple[ComparisonRow, ...]:
    """Sort rows as they are shown: what fails before what does not, then by verdict and name."""
    return tuple(sorted(rows, key=lambda row: (not row.fails, VERDICTS.index(row.verdict), row.name)))


@dataclass(frozen=True)
class Comparison:
    """All rows, worst first, and the exit code that they make."""

    rows: tuple[ComparisonRow, ...]
    strict: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """How many benchmarks have each verdict, worst first; verdicts that none has are left out."""
        counter = Counter(row.verdict for row in self.rows)
        return {verdict: counter[verdict] for verdict in VERDICTS if counter[verdict]}

    @property
    def failed(self) -> tuple[ComparisonRow, ...]:
        """The rows of benchmarks that do not pass."""
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
    """One benchmark on both sides; ``reason`` says why their times are not compared, if they are not."""

    baseline: Benchmark
    candidate: Benchmark
    limits: MetricLimits
    reason: str = ""
    wrong: bool = False

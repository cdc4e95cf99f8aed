"""What a comparison is made of: pairs of benchmarks, a row with a verdict for each, and the exit code of them all."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..records.record import Benchmark, Record
from ..stats.levels import Change
from .thresholds import MetricLimits

TIMED_VERDICTS = ("faster", "same", "slower", "unsure")
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
    fullname
        The same with its file and class.
    verdict
        One of ``VERDICTS``.
    reason
        Why, where that needs saying.
    baseline, candidate
        The medians of the samples (s); None where they were not compared, as all below.
    samples
        How many samples the baseline and the candidate have.
    time
        The change of the times.
    speed
        How many times as long the reference loops took beside the candidate, which is divided out of ``time``; None where it
        is not.
    adjusted_p
        The p value of ``time`` after the control of false discoveries.
    threshold
        The share that the time may grow by.
    detectable
        The smallest slow-down, as a share, that this comparison would have found four times out of five.
    energy, memory
        Both sides' numbers, where both have them.
    fails
        Why the comparison does not pass, if it does not.
    """

    name: str
    verdict: str
    reason: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    fullname: str = ""
    baseline: float | None = None
    candidate: float | None = None
    samples: tuple[int, int] = (0, 0)
    time: Change | None = None
    speed: float | None = None
    adjusted_p: float | None = None
    threshold: float | None = None
    detectable: float | None = None
    energy: Metric | None = None
    memory: Metric | None = None
    fails: tuple[str, ...] = ()

    @property
    def blind(self) -> bool:
        """Whether a slow-down of the threshold's size would have gone unseen more often than once in five."""
        return self.verdict == "unsure" and (self.detectable or 0) > (self.threshold or 0)


def worst_first(rows: Iterable[ComparisonRow]) -> tuple[ComparisonRow, ...]:
    """Sort rows as they are shown: what fails before what does not, then by verdict and name."""
    return tuple(sorted(rows, key=lambda row: (not row.fails, VERDICTS.index(row.verdict), row.name)))


@dataclass(frozen=True)
class Pooled:
    """All benchmarks that were timed, taken together: the geometric mean of their ratios.

    Parameters
    ----------
    verdict
        faster, same, slower or unsure.
    change
        The mean change.
    count
        How many benchmarks.
    threshold
        The share that it may grow by.
    detectable
        As in `ComparisonRow`.
    """

    verdict: str
    change: Change
    count: int
    threshold: float
    detectable: float

    @property
    def fails(self) -> bool:
        """Whether everything together became slower by more than the threshold."""
        return self.verdict == "slower" and self.change.ratio > 1 + self.threshold


@dataclass(frozen=True)
class Comparison:
    """All rows, worst first, all of them together, and the exit code that they make.

    Parameters
    ----------
    rows
        A row a benchmark.
    pooled
        All timed benchmarks together; None where there are fewer than two.
    strict
        Whether unsure, missing and incomparable benchmarks fail.
    require_power
        Whether a comparison fails that would not have seen a slow-down of its threshold's size.
    """

    rows: tuple[ComparisonRow, ...]
    pooled: Pooled | None = None
    strict: bool = False
    require_power: bool = False

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
    def blind(self) -> tuple[ComparisonRow, ...]:
        """The rows of benchmarks of which a slow-down of the threshold's size could have gone unseen."""
        return tuple(row for row in self.rows if row.blind)

    @property
    def exit_code(self) -> int:
        """0 fine, 1 slower or wrong, 3 nothing comparable, 4 unsure, missing or blind where that is asked to fail."""
        if self.failed or (self.pooled is not None and self.pooled.fails):
            return 1
        if not any(row.verdict in TIMED_VERDICTS for row in self.rows):
            return 3
        unfit = self.strict and any(row.verdict in ("unsure", "missing", "incomparable") for row in self.rows)
        return 4 if unfit or (self.require_power and self.blind) else 0


@dataclass(frozen=True)
class Pair:
    """One benchmark on both sides.

    Parameters
    ----------
    baseline, candidate
        The two.
    limits
        How much slower, hungrier and larger the candidate may be.
    reason
        Why their times are not compared, if they are not.
    wrong
        Whether that is because the answers differ.
    records
        The records that hold the two.
    """

    baseline: Benchmark
    candidate: Benchmark
    limits: MetricLimits
    reason: str = ""
    wrong: bool = False
    records: tuple[Record, ...] = ()

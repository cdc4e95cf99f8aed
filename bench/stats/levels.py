"""How fast a benchmark is in a record, how far records of one commit lie apart, and what two of them can tell.

All of it on logarithms, where a change is a shift. A record's level has two variances: that of its own processes, which its
blocks of samples show, and that between records, which only other records show (or a prior, where there are too few).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MEDIAN_VARIANCE = math.pi / 2  # of a median, in units of the mean's (Cramér 1946, section 28.5)
LEVEL = 1 / 3  # the quantile of a record's processes that is its level
LEVEL_VARIANCE = 1.68  # of that quantile of a normal distribution, in units of the mean's: p (1 - p) / density squared
MIN_RECORDS = 5  # of a history before its spread says anything
PRIOR_DEGREES = 8.0  # how much a stated spread weighs, in degrees of freedom: it is known from a few machines only
BLOCK_DEGREES = 4.0  # the same of what all blocks of a comparison tell of one benchmark's
MIN_VARIANCE = 1e-6  # 0.1% squared: clocks and medians of few samples tell no less
POWER = 0.8  # the share of times that the smallest detectable change is found


@dataclass(frozen=True)
class Level:
    """A benchmark's time in one record.

    Attributes
    ----------
    log
        Natural logarithm of the seconds a call, of any common unit.
    variance
        Of ``log``, as far as the record's own processes show it.
    degrees
        Degrees of freedom of ``variance``: the blocks but one; 0 where it is not known.
    """

    log: float
    variance: float
    degrees: float


def level_of(blocks: Sequence[float]) -> Level:
    """Take the level of a record from one logarithm for each of its processes.

    The lower third: what disturbs a process makes it slower, and a neighbour that works during half of the processes must not
    move it. In ten records of one commit, one of them disturbed so, levels scattered by 0.014 with the lower third, 0.016 with
    the median and 0.035 with the centre of Hodges and Lehmann.

    Parameters
    ----------
    blocks
        Logarithms of seconds; at least one. A single one leaves the variance unknown (0, with 0 degrees of freedom).
    """
    count = len(blocks)
    variance = float(np.var(blocks, ddof=1)) * LEVEL_VARIANCE / count if count > 1 else 0.0
    return Level(float(np.quantile(blocks, LEVEL)), variance, float(count - 1))


@dataclass(frozen=True)
class RecordSpread:
    """How far the levels of records of one commit lie apart.

    Attributes
    ----------
    variance
        Of a record's level around what it would be in the long run, its own processes' variance not counted.
    degrees
        Degrees of freedom of ``variance``.
    records
        How many records told it; 0 where it is the prior alone.
    """

    variance: float
    degrees: float = PRIOR_DEGREES
    records: int = 0


def spread_of(prior: RecordSpread, history: Sequence[Level]) -> RecordSpread:
    """Combine a stated spread with what a history shows.

    The scale is that of successive differences, by their median: a step where a commit made the benchmark faster or slower
    is one difference among many (von Neumann 1941, and the median absolute deviation in place of the square). Each
    difference has the variance of two levels; the median of few is worth about half of its degrees of freedom.

    Parameters
    ----------
    prior
        What is known without records.
    history
        Levels of other records of the same benchmark and machine, oldest first; fewer than `MIN_RECORDS` tell nothing.
    """
    count = len(history)
    if count < MIN_RECORDS:
        return prior
    steps = np.abs(np.diff([level.log for level in history]))
    total = (float(np.median(steps)) / (0.6745 * math.sqrt(2))) ** 2
    between = max(total - float(np.median([level.variance for level in history])), 0.0)
    degrees = (count - 1) / 2
    variance = (prior.degrees * prior.variance + degrees * between) / (prior.degrees + degrees)
    return RecordSpread(variance, prior.degrees + degrees, count)


def moderate(level: Level, typical: float) -> Level:
    """Draw a level's variance, which few blocks tell, towards what is typical (Smyth 2004, the moderated t statistic).

    Parameters
    ----------
    level
        As its own blocks have it.
    typical
        The variance that other records or benchmarks have.
    """
    degrees = level.degrees + BLOCK_DEGREES
    variance = (level.degrees * level.variance + BLOCK_DEGREES * typical) / degrees
    return Level(level.log, max(variance, MIN_VARIANCE), degrees)


@dataclass(frozen=True)
class Change:
    """Candidate over baseline on logarithms, and how sure it is.

    Attributes
    ----------
    log
        Logarithm of the ratio of times.
    variance, degrees
        Its variance, and the degrees of freedom of that (Student's t).
    bias
        How much of ``log`` something else may have done, of the same sign as it: it is not counted as evidence.
    """

    log: float
    variance: float
    degrees: float
    bias: float = 0.0

    @property
    def ratio(self) -> float:
        """Candidate over baseline."""
        return math.exp(self.log)

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Return the ratio's interval, which reaches as far beyond as the bias may have moved it."""
        half = self._quantile(1 - (1 - confidence) / 2) * math.sqrt(self.variance)
        return math.exp(self.log - half - max(self.bias, 0)), math.exp(self.log + half - min(self.bias, 0))

    def within(self, share: float, confidence: float) -> bool:
        """Tell whether it is sure that the candidate is not slower by more than a share, and unlikely that it is faster by it.

        Parameters
        ----------
        share
            Of the baseline's time.
        confidence
            One-sided, that it is not slower; by its estimate alone it must not be faster.
        """
        high = self.log + self._quantile(confidence) * math.sqrt(self.variance) - min(self.bias, 0)
        return high <= math.log1p(share) and self.log >= -math.log1p(share)

    def p_value(self) -> float:
        """Return the two-sided p value of no change."""
        evidence = math.copysign(max(abs(self.log) - abs(self.bias), 0.0), self.log)
        return min(2 * tail(abs(evidence) / math.sqrt(self.variance), self.degrees), 1.0)

    def detectable(self, significance: float) -> float:
        """Return the smallest slow-down, as a share, that would have been found with `POWER` at a significance."""
        reach = self._quantile(1 - significance / 2) + self._quantile(POWER)
        return math.exp(reach * math.sqrt(self.variance) + abs(self.bias)) - 1

    def _quantile(self, probability: float) -> float:
        return quantile(probability, self.degrees)


def quantile(probability: float, degrees: float) -> float:
    """Return the quantile of Student's t distribution at a probability from 0 to 1."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, probability))


def tail(value: float, degrees: float) -> float:
    """Return the probability that Student's t is above a value."""
    from scipy.special import stdtr

    return float(stdtr(degrees, -value))


def change_between(baseline: Level, candidate: Level, spread: RecordSpread, bias: float = 0.0) -> Change:
    """Compare two records' levels of one benchmark.

    Degrees of freedom as Welch and Satterthwaite combine them (1946).

    Parameters
    ----------
    baseline, candidate
        The levels, their variances moderated.
    spread
        That between records.
    bias
        As in `Change`.
    """
    parts = [(2 * spread.variance, spread.degrees), *((side.variance, side.degrees) for side in (baseline, candidate))]
    return Change(candidate.log - baseline.log, *_sum_of_variances(parts), bias)


def _sum_of_variances(parts: Sequence[tuple[float, float]]) -> tuple[float, float]:
    total = sum(variance for variance, _ in parts)
    weight = sum(variance**2 / degrees for variance, degrees in parts if variance > 0)
    return total, total**2 / weight


def pooled_change(changes: Sequence[Change], common: RecordSpread) -> Change:
    """Compare all benchmarks at once: the geometric mean of their ratios.

    Its variance is the larger of what the parts say (what moves all benchmarks of a record together does not average out)
    and what the ratios themselves show by how far they lie apart (Hartung and Knapp 2001).

    Parameters
    ----------
    changes
        Of two benchmarks or more; their variances without what records have in common.
    common
        The spread of records' means.
    """
    logs = np.array([change.log for change in changes])
    count = len(logs)
    own = sum(change.variance for change in changes) / count**2
    degrees = min(change.degrees for change in changes)
    stated = _sum_of_variances([(2 * common.variance, common.degrees), (own, degrees * count)])
    shown = float(np.var(logs, ddof=1)) / count, float(count - 1)
    variance, freedom = max(stated, shown)
    return Change(float(logs.mean()), variance, freedom, float(np.mean([change.bias for change in changes])))

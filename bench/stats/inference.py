"""The statistics behind an interval and a verdict: few, cited, and each checked by simulation in the tests."""

import functools
import math
import statistics
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESAMPLES = 4000
# The percentile bootstrap of a ratio of two medians covers 96 to 97% at a nominal 95% (the bootstrap's variance of a median
# is too large on average, and two of them average their luck out); at this level it covers 95% (Loh 1987, calibration).
CALIBRATED = {0.95: 0.94}
MIN_PASSES = 3  # of either side: below this the passes' medians give no interval


@functools.lru_cache(maxsize=4096)
def _ranks(count: int, confidence: float) -> tuple[int, float] | None:
    """Return the rank ``d`` and the weight that interpolate between the d-th and next order statistic from either end."""
    total = 2.0**count if count < 1000 else math.inf
    tail, term, rank = 0.0, 1.0 / total if count < 1000 else 0.0, 0
    if count >= 1000:  # the binomial is a normal to far beyond what is needed; log-space sums would only be slower
        z = _normal_quantile(1 - (1 - confidence) / 2)
        position = (count + 1) / 2 - z * math.sqrt(count) / 2
        return int(position), position - int(position)
    previous = 1.0
    while True:  # P(d <= B <= n - d) with B ~ Binomial(n, 1/2) falls as d grows
        tail += term
        inside = 1 - 2 * tail
        if inside < confidence:
            break
        rank += 1
        previous = inside
        term *= (count - rank + 1) / rank
    if rank == 0:
        return None
    share = (previous - confidence) / (previous - inside)
    return rank, (count - rank) * share / (rank + (count - 2 * rank) * share)


def _normal_quantile(probability: float) -> float:
    return statistics.NormalDist().inv_cdf(probability)


def median_interval(samples: Sequence[float] | Floats, confidence: float = 0.95) -> tuple[float, float] | None:
    """Compute the median's confidence interval from order statistics, no distribution assumed.

    Adjacent order statistics are interpolated as Hettmansperger and Sheather (1986) do, so that the coverage is the
    stated one and not the next larger that whole ranks give.

    Parameters
    ----------
    samples
        In any order and unit.
    confidence
        The coverage, from 0 to 1.

    Returns
    -------
    tuple or None
        Low and high end, in the samples' unit; None with fewer than six samples (for 95%).
    """
    ordered = np.sort(np.asarray(samples, dtype=np.float64))
    position = _ranks(len(ordered), confidence)
    if position is None:
        return None
    rank, weight = position
    low = ordered[rank - 1] + weight * (ordered[rank] - ordered[rank - 1])
    high = ordered[-rank] - weight * (ordered[-rank] - ordered[-rank - 1])
    return float(low), float(high)


@dataclass(frozen=True)
class Ratio:
    """Candidate over baseline, and how sure it is.

    Attributes
    ----------
    value
        The ratio of medians.
    low, high
        Its 95% interval; None where it cannot be told.
    p_value
        Of the samples if both sides were alike, from 0 to 1; None where it cannot be told.
    """

    value: float
    low: float | None
    high: float | None
    p_value: float | None


def compare_samples(
    baseline: Sequence[float],
    candidate: Sequence[float],
    *,
    blocks: tuple[Sequence[int], Sequence[int]] = ((), ()),
    paired: bool = False,
    seed: int = 0,
) -> Ratio:
    """Compare positive samples: the ratio of medians, its bootstrap interval, and Mann and Whitney's p value.

    Samples of one pass share the machine's mood, so where both sides have three passes or more the interval is the wider of
    the bootstrap's and of that of the passes' medians (Student's t on their logarithms), and p is the larger.

    Parameters
    ----------
    baseline, candidate
        The samples, pass after pass, in one unit.
    blocks
        How many samples each pass took: of the baseline, of the candidate.
    paired
        Whether passes of one number were taken next to each other: what they share is divided out first.
    seed
        Of the bootstrap.
    """
    base, cand = np.log(np.asarray(baseline, np.float64)), np.log(np.asarray(candidate, np.float64))
    parts = _split(base, blocks[0]), _split(cand, blocks[1])
    if paired and len(parts[0]) == len(parts[1]) > 1:
        parts = _unshared(*parts)
        base, cand = np.concatenate(parts[0]), np.concatenate(parts[1])
    else:
        paired = False
    value = float(np.median(cand) - np.median(base))
    if min(len(base), len(cand)) < 2:
        return Ratio(math.exp(value), None, None, None)
    low, high = bootstrap_interval(base, cand, seed=seed)
    p_value = rank_test(base, cand)
    if min(len(parts[0]), len(parts[1])) >= MIN_PASSES:
        around, half, p_blocks = _blocks_test(*parts, paired=paired)
        low, high, p_value = min(low, around - half), max(high, around + half), max(p_value, p_blocks)
    return Ratio(math.exp(value), math.exp(min(low, value)), math.exp(max(high, value)), p_value)


def compare_passes(baseline: Sequence[float], candidate: Sequence[float]) -> Ratio:
    """Compare what pairs of passes measured, one positive number each: Student's t on the logarithms.

    Parameters
    ----------
    baseline, candidate
        A number of each pass, in one unit; passes that one side alone has are left out.

    Returns
    -------
    Ratio
        Its value the geometric mean of the pairs' ratios; the median's alone, without an interval, below three pairs.
    """
    count = min(len(baseline), len(candidate))
    base, cand = (np.log(np.asarray(side, np.float64)[:count]) for side in (baseline, candidate))
    if count < MIN_PASSES:
        return Ratio(math.exp(float(np.median(cand - base))) if count else 1.0, None, None, None)
    around, half, p_value = _blocks_test(np.split(base, count), np.split(cand, count), paired=True)
    return Ratio(math.exp(around), math.exp(around - half), math.exp(around + half), p_value)


def _split(values: Floats, blocks: Sequence[int]) -> list[Floats]:
    return np.split(values, np.cumsum(blocks)[:-1]) if len(blocks) > 1 else [values]


def _unshared(base: list[Floats], cand: list[Floats]) -> tuple[list[Floats], list[Floats]]:
    """Move each pair of passes to a common middle, which takes out what the pair shares."""
    middles = [(np.median(left) + np.median(right)) / 2 for left, right in zip(base, cand, strict=True)]
    overall = float(np.mean(middles))
    return (
        [values - middle + overall for values, middle in zip(base, middles, strict=True)],
        [values - middle + overall for values, middle in zip(cand, middles, strict=True)],
    )


def bootstrap_interval(base: Floats, cand: Floats, *, confidence: float = 0.95, seed: int = 0) -> tuple[float, float]:
    """Compute the percentile bootstrap's interval of the difference of two medians, candidate less baseline.

    Parameters
    ----------
    base, cand
        Two samples or more each, in one unit.
    confidence
        The coverage, from 0 to 1.
    seed
        Of the resamples.

    Returns
    -------
    tuple
        Low and high end, in the samples' unit.
    """
    random = np.random.default_rng(seed)
    difference = _resampled_medians(np.sort(cand), random) - _resampled_medians(np.sort(base), random)
    level = CALIBRATED.get(confidence, confidence)
    low, high = np.quantile(difference, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _resampled_medians(ordered: Floats, random: np.random.Generator) -> Floats:
    """Draw the medians of `RESAMPLES` resamples at once: the middle order statistics of n uniforms are Beta distributed.

    Reading the sample's quantile function, interpolated between the samples (Hazen), at those uniforms is the smoothed
    bootstrap; a resample costs the same for ten samples and for a million.
    """
    count = len(ordered)
    middle = (count + 1) // 2
    uniforms = [random.beta(middle, count - middle + 1, RESAMPLES)]
    if count % 2 == 0:  # the next one up, given the first
        rest = random.random(RESAMPLES) ** (1 / (count - middle))
        uniforms.append(1 - (1 - uniforms[0]) * rest)
    places = (np.arange(count) + 0.5) / count
    medians: Floats = np.mean([np.interp(uniform, places, ordered) for uniform in uniforms], axis=0)
    return medians


def rank_test(base: Floats, cand: Floats) -> float:
    """Return Mann and Whitney's two-sided p value; exact for small samples without ties."""
    from scipy.stats import mannwhitneyu

    if np.ptp(np.concatenate([base, cand])) == 0:
        return 1.0
    return float(mannwhitneyu(base, cand, alternative="two-sided").pvalue)


def min_p_value(baseline: int, candidate: int) -> float:
    """Return the smallest p value of the rank test for so many samples: all of one side beyond all of the other."""
    return min(1.0, 2 / math.comb(baseline + candidate, baseline))


def _blocks_test(base: list[Floats], cand: list[Floats], *, paired: bool) -> tuple[float, float, float]:
    """Test the difference of the passes' medians by Student's t, paired or Welch's: it, half its 95% interval, p value."""
    from scipy.stats import ttest_ind, ttest_rel

    before, after = np.array([np.median(part) for part in base]), np.array([np.median(part) for part in cand])
    difference = float(np.mean(after) - np.mean(before))
    if not any(np.ptp(values) for values in ([after - before] if paired else [before, after])):  # nothing varies: no t
        return difference, 0.0, 1.0 if difference == 0 else 0.0
    with warnings.catch_warnings():  # where only rounding varies SciPy says so, and the interval is as narrow as that
        warnings.simplefilter("ignore", RuntimeWarning)
        result = ttest_rel(after, before) if paired else ttest_ind(after, before, equal_var=False)
        interval = result.confidence_interval(0.95)
    return difference, float(interval.high - interval.low) / 2, float(result.pvalue)


def false_discovery(p_values: Sequence[float]) -> list[float]:
    """Adjust p values as Benjamini and Hochberg do: rejecting those below q keeps the share of false ones below q."""
    from scipy.stats import false_discovery_control

    return [float(p) for p in false_discovery_control(p_values)] if len(p_values) else []


@dataclass(frozen=True)
class MedianInterval:
    """A median and the confidence interval around it.

    Attributes
    ----------
    median
        In the samples' unit.
    low, high
        The interval's ends in the samples' unit; None where the samples are too few for one.
    confidence
        Its coverage, from 0 to 1.
    samples
        How many there are.
    """

    median: float
    low: float | None = None
    high: float | None = None
    confidence: float = 0.95
    samples: int = 1

    @property
    def width(self) -> float | None:
        """The interval's half width as a share of the median; None where there is no interval or the median is not above 0."""
        if self.low is None or self.high is None or self.median <= 0:
            return None
        return (self.high - self.low) / (2 * self.median)


# Stopping as soon as the interval is narrow picks the moments when chance made it narrow: plain 95% intervals would then
# hold the truth 91 to 94% of the time. Read at 96% and with a quarter more samples after that moment they hold it 94 to 95%.
READ_AT = 0.96


def interval_of(samples: list[float]) -> MedianInterval:
    """Compute a median and its 95% interval, as `Sampler` states them."""
    low, high = median_interval(samples, READ_AT) or (None, None)
    return MedianInterval(statistics.median(samples), low, high, 0.95, len(samples))

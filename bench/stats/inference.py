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
MIN_SAMPLES = 6  # below this no pair of order statistics holds the median with 95%


@functools.lru_cache(maxsize=4096)
def _ranks(count: int, confidence: float) -> tuple[int, float] | None:
    """The rank ``d`` and the weight that interpolate between the d-th and the next order statistic from either end."""
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
    import statistics

    return statistics.NormalDist().inv_cdf(probability)


def median_interval(samples: Sequence[float] | Floats, confidence: float = 0.95) -> tuple[float, float] | None:
    """The confidence interval of the median from order statistics, no distribution assumed.

    Adjacent order statistics are interpolated as Hettmansperger and Sheather (1986) do, so that the coverage is the
    stated one and not the next larger that whole ranks give. None with fewer than six samples (for 95%).
    """
    ordered = np.sort(np.asarray(samples, dtype=np.float64))
    found = _ranks(len(ordered), confidence)
    if found is None:
        return None
    rank, weight = found
    low = ordered[rank - 1] + weight * (ordered[rank] - ordered[rank - 1])
    high = ordered[-rank] - weight * (ordered[-rank] - ordered[-rank - 1])
    return float(low), float(high)


@dataclass(frozen=True)
class Ratio:
    """Candidate over baseline: the ratio of medians, its 95% interval (None where it cannot be told) and the p value."""

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
    """The ratio of medians of positive samples, its bootstrap interval, and Mann and Whitney's p value.

    ``blocks`` are the numbers of samples taken in each pass. Samples of one pass share the machine's mood, so where both
    sides have three passes or more the interval is the wider of the bootstrap's and of that of the passes' medians
    (Student's t on their logarithms), and p is the larger. ``paired`` passes were taken next to each other: what
    they share is divided out first.
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
    if min(len(parts[0]), len(parts[1])) >= 3:
        around, half, p_blocks = _blocks_test(*parts, paired=paired)
        low, high, p_value = min(low, around - half), max(high, around + half), max(p_value, p_blocks)
    return Ratio(math.exp(value), math.exp(min(low, value)), math.exp(max(high, value)), p_value)


def compare_passes(baseline: Sequence[float], candidate: Sequence[float]) -> Ratio:
    """The ratio of what pairs of passes measured, one positive number each: Student's t on the logarithms."""
    count = min(len(baseline), len(candidate))
    one, other = (np.log(np.asarray(side, np.float64)[:count]) for side in (baseline, candidate))
    if count < 3:
        return Ratio(math.exp(float(np.median(other - one))) if count else 1.0, None, None, None)
    around, half, p_value = _blocks_test(np.split(one, count), np.split(other, count), paired=True)
    return Ratio(math.exp(around), math.exp(around - half), math.exp(around + half), p_value)


def _split(values: Floats, blocks: Sequence[int]) -> list[Floats]:
    return np.split(values, np.cumsum(blocks)[:-1]) if len(blocks) > 1 else [values]


def _unshared(base: list[Floats], cand: list[Floats]) -> tuple[list[Floats], list[Floats]]:
    """Each pair of passes moved to a common middle, which takes out what the pair shares."""
    moves = [(np.median(one) + np.median(other)) / 2 for one, other in zip(base, cand, strict=True)]
    overall = float(np.mean(moves))
    return (
        [one - move + overall for one, move in zip(base, moves, strict=True)],
        [other - move + overall for other, move in zip(cand, moves, strict=True)],
    )


def bootstrap_interval(base: Floats, cand: Floats, *, confidence: float = 0.95, seed: int = 0) -> tuple[float, float]:
    """The percentile bootstrap's interval of the difference of two medians (two samples or more each)."""
    random = np.random.default_rng(seed)
    difference = _resampled_medians(np.sort(cand), random) - _resampled_medians(np.sort(base), random)
    level = CALIBRATED.get(confidence, confidence)
    low, high = np.quantile(difference, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _resampled_medians(ordered: Floats, random: np.random.Generator) -> Floats:
    """Medians of resamples, drawn at once: the middle order statistics of n uniforms are Beta distributed.

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
    """Mann and Whitney's two-sided p value; exact for small samples without ties."""
    from scipy.stats import mannwhitneyu

    if np.ptp(np.concatenate([base, cand])) == 0:
        return 1.0
    return float(mannwhitneyu(base, cand, alternative="two-sided").pvalue)


def min_p_value(baseline: int, candidate: int) -> float:
    """The smallest p value that the rank test can give for so many samples: all of one side beyond all of the other."""
    return min(1.0, 2 / math.comb(baseline + candidate, baseline))


def _blocks_test(base: list[Floats], cand: list[Floats], *, paired: bool) -> tuple[float, float, float]:
    """The difference of the passes' medians, half its 95% interval and its p value: Student's t, paired or Welch's."""
    from scipy.stats import ttest_ind, ttest_rel

    one, other = np.array([np.median(part) for part in base]), np.array([np.median(part) for part in cand])
    difference = float(np.mean(other) - np.mean(one))
    if not any(np.ptp(values) for values in ([other - one] if paired else [one, other])):  # nothing varies: no t
        return difference, 0.0, 1.0 if difference == 0 else 0.0
    with warnings.catch_warnings():  # where only rounding varies SciPy says so, and the interval is as narrow as that
        warnings.simplefilter("ignore", RuntimeWarning)
        result = ttest_rel(other, one) if paired else ttest_ind(other, one, equal_var=False)
        interval = result.confidence_interval(0.95)
    return difference, float(interval.high - interval.low) / 2, float(result.pvalue)


def false_discovery(p_values: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg's adjusted p values: rejecting those below q keeps the share of false ones below q."""
    from scipy.stats import false_discovery_control

    return [float(p) for p in false_discovery_control(p_values)] if len(p_values) else []


@dataclass(frozen=True)
class MedianInterval:
    """A median and the confidence interval around it."""

    median: float
    low: float | None = None
    high: float | None = None
    confidence: float = 0.95
    samples: int = 1

    @property
    def width(self) -> float | None:
        """The interval's half width relative to the median."""
        if self.low is None or self.high is None or self.median <= 0:
            return None
        return (self.high - self.low) / (2 * self.median)


# Stopping as soon as the interval is narrow picks the moments when chance made it narrow: plain 95% intervals would then
# hold the truth 91 to 94% of the time. Read at 96% and with a quarter more samples after that moment they hold it 94 to 95%.
READ_AT = 0.96


def interval_of(samples: list[float]) -> MedianInterval:
    """A median with its interval, as `Sampler` states it."""
    found = median_interval(samples, READ_AT)
    low, high = found if found else (None, None)
    return MedianInterval(statistics.median(samples), low, high, 0.95, len(samples))

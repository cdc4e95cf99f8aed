"""How good predictions are by what their cases are of, beside peers on the same cases, and how sure a coverage is."""

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .baselines import FLATS, HINDSIGHT
from .results import ErrorSummary, Findings, Predicted, baseline_summary, by_quantity, summary_of

NOMINAL = 0.8  # the share of published figures that P10 to P90 should hold
FEW = 5  # cases; of fewer nothing is said of a group, and nothing is best in hindsight
SURE = 1.6449  # the normal deviate of a two-sided 90% interval
CHANCE = 0.05  # groups that chance makes differ as much or more, in so many of all cases, are not said to
UNLABELLED = "not stated"


@dataclass(frozen=True)
class Rivalry:
    """A baseline and flopwatt on the cases that the baseline predicts.

    Parameters
    ----------
    theirs, ours
        The errors of the baseline and of flopwatt, on the same cases.
    whole
        Whether these are all cases of the quantity.
    """

    theirs: ErrorSummary
    ours: ErrorSummary
    whole: bool


def rivalries(predicted: Iterable[Predicted]) -> dict[str, dict[str, Rivalry]]:
    """Hold flopwatt against every baseline, by quantity and baseline, on the cases that the baseline predicts."""
    result: dict[str, dict[str, Rivalry]] = {}
    for quantity, cases in by_quantity(predicted).items():
        for name in dict.fromkeys(name for case in cases for name in case.baselines):
            own = [case for case in cases if name in case.baselines]
            rivalry = Rivalry(baseline_summary(own, name), summary_of(own), len(own) == len(cases))
            result.setdefault(quantity, {})[name] = rivalry
    return result


def case_groups(predicted: Iterable[Predicted], label: str) -> dict[str, dict[str, list[Predicted]]]:
    """Part cases by quantity and group, the largest group first and what has no such label last.

    Parameters
    ----------
    predicted
        The cases.
    label
        One of `case_labels.LABELS`; a quantity none of whose cases has it is left out.
    """
    result = {}
    for quantity, cases in by_quantity(predicted).items():
        groups: dict[str, list[Predicted]] = {}
        for case in cases:
            groups.setdefault(case.labels.get(label, UNLABELLED), []).append(case)
        if set(groups) != {UNLABELLED}:
            result[quantity] = dict(sorted(groups.items(), key=lambda item: (item[0] == UNLABELLED, -len(item[1]))))
    return result


def grouped(predicted: Iterable[Predicted], label: str) -> dict[str, dict[str, ErrorSummary]]:
    """Summarise errors by quantity and group, as `case_groups` has them."""
    return {
        quantity: {group: summary_of(own) for group, own in groups.items()}
        for quantity, groups in case_groups(predicted, label).items()
    }


Group = tuple[str, ErrorSummary]  # its name, and its errors


@dataclass(frozen=True)
class Extremes:
    """The groups of one label in which a quantity is predicted best and worst, where they differ by more than chance.

    Parameters
    ----------
    quantity, label
        Of what, and by what the groups differ.
    best, worst
        The groups with the least and the greatest mean error; None where such differences come by chance.
    least_inside
        The group whose intervals hold the fewest published figures; None where it holds as many as it should, by chance.
    """

    quantity: str
    label: str
    best: Group | None
    worst: Group | None
    least_inside: Group | None


def extremes(predicted: Sequence[Predicted], labels: Sequence[str]) -> list[Extremes]:
    """Find where predictions are best and worst, among groups that have not few cases; only what chance does not explain.

    Parameters
    ----------
    predicted
        The cases.
    labels
        By which they are grouped; by source where no case of the quantity has a developer, who says more.
    """
    ends = []
    developed = {case.quantity for case in predicted if "developer" in case.labels}
    for label in labels:
        for quantity, groups in case_groups(predicted, label).items():
            if label == "source" and quantity in developed:
                continue
            large = {name: own for name, own in groups.items() if len(own) >= FEW and name != UNLABELLED}
            if len(large) >= 2:
                ends.append(_extremes(quantity, label, large))
    order = list(by_quantity(predicted))
    return sorted((item for item in ends if item.best or item.least_inside), key=lambda item: order.index(item.quantity))


def _extremes(quantity: str, label: str, groups: Mapping[str, Sequence[Predicted]]) -> Extremes:
    scored = {name: summary_of(own) for name, own in groups.items()}
    ordered = sorted(scored.items(), key=lambda item: item[1].mean_absolute_relative_error)
    differ = _differ([[abs(case.relative_error) for case in own] for own in groups.values()])
    held = [item for item in ordered if item[1].intervals >= FEW]
    least = min(held, key=lambda item: item[1].coverage or 0.0, default=None)
    lacks = least is not None and calibration(least[1].coverage or 0.0, least[1].intervals).high < NOMINAL
    best, worst = (ordered[0], ordered[-1]) if differ else (None, None)
    return Extremes(quantity, label, best, worst, least if lacks else None)


def _differ(groups: Sequence[Sequence[float]]) -> bool:
    """Tell whether groups differ by more than chance, by the ranks of their errors (Kruskal and Wallis 1952)."""
    from scipy.special import chdtrc

    sizes = np.array([len(own) for own in groups])
    _, inverse, counts = np.unique(
        np.concatenate([np.round(own, 9) for own in groups]), return_inverse=True, return_counts=True
    )
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]  # of equal errors the mean of theirs
    n = len(ranks)
    sums = np.add.reduceat(ranks, np.cumsum(sizes) - sizes)
    ties = 1 - float((counts.astype(float) ** 3 - counts).sum()) / (n**3 - n)
    if ties <= 0:  # all errors are equal
        return False
    height = (12 / (n * (n + 1)) * float((sums**2 / sizes).sum()) - 3 * (n + 1)) / ties
    return bool(chdtrc(len(groups) - 1, height) < CHANCE)


def with_hindsight(findings: Findings) -> Findings:
    """Add to every case with flat MFUs among its baselines the flat MFU that is best of all on these very cases.

    The best is the one with the least mean of |ln|. It has seen what it predicts, and no rule could be known to be it before.
    """
    rated = [case for case in findings.predicted if _flat(case)]
    if len(rated) < FEW:
        return findings
    factor = math.exp(float(np.median([math.log(case.published / _flat(case)) for case in rated])))
    added = {id(case): replace(case, baselines={**case.baselines, HINDSIGHT: factor * _flat(case)}) for case in rated}
    return Findings([added.get(id(case), case) for case in findings.predicted], findings.left_out)


def hindsight_mfu(predicted: Iterable[Predicted]) -> float:
    """Return the flat MFU (0 to 1) that is best in hindsight; NaN where there is none."""
    rated = (case for case in predicted if HINDSIGHT in case.baselines)
    return next((min(FLATS) * _flat(case) / case.baselines[HINDSIGHT] for case in rated), math.nan)


def _flat(case: Predicted) -> float:
    """Return what the least of the flat MFUs predicts; 0 where the case has none."""
    return case.baselines.get(FLATS[min(FLATS)], 0.0)


@dataclass(frozen=True)
class Calibration:
    """How often intervals held what they should.

    Parameters
    ----------
    n
        The number of intervals.
    observed
        The share (0 to 1) that held the published figure.
    low, high
        The ends of the 90% interval of the share of all such cases, by Wilson's rule.
    """

    n: int
    observed: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether the nominal share is within what so many cases can tell."""
        return self.low <= NOMINAL <= self.high


def calibration(share: float, n: int) -> Calibration:
    """Bound the share of all cases that intervals hold, from the share of n independent ones."""
    middle = (share + SURE**2 / (2 * n)) / (1 + SURE**2 / n)
    reach = SURE / (1 + SURE**2 / n) * math.sqrt(share * (1 - share) / n + SURE**2 / (4 * n * n))
    return Calibration(n, share, max(middle - reach, 0.0), min(middle + reach, 1.0))


def calibrations(groups: Mapping[str, ErrorSummary]) -> dict[str, Calibration]:
    """Bound the coverage of every group that has intervals."""
    return {name: calibration(item.coverage, item.intervals) for name, item in groups.items() if item.coverage is not None}


def deviates(cases: Iterable[Predicted]) -> list[float]:
    """Tell how far published figures lie from predictions, in standard deviations of the prediction's logarithm.

    P10 and P90 are taken as 1.28 of them below and above; cases without an interval are passed over.
    """
    result = []
    for case in cases:
        if case.low is None or case.high is None or not 0 < case.low < case.predicted < case.high:
            continue
        off = math.log(case.published / case.predicted)
        reach = math.log(case.high / case.predicted) if off > 0 else math.log(case.predicted / case.low)
        result.append(off / reach * normal_deviate((1 + NOMINAL) / 2))
    return result


def normal_deviate(share: float) -> float:
    """Return the standard normal deviate below which a share (0 to 1) lies."""
    return statistics.NormalDist().inv_cdf(share)

"""A test that is looked at after every round, with errors that are stated for all looks together.

Each round is one independent ratio of two versions. The errors are spent over the looks (Lan and DeMets 1983, with Bonferroni's
inequality between looks, which needs nothing of how they depend on each other): whenever it stops, it errs at most so often.
"""

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .levels import Change


class Finding(enum.StrEnum):
    """What a look says."""

    SLOWER = "slower"
    FASTER = "faster"
    SAME = "same"
    OPEN = "open"


@dataclass(frozen=True)
class SequentialTest:
    """When rounds are looked at, and how sure it is then.

    Attributes
    ----------
    looks
        After how many rounds, in order; three or more each.
    false_alarm
        The probability, over all looks, that two equal versions are called different.
    miss
        The probability, over all looks, that a slow-down as large as the threshold is called the same.
    tests
        How many benchmarks are tested together: ``false_alarm`` is that of all of them (Bonferroni).
    """

    looks: tuple[int, ...]
    false_alarm: float
    miss: float
    tests: int = 1

    @property
    def significance(self) -> float:
        """The two-sided significance of one look at one benchmark."""
        return self.false_alarm / len(self.looks) / self.tests

    def decide(self, rounds: Sequence[float], threshold: float, margin: float) -> Finding:
        """Decide by the rounds so far.

        Parameters
        ----------
        rounds
            Logarithms of ratios, candidate over baseline, one a round.
        threshold
            The share from which a change matters: smaller ones may be called the same.
        margin
            The share below which a change is called the same, however sure it is.
        """
        change = change_of(rounds)
        if change is None:
            return Finding.OPEN
        if change.p_value() < self.significance and abs(change.log) > math.log1p(margin):
            return Finding.SLOWER if change.log > 0 else Finding.FASTER
        return Finding.SAME if change.within(threshold, 1 - self.miss / len(self.looks)) else Finding.OPEN


def change_of(rounds: Sequence[float]) -> Change | None:
    """Take the change of rounds, by Student's t; None with fewer than two.

    Parameters
    ----------
    rounds
        Logarithms of ratios, candidate over baseline, one a round.
    """
    count = len(rounds)
    if count < 2:
        return None
    variance = max(float(np.var(rounds, ddof=1)), MIN_ROUND_VARIANCE) / count
    return Change(float(np.mean(rounds)), variance, float(count - 1))


MIN_ROUND_VARIANCE = 0.001**2  # three rounds that happen to agree to a hair must not decide

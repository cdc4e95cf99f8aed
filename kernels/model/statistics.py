"""Statistics of a quantity over what is uncertain, and promises: conditions that a statistic or a share of the draws must meet.

A quantile is the smallest value whose cumulative weight reaches the share, NumPy's ``inverted_cdf``. Shares are fractions, so
that 80% of 1,000 draws are 800 and not 801.
"""

import enum
import math
from dataclasses import dataclass
from fractions import Fraction

from .condition import Condition


class Measure(enum.Enum):
    """What a statistic takes of a quantity's values over the draws."""

    VALUE = "value"  # the one value of a quantity that no draw changes
    MEAN = "mean"
    QUANTILE = "quantile"


@dataclass(frozen=True)
class Statistic:
    """A quantity's mean or a quantile over the uncertain axes, or its one value where it depends on none.

    Parameters
    ----------
    quantity
        The quantity's name.
    measure
        What is taken of its values.
    share
        Of a quantile: from 0, the least value, to 1, the greatest.
    """

    quantity: str
    measure: Measure = Measure.VALUE
    share: Fraction = Fraction(0)

    def __str__(self) -> str:
        """Write the statistic as a study does: ``P50(cost)``, ``mean(cost)``, ``min(cost)``, ``cost``."""
        if self.measure is Measure.VALUE:
            return self.quantity
        if self.measure is Measure.MEAN:
            return f"mean({self.quantity})"
        ends = {Fraction(0): "min", Fraction(1): "max"}
        return f"{ends.get(self.share) or f'P{float(100 * self.share):g}'}({self.quantity})"

    def names(self) -> tuple[str, ...]:
        """List the one quantity that it is of."""
        return (self.quantity,)


@dataclass(frozen=True)
class ShareOfDraws:
    """The share of the draws, from 0 to 1, that meet some conditions at once: ``share(run_time <= 120 day and pue <= 1.2)``.

    Parameters
    ----------
    conditions
        What a draw must meet, all of it; a draw in which a quantity is NaN does not.
    """

    conditions: tuple[Condition, ...]

    def names(self) -> tuple[str, ...]:
        """List the quantities that are compared, each once."""
        return tuple(dict.fromkeys(name for condition in self.conditions for name in condition.names()))


def rank(share: Fraction, total: int) -> int:
    """Return the cumulative weight that a quantile's value reaches first, of whole weights: from 1 to ``total``."""
    return min(max(math.ceil(share * total), 1), total)


@dataclass(frozen=True)
class Promise:
    """A statistic that must compare with a bound: ``P80(run_time) <= 120 day``.

    Parameters
    ----------
    statistic
        A mean or a quantile.
    op
        One of ``COMPARISONS`` (see comparisons.py).
    value
        A number in the quantity's base unit, or the name of a quantity that no draw changes.
    """

    statistic: Statistic
    op: str
    value: float | str

    def on_a_draw(self) -> tuple[Condition, ...]:
        """Give the condition that a single draw meets or not."""
        return (Condition(self.statistic.quantity, self.op, self.value),)

    def names(self) -> tuple[str, ...]:
        """List the quantities that are compared."""
        return self.on_a_draw()[0].names()


@dataclass(frozen=True)
class SharePromise:
    """A share of the draws that must meet some conditions at once: ``share(run_time <= 120 day and cost <= 1e7 USD) >= 95%``.

    Parameters
    ----------
    conditions
        What a draw must meet, all of it; a draw in which a quantity is NaN does not.
    op
        One of ``COMPARISONS``.
    share
        From 0 to 1.
    """

    conditions: tuple[Condition, ...]
    op: str
    share: Fraction

    def on_a_draw(self) -> tuple[Condition, ...]:
        """Give the conditions that a single draw meets or not."""
        return self.conditions

    def names(self) -> tuple[str, ...]:
        """List the quantities that are compared."""
        return ShareOfDraws(self.conditions).names()


AnyPromise = Promise | SharePromise


def at_confidence(promise: AnyPromise, confidence: Fraction) -> AnyPromise:
    """Ask a promise at another confidence: that a share of the draws meets it. One about a mean has none, and stays.

    Parameters
    ----------
    promise
        What is promised.
    confidence
        The share of the draws, from 0 to 1.
    """
    if is_mean(promise):
        return promise
    return SharePromise(promise.on_a_draw(), ">=", confidence)


def is_mean(promise: AnyPromise) -> bool:
    """Tell whether a promise is about a mean: that is compared as it is, no draw meets it or not, and it has no confidence."""
    return isinstance(promise, Promise) and promise.statistic.measure is Measure.MEAN

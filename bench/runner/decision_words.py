"""What decisions come to in words: shares of the draws, conditions, and by how much they are missed."""

from fractions import Fraction

from ...kernels.model.condition import Condition
from ...kernels.model.promises import is_upper
from ...kernels.model.quantity import Model
from ...kernels.model.statistics import AnyPromise, SharePromise
from ..study.conditions import show, show_promise
from ..terminal import numbers

ROUNDING = 1e-6  # values of engines in float32 are no more exact


def percent(share: float) -> str:
    """Write a share from 0 to 1 in percent, to three digits; what is not all is not called 100%."""
    text = numbers.share(share)
    return ">99.9%" if text == "100%" and share < 1 else text


def comparison_words(comparison: Condition | AnyPromise, model: Model) -> str:
    """Write a condition or a promise: ``P80 of run time <= 120 days``, ``cost <= 5 million USD in at least 95% of draws``."""
    return show(comparison, model) if isinstance(comparison, Condition) else show_promise(comparison, model)


def miss_words(comparison: Condition | AnyPromise, value: float, bound: float | Fraction) -> str:
    """Say by how much a value misses a bound: ``9.2% over``, ``3.1 percentage points short``.

    Empty where it keeps the bound, or is within rounding of it.

    Parameters
    ----------
    comparison
        One that can be missed by a little.
    value, bound
        In one unit; of a share of the draws from 0 to 1.
    """
    limit, upper = float(bound), is_upper(comparison.op)
    over = value - limit if upper else limit - value
    if over <= ROUNDING * abs(limit):
        return ""
    if isinstance(comparison, SharePromise):
        return f"{numbers.number(100 * over, 2)} percentage points {'too many' if upper else 'short'}"
    if not limit:
        return "above 0" if upper else "below 0"
    return f"{numbers.number(100 * over / abs(limit), 2)}% {'over' if upper else 'under'}"

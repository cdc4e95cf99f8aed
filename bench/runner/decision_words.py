"""A decision in words: what is asked, what is promised, and what no decision meets."""

from collections.abc import Sequence
from fractions import Fraction

from ...kernels.model.condition import Condition
from ...kernels.model.promises import is_mean, is_upper
from ...kernels.model.quantity import Model
from ...kernels.model.questions import Decision
from ...kernels.model.statistics import AnyPromise, Promise, SharePromise, Statistic
from ..study.conditions import show
from ..terminal import numbers

_SHARES = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than", "==": "exactly", "!=": "other than"}
ROUNDING = 1e-6  # values of engines in float32 are no more exact
_NAMES = {"min": "minimum", "max": "maximum"}


def statistic_words(statistic: Statistic) -> str:
    """Name a statistic: ``P50 of cost``, ``mean of cost``, and ``cost`` where no draw changes it."""
    measure, _, rest = str(statistic).partition("(")
    return f"{_NAMES.get(measure, measure)} of {statistic.quantity}" if rest else measure


def percent(share: float) -> str:
    """Write a share from 0 to 1 in percent, to three digits; what is not all is not called 100%."""
    text = f"{100 * share:.3g}"
    return ">99.9%" if text == "100" and share < 1 else f"{text}%"


def conditions_words(conditions: Sequence[Condition], model: Model) -> str:
    """Join conditions on one draw: ``run_time <= 120 days and cost <= 5 million USD``."""
    return " and ".join(dict.fromkeys(show(condition, model) for condition in conditions))


def comparison_words(comparison: Condition | AnyPromise, model: Model) -> str:
    """Write a condition or a promise: ``P80 of run_time <= 120 days``, ``cost <= 5 million USD in at least 95% of draws``."""
    if isinstance(comparison, Condition):
        return show(comparison, model)
    if isinstance(comparison, Promise):
        condition = show(comparison.on_a_draw()[0], model)
        return statistic_words(comparison.statistic) + condition.removeprefix(comparison.statistic.quantity)
    share = f"{_SHARES[comparison.op]} {percent(float(comparison.share))}"
    return f"{conditions_words(comparison.conditions, model)} in {share} of draws"


def with_promises(text: str, question: Decision, model: Model) -> str:
    """Add a question's conditions to what is asked: ``least P50 of cost where P80 of run_time <= 120 days``.

    Parameters
    ----------
    text
        What is asked, without conditions.
    question
        Whose promises and conditions.
    model
        The quantities that they name.
    """
    sure = [promise for promise in question.promises if question.confidences and not is_mean(promise)]
    rest = [*(promise for promise in question.promises if promise not in sure), *question.where]
    clauses = [comparison_words(comparison, model) for comparison in rest]
    if sure:
        conditions = ", ".join(conditions_words(promise.on_a_draw(), model) for promise in sure)
        shares = _either([percent(float(share)) for share in question.confidences])
        clauses.append(f"{conditions}{', each' if len(sure) > 1 else ''} in at least {shares} of draws")
    return f"{text} where {', '.join(clauses)}" if clauses else text


def _either(texts: Sequence[str]) -> str:
    return " or ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


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
    by = f"{numbers.number(100 * over / abs(limit), 2)}%" if limit else numbers.number(over, 2)
    return f"{by} {'over' if upper else 'under'}"

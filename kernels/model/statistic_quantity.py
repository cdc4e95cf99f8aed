"""Statistics as quantities of a model: named as they are asked for, in the unit of what they are of."""

import operator
from dataclasses import dataclass, field
from typing import Any

from .comparisons import COMPARISONS
from .operations import where
from .quantity import Model, Quantity
from .statistics import ShareOfDraws, Statistic
from .units import PERCENT

Taken = Statistic | ShareOfDraws  # what is taken of the draws


@dataclass(frozen=True)
class StatisticQuantity(Quantity):
    """A statistic over draws as a quantity. Its formula gives what it is on a single draw: the value, or whether that meets.

    Parameters
    ----------
    taken
        What is taken of the draws.
    """

    taken: Taken = field(kw_only=True)


def statistic_quantity(statistic: Statistic, model: Model) -> StatisticQuantity:
    """Make a quantity of a mean or a quantile, named ``P50(cost)``.

    Parameters
    ----------
    statistic
        The statistic.
    model
        The quantities that it is of.
    """
    of, name = model[statistic.quantity], str(statistic)
    taken, _, _ = name.rpartition("(")
    doc = f"The {taken} of {of.name} over what is uncertain."
    return StatisticQuantity(
        name, of.unit, "statistic over draws", doc, lambda value: value, (of.name,), show=of.show, taken=statistic
    )


def share_quantity(share: ShareOfDraws, name: str) -> StatisticQuantity:
    """Make a quantity of a share of the draws, a plain number from 0 to 1.

    Parameters
    ----------
    share
        The share.
    name
        What it is called.
    """
    names = share.names()

    def formula(*values: Any) -> Any:
        by_name, result = dict(zip(names, values, strict=True)), 1.0
        for condition in share.conditions:
            sides = [by_name[name] for name in condition.names()]
            left, right = sides if len(sides) > 1 else (*sides, condition.value)
            met = getattr(operator, COMPARISONS[condition.op].op)(left, right)  # as formulas compare
            for side in sides:
                met = met & (side == side)  # a NaN meets nothing, not even !=
            result = result * where(met, 1.0, 0.0)
        return result

    doc = "A share of the draws."
    return StatisticQuantity(name, "", "statistic over draws", doc, formula, names, show=PERCENT, taken=share)

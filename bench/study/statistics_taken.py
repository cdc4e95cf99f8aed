"""What statistics beside other quantities mean once the grid is known: over which draws each of them is taken.

In a front a quantity that stands as it is means its median, since a front is of decisions. Elsewhere it is the quantity of
single points, draws included.
"""

from dataclasses import dataclass, field, replace

from ...kernels.model.condition import Condition
from ...kernels.model.questions import Histogram, Pareto, Quantiles, Sensitivity, Summary, Table
from ...kernels.model.statistic_quantity import StatisticQuantity, share_quantity, statistic_quantity
from ...kernels.model.statistics import Promise, ShareOfDraws, Statistic
from ...kernels.reductions.over_draws import OverDraws
from .conditions import show, written
from .resolution import HALF, ResolutionError, Resolved, Setting, StatisticReading, listed
from .statistic_text import SHARE


@dataclass
class _Taking(StatisticReading):
    """A question as its statistics are taken."""

    medians_of_bare: bool = False  # whether a quantity that stands as it is means its median
    statistics: dict[str, tuple[StatisticQuantity, OverDraws]] = field(default_factory=dict)

    def name(self, name: str, key: str) -> str:
        """Take what is named, and say what it is called from now on."""
        item = self.setting.problem.model[name]
        if isinstance(item, StatisticQuantity):
            if isinstance(item.taken, Statistic):
                self.is_of_draws(item.taken, key)
            else:
                self.is_share_of_draws(item.taken.conditions, key)
            return self._take(item)
        if self.medians_of_bare and self.setting.is_uncertain(name):
            return self._take(statistic_quantity(self.median(name), self.setting.problem.model))
        return name

    def condition(self, condition: Condition) -> Condition:
        """Take what a condition compares."""
        key, right = self.key("where"), condition.value
        item = self.setting.problem.model[condition.quantity]
        if isinstance(item, StatisticQuantity):
            if isinstance(item.taken, Statistic):
                self.refuse_uncertain_bound(Promise(item.taken, condition.op, right), key)
        elif self.medians_of_bare and isinstance(right, str) and self.setting.is_uncertain(right):
            self.halves.append(show(condition, self.setting.problem.model))
            shown = written(condition, self.setting.problem.model)
            return Condition(self._take(share_quantity(ShareOfDraws((condition,)), f"{SHARE}({shown})")), ">=", float(HALF))
        return replace(condition, quantity=self.name(condition.quantity, key))

    def conditions(self) -> tuple[Condition, ...]:
        """Take what the question's conditions compare."""
        return tuple(self.condition(condition) for condition in self.setting.question.where)

    def _take(self, item: StatisticQuantity) -> str:
        """Take a statistic over the uncertain axes that change it; over none where an override made it certain."""
        axes = tuple(self.setting.problem.grid.axes[i] for i in sorted(self.setting.axes(item.taken.names())))
        over = OverDraws(item.taken, axes)
        other, name = self.setting.named.get(item.name), item.name
        if other is not None and other.drawn != over.drawn:  # of a question that keeps other axes
            name = f"{name} over {listed([axis.name for axis in axes])}"
        self.statistics[name] = replace(item, name=name), over
        return name

    def resolved(self, question: Summary | Quantiles | Histogram | Sensitivity | Pareto | Table) -> Resolved:
        """Say what the question means, and what was taken."""
        return Resolved(question, self.notes(), tuple(self.statistics.values()))


def take_one(question: Summary | Quantiles | Histogram | Sensitivity, setting: Setting) -> Resolved:
    """Take the statistics of a question of one quantity.

    Parameters
    ----------
    question
        As it is written, its statistics quantities of the model.
    setting
        What tells which quantities are uncertain.

    Raises
    ------
    ResolutionError
        For a statistic of a quantity that no draw changes, or one that is compared with a quantity that draws change.
    """
    taking = _Taking(setting)
    quantity = taking.name(question.quantity, taking.key(question.kind))
    return taking.resolved(replace(question, quantity=quantity, where=taking.conditions()))


def take_several(question: Table, setting: Setting) -> Resolved:
    """Take the statistics of a table: see `take_one`.

    Parameters
    ----------
    question, setting
        As there.

    Raises
    ------
    ResolutionError
        As there.
    """
    taking = _Taking(setting)
    quantities = tuple(taking.name(name, taking.key(question.kind)) for name in question.quantities)
    return taking.resolved(replace(question, quantities=quantities, where=taking.conditions()))


def take_medians(question: Pareto, setting: Setting) -> Resolved:
    """Take the statistics of a front, which decides: what stands as it is means its median where draws change it.

    Parameters
    ----------
    question, setting
        As in `take_one`.

    Raises
    ------
    ResolutionError
        As there, and where both quantities mean the same.
    """
    taking = _Taking(setting, medians_of_bare=True)
    key = taking.key(question.kind)
    first, second = (taking.name(name, key) for name in question.quantities)
    if first == second:
        raise ResolutionError(f"{key}: {' and '.join(question.quantities)} both mean {first}; name two quantities")
    return taking.resolved(replace(question, quantities=(first, second), where=taking.conditions()))

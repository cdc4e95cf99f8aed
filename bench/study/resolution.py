"""What a question means once its grid is known: which of its quantities are uncertain, and what is then taken of them.

A bare quantity that depends on what is uncertain means its median.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from ...kernels.model.condition import Condition
from ...kernels.model.evaluate import dependence
from ...kernels.model.questions import Problem, Question
from ...kernels.model.statistic_quantity import StatisticQuantity
from ...kernels.model.statistics import Measure, Promise, Statistic
from ...kernels.reductions.over_draws import OverDraws
from ...kernels.validation.type_parts import Place
from ..errors import StudyError
from .conditions import show_share, written
from .fields import key_text

HALF = Fraction(1, 2)


class ResolutionError(StudyError):
    """A statistic is asked of what is not uncertain, or the other way round; the message starts with the key."""


@dataclass(frozen=True)
class Setting:
    """A question in its study.

    Attributes
    ----------
    question
        As it is written.
    place
        Its key.
    problem
        The study's.
    freed
        Quantities that an override holds in place of an uncertain axis.
    named
        The statistics that questions before it ask for, by what they are called.
    """

    question: Question
    place: Place
    problem: Problem
    freed: frozenset[str] = frozenset()
    named: Mapping[str, OverDraws] = field(default_factory=dict)

    @cached_property
    def reduced(self) -> frozenset[int]:
        """The positions of the uncertain axes that the question does not keep."""
        axes = enumerate(self.problem.grid.axes)
        return frozenset(i for i, axis in axes if axis.uncertain and axis.name not in self.question.by)

    @cached_property
    def _axes_of(self) -> dict[str, frozenset[int]]:
        return dependence(self.problem, self.question.targets())

    @cached_property
    def matter(self) -> frozenset[int]:
        """The positions of the axes that the question depends on."""
        return frozenset[int]().union(*self._axes_of.values())

    def axes(self, names: Iterable[str]) -> frozenset[int]:
        """Find the positions of the uncertain axes, not kept, that any of some quantities depends on."""
        return frozenset[int]().union(*(self._axes_of[name] for name in names)) & self.reduced

    def is_uncertain(self, name: str) -> bool:
        """Tell whether a quantity depends on an uncertain axis that is not kept."""
        return bool(self.axes((name,)))

    def is_freed(self, name: str) -> bool:
        """Tell whether a quantity would depend on one if an override held nothing."""
        order = self.problem.model.order([name], self.problem.held()) if self.freed else ()
        return any(item.name in self.freed for item in order)

    def axis_names(self, positions: Iterable[int]) -> str:
        """List the names of some axes, in the grid's order."""
        return listed([self.problem.grid.axes[i].name for i in sorted(positions)])


@dataclass(frozen=True)
class Resolved:
    """What a question means, and what a reader should know of how it was read.

    Attributes
    ----------
    question
        With what it means in place of what is written.
    notes
        A line for each thing to know.
    statistics
        Those that it asks for as quantities: a decision keeps its own.
    """

    question: Question
    notes: tuple[str, ...] = ()
    statistics: tuple[tuple[StatisticQuantity, OverDraws], ...] = ()


def listed(names: Sequence[str]) -> str:
    """Join words: ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def weights_note(settings: Iterable[Setting]) -> tuple[str, ...]:
    """Say which questions count every scenario alike although an uncertain axis that they reduce has weights.

    Parameters
    ----------
    settings
        Those of the questions that count points, as they were resolved, in a problem that holds their statistics.
    """
    names, weighed = [], set[str]()
    for setting in settings:
        axes = {i for i in setting.axes(setting.question.targets()) if setting.problem.grid.axes[i].weights is not None}
        if axes:
            names.append(setting.question.name)
            weighed |= {setting.problem.grid.axes[i].name for i in axes}
    if not names:
        return ()
    return (
        f"{listed(names)}: every scenario counts alike; the weights of {listed(sorted(weighed))} count in statistics "
        "(P50, mean, share)",
    )


@dataclass
class StatisticReading:
    """A question as it is read, and what there is to say of it."""

    setting: Setting
    medians: list[str] = field(default_factory=list)  # quantities of which the median is taken
    halves: list[str] = field(default_factory=list)  # conditions that are to hold in half of the draws
    settled: list[str] = field(default_factory=list)  # quantities that an override made certain

    def median(self, quantity: str) -> Statistic:
        """Take the median of a quantity that stands as it is."""
        self.medians.append(quantity)
        return Statistic(quantity, Measure.QUANTILE, HALF)

    def is_of_draws(self, statistic: Statistic, key: str) -> bool:
        """Tell whether draws change what a statistic is of; that no draw does is an override's doing, and noted.

        Parameters
        ----------
        statistic
            A mean or a quantile.
        key
            Where it stands.

        Raises
        ------
        ResolutionError
            For one that no draw would change without an override either.
        """
        quantity = statistic.quantity
        if self.setting.is_uncertain(quantity):
            return True
        if not self.setting.is_freed(quantity):
            raise ResolutionError(
                f"{key}: {statistic}: {quantity} depends on no uncertain axis that is not kept; write {quantity}"
            )
        self.settled.append(quantity)
        return False

    def is_share_of_draws(self, conditions: Sequence[Condition], key: str, *, may_settle: bool = True) -> bool:
        """Tell whether draws change whether conditions are met; that no draw does is an override's doing, and noted.

        Parameters
        ----------
        conditions
            What a draw meets or not.
        key
            Where they stand.
        may_settle
            Whether what is asked of their share can be asked of one draw.

        Raises
        ------
        ResolutionError
            For those that no draw would change without an override either, or that cannot be asked of one.
        """
        names = [name for condition in conditions for name in condition.names()]
        if self.setting.axes(names):
            return True
        freed = [name for name in names if self.setting.is_freed(name)]
        if freed and may_settle:
            self.settled += freed
            return False
        shown = " and ".join(written(condition, self.setting.problem.model) for condition in conditions)
        fault = "depends" if len(conditions) == 1 else "depend"
        raise ResolutionError(f"{key}: share(...): {shown} {fault} on no uncertain axis that is not kept; leave share(...) out")

    def refuse_uncertain_bound(self, promise: Promise, key: str) -> None:
        """Refuse a statistic that is compared with a quantity that draws change.

        Parameters
        ----------
        promise
            The comparison.
        key
            Where it stands.

        Raises
        ------
        ResolutionError
            With what to write instead.
        """
        right = promise.value
        if isinstance(right, str) and self.setting.is_uncertain(right):
            axes, (condition,) = self.setting.axis_names(self.setting.axes((right,))), promise.on_a_draw()
            instead = f"share({written(condition, self.setting.problem.model)}) >= {show_share(_confidence_of(promise))}"
            raise ResolutionError(
                f"{key}: {promise.statistic}: {right} on the right depends on what is uncertain ({axes}); write "
                f"{instead}, which compares them draw by draw"
            )

    def key(self, name: str) -> str:
        """Name a key of the question."""
        return key_text((*self.setting.place, name))

    def _words(self, names: Sequence[str]) -> str:
        model = self.setting.problem.model
        return listed([model[name].wording if name in model else name for name in names])

    def notes(self) -> tuple[str, ...]:
        """Say how the question was read, where that is not how it is written."""
        medians, settled = list(dict.fromkeys(self.medians)), list(dict.fromkeys(self.settled))
        said = []
        if medians:
            axes = self.setting.axis_names(self.setting.axes(medians))
            verb, taken = ("depends", "its median is") if len(medians) == 1 else ("depend", "their medians are")
            said.append(f"{self._words(medians)} {verb} on what is uncertain ({axes}); {taken} taken (P50)")
        if self.halves:
            verb = "holds" if len(self.halves) == 1 else "hold"
            said.append(f"{listed(self.halves)} {verb} in at least half of the draws")
        if settled:
            verb, its = ("depends", "its") if len(settled) == 1 else ("depend", "their")
            held = self._words(sorted(self.setting.freed))
            said.append(f"{self._words(settled)} {verb} on nothing uncertain now that {held} is held; {its} value is taken")
        return (f"{self.setting.question.name}: {'; '.join(said)}",) if said else ()


def _confidence_of(promise: Promise) -> Fraction:
    """Find the share of the draws of which a statistic's comparison speaks, for a suggestion: a mean's is half."""
    share = promise.statistic.share
    if promise.statistic.measure is Measure.MEAN or promise.op in ("==", "!="):
        return HALF
    return share if promise.op in ("<=", "<") else 1 - share

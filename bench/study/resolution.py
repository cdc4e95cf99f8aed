"""What a question means once its grid is known: which of its quantities are uncertain, and what is then taken of them.

A bare quantity that depends on what is uncertain means its median.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from ...kernels.model.condition import Condition
from ...kernels.model.evaluate import dependence
from ...kernels.model.questions import Best, Decision, Problem, Question
from ...kernels.model.statistics import AnyPromise, Measure, Promise, SharePromise, Statistic, has_confidence
from ...kernels.validation.type_parts import Place
from ..errors import StudyError
from .conditions import Clause, show, show_share
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
    """

    question: Question
    place: Place
    problem: Problem
    freed: frozenset[str] = frozenset()

    @cached_property
    def reduced(self) -> frozenset[int]:
        """The positions of the uncertain axes that the question does not keep."""
        axes = enumerate(self.problem.grid.axes)
        return frozenset(i for i, axis in axes if axis.uncertain and axis.name not in self.question.by)

    @cached_property
    def _axes_of(self) -> dict[str, frozenset[int]]:
        return dependence(self.problem, self.question.targets())

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
    """What a question means, and what a reader should know of how it was read."""

    question: Question
    notes: tuple[str, ...] = ()


def listed(names: Sequence[str]) -> str:
    """Join words: ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def keep(question: Question, setting: Setting) -> Resolved:
    """Take a question as it is written."""
    return Resolved(question)


def note_single_points(question: Question, setting: Setting) -> Resolved:
    """Take a question whose points are single scenarios as it is written, and say so where draws are among what they are of."""
    axes = setting.axes(question.targets())
    if not axes:
        return Resolved(question)
    return Resolved(
        question, (f"{question.name}: its points are single scenarios, and so single draws of {setting.axis_names(axes)}",)
    )


def weights_note(settings: Iterable[Setting]) -> tuple[str, ...]:
    """Say which questions count every scenario alike although an uncertain axis that they reduce has weights.

    Parameters
    ----------
    settings
        Those of the questions in which weights do not count.
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
        f"{listed(names)}: every scenario counts alike; the weights of {listed(sorted(weighed))} count in the statistics of "
        "minimize and maximize",
    )


def decide(question: Decision, setting: Setting) -> Resolved:
    """Resolve a question that optimises: into a Best where nothing that it asks depends on an uncertain axis that is not kept.

    Parameters
    ----------
    question
        As it is written: bare quantities are values, and conditions on them stand in ``where``.
    setting
        What tells which quantities are uncertain.

    Raises
    ------
    ResolutionError
        For a statistic of a quantity that no draw changes, or one that is compared with a quantity that draws change.
    """
    reading = _Reading(question, setting)
    objective = reading.objective()
    clauses = [reading.condition(condition) for condition in question.where]
    for promise in question.promises:
        clauses += reading.promise(promise)
    where = tuple(clause for clause in clauses if isinstance(clause, Condition))
    promises = tuple(clause for clause in clauses if not isinstance(clause, Condition))
    confidences = reading.confidences(promises)
    if objective.measure is Measure.VALUE and not promises:
        best = Best(name=question.name, by=question.by, where=where, objective=objective.quantity, maximize=question.maximize)
        return Resolved(best, reading.notes())
    decision = replace(question, where=where, objective=objective, promises=promises, confidences=confidences)
    return Resolved(decision, reading.notes())


@dataclass
class _Reading:
    """A decision as it is read, and what there is to say of it."""

    question: Decision
    setting: Setting
    medians: list[str] = field(default_factory=list)  # quantities of which the median is taken
    halves: list[str] = field(default_factory=list)  # conditions that are to hold in half of the draws
    settled: list[str] = field(default_factory=list)  # quantities that an override made certain

    def objective(self) -> Statistic:
        statistic = self.question.objective
        if statistic.measure is not Measure.VALUE:
            return statistic if self.is_of_draws(statistic, self.key_of_objective) else Statistic(statistic.quantity)
        return self.median(statistic.quantity) if self.setting.is_uncertain(statistic.quantity) else statistic

    def condition(self, condition: Condition) -> Clause:
        """Read a bare condition."""
        right = condition.value
        if isinstance(right, str) and self.setting.is_uncertain(right):
            if not self.question.confidences:
                self.halves.append(show(condition, self.setting.problem.model))
            return SharePromise((condition,), ">=", HALF)
        if not self.setting.is_uncertain(condition.quantity):
            return condition
        if self.question.confidences:  # which say what is taken of it
            return Promise(Statistic(condition.quantity, Measure.QUANTILE, HALF), condition.op, right)
        return Promise(self.median(condition.quantity), condition.op, right)

    def promise(self, promise: AnyPromise) -> Sequence[Clause]:
        """Read a condition on a statistic or a share; one on what an override made certain is a plain condition."""
        if isinstance(promise, SharePromise):
            return self.share(promise)
        if not self.is_of_draws(promise.statistic, self.key("where")):
            return promise.on_a_draw()
        right = promise.value
        if isinstance(right, str) and self.setting.is_uncertain(right):
            axes, (condition,) = self.setting.axis_names(self.setting.axes((right,))), promise.on_a_draw()
            instead = f"share({show(condition, self.setting.problem.model)}) >= {show_share(_confidence_of(promise))}"
            raise ResolutionError(
                f"{self.key('where')}: {promise.statistic}: {right} on the right depends on what is uncertain ({axes}); write "
                f"{instead}, which compares them draw by draw"
            )
        return (promise,)

    def share(self, promise: SharePromise) -> Sequence[Clause]:
        if self.setting.axes(promise.names()):
            return (promise,)
        shown = " and ".join(show(condition, self.setting.problem.model) for condition in promise.conditions)
        freed = [name for name in promise.names() if self.setting.is_freed(name)]
        if freed and (promise.op == ">" or (promise.op == ">=" and promise.share > 0)):
            self.settled += freed
            return promise.conditions
        fault = "depends" if len(promise.conditions) == 1 else "depend"
        raise ResolutionError(
            f"{self.key('where')}: share(...): {shown} {fault} on no uncertain axis that is not kept; leave share(...) out"
        )

    def confidences(self, promises: Sequence[AnyPromise]) -> tuple[Fraction, ...]:
        """Check that the confidences that are asked for change something."""
        at = self.key("at")
        if not self.question.confidences:
            return ()
        if not promises and self.settled:
            return ()
        asked = "asks the conditions at several confidences"
        if not promises:
            raise ResolutionError(f"{at}: {asked}, and none depends on an uncertain axis")
        if not any(map(has_confidence, promises)):
            raise ResolutionError(f"{at}: {asked}, and a mean has none")
        for promise in promises:
            if isinstance(promise, SharePromise) and promise.op not in (">=", ">"):
                raise ResolutionError(
                    f"{at}: asks for shares that are at least so large, and share(...) {promise.op} "
                    f"{show_share(promise.share)} bounds one otherwise; write the opposite condition"
                )
        return self.question.confidences

    def median(self, quantity: str) -> Statistic:
        self.medians.append(quantity)
        return Statistic(quantity, Measure.QUANTILE, HALF)

    def is_of_draws(self, statistic: Statistic, key: str) -> bool:
        """Tell whether draws change what a statistic is of; refuse one that none changes but for an override."""
        quantity = statistic.quantity
        if self.setting.is_uncertain(quantity):
            return True
        if not self.setting.is_freed(quantity):
            raise ResolutionError(
                f"{key}: {statistic}: {quantity} depends on no uncertain axis that is not kept; write {quantity}"
            )
        self.settled.append(quantity)
        return False

    @property
    def key_of_objective(self) -> str:
        return self.key("maximize" if self.question.maximize else "minimize")

    def key(self, name: str) -> str:
        return key_text((*self.setting.place, name))

    def notes(self) -> tuple[str, ...]:
        medians, settled = list(dict.fromkeys(self.medians)), list(dict.fromkeys(self.settled))
        said = []
        if medians:
            axes = self.setting.axis_names(self.setting.axes(medians))
            verb, taken = ("depends", "its median is") if len(medians) == 1 else ("depend", "their medians are")
            said.append(f"{listed(medians)} {verb} on what is uncertain ({axes}); {taken} taken (P50)")
        if self.halves:
            verb = "holds" if len(self.halves) == 1 else "hold"
            said.append(f"{listed(self.halves)} {verb} in at least half of the draws")
        if settled:
            verb, its = ("depends", "its") if len(settled) == 1 else ("depend", "their")
            held = listed(sorted(self.setting.freed))
            said.append(f"{listed(settled)} {verb} on nothing uncertain now that {held} is held; {its} value is taken")
        return (f"{self.question.name}: {'; '.join(said)}",) if said else ()


def _confidence_of(promise: Promise) -> Fraction:
    """Find the share of the draws of which a statistic's comparison speaks, for a suggestion: a mean's is half."""
    share = promise.statistic.share
    if promise.statistic.measure is Measure.MEAN or promise.op in ("==", "!="):
        return HALF
    return share if promise.op in ("<=", "<") else 1 - share

"""Questions that choose: their objective, conditions and confidences, once it is known what is uncertain."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ...kernels.model.condition import Condition
from ...kernels.model.questions import Best, Decision
from ...kernels.model.statistics import AnyPromise, Measure, Promise, SharePromise, Statistic, is_mean
from ..prior.drawn_inputs import known_inputs, shown_name
from .conditions import Clause, show, show_promise, show_share
from .resolution import HALF, ResolutionError, Resolved, Setting, StatisticReading, listed


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
    reading = _DecisionReading(setting, question=question)
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
    chosen = frozenset(condition.quantity for condition in where) & set(setting.problem.grid.column_axis)
    decision = replace(question, where=where, objective=objective, promises=promises, confidences=confidences, chosen=chosen)
    return Resolved(decision, reading.notes())


@dataclass
class _DecisionReading(StatisticReading):
    """A decision as it is read."""

    question: Decision = field(kw_only=True)
    stated: list[AnyPromise] = field(default_factory=list)  # promises that are written with a confidence
    replaced: list[AnyPromise] = field(default_factory=list)  # those of them that `at` asks at others

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
            may_settle = promise.op == ">" or (promise.op == ">=" and promise.share > 0)
            drawn = self.is_share_of_draws(promise.conditions, self.key("where"), may_settle=may_settle)
            self.stated += [promise] if drawn else []
            return (promise,) if drawn else promise.conditions
        if not self.is_of_draws(promise.statistic, self.key("where")):
            return promise.on_a_draw()
        self.refuse_uncertain_bound(promise, self.key("where"))
        self.stated.append(promise)
        return (promise,)

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
        if all(map(is_mean, promises)):
            raise ResolutionError(f"{at}: {asked}, and a mean has none")
        for promise in promises:
            if isinstance(promise, SharePromise) and promise.op not in (">=", ">"):
                raise ResolutionError(
                    f"{at}: asks for shares that are at least so large, and share(...) {promise.op} "
                    f"{show_share(promise.share)} bounds one otherwise; write the opposite condition"
                )
        self.replaced = [promise for promise in promises if promise in self.stated and not is_mean(promise)]
        return self.question.confidences

    def notes(self) -> tuple[str, ...]:
        said = super().notes()
        if self.replaced:
            model, name = self.setting.problem.model, self.setting.question.name
            written = listed([show_promise(promise, model) for promise in self.replaced])
            said += (f"{name}: at takes the place of the confidence that is written: {written}",)
        return said + self._luck()

    def _luck(self) -> tuple[str, ...]:
        """Say which inputs the question chooses that are drawn of a run that nobody has made: they are no choices."""
        unknown = {"mfu", *known_inputs()} - {"sequence_length"}  # how long sequences are is chosen
        grid, by, matter = self.setting.problem.grid, self.setting.question.by, self.setting.matter
        lucky = [
            shown_name(column)
            for i, axis in enumerate(grid.axes)
            if i in matter and not axis.uncertain and axis.name not in by and axis.labels is None and len(axis) > 1
            for column in axis.columns
            if column in unknown
        ]
        if not lucky:
            return ()
        them = "it" if len(lucky) == 1 else "them"
        return (
            f"{self.setting.question.name}: chooses {listed(lucky)}, as if somebody could; `uncertain = true` on an axis takes "
            f"statistics over {them} instead",
        )

    @property
    def key_of_objective(self) -> str:
        return self.key("maximize" if self.question.maximize else "minimize")

"""How each kind of question is described and planned: in words, pass by pass, and answered where an engine is timed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...kernels.analysis.roofline import Load, loads
from ...kernels.model.questions import (
    Best,
    Histogram,
    Pareto,
    Problem,
    Quantiles,
    Question,
    Sensitivity,
    Summary,
    Table,
)
from ...kernels.plan.plan import Plan
from ...kernels.plan.sharing import leader
from ..runner.kinds import direction

Planner = Callable[[Problem, Question], Plan]
Passes = tuple[Plan, tuple[Load, ...]]  # the plan that is shown, and every pass of the question


def _one_plan(problem: Problem, question: Question, family: Sequence[Question], planner: Planner) -> Passes:
    """Plan a question whose passes have one plan. A pass that a family shares is its first question's."""
    plan = planner(problem, question)
    if len(family) == 1:
        return plan, loads(plan)
    first = loads(planner(problem, leader(family)), family=family)[:1] if question is family[0] else ()
    return plan, (*first, *loads(plan)[1:])


def _summaries(problem: Problem, question: Sensitivity, family: Sequence[Question], planner: Planner) -> Passes:
    """Plan a sensitivity: it is some summaries, each with a plan of its own."""

    def summary(*further: str) -> Summary:
        by = (*question.by, *further)
        return Summary(name=question.name, quantity=question.quantity, where=question.where, by=by)

    plan = planner(problem, summary())
    (whole,) = loads(plan)
    passes = [whole, replace(whole, name="spread")]
    for axis in problem.grid.axes:
        if axis.name not in question.by:
            passes += [replace(load, name=f"by {axis.name}") for load in loads(planner(problem, summary(axis.name)))]
    return plan, tuple(passes)


def _run(prepared: Any) -> None:
    prepared.run()


def _walk(prepared: Any) -> None:
    for _ in prepared.chunks():
        pass


def _kind_word(question: Question) -> str:
    return question.kind


@dataclass(frozen=True)
class PlannedKind:
    """How questions of a kind are described and planned.

    Attributes
    ----------
    word
        Names in a word what is asked of the quantities: ``least``, ``summary``.
    passes
        Makes the plan that is shown and what each pass of a question costs, among the questions that may share one.
    compute
        Computes all of an answer, for its time.
    """

    word: Callable[[Any], str]
    passes: Callable[[Problem, Any, Sequence[Question], Planner], Passes]
    compute: Callable[[Any], None]


KINDS: Mapping[type[Question], PlannedKind] = {
    Best: PlannedKind(word=direction, passes=_one_plan, compute=_run),
    Summary: PlannedKind(word=_kind_word, passes=_one_plan, compute=_run),
    Quantiles: PlannedKind(word=_kind_word, passes=_one_plan, compute=_run),
    Histogram: PlannedKind(word=_kind_word, passes=_one_plan, compute=_run),
    Sensitivity: PlannedKind(word=_kind_word, passes=_summaries, compute=_run),
    Pareto: PlannedKind(word=_kind_word, passes=_one_plan, compute=_run),
    Table: PlannedKind(word=_kind_word, passes=_one_plan, compute=_walk),
}

"""How questions are computed and what that costs, in one call: plans, the depth of each quantity, the work of each pass."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..model.kinds import ByKind
from ..model.questions import Best, Decision, Histogram, Pareto, Problem, Quantiles, Question, Sensitivity, Summary, Table
from ..plan.collapse import collapse
from ..plan.order import CPU, LaneMachine
from ..plan.plan import Plan
from ..plan.planner import make
from ..plan.sharing import families, leader
from ..reductions.over_draws import wanted_statistics
from .depth import Depth, depths
from .roofline import Load
from .work import alive, loads

Planner = Callable[[Question], Plan]
Passes = tuple[Plan, tuple[float, ...], tuple[Load, ...]]  # the plan that is shown, the shares left of it, and every pass


@dataclass(frozen=True, eq=False)
class Explanation:
    """How one question is computed.

    Attributes
    ----------
    question
        What is asked.
    plan
        How the loops run; of a sensitivity, that of the first of the summaries that it is made of.
    alike
        How many scenarios of the grid are computed as one, since they differ in no quantity.
    left_out
        Names of the axes that the question does not need.
    shares
        For each level the share of its scenarios left within, from 0 to 1, where guards skip some.
    depths
        Where each quantity is computed, from the outside in.
    loads
        Every pass over the grid, per scenario.
    shared
        Names of the questions that have one first pass together, which is among the ``loads`` of the first of them.
    """

    question: Question
    plan: Plan
    alike: int
    left_out: tuple[str, ...]
    shares: tuple[float, ...]
    depths: tuple[Depth, ...]
    loads: tuple[Load, ...]
    shared: tuple[str, ...]

    @property
    def scenarios(self) -> int:
        """How many are computed."""
        return self.plan.problem.grid.size


def explain(
    problem: Problem, questions: Sequence[Question], dtype: str = "float64", machine: LaneMachine = CPU
) -> tuple[Explanation, ...]:
    """Explain how questions of one problem are computed together.

    A question of statistics that is no decision is explained by what is computed at every draw: as if of single draws.

    Parameters
    ----------
    problem
        The model on its grid.
    questions
        What is asked; those that can share a pass do.
    dtype
        ``float64`` or ``float32``.
    machine
        What the lanes run on.

    Returns
    -------
    tuple
        One explanation per question, in their order.

    Raises
    ------
    ModelError
        Where no engine could compile a formula.
    EngineError
        Where planned engines do not answer a question.
    """
    explanations = {
        id(question): _explanation(problem, question, family, dtype, machine)
        for together in families(questions)
        for question in together
        for family in [(question,) if wanted_statistics(problem, question.targets()) else together]
    }
    return tuple(explanations[id(question)] for question in questions)


def _explanation(
    problem: Problem, question: Question, family: Sequence[Question], dtype: str, machine: LaneMachine
) -> Explanation:
    """Explain one question of a family."""
    small = collapse(replace(problem, statistics={}) if problem.statistics else problem, question)
    kept = {axis.name for axis in small.problem.grid.axes}
    plan, shares, work = PLANS.of(question)(question, family, lambda asked: make(small.problem, asked, dtype, machine))
    return Explanation(
        question=question,
        plan=plan,
        alike=small.times,
        left_out=tuple(axis.name for axis in problem.grid.axes if axis.name not in kept),
        shares=shares,
        depths=depths(plan),
        loads=work,
        shared=tuple(member.name for member in family) if len(family) > 1 else (),
    )


def _one_plan(question: Question, family: Sequence[Question], planner: Planner) -> Passes:
    """Plan a question whose passes have one plan. A pass that a family shares is its first question's."""
    plan = planner(question)
    shares = alive(plan)
    if len(family) == 1:
        return plan, shares, loads(plan, shares)
    first = loads(planner(leader(family)), family=family)[:1] if question is family[0] else ()
    return plan, shares, (*first, *loads(plan, shares)[1:])


def _summaries(question: Sensitivity, family: Sequence[Question], planner: Planner) -> Passes:
    """Plan a sensitivity: it is some summaries, each with a plan of its own."""

    def summary(*further: str) -> Plan:
        by = (*question.by, *further)
        return planner(Summary(name=question.name, quantity=question.quantity, where=question.where, by=by))

    plan = summary()
    shares = alive(plan)
    (whole,) = loads(plan, shares)
    passes = [whole, replace(whole, name="spread")]
    for axis in plan.problem.grid.axes:
        if axis.name not in question.by:
            passes += [replace(load, name=f"by {axis.name}") for load in loads(summary(axis.name))]
    return plan, shares, tuple(passes)


PLANS: ByKind[Callable[[Any, Sequence[Question], Planner], Passes]] = ByKind(
    "kernels.analysis.explanation.PLANS",
    {
        Best: _one_plan,
        Decision: _one_plan,
        Summary: _one_plan,
        Quantiles: _one_plan,
        Histogram: _one_plan,
        Sensitivity: _summaries,
        Pareto: _one_plan,
        Table: _one_plan,
    },
)

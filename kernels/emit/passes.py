"""Which passes over the grid a question needs: a reduction, alone or with others of its family, and what follows it."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..graph.intervals import Interval
from ..model.kinds import Apart, ByKind
from ..model.questions import Best, Decision, Histogram, Pareto, Quantiles, Question, Sensitivity, Summary, Table
from ..plan.kinds import SHARING, Sharing
from ..plan.plan import Plan
from . import reducers
from .reducers import Reducer, without_sides


class Pass(enum.StrEnum):
    """A pass that is no reduction to accumulators. Each engine that compiles plans has a source for every one."""

    WHERE = "where"  # the point at which an outer point's value stands
    COUNTS = "counts"  # how many points lie in each bin
    LEAST = "least"  # the least of the second quantity in each bin
    FRONT = "front"  # the point of each bin whose second quantity is the front's
    DECIDE = "decide"  # the best decision of each outer point
    TABLE = "table"  # every point's values


@dataclass(frozen=True)
class Reduction:
    """A question's first pass: ``reducer(question, plan)`` makes its accumulators."""

    name: str
    reducer: Callable[[Any, Plan], Reducer]


@dataclass(frozen=True)
class QuestionPasses:
    """The passes that a kind of question takes, in order.

    Parameters
    ----------
    reduction : Reduction or None
        The first pass, None where nothing is reduced.
    further : tuple[Pass, ...]
        The passes after it.
    """

    reduction: Reduction | None
    further: tuple[Pass, ...] = ()


def signed(plan: Plan) -> bool:
    """Tell whether the objective may be zero or negative."""
    if not plan.objectives:  # of a decision that no draw changes
        return True
    interval = plan.intervals.get(plan.objective.id, Interval(-np.inf, np.inf, True))
    return not interval.low > 0


def _best(question: Best, plan: Plan) -> Reducer:
    return reducers.best(question, nan=plan.nan is not None)


def _summary(_: Summary, plan: Plan) -> Reducer:
    return reducers.summary(flagged=plan.feasible is not None, nan=plan.nan is not None)


def _span(_: Question, plan: Plan) -> Reducer:
    return reducers.span(signed=signed(plan), nan=plan.nan is not None)


_RANGE = Reduction("range", _span)

PASSES: ByKind[QuestionPasses] = ByKind(
    "kernels.emit.passes.PASSES",
    {
        Best: QuestionPasses(Reduction("best", _best), (Pass.WHERE,)),
        Decision: QuestionPasses(None, (Pass.DECIDE,)),
        Summary: QuestionPasses(Reduction("summary", _summary)),
        Quantiles: QuestionPasses(_RANGE, (Pass.COUNTS,)),
        Histogram: QuestionPasses(_RANGE, (Pass.COUNTS,)),
        Sensitivity: Apart("is composed of summaries, which have the passes"),
        Pareto: QuestionPasses(_RANGE, (Pass.LEAST, Pass.FRONT)),
        Table: QuestionPasses(None, (Pass.TABLE,)),
    },
)


def reductions(plan: Plan, family: Sequence[Question] = (), *, sides_apart: bool = False) -> dict[str, Reducer]:
    """Make the reduction of a plan's question.

    Parameters
    ----------
    plan : Plan
        The question's plan, or that of the family's leader.
    family : Sequence[Question]
        The questions that share the pass; none where the question is alone.
    sides_apart
        Whether the values next to zero are left to a pass of their own, for the few questions that need them.

    Returns
    -------
    dict[str, Reducer]
        The reduction by the name of its pass, ``shared`` for a family's; empty where nothing is reduced.

    Raises
    ------
    EngineError
        If planned engines do not answer a question of that kind.
    """
    if sides_apart:
        return {name: without_sides(reducer) for name, reducer in reductions(plan, family).items()}
    if family:
        leading = [question for question in family if SHARING.of(question) is Sharing.LEADS]
        reducers_of_family = [reducer for question in leading for reducer in _reduction(plan, question).values()]
        accumulators = [accumulator for reducer in reducers_of_family for accumulator in reducer.accumulators]
        return {"shared": Reducer(tuple(dict.fromkeys(accumulators)))}
    return _reduction(plan, plan.question)


def _reduction(plan: Plan, question: Question) -> dict[str, Reducer]:
    reduction = PASSES.of(question).reduction
    return {reduction.name: reduction.reducer(question, plan)} if reduction else {}

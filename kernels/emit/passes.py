"""Which reduction a question needs of its plan, alone or with others of its family."""

from collections.abc import Sequence

import numpy as np

from ..graph.intervals import Interval
from ..model.questions import Best, Histogram, Pareto, Quantiles, Question, Summary, Table
from ..plan.plan import Plan
from . import reducers
from .reducers import Reducer


def signed(plan: Plan) -> bool:
    """Whether the objective may be zero or negative."""
    interval = plan.intervals.get(plan.objective.id, Interval(-np.inf, np.inf, True))
    return not interval.low > 0


def reductions(plan: Plan, family: Sequence[Question] = ()) -> dict[str, Reducer]:
    """The question's reduction by the name of the pass, none for a table; that of all the ``family`` where there is one.

    Raises EngineError for a question that planned engines do not answer.
    """
    if family:
        found = [
            each for question in family if not isinstance(question, Best) for each in _reducer(plan, question).accumulators
        ]
        return {"shared": Reducer(tuple(dict.fromkeys(found)))}
    question = plan.question
    if isinstance(question, Table):
        return {}
    name = {Best: "best", Summary: "summary"}.get(type(question), "range")
    return {name: _reducer(plan, question)}


def _reducer(plan: Plan, question: Question) -> Reducer:
    nan = plan.nan is not None
    if isinstance(question, Best):
        return reducers.best(question, nan=nan)
    if isinstance(question, Summary):
        return reducers.summary(flagged=plan.feasible is not None, nan=nan)
    if isinstance(question, (Quantiles, Histogram, Pareto)):
        return reducers.span(signed=signed(plan), nan=nan)
    from ..errors import EngineError

    raise EngineError(f"this engine does not know the question {question.kind!r}")

"""What a plan does differently for a kind: flags or an infinitely bad objective, guards, the order of the axes."""

import numpy as np
import pytest
from small_problems import LIMIT, asked, problem_of

from flopwatt.kernels.errors import EngineError
from flopwatt.kernels.graph.expression import evaluate
from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.questions import Question, Sensitivity, Table
from flopwatt.kernels.plan.kinds import SHARING, Sharing
from flopwatt.kernels.plan.plan import Plan
from flopwatt.kernels.plan.planner import make

LONG = problem_of(6, 40, 50)
FAR_OUT = (Condition("a", "<=", 2.0),)  # known for each index of the first axis
FLAGGED = ("summary", "quantiles", "histogram", "pareto")


def plan(question: Question) -> Plan:
    return make(LONG, question, "float64")


@pytest.mark.parametrize("kind", FLAGGED)
def test_a_flag_tells_what_counts(kind: str) -> None:
    assert plan(asked(kind, where=LIMIT)).feasible is not None
    assert plan(asked(kind)).feasible is None


@pytest.mark.parametrize(("kind", "worst"), [("least", np.inf), ("greatest", -np.inf)])
def test_a_best_has_no_flag_and_an_objective_that_is_worst_where_a_point_does_not_count(kind: str, worst: float) -> None:
    planned = plan(asked(kind, where=LIMIT))
    assert planned.feasible is None
    index = dict(enumerate(LONG.grid.indices(np.arange(LONG.grid.size))))
    computed = evaluate(LONG, [planned.objective, planned.quantities["y"]], index, np.dtype("float64"))
    above = computed[planned.quantities["y"].id] > 14  # the limit
    assert above.any()
    assert (computed[planned.objective.id][above] == worst).all()


@pytest.mark.parametrize("kind", ["least", *FLAGGED])
def test_a_condition_far_out_guards(kind: str) -> None:
    assert plan(asked(kind, by=("a",), where=FAR_OUT)).guards


def test_a_table_keeps_the_study_s_order_and_no_guard_skips_a_point() -> None:
    planned = plan(Table(name="", quantities=("x", "z"), where=FAR_OUT))
    assert planned.guards == ()
    assert planned.feasible is not None
    assert [*dict.fromkeys(part.axis for part in (*planned.outer, *planned.middle)), *planned.lanes] == [0, 1, 2]


def test_a_nan_counts_in_no_sum_and_is_written_in_a_table() -> None:
    unknown = problem_of(6, 40, 50, nan=True)
    assert make(unknown, asked("summary"), "float64").feasible is not None
    assert make(unknown, asked("least"), "float64").feasible is None
    assert make(unknown, Table(name="", quantities=("x",)), "float64").feasible is None


def test_a_sensitivity_has_no_plan_of_its_own() -> None:
    sensitivity = Sensitivity(name="", quantity="x")
    assert SHARING.of(sensitivity) is Sharing.ALONE
    with pytest.raises(EngineError, match=r"^a sensitivity question is composed of summaries, each with a plan of its own$"):
        plan(sensitivity)

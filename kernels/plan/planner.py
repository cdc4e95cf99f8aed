"""Making plans: every node is bounded, the order of the axes chosen, the loops cut, and each node placed."""

from ..graph.intervals import bounds
from ..graph.tracing import trace
from ..model.questions import Problem, Question
from .conditions import decide, filters_of, penalize, rules_of, unknown_of
from .cut import cut_loops, study_order
from .decision_planner import make_deciding
from .kept import keep_latest
from .kinds import PLANNING
from .order import CPU, LaneMachine, choose, work_of
from .plan import Plan
from .schedule import schedule


def make(problem: Problem, question: Question, dtype: str, machine: LaneMachine = CPU) -> Plan:
    """Make the plan for a question.

    Parameters
    ----------
    problem
        The model, its grid, and the given values.
    question
        What is asked.
    dtype
        ``float64`` or ``float32``.
    machine
        What the lanes run on, and how long loops may be there.

    Raises
    ------
    ModelError
        Where the model cannot be traced: see `trace`.
    EngineError
        For a question that has no plan of its own.
    """
    return _make(problem, question, dtype, machine)


@keep_latest
def _make(problem: Problem, question: Question, dtype: str, machine: LaneMachine) -> Plan:
    planning = PLANNING.of(question)
    if planning.decides:
        return make_deciding(problem, question, dtype, machine)
    traced, grid = trace(problem, question.targets()), problem.grid
    intervals = bounds(problem, [traced.quantities[name] for name in question.targets()], dtype)
    objectives = tuple(traced.quantities[name] for name in question.objectives())
    rules = rules_of(traced, question, intervals)
    unknown = unknown_of(traced, question, intervals)
    kept = [grid.position(name) for name in question.by]
    if planning.writes_points:
        order = study_order(grid.shape, machine)
    else:
        conditions = [node for rule in rules for node in rule.nodes]
        work = work_of([*objectives, *conditions], machine.load)
        order = choose(grid.shape, kept, work, machine, filters_of(problem, conditions, dtype))
    cut = cut_loops(grid, order, kept, machine, contiguous=planning.writes_points)
    outputs = decide(question, objectives, rules, unknown, cut)
    if planning.worst:
        outputs = penalize(outputs, cut, planning.worst(question))
    return Plan(
        problem=problem,
        question=question,
        dtype=dtype,
        quantities=traced.quantities,
        cut=cut,
        objectives=outputs.objectives,
        feasible=outputs.feasible,
        nan=outputs.nan,
        guards=outputs.guards,
        intervals=intervals,
        schedule=schedule(cut, outputs, intervals, machine),
        met=outputs.met,
        unknown=outputs.unknown,
        penalized=outputs.penalized,
    )

"""Making the plan of a decision: the loops over what is uncertain are innermost, so a decision's draws are done at once."""

from dataclasses import replace
from typing import Any

from ..graph.intervals import bounds
from ..graph.tracing import trace
from ..model.promises import can_be_missed
from ..model.questions import Problem
from ..model.weights import total_weight
from .conditions import Outputs, filters_of, guards_of, rules_of
from .cut import cut_loops
from .deciding import DecidingNodes
from .order import LaneMachine, choose, work_of
from .plan import Plan
from .schedule import schedule


def make_deciding(problem: Problem, question: Any, dtype: str, machine: LaneMachine) -> Plan:
    """Make the plan for a decision.

    Parameters
    ----------
    problem, dtype, machine
        As of `planner.make`.
    question : Decision
        What is asked.

    Raises
    ------
    ModelError
        Where the model cannot be traced: see `trace`.
    """
    traced, grid = trace(problem, question.targets()), problem.grid
    intervals = bounds(problem, [traced.quantities[name] for name in question.targets()], dtype)
    draws = question.draw_axes(grid)
    uncertain = tuple(grid.position(axis.name) for axis in draws)
    # The nearest decision may miss a soft condition, so that cannot skip any.
    hard = tuple(c for c in question.where if not (question.nearest and can_be_missed(question, c)))
    rules = rules_of(traced, replace(question, where=hard), intervals)
    kept = [grid.position(name) for name in question.by]
    nodes = DecidingNodes(traced, intervals, total_weight(draws))
    deciding = (nodes.nearest if question.nearest else nodes.best)(question, rules)
    conditions = [node for rule in rules for node in rule.nodes]
    # The draws of lanes that all fail are skipped too, which no filter here tells: with what rules imply beside them, lanes
    # seem cheap that leave few such sub-nests, and the search for a strategy takes 1.6 times as long. Arrays skip no lanes.
    filtering = conditions if machine.block else [rule.possible for rule in rules]
    machine = replace(machine, most=min(machine.most, machine.decided), longest=min(machine.longest, machine.decided))
    order = choose(
        grid.shape,
        kept,
        work_of([*deciding.drawn, *deciding.decided, *conditions], machine.load),
        machine,
        filters_of(problem, filtering, dtype),
        uncertain,
    )
    cut = cut_loops(grid, order, kept, machine, contiguous=False, uncertain=uncertain)
    guards = guards_of(rules, cut)
    guarding = {node.id for node in guards}
    deciding = replace(deciding, fixed=tuple(rule for rule in rules if rule.met.id not in guarding))
    outputs = Outputs(deciding.drawn, None, None, guards, deciding.decided)
    return Plan(
        problem=problem,
        question=question,
        dtype=dtype,
        quantities=traced.quantities,
        cut=cut,
        objectives=outputs.objectives,
        feasible=None,
        nan=None,
        guards=guards,
        intervals=intervals,
        schedule=schedule(cut, outputs, intervals, machine),
        deciding=deciding,
    )

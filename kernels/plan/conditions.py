"""A question's conditions in a plan: which guard a sub-nest, which are left to each point, and what is not known."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..graph.expression import Node, Traced, condition_node, evaluate, needed
from ..graph.intervals import Interval
from ..model.questions import Problem, Question
from .kinds import PLANNING
from .order import Filter

if TYPE_CHECKING:
    from .plan import Plan

_DRAWN = 8192  # scenarios that tell how much each condition stops


@dataclass(frozen=True)
class Rule:
    """A condition: where it is met, and where it is met or not known (the same node where nothing can be NaN)."""

    met: Node
    possible: Node


def rules_of(traced: Traced, question: Question, intervals: dict[int, Interval]) -> list[Rule]:
    """The conditions, those that depend on the fewest axes first, so that they are decided far out."""
    rules = []
    for condition in question.where:
        met = possible = condition_node(traced, condition)
        for node in (traced.quantities[name] for name in condition.names()):
            if intervals[node.id].nan:
                possible = possible | traced.graph.node("ne", node, node)
        rules.append(Rule(met, possible))
    return sorted(rules, key=lambda rule: (len(traced.depends(rule.met)), rule.met.id))


def joined(op: str, nodes: list[Node]) -> Node | None:
    result: Node | None = None
    for node in nodes:
        result = node if result is None else node.graph.node(op, result, node)
    return result


def unknown_of(traced: Traced, question: Question, intervals: dict[int, Interval]) -> list[Node]:
    """For each quantity of the question that may be NaN: where it is."""
    nodes = [traced.quantities[name] for name in question.targets()]
    return [traced.graph.node("ne", node, node) for node in nodes if intervals[node.id].nan]


def filters_of(problem: Problem, traced: Traced, conditions: list[Node], dtype: str) -> list[Filter]:
    """The conditions, and which of some scenarios, always the same, meet each."""
    real, grid = np.dtype(dtype), problem.grid
    indices = grid.indices(np.random.default_rng(0).integers(0, grid.size, _DRAWN))

    def leaf(node: Node) -> Any:
        if node.op == "given":
            return real.type(problem.given[node.value])
        axis = grid.column_axis[node.value]
        return np.asarray(grid.axes[axis].columns[node.value], dtype=real)[indices[axis]]

    values = evaluate(needed(conditions), leaf, real)
    return [Filter(traced.depends(node), np.broadcast_to(values[node.id], _DRAWN)) for node in conditions]


def decide(plan: "Plan", rules: list[Rule], unknown: list[Node]) -> None:
    """Which conditions guard a sub-nest, and what is left to decide for each point: whether it is feasible, and known.

    A point is unknown where a quantity is NaN and no condition that is known rules the point out.
    """
    planning = PLANNING.of(plan.question)
    if not planning.writes_points:
        nodes = [rule.possible for rule in rules]
        plan.guards = tuple(n for n in nodes if not plan.on_lanes(n) and plan.level(n) < len(plan.middle))
    guarding = {node.id for node in plan.guards}
    met = [rule.met for rule in rules if rule.met.id not in guarding]
    if planning.excludes_nan:
        met += [~node for node in unknown]
    plan.feasible = joined("and", met)
    missing = joined("or", unknown)
    if missing is not None:
        plan.nan = joined("and", [missing, *(rule.possible for rule in rules if rule.possible.id not in guarding)])


def penalize(plan: "Plan", worst: float) -> None:
    """Make the objective infinitely bad where it is not feasible, at the least depth.

    x + (y + 0) is x + y to the last bit, and x + (y + inf) is inf: where y lies further out than x, the penalty costs
    nothing in the innermost loop.
    """
    feasible, plan.feasible = plan.feasible, None
    if feasible is None:
        return
    graph = plan.traced.graph
    penalty = graph.node("where", feasible, graph.literal(0.0), graph.literal(worst))
    deepest = len(plan.middle)
    if plan.level(penalty) == deepest:
        plan.objectives = (graph.node("where", feasible, plan.objective, graph.literal(worst)),)
        return
    if plan.objective.op == "add":
        outer, inner = sorted(plan.objective.args, key=plan.level)
        if plan.level(outer) < deepest:
            plan.objectives = (inner + (outer + penalty),)
            return
    plan.objectives = (plan.objective + penalty,)

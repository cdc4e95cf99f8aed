"""A question's conditions in a plan: which guard a sub-nest, which are left to each point, and what is not known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..graph.expression import Axes, Node, compute, evaluate, needed
from ..graph.intervals import Interval
from ..graph.tracing import Traced, condition_node
from ..model.grid import Grid
from ..model.questions import Problem, Question
from .cut import LoopCut
from .kinds import PLANNING
from .order import Filter

_DRAWN = 8192  # scenarios by which it is estimated how much each condition stops


@dataclass(frozen=True, eq=False)
class Rule:
    """A condition.

    Attributes
    ----------
    met, possible
        Where it is met, and where it is met or not known (the same node where nothing can be NaN).
    implied
        What holds wherever it is met, and depends on fewer axes.
    """

    met: Node
    possible: Node
    implied: tuple[Node, ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All that can stop a scenario."""
        return (self.possible, *self.implied)


@dataclass(frozen=True, eq=False)
class Outputs:
    """What the nest computes of every point.

    Attributes
    ----------
    objectives
        The quantities that are reduced.
    feasible
        Whether the point counts, as far as the guards leave that open; None where every point does.
    nan
        Whether the point is unknown; None where none is.
    guards
        Conditions that hold for all lanes of a sub-nest, or for none: then it is skipped.
    decided
        What is taken once for all draws of a decision, and not of every point.
    met
        What ``feasible`` is where no quantity is NaN.
    unknown
        The quantities that may be NaN without the objectives being NaN.
    penalized
        What ``feasible`` was before the objective became infinite where it is false.
    """

    objectives: tuple[Node, ...]
    feasible: Node | None
    nan: Node | None
    guards: tuple[Node, ...] = ()
    decided: tuple[Node, ...] = ()
    met: Node | None = None
    unknown: tuple[Node, ...] = ()
    penalized: Node | None = None

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All that is handed over, of every point or once for its draws."""
        return tuple(node for node in (*self.objectives, self.feasible, self.nan, *self.decided) if node is not None)


def rules_of(traced: Traced, question: Question, intervals: Mapping[int, Interval]) -> list[Rule]:
    """Make the conditions nodes, those that depend on the fewest axes first, so that they are decided far out.

    Parameters
    ----------
    traced
        The question's quantities; the new nodes stand in its graph.
    question
        Whose conditions they are.
    intervals
        Of the quantities, by the node's ``id``; they tell which may be NaN.
    """
    rules = []
    for condition in question.where:
        met = possible = condition_node(traced, condition)
        for node in (traced.quantities[name] for name in condition.names()):
            if intervals[node.id].nan:
                possible = possible | traced.graph.node("ne", node, node)
        implied = _implied(met, intervals) if met is possible else []
        rules.append(Rule(met, possible, tuple(node for node in implied if len(node.axes) < len(met.axes))))
    return sorted(rules, key=lambda rule: (len(rule.met.axes), rule.met.id))


def _implied(condition: Node, intervals: Mapping[int, Interval]) -> list[Node]:
    """List what a condition implies: a product of numbers from 0 to 1 is 1 only where each of them is.

    So "the strategy divides", a product of what divides, stops a sub-nest as soon as one part does not.
    """
    if condition.op not in ("eq", "ge") or not condition.args:
        return []
    product, bound = condition.args
    if product.op != "mul" or bound.op != "literal" or bound.value != 1.0:
        return []
    factors = product.args
    if any((interval := intervals[factor.id]).nan or interval.low < 0 or interval.high > 1 for factor in factors):
        return []
    parts = [condition.graph.node(condition.op, factor, bound) for factor in factors if factor.axes]
    return [node for part in parts for node in (_implied(part, intervals) or [part])]


def join(op: str, nodes: Sequence[Node]) -> Node | None:
    """Join truth values by ``and`` or ``or``; None where there are none."""
    result: Node | None = None
    for node in nodes:
        result = node if result is None else node.graph.node(op, result, node)
    return result


def unknown_of(traced: Traced, question: Question, intervals: Mapping[int, Interval]) -> list[Node]:
    """Make, for each quantity of the question that may be NaN, the node that says where it is.

    Parameters
    ----------
    traced, question, intervals
        As of `rules_of`.
    """
    nodes = [traced.quantities[name] for name in question.targets()]
    return [traced.graph.node("ne", node, node) for node in nodes if intervals[node.id].nan]


def draw_points(grid: Grid) -> NDArray[np.int64]:
    """Draw the flat indices of some scenarios, always the same, by which it is estimated how much conditions stop."""
    return np.random.default_rng(0).integers(0, grid.size, _DRAWN)


def met_at(problem: Problem, conditions: Sequence[Node], points: NDArray[np.int64], dtype: str) -> list[NDArray[Any]]:
    """Tell for each condition which scenarios meet it.

    What depends on one axis is computed at that axis's points and not at every scenario.

    Parameters
    ----------
    problem
        Where the values come from.
    conditions
        Nodes that are true or false.
    points
        Flat indices of the scenarios.
    dtype
        That of the computation.

    Returns
    -------
    list
        For each condition an array of truth values over ``points``.
    """
    grid, real = problem.grid, np.dtype(dtype)
    nodes = needed(conditions)
    axes = {axis: np.arange(n) for axis, n in enumerate(grid.shape)}
    values = evaluate(problem, [node for node in nodes if len(node.axes) <= 1], axes, real)
    index, drawn = grid.indices(points), dict[int, Any]()

    def at_points(node: Node) -> Any:
        if node.id not in drawn:
            (axis, *_) = node.axes or (None,)
            drawn[node.id] = values[node.id] if axis is None else values[node.id][index[axis]]
        return drawn[node.id]

    with np.errstate(all="ignore"):
        for node in nodes:
            if len(node.axes) > 1:
                drawn[node.id] = compute(node, [at_points(arg) for arg in node.args])
    return [np.broadcast_to(at_points(node), points.shape) for node in conditions]


def filters_of(problem: Problem, conditions: Sequence[Node], dtype: str) -> list[Filter]:
    """Tell of each condition which axes it depends on, and which of some drawn scenarios meet it.

    Parameters
    ----------
    problem, conditions, dtype
        As of `met_at`.
    """
    met = met_at(problem, conditions, draw_points(problem.grid), dtype)
    return [Filter(node.axes, passes) for node, passes in zip(conditions, met, strict=True)]


def guards_of(rules: Sequence[Rule], cut: LoopCut) -> tuple[Node, ...]:
    """Choose the conditions that hold for all lanes of a sub-nest or for none, so that they can skip it.

    What a rule implies is asked too where the rule itself cannot skip, or would further in.
    """

    def sooner(axes: Axes, rule: Axes) -> bool:
        return not cut.skips(rule) or cut.depth(axes) < cut.depth(rule)

    implied = [node for rule in rules for node in rule.implied if sooner(node.axes, rule.possible.axes)]
    nodes = {node.id: node for node in (*(rule.possible for rule in rules), *implied)}.values()
    return tuple(node for node in nodes if cut.skips(node.axes))


def decide(question: Question, objectives: tuple[Node, ...], rules: list[Rule], unknown: list[Node], cut: LoopCut) -> Outputs:
    """Decide which conditions guard a sub-nest, and what is left for each point to test: whether it is feasible, and known.

    A point is unknown where a quantity is NaN and no condition that is known rules the point out.

    Parameters
    ----------
    question
        What is asked.
    objectives
        The quantities that are reduced.
    rules, unknown
        Those of `rules_of` and `unknown_of`.
    cut
        The loops.
    """
    planning = PLANNING.of(question)
    guards = () if planning.writes_points else guards_of(rules, cut)
    guarding = {node.id for node in guards}
    met = [rule.met for rule in rules if rule.met.id not in guarding]
    known = join("and", met)
    if planning.excludes_nan:
        met += [~node for node in unknown]
    feasible = join("and", met)
    nan = join("or", unknown)
    if nan is not None:
        nan = join("and", [nan, *(rule.possible for rule in rules if rule.possible.id not in guarding)])
    numbers = {node.id for node in objectives}
    beside = tuple(node.args[0] for node in unknown if node.args[0].id not in numbers)
    return Outputs(objectives, feasible, nan, guards, met=known, unknown=beside)


def penalize(outputs: Outputs, cut: LoopCut, worst: float) -> Outputs:
    """Make the objective infinitely bad where a point is not feasible, at the least depth; no point needs a flag then.

    x + (y + 0) is x + y to the last bit, and x + (y + inf) is inf: where y lies further out than x, the penalty costs
    nothing in the innermost loop.

    Parameters
    ----------
    outputs
        What the nest computes of a point, with a flag that says whether it is feasible.
    cut
        The loops.
    worst
        An infinity that is never best.
    """
    feasible, (objective, *_) = outputs.feasible, outputs.objectives
    if feasible is None:
        return outputs
    graph = objective.graph
    zero, infinite = graph.literal(0.0), graph.literal(worst)
    penalty = graph.node("where", feasible, zero, infinite)
    innermost = cut.depth(frozenset(range(len(cut.grid.shape))))
    if cut.depth(penalty.axes) == innermost:
        outputs = replace(outputs, unknown=(*outputs.unknown, objective))  # a NaN of it is no longer seen in the result
        objective = graph.node("where", feasible, objective, infinite)
    elif objective.op == "add" and min(cut.depth(arg.axes) for arg in objective.args) < innermost:
        further_out, inner = sorted(objective.args, key=lambda arg: cut.depth(arg.axes))
        objective = inner + (further_out + penalty)
    else:
        objective = objective + penalty
    return replace(outputs, objectives=(objective,), feasible=None, met=None, penalized=feasible)

"""Gates: conditions that a thread looks at once for its own lane, so that nothing is asked of each point any more.

A guard stops a whole block; a gate stops the threads whose lane cannot meet a condition, and the others go on.
"""

from ...graph.expression import Node
from ...plan.plan import Plan

Gates = dict[int, list[Node]]  # by the level at which they are known


def lane_gates(plan: Plan) -> Gates:
    """Find a plan's gates: what must hold together, and is known before the innermost loop.

    There are none where a value may be NaN, since those are counted wherever they are.
    """
    gates: Gates = {}
    if plan.feasible is not None and plan.nan is None:
        for node in conjuncts(plan, plan.feasible):
            if plan.level(node) < len(plan.middle):
                gates.setdefault(plan.level(node), []).append(node)
    return gates


def all_gated(plan: Plan, gates: Gates) -> bool:
    """Tell whether every point inside the gates is feasible."""
    return plan.feasible is None or sum(map(len, gates.values())) == len(conjuncts(plan, plan.feasible))


def conjuncts(plan: Plan, node: Node) -> list[Node]:
    """Split a condition into those that must hold together; one whose value is read, and not computed, stays whole."""
    if node.op == "and" and plan.kind(node) == "inner":
        return [part for arg in node.args for part in conjuncts(plan, arg)]
    return [node]

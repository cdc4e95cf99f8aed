"""At which depth of a plan each quantity is computed, and how often at most (guards may skip some of it)."""

from dataclasses import dataclass

from ..graph.expression import Node
from ..plan.plan import Plan

BEFORE = -1


@dataclass(frozen=True)
class Depth:
    """Where a quantity is computed.

    Attributes
    ----------
    quantity
        Its name.
    level
        -1 before the loops, 0 once per outer point, i inside the i-th middle loop.
    lanes
        Whether there is a value for each lane.
    axes
        Positions of the axes that it depends on, ascending.
    times
        How many values are computed of it on the whole grid, if nothing is skipped.
    given
        Whether it is an input or held, and not computed.
    """

    quantity: str
    level: int
    lanes: bool
    axes: tuple[int, ...]
    times: int
    given: bool


def walks(plan: Plan) -> tuple[int, ...]:
    """Count how often each level is entered on the whole grid if nothing is skipped: outer points, then each middle loop."""
    shape = plan.problem.grid.shape
    entered = [plan.points]
    for loop in plan.middle:
        # All tiles of an axis together have its length, whatever the last one has.
        count = next((part.count for part in plan.outer if part.axis == loop.axis), 1)
        entered.append(entered[-1] // count * shape[loop.axis])
    return tuple(entered)


def depths(plan: Plan) -> tuple[Depth, ...]:
    """List where every quantity that the question needs is computed, from the outside in."""
    entered = walks(plan)
    unsorted = [_depth(plan, name, node, entered) for name, node in plan.quantities.items()]
    return tuple(sorted(unsorted, key=lambda depth: (depth.level, depth.lanes, depth.axes if depth.level < 0 else ())))


def _depth(plan: Plan, name: str, node: Node, entered: tuple[int, ...]) -> Depth:
    """Find where a quantity is computed; ``entered`` says how often each level is."""
    kind, axes = plan.kind(node), tuple(sorted(node.axes))
    given = node.op in ("given", "column") and name == node.value
    if kind == "inner":
        level, lanes = plan.level(node), plan.on_lanes(node)
        return Depth(name, level, lanes, axes, entered[level] * (plan.width if lanes else 1), given)
    if kind == "lane":
        return Depth(name, BEFORE, True, axes, plan.lane_length, given)
    return Depth(name, BEFORE, False, axes, plan.problem.grid.shape[axes[0]] if axes else 1, given)

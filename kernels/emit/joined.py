"""Which accumulators take the points of some passes one by one, and which take what these passes are reduced to."""

from ..graph.expression import Node
from ..plan.blocks import JammedPasses
from ..plan.plan import Plan
from .reducers import Accumulator, Reducer


class JoinedPasses:
    """A reducer's accumulators in two parts, where passes of the innermost loop are jammed.

    Parameters
    ----------
    plan
        The plan.
    reducer
        What is kept.

    Attributes
    ----------
    blocks
        What the passes have in common.
    joined, pointwise
        Accumulators that take some passes together, and those that take every point.
    every_pass
        The nodes that are computed in every pass.
    """

    def __init__(self, plan: Plan, reducer: Reducer):
        self.plan, self.blocks = plan, JammedPasses(plan)
        self.joined = tuple(a for a in reducer.accumulators if self._joins(a))
        self.pointwise = tuple(a for a in reducer.accumulators if a not in self.joined)
        wanted = plan.outputs if self.pointwise else tuple(node for a in self.joined for node in self._bottoms(a))
        self.every_pass = self.blocks.in_every_pass(wanted)

    def applied(self) -> list[Node]:
        """List what is done once for some passes: a node twice where both ends of what it takes are."""
        ends = {end for a in self.joined if a.merge != "sum" for end in self.blocks.applied(self.plan.objective, a.merge)}
        summed = any(a.name == "total" for a in self.joined)
        once = [node for node, _ in ends]
        return once + (self.blocks.added(self.plan.objective) if summed else [])

    def _joins(self, accumulator: Accumulator) -> bool:
        """Tell whether an accumulator takes some passes together: what flags their points must be alike for them."""
        if accumulator.name in ("positive", "negative"):
            return False
        flag = self.plan.nan if accumulator.name == "nan" else self.plan.feasible
        if flag is not None and not self.blocks.alike(flag):
            return False
        return accumulator.name != "total" or self.blocks.adds_up(self.plan.objective)

    def _bottoms(self, accumulator: Accumulator) -> list[Node]:
        """List the nodes whose values are taken in every pass."""
        if accumulator.merge == "sum":
            return self.blocks.addends(self.plan.objective) if accumulator.name == "total" else []
        return [self.blocks.bottom(self.plan.objective)]

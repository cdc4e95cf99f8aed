"""Summands that all points of an innermost loop share: added after the loop, to the least or greatest of the rest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...graph.expression import Node
from ...plan.plan import Plan
from ..code import Code, Value, Variable
from ..reducers import Accumulator
from .gates import Gates, all_gated


@dataclass
class HeldBack:
    """A summand that waits until after the loop.

    Rounding keeps order: where a <= b, a + c rounded is no more than b + c rounded, so the value is the same to the last bit.

    Attributes
    ----------
    rest, shared
        The two summands.
    op
        ``add`` or ``sub``: what makes the objective of the two.
    accumulators
        Minima or maxima of the objective.
    kept
        Their variables by name, and ``inner``, those of one innermost loop.
    """

    rest: Node
    shared: Node
    op: str
    accumulators: tuple[Accumulator, ...]
    kept: Mapping[str, Variable] = field(default_factory=dict)
    inner: dict[str, Variable] = field(default_factory=dict)

    def begin(self, code: Code) -> None:
        """Begin the accumulators of one innermost loop."""
        self.inner = {a.name: code.var(f"inner_{a.name}", a.empty(code), a.kind) for a in self.accumulators}

    def update(self, code: Code, rest: Value) -> None:
        """Take a point into them."""
        for a in self.accumulators:
            self.inner[a.name].set(code.extreme(a.merge, rest, self.inner[a.name].value))

    def end(self, code: Code, value: Callable[[Node], Value]) -> None:
        """Take what the loop came to into the thread's own accumulators."""
        for a in self.accumulators:
            whole = code.let(f"whole_{a.name}", code.apply(self.op, [self.inner[a.name].value, value(self.shared)], False))
            self.kept[a.name].set(code.extreme(a.merge, whole, self.kept[a.name].value))


def held_back(plan: Plan, accumulators: tuple[Accumulator, ...], gates: Gates) -> HeldBack | None:
    """Find the summand that can wait until after the innermost loop; None where there is none, or points need the sum itself.

    Parameters
    ----------
    plan : Plan
        The question's plan.
    accumulators : tuple[Accumulator, ...]
        What is kept.
    gates : Gates
        Of the kernel.
    """
    node, last = plan.objective, len(plan.middle)
    extremes = {a.name for a in accumulators} <= {"best", "low", "high"}
    alone = all(node.id != arg.id for other in plan.nodes for arg in other.args)  # a second quantity may be made of the first
    if not (last and extremes and alone and plan.nan is None and all_gated(plan, gates) and node.op in ("add", "sub")):
        return None
    computed = {inner.id for inner in plan.nodes}
    for rest, shared in [node.args] if node.op == "sub" else [node.args, node.args[::-1]]:
        waits = shared.op == "literal" or plan.level(shared) < last
        if waits and rest.id in computed and plan.level(rest) == last:  # the rest is computed of each point, not only read
            return HeldBack(rest, shared, node.op, accumulators)
    return None

"""The pass that keeps accumulators on each lane, as few operations a point as the reduction leaves."""

import functools
from collections.abc import Callable, Sequence

from ...graph.expression import Node
from ...plan.blocks import ENDS
from ...plan.plan import Plan
from ..code import Value
from ..joined import JoinedPasses
from ..reducers import Accumulator, Reducer
from .cpu_code import CpuCode
from .lanes import Lanes


class _Reduction(Lanes):
    """Takes an accumulator's extreme or sum over the passes that are done together before it goes to the accumulator.

    What the passes have in common is then done once for them: see `JammedPasses`.
    """

    looks_ahead = True

    def __init__(self, plan: Plan, code: CpuCode, reducer: Reducer):
        super().__init__(plan, code, reducer)
        self.parts = JoinedPasses(plan, reducer)

    def points(self, times: int, nodes: Sequence[Node], i: Value) -> None:
        parts, code = self.parts, self.code
        pointwise = Reducer(parts.pointwise if times > 1 else tuple(self._accumulators()))
        for u in range(times):
            self.nest.compute(parts.every_pass if times > 1 else nodes, u)
            if pointwise.accumulators:
                pointwise.update(code, self.kept, *self.nest.outputs(u))
        flags = (self.plan.feasible, self.plan.nan)
        ok, nan = (self.nest.value(flag) if flag is not None and parts.blocks.alike(flag) else None for flag in flags)
        passes = _Passes(self, times)
        for accumulator in parts.joined if times > 1 else ():
            value = passes.reduced(accumulator, self.plan.objective)
            Reducer((accumulator,)).update(code, self.kept, value, ok, nan, times)


class _Passes:
    """The values of some passes on one lane, taken together."""

    def __init__(self, emitter: _Reduction, times: int):
        self.code, self.nest, self.blocks, self.times = emitter.code, emitter.nest, emitter.parts.blocks, times
        self.known: dict[tuple[int, str], Value] = {}

    def reduced(self, accumulator: Accumulator, node: Node) -> Value:
        """Reduce a node's values to what an accumulator takes; a count takes none of them."""
        if accumulator.merge == "sum":
            return self._sum(node) if accumulator.name == "total" else self.code.literal(0.0)
        return self._end(node, accumulator.merge)

    def _values(self, node: Node) -> list[Value]:
        return [self.nest.value(node, u) for u in range(self.times)]

    # --- the extremes ---

    def _end(self, node: Node, merge: str) -> Value:
        """Write the least or greatest value; a NaN is passed over, and an infinity left where all are NaN."""
        if self.blocks.alike(node):
            return self.nest.value(node)
        carrier = self.blocks.carrier(node)
        if carrier is None:
            return self._once(node, merge, lambda: self._extreme(node, merge))
        if self.blocks.direction(node):
            return self._once(node, merge, lambda: self._applied(node, carrier, self.blocks.end_of_carrier(node, merge)))
        a, b = (self._once(node, f"of {end}", functools.partial(self._applied, node, carrier, end)) for end in ENDS)
        return self.code.select(a < b if merge == "min" else a > b, a, b)

    def _once(self, node: Node, what: str, write: Callable[[], Value]) -> Value:
        if (node.id, what) not in self.known:
            self.known[node.id, what] = write()
        return self.known[node.id, what]

    def _extreme(self, node: Node, merge: str) -> Value:
        """Write the extreme of every pass's own value."""
        values = self._values(node)
        if self.nest.plan.may_be_nan(node):
            values = [self.code.literal(float("inf") if merge == "min" else float("-inf")), *values]
        best, *others = values
        for value in others:
            best = self.code.extreme(merge, value, best)
        return best

    def _applied(self, node: Node, carrier: Node, end: str) -> Value:
        """Write the operation on an end of its carrier's values."""
        value = self._end(carrier, end)
        args = [value if arg is carrier else self.nest.value(arg) for arg in node.args]
        return self.code.apply(node.op, args, True)

    # --- the sum ---

    def _sum(self, node: Node) -> Value:
        """Write the sum of all values, in float64."""
        code, blocks = self.code, self.blocks
        if blocks.alike(node):
            return self._double(node) * float(self.times)
        if not blocks.splits(node):
            total, *others = (code.cast(value, "double") for value in self._values(node))
            for other in others:
                total = total + other
            return total
        if node.op == "neg":
            return -self._sum(node.args[0])
        if node.op == "where":
            condition, yes, no = node.args
            return code.select(self.nest.value(condition), self._sum(yes), self._sum(no))
        a, b = node.args
        if node.op == "mul":
            return self._double(a) * self._sum(b) if blocks.alike(a) else self._sum(a) * self._double(b)
        if node.op == "div":
            return self._sum(a) / self._double(b)
        return code.binary(node.op, self._sum(a), self._sum(b))

    def _double(self, node: Node) -> Value:
        return self.code.cast(self.nest.value(node), "double")


def reduction(plan: Plan, code: CpuCode, reducer: Reducer) -> None:
    """Write ``kernel(lo, hi, K, T, L, out...)``: for each outer point, what the reducer makes of its scenarios.

    After the accumulators come ``pruned``, where guards skip some, and for a best value ``lane``, the first that has it.

    Parameters
    ----------
    plan : Plan
        The question's plan.
    code : CpuCode
        A function that nothing is written of yet.
    reducer : Reducer
        What is kept.
    """
    emitter = _Reduction(plan, code, reducer)
    outs = [(a.name, a.kind) for a in reducer.accumulators] + ([("pruned", "wide")] if plan.guards else [])
    best = next((a for a in reducer.accumulators if a.name == "best"), None)
    if best:
        outs.append(("lane", "wide"))
    emitter.begin(*((f"out_{name}", f"{kind}*") for name, kind in outs))
    emitter.load()
    with code.loop("p", emitter.number("lo"), emitter.number("hi")) as p:
        emitter.decode(p)
        if plan.guards:
            emitter.pruned = code.var("pruned", code.whole(0))
        emitter.walk()
        emitter.finish()
        results = {name: kept.value for name, kept in emitter.kept.items()}
        if emitter.pruned:
            results["pruned"] = emitter.pruned.value
        if best:
            results["lane"] = emitter.first_lane(best)
        for name, _ in outs:
            emitter.array(f"out_{name}")[p] = results[name]

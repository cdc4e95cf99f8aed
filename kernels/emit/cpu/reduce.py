"""The pass that keeps accumulators on each lane, as few operations a point as the reduction leaves."""

from collections.abc import Sequence

from ...graph.expression import Node
from ...plan.blocks import Blocks
from ...plan.plan import Plan
from ..code import Value
from ..reducers import Accumulator, Reducer
from .cpu_code import CpuCode
from .lanes import Lanes


class _Reduction(Lanes):
    """Takes an accumulator's extreme or sum over the passes that are done together before it goes to the accumulator.

    What the passes have in common is then done once for them: see `Blocks`.
    """

    def __init__(self, plan: Plan, code: CpuCode, reducer: Reducer):
        super().__init__(plan, code, reducer)
        self.blocks = Blocks(plan)

    def points(self, times: int, nodes: Sequence[Node], i: Value) -> None:
        joined = [a for a in self._accumulators() if times > 1 and self._joins(a)]
        pointwise = Reducer(tuple(a for a in self._accumulators() if a not in joined))
        wanted = list(self.plan.outputs) if pointwise.accumulators else [n for a in joined for n in self._bottoms(a)]
        nodes = self.blocks.each(wanted)
        for u in range(times):
            self.nest.compute(nodes, u)
            if pointwise.accumulators:
                pointwise.update(self.code, self.kept, *self.nest.outputs(u))
        ok, nan = (self.nest.value(node) if node is not None and self.blocks.alike(node) else None for node in self._flags())
        passes = _Passes(self, times)
        for accumulator in joined:
            value = passes.reduced(accumulator, self.plan.objective)
            Reducer((accumulator,)).update(self.code, self.kept, value, ok, nan, times)

    def _flags(self) -> tuple[Node | None, Node | None]:
        return self.plan.feasible, self.plan.nan

    def _joins(self, accumulator: Accumulator) -> bool:
        """Tell whether some passes' points go to an accumulator together: what flags them must be alike for them."""
        objective, (feasible, nan) = self.plan.objective, self._flags()
        if accumulator.name in ("positive", "negative"):
            return False
        flag = nan if accumulator.name == "nan" else feasible
        if flag is not None and not self.blocks.alike(flag):
            return False
        if accumulator.merge == "sum":
            return accumulator.name != "total" or self.blocks.adds_up(objective)
        return True

    def _bottoms(self, accumulator: Accumulator) -> list[Node]:
        """List the nodes whose values are taken in every pass."""
        if accumulator.merge == "sum":
            return self.blocks.addends(self.plan.objective) if accumulator.name == "total" else []
        return [self.blocks.bottom(self.plan.objective)]


class _Passes:
    """The values of some passes on one lane, taken together."""

    def __init__(self, emitter: _Reduction, times: int):
        self.code, self.nest, self.blocks, self.times = emitter.code, emitter.nest, emitter.blocks, times
        self.known: dict[int, tuple[Value, Value]] = {}

    def reduced(self, accumulator: Accumulator, node: Node) -> Value:
        """Reduce a node's values to what an accumulator takes; a count takes none of them."""
        if accumulator.merge == "sum":
            return self._sum(node) if accumulator.name == "total" else self.code.literal(0.0)
        least, greatest = self._ends(node)
        return least if accumulator.merge == "min" else greatest

    def _values(self, node: Node) -> list[Value]:
        return [self.nest.value(node, u) for u in range(self.times)]

    # --- the extremes ---

    def _ends(self, node: Node) -> tuple[Value, Value]:
        """Write the least and the greatest value; a NaN is passed over, and infinities left where all are NaN."""
        if node.id not in self.known:
            self.known[node.id] = self._written(node)
        return self.known[node.id]

    def _written(self, node: Node) -> tuple[Value, Value]:
        if self.blocks.alike(node):
            value = self.nest.value(node)
            return value, value
        carrier = self.blocks.carrier(node)
        if carrier is None:
            return self._extreme(node, "min"), self._extreme(node, "max")
        low, high = (self._applied(node, carrier, end) for end in self._ends(carrier))
        direction = self._direction(node, carrier)
        if direction:
            return (low, high) if direction > 0 else (high, low)
        return self.code.select(low < high, low, high), self.code.select(low < high, high, low)

    def _extreme(self, node: Node, merge: str) -> Value:
        """Write the extreme of every pass's own value."""
        values = self._values(node)
        if self.nest.plan.may_be_nan(node):
            values = [self.code.literal(float("inf") if merge == "min" else float("-inf")), *values]
        best, *others = values
        for value in others:
            best = self.code.extreme(merge, value, best)
        return best

    def _applied(self, node: Node, carrier: Node, end: Value) -> Value:
        args = [end if arg is carrier else self.nest.value(arg) for arg in node.args]
        return self.code.apply(node.op, args, True)

    def _direction(self, node: Node, carrier: Node) -> int:
        """Tell whether the node rises (1) or falls (-1) with the carrier, 0 where that is not known."""
        first = node.args[0] is carrier
        if node.op in ("mul", "div"):
            other = node.args[1] if first else node.args[0]
            return self.blocks.sign(other) if first or node.op == "mul" else -self.blocks.sign(other)
        return -1 if node.op == "neg" or (node.op == "sub" and not first) else 1

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

"""A table's values on the CPU: every point written to its place."""

from ...plan.plan import Plan
from ..code import Array, Operand, Value
from .cpu_code import CpuCode
from .lanes import Lanes
from .locate import flat


def table(plan: Plan, code: CpuCode) -> None:
    """Write ``kernel(lo, hi, K, T, L, begin, flats, out...)``: every point's values, and whether it is feasible, as 1 or 0.

    ``out`` starts with the point of flat index ``begin``; ``flats`` are the first flat indices of the outer points from lo on.
    """
    emitter = _Table(plan, code)
    emitter.begin(("begin", "int"), ("flats", "wide*"), *emitter.outs)
    emitter.load()
    with code.loop("p", emitter.number("lo"), emitter.number("hi")) as p:
        emitter.decode(p)
        emitter.first = emitter.array("flats")[p - emitter.number("lo")] - emitter.number("begin")
        emitter.walk()


class _Table(Lanes):
    """Writes values out; one pass at a time, since memory is what holds it up."""

    first: Value  # where an outer point begins

    def __init__(self, plan: Plan, code: CpuCode):
        super().__init__(plan, code, None)
        self.outs = [(f"out_{i}", "real*") for i in range(len(plan.objectives))]
        if plan.feasible is not None:
            self.outs.append(("out_ok", "flag*"))
        self.rows: dict[str, Array] = {}

    def start(self) -> None:
        pass

    def _body(self, times: int) -> None:
        # A view of its own for each row: its index is never negative, so the loop needs no check and becomes vector code.
        at = flat(self.nest, self.first)
        self.rows = {name: self.code.part(self.array(name), at) for name, _ in self.outs}
        super()._body(times)

    def lane_count(self) -> Operand:
        return self.nest.used

    def open_body(self, i: Value) -> None:
        pass

    def point(self, u: int, i: Value) -> None:
        for number, node in enumerate(self.plan.objectives):
            self.rows[f"out_{number}"][i] = self.nest.value(node, u)
        if self.plan.feasible is not None:
            self.rows["out_ok"][i] = self.code.pick(self.nest.value(self.plan.feasible, u), 1, 0)

    def close_body(self, i: Value) -> None:
        pass

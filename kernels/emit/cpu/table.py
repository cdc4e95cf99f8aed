"""A table's values, as Python for Numba on the CPU: every point written to its place."""

from ...plan.plan import Plan
from .lanes import Lanes
from .locate import flat


def table(plan: Plan) -> str:
    """``kernel(lo, hi, K, T, L, begin, flats, out...)``: every point's values (and whether it is feasible, as 1 or 0).

    ``out`` starts with the point of flat index ``begin``; ``flats`` are the first flat indices of the outer points from lo on.
    """
    emitter = _Table(plan)
    code = emitter.code
    emitter.define("begin", "flats", *emitter.outs)
    emitter.allocate()
    emitter.nest.load_constants()
    emitter.load_columns(tiled=False)
    with code.loop("p", "lo", "hi"):
        emitter.nest.decode()
        emitter.load_columns(tiled=True)
        code.put("start = flats[p - lo] - begin")
        emitter.walk()
    return emitter.module()


class _Table(Lanes):
    """Writes values out; one pass at a time, since memory is what holds it up."""

    def __init__(self, plan: Plan):
        super().__init__(plan, None)
        self.outs = [f"out_{i}" for i in range(len(plan.objectives))] + (["out_ok"] if plan.feasible is not None else [])

    def start(self) -> None:
        pass

    def _body(self, times: int) -> None:
        # A view of its own for each row: its index is never negative, so the loop needs no check and becomes vector code.
        self.code.put(f"at = {flat(self.plan)}")
        for out in self.outs:
            self.code.put(f"row_{out} = {out}[at:at + used]")
        super()._body(times)

    def lane_count(self) -> str:
        return "used"

    def open_body(self) -> None:
        pass

    def point(self, u: int) -> None:
        for node, out in zip(self.plan.objectives, self.outs, strict=False):
            self.code.put(f"row_{out}[i] = {self.nest.name(node, u)}")
        if self.plan.feasible is not None:
            value = self.nest.name(self.plan.feasible, u)
            self.code.put(f"row_out_ok[i] = np.uint8(1) if {value} else np.uint8(0)")

    def close_body(self) -> None:
        pass

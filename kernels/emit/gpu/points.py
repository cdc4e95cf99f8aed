"""CUDA kernels that look at single points: where a value stands, and a table's values."""

from ...plan.plan import Plan
from ..code import Code, Value
from ..reducers import Accumulator
from .threads import COMMON, Kernel, Threads, flat_index

_NEVER = 2**63 - 1


class _Index(Accumulator):
    """A flat index: a whole number, so that its empty value is one too."""

    def empty(self, code: Code) -> Value:
        return code.whole(_NEVER, "wide")


def location(plan: Plan, language: str) -> Kernel:
    """Emit ``kernel(first, count, K, tables, L, points, targets, flats, offsets, out)``: the lowest index with the target."""
    emitter = Threads(plan, language)
    code, nest = emitter.code, emitter.nest
    lowest = _Index("lowest", "wide", "min")
    more = [
        ("points", "const long long*"),
        ("targets", "const real*"),
        ("flats", "const long long*"),
        ("offsets", "const long long*"),
        ("out", "long long*"),
    ]
    with emitter.kernel([*COMMON, *more]):
        shared = code.shared("shared_lowest", emitter.block, "wide")
        emitter.load()
        with emitter.items("j") as j:
            point = code.let("p", emitter.array("points")[j])
            target = code.let("target", emitter.array("targets")[j])
            emitter.decode(point)
            start = code.let("start", emitter.array("flats")[j] + emitter.array("offsets")[emitter.lane()])
            kept = code.var("lowest", lowest.empty(code))

            def compare() -> None:
                with code.when(nest.value(plan.objective).equals(target)):
                    flat = code.let("flat", flat_index(emitter, start))
                    kept.set(code.least(flat, kept.value))

            emitter.nested(compare)
            emitter.tree([lowest], {"lowest": kept}, {"lowest": shared})
            with code.when(emitter.thread.equals(0)):
                emitter.array("out")[j] = shared[0]
            code.barrier()
    return emitter.emitted()


def table(plan: Plan, language: str) -> Kernel:
    """Emit ``kernel(first, count, K, tables, L, begin, flats, out...)``: every point's values, and whether it is feasible.

    ``out`` starts with the point of flat index ``begin``; ``flats`` are the first flat indices of the outer points from
    ``first`` on. Neighbouring threads write neighbouring places.
    """
    emitter = Threads(plan, language)
    code, nest = emitter.code, emitter.nest
    outs = [(f"out_{i}", "real*") for i in range(len(plan.objectives))]
    if plan.feasible is not None:
        outs.append(("out_ok", "unsigned char*"))
    with emitter.kernel([*COMMON, ("begin", "long long"), ("flats", "const long long*"), *outs]):
        emitter.load()
        with emitter.items("p") as p:
            emitter.decode(p)
            first = emitter.array("flats")[p - emitter.number("first")] - emitter.number("begin")
            start = code.let("start", first + emitter.thread, "wide")

            def write() -> None:
                at = code.let("at", flat_index(emitter, start))
                with code.when(emitter.thread < nest.used):
                    for node, (out, _) in zip(plan.objectives, outs, strict=False):
                        emitter.array(out)[at] = nest.value(node)
                    if plan.feasible is not None:
                        emitter.array("out_ok")[at] = code.select(nest.value(plan.feasible), 1, 0)

            emitter.nested(write)
    return emitter.emitted()

"""CUDA kernels that look at single points: where a value stands, and a table's values."""

from ...plan.plan import Plan
from ..languages import Code
from ..reducers import Accumulator
from .threads import COMMON, Kernel, Threads, flat_index

_NEVER = 2**63 - 1


class _Index(Accumulator):
    """A flat index: a whole number, so that its empty value is one too."""

    def empty(self, code: Code) -> str:
        return f"{_NEVER}" if code.indent_is_syntax else f"{_NEVER}LL"


def location(plan: Plan, language: str) -> Kernel:
    """``kernel(first, count, K, tables, L, points, targets, flats, offsets, out)``: the lowest flat index with the target."""
    emitter = Threads(plan, language)
    code, nest = emitter.code, emitter.nest
    lowest = _Index("lowest", "wide", "min")
    emitter.open(
        [*COMMON, ("points", "const long long*"), ("targets", "const real*"), ("flats", "const long long*"),
         ("offsets", "const long long*"), ("out", "long long*")]
    )  # fmt: skip
    emitter.shared("shared_lowest", emitter.block, "wide")
    emitter.tables()
    nest.load_constants()
    with code.loop("j", f"first + {emitter.block_index}", "first + count", emitter.grid_size, wide=True):
        code.let("p", "points[j]", "wide")
        code.let("target", "targets[j]")
        nest.decode()
        nest.load_lanes(emitter.lane())
        code.let("start", f"flats[j] + offsets[{emitter.lane()}]", "wide")
        code.var("lowest", lowest.empty(code), "wide")

        def compare() -> None:
            with code.when(f"{nest.name(plan.objective)} == target"):
                code.let("flat", flat_index(emitter), "wide")
                code.set("lowest", code.least("flat", "lowest"))

        emitter.nested(compare)
        emitter.tree([lowest])
        with code.when("thread == 0"):
            emitter.store("out[j]", "shared_lowest[0]")
        emitter.sync()
    return emitter.close()


def table(plan: Plan, language: str) -> Kernel:
    """``kernel(first, count, K, tables, L, begin, flats, out...)``: every point's values, and whether it is feasible.

    ``out`` starts with the point of flat index ``begin``; ``flats`` are the first flat indices of the outer points from
    ``first`` on. Neighbouring threads write neighbouring places.
    """
    emitter = Threads(plan, language)
    code, nest = emitter.code, emitter.nest
    outs = [(f"out_{i}", "real*") for i in range(len(plan.objectives))]
    if plan.feasible is not None:
        outs.append(("out_ok", "unsigned char*"))
    emitter.open([*COMMON, ("begin", "long long"), ("flats", "const long long*"), *outs])
    emitter.tables()
    nest.load_constants()
    with code.loop("p", f"first + {emitter.block_index}", "first + count", emitter.grid_size, wide=True):
        nest.decode()
        nest.load_lanes(emitter.lane())
        code.let("start", "flats[p - first] - begin + thread", "wide")

        def write() -> None:
            code.let("at", flat_index(emitter), "wide")
            with code.when("thread < used"):
                for node, (out, _) in zip(plan.objectives, outs, strict=False):
                    emitter.store(f"{out}[at]", nest.name(node))
                if plan.feasible is not None:
                    emitter.store("out_ok[at]", code.select(nest.name(plan.feasible), "1", "0"))

        emitter.nested(write)
    return emitter.close()

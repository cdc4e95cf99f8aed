"""Where a value stands, as Python for Numba on the CPU: lanes that have it are walked point by point."""

import contextlib
from collections.abc import Callable

from .emit_lanes import Lanes
from .nest import Nest
from .plan import Plan
from .reducers import hits
from .syntax import Python


def location(plan: Plan) -> str:
    """``kernel(lo, hi, K, T, L, points, targets, flats, offsets, out)``: the lowest flat index that has the target.

    One pass counts each lane's hits; only lanes that have some are walked point by point.
    """
    emitter = Lanes(plan, hits())
    code = emitter.code
    emitter.define("points", "targets", "flats", "offsets", "out")
    emitter.allocate()
    emitter.nest.load_constants()
    emitter.load_columns(tiled=False)
    with code.loop("j", "lo", "hi"):
        code.put("p = points[j]")
        code.put("target = targets[j]")
        emitter.nest.decode()
        emitter.load_columns(tiled=True)
        emitter.walk()
        code.put("first = np.int64(-1)")
        base = "base + " if plan.lane_tile else ""
        with code.loop("i", "0", "used"), code.when(f"{emitter.place_of(emitter.reals[0])} > {code.literal(0.0)}"):
            code.put(f"flat = scan(p, {base}i, target, flats[j] + offsets[{base}i], K, T, L)")
            with code.when("(first < 0) | (flat < first)"):
                code.put("first = flat")
        code.put("out[j] = first")
    return emitter.module(_scan(plan, code))


def flat(plan: Plan) -> str:
    """The flat index of a point whose outer part begins at ``start``; a tile's own beginning is part of that already."""
    strides = plan.problem.grid.strides
    terms = [
        f"(i{m.axis} - s{m.axis}) * {strides[m.axis]}" if m.tiled else f"i{m.axis} * {strides[m.axis]}" for m in plan.middle
    ]
    return " + ".join(["start", *terms])


def walk_lane(nest: Nest, innermost: Callable[[], None]) -> None:
    """The middle loops on the one lane ``lane``, everything a plain number."""
    nest.load_constants()
    nest.decode()
    nest.load_lanes("lane")

    def level(number: int) -> None:
        nest.load_tables(number)
        first = nest.before_guard(number)
        nest.compute(first)
        guard = nest.guard(number)
        with nest.code.when(guard) if guard else contextlib.nullcontext():
            nest.compute([n for n in nest.plan.nodes if nest.levels[n.id] == number and n.id not in {f.id for f in first}])
            if number == nest.last:
                innermost()
                return
            loop = nest.plan.middle[number]
            with nest.code.loop(f"i{loop.axis}", *nest.bounds(loop)):
                level(number + 1)

    level(0)


def _scan(plan: Plan, shared: Python) -> str:
    """``scan(p, lane, target, start, K, T, L)``: the lowest flat index on one lane of an outer point with the target."""
    code = Python(plan.dtype)
    code.constants = shared.constants
    nest = Nest(plan, code)
    code.put("def scan(p, lane, target, start, K, T, L):")
    code.depth += 1
    code.put("first = np.int64(-1)")

    def innermost() -> None:
        with code.when(f"{nest.name(plan.objective)} == target"):
            code.put(f"flat = {flat(plan)}")
            with code.when("(first < 0) | (flat < first)"):
                code.put("first = flat")

    walk_lane(nest, innermost)
    code.put("return first")
    return code.text()

"""Where a value stands, as Python for Numba on the CPU: the lowest flat index of the points that have it."""

import contextlib
from collections.abc import Callable

from ...plan.plan import Plan
from ..nest import Nest
from ..reducers import Accumulator, Reducer
from .lanes import Lanes

_LOWEST = Accumulator("lowest", "double", "min")  # a flat index as a double, of which it is a whole number up to 2^53


class _Location(Lanes):
    """Each lane keeps the lowest place in the middle loops that has the target."""

    def start(self) -> None:
        with self.code.loop("i", "0", f"{self.width}"):
            self.code.put(f"{self.place_of(_LOWEST)} = np.float64(np.inf)")

    def point(self, u: int) -> None:
        code, value = self.code, self.nest.name(self.plan.objective, u)
        code.put(f"here = {code.select(f'{value} == target', f'np.float64({flat(self.plan, u)})', 'np.float64(np.inf)')}")
        code.put(f"lowest = {code.select('here < lowest', 'here', 'lowest')}")


def location(plan: Plan) -> str:
    """``kernel(lo, hi, K, T, L, points, targets, flats, offsets, out)``: the lowest flat index that has the target."""
    emitter = _Location(plan, Reducer((_LOWEST,)))
    code = emitter.code
    emitter.define("points", "targets", "flats", "offsets", "out")
    emitter.allocate()
    emitter.nest.load_constants()
    emitter.load_columns(tiled=False)
    with code.loop("j", "lo", "hi"):
        code.put("p = points[j]")
        code.put("target = targets[j]")
        code.put("start = 0")
        emitter.nest.decode()
        emitter.load_columns(tiled=True)
        emitter.walk()
        code.put("first = np.int64(-1)")
        place = emitter.place_of(_LOWEST)
        with code.loop("i", "0", "used"), code.when(f"{place} < np.float64(np.inf)"):
            code.put(f"flat = flats[j] + offsets[{'base + ' if plan.lane_tile else ''}i] + np.int64({place})")
            with code.when("(first < 0) | (flat < first)"):
                code.put("first = flat")
        code.put("out[j] = first")
    return emitter.module()


def flat(plan: Plan, u: int = 0) -> str:
    """The flat index of a point whose outer part begins at ``start``, ``u`` passes on in the innermost loop.

    A tile's own beginning is part of ``start`` already.
    """
    strides, terms = plan.problem.grid.strides, ["start"]
    for m in plan.middle:
        index = f"i{m.axis}" if not (u and m is plan.middle[-1]) else f"(i{m.axis} + {u})"
        terms.append(f"({index} - s{m.axis}) * {strides[m.axis]}" if m.tiled else f"{index} * {strides[m.axis]}")
    return " + ".join(terms)


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

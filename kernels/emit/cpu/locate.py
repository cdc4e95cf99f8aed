"""Where a value stands, on the CPU: the lowest flat index of the points that have it."""

import contextlib
import math
from collections.abc import Callable

from ...plan.plan import Plan
from ..code import Value
from ..nest import Nest
from ..reducers import Accumulator, Reducer
from .cpu_code import CpuCode
from .lanes import Lanes

_LOWEST = Accumulator("lowest", "double", "min")  # a flat index as a double, of which it is a whole number up to 2^53


class _Location(Lanes):
    """Each lane keeps the lowest place in the middle loops that has the ``target``; an outer point begins at zero."""

    target: Value

    def start(self) -> None:
        with self.code.loop("i", 0, self.width) as i:
            self.code.store(*self.place_of(_LOWEST, i), self.code.double(math.inf))

    def point(self, u: int, i: Value) -> None:
        code, lowest = self.code, self.kept[_LOWEST.name]
        place = code.cast(flat(self.nest, code.whole(0), u), "double")
        here = code.select(self.nest.value(self.plan.objective, u).equals(self.target), place, code.double(math.inf))
        lowest.set(code.select(here < lowest.value, here, lowest.value))


def location(plan: Plan, code: CpuCode) -> None:
    """Write ``kernel(lo, hi, K, T, L, points, targets, flats, offsets, out)``: the lowest flat index that has the target."""
    emitter = _Location(plan, code, Reducer((_LOWEST,)))
    emitter.begin(("points", "wide*"), ("targets", "real*"), ("flats", "wide*"), ("offsets", "wide*"), ("out", "wide*"))
    emitter.load()
    with code.loop("j", emitter.number("lo"), emitter.number("hi")) as j:
        emitter.target = emitter.array("targets")[j]
        emitter.decode(emitter.array("points")[j])
        emitter.walk()
        first = code.var("first", code.whole(-1))
        with code.loop("i", 0, emitter.nest.used) as i:
            lowest = code.load(*emitter.place_of(_LOWEST, i))
            with code.when(lowest < math.inf):
                lane = emitter.nest.base + i if plan.lane_tile else i
                here = emitter.array("flats")[j] + emitter.array("offsets")[lane] + code.cast(lowest, "wide")
                with code.when((first.value < 0) | (here < first.value)):
                    first.set(here)
        emitter.array("out")[j] = first.value


def flat(nest: Nest, start: Value, u: int = 0) -> Value:
    """Write the flat index of a point.

    Parameters
    ----------
    nest : Nest
        The nest, inside all its loops.
    start : Value
        Where the outer part begins, a tile's own beginning included.
    u : int
        How many passes on in the innermost loop the point is.
    """
    strides = nest.plan.problem.grid.strides
    for m in nest.plan.middle:
        index = nest.index[m.axis]
        if u and m is nest.plan.middle[-1]:
            index = index + u
        start = start + (index - nest.first[m.axis] if m.tiled else index) * strides[m.axis]
    return start


def walk_lane(nest: Nest, point: Value, lane: Value, innermost: Callable[[], None]) -> None:
    """Write the middle loops of an outer point on one lane, everything a plain number.

    Parameters
    ----------
    nest : Nest
        The nest, whose ``arrays`` are there.
    point, lane : Value
        The outer point and the lane.
    innermost : Callable
        Writes what is done with each scenario.
    """
    nest.load_constants()
    nest.decode(point)
    nest.load_lanes(lane)

    def level(number: int) -> None:
        nest.load_tables(number)
        first = nest.before_guard(number)
        nest.compute(first)
        guard = nest.guard(number)
        with nest.code.when(guard) if guard is not None else contextlib.nullcontext():
            nest.compute([n for n in nest.plan.nodes if nest.levels[n.id] == number and n.id not in {f.id for f in first}])
            if number == nest.last:
                innermost()
                return
            loop = nest.plan.middle[number]
            with nest.code.loop(f"i{loop.axis}", *nest.bounds(loop)) as nest.index[loop.axis]:
                level(number + 1)

    level(0)

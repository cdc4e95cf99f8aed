"""Counting on the CPU four points at a time, where the bins of passes that follow each other lie near each other.

One increment counts the bins of four passes at once, in a table that has a column for each bin of the first and a row for
each three steps from a bin to the next one. So there are few increments, of which a core does one a cycle at best. The keys
of two such runs are worked out together, in the halves of one word. Where a step is longer than a row has bits for, or goes
the other way, the kernel says so, and what it has counted is worth nothing.
"""

from collections.abc import Sequence
from itertools import pairwise

from ...graph.expression import Node
from ...plan.blocks import JammedPasses
from ...plan.plan import Plan
from ..code import Array, Value
from .bins import BinCounting
from .cpu_code import CpuCode

_RUN = 4  # passes that one increment counts at most
_BITS = 3  # of a step
_ROWS = 1 << _BITS * (_RUN - 1)
_MAX_STRIDE = 2048  # columns: 4 MiB, of which rows of steps that occur are used
_POINTS_PER_PLACE = 2  # scenarios that a group should have for each place of the table, so that adding it up is little work
_HALF = 32
_LOW = (1 << _HALF) - 1


def worthwhile(plan: Plan, bins: int = 128) -> bool:
    """Tell whether so many points are counted in so many bins that a table of steps is worth its room."""
    columns, points = bins + 32, plan.problem.grid.size // plan.groups
    return alike(plan) and columns < _MAX_STRIDE and points >= _POINTS_PER_PLACE * _ROWS * columns


def alike(plan: Plan) -> bool:
    """Tell whether there are passes that are done together, which either all count or none of them."""
    blocks = JammedPasses(plan)
    return plan.jam.passes > 1 and all(flag is None or blocks.alike(flag) for flag in (plan.feasible, plan.nan))


class _Steps(BinCounting):
    """Counts runs of bins: a body of lanes gives the places of two runs in one word, which are then counted.

    ``regions`` are where the tables of runs of each length begin; ``nowhere`` is where places begin, one for each lane, that
    stand for what does not count, and after them those of steps that are too long.
    """

    stride: Value
    offset: Value
    nowhere: Value
    missing: Value
    misfit: Value

    def __init__(self, plan: Plan, code: CpuCode):
        super().__init__(plan, code, signed=False)
        self.falls = JammedPasses(plan).falls()
        self.lengths = sorted({*_words(plan.jam.passes), 1})
        self.regions: dict[int, Value] = {}

    def write(self) -> None:
        """Write the kernel."""
        code = self.code
        code.function("flush", (("H", "count*"), ("bins", "int"), ("stride", "int"), ("row", "wide*")), self._add_runs)
        self.begin(("long", "wide*"), ("out", "wide**"))
        self.stride = _stride(self.bins)
        self.nowhere = code.whole(0)
        for length in self.lengths:
            self.regions[length] = self.nowhere
            self.nowhere = self.nowhere + (self.stride << _BITS * (length - 1))
        self.held = code.alloc("count", self.nowhere + 2 * self.chunk, 0)
        self.groups(lambda group: code.run("flush", self.held, self.bins, self.stride, self.row("out", group)))
        long = self.array("long")
        with code.loop("lane", 0, self.chunk) as lane:
            long[0] = long[0] + self.held[self.nowhere + self.chunk + lane]

    def allocate(self) -> None:
        self.room = len(_words(self.plan.jam.passes)) * self.chunk
        self.spare = self.nowhere + (self.nowhere << _HALF)
        self.numbers = self.code.alloc("wide", 3 * self.room, self.spare)
        self.half = self.code.var("half", self.code.whole(0))

    def start(self) -> None:
        self.offset = self.base - self.above

    def open_body(self, i: Value) -> None:
        lane = i - self.first
        self.missing = self.spare + (lane + (lane << _HALF))
        self.misfit = self.missing + _twice(self.chunk)

    def points(self, times: int, nodes: Sequence[Node], i: Value) -> None:
        for u in range(times):
            self.nest.compute(nodes, u)
        code, flags = self.code, self._flags(i)
        keys = [code.binary("ushr", code.bits(self.nest.outputs(u)[0]), code.whole(self.shift)) for u in range(times)]
        if self.falls:
            keys.reverse()
        for number, length in enumerate(_words(times)):
            word = self._word(keys[:length], keys[length : 2 * length])
            where = self.at + number * self.chunk + (i - self.first)
            self.numbers[where] = code.select(code.both(*flags), word, self.missing) if flags else word
            keys = keys[2 * length :]

    def _flags(self, i: Value) -> list[Value]:
        """List what tells whether the points of a lane count."""
        _, ok, nan = self.nest.outputs(0)
        flags = [flag for flag in (ok, ~nan if nan is not None else None) if flag is not None]
        return [*flags, i < self.nest.used] if self._partial() else flags

    def _word(self, one: Sequence[Value], other: Sequence[Value]) -> Value:
        """Find the places of two runs; where there is no other, that of one key, and of what does not count."""
        code, length = self.code, len(one)
        first = self.offset + self.regions[length]
        if not other:
            return ((one[0] + first) << _HALF) + (self.missing & _LOW)
        both = [(a << _HALF) | b for a, b in zip(one, other, strict=True)]
        place = both[0] + ((first << _HALF) + first)
        if length == 1:
            return place
        # A step that is less than zero borrows of the other half, but has high bits itself, so the word does not fit.
        steps = [after - before for before, after in pairwise(both)]
        row, bits = steps[0], steps[0]
        for step in steps[1:]:
            row, bits = (row << _BITS) + step, bits | step
        row = row & _twice((1 << _BITS * (length - 1)) - 1)  # so that LLVM knows that products of few bits are enough
        place = place + row * (self.stride & (_MAX_STRIDE - 1))
        return code.select((bits & ~_twice((1 << _BITS) - 1)).equals(0), place, self.misfit)

    def after_body(self, times: int) -> None:
        code = self.code
        with code.loop("x", 0, len(_words(times)) * self.chunk) as x:
            word = self.numbers[self.at + x]
            for place in (word & _LOW, code.binary("ushr", word, code.whole(_HALF))):
                self.held[place] = self.held[place] + 1

    def _add_runs(self, code: CpuCode, held: Array, bins: Value, stride: Value, row: Array) -> None:
        """Add all runs to the counts of their bins; what is held of them is zero again."""
        first = code.whole(0)
        for length in self.lengths:
            rows = 1 << _BITS * (length - 1)
            with code.loop("r", 0, rows) as number:
                _add_run(code, code.part(held, first + number * stride), _distances(number, length), bins, row)
            first = first + stride * rows


def _words(passes: int) -> list[int]:
    """Divide some passes among words: of each, how long its two runs are; a last pass alone has a word to itself."""
    words: list[int] = []
    while passes > 1:
        words.append(min(_RUN, passes // 2))
        passes -= 2 * words[-1]
    return words + [1] * passes


def _twice(number: int) -> int:
    """Put a number into both halves of a word."""
    return number + (number << _HALF)


def _stride(bins: Value) -> Value:
    """Give the length of a row: an odd number of cache lines, so that rows do not share their sets."""
    return (((bins + 15) >> 4) | 1) << 4


def _distances(number: Value, length: int) -> list[Value]:
    """Give how many bins the passes of a run lie behind its first one, from the number of its row."""
    result = [number.code.whole(0)]
    for step in range(length - 2, -1, -1):
        result.append(result[-1] + ((number >> _BITS * step) & ((1 << _BITS) - 1)))
    return result


def _add_run(code: CpuCode, counts: Array, distances: Sequence[Value], bins: Value, row: Array) -> None:
    """Add one row of the table, if there is anything in it, and empty it."""
    some = code.var("some", code.whole(0))
    with code.loop("b", 0, bins - 1) as b:
        some.set(some.value | counts[b])
    with code.when(some.value.differs(0)):
        for distance in distances:
            target = code.part(row, distance)
            with code.loop("b", 0, bins - 1 - distance) as b:
                target[b] = target[b] + counts[b]
        with code.loop("b", 0, bins - 1) as b:
            counts[b] = 0


def steps(plan: Plan, code: CpuCode) -> None:
    """Write ``kernel(lo, hi, K, T, L, live, above, below, base, first, bins, long, out)``: what `histogram` writes, by steps.

    All values lie above zero. ``long[0]`` grows where a step was too long: then ``out`` is not what it should be.

    Parameters
    ----------
    plan : Plan
        The question's plan.
    code : CpuCode
        A function that nothing is written of yet.
    """
    _Steps(plan, code).write()

"""Counting on the CPU two points at a time, where so many are counted that a table of pairs of bins is worth its room.

One increment counts the bins of two passes at once, in a table that has a row for each bin of the first and a column for
each of the second. Counting is held up by increments, one a cycle at best, so that takes little more than half the time.
"""

from collections.abc import Sequence

from ...graph.expression import Node
from ...plan.blocks import JammedPasses
from ...plan.plan import Plan
from ..code import Array, Value
from .bins import BinCounting
from .cpu_code import CpuCode

MAX_TABLE = 2**21  # pairs: 8 MiB, of which neighbours near the diagonal are used
_POINTS_PER_PAIR = 4  # scenarios that a group should have for each pair of bins, so that adding the table up is little work
_SPARE = 64  # places for pairs that do not count
_LOW = 2**32 - 1


def worthwhile(plan: Plan, bins: int = 128) -> bool:
    """Tell whether so many points are counted in so many bins that pairs are worth a table."""
    pairs = (bins + 32) ** 2
    points = plan.problem.grid.size // plan.groups
    return plan.jam.passes > 1 and pairs <= MAX_TABLE and points >= _POINTS_PER_PAIR * pairs


class _Pairs(BinCounting):
    """Counts pairs of bins: a body of lanes gives the places of two pairs in one word, which are then counted."""

    stride: Value
    offset: Value
    missing: Value

    def __init__(self, plan: Plan, code: CpuCode):
        super().__init__(plan, code, signed=False)
        self.blocks = JammedPasses(plan)

    def write(self) -> None:
        """Write the kernel."""
        code = self.code
        code.function("flush", (("H", "count*"), ("bins", "int"), ("stride", "int"), ("row", "wide*")), _add_pairs)
        self.begin(("out", "wide**"))
        self.stride = _stride(self.bins)
        self.held = code.alloc("count", self.stride * self.stride + _SPARE, 0)
        self.groups(lambda group: code.run("flush", self.held, self.bins, self.stride, self.row("out", group)))

    def allocate(self) -> None:
        self.room = -(-self.plan.jam.passes // 4) * self.chunk
        spare = self.stride * self.stride
        self.spare = spare + (spare << 32)
        self.numbers = self.code.alloc("wide", 3 * self.room, self.spare)
        self.half = self.code.var("half", self.code.whole(0))

    def start(self) -> None:
        off = (self.base - self.above) * (self.stride + 1)
        self.offset = off + (off << 32)

    def open_body(self, i: Value) -> None:
        lane = i & (_SPARE - 1)
        self.missing = self.spare + (lane + (lane << 32))

    def points(self, times: int, nodes: Sequence[Node], i: Value) -> None:
        for u in range(times):
            self.nest.compute(nodes, u)
        code, alike = self.code, self._flags(0, i, alike=True)
        keys = [self._key(u, i) for u in range(times)] + [self._none()] * (times % 2)
        stride = self.stride & _LOW  # so that LLVM knows that a product of 32 bits is enough
        places = [first * stride + second for first, second in zip(keys[::2], keys[1::2], strict=True)]
        for number, low in enumerate(places[::2]):
            high = places[2 * number + 1 : 2 * number + 2]
            word = (low + (high[0] << 32) if high else low) + self.offset
            if not high:
                word = (word & _LOW) + ((self.stride * self.stride) << 32)
            where = self.at + number * self.chunk + (i - self.first)
            self.numbers[where] = code.select(code.both(*alike), word, self.missing) if alike else word

    def _flags(self, u: int, i: Value, *, alike: bool) -> list[Value]:
        """List what tells whether a point counts: what is alike for all passes, or what is not."""
        plan, nest = self.plan, self.nest
        flags = [nest.value(n, u) for n in (plan.feasible,) if n is not None and self.blocks.alike(n) == alike]
        flags += [~nest.value(n, u) for n in (plan.nan,) if n is not None and self.blocks.alike(n) == alike]
        return [*flags, i < nest.used] if alike and self._partial() else flags

    def _key(self, u: int, i: Value) -> Value:
        """Find the row or column of a point; the last one where it does not count and others of its lane may."""
        value, _, _ = self.nest.outputs(u)
        flags = self._flags(u, i, alike=False)
        key = self.code.binary("ushr", self.code.bits(value), self.code.whole(self.shift))
        return self.code.select(self.code.both(*flags), key, self._none()) if flags else key

    def _none(self) -> Value:
        """Give the row or column of what does not count."""
        return self.bins - 1 + (self.above - self.base)

    def after_body(self, times: int) -> None:
        code = self.code
        with code.loop("x", 0, -(-times // 4) * self.chunk) as x:
            word = self.numbers[self.at + x]
            for place in (word & _LOW, code.binary("ushr", word, code.whole(32))):
                self.held[place] = self.held[place] + 1


def _stride(bins: Value) -> Value:
    """Give the length of a row: an odd number of cache lines, so that near the diagonal rows do not share their sets."""
    return (((bins + 15) >> 4) | 1) << 4


def _add_pairs(code: CpuCode, held: Array, bins: Value, stride: Value, row: Array) -> None:
    """Add all pairs to the counts of their two bins; what is held is zero again."""
    with code.loop("a", 0, bins) as a:
        total = code.var("total", code.whole(0))
        with code.loop("b", 0, bins - 1) as b:
            count = held[a * stride + b]
            row[b] = row[b] + count
            total.set(total.value + count)
        with code.when(a < bins - 1):
            row[a] = row[a] + total.value + held[a * stride + (bins - 1)]
    code.fill(held, 0)


def pairs(plan: Plan, code: CpuCode) -> None:
    """Write ``kernel(lo, hi, K, T, L, live, above, below, base, first, bins, out)``: what `histogram` writes, by pairs.

    All values lie above zero.

    Parameters
    ----------
    plan : Plan
        The question's plan.
    code : CpuCode
        A function that nothing is written of yet.
    """
    _Pairs(plan, code).write()

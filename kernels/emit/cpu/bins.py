"""Passes on the CPU that keep something for each bin: counts, and what a Pareto front is found from."""

import math
from collections.abc import Callable

from ...plan.plan import Plan
from ...reductions.bins import layout
from ..code import Array, Value, Variable
from .cpu_code import CpuCode, Parameter
from .lanes import Lanes
from .locate import flat, walk_lane

COPIES = 8  # histograms kept side by side, so that neighbours in one bin do not wait for each other
CHUNK = 16
_EDGES = (("live", "flag*"), ("aboves", "wide*"), ("belows", "wide*"), ("bases", "wide*"), ("first", "int"), ("bins", "int"))


class BinCounting(Lanes):
    """Counts bins: a body of lanes gives bin numbers, which are then counted one by one.

    ``numbers`` holds them in three parts of ``room`` each: those of the last lanes and those that are computed now in turn,
    and those of what is not jammed as far. ``at`` is where the part begins that is written or counted.

    ``bins`` is one more than the bins, the last one takes what does not count. ``above``, ``below`` and ``base`` are the
    edges of a group's bins; ``held`` is what is kept of the group's bins, in memory of the kernel's own.
    """

    above: Value
    below: Value
    base: Value
    bins: Value
    point_of: Value
    group: Value
    held: Array
    numbers: Array
    spare: Value
    half: Variable
    copies, piped = COPIES, True
    looks_ahead = True
    first: Value
    at: Value
    room: int
    copy: Value | None = None

    def __init__(self, plan: Plan, code: CpuCode, *, signed: bool):
        super().__init__(plan, code, None)
        _, self.mask, self.shift = layout(plan.dtype)
        self.signed, self.chunk = signed, min(CHUNK, self.width)

    def begin(self, *parameters: Parameter) -> None:
        """Name the arguments, the edges of groups' bins among them."""
        super().begin(*_EDGES, *parameters)
        self.bins = self.number("bins")

    def groups(self, flush: Callable[[Value], object]) -> None:
        """Walk the outer points that are live, group by group; ``flush`` hands a group's bins over."""
        code, per_group, lo = self.code, self.plan.points_per_group, self.number("lo")
        self.allocate()
        self.load()
        group = code.var("group", lo // per_group)
        with code.loop("p", lo, self.number("hi")) as self.point_of:
            following = self.point_of // per_group
            with code.when(following.differs(group.value)):
                self.drain()
                flush(group.value)
                group.set(following)
            self.group = group.value
            self.above, self.below, self.base = (self.array(name)[self.group] for name in ("aboves", "belows", "bases"))
            with code.when(self.array("live")[self.point_of].differs(0)):
                self.decode(self.point_of)
                self.walk()
                self.after_point()
        self.drain()
        flush(group.value)

    def keep(self, kept: str, out: str, empty: float, hand_over: Callable[[CpuCode, Array, Value, Array], None]) -> None:
        """Write the kernel that keeps something for each bin of a group, and adds it to the group's row of ``out``.

        Parameters
        ----------
        kept, out : str
            The kinds of elements: of what is kept, and of ``out``.
        empty : float
            What is kept of no points.
        hand_over : callable
            Writes how what is kept (so many bins of it) goes into a row, and is empty again.
        """
        code = self.code
        code.function("flush", (("H", f"{kept}*"), ("bins", "int"), ("row", f"{out}*")), hand_over)
        self.begin(("out", f"{out}**"))
        self.held = code.alloc(kept, self.bins * self.copies if self.copies > 1 else self.bins, empty)
        self.groups(lambda group: code.run("flush", self.held, self.bins, self.row("out", group)))

    def allocate(self) -> None:
        """Reserve, after what is kept, what else the innermost body writes to."""
        self.room = self.plan.jam.passes * self.chunk
        self.spare = self.bins - 1
        if self.piped:
            self.numbers = self.code.alloc("count", 3 * self.room, self.spare)
            self.half = self.code.var("half", self.code.whole(0))
        else:
            self.numbers = self.code.alloc("count", self.room)

    def row(self, name: str, group: Value) -> Array:
        """Find the row of a group in an array that begins with the first group."""
        return self.code.row(self.array(name), group - self.number("first"))

    def after_point(self) -> None:
        """Do what follows an outer point."""

    def start(self) -> None:
        """Begin an outer point: nothing is emptied, since its group's other points are counted together with it."""

    def open_body(self, i: Value) -> None:
        """Choose the copy that a lane counts in."""
        if self.copies > 1:
            self.copy = (i & (self.copies - 1)) * self.bins

    def point(self, u: int, i: Value) -> None:
        """Write down the bin of a point."""
        place = self.place(u, i < self.nest.used if self._partial() else None)
        self.numbers[self.at + u * self.chunk + (i - self.first)] = place + self.copy if self.copy is not None else place

    def place(self, u: int | None, counts: Value | None) -> Value:
        """Find the bin of a point: the last one where it does not count."""
        code = self.code
        value, ok, nan = self.nest.outputs(u)
        place = self.bin_of(value)
        flags = [flag for flag in (ok, ~nan if nan is not None else None, counts) if flag is not None]
        return code.select(code.both(*flags), place, self.bins - 1) if flags else place

    def bin_of(self, value: Value) -> Value:
        """Find the bin of a number that counts."""
        code, raw = self.code, self.code.bits(value)
        if not self.signed:
            return (raw >> self.shift) - (self.above - self.base)
        size = (raw & self.mask) >> self.shift
        key = code.pick(raw < 0, -size - 1, size)
        far, near = key - self.above, key + self.below
        return code.pick(far > 0, far, 0) + code.pick(near < 0, near, 0) + self.base

    def _partial(self) -> bool:
        return self.width != self.plan.lanes_used or bool(self.plan.lane_tile)

    def close_body(self, i: Value) -> None:
        """Leave a lane: nothing is kept of it."""

    def over_lanes(self, times: int, for_lanes: Callable[[Value], None]) -> None:
        """Write the innermost body some lanes at a time.

        While the numbers of some lanes are computed, those of the lanes before are counted: the core overlaps the two, which
        do not wait for each other.
        """
        piped = self.piped and times == self.plan.jam.passes
        size = self.code.whole(self.room)
        with self.code.loop("c", 0, self.width, self.chunk) as self.first:
            self.at = self.half.value if piped else size + size if self.piped else self.code.whole(0)
            with self.code.loop("i", self.first, self.first + self.chunk) as i:
                for_lanes(i)
            if piped:
                self.half.set(size - self.at)
                self.at = size - self.at
            self.after_body(times)

    def drain(self) -> None:
        """Count the numbers that are left, before what is kept is handed over."""
        if self.piped:
            self.at = self.code.whole(self.room) - self.half.value
            self.after_body(self.plan.jam.passes)
            self.code.fill(self.numbers, self.spare)

    def after_body(self, times: int) -> None:
        """Count the bins that were written down."""
        with self.code.loop("x", 0, times * self.chunk) as x:
            number = self.numbers[self.at + x]
            self.held[number] = self.held[number] + 1


def histogram(plan: Plan, code: CpuCode, *, signed: bool) -> None:
    """Write ``kernel(lo, hi, K, T, L, live, above, below, base, first, bins, out)``: each group's counts, added into ``out``.

    ``live`` tells of each outer point whether any of it counts. ``bins`` is one more than the bins, the last one takes what
    does not count; ``out`` has a row per group from ``first`` on.

    Parameters
    ----------
    plan : Plan
        The question's plan.
    code : CpuCode
        A function that nothing is written of yet.
    signed : bool
        Whether values may be zero or negative.
    """
    BinCounting(plan, code, signed=signed).keep("count", "wide", 0, _add_counts)


def _add_counts(code: CpuCode, held: Array, bins: Value, row: Array) -> None:
    """Add all copies of a group's counts to its row; what is held is zero again."""
    with code.loop("b", 0, bins - 1) as b:
        total = code.var("total", code.whole(0))
        with code.loop("c", 0, COPIES) as c:
            total.set(total.value + held[c * bins + b])
        row[b] = row[b] + total.value
    code.fill(held, 0)


class _Second(BinCounting):
    """Beside the bin of the first quantity, the second one's value: what a Pareto front is found from."""

    seconds: Array
    copies, piped = 1, False

    def allocate(self) -> None:
        super().allocate()
        self.seconds = self.code.alloc("real", self.room)

    def point(self, u: int, i: Value) -> None:
        super().point(u, i)
        self.seconds[u * self.chunk + (i - self.first)] = self.nest.value(self.plan.objectives[1], u)


class _Least(_Second):
    """The least of the second quantity in each bin."""

    def after_body(self, times: int) -> None:
        with self.code.loop("x", 0, times * self.chunk) as x:
            number, second = self.numbers[x], self.seconds[x]
            with self.code.when(second < self.held[number]):
                self.held[number] = second


class _OnFront(_Second):
    """Which lanes have points that are on the front; those are walked point by point."""

    hits: Array
    front: Array

    def allocate(self) -> None:
        super().allocate()
        self.hits = self.code.alloc("bool", self.width, False)

    def start(self) -> None:
        self.code.fill(self.hits, False)
        self.front = self.code.row(self.array("fronts"), self.group)

    def after_body(self, times: int) -> None:
        for u in range(times):
            with self.code.loop("i", 0, self.chunk) as i:
                place = u * self.chunk + i
                with self.code.when(self.seconds[place].equals(self.front[self.numbers[place]])):
                    self.hits[self.first + i] = True

    def after_point(self) -> None:
        code, point = self.code, self.point_of
        with code.loop("i", 0, self.nest.used) as i, code.when(self.hits[i]):
            lane = self.nest.base + i if self.plan.lane_tile else i
            first = self.array("flats")[point - self.number("lo")] + self.array("offsets")[lane]
            edges = self.above, self.below, self.base
            row = self.row("out", self.group)
            code.run("scan", point, lane, first, *edges, self.front, *self.nest.arrays, row)


def least(plan: Plan, code: CpuCode, *, signed: bool) -> None:
    """Write ``kernel(lo, hi, K, T, L, live, above, below, base, first, bins, out)``: bins' least second quantities.

    Parameters
    ----------
    plan : Plan
        The question's plan.
    code : CpuCode
        A function that nothing is written of yet.
    signed : bool
        Whether values of the first quantity may be zero or negative.
    """
    _Least(plan, code, signed=signed).keep("real", "real", math.inf, _lower)


def _lower(code: CpuCode, held: Array, bins: Value, row: Array) -> None:
    """Hand a group's least values over to its row; what is held is infinite again."""
    with code.loop("b", 0, bins - 1) as b:
        row[b] = code.pick(held[b] < row[b], held[b], row[b])
    code.fill(held, math.inf)


def front(plan: Plan, code: CpuCode, *, signed: bool) -> None:
    """Write ``kernel(lo, hi, K, T, L, live, above, below, base, first, bins, fronts, flats, offsets, out)``: lowest indices.

    ``fronts`` (groups, bins) holds the second quantity of the bins that are on the front, else NaN; ``out`` (groups from
    ``first`` on, bins) is lowered to the index of the point that has it; ``flats`` are the outer points' first flat indices.

    Parameters
    ----------
    plan : Plan
        The question's plan.
    code : CpuCode
        A function that nothing is written of yet.
    signed : bool
        Whether values of the first quantity may be zero or negative.
    """
    emitter = _OnFront(plan, code, signed=signed)
    scan = [
        ("p", "int"),
        ("lane", "int"),
        ("start", "int"),
        ("above", "int"),
        ("below", "int"),
        ("base", "int"),
        ("F", "real*"),
        ("K", "real*"),
        ("T", "real*"),
        ("L", "real*"),
        ("row", "wide*"),
    ]
    code.function("scan", scan, lambda inner, *arguments: _scan(BinCounting(plan, inner, signed=signed), *arguments))
    emitter.begin(("fronts", "real**"), ("flats", "wide*"), ("offsets", "wide*"), ("out", "wide**"))
    emitter.groups(lambda group: None)


def _scan(
    scanner: BinCounting,
    point: Value,
    lane: Value,
    start: Value,
    above: Value,
    below: Value,
    base: Value,
    front: Array,
    *arrays: Array,
) -> None:
    """Write the walk of one lane of an outer point: every point that is on the front lowers its bin's index."""
    code, nest = scanner.code, scanner.nest
    constants, tables, columns, row = arrays
    nest.arrays = constants, tables, columns
    scanner.above, scanner.below, scanner.base = above, below, base
    scanner.bins = Value(code, "int", front.length)

    def innermost() -> None:
        place = scanner.place(None, None)
        with code.when(nest.value(scanner.plan.objectives[1]).equals(front[place])):
            here = flat(nest, start)
            with code.when(here < row[place]):
                row[place] = here

    walk_lane(nest, point, lane, innermost)

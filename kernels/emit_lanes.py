"""A plan as Python for Numba on the CPU: an outer point at a time, a loop over the lanes innermost.

Everything that has one value per lane stands in one array, ``B`` (the dtype) or ``D`` (float64), at constant distances, so
that the compiler needs no run-time check that two of them overlap and turns the loops over lanes into vector code.
"""

import contextlib
from collections.abc import Callable

from .expression import Node
from .nest import MOST_JAMMED, Nest
from .order import JAM
from .plan import Plan
from .reducers import Reducer, hits
from .syntax import Python

_HEADER = '''"""Emitted by flopwatt from a plan; not for editing."""

import numpy as np
from numba import njit

from flopwatt.kernels.engines.intrinsics import bits, ceil, floor, select, sqrt, {exp}, {log2}

'''
_JIT = '@njit(cache=True, nogil=True, fastmath={"nsz"}, error_model="numpy")'
COPIES = 8  # histograms kept side by side, so that neighbours in one bin do not wait for each other


class Lanes:
    """Emits one kernel; ``emit`` gives the module's source."""

    def __init__(self, plan: Plan, reducer: Reducer | None):
        self.plan, self.reducer = plan, reducer
        self.code = Python(plan.dtype)
        self.nest = Nest(plan, self.code)
        self.width = plan.width
        self.pruned = False  # whether skipped scenarios are counted
        self.slots: dict[int, int] = {}
        for node in (*self.nest.lane_columns, *self.nest.buffered):
            self.slots[node.id] = len(self.slots)
        accumulators = reducer.accumulators if reducer else ()
        self.reals = [a for a in accumulators if a.kind == "real"]
        self.doubles = [a for a in accumulators if a.kind == "double"]

    # --- one value per lane ---

    def _slot(self, number: int, array: str = "B") -> str:
        return f"{array}[{number * self.width} + i]" if number else f"{array}[i]"

    def _place(self, node: Node) -> str:
        return self._slot(self.slots[node.id])

    def _accumulator(self, accumulator: object) -> str:
        if accumulator in self.reals:
            return self._slot(len(self.slots) + self.reals.index(accumulator))  # type: ignore[arg-type]
        return self._slot(self.doubles.index(accumulator), "D")  # type: ignore[arg-type]

    def allocate(self) -> None:
        code, count = self.code, max(len(self.slots) + len(self.reals), 1)
        code.put(f"B = np.empty({count * self.width}, np.{self.plan.dtype})")
        if self.doubles:
            code.put(f"D = np.empty({len(self.doubles) * self.width}, np.float64)")

    def load_columns(self, tiled: bool) -> None:
        """Lane columns into their slots: once for all, or a tile's at each outer point."""
        if tiled == bool(self.plan.lane_tile) and self.nest.lane_columns:
            with self.code.loop("i", "0", f"{self.width}"):
                for row, node in enumerate(self.nest.lane_columns):
                    base = " + base" if tiled else ""
                    self.code.put(f"{self._place(node)} = L[{row * self.plan.lane_length}{base} + i]")

    # --- the nest ---

    def walk(self) -> None:
        """From the outer point's own level to the innermost body."""
        self._level(0)

    def _level(self, level: int) -> None:
        nest = self.nest
        if level == nest.last:
            nest.load_tables(level, 0)
            nest.compute(nest.at(level, vector=False), 0)
            self._body(1)
            return
        nest.load_tables(level)
        first = nest.before_guard(level)
        nest.compute(first)
        if level == 0:
            self.start()
        guard = nest.guard(level)
        if not guard:
            self._inside(level, set())
            return
        with self.code.when(guard):
            self._inside(level, {node.id for node in first})
        if self.pruned:
            with self.code.otherwise():
                self.code.put(f"pruned += {nest.skipped(level)}")

    def _inside(self, level: int, done: set[int]) -> None:
        """What a level does once its guards are met."""
        nest = self.nest
        nest.compute(node for node in nest.at(level, vector=False) if node.id not in done)
        if not (nest.joined and level == nest.last - 1):
            self._fill(level)
        loop = self.plan.middle[level]
        start, stop = nest.bounds(loop)
        if level + 1 == nest.last:
            self._jam(loop.axis, start, stop, loop.length)
            return
        with self.code.loop(f"i{loop.axis}", start, stop):
            self._level(level + 1)

    def _fill(self, level: int) -> None:
        """The lane buffers that are computed at this level."""
        nodes = self.nest.at(level, vector=True)
        if nodes:
            with self.code.loop("i", "0", f"{self.width}"):
                self._load(nodes, level, None)
                self.nest.compute(nodes)
                for node in nodes:
                    if node in self._buffered(level):
                        value = self.nest.name(node)
                        if node.boolean:
                            value = self.code.select(value, self.code.literal(1.0), self.code.literal(0.0))
                        self.code.put(f"{self._place(node)} = {value}")

    def _buffered(self, level: int) -> set[Node]:
        return {node for node in self.nest.buffered if self.nest.levels[node.id] == level}

    def _load(self, nodes: list[Node], level: int, extra: tuple[Node, ...] | None) -> None:
        """Read what the nodes (and outputs) take from lane columns and from buffers filled further out."""
        wanted: dict[int, Node] = {}
        for node in [arg for n in nodes for arg in n.args] + list(extra or ()):
            if node.id in self.slots and (self.plan.kind(node) == "lane" or self.nest.levels[node.id] < level):
                wanted[node.id] = node
        for node in wanted.values():
            self.code.put(f"{self.nest.name(node)} = {self.nest.read(node, self._place(node))}")

    def _jam(self, axis: int, start: str, stop: str, length: int) -> None:
        """The innermost loop, several passes at once, then what is left."""
        times = self._times(length)
        whole = f"{stop} - {times - 1}" if times > 1 else stop
        if times > 1:
            with self.code.loop(f"i{axis}", start, whole, times):
                self._passes(times)
            if start == "0":
                if length % times:
                    with self.code.loop(f"i{axis}", f"{length - length % times}", stop):
                        self._passes(1)
                return
            start = f"{start} + ({stop} - {start}) // {times} * {times}"
        with self.code.loop(f"i{axis}", start, stop):
            self._passes(1)

    def _times(self, length: int) -> int:
        work = max(len(self.nest.at(self.nest.last, vector=True)), 1)
        return max(min(JAM, length, MOST_JAMMED // work), 1)

    def _passes(self, times: int) -> None:
        for u in range(times):
            self.nest.load_tables(self.nest.last, u)
            self.nest.compute(self.nest.at(self.nest.last, vector=False), u)
        self._body(times)

    def _body(self, times: int) -> None:
        nest, level = self.nest, self.nest.last
        if level == 0:
            self.start()
        nodes = nest.at(level, vector=True)
        above = nest.at(level - 1, vector=True) if nest.joined else []
        with self.code.loop("i", "0", self.lane_count()):
            self._load([*above, *nodes], level - nest.joined, self.plan.outputs)
            nest.compute(above)
            self.open_body()
            for u in range(times):
                nest.compute(nodes, u)
                self.point(u)
            self.close_body()
        self.after_body(times)

    # --- what the kernel is for ---

    def lane_count(self) -> str:
        """How many lanes the innermost body does: all of them, padding too, so that the number is a constant."""
        return f"{self.width}"

    def start(self) -> None:
        """Before an outer point's first scenario: empty accumulators."""
        assert self.reducer is not None
        with self.code.loop("i", "0", f"{self.width}"):
            for accumulator in self.reducer.accumulators:
                self.code.put(f"{self._accumulator(accumulator)} = {accumulator.empty(self.code)}")

    def open_body(self) -> None:
        assert self.reducer is not None
        for accumulator in self.reducer.accumulators:
            self.code.put(f"{accumulator.name} = {self._accumulator(accumulator)}")

    def point(self, u: int) -> None:
        assert self.reducer is not None
        self.reducer.update(self.code, *self.nest.outputs(u))

    def close_body(self) -> None:
        assert self.reducer is not None
        for accumulator in self.reducer.accumulators:
            self.code.put(f"{self._accumulator(accumulator)} = {accumulator.name}")

    def after_body(self, times: int) -> None:
        pass

    def finish(self) -> None:
        """After an outer point: the lanes that count, as one."""
        assert self.reducer is not None
        code = self.code
        for accumulator in self.reducer.accumulators:
            code.put(f"{accumulator.name} = {accumulator.empty(code)}")
        with code.loop("i", "0", "used"):
            for accumulator in self.reducer.accumulators:
                merged = accumulator.merged(code, accumulator.name, self._accumulator(accumulator))
                code.put(f"{accumulator.name} = {merged}")

    def module(self, functions: list[str], code: Python) -> str:
        constants = "".join(f"{name} = {value}\n" for value, name in code.constants.items())
        dtype = self.plan.dtype
        return _HEADER.format(exp=f"exp_{dtype}", log2=f"log2_{dtype}") + constants + "\n\n" + "\n\n".join(functions)


def reduction(plan: Plan, reducer: Reducer) -> str:
    """``kernel(lo, hi, K, T, L, out...)``: for each outer point, what the reducer makes of its scenarios."""
    emitter = Lanes(plan, reducer)
    code = emitter.code
    emitter.pruned = bool(plan.guards)
    names = [a.name for a in reducer.accumulators] + (["pruned"] if emitter.pruned else [])
    code.put(_JIT)
    code.put(f"def kernel(lo, hi, K, T, L, {', '.join(f'out_{name}' for name in names)}):")
    code.depth += 1
    emitter.allocate()
    emitter.nest.load_constants()
    emitter.load_columns(tiled=False)
    with code.loop("p", "lo", "hi"):
        emitter.nest.decode()
        emitter.load_columns(tiled=True)
        if emitter.pruned:
            code.put("pruned = 0")
        emitter.walk()
        emitter.finish()
        for name in names:
            code.put(f"out_{name}[p] = {name}")
    return emitter.module([code.text()], code)


def location(plan: Plan) -> str:
    """``kernel(lo, hi, K, T, L, points, targets, flats, offsets, out)``: the lowest flat index that has the target.

    One pass counts each lane's hits; only lanes that have some are walked point by point.
    """
    emitter = Lanes(plan, hits())
    code = emitter.code
    code.put(_JIT)
    code.put("def kernel(lo, hi, K, T, L, points, targets, flats, offsets, out):")
    code.depth += 1
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
        with code.loop("i", "0", "used"), code.when(f"{emitter._accumulator(emitter.reals[0])} > {code.literal(0.0)}"):
            code.put(f"flat = scan(p, {base}i, target, flats[j] + offsets[{base}i], K, T, L)")
            with code.when("(first < 0) | (flat < first)"):
                code.put("first = flat")
        code.put("out[j] = first")
    scan = _scan(plan, code)
    return emitter.module([scan, code.text()], code)


def _flat(plan: Plan) -> str:
    """The flat index of a point whose outer part begins at ``start``; a tile's own beginning is part of that already."""
    strides = plan.problem.grid.strides
    terms = [
        f"(i{m.axis} - s{m.axis}) * {strides[m.axis]}" if m.tiled else f"i{m.axis} * {strides[m.axis]}" for m in plan.middle
    ]
    return " + ".join(["start", *terms])


def _walk_lane(nest: Nest, innermost: Callable[[], None]) -> None:
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
    code.put(_JIT)
    code.put("def scan(p, lane, target, start, K, T, L):")
    code.depth += 1
    code.put("first = np.int64(-1)")

    def innermost() -> None:
        with code.when(f"{nest.name(plan.objective)} == target"):
            code.put(f"flat = {_flat(plan)}")
            with code.when("(first < 0) | (flat < first)"):
                code.put("first = flat")

    _walk_lane(nest, innermost)
    code.put("return first")
    return code.text()


class _Histogram(Lanes):
    """Counts bins: a body of lanes gives bin numbers, which are then counted one by one."""

    def __init__(self, plan: Plan, mask: int, shift: int, signed: bool):
        super().__init__(plan, None)
        self.mask, self.shift, self.signed = mask, shift, signed

    def groups(self, flush: str) -> None:
        """The outer points, group by group; ``flush`` hands a group's bins over."""
        code, per_group = self.code, self.plan.points_per_group
        code.put(f"X = np.empty({JAM * self.width}, np.uint32)")
        self.nest.load_constants()
        self.load_columns(tiled=False)
        code.put(f"group = lo // {per_group}")
        with code.loop("p", "lo", "hi"):
            with code.when(f"p // {per_group} != group"):
                code.put(flush)
                code.put(f"group = p // {per_group}")
            code.put("above, below, base_bin = aboves[group], belows[group], bases[group]")
            code.put("first_key = above - base_bin")
            self.nest.decode()
            self.load_columns(tiled=True)
            self.walk()
            self.after_point()
        code.put(flush)

    def after_point(self) -> None:
        pass

    def start(self) -> None:
        pass

    def open_body(self) -> None:
        self.code.put(f"copy = (i & {COPIES - 1}) * bins")
        self.open_places()

    def open_places(self) -> None:
        if self._partial():
            self.code.put("counts = i < used")

    def point(self, u: int) -> None:
        self.place(u)
        self.code.put(f"X[{u * self.width} + i] = np.uint32(place + copy)")

    def place(self, u: int | None) -> None:
        """The bin of a point as ``place``: the last one where it does not count."""
        code = self.code
        value, ok, nan = self.nest.outputs(u)
        code.put(f"raw = bits({value})")
        if self.signed:
            code.put(f"size = (raw & {self.mask}) >> {self.shift}")
            code.put("key = -size - 1 if raw < 0 else size")
            code.put("far = key - above")
            code.put("near = key + below")
            code.put("place = (far if far > 0 else 0) + (near if near < 0 else 0) + base_bin")
        else:
            code.put(f"place = (raw >> {self.shift}) - first_key")
        flags = [ok, f"({code.negation(nan)})" if nan else None, None if not self._partial() else "counts"]
        condition = " & ".join(flag for flag in flags if flag)
        if condition:
            code.put(f"place = place if {condition} else bins - 1")

    def _partial(self) -> bool:
        return self.width != self.plan.lanes_used or bool(self.plan.lane_tile)

    def close_body(self) -> None:
        pass

    def after_body(self, times: int) -> None:
        with self.code.loop("x", "0", f"{times * self.width}"):
            self.code.put("H[X[x]] += np.uint32(1)")


def histogram(plan: Plan, mask: int, shift: int, *, signed: bool) -> str:
    """``kernel(lo, hi, K, T, L, above, below, base, first, bins, out)``: each group's counts, added into ``out``.

    ``bins`` is one more than the bins, the last one takes what does not count; ``out`` has a row per group from ``first`` on.
    """
    emitter = _Histogram(plan, mask, shift, signed)
    code = emitter.code
    flush = (
        f"{_JIT}\ndef flush(H, bins, row):\n"
        f"    for b in range(bins - 1):\n"
        f"        total = np.int64(0)\n"
        f"        for c in range({COPIES}):\n"
        f"            total += np.int64(H[c * bins + b])\n"
        f"        row[b] += total\n"
        f"    H[:] = np.uint32(0)\n"
    )
    code.put(_JIT)
    code.put("def kernel(lo, hi, K, T, L, aboves, belows, bases, first, bins, out):")
    code.depth += 1
    emitter.allocate()
    code.put(f"H = np.zeros({COPIES} * bins, np.uint32)")
    emitter.groups("flush(H, bins, out[group - first])")
    return emitter.module([flush, code.text()], code)


class _Second(_Histogram):
    """Beside the bin of the first quantity, the second one's value: what a Pareto front is found from."""

    def open_body(self) -> None:
        self.open_places()

    def point(self, u: int) -> None:
        self.place(u)
        self.code.put(f"X[{u * self.width} + i] = np.uint32(place)")
        self.code.put(f"Y[{u * self.width} + i] = {self.nest.name(self.plan.objectives[1], u)}")


class _Least(_Second):
    """The least of the second quantity in each bin."""

    def after_body(self, times: int) -> None:
        with self.code.loop("x", "0", f"{times * self.width}"), self.code.when("Y[x] < H[X[x]]"):
            self.code.put("H[X[x]] = Y[x]")


class _OnFront(_Second):
    """Which lanes have points that are on the front; those are walked point by point."""

    def start(self) -> None:
        self.code.put("hits[:] = False")

    def after_body(self, times: int) -> None:
        for u in range(times):
            place = f"{u * self.width} + i"
            with self.code.loop("i", "0", f"{self.width}"), self.code.when(f"Y[{place}] == F[X[{place}]]"):
                self.code.put("hits[i] = True")

    def after_point(self) -> None:
        base = "base + " if self.plan.lane_tile else ""
        with self.code.loop("i", "0", "used"), self.code.when("hits[i]"):
            self.code.put(
                f"scan(p, {base}i, flats[p - lo] + offsets[{base}i], above, below, base_bin, F, K, T, L, out[group - first])"
            )


def least(plan: Plan, mask: int, shift: int, *, signed: bool) -> str:
    """``kernel(lo, hi, K, T, L, above, below, base, first, bins, out)``: each bin's least second quantity, into ``out``."""
    emitter = _Least(plan, mask, shift, signed)
    code = emitter.code
    infinite = code.literal(float("inf"))
    flush = (
        f"{_JIT}\ndef flush(H, bins, row):\n"
        f"    for b in range(bins - 1):\n"
        f"        row[b] = H[b] if H[b] < row[b] else row[b]\n"
        f"    H[:] = {infinite}\n"
    )
    code.put(_JIT)
    code.put("def kernel(lo, hi, K, T, L, aboves, belows, bases, first, bins, out):")
    code.depth += 1
    emitter.allocate()
    code.put(f"H = np.full(bins, {infinite})")
    code.put(f"Y = np.empty({JAM * plan.width}, np.{plan.dtype})")
    emitter.groups("flush(H, bins, out[group - first])")
    return emitter.module([flush, code.text()], code)


def front(plan: Plan, mask: int, shift: int, *, signed: bool) -> str:
    """``kernel(lo, hi, K, T, L, above, below, base, first, bins, fronts, flats, offsets, out)``: each bin's lowest flat index.

    ``fronts`` (groups, bins) holds the second quantity of the bins that are on the front, else NaN; ``out`` (groups from
    ``first`` on, bins) is lowered to the index of the point that has it; ``flats`` are the outer points' first flat indices.
    """
    emitter = _OnFront(plan, mask, shift, signed)
    code = emitter.code
    code.put(_JIT)
    code.put("def kernel(lo, hi, K, T, L, aboves, belows, bases, first, bins, fronts, flats, offsets, out):")
    code.depth += 1
    emitter.allocate()
    code.put(f"Y = np.empty({JAM * plan.width}, np.{plan.dtype})")
    code.put(f"hits = np.zeros({plan.width}, np.bool_)")
    code.put(f"F = fronts[lo // {plan.points_per_group}]")
    emitter.groups(f"F = fronts[min(group + 1, {plan.groups - 1})]")
    return emitter.module([_scan_front(plan, code, emitter), code.text()], code)


def _scan_front(plan: Plan, shared: Python, emitter: _Histogram) -> str:
    """``scan(...)``: every point of one lane of an outer point that is on the front lowers its bin's index."""
    scanner = _Histogram(plan, emitter.mask, emitter.shift, emitter.signed)
    code = scanner.code
    code.constants = shared.constants
    code.put(_JIT)
    code.put("def scan(p, lane, start, above, below, base_bin, F, K, T, L, row):")
    code.depth += 1
    code.put("first_key = above - base_bin")
    code.put("bins = F.size")
    code.put("counts = True")

    def innermost() -> None:
        scanner.place(None)
        with code.when(f"{scanner.nest.name(plan.objectives[1])} == F[place]"):
            code.put(f"flat = {_flat(plan)}")
            with code.when("flat < row[place]"):
                code.put("row[place] = flat")

    _walk_lane(scanner.nest, innermost)
    return code.text()


def table(plan: Plan) -> str:
    """``kernel(lo, hi, K, T, L, begin, flats, out...)``: every point's values (and whether it is feasible, as 1 or 0).

    ``out`` starts with the point of flat index ``begin``; ``flats`` are the first flat indices of the outer points from lo on.
    """
    emitter = _Table(plan)
    code = emitter.code
    code.put(_JIT)
    code.put(f"def kernel(lo, hi, K, T, L, begin, flats, {', '.join(emitter.outs)}):")
    code.depth += 1
    emitter.allocate()
    emitter.nest.load_constants()
    emitter.load_columns(tiled=False)
    with code.loop("p", "lo", "hi"):
        emitter.nest.decode()
        emitter.load_columns(tiled=True)
        code.put("start = flats[p - lo] - begin")
        emitter.walk()
    return emitter.module([code.text()], code)


class _Table(Lanes):
    """Writes values out; one pass at a time, since memory is what holds it up."""

    def __init__(self, plan: Plan):
        super().__init__(plan, None)
        self.outs = [f"out_{i}" for i in range(len(plan.objectives))] + (["out_ok"] if plan.feasible is not None else [])

    def _times(self, length: int) -> int:
        return 1

    def start(self) -> None:
        pass

    def _body(self, times: int) -> None:
        # A view of its own for each row: its index is never negative, so the loop needs no check and becomes vector code.
        self.code.put(f"at = {_flat(self.plan)}")
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

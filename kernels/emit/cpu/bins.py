"""Passes that keep something for each bin, as Python for Numba on the CPU: counts, and what a Pareto front is found from."""

from ...plan.order import JAM
from ...plan.plan import Plan
from ..languages import Python
from .lanes import Lanes
from .locate import flat, walk_lane

COPIES = 8  # histograms kept side by side, so that neighbours in one bin do not wait for each other


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
        f"def flush(H, bins, row):\n"
        f"    for b in range(bins - 1):\n"
        f"        total = np.int64(0)\n"
        f"        for c in range({COPIES}):\n"
        f"            total += np.int64(H[c * bins + b])\n"
        f"        row[b] += total\n"
        f"    H[:] = np.uint32(0)\n"
    )
    emitter.define("aboves", "belows", "bases", "first", "bins", "out")
    emitter.allocate()
    code.put(f"H = np.zeros({COPIES} * bins, np.uint32)")
    emitter.groups("flush(H, bins, out[group - first])")
    return emitter.module(flush)


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
        f"def flush(H, bins, row):\n"
        f"    for b in range(bins - 1):\n"
        f"        row[b] = H[b] if H[b] < row[b] else row[b]\n"
        f"    H[:] = {infinite}\n"
    )
    emitter.define("aboves", "belows", "bases", "first", "bins", "out")
    emitter.allocate()
    code.put(f"H = np.full(bins, {infinite})")
    code.put(f"Y = np.empty({JAM * plan.width}, np.{plan.dtype})")
    emitter.groups("flush(H, bins, out[group - first])")
    return emitter.module(flush)


def front(plan: Plan, mask: int, shift: int, *, signed: bool) -> str:
    """``kernel(lo, hi, K, T, L, above, below, base, first, bins, fronts, flats, offsets, out)``: each bin's lowest flat index.

    ``fronts`` (groups, bins) holds the second quantity of the bins that are on the front, else NaN; ``out`` (groups from
    ``first`` on, bins) is lowered to the index of the point that has it; ``flats`` are the outer points' first flat indices.
    """
    emitter = _OnFront(plan, mask, shift, signed)
    code = emitter.code
    emitter.define("aboves", "belows", "bases", "first", "bins", "fronts", "flats", "offsets", "out")
    emitter.allocate()
    code.put(f"Y = np.empty({JAM * plan.width}, np.{plan.dtype})")
    code.put(f"hits = np.zeros({plan.width}, np.bool_)")
    code.put(f"F = fronts[lo // {plan.points_per_group}]")
    emitter.groups(f"F = fronts[min(group + 1, {plan.groups - 1})]")
    return emitter.module(_scan_front(plan, code, emitter))


def _scan_front(plan: Plan, shared: Python, emitter: _Histogram) -> str:
    """``scan(...)``: every point of one lane of an outer point that is on the front lowers its bin's index."""
    scanner = _Histogram(plan, emitter.mask, emitter.shift, emitter.signed)
    code = scanner.code
    code.constants = shared.constants
    code.put("def scan(p, lane, start, above, below, base_bin, F, K, T, L, row):")
    code.depth += 1
    code.put("first_key = above - base_bin")
    code.put("bins = F.size")
    code.put("counts = True")

    def innermost() -> None:
        scanner.place(None)
        with code.when(f"{scanner.nest.name(plan.objectives[1])} == F[place]"):
            code.put(f"flat = {flat(plan)}")
            with code.when("flat < row[place]"):
                code.put("row[place] = flat")

    walk_lane(scanner.nest, innermost)
    return code.text()

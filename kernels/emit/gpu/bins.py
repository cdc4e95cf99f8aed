"""Kernels of threads that give every point a bin: histograms, and the fronts of two quantities."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...plan.plan import Plan
from ...reductions.bins import layout
from ...reductions.pareto import NOWHERE
from ..code import Value
from .threads import COMMON, Kernel, Threads, flat_index

MAX_SHARED_BINS = 2048  # 32 octaves; 8 kB of a block's shared memory
_EDGES = (
    ("aboves", "const long long*"),
    ("belows", "const long long*"),
    ("bases", "const long long*"),
    ("group0", "long long"),
    ("bins", "long long"),
)


class _Binned(Threads):
    """Gives points their bins: a float's bits, masked and shifted; those of ``signed`` values lie on two sides of zero."""

    group: Value
    row: Value  # where the group's bins begin in arrays that begin with those of the first group

    def __init__(self, plan: Plan, language: str, *, signed: bool):
        super().__init__(plan, language)
        self.gate()
        _, self.mask, self.shift = layout(plan.dtype)
        self.signed = signed
        self.edges: dict[str, Value] = {}

    @contextlib.contextmanager
    def groups(self) -> Iterator[Value]:
        """Walk the outer points, each with the edges of its group's bins. Keys and bins are small numbers."""
        code = self.code
        with self.items("p") as p:
            self.group = code.let("group", p // self.plan.points_per_group, "wide")
            self.row = code.let("row", (self.group - self.number("group0")) * self.number("bins"), "wide")
            for name in ("above", "below", "base"):
                edge = code.cast(self.array(f"{name}s")[self.group], "int")
                self.edges[name] = code.let("base_bin" if name == "base" else name, edge)
            if not self.signed:
                self.edges["first"] = code.let("first_key", self.edges["above"] - self.edges["base"])
            yield p

    @contextlib.contextmanager
    def points(self, *arguments: tuple[str, str]) -> Iterator[Value]:
        """Begin a kernel with these further arguments, and walk the outer points, each decoded."""
        with self.kernel([*COMMON, *_EDGES, *arguments]):
            self.load()
            with self.groups() as p:
                self.decode(p)
                yield p

    def nested(self, innermost: Callable[[], None]) -> None:
        """Write the loops for the threads whose lanes count."""
        whole = self.plan.lanes_used == self.block and not self.plan.lane_tile
        with contextlib.nullcontext() if whole else self.code.when(self.thread < self.nest.used):
            super().nested(innermost)

    def place(self) -> tuple[Value, Value]:
        """Find the bin of one point, and whether it counts."""
        code = self.code
        value, ok, nan = self.outputs()
        raw = code.let("raw", code.bits(value))
        if self.signed:
            above, below = self.edges["above"], self.edges["below"]
            size = code.let("size", code.cast((raw & code.whole(self.mask, raw.kind)) >> self.shift, "int"))
            key = code.let("key", code.select(raw < 0, -size - 1, size))
            far = code.let("far", code.select(key > above, key - above, 0))
            near = code.let("near", code.select(key + below < 0, key + below, 0))
            place = code.let("place", far + near + self.edges["base"])
        else:
            place = code.let("place", code.cast(raw >> self.shift, "int") - self.edges["first"])
        conditions = [flag for flag in (ok, ~nan if nan is not None else None) if flag is not None]
        return place, code.both(*conditions) if conditions else code.truth(True)

    def bin(self, place: Value) -> Value:
        """Find where the group's own bin stands in arrays that begin with the first group."""
        return self.row + place


def histogram(plan: Plan, language: str, *, signed: bool, shared: bool) -> Kernel:
    """Emit ``kernel(first, count, K, tables, L, aboves, belows, bases, group0, bins, out)``: groups' counts, added to ``out``.

    ``out`` has ``bins`` counts for each group from ``group0`` on. Whole numbers are added, so their order does not matter.

    Parameters
    ----------
    plan : Plan
        The question's plan.
    language : str
        ``cuda`` or ``python``.
    signed : bool
        Whether values may be zero or negative.
    shared : bool
        Whether a block counts an outer point in shared memory first (at most MAX_SHARED_BINS bins).
    """
    emitter = _Binned(plan, language, signed=signed)
    code = emitter.code
    with emitter.kernel([*COMMON, *_EDGES, ("out", "unsigned long long*")]):
        out, bins = emitter.array("out"), emitter.number("bins")
        counts = code.shared("counts", MAX_SHARED_BINS, "count") if shared else None
        emitter.load()
        with emitter.groups() as p:
            if counts:
                with code.loop("x", emitter.thread, bins, emitter.block) as x:
                    counts[x] = 0
                code.barrier()
            emitter.decode(p)

            def count() -> None:
                place, counted = emitter.place()
                with code.when(counted):
                    code.add(*((counts, place) if counts else (out, emitter.bin(place))), 1)

            emitter.nested(count)
            if counts:
                code.barrier()
                with code.loop("x", emitter.thread, bins, emitter.block) as x, code.when(counts[x].differs(0)):
                    code.add(out, emitter.bin(x), counts[x])
                code.barrier()
    return emitter.emitted()


def least(plan: Plan, language: str, *, signed: bool) -> Kernel:
    """Emit ``kernel(first, count, K, tables, L, aboves, belows, bases, group0, bins, out)``: bins' least second quantities.

    ``out`` (groups from ``group0`` on, bins) holds it as an integer that is ordered as the number is: see `ordered`.

    Parameters
    ----------
    plan : Plan
        The question's plan.
    language : str
        ``cuda`` or ``python``.
    signed : bool
        Whether values of the first quantity may be zero or negative.
    """
    emitter = _Binned(plan, language, signed=signed)
    code = emitter.code

    def innermost() -> None:
        place, counted = emitter.place()
        second = code.let("second", code.bits(emitter.nest.value(plan.objectives[1])), "wide")
        rank = code.let("rank", code.select(second < 0, second ^ code.whole(emitter.mask, "wide"), second))
        # Most points lower nothing: a look, which may be out of date and then only costs an atomic, saves theirs.
        with code.when(counted):
            number, out = code.let("bin", emitter.bin(place)), emitter.array("out")
            with code.when(rank < out[number]):
                code.lower(out, number, rank)

    with emitter.points(("out", "long long*")):
        emitter.nested(innermost)
    return emitter.emitted()


def front(plan: Plan, language: str, *, signed: bool) -> Kernel:
    """Emit ``kernel(..., group0, bins, fronts, flats, offsets, out)``: the lowest index whose second quantity is the front's.

    ``fronts`` and ``out`` have rows for the groups from ``group0`` on, ``flats`` the outer points' from ``first`` on.

    Parameters
    ----------
    plan : Plan
        The question's plan.
    language : str
        ``cuda`` or ``python``.
    signed : bool
        Whether values of the first quantity may be zero or negative.
    """
    emitter = _Binned(plan, language, signed=signed)
    code, nest = emitter.code, emitter.nest
    more = [("fronts", "const real*"), ("flats", "const long long*"), ("offsets", "const long long*"), ("out", "long long*")]
    with emitter.points(*more) as p:
        flats = emitter.array("flats")[p - emitter.number("first")]
        start = code.let("start", flats + emitter.array("offsets")[emitter.lane()])

        def innermost() -> None:
            place, counted = emitter.place()
            number = emitter.bin(place)
            with code.when(counted), code.when(nest.value(plan.objectives[1]).equals(emitter.array("fronts")[number])):
                code.lower(emitter.array("out"), number, flat_index(emitter, start))

        emitter.nested(innermost)
    return emitter.emitted()


def ordered(ranks: NDArray[np.int64], dtype: str) -> NDArray[Any]:
    """Give the numbers that integers of `least` stand for; inf where nothing was lowered."""
    integer, mask, _ = layout(dtype)
    bits = np.where(ranks < 0, ranks ^ mask, ranks)
    return np.where(ranks == NOWHERE, np.inf, bits.astype(integer).view(dtype)).astype(dtype)

"""Kernels of threads that give every point a bin: histograms, and the fronts of two quantities."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...plan.plan import Plan
from ...reductions.bins import layout
from ...reductions.pareto import NOWHERE
from ..languages import Code
from .threads import COMMON, Kernel, Threads, flat_index

MAX_SHARED_BINS = 2048  # 32 octaves; 8 kB of a block's shared memory


def histogram(plan: Plan, mask: int, shift: int, language: str, *, signed: bool, shared: bool) -> Kernel:
    """``kernel(first, count, K, tables, L, aboves, belows, bases, group0, bins, out)``: each group's counts, added to ``out``.

    ``out`` has ``bins`` counts for each group from ``group0`` on. With ``shared`` a block counts an outer point in shared
    memory first (at most MAX_SHARED_BINS bins). Whole numbers are added, so their order does not matter.
    """
    emitter = Threads(plan, language)
    code, nest = emitter.code, emitter.nest
    emitter.open(
        [*COMMON, ("aboves", "const long long*"), ("belows", "const long long*"), ("bases", "const long long*"),
         ("group0", "long long"), ("bins", "long long"), ("out", "unsigned long long*")]
    )  # fmt: skip
    if shared:
        emitter.shared("counts", MAX_SHARED_BINS, "count")
    emitter.tables()
    nest.load_constants()
    with code.loop("p", f"first + {emitter.block_index}", "first + count", emitter.grid_size, wide=True):
        code.let("group", f"p {'//' if emitter.python else '/'} {plan.points_per_group}", "wide")
        _edges(code, signed)
        if shared:
            with code.loop("x", "thread", "bins", emitter.block):
                emitter.store("counts[x]", "0")
            emitter.sync()
        nest.decode()
        nest.load_lanes(emitter.lane())
        emitter.nested(lambda: _bin(emitter, mask, shift, signed, shared))
        if shared:
            emitter.sync()
            with code.loop("x", "thread", "bins", emitter.block), code.when("counts[x] != 0"):
                emitter.add("out", "(group - group0) * bins + x", "counts[x]", "unsigned long long")
            emitter.sync()
    return emitter.close()


def _edges(code: Code, signed: bool) -> None:
    """Where the bins of an outer point's group lie. Keys and bins are small numbers."""
    for name in ("above", "below", "base"):
        code.let("base_bin" if name == "base" else name, code.cast(f"{name}s[group]", "int"), "int")
    if not signed:
        code.let("first_key", "above - base_bin", "int")


def _place(emitter: Threads, mask: int, shift: int, signed: bool) -> str:
    """The bin of one point as ``place``; the text of the condition under which it counts."""
    code, plan = emitter.code, emitter.plan
    value, ok, nan = emitter.nest.outputs(None)
    raw = "wide" if plan.dtype == "float64" else "int"
    code.let("raw", _bits(emitter, value), raw)
    if signed:
        long = "LL" if raw == "wide" and not emitter.python else ""
        code.let("size", code.cast(f"(raw & {mask}{long}) >> {shift}", "int"), "int")
        code.let("key", code.select("raw < 0", "-size - 1", "size"), "int")
        code.let("far", code.select("key > above", "key - above", "0"), "int")
        code.let("near", code.select("key + below < 0", "key + below", "0"), "int")
        code.let("place", "far + near + base_bin", "int")
    else:
        code.let("place", code.cast(f"raw >> {shift}", "int") + " - first_key", "int")
    whole = plan.lanes_used == emitter.block and not plan.lane_tile
    flags = [None if whole else "(thread < used)", ok, f"({code.negation(nan)})" if nan else None]
    return " & ".join(flag for flag in flags if flag) or ("True" if emitter.python else "true")


def _bin(emitter: Threads, mask: int, shift: int, signed: bool, shared: bool) -> None:
    """Count one point in its bin, if it is feasible."""
    with emitter.code.when(_place(emitter, mask, shift, signed)):
        if shared:
            emitter.add("counts", "place", "1", "unsigned int")
        else:
            emitter.add("out", "(group - group0) * bins + place", "1", "unsigned long long")


_EDGES = (("aboves", "const long long*"), ("belows", "const long long*"), ("bases", "const long long*"))


def _binned(
    emitter: Threads, signed: bool, more: list[tuple[str, str]], innermost: Callable[[], None], start: str = ""
) -> Kernel:
    """A kernel whose points each have a bin of their outer point's group."""
    code, nest = emitter.code, emitter.nest
    emitter.open([*COMMON, *_EDGES, ("group0", "long long"), ("bins", "long long"), *more])
    emitter.tables()
    nest.load_constants()
    with code.loop("p", f"first + {emitter.block_index}", "first + count", emitter.grid_size, wide=True):
        code.let("group", f"p {'//' if emitter.python else '/'} {emitter.plan.points_per_group}", "wide")
        _edges(code, signed)
        nest.decode()
        nest.load_lanes(emitter.lane())
        if start:
            code.let("start", start, "wide")
        emitter.nested(innermost)
    return emitter.close()


def least(plan: Plan, mask: int, shift: int, language: str, *, signed: bool) -> Kernel:
    """``kernel(first, count, K, tables, L, aboves, belows, bases, group0, bins, out)``: each bin's least second quantity.

    ``out`` (groups from ``group0`` on, bins) holds it as an integer that is ordered as the number is: see `ordered`.
    """
    emitter = Threads(plan, language)
    code = emitter.code

    def innermost() -> None:
        counts = _place(emitter, mask, shift, signed)
        code.let("second", _bits(emitter, emitter.nest.name(plan.objectives[1])), "wide")
        code.let("rank", code.select("second < 0", f"second ^ {mask}{'' if emitter.python else 'LL'}", "second"), "wide")
        # Most points lower nothing: a look, which may be out of date and then only costs an atomic, saves theirs.
        with code.when(counts):
            code.let("bin", "(group - group0) * bins + place", "wide")
            with code.when("rank < out[bin]"):
                emitter.lower("out", "bin", "rank")

    return _binned(emitter, signed, [("out", "long long*")], innermost)


def front(plan: Plan, mask: int, shift: int, language: str, *, signed: bool) -> Kernel:
    """``kernel(..., group0, bins, fronts, flats, offsets, out)``: the lowest flat index whose second quantity is the front's.

    ``fronts`` and ``out`` have rows for the groups from ``group0`` on, ``flats`` the outer points' from ``first`` on.
    """
    emitter = Threads(plan, language)
    code = emitter.code

    def innermost() -> None:
        counts = _place(emitter, mask, shift, signed)
        with (
            code.when(counts),
            code.when(f"{emitter.nest.name(plan.objectives[1])} == fronts[(group - group0) * bins + place]"),
        ):
            emitter.lower("out", "(group - group0) * bins + place", flat_index(emitter))

    more = [("fronts", "const real*"), ("flats", "const long long*"), ("offsets", "const long long*"), ("out", "long long*")]
    return _binned(emitter, signed, more, innermost, f"flats[p - first] + offsets[{emitter.lane()}]")


def ordered(ranks: NDArray[np.int64], dtype: str) -> NDArray[Any]:
    """The numbers that integers of `least` stand for; inf where nothing was lowered."""
    integer, mask, _ = layout(dtype)
    bits = np.where(ranks < 0, ranks ^ mask, ranks)
    return np.where(ranks == NOWHERE, np.inf, bits.astype(integer).view(dtype)).astype(dtype)


def _bits(emitter: Threads, value: str) -> str:
    if emitter.python:
        return f"bits_{emitter.plan.dtype}({value})"
    return f"{'__double_as_longlong' if emitter.plan.dtype == 'float64' else '__float_as_int'}({value})"

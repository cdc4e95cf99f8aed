"""The innermost loop of a GPU kernel, as compiled: its instructions for each point, and the speed that they allow.

How many points one pass computes is the compiler's choice: it unrolls. It is read off from the machine code, which says of
every instruction the line of the source that it comes from: a sum or a product that the source does once for each point is
in the loop as many times as there are points.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ..emit.gpu.threads import WARP, Kernel
from .code_loops import CodeLoop, code_loops
from .multiprocessors import GPU_MODELS, MULTIPROCESSORS, WARP_SCHEDULERS, GpuModel
from .sass import Purpose, read_sass

ISSUED = "instructions issued"  # what limits where no unit does

_OPERAND = r"(?:-?[\w.]+(?:\[[^\]]*\])?|real\([^()]*\))"
_SUM = re.compile(rf"const real \w+ = {_OPERAND} [-+*] {_OPERAND};")
_COMPARISON = re.compile(rf"const bool \w+ = {_OPERAND} [<>=!]=? {_OPERAND};")


@dataclass(frozen=True)
class SpeedLimit:
    """The speed of a kernel on a GPU if nothing but its innermost loop took time, and no thread ever waited.

    Attributes
    ----------
    gpu
        Which.
    points_per_second
        Scenarios.
    limit
        What limits it: ``instructions issued``, or the kinds of instruction whose units do.
    """

    gpu: GpuModel
    points_per_second: float
    limit: str


@dataclass(frozen=True)
class InnerLoop:
    """An innermost loop.

    Attributes
    ----------
    points
        That a thread computes in one pass.
    useful
        The share of the threads whose points count, from 0 to 1: lanes are filled up to whole warps.
    counts
        Instructions of one pass by their kind.
    predicated
        How many of them are done under a condition.
    local
        Instructions that read or write local memory: in the longest path, and beside it.
    """

    points: int
    useful: float
    counts: Mapping[Purpose, int]
    predicated: int
    local: int

    @property
    def instructions(self) -> int:
        """How many one pass has."""
        return sum(self.counts.values())

    @property
    def instructions_per_point(self) -> float:
        """How many a point takes."""
        return self.instructions / self.points

    def per_point(self, kind: Purpose) -> float:
        """Give how many instructions of a kind a point takes."""
        return self.counts.get(kind, 0) / self.points

    def limits(self, arch: str) -> list[SpeedLimit]:
        """Work out how fast each GPU of an architecture could be at most; none where its multiprocessor is not known here.

        Parameters
        ----------
        arch
            As ``sm_90``.
        """
        room = MULTIPROCESSORS.get(arch)
        if room is None or not room.rates:
            return []
        cycles = {ISSUED: self.instructions_per_point / (WARP_SCHEDULERS * WARP)}
        for kinds, rate in room.rates.items():
            cycles[" and ".join(kinds)] = sum(map(self.per_point, kinds)) / rate
        limit = max(cycles, key=lambda name: cycles[name])
        return [
            SpeedLimit(gpu, gpu.multiprocessors * gpu.clock * self.useful / cycles[limit], limit)
            for gpu in GPU_MODELS
            if gpu.arch == arch
        ]


def inner_loop(kernel: Kernel, text: str) -> InnerLoop | None:
    """Find the innermost loop of a kernel.

    Parameters
    ----------
    kernel
        Its source, and which lines are done for every point.
    text
        What nvdisasm prints of it.

    Returns
    -------
    InnerLoop or None
        None where no sum, product or comparison of a point tells how many points a pass has.
    """
    lines = kernel.source.splitlines()
    numbers = range(kernel.innermost[0], kernel.innermost[1])
    sums, comparisons = ({number for number in numbers if pattern.search(lines[number - 1])} for pattern in (_SUM, _COMPARISON))
    loops = [(_points(loop, sums, comparisons), loop) for loop in code_loops(read_sass(text))]
    within = [(points, loop) for points, loop in loops if points]
    inner = [
        (points, loop) for points, loop in within
        if not any(other is not loop and set(map(id, other.body)) < set(map(id, loop.body)) for _, other in within)
    ]  # fmt: skip
    if not inner:
        return None
    points, loop = max(inner, key=lambda item: item[0])
    counts = Counter(instruction.kind for instruction in loop.path)
    local = sum(instruction.kind is Purpose.LOCAL for instruction in loop.body)
    return InnerLoop(points, kernel.useful, dict(counts), sum(bool(i.predicate) for i in loop.path), local)


def _points(loop: CodeLoop, sums: set[int], comparisons: set[int]) -> int:
    """Count the points of one pass of a loop: by sums and products, and where there are none by comparisons."""
    made: Counter[int] = Counter()
    for instruction in loop.path:
        if instruction.line in sums:
            made[instruction.line] += instruction.results
    if not sums:
        made.update(i.line for i in loop.path if i.line in comparisons and i.compares)
    return max(made.values(), default=0)

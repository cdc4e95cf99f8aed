"""Loops of known work, timed beside every benchmark: what they take tells how fast the machine itself was just then.

A virtual machine's speed changes from hour to hour, by up to 1.8 where it was tried, and no counter sees it. The loops see it,
so records can be compared by how much slower a benchmark became than the loops beside it.

On two virtual cores, ten records of one commit, the scatter of twelve benchmarks' levels (standard deviation of the logarithm,
median over the benchmarks) was 0.034 as it was and 0.024 with the geometric mean of the first three loops divided out; with a
core busy 0.038 and 0.017. What all benchmarks of a record have in common fell from 0.031 to 0.019, and from 0.029 to 0.008. The
memory loop itself scatters by 0.03 to 0.18, so it is recorded and not divided out.
"""

import functools
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

VERSION = f"1, numpy {np.__version__}"  # times of another version are not compared: add one where a loop changes
SECONDS_BETWEEN = 0.02  # a round of the loops takes some 1 ms: 5% of the time of sampling
_ELEMENTS = 2048  # 16 kB an array: two fit into a core's first cache
_MEMORY_BYTES = 2**25  # beyond most last-level caches' share of a core


def _aligned(elements: int, dtype: type) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Make an array at a multiple of 64 bytes: where it began elsewhere the loops took up to 1.2 times as long."""
    size = elements * np.dtype(dtype).itemsize
    raw = np.zeros(size + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + size].view(dtype)


def _integer() -> Callable[[], None]:
    values, out = _aligned(_ELEMENTS, np.int64), _aligned(_ELEMENTS, np.int64)
    values[:] = np.arange(_ELEMENTS) | 1

    def run() -> None:
        for _ in range(150):
            np.multiply(values, values, out=out)
            np.bitwise_xor(out, values, out=out)

    return run


def _floating() -> Callable[[], None]:
    values, out = _aligned(_ELEMENTS, np.float64), _aligned(_ELEMENTS, np.float64)
    values[:] = np.linspace(1, 2, _ELEMENTS)

    def run() -> None:
        for _ in range(300):
            np.multiply(values, values, out=out)
            np.add(out, values, out=out)

    return run


def _interpreter() -> Callable[[], None]:
    def run() -> None:
        total = 0
        for i in range(15000):
            total += i & 7

    return run


def _memory() -> Callable[[], None]:
    source, target = np.ones(_MEMORY_BYTES // 8), np.empty(_MEMORY_BYTES // 8)

    def run() -> None:
        np.copyto(target, source)

    return run


_MAKERS: dict[str, Callable[[], Callable[[], None]]] = {
    "integer": _integer,
    "floating point": _floating,
    "interpreter": _interpreter,
    "memory": _memory,
}
LOOPS = tuple(_MAKERS)


@functools.cache
def loops() -> Mapping[str, Callable[[], None]]:
    """Make the loops and run each once; all benchmarks of a process share them, and the 64 MB that one of them copies."""
    made = {name: make() for name, make in _MAKERS.items()}
    for loop in made.values():
        loop()
    return made


@dataclass
class ReferenceLoops:
    """Times the loops, block by block.

    Parameters
    ----------
    clock
        Reads the time (s).
    blocks
        Seconds by loop, for each block that was begun.
    """

    clock: Callable[[], float] = time.perf_counter
    blocks: list[dict[str, list[float]]] = field(default_factory=list)
    _last: float = 0.0

    def begin_block(self) -> None:
        """Begin a block of samples: time every loop, the memory loop first, whose traces in the caches the others remove."""
        self.blocks.append({name: [] for name in loops()})
        for name in reversed(LOOPS):
            self._time(name)
        self._last = self.clock()

    def beside_sample(self) -> None:
        """Time the loops that fit the first cache, unless they were timed less than `SECONDS_BETWEEN` ago."""
        if self.clock() - self._last < SECONDS_BETWEEN:
            return
        for name in LOOPS:
            if name != "memory":
                self._time(name)
        self._last = self.clock()

    def medians(self) -> dict[str, tuple[float, ...]]:
        """Return what each loop took (s), the median of each block."""
        return {name: tuple(statistics.median(block[name]) for block in self.blocks) for name in LOOPS}

    def _time(self, name: str) -> None:
        loop = loops()[name]
        start = self.clock()
        loop()
        self.blocks[-1][name].append(max(self.clock() - start, 1e-9))

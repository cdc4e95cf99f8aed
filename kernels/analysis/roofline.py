"""What a plan costs on a CPU: operations and bytes per scenario, and the speed that a machine's limits allow at most.

The bound is a roofline (Williams, Waterman and Patterson 2009, doi:10.1145/1498765.1498785): a pass takes at least as long
as each of its parts alone would, which are arithmetic, divisions, traffic with the cache and with memory, and counting.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_OVERLAP, _LOOP_SECONDS, _BRANCH_SECONDS, _PASS_SECONDS = 0.7, 20e-9, 2e-9, 80e-6


@dataclass(frozen=True)
class MachineLimits:
    """What a machine does at most in a second, all its cores together, in one dtype.

    Attributes
    ----------
    operations
        Arithmetic operations, a vector's lanes counted one by one; a fused multiply-add is two.
    divides
        Divisions, counted so too.
    cache_bytes
        Bytes read or written in the first-level cache.
    memory_bytes
        Bytes read or written in main memory.
    counts
        Increments of histogram bins.
    cores
        How many cores do this.
    """

    operations: float
    divides: float
    cache_bytes: float
    memory_bytes: float
    counts: float
    cores: int = 1


@dataclass(frozen=True)
class Load:
    """What one pass over the grid does, per scenario.

    Attributes
    ----------
    name
        Of the pass.
    operations
        How many of each kind, a vector's lanes counted one by one.
    slots
        Operations beside divisions. One that is done once for all lanes takes the place of a whole vector, so it counts as
        one; an exponential is as many as the planner takes it for.
    divides
        Divisions and square roots, counted so too.
    cache_bytes, memory_bytes
        Bytes read and written in the first-level cache, and in main memory.
    loops
        Loops over the lanes that are begun.
    counted
        Bins counted.
    branches
        Comparisons of a value with that of its bin.
    """

    name: str
    operations: Mapping[str, float]
    slots: float
    divides: float
    cache_bytes: float
    memory_bytes: float
    loops: float
    counted: float = 0.0
    branches: float = 0.0

    def seconds(self, limits: MachineLimits) -> dict[str, float]:
        """Return the least seconds that one scenario takes by each of the limits, by the limit's name."""
        return {
            "arithmetic": self.slots / limits.operations,
            "division": self.divides / limits.divides,
            "cache": self.cache_bytes / limits.cache_bytes,
            "memory": self.memory_bytes / limits.memory_bytes,
            "counting": self.counted / limits.counts,
        }


@dataclass(frozen=True)
class Bound:
    """A bound on the time of some passes.

    Attributes
    ----------
    seconds
        What they take at least.
    by
        The limit that bounds the pass that takes longest.
    """

    seconds: float
    by: str


def bound(loads: Sequence[Load], scenarios: int, limits: MachineLimits) -> Bound:
    """Bound the time of some passes over the same scenarios, one after the other: their roofline.

    Parameters
    ----------
    loads
        What each pass does per scenario; none, where another question's pass did it.
    scenarios
        How many there are.
    limits
        What the machine does at most in a second.
    """
    if not loads:
        return Bound(0.0, "nothing")
    slowest = [max((seconds, by) for by, seconds in load.seconds(limits).items()) for load in loads]
    return Bound(scenarios * sum(seconds for seconds, _ in slowest), max(slowest)[1])


def estimate(loads: Iterable[Load], scenarios: int, limits: MachineLimits) -> float:
    """Estimate the seconds that the passes are likely to take.

    The limits' times partly overlap: of their sum `_OVERLAP` is seen, but never less than the longest. A loop over the lanes
    must fill and drain the core, a comparison with a bin is often mispredicted, and a pass must be handed to the threads.
    The four constants are fitted to the shipped studies on a Zen 5 core; bodies of hundreds of operations, whose values no
    longer fit in registers, take up to five times as long.

    Parameters
    ----------
    loads, scenarios, limits
        As of `bound`.
    """
    total = 0.0
    for load in loads:
        parts = load.seconds(limits).values()
        stalls = _LOOP_SECONDS * load.loops + _BRANCH_SECONDS * load.branches
        total += _PASS_SECONDS + scenarios * (max(*parts, _OVERLAP * sum(parts)) + stalls / limits.cores)
    return total

"""What else the machine did while something was measured, named: load, other processes, steal time, the clock's governor."""

import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..stats.inference import MedianInterval
from .info import usable_cores

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

OTHERS = 0.05  # share of the machine's CPU time that other processes may use before a run is called unstable
STEAL = 0.01
MIN_SECONDS = 0.2  # seconds of all cores' time; the system counts in ticks of 10 ms, and a few of them tell nothing
PASSES = 3.0  # a spread between passes so many times what the samples explain is drift


@dataclass(frozen=True)
class Noise:
    """What else went on while it was measured; ``reasons`` is empty where the run was stable."""

    load_before: float | None = None
    load_after: float | None = None
    steal_share: float | None = None
    other_cpu_share: float | None = None  # of all cores' time, used by other processes
    governor: str | None = None
    reasons: tuple[str, ...] = ()

    @property
    def unstable(self) -> bool:
        return bool(self.reasons)


@dataclass(frozen=True)
class Moment:
    """Counters at one moment, in seconds of CPU time summed over the cores; None where the system has none."""

    load: float | None
    busy: float | None
    steal: float | None
    total: float | None
    own: float  # of this process and, but on Windows, of its children that have ended


def moment(root: Path = Path("/")) -> Moment:
    """Read the counters now, from /proc under ``root``, where the system has it."""
    ticks, own, load = _ticks(root), _own(), _load(root)
    if ticks is None or not hasattr(os, "sysconf"):
        return Moment(load, None, None, None, own)
    hertz = os.sysconf("SC_CLK_TCK")
    user, nice, system, idle, iowait, irq, softirq, steal = (tick / hertz for tick in ticks[:8])
    busy = user + nice + system + irq + softirq
    return Moment(load, busy, steal, busy + idle + iowait + steal, own)


def _own() -> float:
    """CPU time of this process and of its children (s); Windows knows this process's alone, which engines run in."""
    if resource is None:
        return time.process_time()
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def _ticks(root: Path) -> list[int] | None:
    try:
        first = (root / "proc/stat").read_text(encoding="utf-8").partition("\n")[0].split()
        ticks = [int(field) for field in first[1:]]
    except (OSError, ValueError):
        return None
    return ticks if first[:1] == ["cpu"] and len(ticks) >= 8 else None


def _load(root: Path) -> float | None:
    try:
        return float((root / "proc/loadavg").read_text(encoding="utf-8").split()[0])
    except (OSError, ValueError, IndexError):
        return None


def noise(
    before: Moment,
    after: Moment,
    governor: str | None = None,
    *,
    interval: MedianInterval | None = None,
    precision: float | None = None,
    passes: Sequence[Sequence[float]] = (),
) -> Noise:
    """Name what disturbed a measurement between two moments. ``passes`` are its samples, pass by pass."""
    steal, others = _share(before, after)
    reasons = []
    if others is not None and others > OTHERS:
        reasons.append(f"other processes used {others:.0%} of the CPU time")
    if steal is not None and steal > STEAL:
        reasons.append(f"the hypervisor took {steal:.1%} of the CPU time (steal)")
    if before.load is not None and before.load > usable_cores():
        reasons.append(f"a load average of {before.load:.2f} on {usable_cores()} cores before it began")
    if governor is not None and governor != "performance":
        reasons.append(f"the frequency governor is {governor!r}, not 'performance'")
    if precision is not None and interval is not None and (interval.width is None or interval.width > precision):
        width = "unknown" if interval.width is None else f"±{interval.width:.1%}"
        reasons.append(f"the median's interval is {width}, wider than the ±{precision:.1%} asked for")
    if _drifts(passes):
        reasons.append("the passes differ by more than their samples explain")
    return Noise(before.load, after.load, steal, others, governor, tuple(reasons))


def _share(before: Moment, after: Moment) -> tuple[float | None, float | None]:
    """The shares of all cores' time that was stolen, and that other processes used."""
    if before.total is None or after.total is None or after.total - before.total < MIN_SECONDS:
        return None, None
    assert before.busy is not None
    assert after.busy is not None
    assert before.steal is not None
    assert after.steal is not None
    total = after.total - before.total
    stolen = (after.steal - before.steal) / total
    others = (after.busy - before.busy) - (after.own - before.own)
    return stolen, min(max(others / total, 0.0), 1.0)


def _drifts(passes: Sequence[Sequence[float]]) -> bool:
    """Whether the passes' medians spread far wider than the samples within the passes would make them."""
    if len(passes) < 3 or min(map(len, passes)) < 2:
        return False
    medians = [statistics.median(one) for one in passes]
    within = statistics.fmean(statistics.variance(one) / len(one) for one in passes)
    between = statistics.variance(medians)
    return between > PASSES**2 * 1.57 * within and between**0.5 > 0.01 * statistics.median(medians)

"""What else the machine did while something was measured, named: load, other processes, steal time, the clock's governor."""

import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
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


class DisturbanceKind(StrEnum):
    """What can disturb a measurement, and what is the size of each."""

    OTHER_PROCESSES = "other processes"  # the share of all cores' time that they used
    STEAL = "steal"  # the share that the hypervisor took
    LOAD = "load"  # the load average before it began; the limit is the cores
    GOVERNOR = "governor"  # no size; the name is the clock's governor
    IMPRECISION = "imprecision"  # half the width of the median's interval over the median; the limit is what was asked for
    DRIFT = "drift"  # no size: passes differ by more than their samples explain


@dataclass(frozen=True)
class Disturbance:
    """One thing that disturbed a measurement.

    Parameters
    ----------
    kind
        One of `DisturbanceKind`; as text, so that a record of a later flopwatt that knows more kinds loads.
    size
        How large it was, as the kind says; None where it has no size or that is not known.
    limit
        What it exceeds, where that is not the same for all measurements.
    name
        What it is called, for a kind of several names.
    """

    kind: str
    size: float | None = None
    limit: float | None = None
    name: str = ""


def describe(disturbance: Disturbance) -> str:
    """Word a disturbance for people."""
    size, limit = disturbance.size or 0.0, disturbance.limit or 0.0
    match disturbance.kind:
        case DisturbanceKind.OTHER_PROCESSES:
            return f"other processes used {size:.0%} of the CPU time"
        case DisturbanceKind.STEAL:
            return f"the hypervisor took {size:.1%} of the CPU time (steal)"
        case DisturbanceKind.LOAD:
            return f"a load average of {size:.2f} on {limit:.0f} cores before it began"
        case DisturbanceKind.GOVERNOR:
            return f"the frequency governor is {disturbance.name!r}, not 'performance'"
        case DisturbanceKind.IMPRECISION:
            width = "unknown" if disturbance.size is None else f"±{size:.1%}"
            return f"the median's interval is {width}, wider than the ±{limit:.1%} asked for"
        case DisturbanceKind.DRIFT:
            return "the passes differ by more than their samples explain"
    return disturbance.kind


@dataclass(frozen=True)
class Noise:
    """What else went on while it was measured.

    ``reasons`` says in words what disturbed it, and is empty where the run was stable; ``disturbances`` are the same as data,
    which records of schema version 1 from before them have not.
    """

    load_before: float | None = None
    load_after: float | None = None
    steal_share: float | None = None
    other_cpu_share: float | None = None  # of all cores' time, used by other processes
    governor: str | None = None
    reasons: tuple[str, ...] = ()
    disturbances: tuple[Disturbance, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= (self.other_cpu_share or 0) <= 1:
            raise ValueError(f"other_cpu_share must be a share of all cores' time, 0 to 1, not {self.other_cpu_share}")


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
    """Read the CPU time of this process and of its children (s); Windows knows this process's alone, which engines run in."""
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


@dataclass(frozen=True)
class Sampling:
    """What was sampled, as far as it tells of noise.

    Parameters
    ----------
    interval
        The samples' median and its interval.
    precision
        What the interval's half width over the median should have come to; None where nothing was asked for.
    passes
        The samples, pass by pass.
    """

    interval: MedianInterval | None = None
    precision: float | None = None
    passes: Sequence[Sequence[float]] = ()


def noise(before: Moment, after: Moment, governor: str | None = None, sampling: Sampling | None = None) -> Noise:
    """Name what disturbed a measurement between two moments.

    Parameters
    ----------
    before, after
        The machine's counters when it began and when it was over.
    governor
        The clock's frequency governor; None where the system does not tell.
    sampling
        What was sampled in between; None where a few calls were timed and no more.
    """
    sampling = sampling or Sampling()
    steal, others = _shares(before, after)
    kind, cores = DisturbanceKind, usable_cores()
    disturbances = []
    if others is not None and others > OTHERS:
        disturbances.append(Disturbance(kind.OTHER_PROCESSES, others))
    if steal is not None and steal > STEAL:
        disturbances.append(Disturbance(kind.STEAL, steal))
    if before.load is not None and before.load > cores:
        disturbances.append(Disturbance(kind.LOAD, before.load, cores))
    if governor is not None and governor != "performance":
        disturbances.append(Disturbance(kind.GOVERNOR, name=governor))
    interval, precision = sampling.interval, sampling.precision
    if interval is not None and precision is not None and (interval.width is None or interval.width > precision):
        disturbances.append(Disturbance(kind.IMPRECISION, interval.width, precision))
    if _drift(sampling.passes):
        disturbances.append(Disturbance(kind.DRIFT))
    reasons = tuple(describe(disturbance) for disturbance in disturbances)
    return Noise(before.load, after.load, steal, others, governor, reasons, tuple(disturbances))


def _shares(before: Moment, after: Moment) -> tuple[float | None, float | None]:
    """Return the shares (0 to 1) of all cores' time that was stolen, and that other processes used."""
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


def _drift(passes: Sequence[Sequence[float]]) -> bool:
    """Tell whether the passes' medians spread far wider than the samples within the passes would make them.

    The variance of a median is pi / 2 = 1.57 times that of the mean of as many samples of a normal distribution (Cramér,
    Mathematical Methods of Statistics, 1946, section 28.5).
    """
    if len(passes) < 3 or min(map(len, passes)) < 2:
        return False
    medians = [statistics.median(samples) for samples in passes]
    within = statistics.fmean(statistics.variance(samples) / len(samples) for samples in passes)
    between = statistics.variance(medians)
    return between > PASSES**2 * 1.57 * within and between**0.5 > 0.01 * statistics.median(medians)

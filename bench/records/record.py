"""The record: what was timed, on what machine, from what commit, with every sample and the answers' values.

One record is one JSON file, ``results/<machine>/<time>-<commit>.json``, that pytest-benchmark's tools read; what is ours
stands under ``flopwatt`` at each level. record_schema.md describes every key.
"""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ... import __version__
from ..machine.info import Machine, this_machine
from ..machine.noise import Noise
from ..stats.inference import MedianInterval
from . import identity
from .commit import Commit, this_commit
from .gpu_state import GpuState
from .reference import Reference
from .summary import MAX_COUNT, RecordSource, SampleSummary, is_time

SCHEMA_VERSION = 1
MAX_VALUES = 256  # of an answer's values a record keeps at most so many, at fixed places

Scalar = identity.Scalar


@dataclass(frozen=True)
class Reading:
    """A measured number, or null with the reason why there is none."""

    value: float | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.value is None and not self.reason:
            object.__setattr__(self, "reason", "not measured")


@dataclass(frozen=True)
class Phase:
    """The time of one phase (first_call, compile, copy_in, kernel, copy_out).

    Parameters
    ----------
    seconds
        The median and its interval (s); None where it was not measured.
    reason
        Why it was not.
    clock
        "wall", or "event" for CUDA events on the device.
    """

    seconds: MedianInterval | None = None
    reason: str = ""
    clock: str = "wall"


@dataclass(frozen=True)
class Stop:
    """Why sampling ended.

    Parameters
    ----------
    why
        "precision" (the interval is narrow enough), "budget" (time or samples ran out) or "fixed".
    precision
        The half width of the interval, relative to the median, that was asked for.
    budget_seconds
        The time that was allowed (s).
    interval
        The median and its interval when it ended (s).
    """

    why: str
    precision: float | None = None
    budget_seconds: float | None = None
    interval: MedianInterval | None = None


@dataclass(frozen=True)
class Energy:
    """The energy of one call, by meter.

    Parameters
    ----------
    gpu, cpu
        Joules of a call.
    gpu_meter
        "nvml energy counter" or "nvml power samples"; empty where there is none.
    cpu_meter
        "rapl"; empty where there is none.
    gpu_by_power
        Joules of a call by a second meter, the GPU's sampled power, where ``gpu`` is the counter's.
    per_billion_points
        Joules of 1e9 points, on the device that the engine computes on; null where no meter covers it.
    """

    gpu: Reading = field(default_factory=Reading)
    cpu: Reading = field(default_factory=Reading)
    gpu_meter: str = ""
    cpu_meter: str = ""
    gpu_by_power: Reading = field(default_factory=Reading)
    per_billion_points: Reading = field(default_factory=Reading)


@dataclass(frozen=True)
class Memory:
    """Peaks of memory (bytes): of the process, of that what the calls took above what it held before, and of the device."""

    host_peak_bytes: Reading = field(default_factory=Reading)
    host_above_bytes: Reading = field(default_factory=Reading)
    device_peak_bytes: Reading = field(default_factory=Reading)


@dataclass(frozen=True)
class Values:
    """An answer's numbers, flattened in C order.

    Parameters
    ----------
    unit
        Their unit.
    data
        All of them, or those at ``index``.
    size
        How many there are.
    index
        Which of them are kept; None where all are.
    kind
        What equal means: "value" (to the dtype's tolerance), "count" (points), "binned" (read from bins), "tied" (belongs
        to one of several equally good points: not compared).

    Raises
    ------
    ValueError
        Where ``data`` does not fill its places.
    """

    unit: str
    data: tuple[float | None, ...]
    size: int
    index: tuple[int, ...] | None = None
    kind: str = "value"

    def __post_init__(self) -> None:
        places = self.size if self.index is None else len(self.index)
        if len(self.data) != places:
            raise ValueError(f"data has {len(self.data)} values for {places} places")


@dataclass(frozen=True)
class StoredAnswer:
    """What an engine answered to one question."""

    question: str
    values: Mapping[str, Values] = field(default_factory=dict)


def count_evaluated(points: int | None, evaluated: int | None) -> int | None:
    """Return how many points a call evaluates: all of them where it is not said how many."""
    return points if evaluated is None else evaluated


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """One benchmark that was timed.

    Parameters
    ----------
    name, fullname, group, param
        As pytest-benchmark names it.
    samples
        Seconds a call, above 0, in the order taken; none where there is a ``summary`` of them.
    summary
        What is known of the samples where they themselves are not.
    params
        What identifies it.
    extra
        What else its suite says of it.
    options
        How it was timed, in pytest-benchmark's words.
    engine, dtype
        What computed it, and in which type; empty where it is no engine's work.
    points
        The points of the grid that a call answers for.
    evaluated
        How many of them a call computes; the rest `where` let the engine skip, and makes no speed. None where all are.
    threads
        The threads that it might use.
    blocks
        How many samples each pass took, each in a process of its own; empty for one pass.
    cpu_blocks
        CPU seconds of a call, of the process's threads together: each pass's mean.
    iterations
        The calls of a sample, which is their mean.
    reference
        What the reference loops took beside each block; None where they were not timed.
    phases
        The time of each phase, by its name.
    stop
        Why sampling ended.
    cpu_seconds
        CPU seconds of a call, of the process's threads together.
    noise
        What else the machine did.
    energy, memory, gpu
        What else was measured.
    answers
        What was answered.
    max_relative_error
        The largest relative difference from the reference.

    Raises
    ------
    ValueError
        Where a sample is no time, there are neither samples nor a summary or both, a count is impossible, or ``blocks`` do
        not add up to the samples.
    """

    name: str
    samples: tuple[float, ...] = ()
    summary: SampleSummary | None = None
    group: str | None = None
    fullname: str = ""
    params: Mapping[str, Scalar] = field(default_factory=dict)
    param: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    engine: str = ""
    dtype: str = ""
    points: int | None = None
    evaluated: int | None = None
    threads: int | None = None
    blocks: tuple[int, ...] = ()
    cpu_blocks: tuple[float, ...] = ()
    iterations: int = 1
    reference: Reference | None = None
    phases: Mapping[str, Phase] = field(default_factory=dict)
    stop: Stop | None = None
    cpu_seconds: Reading = field(default_factory=Reading)
    noise: Noise | None = None
    energy: Energy = field(default_factory=Energy)
    memory: Memory = field(default_factory=Memory)
    gpu: GpuState | None = None
    answers: tuple[StoredAnswer, ...] = ()
    max_relative_error: Reading = field(default_factory=Reading)

    def __post_init__(self) -> None:
        if not self.fullname:
            object.__setattr__(self, "fullname", self.name)
        if not self.samples and self.summary is None:
            raise ValueError("a benchmark needs at least one sample, or a summary of them")
        if self.samples and self.summary is not None:
            raise ValueError("a benchmark has samples or a summary, not both")
        if not all(map(is_time, self.samples)):
            raise ValueError("every sample must be a finite number of seconds above 0")
        if self.blocks and (sum(self.blocks) != len(self.samples) or min(self.blocks) < 1):
            raise ValueError(f"blocks must be positive and add up to the {len(self.samples)} samples")
        self._check_counts()

    def _check_counts(self) -> None:
        for name, least in (("iterations", 1), ("points", 0), ("evaluated", 0), ("threads", 0)):
            count = getattr(self, name)
            if count is not None and not least <= count <= MAX_COUNT:
                raise ValueError(f"{name} must be {least} or more" + (f", not {count}" if count < least else " and below 1e18"))
        if any(not seconds >= 0 for seconds in self.cpu_blocks):
            raise ValueError("cpu_blocks must be seconds, 0 or more")
        if (self.cpu_seconds.value or 0) < 0:
            raise ValueError("cpu_seconds must be seconds, 0 or more")

    @property
    def work(self) -> int | None:
        """The points that a call evaluates, which are what speed and energy are counted by."""
        return count_evaluated(self.points, self.evaluated)

    @property
    def seconds(self) -> float:
        """The median of a call (s), or what the summary has in its place."""
        return statistics.median(self.samples) if self.summary is None else self.summary.seconds

    @property
    def key(self) -> identity.Key:
        """What it is matched by: file, class, function and parameters, whatever their order and its position."""
        return identity.key_of(self.name, self.fullname, self.params)


@dataclass(frozen=True, kw_only=True)
class Record:
    """A set of benchmarks timed together.

    Parameters
    ----------
    kind, subject
        "run" and the study, or "bench" and the suites.
    label
        A word of the user's, or nothing.
    created
        When (UTC, ISO 8601).
    source
        The tool that wrote the file.
    unreadable
        Benchmarks of the file that could not be used, by full name, with the reason.
    remarks
        What needs saying of how the file was read.
    path
        Where it was read from.
    """

    benchmarks: tuple[Benchmark, ...]
    kind: str = "run"
    subject: str = ""
    label: str = ""
    created: str = ""
    machine: Machine = field(default_factory=this_machine)
    commit: Commit = field(default_factory=this_commit)
    study: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    schema_version: int = SCHEMA_VERSION
    source: RecordSource = field(default_factory=lambda: RecordSource(version=__version__))
    unreadable: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    path: Path | None = None


def sample_of(data: list[float | None], unit: str, kind: str = "value") -> Values:
    """Take the values that a record keeps of an answer: all, or ``MAX_VALUES`` at places that depend on the size alone.

    Parameters
    ----------
    data
        The answer's numbers, flattened in C order; None where one is not a number.
    unit
        Their unit.
    kind
        What equal means, as in `Values`.
    """
    size = len(data)
    if size <= MAX_VALUES:
        return Values(unit, tuple(data), size, None, kind)
    index = tuple(i * (size - 1) // (MAX_VALUES - 1) for i in range(MAX_VALUES))
    return Values(unit, tuple(data[i] for i in index), size, index, kind)


def now() -> str:
    """Write this moment as a record states it: UTC, ISO 8601, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")

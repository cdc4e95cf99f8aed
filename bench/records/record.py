"""The record: what was timed, on what machine, from what commit, with every sample and the answers' values.

One record is one JSON file, ``results/<machine>/<time>-<commit>.json``, that pytest-benchmark's tools read; what is ours
stands under ``flopwatt`` at each level. record_schema.md describes every key.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..machine.info import Machine, this_machine
from ..machine.noise import Noise
from ..stats.inference import MedianInterval
from .commit import Commit, this_commit

SCHEMA_VERSION = 1
MAX_VALUES = 256  # of an answer's values a record keeps at most so many, at fixed places

Scalar = str | int | float | bool | None


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
    """The seconds of one phase (first_call, compile, copy_in, kernel, copy_out), or null with the reason."""

    seconds: MedianInterval | None = None
    reason: str = ""
    clock: str = "wall"  # or "event": CUDA events on the device


@dataclass(frozen=True)
class Stop:
    """Why sampling ended: "precision" (the interval is narrow enough), "budget" (time or samples ran out) or "fixed"."""

    why: str
    precision: float | None = None
    budget_seconds: float | None = None
    interval: MedianInterval | None = None


@dataclass(frozen=True)
class Energy:
    """Joules of one call, by meter; ``per_billion_points`` is their sum scaled, null where no meter covers the engine."""

    gpu: Reading = field(default_factory=Reading)
    cpu: Reading = field(default_factory=Reading)
    gpu_meter: str = ""  # "nvml energy counter" or "nvml power samples"
    cpu_meter: str = ""  # "rapl"
    per_billion_points: Reading = field(default_factory=Reading)


@dataclass(frozen=True)
class Memory:
    """Peak bytes: of the process, of that what the calls took above what was there before them, and in use on the device."""

    host_peak_bytes: Reading = field(default_factory=Reading)
    host_above_bytes: Reading = field(default_factory=Reading)
    device_peak_bytes: Reading = field(default_factory=Reading)


@dataclass(frozen=True)
class GpuState:
    """The GPU's clock before and after, and which samples (by position) were taken under throttling."""

    index: int = 0
    sm_mhz_before: float | None = None
    sm_mhz_after: float | None = None
    throttle_before: tuple[str, ...] | None = None
    throttle_after: tuple[str, ...] | None = None
    throttled_samples: tuple[int, ...] = ()
    l2_flushed: bool = False
    event_seconds: MedianInterval | None = None


@dataclass(frozen=True)
class Values:
    """An answer's numbers, flattened in C order: all of them, or those at ``index`` of ``size``.

    ``kind`` says what equal means: "value" (to the dtype's tolerance), "count" (points), "binned" (read from bins),
    "tied" (belongs to one of several equally good points: not compared).
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


def worked(points: int | None, evaluated: int | None) -> int | None:
    """Tell how many points a call evaluates: all of them where it is not said how many."""
    return points if evaluated is None else evaluated


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """One thing that was timed. ``samples`` are seconds a call, in the order taken; ``params`` are what identifies it."""

    name: str
    samples: tuple[float, ...]
    group: str | None = None
    fullname: str = ""
    params: Mapping[str, Scalar] = field(default_factory=dict)
    param: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)  # how it was timed, in pytest-benchmark's words
    engine: str = ""
    dtype: str = ""
    points: int | None = None  # of the grid, for one call
    evaluated: int | None = None  # of them; the rest `where` let the engine skip, and makes no speed. None: all
    threads: int | None = None
    blocks: tuple[int, ...] = ()  # the samples came in so many passes of so many; empty: one pass
    cpu_blocks: tuple[float, ...] = ()  # process CPU seconds of a call, all threads: each pass's mean
    iterations: int = 1  # calls to a sample; a sample is the mean of them
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
        if not self.samples:
            raise ValueError("a benchmark needs at least one sample")
        if not all(math.isfinite(sample) and sample > 0 for sample in self.samples):
            raise ValueError("every sample must be a finite number of seconds above 0")
        if self.blocks and (sum(self.blocks) != len(self.samples) or min(self.blocks) < 1):
            raise ValueError(f"blocks must be positive and add up to the {len(self.samples)} samples")

    @property
    def work(self) -> int | None:
        """The points that a call evaluates, which are what speed and energy are counted by."""
        return worked(self.points, self.evaluated)

    @property
    def key(self) -> tuple[tuple[str, Scalar], ...]:
        """What it is matched by: its parameters, and its function's name (no position, no order)."""
        params = sorted((name, value) for name, value in self.params.items() if value is not None)
        return (("", self.name.partition("[")[0]), *params)


@dataclass(frozen=True, kw_only=True)
class Record:
    """A set of benchmarks timed together. ``kind`` is "run" or "bench", ``subject`` the study or the suites."""

    benchmarks: tuple[Benchmark, ...]
    kind: str = "run"
    subject: str = ""
    created: str = ""  # UTC, ISO 8601
    machine: Machine = field(default_factory=this_machine)
    commit: Commit = field(default_factory=this_commit)
    study: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    schema_version: int = SCHEMA_VERSION
    path: Path | None = None  # where it was read from


def sample_of(data: list[float | None], unit: str, kind: str = "value") -> Values:
    """Choose the values that a record keeps of an answer: all, or ``MAX_VALUES`` at places that depend on the size alone.

    Parameters
    ----------
    data
        All values in C order, in ``unit``; None where there is none.
    unit
        The values' unit.
    kind
        What equal means for them; see `Values`.
    """
    size = len(data)
    if size <= MAX_VALUES:
        return Values(unit, tuple(data), size, None, kind)
    index = tuple(i * (size - 1) // (MAX_VALUES - 1) for i in range(MAX_VALUES))
    return Values(unit, tuple(data[i] for i in index), size, index, kind)


def now() -> str:
    """Give the current time as a record states it: UTC, ISO 8601, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")

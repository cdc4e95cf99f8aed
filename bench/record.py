"""The record: what was timed, on what machine, from what commit, with every sample and the answers' values.

One record is one JSON file, ``results/<machine>/<time>-<commit>.json``, that pytest-benchmark's tools read; what is ours
stands under ``flopwatt`` at each level. record_schema.md describes every key.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .commit import Commit, this_commit
from .errors import InputError
from .files import obstacle, write_new
from .machine import Machine, this_machine

if TYPE_CHECKING:
    from .run import Run

SCHEMA_VERSION = 1
LARGEST_BYTES = 100 * 10**6
MOST_VALUES = 256  # of an answer's values a record keeps at most so many, at fixed places

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
class Interval:
    """A median and the confidence interval around it."""

    median: float
    low: float | None = None
    high: float | None = None
    confidence: float = 0.95
    samples: int = 1

    @property
    def width(self) -> float | None:
        """The interval's half width relative to the median."""
        if self.low is None or self.high is None or self.median <= 0:
            return None
        return (self.high - self.low) / (2 * self.median)


@dataclass(frozen=True)
class Phase:
    """The seconds of one phase (first_call, compile, copy_in, kernel, copy_out), or null with the reason."""

    seconds: Interval | None = None
    reason: str = ""
    clock: str = "wall"  # or "event": CUDA events on the device


@dataclass(frozen=True)
class Stop:
    """Why sampling ended: "precision" (the interval is narrow enough), "budget" (time or samples ran out) or "fixed"."""

    why: str
    precision: float | None = None
    budget_seconds: float | None = None
    interval: Interval | None = None


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
    event_seconds: Interval | None = None


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
class Answer:
    """What an engine answered to one question."""

    question: str
    values: Mapping[str, Values] = field(default_factory=dict)


def worked(points: int | None, evaluated: int | None) -> int | None:
    """The points that a call evaluates: all of them where it is not said how many."""
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
    answers: tuple[Answer, ...] = ()
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
    """The values a record keeps of an answer: all, or ``MOST_VALUES`` at places that depend on the size alone."""
    size = len(data)
    if size <= MOST_VALUES:
        return Values(unit, tuple(data), size, None, kind)
    index = tuple(i * (size - 1) // (MOST_VALUES - 1) for i in range(MOST_VALUES))
    return Values(unit, tuple(data[i] for i in index), size, index, kind)


def now() -> str:
    """This moment as a record states it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def file_stem(record: Record) -> str:
    """``20260131T093000.123Z-0123456789ab``: sorts by time; a changed tree is marked ``-dirty``."""
    moment = datetime.fromisoformat(record.created).astimezone(UTC)
    stamp = f"{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03d}Z"
    return f"{stamp}-{re.sub('[^A-Za-z0-9]', '', record.commit.short)}{'-dirty' if record.commit.dirty else ''}"


def check_place(folder: Path, machine_name: str | None = None) -> None:
    """Raise InputError where `save` could not write there; said before the work, not after it."""
    place = Path(folder) / _named(this_machine(), machine_name).name
    why = obstacle(place)
    if why:
        raise InputError(f"no record can be stored there: {why}", where=str(place))


def _named(machine: Machine, name: str | None) -> Machine:
    try:
        return machine.named(name)
    except ValueError as error:
        raise InputError(str(error), where="--machine") from None


def save(record: Record, folder: Path, machine_name: str | None = None) -> Path:
    """Write a record under ``folder/<machine>/``, whole or not at all, beside whatever is there; the path it got.

    Raises InputError where the machine's name will not do or the file cannot be written.
    """
    import dataclasses

    from .record_json import dumps

    machine = _named(record.machine, machine_name)
    record = dataclasses.replace(record, machine=machine, created=record.created or now())
    place = Path(folder) / machine.name
    try:
        return write_new(place, file_stem(record), ".json", dumps(record).encode())
    except OSError as error:
        what = error.strerror or str(error)
        raise InputError(f"the record could not be written ({what}); nothing was saved", where=str(place)) from None


def save_run(run: "Run", folder: Path, machine_name: str | None = None) -> Path:
    """Write the record of a study's run under ``folder/<machine>/``; the path it got. Raises InputError as `save` does."""
    from .run_record import record_of

    return save(record_of(run), folder, machine_name)


def load(path: Path, largest_bytes: int = LARGEST_BYTES) -> Record:
    """Read a record. Raises InputError, naming the file and what is wrong with it, and never half a record."""
    from .record_json import read

    return read(Path(path), largest_bytes)

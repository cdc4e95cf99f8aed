"""A benchmark's records in the order of time: one series for each machine whose times compare."""

import functools
import math
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..machine.info import differences
from ..records.benchmark_names import is_named, nearest_name
from ..records.find import records_under
from ..records.level import level, speed_log, work_of
from ..records.record import Benchmark, Record
from ..records.store import MAX_BYTES, load
from ..stats.levels import Level, quantile
from .steps import Fit, fit_levels

MIN_DEGREES = 3  # of a level's variance: from fewer blocks or samples no error is stated


@dataclass(frozen=True)
class HistoryPoint:
    """A benchmark in one record."""

    benchmark: Benchmark
    record: Record

    @functools.cached_property
    def level(self) -> float:
        """The benchmark's level there (s), as it was measured."""
        return math.exp(self._level.log)

    @functools.cached_property
    def _level(self) -> Level:
        return level(self.benchmark)

    @functools.cached_property
    def log_error(self) -> float | None:
        """The standard error of the level's logarithm, None where there are too few samples."""
        return math.sqrt(self._level.variance) if self._level.degrees >= MIN_DEGREES else None

    @functools.cached_property
    def interval(self) -> tuple[float, float] | None:
        """The level's 95% interval (s), None where there are too few samples."""
        if self.log_error is None:
            return None
        half = quantile(0.975, self._level.degrees) * self.log_error
        return math.exp(self._level.log - half), math.exp(self._level.log + half)

    @property
    def commit(self) -> str:
        """The commit, marked where the tree was changed since."""
        return self.record.commit.short + ("-dirty" if self.record.commit.dirty else "")


@dataclass(frozen=True)
class Series:
    """The records of one benchmark on one machine, of which every two compare.

    Attributes
    ----------
    points
        Oldest first, at least one.
    apart
        How its machine differs from that of an earlier series of the same benchmark and of the same machine's name; empty
        for the first.
    """

    points: tuple[HistoryPoint, ...]
    apart: str = ""

    @property
    def newest(self) -> HistoryPoint:
        """The last record of it."""
        return self.points[-1]

    @property
    def name(self) -> str:
        """The benchmark's name."""
        return self.newest.benchmark.name

    @property
    def machine(self) -> str:
        """The machine's name."""
        return self.newest.record.machine.name

    @functools.cached_property
    def levels(self) -> list[float]:
        """The level in each record (s), as it would be on a machine as fast as it is in the middle of the records.

        A record without the reference loops, or with others than most, is taken as it was measured.
        """
        speeds = [speed_log(point.benchmark) for point in self.points]
        version = Counter(speed[0] for speed in speeds if speed).most_common(1)
        known = [speed[1] for speed in speeds if speed and speed[0] == version[0][0]]
        middle = statistics.median(known) if known else 0.0
        return [
            point.level * (math.exp(middle - speed[1]) if speed and speed[0] == version[0][0] else 1.0)
            for point, speed in zip(self.points, speeds, strict=True)
        ]

    @functools.cached_property
    def fit(self) -> Fit:
        """The constant levels that it is made of."""
        return fit_levels(self.levels, [point.log_error for point in self.points])

    @property
    def change(self) -> float | None:
        """The last record's level over that of the records before it since the last change point; None where none is."""
        before = self.levels[self.fit.bounds[-2] : -1]
        return self.levels[-1] / statistics.median(before) if before else None


@dataclass(frozen=True)
class History:
    """All series of a folder of records, by name and machine, and why files could not be read."""

    series: tuple[Series, ...]
    unread: tuple[str, ...] = ()


def gather(folder: Path, largest_bytes: int = MAX_BYTES) -> History:
    """Read all records under a folder and put them together by benchmark and machine.

    Parameters
    ----------
    folder
        The folder of results.
    largest_bytes
        The size up to which a record is read.

    Raises
    ------
    InputError
        Where there is no such folder, or nothing in it can be read.
    """
    records, unread = list[Record](), list[str]()
    for path in records_under(folder):
        try:
            records.append(load(path, largest_bytes))
        except InputError as error:
            unread.append(str(error))
    if not any(record.benchmarks for record in records):
        raise InputError(unread[0] if unread else "no record holds a benchmark", where="" if unread else str(folder))
    return History(tuple(series_of(records)), tuple(unread))


def series_of(records: Iterable[Record]) -> list[Series]:
    """Put records together by benchmark and machine, sorted by name.

    Other engines, types, sizes and numbers of threads are other benchmarks. Within a machine's name, records whose hardware
    differs so that times do not compare stand in series of their own.
    """
    groups: dict[tuple[Any, ...], list[list[HistoryPoint]]] = {}
    for record in sorted(records, key=_moment):
        for benchmark in record.benchmarks:
            _add(groups.setdefault((work_of(benchmark), record.machine.name), []), HistoryPoint(benchmark, record))
    series = [Series(tuple(part), _apart_from(parts[:i], part)) for parts in groups.values() for i, part in enumerate(parts)]
    return sorted(series, key=lambda one: (one.name, one.newest.benchmark.fullname, one.machine))


def _moment(record: Record) -> datetime:
    """Read when a record was made; one that does not say it comes first."""
    try:
        moment = datetime.fromisoformat(record.created)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _add(parts: list[list[HistoryPoint]], point: HistoryPoint) -> None:
    """Add a record to the part whose machine compares with its own, or to a new one."""
    for part in parts:
        if not _differences(part[0], point):
            part.append(point)
            return
    parts.append([point])


def _apart_from(earlier: Sequence[list[HistoryPoint]], part: list[HistoryPoint]) -> str:
    """Say what tells a part's machine from those of the parts before it."""
    facts = (fact for other in earlier for fact in _differences(other[0], part[0]))
    return "; ".join(dict.fromkeys(facts))


def _differences(first: HistoryPoint, second: HistoryPoint) -> list[str]:
    return differences(first.record.machine, second.record.machine, second.benchmark.engine)


def select(history: History, pattern: str) -> History:
    """Take the series of some benchmarks.

    Parameters
    ----------
    history
        All series.
    pattern
        A name, with its file and class or without, as it is printed, or one with ``*`` and ``?``. A benchmark that is named
        so exactly is taken alone.

    Raises
    ------
    InputError
        Where no benchmark is named so, with the nearest name.
    """
    exact = [one for one in history.series if pattern in (one.name, one.newest.benchmark.fullname)]
    chosen = exact or [one for one in history.series if is_named(one.newest.benchmark, pattern)]
    if not chosen:
        benchmarks: Sequence[Benchmark] = [one.newest.benchmark for one in history.series]
        raise InputError(f"no benchmark of the records is named so{nearest_name(pattern, benchmarks)}", where=pattern)
    return History(tuple(chosen), history.unread)

"""Google Benchmark's JSON: repetitions as samples, or their aggregates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ....kernels.validation.type_parts import Place
from ....kernels.validation.validator import DataError
from ....kernels.validation.wording import JSON, described
from ...machine.info import Cpu
from ..record import Benchmark, Reading, Record
from ..summary import RecordSource, SampleSummary
from .document_parts import (
    Json,
    Rows,
    count_of,
    form,
    number,
    seconds_of,
    spread_of,
    text_of,
    unknown_machine,
    whole_of,
)
from .errors import UnusableError

TOOL = "Google Benchmark"
HELP = "--benchmark_format=json, or --benchmark_out=FILE --benchmark_out_format=json, writes one"
_SAVES = "--benchmark_repetitions=N without --benchmark_report_aggregates_only stores them"
UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
_AGGREGATES = ("mean", "median", "stddev", "cv", "min", "max")
_NO_TIMES = ("BigO", "RMS")  # fits over a family of benchmarks


@dataclass(frozen=True)
class _File:
    context: Json
    benchmarks: tuple[Json, ...]


@dataclass(frozen=True)
class _Row:
    name: str
    run_name: str = ""
    run_type: str = ""
    aggregate_name: str = ""
    aggregate_unit: str = "time"
    repetitions: Any = None
    repetition_index: Any = None
    iterations: Any = 1
    real_time: Any = None
    cpu_time: Any = None
    time_unit: str = "ns"
    threads: Any = None
    error_occurred: bool = False
    error_message: str = ""
    skipped: Any = False
    skip_message: str = ""

    @property
    def aggregate(self) -> str:
        """What it is of the repetitions; empty for one of them. Old versions tell by the end of the name alone."""
        if self.run_type:
            return self.aggregate_name if self.run_type == "aggregate" else ""
        return next((name for name in (*_AGGREGATES, *_NO_TIMES) if self.name.endswith(f"_{name}")), "")

    @property
    def benchmark(self) -> str:
        """The benchmark's name."""
        return self.run_name or (self.name.removesuffix(f"_{self.aggregate}") if self.aggregate else self.name)


@dataclass
class _Group:
    """The rows of one benchmark, with their places in the file."""

    name: str
    repetitions: list[tuple[_Row, Place]] = field(default_factory=list)
    aggregates: dict[str, tuple[_Row, Place]] = field(default_factory=dict)


_FILE, _ROW = form(_File), form(_Row)


def recognises(document: Any) -> bool:
    """Tell whether a document is of this tool."""
    return isinstance(document, dict) and "benchmarks" in document and "context" in document


def read(document: Any) -> Record:
    """Read a file.

    Raises
    ------
    DataError
        Where the file does not fit.
    """
    file, rows = _FILE.check(document), Rows()
    for group in _groups(file.benchmarks):
        first = (*group.repetitions, *group.aggregates.values())[0][1]
        rows.add(group.name, first, partial(_benchmark, rows, group))
    rows.say_summaries(f"{TOOL}'s aggregates", _SAVES)
    cpu = Cpu(threads=whole_of(file.context.get("num_cpus")))
    source = RecordSource(TOOL, text_of(file.context.get("library_version")))
    return rows.record(source, unknown_machine(cpu), created=text_of(file.context.get("date")))


def _groups(items: tuple[Json, ...]) -> list[_Group]:
    """Put rows of one benchmark together; one registered twice begins anew, and is then found to be there twice."""
    groups: dict[str, list[_Group]] = {}
    for i, item in enumerate(items):
        place: Place = ("benchmarks", i)
        row = _ROW.check(item, place)
        if row.aggregate in _NO_TIMES:
            continue
        own = groups.setdefault(row.benchmark, [_Group(row.benchmark)])
        if row.aggregate:
            own[-1].aggregates.setdefault(row.aggregate, (row, place))
            continue
        indices = [known.repetition_index for known, _ in own[-1].repetitions]
        if row.repetition_index is not None and row.repetition_index in indices:
            own.append(_Group(row.benchmark))
        own[-1].repetitions.append((row, place))
    return [group for own in groups.values() for group in own]


def _benchmark(rows: Rows, group: _Group) -> Benchmark:
    for row, _ in (*group.repetitions, *group.aggregates.values()):
        if row.error_occurred or row.skipped:
            raise UnusableError(row.error_message or row.skip_message or "it failed")
    if not group.repetitions:
        return Benchmark(name=group.name, summary=_summary(group.aggregates))
    first, place = group.repetitions[0]
    factors = [_factor(row, where) for row, where in group.repetitions]
    seconds = [number(row.real_time, "real_time") * factor for (row, _), factor in zip(group.repetitions, factors, strict=True)]
    return Benchmark(
        name=group.name,
        samples=rows.samples(group.name, seconds, "real_time"),
        iterations=count_of(first.iterations, (*place, "iterations")),
        threads=whole_of(first.threads),
        cpu_seconds=_cpu_seconds(first, factors[0]),
    )


def _factor(row: _Row, place: Place) -> float:
    if row.time_unit not in UNITS:
        problem = f"must be {', '.join(UNITS)}, not {described(row.time_unit)}"
        raise DataError((*place, "time_unit"), problem, first=JSON.first)
    return UNITS[row.time_unit]


def _cpu_seconds(row: _Row, factor: float) -> Reading:
    try:
        return Reading(seconds_of(row.cpu_time, "cpu_time", factor))
    except UnusableError:
        return Reading()


def _summary(aggregates: Mapping[str, tuple[_Row, Place]]) -> SampleSummary:
    spread = None
    if "stddev" in aggregates:
        row, place = aggregates["stddev"]
        spread = spread_of(row.real_time, (*place, "real_time"), _factor(row, place))
    for statistic in ("median", "mean"):
        if statistic in aggregates:
            row, place = aggregates[statistic]
            count = row.repetitions if row.repetitions is not None else row.iterations  # its iterations are repetitions
            seconds = seconds_of(row.real_time, f"real_time of the {statistic}", _factor(row, place))
            return SampleSummary(statistic, seconds, spread, count_of(count, (*place, "repetitions")))  # type: ignore[arg-type]
    raise UnusableError("there are neither repetitions nor their median or mean")

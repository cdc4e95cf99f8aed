"""A record as pytest-benchmark's JSON with our own keys under ``flopwatt``, and back; other tools' files go to `foreign`."""

import dataclasses
import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ...kernels.validation.type_parts import Place
from ...kernels.validation.validator import DataError, Validator
from ...kernels.validation.wording import JSON, described, dotted
from ..machine.info import Machine
from ..terminal.json import jsonable
from .commit import Commit
from .layout import laid_out
from .record import SCHEMA_VERSION, Benchmark, Record
from .summary import RecordSource, is_time

Json = dict[str, Any]
T = TypeVar("T")
FORMAT = "5.1.0"  # the pytest-benchmark whose layout this is
# fields of a benchmark that pytest-benchmark has a place for; the others stand under ``flopwatt``
_SHARED = ("name", "samples", "group", "fullname", "params", "param", "extra", "options", "iterations")


# --- writing ----------------------------------------------------------------------------------------------------------


def dumps(record: Record) -> str:
    """Write a record as JSON text: strict, no NaN and no Infinity, and a list of scalars on one line."""
    return laid_out(to_json(record)) + "\n"


def to_json(record: Record) -> Json:
    """Turn a record into JSON data. Every benchmark gets every parameter's name: pytest-benchmark groups by them unasked."""
    names = {name: None for benchmark in record.benchmarks for name in benchmark.params}
    return {
        "machine_info": _machine_info(record.machine),
        "commit_info": _commit_info(record.commit),
        "benchmarks": [_benchmark(benchmark, names) for benchmark in record.benchmarks],
        "datetime": record.created,
        "version": FORMAT,
        "flopwatt": {
            "schema_version": SCHEMA_VERSION,
            "kind": record.kind,
            "subject": record.subject,
            "label": record.label,
            "version": record.commit.version,
            "study": jsonable(record.study),
            "options": jsonable(record.options),
            "source": jsonable(record.source),
            "unreadable": dict(record.unreadable),
            "remarks": list(record.remarks),
        },
    }


def _machine_info(machine: Machine) -> Json:
    implementation, _, version = machine.python.partition(" ")
    return {
        "node": machine.name,  # the hardware's name: a record never holds the host's
        "processor": machine.cpu.model,
        "machine": machine.cpu.architecture,
        "python_implementation": implementation,
        "python_implementation_version": version,
        "python_version": version,
        "release": machine.release,
        "system": machine.system,
        "cpu": {"brand_raw": machine.cpu.model, "arch": machine.cpu.architecture, "count": machine.cpu.threads},
        "flopwatt": jsonable(machine),
    }


def _commit_info(commit: Commit) -> Json:
    info: Json = jsonable(commit)
    return {**{key: value for key, value in info.items() if key != "version"}, "flopwatt": {"version": commit.version}}


def _benchmark(benchmark: Benchmark, names: Mapping[str, None]) -> Json:
    own = {item.name for item in dataclasses.fields(benchmark)} - set(_SHARED)
    return {
        "group": benchmark.group,
        "name": benchmark.name,
        "fullname": benchmark.fullname,
        "params": jsonable({**names, **benchmark.params}),
        "param": benchmark.param,
        "extra_info": jsonable(benchmark.extra),
        "options": jsonable(benchmark.options),
        "stats": _stats_of(benchmark),
        "flopwatt": {name: jsonable(getattr(benchmark, name)) for name in sorted(own)},
    }


def _stats_of(benchmark: Benchmark) -> Json:
    """Return what pytest-benchmark's tools expect; of a summary what it tells, and no statistic that nobody measured."""
    summary = benchmark.summary
    if summary is None:
        return stats(benchmark.samples, benchmark.iterations)
    known = {summary.statistic: summary.seconds, "stddev": summary.spread, "rounds": summary.count}
    return {**known, "iterations": benchmark.iterations}


def stats(samples: tuple[float, ...], iterations: int = 1) -> Json:
    """Compute the statistics that pytest-benchmark's tools expect.

    Parameters
    ----------
    samples
        Seconds a call, above 0; at least one.
    iterations
        The calls of a sample.

    Returns
    -------
    dict
        The statistics by pytest-benchmark's names, and the samples themselves under ``data``.
    """
    data, count = sorted(samples), len(samples)
    mean = statistics.fmean(data)
    stddev = statistics.stdev(data) if count > 1 else 0.0
    q1, median, q3 = statistics.quantiles(data, n=4, method="inclusive") if count > 1 else (data[0],) * 3
    low, high = q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)
    stddev_outliers = sum(not mean - stddev <= value <= mean + stddev for value in data)
    iqr_outliers = sum(not low <= value <= high for value in data)
    return {
        "min": data[0],
        "max": data[-1],
        "mean": mean,
        "stddev": stddev,
        "rounds": count,
        "median": median,
        "iqr": q3 - q1,
        "q1": q1,
        "q3": q3,
        "iqr_outliers": iqr_outliers,
        "stddev_outliers": stddev_outliers,
        "outliers": f"{stddev_outliers};{iqr_outliers}",
        "ld15iqr": min(value for value in data if value >= low),
        "hd15iqr": max(value for value in data if value <= high),
        "ops": 1 / mean,
        "total": sum(data),
        "data": list(samples),
        "iterations": iterations,
    }


# --- reading ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Version:
    schema_version: int


@dataclass(frozen=True)
class _Versioned:
    flopwatt: _Version


@dataclass(frozen=True)
class _MachineInfo:
    flopwatt: Machine


@dataclass(frozen=True)
class _OwnKeys:
    kind: str = "run"
    subject: str = ""
    version: str = ""
    label: str = ""
    study: Json = field(default_factory=dict)
    options: Json = field(default_factory=dict)
    source: RecordSource | None = None
    unreadable: dict[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Document:
    """The keys of a file that are read, of version 1. What else is there is left out."""

    machine_info: _MachineInfo
    benchmarks: tuple[Json, ...]
    datetime: str
    commit_info: Json
    flopwatt: _OwnKeys


@dataclass(frozen=True)
class _Stats:
    data: tuple[float, ...] = ()
    iterations: int = 1


@dataclass(frozen=True)
class _Timed:
    stats: _Stats
    flopwatt: Json = field(default_factory=dict)


def _validator(kind: type[T]) -> Validator[T]:
    return Validator(kind, JSON)


_VERSIONED, _DOCUMENT, _BENCHMARK = _validator(_Versioned), _validator(_Document), _validator(Benchmark)
_COMMIT, _TIMED, _OBJECT = _validator(Commit), _validator(_Timed), _validator(Json)
_VERSION_PLACE: Place = ("flopwatt", "schema_version")


def from_json(document: Any) -> Record:
    """Read a record from a parsed document, of flopwatt's or of another tool's.

    A benchmark with a sample that is no time, or with a NaN in it, is put aside; whatever else is wrong is an error.

    Raises
    ------
    DataError
        Where the document is no record, naming the key.
    """
    if not isinstance(document, dict) or "flopwatt" not in document:
        from .foreign import tools  # a run that saves a record has no use for them

        return tools.read(document)
    version = _VERSIONED.check(document).flopwatt.schema_version
    if version < 1:
        raise DataError(_VERSION_PLACE, f"must be 1 or more, not {version}")
    if version > SCHEMA_VERSION:
        fault = f"is {version}, newer than the {SCHEMA_VERSION} that this flopwatt reads; upgrade flopwatt"
        raise DataError(_VERSION_PLACE, fault)
    place = _place_of_constant({key: value for key, value in document.items() if key != "benchmarks"})
    if place is not None:
        raise DataError(place, "NaN and Infinity are not JSON numbers", first=JSON.first)
    return _record(_DOCUMENT.check(document))


def _place_of_constant(data: Any, place: Place = ()) -> Place | None:
    """Find the first NaN or infinity, which JSON has no numbers for."""
    if isinstance(data, float):
        return None if math.isfinite(data) else place
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return next((inner for key, item in items if (inner := _place_of_constant(item, (*place, key))) is not None), None)


def _record(document: _Document) -> Record:
    own, unreadable, benchmarks = document.flopwatt, dict(document.flopwatt.unreadable), []
    for i, row in enumerate(document.benchmarks):
        name = row.get("fullname") or row.get("name")
        fault = _fault_of_samples(row)
        if fault and isinstance(name, str):
            unreadable[name] = fault
        else:
            benchmarks.append(_read_benchmark(row, ("benchmarks", i)))
    return Record(
        benchmarks=tuple(benchmarks),
        kind=own.kind,
        subject=own.subject,
        label=own.label,
        created=document.datetime,
        machine=document.machine_info.flopwatt,
        commit=_read_commit(document.commit_info),
        study=own.study,
        options=own.options,
        schema_version=SCHEMA_VERSION,
        source=own.source or RecordSource(version=own.version),
        unreadable=unreadable,
        remarks=own.remarks,
    )


def _fault_of_samples(row: Json) -> str:
    """Say why a benchmark's samples cannot be used, though they are a list of numbers; empty where they can, or are none."""
    constant = _place_of_constant(row)
    if constant is not None:
        return f"{dotted(constant, JSON.first)} is NaN or infinite, which is no number"
    known = row.get("stats")
    data = known.get("data") if isinstance(known, dict) else None
    for i, sample in enumerate(data if isinstance(data, list) else ()):
        number = isinstance(sample, (int, float)) and not isinstance(sample, bool)
        if sample is None or (number and not is_time(sample)):
            return f"stats.data[{i}] is {'null' if sample is None else described(sample)}, which is no time above 0"
    return ""


def _read_commit(info: Json) -> Commit:
    own = _OBJECT.check(info.get("flopwatt", {}), ("commit_info", "flopwatt"))
    return _COMMIT.check({**info, "version": own.get("version", "")}, ("commit_info",))


def _read_benchmark(row: Json, place: Place) -> Benchmark:
    timed = _TIMED.check(row, place)
    fields: Json = {
        **{key: value for key, value in timed.flopwatt.items() if key not in _SHARED},
        **{key: row[key] for key in ("name", "group", "fullname", "param") if key in row},
        "params": _without_null(row.get("params") or {}),
        "extra": row.get("extra_info") or {},
        "options": row.get("options") or {},
        "iterations": timed.stats.iterations,
        "samples": timed.stats.data,
    }
    try:
        return _BENCHMARK.check(fields, place)
    except DataError as error:
        name = row.get("fullname") or row.get("name")
        named = f" (benchmark {described(name)})" if isinstance(name, str) else ""
        raise DataError(error.place, f"{error.problem}{named}", error.key, JSON.first) from None


def _without_null(params: Any) -> Any:
    """Leave out parameters that are null: those are of other benchmarks of the record."""
    return {key: value for key, value in params.items() if value is not None} if isinstance(params, dict) else params

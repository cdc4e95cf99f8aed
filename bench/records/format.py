"""A record as pytest-benchmark's JSON with our own keys under ``flopwatt``, and back, old versions included."""

import dataclasses
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ...kernels.validation.type_parts import Place
from ...kernels.validation.validator import DataError, Validator
from ...kernels.validation.wording import JSON
from ..machine.info import Cpu, Machine
from ..terminal.json import jsonable
from .commit import Commit
from .layout import laid_out
from .record import SCHEMA_VERSION, Benchmark, Record

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
        "stats": stats(benchmark.samples, benchmark.iterations),
        "flopwatt": {name: jsonable(getattr(benchmark, name)) for name in sorted(own)},
    }


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
    label: str = ""
    study: Json = field(default_factory=dict)
    options: Json = field(default_factory=dict)


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
    data: tuple[float, ...]
    iterations: int = 1


@dataclass(frozen=True)
class _Timed:
    stats: _Stats
    flopwatt: Json = field(default_factory=dict)


@dataclass(frozen=True)
class _Foreign:
    """What pytest-benchmark's own files have."""

    machine_info: Json
    benchmarks: tuple[Json, ...]


def _validator(kind: type[T]) -> Validator[T]:
    return Validator(kind, JSON)


_VERSIONED, _DOCUMENT, _BENCHMARK = _validator(_Versioned), _validator(_Document), _validator(Benchmark)
_COMMIT, _FOREIGN, _TIMED, _OBJECT = _validator(Commit), _validator(_Foreign), _validator(_Timed), _validator(Json)
_VERSION_PLACE: Place = ("flopwatt", "schema_version")


def from_json(document: Any) -> Record:
    """Read a record from a parsed document, after the migrations that its version needs.

    Raises
    ------
    DataError
        Where the document is no record, naming the key.
    """
    if not isinstance(document, dict):
        raise DataError((), "the document must be an object")
    version = _version(document)
    if version > SCHEMA_VERSION:
        fault = f"is {version}, newer than the {SCHEMA_VERSION} that this flopwatt reads; upgrade flopwatt"
        raise DataError(_VERSION_PLACE, fault)
    for step in range(version, SCHEMA_VERSION):
        document = MIGRATIONS[step](document)
    return _record(_DOCUMENT.check(document))


def _version(document: Json) -> int:
    """Read the schema's version; 0 is a file that pytest-benchmark wrote by itself."""
    if "flopwatt" not in document:
        return 0
    version = _VERSIONED.check(document).flopwatt.schema_version
    if version < 1:
        raise DataError(_VERSION_PLACE, f"must be 1 or more, not {version}")
    return version


def _record(document: _Document) -> Record:
    own = document.flopwatt
    return Record(
        benchmarks=tuple(_read_benchmark(row, ("benchmarks", i)) for i, row in enumerate(document.benchmarks)),
        kind=own.kind,
        subject=own.subject,
        label=own.label,
        created=document.datetime,
        machine=document.machine_info.flopwatt,
        commit=_read_commit(document.commit_info),
        study=own.study,
        options=own.options,
        schema_version=SCHEMA_VERSION,
    )


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
    return _BENCHMARK.check(fields, place)


def _without_null(params: Any) -> Any:
    """Leave out parameters that are null: those are of other benchmarks of the record."""
    return {key: value for key, value in params.items() if value is not None} if isinstance(params, dict) else params


# --- old versions -----------------------------------------------------------------------------------------------------


def _from_pytest_benchmark(document: Json) -> Json:
    """Migrate version 0, a file of pytest-benchmark's own: engine, dtype and points are looked for in params and extra_info."""
    foreign = _FOREIGN.check(document)
    info = foreign.machine_info
    cpu = _OBJECT.check(info.get("cpu") or {}, ("machine_info", "cpu"))
    model = str(cpu.get("brand_raw") or cpu.get("brand") or info.get("processor") or "")
    machine = Machine(
        name="unknown",
        cpu=Cpu(model=model, architecture=str(info.get("machine", "")), threads=cpu.get("count")),
        system=str(info.get("system", "")),
        release=str(info.get("release", "")),
        python=f"{info.get('python_implementation', '')} {info.get('python_version', '')}".strip(),
    )
    return {
        **document,
        "machine_info": {**info, "flopwatt": jsonable(machine)},
        "commit_info": document.get("commit_info") or {},
        "benchmarks": [_migrate_row(row, ("benchmarks", i)) for i, row in enumerate(foreign.benchmarks)],
        "flopwatt": {"schema_version": 1, "kind": "bench", "subject": ""},
    }


def _migrate_row(row: Json, place: Place) -> Json:
    params, extra = (_OBJECT.check(row.get(key) or {}, (*place, key)) for key in ("params", "extra_info"))
    return {**row, "params": _scalars(params), "flopwatt": _guess_fields({**extra, **params})}


def _scalars(params: Json) -> Json:
    """Turn parameters that are no scalars into text."""
    scalar = (str, int, float, bool, type(None))
    return {key: value if isinstance(value, scalar) else str(value) for key, value in params.items()}


def _guess_fields(known: Json) -> Json:
    return {
        key: known[key]
        for key, kind in (("engine", str), ("dtype", str), ("points", int), ("evaluated", int))
        if isinstance(known.get(key), kind)
    }


MIGRATIONS: dict[int, Callable[[Json], Json]] = {0: _from_pytest_benchmark}

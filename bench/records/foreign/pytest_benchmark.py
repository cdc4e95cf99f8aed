"""pytest-benchmark's files: with every sample, or, by its default for storage, with statistics of them alone."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from ....kernels.validation.type_parts import Place
from ....kernels.validation.validator import DataError
from ....kernels.validation.wording import JSON
from ...machine.info import Cpu, Machine
from ..commit import UNKNOWN, Commit
from ..record import Benchmark, Record
from ..summary import RecordSource, SampleSummary
from .document_parts import (
    IQR_OF_NORMAL,
    Json,
    Rows,
    check_order,
    count_of,
    form,
    scalar_of,
    seconds_of,
    spread_of,
    text_of,
    unknown_machine,
    whole_of,
)
from .errors import UnusableError

TOOL = "pytest-benchmark"
HELP = "pytest --benchmark-json=FILE writes one"
_SAVES = "--benchmark-json, or --benchmark-save-data beside --benchmark-save or --benchmark-autosave, stores them"


@dataclass(frozen=True)
class _File:
    machine_info: Json
    benchmarks: tuple[Json, ...]
    commit_info: Any = None
    datetime: Any = ""
    version: Any = ""


@dataclass(frozen=True)
class _Row:
    name: str
    stats: Json
    fullname: str = ""
    group: Any = None
    params: Json | None = None
    param: Any = None
    extra_info: Json | None = None
    options: Json | None = None


_FILE, _ROW = form(_File), form(_Row)


def recognises(document: Any) -> bool:
    """Tell whether a document is of this tool."""
    return isinstance(document, dict) and "benchmarks" in document and "machine_info" in document


def read(document: Any) -> Record:
    """Read a file; engine, dtype and points are looked for in params and extra_info.

    Raises
    ------
    DataError
        Where the file does not fit.
    """
    file = _FILE.check(document)
    rows = Rows()
    for i, item in enumerate(file.benchmarks):
        place: Place = ("benchmarks", i)
        row = _ROW.check(item, place)
        fullname = row.fullname or row.name
        rows.add(fullname, place, partial(_benchmark, rows, row, place))
    rows.say_summaries(f"{TOOL}'s medians and IQR", _SAVES)
    source = RecordSource(TOOL, text_of(file.version))
    return rows.record(source, _machine(file.machine_info), _commit(file.commit_info), text_of(file.datetime))


def _benchmark(rows: Rows, row: _Row, place: Place) -> Benchmark:
    fullname, params, extra = row.fullname or row.name, row.params or {}, row.extra_info or {}
    place = (*place, "stats")
    data = row.stats.get("data")
    if data is not None and not isinstance(data, list):
        raise DataError((*place, "data"), "must be a list of numbers", first=JSON.first)
    return Benchmark(
        name=row.name,
        fullname=fullname,
        group=text_of(row.group) or None,
        params={key: scalar_of(value) for key, value in params.items() if value is not None},
        param=None if row.param is None else str(row.param),
        extra=extra,
        options=row.options or {},
        samples=rows.samples(fullname, data, "stats.data") if data else (),
        summary=None if data else _summary(row.stats, place),
        iterations=count_of(row.stats.get("iterations", 1), (*place, "iterations")),
        **_guess_fields({**extra, **params}),
    )


def _summary(stats: Json, place: Place) -> SampleSummary:
    rounds = stats.get("rounds")
    count = None if rounds is None else count_of(rounds, (*place, "rounds"))
    check_order(stats, ("min", "q1", "median", "q3", "max"), place)
    deviation, iqr = (spread_of(stats.get(name), (*place, name)) for name in ("stddev", "iqr"))
    single = count == 1  # the spread of one sample is written as 0 and tells nothing
    if stats.get("median") is not None:
        spread = iqr / IQR_OF_NORMAL if iqr else deviation
        return SampleSummary("median", seconds_of(stats["median"], "stats.median"), None if single else spread, count)
    if stats.get("mean") is not None:
        return SampleSummary("mean", seconds_of(stats["mean"], "stats.mean"), None if single else deviation, count)
    raise UnusableError("there are neither samples (stats.data) nor a median of them (stats.median)")


def _guess_fields(known: Json) -> Json:
    texts = {key: known[key] for key in ("engine", "dtype") if isinstance(known.get(key), str)}
    counts = {key: known[key] for key in ("points", "evaluated") if whole_of(known.get(key)) is not None}
    return {**texts, **counts}


def _machine(info: Json) -> Machine:
    cpu = info.get("cpu")
    cpu = cpu if isinstance(cpu, dict) else {}
    model = text_of(cpu.get("brand_raw")) or text_of(cpu.get("brand")) or text_of(info.get("processor"))
    return unknown_machine(
        Cpu(model=model, architecture=text_of(info.get("machine")), threads=whole_of(cpu.get("count"))),
        text_of(info.get("system")),
        text_of(info.get("release")),
        f"{text_of(info.get('python_implementation'))} {text_of(info.get('python_version'))}".strip(),
    )


def _commit(info: Any) -> Commit:
    info = info if isinstance(info, dict) else {}
    return Commit(
        id=text_of(info.get("id")) or UNKNOWN,
        time=text_of(info.get("time")) or None,
        author_time=text_of(info.get("author_time")) or None,
        dirty=info.get("dirty") is True,
        project=text_of(info.get("project")),
        branch=text_of(info.get("branch")) or "(unknown)",
        version="",
    )

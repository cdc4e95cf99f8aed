"""pyperf's JSON: the values of runs, each of which is a process and so a block of samples."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ....kernels.validation.type_parts import Place
from ....kernels.validation.validator import DataError
from ....kernels.validation.wording import JSON, described
from ...machine.info import Cpu, Machine
from ..record import Benchmark, Record
from ..summary import RecordSource
from .document_parts import Json, Rows, count_of, form, text_of, unknown_machine, whole_of
from .errors import UnusableError

TOOL = "pyperf"
HELP = "a pyperf script's -o FILE writes one, and `pyperf convert --stdout` brings an old one up to date"
VERSIONS = ("1.0", 6)  # of the format in which runs have values; they are seconds a loop


@dataclass(frozen=True)
class _File:
    benchmarks: tuple[Json, ...]
    version: Any
    metadata: Json = field(default_factory=dict)


@dataclass(frozen=True)
class _Run:
    values: tuple[Any, ...] = ()
    metadata: Json = field(default_factory=dict)


@dataclass(frozen=True)
class _Item:
    runs: tuple[_Run, ...]
    metadata: Json = field(default_factory=dict)


_FILE, _ITEM = form(_File), form(_Item)


def recognises(document: Any) -> bool:
    """Tell whether a document is of this tool."""
    if not isinstance(document, dict) or not isinstance(document.get("benchmarks"), list) or not document["benchmarks"]:
        return False
    return "version" in document and all(isinstance(item, dict) and "runs" in item for item in document["benchmarks"])


def read(document: Any) -> Record:
    """Read a file.

    Raises
    ------
    DataError
        Where the file does not fit, or is of another version of the format.
    """
    file, rows = _FILE.check(document), Rows()
    if file.version not in VERSIONS:
        raise DataError(("version",), f"must be 1.0, not {described(file.version, JSON.table)}", first=JSON.first)
    common = file.metadata
    for i, data in enumerate(file.benchmarks):
        place: Place = ("benchmarks", i)
        item = _ITEM.check(data, place)
        common = {**file.metadata, **item.metadata, **(item.runs[0].metadata if item.runs else {})}
        name = text_of(common.get("name"))
        if not name:
            raise DataError((*place, "metadata", "name"), "is missing", first=JSON.first)
        rows.add(name, place, partial(_benchmark, rows, name, item, common, place))
    return rows.record(
        RecordSource(TOOL, text_of(common.get("perf_version"))), _machine(common), created=text_of(common.get("date"))
    )


def _benchmark(rows: Rows, name: str, item: _Item, common: Json, place: Place) -> Benchmark:
    unit = common.get("unit", "second")
    if unit != "second":
        raise UnusableError(f"its unit is {described(unit, JSON.table)}, which is no time")
    timed = [(run, i) for i, run in enumerate(item.runs) if run.values]  # the others calibrated loops, or warmed up
    if not timed:
        raise UnusableError("no run of it has values")
    blocks = [rows.samples(name, run.values, f"runs[{i}].values") for run, i in timed]
    first, number = timed[0]
    known, where = {**common, **first.metadata}, (*place, "runs", number, "metadata")
    loops, inner = (count_of(known.get(key, 1), (*where, key)) for key in ("loops", "inner_loops"))
    return Benchmark(
        name=name,
        samples=tuple(seconds for block in blocks for seconds in block),
        blocks=tuple(len(block) for block in blocks),
        iterations=loops * inner,
    )


def _machine(known: Json) -> Machine:
    python = f"{text_of(known.get('python_implementation'))} {text_of(known.get('python_version'))}".strip()
    cpu = Cpu(model=text_of(known.get("cpu_model_name")), threads=whole_of(known.get("cpu_count")))
    return unknown_machine(cpu, system=text_of(known.get("platform")).partition("-")[0], python=python)

"""asv's results, ``results/MACHINE/COMMIT-ENVIRONMENT.json``: a median and quartiles a benchmark, samples where recorded."""

import itertools
import math
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ....kernels.validation.type_parts import Place
from ....kernels.validation.validator import DataError
from ....kernels.validation.wording import JSON, described
from ...machine.info import Cpu, Machine
from ..record import Benchmark, Record
from ..summary import RecordSource, SampleSummary
from .document_parts import (
    IQR_OF_NORMAL,
    Json,
    Rows,
    check_order,
    count_of,
    form,
    seconds_of,
    spread_of,
    text_of,
    unknown_commit,
    unknown_machine,
)
from .errors import UnusableError

TOOL = "asv"
HELP = "`asv run` writes results/MACHINE/COMMIT-ENVIRONMENT.json, and `asv update` brings old ones to version 2"
_SAVES = "asv run --record-samples stores them"
VERSION = 2
_TIMES = re.compile(r"(Time[A-Z_]|time_|Timeraw[A-Z_]|timeraw_)")  # asv's own rule for benchmarks that are times
_ROUNDED = 1e-3  # asv keeps five digits of its statistics


@dataclass(frozen=True)
class _File:
    version: Any
    result_columns: tuple[str, ...]
    results: dict[str, tuple[Any, ...]]
    params: Json = field(default_factory=dict)
    commit_hash: Any = None
    date: Any = None
    python: Any = None


@dataclass(frozen=True)
class _Entry:
    """A benchmark's columns: of each a value for every combination of the parameters, or null."""

    result: tuple[Any, ...] | None = None
    params: tuple[tuple[Any, ...], ...] | None = None
    stats_q_25: tuple[Any, ...] | None = None
    stats_q_75: tuple[Any, ...] | None = None
    stats_number: tuple[Any, ...] | None = None
    stats_repeat: tuple[Any, ...] | None = None
    samples: tuple[Any, ...] | None = None

    def column(self, name: str, position: int) -> Any:
        """Return a column's value for one combination of parameters; None where there is none."""
        values = getattr(self, name)
        return values[position] if values is not None and position < len(values) else None


_FILE, _ENTRY = form(_File), form(_Entry)


def recognises(document: Any) -> bool:
    """Tell whether a document is of this tool."""
    return isinstance(document, dict) and "results" in document and ("result_columns" in document or "commit_hash" in document)


def read(document: Any) -> Record:
    """Read a file.

    Raises
    ------
    DataError
        Where the file does not fit, or is of another version of the format.
    """
    if document.get("version") != VERSION:
        raise DataError(
            ("version",), f"must be {VERSION}, not {described(document.get('version'), JSON.table)}", first=JSON.first
        )
    file, rows = _FILE.check(document), Rows()
    for name, values in file.results.items():
        place: Place = ("results", name)
        entry = _ENTRY.check(dict(zip(file.result_columns, values, strict=False)), place)
        for position, combination in enumerate(_combinations(entry, place)):
            fullname = f"{name}({', '.join(combination)})" if combination else name
            rows.add(fullname, place, partial(_benchmark, rows, fullname, combination, (entry, position, place)))
    rows.say_summaries("asv's medians and quartiles", _SAVES)
    commit = unknown_commit(text_of(file.commit_hash), _time(file.date))
    return rows.record(RecordSource(TOOL), _machine(file.params, file.python), commit, _time(file.date) or "")


def _combinations(entry: _Entry, place: Place) -> list[tuple[str, ...]]:
    """List the combinations of the parameters, as asv orders their results: the last one changes fastest.

    Where all failed there is no result, and the benchmark stands for all of them.
    """
    if entry.result is None:
        return [()]
    size = math.prod(len(axis) for axis in entry.params or ())
    if size != len(entry.result):  # else a small file could ask for any number of them
        problem = f"must hold {size} values, one for each combination of the parameters, not {len(entry.result)}"
        raise DataError((*place, "result"), problem, first=JSON.first)
    return list(itertools.product(*([str(value) for value in axis] for axis in entry.params or ())))


def _benchmark(rows: Rows, fullname: str, combination: tuple[str, ...], at: tuple[_Entry, int, Place]) -> Benchmark:
    entry, position, place = at
    function = str(place[-1]).rpartition(".")[2]
    if not _TIMES.match(function):
        raise UnusableError("it is no time: asv times what is named time_...")
    if entry.column("result", position) is None:
        raise UnusableError("it failed: its result is null")
    number = entry.column("stats_number", position)
    samples = entry.column("samples", position)
    if samples is not None and not isinstance(samples, list):
        raise DataError((*place, "samples"), f"must be a list, not {described(samples, JSON.table)}", first=JSON.first)
    return Benchmark(
        name=fullname,
        params={f"param{i}": value for i, value in enumerate(combination, 1)},
        samples=rows.samples(fullname, samples, "samples") if samples else (),
        summary=None if samples else _summary(entry, position, place),
        iterations=1 if number is None else count_of(number, (*place, "stats_number")),
    )


def _summary(entry: _Entry, position: int, place: Place) -> SampleSummary:
    names = ("stats_q_25", "result", "stats_q_75")
    known = {name: entry.column(name, position) for name in names}
    check_order(known, names, place, _ROUNDED)
    low, high = (spread_of(known[name], (*place, name)) for name in ("stats_q_25", "stats_q_75"))
    repeat = entry.column("stats_repeat", position)
    count = None if repeat is None else count_of(repeat, (*place, "stats_repeat"))
    spread = max(high - low, 0.0) / IQR_OF_NORMAL if low is not None and high is not None and count != 1 else None
    return SampleSummary("median", seconds_of(known["result"], "result"), spread, count)


def _machine(params: Json, python: Any) -> Machine:
    cpu = Cpu(model=text_of(params.get("cpu")), architecture=text_of(params.get("arch")), threads=_whole(params.get("num_cpu")))
    version = text_of(python) if re.fullmatch(r"[\d.]+", text_of(python)) else ""  # it may be the path of an interpreter
    return unknown_machine(cpu, system=text_of(params.get("os")).partition(" ")[0], python=version)


def _whole(value: Any) -> int | None:
    """Read a number that asv may have asked a person for, and so holds as text."""
    return int(value) if re.fullmatch(r"[1-9]\d{0,6}", str(value)) else None


def _time(milliseconds: Any) -> str | None:
    good = isinstance(milliseconds, (int, float)) and not isinstance(milliseconds, bool) and 0 <= milliseconds < 1e14
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat() if good else None

"""github-action-benchmark's files: its custom list of values, and the history that it publishes, of which the newest counts."""

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from ....kernels.validation.type_parts import Place
from ....kernels.validation.validator import DataError
from ....kernels.validation.wording import JSON, described
from ..record import Benchmark, Record
from ..summary import RecordSource, SampleSummary
from .document_parts import Json, Rows, form, number, seconds_of, text_of, unknown_commit
from .errors import UnusableError

TOOL = "github-action-benchmark"
HELP = 'a list of {"name", "unit", "value"} with units of time (tool: customSmallerIsBetter) is read'
JAVASCRIPT = "window.BENCHMARK_DATA"  # what the history's file, data.js, begins with
_UNITS = {"ns": 1e-9, "nsec": 1e-9, "us": 1e-6, "usec": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "msec": 1e-3, "s": 1.0,
          "sec": 1.0, "nanoseconds": 1e-9, "microseconds": 1e-6, "milliseconds": 1e-3, "seconds": 1.0}  # fmt: skip
_RATE = re.compile(r"[a-z]+/(?:s|sec|seconds?)")
# Which tools' range is a standard deviation of samples: of the value, or (pytest) of the seconds that it is a rate of.
_DEVIATIONS = {"catch2": re.compile(r"\s*(?:±|\+/?-)\s*([0-9.eE+-]+)\s*"), "pytest": re.compile(r"stddev: ([0-9.eE+-]+)")}
_COUNTS = re.compile(r"rounds: (\d{1,9})\b|\b(\d{1,9}) samples")


@dataclass(frozen=True)
class _Bench:
    name: str
    value: Any
    unit: str
    range: Any = None
    extra: Any = None


@dataclass(frozen=True)
class _Entry:
    benches: tuple[_Bench, ...]
    commit: Json | None = None
    tool: Any = ""
    date: Any = None


@dataclass(frozen=True)
class _History:
    entries: dict[str, tuple[Json, ...]]


_LIST, _HISTORY, _ENTRY = form(tuple[_Bench, ...]), form(_History), form(_Entry)


def recognises(document: Any) -> bool:
    """Tell whether a document is of this tool."""
    if isinstance(document, dict):
        return isinstance(document.get("entries"), dict)
    return isinstance(document, list) and bool(document) and all(_is_bench(item) for item in document)


def _is_bench(item: Any) -> bool:
    return isinstance(item, dict) and len({"name", "value", "unit"} & item.keys()) > 1


def read(document: Any) -> Record:
    """Read a file; of a history the newest entry of each suite.

    Raises
    ------
    DataError
        Where the file does not fit.
    """
    rows = Rows()
    if isinstance(document, list):
        for i, bench in enumerate(_LIST.check(document)):
            _add(rows, bench.name, bench, "", (i,))
        commit = ""
    else:
        commit = _read_history(rows, document)
    rows.say_summaries("the single value of each")
    return rows.record(RecordSource(TOOL), commit=unknown_commit(commit))


def _read_history(rows: Rows, document: Any) -> str:
    """Read the newest entry of each suite, and return the last one's commit."""
    commit = ""
    for suite, items in _HISTORY.check(document).entries.items():
        if not items:
            continue
        place: Place = ("entries", suite, len(items) - 1)
        entry = _ENTRY.check(items[-1], place)
        commit = text_of((entry.commit or {}).get("id")) or commit
        if len(items) > 1:
            rows.remarks.append(f"of {suite}'s {len(items)} entries the newest is compared")
        for i, bench in enumerate(entry.benches):
            _add(rows, f"{suite}/{bench.name}", bench, text_of(entry.tool), (*place, "benches", i))
    return commit


def _add(rows: Rows, fullname: str, bench: _Bench, tool: str, place: Place) -> None:
    rows.add(fullname, place, partial(_benchmark, fullname, bench, tool, place))


def _benchmark(fullname: str, bench: _Bench, tool: str, place: Place) -> Benchmark:
    value = number(bench.value, "value")
    if value < 0:
        raise DataError((*place, "value"), f"must be above 0, not {described(bench.value)}", first=JSON.first)
    unit = bench.unit.strip().lower()
    factor = _UNITS.get(re.split(r"[/ ]", unit)[0])
    if factor is not None and "bigger" not in tool.lower():
        seconds = seconds_of(value, "value", factor)
    elif _RATE.fullmatch(unit):
        seconds, factor = seconds_of(1 / value if value else 0.0, "1/value"), None
    else:
        raise UnusableError(f"its unit is {described(bench.unit)}, which is no time")
    extra = {key: text for key in ("range", "extra") if (text := text_of(getattr(bench, key)))}
    return Benchmark(
        name=bench.name,
        fullname=fullname,
        extra=extra,
        summary=SampleSummary("mean", seconds, _spread(bench, tool, factor), _count(bench)),
    )


def _spread(bench: _Bench, tool: str, factor: float | None) -> float | None:
    """Read a standard deviation where the tool writes one. What people write as a range may be anything."""
    pattern = _DEVIATIONS.get(tool)
    match = pattern.fullmatch(text_of(bench.range)) if pattern else None
    if match is None:
        return None
    try:
        spread = float(match[1]) * (1.0 if tool == "pytest" or factor is None else factor)
    except ValueError:
        return None
    return spread if 0 < spread < 1e9 else None


def _count(bench: _Bench) -> int | None:
    match = _COUNTS.search(text_of(bench.extra))
    return (int(match[1] or match[2]) or None) if match else None

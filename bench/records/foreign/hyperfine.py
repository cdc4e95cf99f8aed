"""hyperfine's JSON: every run's time, in seconds."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ....kernels.validation.type_parts import Place
from ..record import Benchmark, Reading, Record
from ..summary import RecordSource, SampleSummary
from .document_parts import Json, Rows, check_order, form, number, scalar_of, seconds_of, spread_of
from .errors import UnusableError

TOOL = "hyperfine"
HELP = "hyperfine --export-json FILE writes one"


@dataclass(frozen=True)
class _File:
    results: tuple[Json, ...]


@dataclass(frozen=True)
class _Result:
    command: str
    times: tuple[Any, ...] | None = None
    parameters: Json = field(default_factory=dict)
    min: Any = None
    median: Any = None
    max: Any = None
    mean: Any = None
    stddev: Any = None
    user: Any = None
    system: Any = None


_FILE, _RESULT = form(_File), form(_Result)


def recognises(document: Any) -> bool:
    """Tell whether a document is of this tool."""
    if not isinstance(document, dict) or not isinstance(document.get("results"), list):
        return False
    return all(isinstance(item, dict) and "command" in item for item in document["results"])


def read(document: Any) -> Record:
    """Read a file.

    Raises
    ------
    DataError
        Where the file does not fit.
    """
    rows = Rows()
    for i, item in enumerate(_FILE.check(document).results):
        place: Place = ("results", i)
        result = _RESULT.check(item, place)
        rows.add(result.command, place, partial(_benchmark, rows, result, place))
    rows.say_summaries("hyperfine's medians and standard deviations")
    return rows.record(RecordSource(TOOL))


def _benchmark(rows: Rows, result: _Result, place: Place) -> Benchmark:
    return Benchmark(
        name=result.command,
        params={key: scalar_of(value) for key, value in result.parameters.items() if value is not None},
        samples=rows.samples(result.command, result.times, "times") if result.times else (),
        summary=None if result.times else _summary(result, place),
        cpu_seconds=_cpu_seconds(result),
    )


def _summary(result: _Result, place: Place) -> SampleSummary:
    check_order(vars(result), ("min", "median", "max"), place)
    spread = spread_of(result.stddev, (*place, "stddev"))
    if result.median is not None:
        return SampleSummary("median", seconds_of(result.median, "median"), spread)
    if result.mean is not None:
        return SampleSummary("mean", seconds_of(result.mean, "mean"), spread)
    raise UnusableError("there are neither times nor a median of them")


def _cpu_seconds(result: _Result) -> Reading:
    try:
        seconds = number(result.user, "user") + number(result.system, "system")
    except UnusableError:
        return Reading()
    return Reading(seconds) if seconds > 0 else Reading()

"""NVBench's JSON: summaries by tag; the samples themselves are in a binary file beside it, which is not read."""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ....kernels.validation.type_parts import Place
from ....kernels.validation.validator import DataError
from ....kernels.validation.wording import JSON
from ..record import Benchmark, Record
from ..summary import RecordSource, SampleSummary
from .document_parts import (
    IQR_OF_NORMAL,
    Json,
    Rows,
    count_of,
    form,
    number,
    scalar_of,
    seconds_of,
    spread_of,
    text_of,
)
from .errors import UnusableError

TOOL = "NVBench"
HELP = "--json FILE writes one"
_SAVES = "those that --jsonbin writes beside it are not read"
# Where times stand, best first: of single kernels by the GPU's events, of code on the CPU alone, of single kernels by the
# host's clock, of kernels launched in a batch.
CLOCKS = (
    ("nv/cold/time/gpu", "nv/cold"),
    ("nv/cpu_only/time/cpu", "nv/cpu_only"),
    ("nv/cold/time/cpu", "nv/cold"),
    ("nv/batch/time/gpu", "nv/batch"),
)


@dataclass(frozen=True)
class _Datum:
    name: str
    value: Any = None


@dataclass(frozen=True)
class _Tagged:
    tag: str
    data: tuple[_Datum, ...] | None = ()


@dataclass(frozen=True)
class _Axis:
    name: str
    value: Any = None
    input_string: Any = None


@dataclass(frozen=True)
class _State:
    name: str
    device: Any = None
    axis_values: tuple[_Axis, ...] | None = ()
    summaries: tuple[_Tagged, ...] | None = ()
    is_skipped: bool = False
    skip_reason: Any = ""


@dataclass(frozen=True)
class _Item:
    name: str
    states: tuple[Json, ...] | None = ()


@dataclass(frozen=True)
class _File:
    benchmarks: tuple[Json, ...]
    devices: tuple[Json, ...] | None = ()
    meta: Json = field(default_factory=dict)


_FILE, _ITEM, _STATE = form(_File), form(_Item), form(_State)


def recognises(document: Any) -> bool:
    """Tell whether a document is of this tool."""
    if not isinstance(document, dict) or not isinstance(document.get("benchmarks"), list) or "devices" not in document:
        return False
    return all(isinstance(item, dict) and "states" in item for item in document["benchmarks"])


def read(document: Any) -> Record:
    """Read a file.

    Raises
    ------
    DataError
        Where the file does not fit.
    """
    file, rows = _FILE.check(document), Rows()
    devices = _device_names(file.devices or ())
    for i, data in enumerate(file.benchmarks):
        item = _ITEM.check(data, ("benchmarks", i))
        for j, state_data in enumerate(item.states or ()):
            place: Place = ("benchmarks", i, "states", j)
            state = _STATE.check(state_data, place)
            name = f"{item.name}[{state.name}]"
            rows.add(name, place, partial(_benchmark, name, state, devices, place))
    rows.say_summaries("NVBench's summaries", _SAVES)
    version = file.meta.get("version")
    known = version.get("nvbench") if isinstance(version, dict) else None
    return rows.record(RecordSource(TOOL, text_of(known.get("string")) if isinstance(known, dict) else ""))


def _device_names(devices: tuple[Json, ...]) -> dict[str, str]:
    """Name devices by what they are, so that times of two kinds of GPU are never one benchmark's; twins by number too."""
    names = [(str(device.get("id")), text_of(device.get("name"))) for device in devices]
    counts = Counter(name for _, name in names)
    return {number: name if counts[name] == 1 else f"{name} #{number}" for number, name in names}


def _benchmark(name: str, state: _State, devices: dict[str, str], place: Place) -> Benchmark:
    if state.is_skipped:
        raise UnusableError(f"it was skipped: {text_of(state.skip_reason) or 'no reason is given'}")
    axes = {axis.name: axis.input_string if axis.value is None else axis.value for axis in state.axis_values or ()}
    params = {key: scalar_of(value) for key, value in axes.items() if value is not None}
    if state.device is not None:
        params["device"] = devices.get(str(state.device), str(state.device))
    return Benchmark(name=name, params=params, summary=_summary(_by_tag(state), place))


def _by_tag(state: _State) -> dict[str, Any]:
    """Read each summary's value by its tag; numbers are written as text, since JSON has no 64-bit ones."""
    return {
        item.tag: _parsed(datum.value) for item in state.summaries or () for datum in item.data or () if datum.name == "value"
    }


def _parsed(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return float(value)
    except ValueError:
        return value


def _summary(values: dict[str, Any], place: Place) -> SampleSummary:
    for clock, group in CLOCKS:
        size = values.get(f"{group}/sample_size")
        if f"{clock}/median" in values:
            seconds = seconds_of(values[f"{clock}/median"], f"{clock}/median")
            return SampleSummary("median", seconds, _spread(values, clock, seconds, place), _count(size, group, place))
        if f"{clock}/mean" in values:
            seconds = seconds_of(values[f"{clock}/mean"], f"{clock}/mean")
            return SampleSummary("mean", seconds, _spread(values, clock, seconds, place), _count(size, group, place))
    raise UnusableError(f"it has none of the summaries {', '.join(f'{clock}/mean' for clock, _ in CLOCKS)}")


def _count(size: Any, group: str, place: Place) -> int | None:
    return None if size is None else count_of(size, (*place, f"{group}/sample_size"))


def _spread(values: dict[str, Any], clock: str, seconds: float, place: Place) -> float | None:
    """Take the quartiles' distance where a median has it, else the standard deviation, which older versions write relative."""
    for tag, factor in (
        ("iqr/absolute", 1 / IQR_OF_NORMAL),
        ("ir/absolute", 1 / IQR_OF_NORMAL),
        ("stdev/absolute", 1.0),
        ("stdev/relative", seconds),
    ):
        value = values.get(f"{clock}/{tag}")
        if value is None or (tag[0] == "i" and f"{clock}/median" not in values):
            continue
        if isinstance(value, float) and value in (float("inf"), float("-inf")):
            continue  # of one sample
        if number(value, f"{clock}/{tag}") < 0:
            raise DataError((*place, f"{clock}/{tag}"), f"must be 0 or more, not {value}", first=JSON.first)
        return spread_of(value, (*place, f"{clock}/{tag}"), factor)
    return None

"""How fast the newest measurement of every benchmark is: a table and pictures."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..history.series import HistoryPoint, Series
from ..pictures.intervals import intervals
from ..pictures.picture import Picture
from ..pictures.placing import AxisPlacement
from ..pictures.spread import KeptAxis, ShownQuantity, ShownSpread
from ..records.record import Benchmark
from ..runner.shown_column import ShownColumn
from ..stats.inference import median_interval
from ..terminal import numbers
from .record_columns import BenchmarkNames, kept, moment_of, number_column, runner_of, share_column, time_column, words_column
from .record_limits import is_limit

MAX_TASKS = 30  # rows of a picture; further ones stand on the next
MAX_RUNNERS = 6  # told apart by colour
POINTS = "points a second"


@dataclass(frozen=True)
class Pace:
    """What is measured of a benchmark: points a second, or seconds a call where it counts no points.

    Parameters
    ----------
    middle
        The median.
    low, high
        The quartiles of the samples; the median where there are no samples.
    """

    middle: float
    low: float
    high: float


def pace_of(benchmark: Benchmark, *, in_points: bool) -> Pace:
    """Take a benchmark's pace from its samples.

    Parameters
    ----------
    benchmark
        The benchmark.
    in_points
        Whether points a second are wanted; the benchmark must count points.
    """
    seconds = benchmark.seconds
    samples = benchmark.samples if len(benchmark.samples) > 1 else (seconds, seconds)
    first, _, third = statistics.quantiles(samples, n=4, method="inclusive")
    if not in_points:
        return Pace(seconds, first, third)
    assert benchmark.work
    return Pace(benchmark.work / seconds, benchmark.work / third, benchmark.work / first)


def measured(series: Sequence[Series]) -> list[HistoryPoint]:
    """List the newest measurement of every benchmark that is no limit of the machine."""
    return [one.newest for one in series if not is_limit(one.newest.benchmark)]


def speed_columns(points: Sequence[HistoryPoint], names: BenchmarkNames) -> tuple[ShownColumn, ...]:
    """Put the newest measurement of every benchmark into a table.

    Parameters
    ----------
    points
        Of one machine.
    names
        What its benchmarks are called.
    """
    points = sorted(points, key=lambda point: (*_place(point.benchmark, names), point.benchmark.seconds))
    benchmarks = [point.benchmark for point in points]
    several = len({id(point.record) for point in points}) > 1
    rates = [benchmark.work / benchmark.seconds if benchmark.work else None for benchmark in benchmarks]
    memory = [benchmark.memory.device_peak_bytes.value or benchmark.memory.host_above_bytes.value for benchmark in benchmarks]
    columns = [
        words_column("benchmark", list(map(names.task, benchmarks))),
        words_column("engine", list(map(runner_of, benchmarks))),
        words_column("type", [str(benchmark.dtype or benchmark.params.get("dtype") or "") for benchmark in benchmarks]),
        number_column("points of a call", [benchmark.work for benchmark in benchmarks]),
        number_column(POINTS, rates, "1/s"),
        time_column("median time of a call", [benchmark.seconds for benchmark in benchmarks]),
        share_column("median known to ±", [_half_width(benchmark) for benchmark in benchmarks]),
        number_column("samples", [len(benchmark.samples) or None for benchmark in benchmarks]),
        _memory_column([None if value is None else float(value) for value in memory]),
        number_column("joules of 1e9 points", [benchmark.energy.per_billion_points.value for benchmark in benchmarks], "J"),
        *(_origin(points) if several else ()),
    ]
    return kept(columns)


def _place(benchmark: Benchmark, names: BenchmarkNames) -> tuple[str, str]:
    """Return what benchmarks that compute the same have in common."""
    return names.task(benchmark), benchmark.dtype


def _origin(points: Sequence[HistoryPoint]) -> list[ShownColumn]:
    """Say when and of which commit measurements are."""
    return [
        words_column("measured (UTC)", [moment_of(point.record) for point in points]),
        words_column("commit", [point.commit for point in points]),
    ]


def _half_width(benchmark: Benchmark) -> float | None:
    """Return half the width of the median's 95% interval over the median; None where there are too few samples."""
    interval = median_interval(benchmark.samples) if benchmark.samples else None
    return None if interval is None else (interval[1] - interval[0]) / 2 / benchmark.seconds


def _memory_column(sizes: Sequence[float | None]) -> ShownColumn:
    texts = tuple(numbers.memory(None if size is None else int(size)) for size in sizes)
    return ShownColumn("memory taken", "byte", texts, tuple(sizes), is_label=False)


def fastest_sentence(points: Sequence[HistoryPoint], names: BenchmarkNames) -> str:
    """Say which engine is the fastest where several compute the same, and by how much; empty where none are.

    Parameters
    ----------
    points
        Of one machine.
    names
        What its benchmarks are called.
    """
    benchmarks = [point.benchmark for point in points]
    same: dict[tuple[str, str], dict[str, float]] = {}
    for benchmark in benchmarks:
        same.setdefault(_place(benchmark, names), {})[runner_of(benchmark)] = benchmark.seconds
    contests = [times for times in same.values() if len(times) > 1]
    if not contests:
        return ""
    firsts = [min(times, key=lambda name: times[name]) for times in contests]
    name = max(dict.fromkeys(firsts), key=firsts.count)
    leads = [sorted(times.values())[1] / times[name] for times, first in zip(contests, firsts, strict=True) if first == name]
    return (
        f"{name} is the fastest in {firsts.count(name)} of {len(contests)} benchmarks that several engines compute, "
        f"{statistics.median(leads):.3g} times as fast as the next (median)."
    )


# --- pictures ---------------------------------------------------------------------------------------------------------


class Points(ShownQuantity):
    """Points a second, which are counted."""

    def show(self, value: float) -> str:
        """Write a speed in words."""
        return numbers.count(float(value))


def speed_pictures(points: Sequence[HistoryPoint], machine: str, names: BenchmarkNames) -> list[Picture]:
    """Draw the speeds of every benchmark by engine, and the times of those that count no points.

    Parameters
    ----------
    points
        Of one machine.
    machine
        Its name in words.
    names
        What its benchmarks are called.
    """
    counted = [point.benchmark for point in points if _is_counted(point)]
    others = [point.benchmark for point in points if not _is_counted(point)]
    pictures: list[Picture] = []
    if counted:
        drawn = _pictures(counted, Points(POINTS), names)
        pictures += _titled(drawn, f"Points a second on {machine}", "further right is faster")
    if others:
        drawn = _pictures(others, ShownQuantity("time of a call", "s"), names)
        pictures += _titled(drawn, f"Time of a call on {machine}", "further left is faster")
    return pictures


def _is_counted(point: HistoryPoint) -> bool:
    """Tell whether a benchmark's points say how fast it is: those of a study's run are all of its grid's, needed or not."""
    return bool(point.benchmark.work) and point.record.kind != "run"


def _titled(pictures: Sequence[Picture], title: str, direction: str) -> list[Picture]:
    count = len(pictures)
    titles = [title] if count == 1 else [f"{title} ({number} of {count})" for number in range(1, count + 1)]
    caption = f"A dot is the median of the samples, a bar the middle half of them; {direction}."
    return [replace(picture, title=text, caption=caption) for picture, text in zip(pictures, titles, strict=True)]


def _pictures(benchmarks: Sequence[Benchmark], quantity: ShownQuantity, names: BenchmarkNames) -> list[Picture]:
    in_points = isinstance(quantity, Points)
    benchmarks = sorted(benchmarks, key=lambda benchmark: _place(benchmark, names))
    runners = list(dict.fromkeys(map(runner_of, benchmarks)))
    with_runner = len(runners) > MAX_RUNNERS
    with_type = len({benchmark.dtype for benchmark in benchmarks}) > 1
    rows = dict.fromkeys(_row(benchmark, names, with_runner, with_type) for benchmark in benchmarks)
    places = {row: place for place, row in enumerate(rows)}
    columns = {"": 0} if with_runner else {runner: place for place, runner in enumerate(runners)}
    arrays = np.full((3, len(rows), len(columns)), np.nan)
    for benchmark in benchmarks:
        pace = pace_of(benchmark, in_points=in_points)
        column = columns["" if with_runner else runner_of(benchmark)]
        arrays[:, places[_row(benchmark, names, with_runner, with_type)], column] = pace.middle, pace.low, pace.high
    parts = [slice(start, start + MAX_TASKS) for start in range(0, len(rows), MAX_TASKS)]
    return [_picture(list(rows)[part], list(columns), arrays[:, part], quantity) for part in parts]


def _row(benchmark: Benchmark, names: BenchmarkNames, with_runner: bool, with_type: bool) -> str:
    parts = names.task(benchmark), benchmark.dtype if with_type else "", runner_of(benchmark) if with_runner else ""
    return ", ".join(filter(None, parts))


def _picture(rows: Sequence[str], runners: Sequence[str], arrays: np.ndarray, quantity: ShownQuantity) -> Picture:
    """Draw rows of tasks in colours of engines."""
    task = KeptAxis("task", "benchmark", tuple(rows))
    engine = KeptAxis("engine", "engine", tuple(runner or "unnamed" for runner in runners))
    colour = engine if len(runners) > 1 else None
    axes = (task, engine) if colour is not None else (task,)
    middle, low, high = arrays if colour is not None else arrays[..., 0]
    spread = ShownSpread(quantity, axes, middle, ((low, high),), "median", "quartiles")
    return Picture("speeds", "", "", intervals(AxisPlacement(spread, rows=task, colour=colour)))

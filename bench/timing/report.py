"""What ``flopwatt bench`` measured, as a table for people and as JSON."""

import math
from collections.abc import Sequence
from typing import Any

from ..machine.noise import Disturbance, describe
from ..records.record import Benchmark
from ..terminal.numbers import duration


def table(benchmarks: Sequence[Benchmark]) -> Any:
    """A rich table: the median with its interval, samples, points a second, energy where it was measured."""
    from rich.table import Table
    from rich.text import Text

    result = Table(box=None, pad_edge=False)
    columns = ["benchmark", "median", "±", "samples", "points/s", "stopped by"]
    joules = any(each.energy.per_billion_points.value is not None for each in benchmarks)
    for i, column in enumerate([*columns, *(["J per 1e9 points"] if joules else [])]):
        result.add_column(column, justify="left" if i == 0 else "right", overflow="fold")
    for each in sorted(benchmarks, key=lambda one: (one.group or "", one.name)):
        cells = _cells(each)
        # as text: a name such as test_engine[numba-float64] is no markup
        result.add_row(*(Text(cell) for cell in (*cells, *([_energy(each)] if joules else []))))
    return result


def _cells(benchmark: Benchmark) -> list[str]:
    from ..terminal.numbers import count

    stop = benchmark.stop
    assert stop is not None
    assert stop.interval is not None
    width = stop.interval.width
    return [
        benchmark.name,
        duration(stop.interval.median, "measured"),
        "" if width is None else f"{width:.1%}",
        str(len(benchmark.samples)),
        count(benchmark.work / stop.interval.median) if benchmark.work else "",
        stop.why,
    ]


def _energy(benchmark: Benchmark) -> str:
    value = benchmark.energy.per_billion_points.value
    return "" if value is None else f"{value:.4g}"


def remarks(benchmarks: Sequence[Benchmark]) -> list[str]:
    """What disturbed the run, each thing once with how many benchmarks it touched, and why energy is missing."""
    by_kind: dict[str, list[Disturbance]] = {}
    for benchmark in benchmarks:
        for disturbance in benchmark.noise.disturbances if benchmark.noise else ():
            by_kind.setdefault(disturbance.kind, []).append(disturbance)
    lines = [f"unstable: {_worst(alike)} ({len(alike)} of {len(benchmarks)} benchmarks)" for alike in by_kind.values()]
    missing = {each.energy.per_billion_points.reason for each in benchmarks if each.energy.per_billion_points.value is None}
    return lines + [f"no energy: {reason}" for reason in sorted(missing)]


def _worst(alike: Sequence[Disturbance]) -> str:
    """Word the largest of disturbances of one kind; one of unknown size is larger than any."""
    return describe(max(alike, key=lambda each: math.inf if each.size is None else each.size))

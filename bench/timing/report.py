"""What ``flopwatt bench`` measured, as a table for people and as JSON."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ..machine.noise import Disturbance, describe
from ..records.record import Benchmark
from ..terminal.numbers import count, duration


def table(benchmarks: Sequence[Benchmark]) -> Any:
    """Make a rich table: the median with its interval, samples, points a second, energy where it was measured."""
    from rich.table import Table
    from rich.text import Text

    result = Table(box=None, pad_edge=False)
    columns = ["benchmark", "median", "±", "samples", "points/s", "stopped by"]
    has_energy = any(benchmark.energy.per_billion_points.value is not None for benchmark in benchmarks)
    for i, column in enumerate([*columns, *(["J per 1e9 points"] if has_energy else [])]):
        result.add_column(column, justify="left" if i == 0 else "right", overflow="fold")
    names = shown_names(benchmarks)
    for benchmark in sorted(benchmarks, key=lambda benchmark: (benchmark.group or "", benchmark.name, benchmark.fullname)):
        cells = [names[benchmark.fullname], *_cells(benchmark), *([_energy(benchmark)] if has_energy else [])]
        result.add_row(*map(Text, cells))  # as text: a name such as test_engine[numba-float64] is no markup
    return result


def shown_names(benchmarks: Sequence[Benchmark]) -> dict[str, str]:
    """Shorten full names as far as each stays one benchmark's alone: to the function, the class and the function, or not."""
    counts = Counter(end for benchmark in benchmarks for end in set(_ends(benchmark.fullname)))
    return {
        benchmark.fullname: next((end for end in _ends(benchmark.fullname) if counts[end] == 1), benchmark.fullname)
        for benchmark in benchmarks
    }


def _ends(fullname: str) -> list[str]:
    """List the ends of a node id, shortest first; what stands in brackets belongs to the last part."""
    head, bracket, parameters = fullname.partition("[")
    parts = head.split("::")
    return ["::".join(parts[i:]) + bracket + parameters for i in range(len(parts) - 1, 0, -1)]


def _cells(benchmark: Benchmark) -> list[str]:
    stop = benchmark.stop
    assert stop is not None
    assert stop.interval is not None
    width = stop.interval.width
    return [
        duration(stop.interval.median, "measured"),
        "" if width is None else f"{width:.1%}",
        str(len(benchmark.samples)),
        count(benchmark.work / stop.interval.median) if benchmark.work else "",
        stop.why,
    ]


def _energy(benchmark: Benchmark) -> str:
    value = benchmark.energy.per_billion_points.value
    return "" if value is None else f"{value:.4g}"


def outcome(benchmarks: Sequence[Benchmark]) -> str:
    """Word in a sentence what was timed, and how much of it as precisely as was asked for."""
    count, processes = len(benchmarks), max((len(benchmark.blocks) for benchmark in benchmarks), default=0)
    precise = sum(benchmark.stop is not None and benchmark.stop.why == "precision" for benchmark in benchmarks)
    timed = f"{count} benchmark{'s' if count != 1 else ''} timed in {processes} process{'es' if processes != 1 else ''}"
    return f"{timed}: {precise} as precise as asked for, {count - precise} stopped by the budget."


def remarks(benchmarks: Sequence[Benchmark]) -> list[str]:
    """Word what disturbed the run, each kind once with how many benchmarks it touched, and why energy is missing."""
    by_kind: dict[str, list[Disturbance]] = {}
    for benchmark in benchmarks:
        for disturbance in benchmark.noise.disturbances if benchmark.noise else ():
            by_kind.setdefault(disturbance.kind, []).append(disturbance)
    lines = [f"unstable: {_worst(alike)} ({len(alike)} of {len(benchmarks)} benchmarks)" for alike in by_kind.values()]
    energies = [benchmark.energy.per_billion_points for benchmark in benchmarks]
    return lines + [f"no energy: {reason}" for reason in sorted({energy.reason for energy in energies if energy.value is None})]


def _worst(alike: Sequence[Disturbance]) -> str:
    """Word the largest of disturbances of one kind; one of unknown size is larger than any."""
    return describe(max(alike, key=lambda item: math.inf if item.size is None else item.size))

"""A history in words: a line for each benchmark, or for each record of one, and its change points in sentences."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ..machine.noise import Noise
from ..terminal import markdown as md
from ..terminal.json import jsonable
from ..terminal.numbers import duration
from .series import History, HistoryPoint, Series
from .spark import BLOCKS, sparkline
from .steps import MIN_RECORDS, ChangePoint

LIST_COLUMNS = ("benchmark", "records", "over time", "last", "change", "since")
RECORD_COLUMNS = ("date (UTC)", "commit", "label", "time", "95% within", "samples", "noise")
LIST_TEXTS, RECORD_TEXTS = (0, 2, 5), (0, 1, 2, 6)  # the columns that hold text and stand to the left
MAX_SPARK = 24  # characters, where a line is a benchmark


def by_machine(history: History) -> dict[str, list[Series]]:
    """Group series by their machine, in words: its name, and what tells its hardware from what had that name before."""
    groups: dict[str, list[Series]] = {}
    for series in sorted(history.series, key=lambda one: (one.machine, one.apart)):
        groups.setdefault(_machine(series), []).append(series)
    return groups


def _machine(series: Series) -> str:
    return f"{series.machine}{series.apart and f', apart: {series.apart}'}"


def outcome(group: Sequence[Series]) -> str:
    """Word in a sentence how many benchmarks of a machine changed over its records."""
    most = max(len(series.points) for series in group)
    changed = sum(len(series.fit.bounds) > 2 for series in group)
    what = f"{len(group)} benchmark{'s' if len(group) > 1 else ''} in up to {most} record{'s' if most > 1 else ''}"
    short = f" (change points are sought from {MIN_RECORDS} records on)" if most < MIN_RECORDS else ""
    return f"{what}: {f'{changed} changed' if changed else 'no change point'}{short}."


def title(series: Series) -> str:
    """Name a series: the benchmark and its machine."""
    return f"{series.name} on {_machine(series)}"


def list_cells(series: Series, width: int = MAX_SPARK, bars: str = BLOCKS, *, full: bool = False) -> tuple[str, ...]:
    """Word a series as a line of ``LIST_COLUMNS``.

    Parameters
    ----------
    series
        The series.
    width, bars
        The sparkline's, as `sparkline` takes them.
    full
        Whether the name alone does not tell the series from others: file, class and size stand with it.
    """
    newest = series.newest.benchmark
    sizes = (("points", newest.points), ("threads", newest.threads))
    size = ", ".join(f"{value:,} {noun}" for noun, value in sizes if value is not None)
    return (
        f"{newest.fullname}{size and f' ({size})'}" if full else series.name,
        str(len(series.points)),
        sparkline(series.levels, width, bars),
        duration(series.levels[-1], "measured"),
        f"{series.change - 1:+.1%}" if series.change is not None else "",
        _since(series),
    )


def _since(series: Series) -> str:
    """Say since which commit the benchmark is faster or slower than it was; nothing without a change point."""
    steps = series.fit.steps
    if not steps:
        return ""
    step = steps[-1]
    return f"{'slower' if step.ratio > 1 else 'faster'} since {series.points[step.position].commit}"


def list_rows(group: Sequence[Series], width: int = MAX_SPARK, bars: str = BLOCKS) -> list[tuple[str, ...]]:
    """Word the series of one machine, a line of ``LIST_COLUMNS`` each; a name that several have is told apart.

    Parameters
    ----------
    group
        The series.
    width, bars
        The sparklines', as `sparkline` takes them.
    """
    names = Counter(series.name for series in group)
    return [list_cells(series, width, bars, full=names[series.name] > 1) for series in group]


def record_cells(point: HistoryPoint) -> tuple[str, ...]:
    """Word a record as a line of ``RECORD_COLUMNS``."""
    interval = point.interval
    return (
        point.record.created[:16].replace("T", " "),
        point.commit,
        point.record.label,
        duration(point.level, "measured"),
        f"{interval[1] / point.level - 1:.1%}" if interval else "",
        str(len(point.benchmark.samples)),
        noise_word(point.benchmark.noise),
    )


def noise_word(noise: Noise | None) -> str:
    """Say in a word or two whether the machine was quiet; nothing where that was not measured."""
    if noise is None:
        return ""
    kinds = dict.fromkeys(str(disturbance.kind) for disturbance in noise.disturbances)
    return ", ".join(kinds) or ("unstable" if noise.reasons else "quiet")


def sentences(series: Series) -> list[str]:
    """Word the change points, oldest first: how much, since when, and between which commits."""
    if len(series.points) < MIN_RECORDS:
        return [f"change points are sought from {MIN_RECORDS} records on; there are {len(series.points)}"]
    return [_sentence(series, step) for step in series.fit.steps] or ["no change point"]


def _sentence(series: Series, step: ChangePoint) -> str:
    before, after = series.points[step.position - 1], series.points[step.position]
    size = f"{step.ratio:.2f} times slower" if step.ratio > 1 else f"{1 / step.ratio:.2f} times faster"
    same = before.commit == after.commit
    commits = f"with the same commit {after.commit}" if same else f"commit {before.commit}..{after.commit}"
    label = f" ({after.record.label})" if after.record.label else ""
    return f"{size} from {after.record.created[:10]}, {commits}{label}"


def markdown(history: History, bars: str = BLOCKS, *, detailed: bool) -> str:
    """Write a history as Markdown: a table of the benchmarks, or one of the records of each.

    Parameters
    ----------
    history
        The series.
    bars
        The sparklines', as `sparkline` takes them.
    detailed
        Whether each is told record by record.
    """
    lines: list[str] = []
    for machine, group in () if detailed else by_machine(history).items():
        rows = ((md.code_cell(name), *map(md.plain, rest)) for name, *rest in list_rows(group, bars=bars))
        lines += [f"**{md.plain(machine)}**", "", *_aligned(LIST_COLUMNS, LIST_TEXTS, rows), ""]
    for series in history.series if detailed else ():
        rows = (tuple(map(md.plain, record_cells(point))) for point in series.points)
        lines += [f"**{md.code(series.name)}** on {md.plain(_machine(series))}", ""]
        lines += [*_aligned(RECORD_COLUMNS, RECORD_TEXTS, rows), ""]
        lines += [md.plain(f"{sparkline(series.levels, len(series.levels), bars)} {'; '.join(sentences(series))}"), ""]
    return "\n".join(lines)


def _aligned(columns: Sequence[str], texts: Sequence[int], rows: Any) -> list[str]:
    """Make a table whose columns of numbers stand to the right."""
    heading, _, *lines = md.table(columns, 0, rows)
    ruler = " | ".join("---" if i in texts else "---:" for i in range(len(columns)))
    return [heading, f"| {ruler} |", *lines]


def document(history: History) -> dict[str, Any]:
    """Return a history as data, for programs."""
    return {"series": [_series_data(series) for series in history.series], "unread": list(history.unread)}


def _series_data(series: Series) -> dict[str, Any]:
    newest = series.newest.benchmark
    data: dict[str, Any] = jsonable(
        {
            "name": series.name,
            "fullname": newest.fullname,
            "params": {name: value for name, value in newest.params.items() if value is not None},
            "engine": newest.engine,
            "dtype": newest.dtype,
            "machine": series.machine,
            "apart": series.apart,
            "last_seconds": series.levels[-1],
            "change": series.change,
            "records": [_record_data(point) for point in series.points],
            "steps": [
                {
                    "position": step.position,
                    "ratio": step.ratio,
                    "since": series.points[step.position].record.created,
                    "before": series.points[step.position - 1].commit,
                    "after": series.points[step.position].commit,
                }
                for step in series.fit.steps
            ],
        }
    )
    return data


def _record_data(point: HistoryPoint) -> dict[str, Any]:
    record, interval = point.record, point.interval
    return {
        "created": record.created,
        "commit": record.commit.id,
        "dirty": record.commit.dirty,
        "label": record.label,
        "path": str(record.path) if record.path else None,
        "seconds": point.level,
        "low": interval[0] if interval else None,
        "high": interval[1] if interval else None,
        "samples": len(point.benchmark.samples),
        "noise": noise_word(point.benchmark.noise),
    }


def as_csv(history: History) -> str:
    """Write a line for each record of each series."""
    out = io.StringIO()
    own = ("name", "fullname", "engine", "dtype", "machine", "apart")
    rows = [
        {**{key: series[key] for key in own}, **record, "step": steps.get(i)}
        for series in document(history)["series"]
        for steps in [{step["position"]: step["ratio"] for step in series["steps"]}]
        for i, record in enumerate(series["records"])
    ]
    writer = csv.DictWriter(out, list(rows[0]) if rows else own, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()

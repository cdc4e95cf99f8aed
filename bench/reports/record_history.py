"""Every benchmark over time: a table, and a picture with its levels and where they changed."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

from ..history.series import HistoryPoint, Series
from ..history.steps import MIN_RECORDS
from ..pictures.frames import Spec, frame
from ..pictures.picture import Picture, Slider
from ..pictures.scales import rounded
from ..runner.shown_column import ShownColumn
from ..terminal.numbers import duration
from .record_columns import BenchmarkNames, kept, number_column, share_column, time_column, words_column

HEIGHT = 260
_SECONDS = "replace(format(datum.value, '~s'), regexp('([^0-9.]?)$'), ' $1s')"  # 10m is 10 ms


def history_columns(series: Sequence[Series], names: BenchmarkNames) -> tuple[ShownColumn, ...]:
    """Put the history of every benchmark with more than one record into a row; no columns where there is none.

    Parameters
    ----------
    series
        Of one machine.
    names
        What its benchmarks are called.
    """
    series = [one for one in series if len(one.points) > 1]
    if not series:
        return ()
    steps = [one.fit.steps[-1] if one.fit.steps else None for one in series]
    sizes = [None if step is None else step.ratio - 1 for step in steps]
    since = [
        "" if step is None else f"{one.points[step.position].record.created[:10]}, commit {one.points[step.position].commit}"
        for one, step in zip(series, steps, strict=True)
    ]
    columns = [
        words_column("benchmark", [names.whole(one.newest.benchmark) for one in series]),
        number_column("records", [len(one.points) for one in series]),
        time_column("first", [one.levels[0] for one in series]),
        time_column("last", [one.levels[-1] for one in series]),
        share_column(
            "last against those before", [None if one.change is None else one.change - 1 for one in series], signed=True
        ),
        share_column("last step", sizes, signed=True),
        words_column("since", since),
    ]
    return kept(columns)


def history_sentence(series: Sequence[Series], names: BenchmarkNames) -> str:
    """Say how many benchmarks changed, and which changed most.

    Parameters
    ----------
    series
        Of one machine.
    names
        What its benchmarks are called.
    """
    longest = max(len(one.points) for one in series)
    if longest == 1:
        return "There is one record of every benchmark, so nothing to see over time."
    if longest < MIN_RECORDS:
        return f"Change points are sought from {MIN_RECORDS} records of a benchmark on; there are {longest}."
    changed = [(one, one.fit.steps[-1]) for one in series if one.fit.steps]
    if not changed:
        return f"None of {len(series)} benchmarks changed over up to {longest} records."
    one, step = max(changed, key=lambda pair: abs(math.log(pair[1].ratio)))
    size = f"{step.ratio:.2f} times slower" if step.ratio > 1 else f"{1 / step.ratio:.2f} times faster"
    point, name = one.points[step.position], names.whole(one.newest.benchmark)
    since = f"{point.record.created[:10]} (commit {point.commit})"
    count = f"{len(changed)} of {len(series)} benchmarks changed over up to {longest} records"
    return f"{count}; most of all {name}, {size} since {since}."


def history_picture(series: Sequence[Series], machine: str, names: BenchmarkNames) -> Picture | None:
    """Draw every benchmark's level over time, one at a time; None where none has two records of a known time.

    Parameters
    ----------
    series
        Of one machine.
    machine
        Its name in words.
    names
        What its benchmarks are called.
    """
    told = sorted((one for one in series if sum(map(_is_dated, one.points)) > 1), key=_largest_step, reverse=True)
    if not told:
        return None
    data = [row for place, one in enumerate(told) for row in _rows(one, place)]
    points = tuple(names.whole(one.newest.benchmark) for one in told)
    sliders = (Slider("at_0", "benchmark", points),) if len(told) > 1 else ()
    only = f" {points[0]}." if len(told) == 1 else ""
    return Picture(
        "history",
        f"Time of a call over the records on {machine}",
        "A dot is a benchmark's level in a record, a thin line its 95% interval; the thick line is the level that it kept and "
        f"steps where it changed. Records with reference loops are as on the machine at its usual speed.{only}",
        frame(data, _layers(), HEIGHT, sliders),
        sliders,
    )


def _largest_step(one: Series) -> float:
    return max((abs(math.log(step.ratio)) for step in one.fit.steps), default=0.0)


def _is_dated(point: HistoryPoint) -> bool:
    return bool(point.record.created)


def _rows(one: Series, place: int) -> list[dict[str, Any]]:
    rows = []
    for (start, end), level in zip(itertools.pairwise(one.fit.bounds), one.fit.levels, strict=True):
        for i in range(start, end):
            point, seconds = one.points[i], one.levels[i]
            if not _is_dated(point):
                continue
            row = {
                "s0": place,
                "d": point.record.created,
                "v": rounded(seconds),
                "f": rounded(math.exp(level)),
                "c": point.commit,
            }
            row |= {"t": duration(seconds, "measured"), "l": point.record.label, "p": start}
            low, high = (end * seconds / point.level for end in point.interval or (point.level, point.level))
            rows.append({**row, "a": rounded(low), "b": rounded(high)})
    return rows


def _layers() -> list[Spec]:
    along: Spec = {"field": "d", "type": "temporal", "axis": {"title": None, "tickCount": 6, "labelOverlap": True}}
    axis = {"title": None, "labelExpr": _SECONDS, "tickCount": 5}
    up: Spec = {"field": "v", "type": "quantitative", "scale": {"zero": False, "nice": True, "padding": 8}, "axis": axis}
    told = [
        {"field": "d", "type": "temporal", "title": "measured", "format": "%Y-%m-%d %H:%M"},
        {"field": "t", "type": "nominal", "title": "time of a call"},
        {"field": "c", "type": "nominal", "title": "commit"},
        {"field": "l", "type": "nominal", "title": "label"},
    ]
    interval: Spec = {"x": along, "y": {**up, "field": "a"}, "y2": {"field": "b"}}
    level: Spec = {"x": along, "y": {**up, "field": "f"}, "detail": {"field": "p", "type": "nominal"}}
    described = "timeFormat(toDate(datum.d), '%Y-%m-%d') + ': ' + datum.t"
    return [
        {"mark": {"type": "rule", "opacity": 0.45, "aria": False}, "encoding": interval},
        {"mark": {"type": "line", "strokeWidth": 3, "opacity": 0.5, "aria": False}, "encoding": level},
        {
            "transform": [{"calculate": described, "as": "said"}],
            "mark": {"type": "point", "filled": True, "size": 45, "opacity": 1},
            "encoding": {"x": along, "y": up, "tooltip": told, "description": {"field": "said", "type": "nominal"}},
        },
    ]

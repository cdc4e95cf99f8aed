"""The chart of a question's sheet: bars with error bars over labels, lines over numbers, points of a front, or none."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..answers.answer import Answer
from .kinds import KINDS
from .sheets import ChartForm, ChartSeries, Sheet, SheetChart

Spread = tuple[int, int | None, int | None]  # the columns of a value, and of the ends of its spread where it has any

MAX_BARS, MAX_POINTS, MAX_LINES = 60, 20_000, 8


@dataclass(frozen=True)
class ChartColumn:
    """What a chart needs to know of a sheet's column.

    Attributes
    ----------
    name
        Of the dimension or value.
    is_number
        Whether it holds numbers.
    quantile
        Which one of a value it is, as P50; empty where it is none.
    words
        What an axis of the chart says of it.
    """

    name: str
    is_number: bool
    quantile: str
    words: str


def chart_of(answer: Answer, sheet: Sheet, columns: Sequence[ChartColumn], labels: int) -> SheetChart | None:
    """Draw what a question is about.

    Parameters
    ----------
    answer
        What the sheet shows.
    sheet
        The sheet, without its chart.
    columns
        Of the sheet, alike.
    labels
        How many of them name the row.

    Returns
    -------
    SheetChart or None
        None where the sheet has too many rows, or too many things that name them, to be read in a chart.
    """
    form = KINDS.of(answer.question).chart
    numbers = [place for place in range(labels, len(columns)) if columns[place].is_number]
    if not form or not numbers or sheet.length < 2:
        return None
    if form == "front":
        return _front(sheet, columns, numbers) if labels == 1 and len(numbers) > 1 else None
    if form == "bins":
        if labels != 1 or sheet.length > MAX_POINTS:
            return None
        series = ChartSeries(columns[numbers[-1]].words, numbers[-1], (0, sheet.length))
        return _chart(sheet, "bars", columns, (numbers[0], numbers[0]), (series,))
    if not labels:
        return None
    named = {columns[place].name: place for place in numbers}
    own = [named[name] for name in KINDS.of(answer.question).middle]
    spread = (own[0], own[1], own[2]) if own else _spread(columns, numbers)
    if columns[labels - 1].is_number and sheet.length <= MAX_POINTS:
        groups = _groups(sheet, labels)
        if len(groups) <= MAX_LINES and all(last - first > 1 for _, first, last in groups):
            lines = _lines(columns, spread, groups)
            return _chart(sheet, "lines", columns, (labels - 1, labels - 1), lines)
    if labels > 2 or sheet.length > MAX_BARS:
        return None
    middle, low, high = spread
    series = ChartSeries(columns[middle].words, middle, (0, sheet.length), low, high)
    return _chart(sheet, "bars", columns, (0, labels - 1), (series,))


def _spread(columns: Sequence[ChartColumn], numbers: Sequence[int]) -> Spread:
    """Find the column of the value that a chart shows, and those of the ends of its spread where there are any."""
    first = columns[numbers[0]]
    own = [place for place in numbers if columns[place].name == first.name and columns[place].quantile]
    if len(own) > 1:
        middle = next((place for place in own if columns[place].quantile == "P50"), own[len(own) // 2])
        return (middle, own[0], own[-1]) if middle not in (own[0], own[-1]) else (middle, None, None)
    named = {columns[place].name: place for place in numbers}
    quantity = first.name.partition("(")[2].removesuffix(")")
    low, high = named.get(f"P10({quantity})"), named.get(f"P90({quantity})")
    if first.name != f"P50({quantity})" or low is None or high is None:
        return numbers[0], None, None
    return numbers[0], low, high


def _groups(sheet: Sheet, labels: int) -> list[tuple[str, int, int]]:
    """Cut the rows into runs over which all labels but the last are the same: the name, first row and end of each."""
    if labels == 1:
        return [("", 0, sheet.length)]
    keys = list(zip(*(column.values for column in sheet.columns[: labels - 1]), strict=True))
    starts = [place for place in range(len(keys)) if place == 0 or keys[place] != keys[place - 1]]
    ends = [*starts[1:], len(keys)]
    return [(", ".join(map(str, keys[first])), first, last) for first, last in zip(starts, ends, strict=True)]


def _lines(columns: Sequence[ChartColumn], spread: Spread, groups: list[tuple[str, int, int]]) -> tuple[ChartSeries, ...]:
    """Draw a line for each group; of one group a line for each quantile of its value."""
    middle, low, high = spread
    if len(groups) == 1:
        (_, first, last), *_ = groups
        places = [place for place in (low, middle, high) if place is not None]
        return tuple(ChartSeries(columns[place].quantile or columns[place].words, place, (first, last)) for place in places)
    return tuple(ChartSeries(name, middle, (first, last), low, high) for name, first, last in groups)


def _front(sheet: Sheet, columns: Sequence[ChartColumn], numbers: Sequence[int]) -> SheetChart | None:
    if sheet.length > MAX_POINTS:
        return None
    across, up = numbers[:2]
    return _chart(sheet, "points", columns, (across, across), (ChartSeries(columns[up].words, up, (0, sheet.length)),))


def _chart(
    sheet: Sheet, form: ChartForm, columns: Sequence[ChartColumn], categories: tuple[int, int], series: tuple[ChartSeries, ...]
) -> SheetChart:
    across = " and ".join(sheet.columns[place].heading for place in range(categories[0], categories[1] + 1))
    up = columns[series[0].column].words
    spread = any(one.low is not None for one in series)
    ends = (
        f", {columns[series[0].low or 0].quantile or 'P10'} to {columns[series[0].high or 0].quantile or 'P90'}"
        if spread
        else ""
    )
    if any(_is_endless(sheet.columns[place].values) for one in series for place in (one.low, one.high) if place is not None):
        ends += "; no bar where that is infinite"
    return SheetChart(form, f"{sheet.title.partition(':')[0]}{ends}", across, up, categories, series)


def _is_endless(values: Sequence[Any]) -> bool:
    return any(isinstance(value, float) and math.isinf(value) for value in values)

"""A question's answer as a sheet: quantiles side by side, labels in words, numbers in one unit a column, a chart."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...kernels.model.quantity import Model, Quantity
from ..answers.answer import Answer
from ..answers.column import Array, Column, coordinates_of_points
from ..runner.kinds import KINDS
from ..runner.question_words import question_text
from ..study.loader import Study
from ..study.names import axis_words, point_words, quantity_words
from ..terminal.numbers import is_date
from .charts import ChartColumn, chart_of
from .reading_units import ReadingUnit, number_format, reading_unit
from .sheets import Sheet, SheetColumn

_SHARE = ReadingUnit("", is_share=True)
_SHARES = {"confidence", "share", "error", "excess"}  # an answer's own columns that are shares of 1
_OWN = {  # words of columns that are named neither as a quantity nor as a statistic
    "count": "scenarios",
    "feasible": "scenarios that meet the conditions",
    "nan": "scenarios without an answer",
    "min": "least {}",
    "mean": "mean {}",
    "max": "greatest {}",
    "from": "{} from",
    "to": "{} to",
    "share": "share of the variance",
    "error": "standard error of the share",
    "axis": "input",
    "excess": "how far its conditions are missed",
    "considered": "decisions looked at",
}
_FAILED = "failed("  # before a condition, of the decisions that miss it


@dataclass(frozen=True)
class SheetRows:
    """The rows of a question, flat: each dimension's coordinates, and what stands in the columns that follow.

    Attributes
    ----------
    labels
        Coordinates of the dimensions that stand below each other.
    values
        Columns by their names; what stands side by side is one array with an entry for each in its last dimension.
    across
        What heads those entries; empty where nothing stands side by side.
    """

    labels: Mapping[str, Column]
    values: Mapping[str, Column]
    across: tuple[str, ...] = ()


def question_sheet(answer: Answer, study: Study, name: str, rows: SheetRows | None = None, note: str = "") -> Sheet:
    """Put an answer on a sheet.

    Parameters
    ----------
    answer
        What is shown, every row of it.
    study
        What it answers.
    name
        The sheet's.
    rows
        The rows, where they are not the answer's own: a table's, which has but the first of them.
    note
        What there is to say of rows that are left out.
    """
    rows = rows_of(answer) if rows is None else rows
    columns = [_label(column, label, study, answer) for label, column in rows.labels.items()]
    parts = [ChartColumn(label, column.data.dtype != object, "", "") for label, column in rows.labels.items()]
    alike = _alike(rows.values, answer, study.problem.model)
    for value_name, column in rows.values.items():
        words, reading = _words(value_name, answer, study), _reading(value_name, alike[value_name], answer, study)
        for heading, data in _side_by_side(rows, column):
            columns.append(_numbers(f"{_head_words(heading)} {words}".strip(), data, reading, value_name, study))
            parts.append(ChartColumn(value_name, column.data.dtype != object, heading, reading.heading(words)))
    title = question_text(answer.question, study)
    title = title if title.startswith(answer.name) else f"{answer.name}: {title}"
    sheet = Sheet(name, title, tuple(columns), None, note)
    return Sheet(name, title, sheet.columns, chart_of(answer, sheet, parts, len(rows.labels)), note)


def rows_of(answer: Answer) -> SheetRows:
    """Take the rows of an answer that holds all of them."""
    across = [dim for dim in answer.dims if dim in KINDS.of(answer.question).across]
    below = {dim: answer.coords[dim] for dim in answer.dims if dim not in across}
    values = _values(answer)
    if across:
        length = math.prod(len(column.data) for column in below.values())
        values = {name: Column(np.reshape(column.data, (length, -1)), column.unit) for name, column in values.items()}
        (dim,) = across
        heads = tuple(f"P{100 * share:g}" for share in answer.coords[dim].data.tolist())
        return SheetRows(coordinates_of_points(below), values, heads)
    chosen = answer.rows()
    return SheetRows(_taken(coordinates_of_points(below), chosen), _taken(values, chosen))


def _values(answer: Answer) -> dict[str, Column]:
    values = {name: column for name, column in answer.values.items() if name not in answer.coords}
    values |= {name: column for name, column in answer.at.items() if name not in values}
    if answer.nearest is not None:
        values |= {f"nearest {name}": column for name, column in answer.nearest.columns().items()}
    return values


def _taken(columns: Mapping[str, Column], rows: Array) -> dict[str, Column]:
    return {name: Column(np.reshape(column.data, -1)[rows], column.unit) for name, column in columns.items()}


def _side_by_side(rows: SheetRows, column: Column) -> list[tuple[str, Array]]:
    if not rows.across:
        return [("", column.data)]
    return [(head, column.data[:, place]) for place, head in enumerate(rows.across)]


def _head_words(head: str) -> str:
    return "median" if head == "P50" else head


def _words(name: str, answer: Answer, study: Study) -> str:
    """Head a column in words: a quantity's, a statistic's, an axis's, or what the kind of question calls it."""
    if name.startswith("nearest "):
        return f"nearest: {_words(name.removeprefix('nearest '), answer, study)}"
    if name.startswith(_FAILED):
        return f"decisions that miss {quantity_words(study.problem.model, name.removeprefix(_FAILED).removesuffix(')'))}"
    if name in _OWN and name not in study.problem.model:
        return _OWN[name].format(quantity_words(study.problem.model, answer.question.objectives()[0]))
    if name in {axis.name for axis in study.problem.grid.axes}:
        return axis_words(study, name)
    return quantity_words(study.problem.model, name)


def _reading(name: str, column: Column, answer: Answer, study: Study) -> ReadingUnit:
    model, bare = study.problem.model, name.removeprefix("nearest ")
    if bare in _SHARES or bare.startswith("share("):
        return _SHARE
    if column.data.dtype == object or bare in answer.question.by:
        return ReadingUnit("")
    quantity = model.quantities.get(_quantity_of(bare, answer, model))
    quantity = quantity if quantity is not None and quantity.unit == column.unit else None
    if column.data.dtype.kind in "iu":
        return reading_unit((), column.unit)
    return reading_unit(np.ravel(column.data).tolist(), column.unit, quantity)


def _alike(columns: Mapping[str, Column], answer: Answer, model: Model) -> dict[str, Column]:
    """Join each column of numbers with those of the same quantity: median, P10 and P90 are read in one unit."""
    keys = {
        name: (_quantity_of(name.removeprefix("nearest "), answer, model), column.unit)
        for name, column in columns.items()
        if column.data.dtype.kind == "f"
    }
    groups: dict[tuple[str, str], list[Array]] = {}
    for name, key in keys.items():
        groups.setdefault(key, []).append(np.ravel(columns[name].data))
    return {
        name: Column(np.concatenate(groups[keys[name]]), column.unit) if name in keys else column
        for name, column in columns.items()
    }


def _quantity_of(name: str, answer: Answer, model: Model) -> str:
    """Name the quantity that a column is of: P80(run_time) is of run_time, a summary's mean of the summary's."""
    if name in model:
        return name
    inner = name.partition("(")[2].removesuffix(")")
    return inner if inner in model else answer.question.objectives()[0] if answer.question.objectives() else ""


def _label(column: Column, name: str, study: Study, answer: Answer) -> SheetColumn:
    """Make the column of a dimension: labels in words, numbers in one unit."""
    words = _words(name, answer, study)
    if column.data.dtype == object:
        texts = {label: _label_words(study, name, label) for label in dict.fromkeys(column.data.tolist())}
        return SheetColumn(words, [texts[label] for label in column.data.tolist()], is_label=True)
    model = study.problem.model
    axis = next((axis for axis in study.problem.grid.axes if axis.name == name), None)
    quantity = axis.coordinate_quantity() if axis is not None else None
    reading = _SHARE if name in _SHARES else ReadingUnit("")
    if quantity is not None and quantity in model and column.data.dtype.kind == "f":
        reading = reading_unit(column.data.tolist(), column.unit, model[quantity])
    data = _in_words(reading.convert(column.data).tolist(), model.quantities.get(quantity or ""))
    return SheetColumn(reading.heading(words), data, _format(data, reading, quantity or ""), is_label=True)


def _label_words(study: Study, axis: str, label: Any) -> str:
    """Name a point; of a sensitivity it is an input or an axis, which have names of their own."""
    if axis in {one.name for one in study.problem.grid.axes}:
        return point_words(study, axis, label)
    if label in {one.name for one in study.problem.grid.axes}:
        return axis_words(study, label)
    return quantity_words(study.problem.model, label) if label in study.problem.model else str(label)


def _numbers(heading: str, data: Array, reading: ReadingUnit, name: str, study: Study) -> SheetColumn:
    if data.dtype == object:
        bare = name.removeprefix("nearest ")
        texts = [None if value is None else point_words(study, bare, value) for value in data.tolist()]
        return SheetColumn(heading, texts)
    values = _in_words(reading.convert(data).tolist(), study.problem.model.quantities.get(name))
    return SheetColumn(reading.heading(heading), values, _format(values, reading, name))


def _in_words(values: list[Any], quantity: Quantity | None) -> list[Any]:
    """Turn the numbers of an input that chooses into what they are called."""
    if quantity is None or not quantity.words:
        return values
    return [quantity.words[int(value)] if value in range(len(quantity.words)) else value for value in values]


def _format(values: Sequence[Any], reading: ReadingUnit, name: str) -> str:
    if is_date(name):
        return "0"
    return number_format((value for value in values if isinstance(value, float | int)), is_share=reading.is_share)

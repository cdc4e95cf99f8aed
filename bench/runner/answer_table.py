"""One question's answer as a table: in blocks where it is wider than the screen, and cut where it is long."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...kernels.model.evaluate import dependence
from ..answers.answer import Answer, Column
from ..errors import Parameter, Spelling, named
from ..study.loader import Study
from ..terminal import numbers as human
from ..terminal.tables import blocks

MAX_ROWS = 28
PLAIN: dict[str, Any] = {"box": None, "pad_edge": False, "header_style": "bold"}

# columns of a table: a heading and the cells of the rows that are shown
Columns = list[tuple[str, list[str]]]
Rows = list[int]
Parts = tuple[Columns, str]  # columns, and a line below them


def print_answer(console: Console, answer: Answer, study: Study, spell: Spelling = named) -> None:
    """One question's table: a row for each point of the kept axes; the same coordinates in every row are said once."""
    console.print()
    console.print(Text.assemble((answer.name, "bold"), "  ", (_asked(answer, study), "dim")), highlight=False)
    dims = [dim for dim in answer.dims if answer.question.kind != "quantiles" or dim != "quantile"]
    there = answer.rows().tolist() if dims == list(answer.dims) else list(range(math.prod(_lengths(answer, dims))))
    rows = [there[place] for place in shown_rows(len(there))]
    length = len(there) if answer.total is None else answer.total
    columns, note = _COLUMNS.get(answer.question.kind, _plain_columns)(answer, study, rows)
    columns = [*_coordinates(answer, study, dims, rows), *columns]
    alike = _alike(answer, dims, there, whole=length == len(there)) if len(rows) > 1 else set()
    once = {name: cell for name, cells in columns if name in alike for cell in {*cells} - {"-"}}
    columns = [(name, cells) for name, cells in columns if name not in once]
    for block in blocks(columns, sum(name in dims for name, _ in columns), console.width):
        console.print(_block(answer, block, cut=len(there) > MAX_ROWS), highlight=False)
    if once:
        say(console, f"every row: {', '.join(f'{name} {cell}' for name, cell in once.items())}", "dim")
    if note:
        say(console, note, "dim")
    if length > len(rows):
        whole = spell(Parameter("out", "FILE.csv"))
        say(console, f"... {length - len(rows):,} of {length:,} rows are not shown; {whole} writes all of them", "dim")


def say(console: Console, text: str, style: str = "") -> None:
    """A line as it is: text of studies and machines is never read as markup."""
    console.print(Text(text, style=style), highlight=False)


def _alike(answer: Answer, dims: list[str], there: Rows, *, whole: bool) -> set[str]:
    """Coordinates that are the same in every row that has one, shown or not; ``whole`` says that all rows are at hand."""
    kept = {dim for dim in dims if len(answer.coords[dim].data) == 1}
    if not whole:
        return kept
    return kept | {name for name, column in answer.at.items() if len(_different(column, there)) == 1}


def _different(column: Column, rows: Rows) -> set[Any]:
    return {value for value in column.data.reshape(-1)[rows].tolist() if value is not None and value == value}


def _block(answer: Answer, columns: Columns, *, cut: bool) -> Table:
    """Columns side by side; ``cut`` where rows in the middle are left out."""
    table = Table(**PLAIN)
    labels = {name for name, column in answer.coords.items() if column.data.dtype == object}
    for name, _ in columns:
        left = name.replace("\n", "") in labels
        table.add_column(Text(name), justify="left" if left else "right", overflow="fold")
    for number, row in enumerate(zip(*(cells for _, cells in columns), strict=True)):
        if cut and number == MAX_ROWS // 2:
            table.add_row("...")
        table.add_row(*map(Text, row))
    return table


def shown_rows(length: int) -> list[int]:
    """The rows that are shown: all, or the first and the last."""
    if length <= MAX_ROWS:
        return list(range(length))
    half = MAX_ROWS // 2
    return [*range(half), *range(length - half, length)]


def _lengths(answer: Answer, dims: list[str]) -> tuple[int, ...]:
    return tuple(len(answer.coords[dim].data) for dim in dims)


def _asked(answer: Answer, study: Study) -> str:
    """The question in words: ``least cost where run_time <= 120 days``."""
    question = answer.question
    words = {"best": "greatest" if getattr(question, "maximize", False) else "least"}
    text = f"{words.get(question.kind, f'{question.kind} of')} {', '.join(question.objectives())}"
    shown = []
    for condition in question.where:
        item, right = study.problem.model[condition.quantity], condition.value
        if not isinstance(right, str):
            right = human.show(study.in_unit(item.name, right), item)
        shown.append(f"{condition.quantity} {condition.op} {right}")
    return f"{text} where {', '.join(shown)}" if shown else text


def _cells(column: Column, rows: Rows, preferred: str = "") -> list[str]:
    return [_cell(value, column.unit, preferred) for value in column.data.reshape(-1)[rows].tolist()]


def _cell(value: Any, unit: str, preferred: str) -> str:
    if value is None or value != value:
        return "-"
    return value if isinstance(value, str) else human.show_unit(float(value), unit, preferred)


def _coordinates(answer: Answer, study: Study, dims: list[str], rows: Rows) -> Columns:
    shape = _lengths(answer, dims)
    result: Columns = []
    for i, dim in enumerate(dims):
        column = answer.coords[dim]
        along = np.reshape(column.data, [-1 if j == i else 1 for j in range(len(shape))])
        result.append((dim, _cells(Column(np.broadcast_to(along, shape), column.unit), rows, _shown(study, dim))))
    return result


def _shown(study: Study, name: str) -> str:
    return study.problem.model[name].show if name in study.problem.model else ""


def _plain_columns(answer: Answer, study: Study, rows: Rows) -> Parts:
    """The values that no condition fixes, then the coordinates of the axes that the question depends on."""
    depends = dependence(study.problem, answer.question.targets()).values()
    axes = study.problem.grid.axes
    used = {name for i in frozenset().union(*depends) for name in (axes[i].name, *axes[i].columns)}
    fixed = {c.quantity for c in answer.question.where if c.op == "==" and not isinstance(c.value, str)}
    columns = {name: column for name, column in answer.values.items() if name not in {*answer.coords, *fixed}}
    numbers = {axis.name for axis in axes if axis.labels is None and len(axis.columns) > 1} - {*study.problem.grid.column_axis}
    hidden = {*columns, *answer.coords, *fixed, *numbers}  # which column of an axis says less than what stands in it
    columns |= {name: column for name, column in answer.at.items() if name in used - hidden}
    return [(name, _cells(column, rows, _shown(study, name))) for name, column in columns.items()], ""


def _summary_columns(answer: Answer, study: Study, rows: Rows) -> Parts:
    quantity = study.problem.model[answer.question.objectives()[0]]
    count, feasible, nan = (answer.values[name].data.reshape(-1)[rows].tolist() for name in ("count", "feasible", "nan"))
    columns: Columns = [("feasible", [f"{100 * part / whole:.3g}%" for part, whole in zip(feasible, count, strict=True)])]
    if answer.question.where and any(nan):
        columns.append(("unknown", [f"{100 * part / whole:.3g}%" for part, whole in zip(nan, count, strict=True)]))
    columns += [(name, _cells(answer.values[name], rows, quantity.show)) for name in ("min", "mean", "max")]
    return columns, f"{human.count(count[0], 'scenario')} {'in each row' if len(rows) > 1 else 'in all'}" if rows else ""


def _quantile_columns(answer: Answer, study: Study, rows: Rows) -> Parts:
    (name, column), *_ = answer.values.items()
    # bins are within 0.8%: a chip count to the last chip would say too much
    rounded = np.array([human.rounded(value) for value in column.data.flat]).reshape(column.data.shape)
    columns = [
        (f"P{100 * share:g}", _cells(Column(rounded[..., i], column.unit), rows, _shown(study, name)))
        for i, share in enumerate(answer.coords["quantile"].data.tolist())
    ]
    return columns, ""


_COLUMNS: dict[str, Callable[[Answer, Study, Rows], Parts]] = {"summary": _summary_columns, "quantiles": _quantile_columns}

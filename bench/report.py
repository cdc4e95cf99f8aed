"""A run as tables that a person reads. Wide or long answers are cut, and it is said where all of it is to be had."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..kernels.evaluate import dependence
from ..kernels.questions import Result
from . import human
from .answer import Answer, Column
from .run import Run
from .study import Study
from .widths import broken, fitting

MOST_ROWS = 28
WIDTH = 120
_PLAIN: dict[str, Any] = {"box": None, "pad_edge": False, "header_style": "bold"}


def console() -> Console:
    """The console that tables go to; where it is no terminal its lines may be longer than 80."""
    made = Console()
    return made if made.is_terminal else Console(width=max(made.width, WIDTH))


def print_run(console: Console, run: Run) -> None:
    """The study, its answers by the fastest engine, what they rest on, and a line for each engine."""
    study = run.study
    shape = " x ".join(f"{axis.name} {len(axis):,}" for axis in study.problem.grid.axes)
    _say(console, study.title, "bold")
    _say(console, f"{human.count(study.points, 'scenario')}{f': {shape}' if shape else ''}")
    fastest = run.fastest()
    results = {each.question.name: each.result for each in fastest.questions}
    for answer in run.answers_of(fastest.engine):
        print_answer(console, answer, study)
        if looked := looked_at(answer, results[answer.question.name], study.points):
            _say(console, looked, "dim")
    print_basis(console, study)
    print_engines(console, run)


def print_answer(console: Console, answer: Answer, study: Study) -> None:
    """One question's table: a row for each point of the kept axes; the same coordinates in every row are said once."""
    console.print()
    console.print(Text.assemble((answer.name, "bold"), "  ", (_asked(answer, study), "dim")), highlight=False)
    dims = [dim for dim in answer.dims if answer.question.kind != "quantiles" or dim != "quantile"]
    there = answer.rows().tolist() if dims == list(answer.dims) else list(range(math.prod(_lengths(answer, dims))))
    rows = [there[place] for place in shown_rows(len(there))]
    length = len(there) if answer.total is None else answer.total
    columns, everywhere = _COLUMNS.get(answer.question.kind, _plain_columns)(answer, study, rows)
    table = Table(**_PLAIN)
    columns = [*_coordinates(answer, study, dims, rows), *columns]
    narrow = fitting(columns, console.width) < len(columns)
    for name, texts in columns:
        left = name in answer.coords and _is_text(answer.coords[name])
        heading = Text(broken(name, texts) if narrow else name)
        table.add_column(heading, justify="left" if left else "right", overflow="fold")
    for number, row in enumerate(zip(*(cells for _, cells in columns), strict=True)):
        if number == MOST_ROWS // 2 and len(there) > MOST_ROWS:
            table.add_row("...")
        table.add_row(*map(Text, row))
    console.print(table, highlight=False)
    if everywhere:
        _say(console, everywhere, "dim")
    if length > len(rows):
        more = f"... {length - len(rows):,} of {length:,} rows are not shown; --out FILE.csv writes all of them"
        _say(console, more, "dim")


def looked_at(answer: Answer, result: Result, points: int) -> str:
    """How much of the grid an engine had to compute, where conditions ruled a part out before; and how much meets them.

    Along an axis that the question does not need, scenarios are alike, and one is computed for all of them.
    """
    if not result.pruned:
        return ""
    alike = points // (result.evaluated + result.pruned)
    text = f"{human.count(points, 'scenario')}{f', {alike:,} alike at a time' if alike > 1 else ''}: "
    text += f"{human.count(result.pruned)} pruned unevaluated, {human.count(result.evaluated)} evaluated"
    if "feasible" in answer.values:
        text += f"; {human.count(int(np.sum(answer.values['feasible'].data)), 'scenario')} meet the conditions"
    return text


def _say(console: Console, text: str, style: str = "") -> None:
    """A line as it is: text of studies and machines is never read as markup."""
    console.print(Text(text, style=style), highlight=False)


def shown_rows(length: int) -> list[int]:
    """The rows that are shown: all, or the first and the last."""
    if length <= MOST_ROWS:
        return list(range(length))
    half = MOST_ROWS // 2
    return [*range(half), *range(length - half, length)]


def _lengths(answer: Answer, dims: list[str]) -> tuple[int, ...]:
    return tuple(len(answer.coords[dim].data) for dim in dims)


def _is_text(column: Column) -> bool:
    return bool(column.data.dtype == object)


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


# columns of a table: a heading and the cells of the rows that are shown
Columns = list[tuple[str, list[str]]]
Rows = list[int]
Parts = tuple[Columns, str]  # columns, and what holds for every row


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
    """The values, then the coordinates of the axes that the question depends on, those that vary as columns."""
    depends = dependence(study.problem, answer.question.targets()).values()
    axes = study.problem.grid.axes
    used = {name for i in frozenset().union(*depends) for name in (axes[i].name, *axes[i].columns)}
    columns = [(name, _cells(c, rows, _shown(study, name))) for name, c in answer.values.items() if name not in answer.coords]
    taken = {name for name, _ in columns} | set(answer.coords)
    at = [(name, _cells(c, rows, _shown(study, name))) for name, c in answer.at.items() if name in used - taken]
    alike = {name: {cell for cell in cells if cell != "-"} for name, cells in at}
    everywhere = [(name, cells.pop()) for name, cells in alike.items() if len(cells) == 1 and len(rows) > 1]
    said = f"every row: {', '.join(f'{name} {cell}' for name, cell in everywhere)}" if everywhere else ""
    return columns + [(name, cells) for name, cells in at if name not in dict(everywhere)], said


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


def print_basis(console: Console, study: Study) -> None:
    """What was assumed, what is not published, and notes."""
    if study.assumptions:
        console.print()
        _say(console, "Assumed (not given by the study; change one with --set name=value)", "bold")
        table = Table(show_header=False, expand=True, **_PLAIN)
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(style="dim", no_wrap=True, overflow="ellipsis", ratio=1)
        for each in study.assumptions:
            value = human.show(study.in_unit(each.quantity, each.value), study.problem.model[each.quantity])
            table.add_row(each.quantity, value, Text(each.source))
        console.print(table, highlight=False)
    if study.missing:
        console.print()
        _say(console, "Not published: scenarios that need these answer null", "bold")
        table = Table(show_header=False, **_PLAIN)
        for (name, row), columns in _by_row(study).items():
            table.add_row(Text(name), Text(row), ", ".join(columns))
        console.print(table, highlight=False)
    for note in study.notes:
        _say(console, f"Note: {note}")


def _by_row(study: Study) -> dict[tuple[str, str], list[str]]:
    """The columns that are missing, by table and row."""
    result: dict[tuple[str, str], list[str]] = {}
    for missing in study.missing:
        columns = result.setdefault((missing.table, missing.row), [])
        if missing.column not in columns:
            columns.append(missing.column)
    return result


def print_engines(console: Console, run: Run) -> None:
    """A line for each engine: speed, agreement with NumPy, memory; and why others are not there."""
    console.print()
    table = Table(**_PLAIN)
    table.add_column("engine")
    for name in ("dtype", "computed", "seconds", "points/s", "compile", "off NumPy by", "peak memory"):
        table.add_column(Text(name), justify="right")
    for each in run.engines:
        off = "reference" if each.engine == "numpy" else f"{each.max_relative_error:.1g} ({each.checked})"
        table.add_row(
            each.engine,
            each.dtype,
            human.count(each.evaluated),
            f"{each.seconds:.3g}",
            human.count(each.points_per_second),
            human.duration(each.prepare_seconds),
            off,
            human.memory(each.peak_memory_bytes),
        )
    console.print(table, highlight=False)
    for missing in run.absent:
        _say(console, f"{missing.name}: not here: {missing.reason}")

"""A run as tables that a person reads. Wide or long answers are cut, and it is said where all of it is to be had."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from . import human
from .answer import Answer, Column
from .run import Run
from .study import Study

MOST_ROWS = 24
MOST_MISSING = 8
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
    console.print(f"[bold]{study.title}[/bold]", highlight=False)
    console.print(f"{human.count(study.points)} scenarios{f': {shape}' if shape else ''}", highlight=False)
    for answer in run.answers_of(run.fastest().engine):
        print_answer(console, answer, study)
    print_basis(console, study)
    print_engines(console, run)


def print_answer(console: Console, answer: Answer, study: Study) -> None:
    """One question's table: a row for each point of the kept axes."""
    console.print()
    console.print(f"[bold]{answer.name}[/bold]  [dim]{_asked(answer, study)}[/dim]", highlight=False)
    dims = [dim for dim in answer.dims if answer.question.kind != "quantiles" or dim != "quantile"]
    length = math.prod(len(answer.coords[dim].data) for dim in dims)
    columns = [*_coordinates(answer, study, dims), *_COLUMNS.get(answer.question.kind, _plain_columns)(answer, study)]
    table = Table(**_PLAIN)
    for name, _ in columns:
        table.add_column(name, justify="left" if name in answer.coords and _is_text(answer.coords[name]) else "right")
    for row in zip(*(cells for _, cells in columns), strict=True):
        table.add_row(*row)
    console.print(table, highlight=False)
    if length > MOST_ROWS:
        console.print(f"... {length - MOST_ROWS:,} more rows; --out FILE.csv writes all of them", style="dim", highlight=False)


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


def _cells(column: Column, preferred: str = "") -> list[str]:
    return [_cell(value, column.unit, preferred) for value in column.data.reshape(-1)[:MOST_ROWS].tolist()]


def _cell(value: Any, unit: str, preferred: str) -> str:
    if value is None or value != value:
        return "-"
    return value if isinstance(value, str) else human.show_unit(float(value), unit, preferred)


def _coordinates(answer: Answer, study: Study, dims: list[str]) -> Columns:
    shape = tuple(len(answer.coords[dim].data) for dim in dims)
    result: Columns = []
    for i, dim in enumerate(dims):
        column = answer.coords[dim]
        along = np.reshape(column.data, [-1 if j == i else 1 for j in range(len(shape))])
        result.append((dim, _cells(Column(np.broadcast_to(along, shape), column.unit), _shown(study, dim))))
    return result


def _shown(study: Study, name: str) -> str:
    return study.problem.model[name].show if name in study.problem.model else ""


def _plain_columns(answer: Answer, study: Study) -> Columns:
    named = {name: column for name, column in answer.values.items() if name not in answer.coords}
    named |= {name: column for name, column in answer.at.items() if name not in named and name not in answer.coords}
    return [(name, _cells(column, _shown(study, name))) for name, column in named.items()]


def _summary_columns(answer: Answer, study: Study) -> Columns:
    quantity = study.problem.model[answer.question.objectives()[0]]
    count, feasible, nan = (answer.values[name].data.reshape(-1)[:MOST_ROWS].tolist() for name in ("count", "feasible", "nan"))
    columns: Columns = [("scenarios", _cells(answer.values["count"]))]
    columns.append(("feasible", [f"{100 * part / whole:.3g}%" for part, whole in zip(feasible, count, strict=True)]))
    if any(nan):
        columns.append(("unknown", _cells(answer.values["nan"])))
    return columns + [(name, _cells(answer.values[name], quantity.show)) for name in ("min", "mean", "max")]


def _quantile_columns(answer: Answer, study: Study) -> Columns:
    (name, column), *_ = answer.values.items()
    return [
        (f"P{100 * share:g}", _cells(Column(column.data[..., i], column.unit), _shown(study, name)))
        for i, share in enumerate(answer.coords["quantile"].data.tolist())
    ]


_COLUMNS: dict[str, Callable[[Answer, Study], Columns]] = {"summary": _summary_columns, "quantiles": _quantile_columns}


def print_basis(console: Console, study: Study) -> None:
    """What was assumed, what is not published, and notes."""
    if study.assumptions:
        console.print()
        console.print("[bold]Assumed[/bold] (not given by the study; change one with --set name=value)", highlight=False)
        table = Table(show_header=False, expand=True, **_PLAIN)
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(style="dim", no_wrap=True, overflow="ellipsis", ratio=1)
        for each in study.assumptions:
            value = human.show(study.in_unit(each.quantity, each.value), study.problem.model[each.quantity])
            table.add_row(each.quantity, value, each.source)
        console.print(table, highlight=False)
    if study.missing:
        console.print()
        console.print("[bold]Not published[/bold]: scenarios that need these answer null", highlight=False)
        for missing in study.missing[:MOST_MISSING]:
            console.print(f"  {missing}", highlight=False)
        if len(study.missing) > MOST_MISSING:
            console.print(
                f"  ... and {len(study.missing) - MOST_MISSING} more; --json lists them", style="dim", highlight=False
            )
    for note in study.notes:
        console.print(f"Note: {note}", highlight=False)


def print_engines(console: Console, run: Run) -> None:
    """A line for each engine: speed, agreement with NumPy, memory; and why others are not there."""
    console.print()
    table = Table(**_PLAIN)
    table.add_column("engine")
    for name in ("dtype", "points", "seconds", "points/s", "compile", "off NumPy by", "peak memory"):
        table.add_column(name, justify="right")
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
        console.print(f"{missing.name}: not here: {missing.reason}", highlight=False)

"""A run as tables that a person reads: its answers, what they rest on, and the engines."""

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...kernels.model.questions import Result
from ..answers.answer import Answer
from ..errors import Parameter, Spelling, named
from ..study.loader import Study
from ..terminal import numbers
from .answer_table import PLAIN, print_answer, say
from .outcome import Run


def print_run(console: Console, run: Run, spell: Spelling = named) -> None:
    """The study, its answers by the fastest engine, what they rest on, and a line for each engine.

    ``spell`` words the parameters that would change what is printed.
    """
    study = run.study
    shape = " x ".join(f"{axis.name} {len(axis):,}" for axis in study.problem.grid.axes)
    say(console, study.title, "bold")
    say(console, f"{numbers.count(study.points, 'scenario')}{f': {shape}' if shape else ''}")
    fastest = run.fastest()
    results = {each.question.name: each.result for each in fastest.questions}
    for answer in run.answers_of(fastest.engine):
        print_answer(console, answer, study, spell)
        if looked := looked_at(answer, results[answer.question.name], study.points):
            say(console, looked, "dim")
    print_basis(console, study, spell)
    print_engines(console, run)


def looked_at(answer: Answer, result: Result, points: int) -> str:
    """Say how much of the grid an engine had to compute, where conditions ruled a part out before; and how much meets them.

    Along an axis that the question does not need, scenarios are alike, and one is computed for all of them.
    """
    if not result.pruned:
        return ""
    alike = points // (result.evaluated + result.pruned)
    text = f"{numbers.count(points, 'scenario')}{f', {alike:,} alike at a time' if alike > 1 else ''}: "
    text += f"{numbers.count(result.pruned)} pruned unevaluated, {numbers.count(result.evaluated)} evaluated"
    if "feasible" in answer.values:
        text += f"; {numbers.count(int(np.sum(answer.values['feasible'].data)), 'scenario')} meet the conditions"
    return text


def print_basis(console: Console, study: Study, spell: Spelling = named) -> None:
    """What was assumed, what is not published, and notes."""
    if study.assumptions:
        console.print()
        change = spell(Parameter("sets", "name=value"))
        say(console, f"Assumed (not given by the study; change one with {change})", "bold")
        table = Table(show_header=False, expand=True, **PLAIN)
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(style="dim", no_wrap=True, overflow="ellipsis", ratio=1)
        for each in study.assumptions:
            value = numbers.show(study.in_unit(each.quantity, each.value), study.problem.model[each.quantity])
            table.add_row(each.quantity, value, Text(each.source))
        console.print(table, highlight=False)
    if study.missing:
        console.print()
        say(console, "Not published: scenarios that need these answer null", "bold")
        table = Table(show_header=False, **PLAIN)
        for (name, row), columns in _by_row(study).items():
            table.add_row(Text(name), Text(row), ", ".join(columns))
        console.print(table, highlight=False)
    for note in study.notes:
        say(console, f"Note: {note}")


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
    table = Table(**PLAIN)
    table.add_column("engine")
    for name in ("dtype", "computed", "seconds", "points/s", "compile", "off NumPy by", "peak memory"):
        table.add_column(Text(name), justify="right")
    for each in run.engines:
        off = "reference" if each.engine == "numpy" else f"{each.max_relative_error:.1g} ({each.checked})"
        table.add_row(
            each.engine,
            each.dtype,
            numbers.count(each.evaluated),
            numbers.duration(each.seconds, "column"),
            numbers.count(each.points_per_second),
            numbers.duration(each.prepare_seconds),
            off,
            numbers.memory(each.peak_memory_bytes),
        )
    console.print(table, highlight=False)
    for missing in run.absent:
        say(console, f"{missing.name}: not here: {missing.reason}")

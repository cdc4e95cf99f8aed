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
from .answer_table import PLAIN, print_answer, print_line
from .outcome import Run


def print_run(console: Console, run: Run, spell: Spelling = named) -> None:
    """Print the study, its answers by the fastest engine, what they rest on, and a line for each engine.

    Parameters
    ----------
    console
        Where to.
    run
        What running the study gave.
    spell
        How parameters that would change what is printed are named.
    """
    study = run.study
    print_line(console, study.title, "bold")
    print_line(console, grid_text(study))
    fastest = run.fastest()
    results = {question_run.question.name: question_run.result for question_run in fastest.questions}
    for answer in run.answers_of(fastest.engine):
        print_answer(console, answer, study, spell)
        if pruning := pruning_text(answer, results[answer.question.name], study.points):
            print_line(console, pruning, "dim")
    print_basis(console, study, spell)
    print_engines(console, run)


def grid_text(study: Study) -> str:
    """Write how many scenarios a study has, and along which axes: ``64 scenarios: chip 4 x chip_count 16``."""
    shape = " x ".join(f"{axis.name} {len(axis):,}" for axis in study.problem.grid.axes)
    return f"{numbers.count(study.points, 'scenario')}{f': {shape}' if shape else ''}"


def pruning_text(answer: Answer, result: Result, points: int) -> str:
    """Say how much of the grid an engine had to compute, where conditions ruled a part out before; and how much meets them.

    Along an axis that the question does not need, scenarios are alike, and one is computed for all of them.

    Parameters
    ----------
    answer, result
        What was answered, and the engine's counts of it.
    points
        How many scenarios the grid has.

    Returns
    -------
    str
        Empty where nothing was ruled out.
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
    """Print what was assumed, and notes.

    Parameters
    ----------
    console
        Where to.
    study
        What rests on that.
    spell
        How the parameter that changes an assumption is named.
    """
    if study.assumptions:
        console.print()
        change = spell(Parameter("sets", "name=value"))
        print_line(
            console,
            f"Assumed (not given by the study; change one with {change}; `flopwatt show sources name` has its source in full)",
            "bold",
        )
        table = Table(show_header=False, expand=True, **PLAIN)
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(style="dim", no_wrap=True, overflow="ellipsis", ratio=1)
        for assumption in study.assumptions:
            quantity = study.problem.model[assumption.quantity]
            value = numbers.show(study.in_unit(quantity.name, assumption.value), quantity)
            table.add_row(quantity.name, value, Text(assumption.source))
        console.print(table, highlight=False)
    for note in study.notes:
        print_line(console, f"Note: {note}")


def print_engines(console: Console, run: Run) -> None:
    """Print a line for each engine: speed, agreement with NumPy, memory; and why others are not there."""
    console.print()
    table = Table(**PLAIN)
    table.add_column("engine")
    for name in ("dtype", "computed", "seconds", "points/s", "compile", "off NumPy by", "peak memory"):
        table.add_column(Text(name), justify="right")
    for engine in run.engines:
        off = "reference" if engine.engine == "numpy" else f"{engine.max_relative_error:.1g} ({engine.checked})"
        table.add_row(
            engine.engine,
            engine.dtype,
            numbers.count(engine.evaluated),
            numbers.duration(engine.seconds, "column"),
            numbers.count(engine.points_per_second),
            numbers.duration(engine.prepare_seconds),
            off,
            numbers.memory(engine.peak_memory_bytes),
        )
    console.print(table, highlight=False)
    for state in run.absent:
        print_line(console, f"{state.name}: not here: {state.reason}")

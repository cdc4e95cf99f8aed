"""Tables of what computed a run: each engine's speed, and what was predicted where flopwatt chose between them."""

from collections.abc import Sequence

from rich.console import Console

from ...kernels.analysis.choice import Choice, PredictedSeconds
from ...kernels.engines import NAMES
from ..terminal import numbers
from ..terminal.laid_tables import LaidColumn, lay_out
from .answer_table import print_line
from .outcome import EngineRun, Run

COUNTED_APART = "Engines count the points that they compute themselves: NumPy computes some that others rule out before"
ONE_RUN = "Seconds are of one run of each question, the first"


def print_engines(console: Console, run: Run) -> None:
    """Print a line for each engine: speed, agreement with the reference, memory; and why others are not there."""
    console.print()
    usual = all(engine.dtype == "float64" for engine in run.engines)
    columns = [
        LaidColumn("engine", tuple(engine.engine for engine in run.engines), left=True, kept=True),
        *([] if usual else [LaidColumn("dtype", tuple(engine.dtype for engine in run.engines))]),
        *([LaidColumn("questions", tuple(str(len(engine.questions)) for engine in run.engines))] if run.choices else []),
        LaidColumn("points computed", tuple(numbers.count(engine.evaluated) for engine in run.engines)),
        LaidColumn("seconds", tuple(numbers.duration(engine.seconds, "column") for engine in run.engines)),
        LaidColumn("points a second", tuple(numbers.count(engine.points_per_second) for engine in run.engines)),
        LaidColumn("compiled in", tuple(numbers.duration(engine.prepare_seconds) for engine in run.engines)),
        LaidColumn("off reference by", tuple(map(_off, run.engines))),
        LaidColumn("peak memory", tuple(numbers.memory(engine.peak_memory_bytes) for engine in run.engines)),
    ]
    _print_columns(console, columns)
    if max(len(timed.samples) for engine in run.engines for timed in engine.questions) == 1:
        print_line(console, f"{ONE_RUN}.")
    if not run.choices and len({engine.evaluated for engine in run.engines}) > 1:
        print_line(console, f"{COUNTED_APART}.")
    for state in run.absent:
        print_line(console, f"{state.name}: not here: {state.reason}")


def _off(engine: EngineRun) -> str:
    return f"{engine.max_relative_error:.1g} ({engine.checked})"


def print_choices(console: Console, choices: Sequence[Choice]) -> None:
    """Print a line for each question, or those that share a pass: what engines should take, and which one it goes to.

    Parameters
    ----------
    console
        Where to.
    choices
        What was weighed; nothing is printed of none.
    """
    if not choices:
        return
    console.print()
    print_line(console, "Predicted before a run: compiling + computing", "bold")
    names = [name for name in NAMES if any(name in choice.predictions for choice in choices)]
    columns = [
        LaidColumn("question", tuple(", ".join(q.name for q in choice.family) for choice in choices), left=True, kept=True),
        *(LaidColumn(name, tuple(_predicted(choice.predictions.get(name)) for choice in choices)) for name in names),
        LaidColumn("goes to", tuple(choice.engine for choice in choices), left=True),
    ]
    _print_columns(console, columns)
    print_line(
        console,
        "A run takes what answers all questions first; starts are weighed, too. An engine that could not gain is not asked.",
    )


def _predicted(prediction: PredictedSeconds | None) -> str:
    if prediction is None:
        return "-"
    compiling = f"{numbers.duration(prediction.compile)} + " if prediction.compile else ""
    return compiling + numbers.duration(prediction.compute)


def _print_columns(console: Console, columns: Sequence[LaidColumn]) -> None:
    for layout in lay_out(columns, console.width, whole=True):
        for line in layout.headings:
            print_line(console, line, "bold")
        for row in layout.rows:
            for line in row:
                print_line(console, line)

"""A run as a person reads it: what was found in sentences, the tables that matter, and on request the engines."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.text import Text

from ...kernels.model.evaluate import dependence
from ...kernels.model.questions import Question, Result
from ..answers.answer import Answer
from ..errors import Parameter, Spelling, named
from ..study.detail import Detail
from ..study.loader import Study
from ..study.names import saying_of
from ..terminal import numbers
from ..terminal.layout import LaidColumn, lay_out
from .answer_table import TableView, answer_lines, print_line, wrapped
from .missing_facts import missing_sentences
from .outcome import EngineRun, Run
from .sentences import headlines

MAX_TABLE_LINES = 34  # of all tables together, unless all is asked for
INDENT = "  "


@dataclass(frozen=True)
class RunView:
    """What of a run is printed.

    Attributes
    ----------
    full
        Whether every question, row and column is.
    chosen
        Whether the questions were chosen by name: all of them are shown then.
    pruning
        Whether it is said how much of the grid was left out of the computation.
    details
        Whether notes on how inputs came about are printed, too.
    spell
        How parameters that would change what is printed are named.
    """

    full: bool = False
    chosen: bool = False
    pruning: bool = False
    details: bool = False
    spell: Spelling = named


def print_findings(console: Console, run: Run, view: RunView = RunView()) -> list[Answer]:  # noqa: B008: it is frozen
    """Print the study's title, what was found in sentences, the tables that matter, and what else there is.

    Parameters
    ----------
    console
        Where to.
    run
        What running the study gave; the fastest engine's answers are shown.
    view
        What is printed.

    Returns
    -------
    list
        The answers whose tables are shown.
    """
    study, fastest = run.study, run.fastest()
    print_line(console, study.title, "bold")
    said = headlines(run)
    if said:
        console.print()
    for sentence in said:
        _print_sentence(console, sentence)
    answers = run.answers_of(fastest.engine)
    results = {question_run.question.name: question_run.result for question_run in fastest.questions}
    shown, room, once = list[Answer](), MAX_TABLE_LINES, {*said}
    for answer in answers:
        if saying_of(study, answer.name).hidden and not (view.full or view.chosen):
            continue
        lines = answer_lines(answer, study, TableView(console.width, view.full, view.spell), once)
        if view.full or view.pruning:
            lines += [Text(text, style="dim") for text in [pruning_text(results[answer.name], answer)] if text]
        lines = [part for line in lines for part in wrapped(console, line)]
        if not (view.full or view.chosen or not shown or len(lines) <= room):
            continue
        room -= len(lines)
        shown.append(answer)
        once |= {line.plain for line in lines if line.plain.startswith("every row: ")}
        for line in lines:
            console.print(line, highlight=False)
    console.print()
    for sentence in dict.fromkeys(text for answer in shown for text in missing_sentences(answer, study)):
        _print_sentence(console, sentence)
    others = [answer.name for answer in answers if answer not in shown]
    if others:
        _print_sentence(console, _others_text(others, view.spell, 2 * console.width - 8))
    _print_sentence(console, f"{scenarios_text(study)}.")
    return shown


def _print_sentence(console: Console, sentence: str) -> None:
    """Print a sentence, its further lines indented, so that each is seen to begin."""
    for line in textwrap.wrap(sentence, console.width, subsequent_indent=INDENT, break_on_hyphens=False) or [""]:
        print_line(console, line)


def _others_text(names: Sequence[str], spell: Spelling, room: int) -> str:
    """Say which other answers there are, as many by name as there is room for (characters), and how to see them."""
    count = f"{len(names)} more answer{'s' if len(names) > 1 else ''}"
    ways = f"{spell(Parameter('full'))} prints them, {spell(Parameter('report', 'FILE.html'))} has pictures."
    listed: list[str] = []
    for name in names:
        if len(", ".join([count, *listed, name, ways])) > room:
            break
        listed.append(name)
    return f"{count} ({', '.join(listed)}{', ...' if len(listed) < len(names) else ''}): {ways}" if listed else f"{count}: {ways}"


def scenarios_text(study: Study) -> str:
    """Say how many different scenarios the answers depend on: ``1.2 million different scenarios, each with 512 draws``.

    A question's scenarios are the points of the axes that its answer depends on; those of a question that depends on more axes
    include them. What nobody knows counts as draws, unless a question keeps it.

    Parameters
    ----------
    study
        Whose questions.
    """
    axes = study.problem.grid.axes
    spans = [_axes_of(study, question) for question in study.questions]
    chosen = {frozenset(i for i in span if not axes[i].uncertain or axes[i].name in question.by) for question, span in
              zip(study.questions, spans, strict=True)}
    largest = [span for span in chosen if not any(span < other for other in chosen)]
    count = sum(math.prod(len(axes[i]) for i in span) for span in largest)
    draws = {
        math.prod(len(axes[i]) for i in span if axes[i].uncertain and axes[i].name not in question.by)
        for question, span in zip(study.questions, spans, strict=True)
    }
    text = numbers.count(count, "different scenario") if count > 1 else "1 scenario"
    if max(draws) == 1:
        return f"Computed for {text}"
    each = f"{'each ' if count > 1 else ''}with {'up to ' if len(draws) > 1 else ''}{numbers.count(max(draws), 'draw')}"
    return f"Computed for {text}, {each} of what nobody knows"


def _axes_of(study: Study, question: Question) -> frozenset[int]:
    """Find the axes that a question's answer depends on."""
    grid = study.problem.grid
    kept = {grid.position(name) for name in question.by}
    return frozenset(kept).union(*dependence(study.problem, question.targets()).values())


def grid_text(study: Study) -> str:
    """Write how many scenarios a study has, and along which axes: ``64 scenarios: chip 4 x chip_count 16``."""
    shape = " x ".join(f"{axis.name} {len(axis):,}" for axis in study.problem.grid.axes)
    return f"{numbers.count(study.points, 'scenario')}{f': {shape}' if shape else ''}"


def pruning_text(result: Result, answer: Answer) -> str:
    """Say how much of the grid an engine had to compute, where conditions ruled a part out before; and how much meets them.

    Parameters
    ----------
    result
        The engine's counts.
    answer
        What was answered.

    Returns
    -------
    str
        Empty where nothing was ruled out.
    """
    if not result.pruned:
        return ""
    points = result.evaluated + result.pruned
    text = f"Of {numbers.count(points, 'point')} {numbers.count(result.evaluated)} were computed; the conditions rule out the others"
    if "feasible" in answer.values:
        text += f"; {numbers.count(int(np.sum(answer.values['feasible'].data)), 'scenario')} meet them"
    return f"{text}."


def print_notes(console: Console, study: Study, *, details: bool = False) -> None:
    """Print what a reader should know of how a study was read; with ``details`` also how its inputs came about."""
    for note in study.notes:
        if details or not isinstance(note, Detail):
            _print_sentence(console, f"Note: {note}")


def print_engines(console: Console, run: Run) -> None:
    """Print a line for each engine: speed, agreement with NumPy, memory; and why others are not there."""
    console.print()
    columns = [
        LaidColumn("engine", tuple(engine.engine for engine in run.engines), left=True, kept=True),
        LaidColumn("dtype", tuple(engine.dtype for engine in run.engines)),
        LaidColumn("points computed", tuple(numbers.count(engine.evaluated) for engine in run.engines)),
        LaidColumn("seconds", tuple(numbers.duration(engine.seconds, "column") for engine in run.engines)),
        LaidColumn("points a second", tuple(numbers.count(engine.points_per_second) for engine in run.engines)),
        LaidColumn("compiled in", tuple(numbers.duration(engine.prepare_seconds) for engine in run.engines)),
        LaidColumn("off NumPy by", tuple(map(_off, run.engines))),
        LaidColumn("peak memory", tuple(numbers.memory(engine.peak_memory_bytes) for engine in run.engines)),
    ]
    for layout in lay_out(columns, console.width, whole=True):
        for line in layout.headings:
            print_line(console, line, "bold")
        for row in layout.rows:
            for line in row:
                print_line(console, line)
    for state in run.absent:
        print_line(console, f"{state.name}: not here: {state.reason}")


def _off(engine: EngineRun) -> str:
    return "reference" if engine.engine == "numpy" else f"{engine.max_relative_error:.1g} ({engine.checked})"

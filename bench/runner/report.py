"""A run as a person reads it: what was found in sentences, the tables that matter, and on request the engines."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from rich.console import Console
from rich.text import Text

from ...kernels.model.evaluate import dependence
from ...kernels.model.questions import Question, Result
from ...kernels.text import visible
from ..answers.answer import Answer
from ..errors import Parameter, Spelling, named
from ..study.detail import Detail
from ..study.loader import Study
from ..study.names import saying_of
from ..terminal import numbers
from ..terminal.laid_tables import wrap_sentence
from .answer_table import TableView, answer_lines, print_lines, same_in_all, wrapped
from .empty_answers import NOTHING, has_number
from .engine_words import computed_sentence
from .missing_facts import missing_sentences
from .outcome import Run
from .sentences import emptiness, headline_questions, headlines, left_out

MAX_TABLE_LINES = 26  # of all tables together, unless all is asked for
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


@dataclass(frozen=True)
class RunFindings:
    """What of a run was printed.

    Attributes
    ----------
    answers
        Those whose tables are shown, or that the sentences speak of.
    height
        How many lines that took.
    """

    answers: tuple[Answer, ...]
    height: int


def print_findings(console: Console, run: Run, view: RunView = RunView()) -> RunFindings:
    """Print the study's title, what was found in sentences, the tables that matter, and what else there is.

    Parameters
    ----------
    console
        Where to.
    run
        What running the study gave; the fastest engine's answers are shown.
    view
        What is printed.
    """
    study = run.study
    said = headlines(run)
    lines = wrapped(console, Text(visible(study.title), style="bold"))
    lines += [Text()] if said else []
    lines += [line for sentence in said for line in _sentence_lines(sentence, console.width)]
    answers = run.shown()
    shown, tables = _tables(console, run, view, said)
    lines += [*tables, Text()]
    picked = {answer.name for answer in shown if saying_of(study, answer.name).points and has_number(answer)}
    whole = [answer for answer in shown if view.full or answer.name not in picked]
    for sentence in dict.fromkeys(text for answer in whole for text in missing_sentences(answer, study)):
        lines += _sentence_lines(sentence, console.width)
    others = [answer.name for answer in answers if answer not in shown]
    if others:
        lines += _sentence_lines(_others_text(others, view.spell, console.width), console.width)
    computed = computed_sentence(run)
    for sentence in (f"{scenarios_text(study)}.", *([computed] if computed else [])):
        lines += _sentence_lines(sentence, console.width)
    print_lines(console, lines)
    spoken = headline_questions(study)
    return RunFindings(tuple(answer for answer in answers if answer in shown or answer.name in spoken), len(lines))


def _tables(console: Console, run: Run, view: RunView, headed: Sequence[str]) -> tuple[list[Answer], list[Text]]:
    """Write the tables that matter and fit on a screen, the first of them in any case; all where the view asks for that."""
    study = run.study
    results = {timed.question.name: timed.result for engine in run.shown_engines() for timed in engine.questions}
    shown, result, said = list[Answer](), list[Text](), {*headed}
    answers = run.shown()
    said |= {NOTHING} if said & {*emptiness(answers, study)} else set()
    for answer in answers:
        if saying_of(study, answer.name).hidden and not (view.full or view.chosen):
            continue
        texts = answer_lines(answer, study, TableView(console.width, view.full, view.spell), said)
        pruning = pruning_text(answer, results[answer.question.name]) if view.pruning else ""
        lines = [
            line for text in (*texts, *([Text(pruning, style="dim")] if pruning else ())) for line in wrapped(console, text)
        ]
        if view.full or view.chosen or not shown or len(result) + len(lines) <= MAX_TABLE_LINES:
            shown.append(answer)
            result += lines
            said |= same_in_all(answer, study)
    return shown, result


def _sentence_lines(sentence: str, width: int) -> list[Text]:
    """Break a sentence, its further lines indented, so that each is seen to begin."""
    return [Text(line) for line in wrap_sentence(sentence, width, INDENT)]


def _others_text(names: Sequence[str], spell: Spelling, room: int) -> str:
    """Say which other answers there are, as many by name as there is room for (characters), and how to see them."""
    count = f"{len(names)} more answer{'s' if len(names) > 1 else ''}"
    means = f"{spell(Parameter('full'))} prints all, {spell(Parameter('report', 'FILE.html'))} has pictures."
    told: list[str] = []
    for name in names:
        if len(_others_line(count, [*told, name], len(names), means)) > room:
            break
        told.append(name)
    return _others_line(count, told, len(names), means)


def _others_line(count: str, told: Sequence[str], number: int, means: str) -> str:
    names = ", ".join([*told, *(["..."] if len(told) < number else [])])
    return f"{count} ({names}): {means}" if told else f"{count}: {means}"


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
    chosen = {
        frozenset(i for i in span if not axes[i].uncertain or axes[i].name in question.by)
        for question, span in zip(study.questions, spans, strict=True)
    }
    largest = [span for span in chosen if not any(span < other for other in chosen)]
    count = sum(math.prod(len(axes[i]) for i in span) for span in largest)
    draws = {
        math.prod(len(axes[i]) for i in span if axes[i].uncertain and axes[i].name not in question.by)
        for question, span in zip(study.questions, spans, strict=True)
    }
    text = numbers.count(count, "different scenario") if count > 1 else "1 scenario"
    if max(draws) == 1:
        return f"Computed for {text}"
    with_draws = f"{'each ' if count > 1 else ''}with {'up to ' if len(draws) > 1 else ''}{numbers.count(max(draws), 'draw')}"
    return f"Computed for {text}, {with_draws}"


def _axes_of(study: Study, question: Question) -> frozenset[int]:
    """Find the axes that a question's answer depends on."""
    grid = study.problem.grid
    kept = {grid.position(name) for name in question.by}
    problem = replace(study.problem, statistics={})  # a statistic rests on the draws that it is taken of
    return frozenset(kept).union(*dependence(problem, question.targets()).values())


def grid_text(study: Study) -> str:
    """Write how many scenarios a study has, and along which axes: ``64 scenarios: chip 4 x chip_count 16``."""
    shape = " x ".join(f"{axis.name} {len(axis):,}" for axis in study.problem.grid.axes)
    return f"{numbers.count(study.points, 'scenario')}{f': {shape}' if shape else ''}"


def pruning_text(answer: Answer, result: Result) -> str:
    """Say how much of the grid an engine had to compute, where conditions ruled a part out before; and how much meets them.

    Parameters
    ----------
    answer
        What was answered.
    result
        The engine's counts.

    Returns
    -------
    str
        Empty where nothing was ruled out.
    """
    if not result.pruned:
        return ""
    points = result.evaluated + result.pruned
    computed = numbers.count(result.evaluated)
    text = f"Of {numbers.count(points, 'point')} {computed} were computed; the conditions rule out the others"
    if "feasible" in answer.values:  # counts are of the whole grid, whose points may be alike many at a time
        feasible, count = (float(np.sum(answer.values[name].data)) for name in ("feasible", "count"))
        text += f"; {numbers.count(round(points * feasible / count))} meet them"
    return f"{text}."


def print_notes(console: Console, study: Study, *, details: bool = False) -> None:
    """Print what a reader should know of how a study was read.

    Parameters
    ----------
    console
        Where to.
    study
        What has the notes.
    details
        Whether notes on how inputs came about are printed, too.
    """
    for note in study.notes:
        if details or not isinstance(note, Detail):
            print_lines(console, _sentence_lines(f"Note: {note}", console.width))


def print_left_out(console: Console, run: Run) -> None:
    """Print which of the study's own sentences are not told, since something that they say is not known."""
    print_lines(console, [line for text in left_out(run) for line in _sentence_lines(f"Note: {text}", console.width)])

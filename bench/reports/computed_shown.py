"""How a run's answers were computed and checked, and what makes them again."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ... import __version__, configs
from ..machine.info import GPU_ENGINES, this_machine
from ..records.commit import UNKNOWN, this_commit
from ..runner.engine_words import engines_text
from ..runner.outcome import EngineRun, Run
from ..runner.report import scenarios_text
from ..runner.shown_column import ShownColumn
from ..terminal import numbers

REMADE = "Made again by"


@dataclass(frozen=True)
class Remake:
    """What makes a report again.

    Attributes
    ----------
    command
        The command line, or the Python that made the run.
    whole
        The command that writes every row of every answer; empty where there is none to name.
    """

    command: str
    whole: str = ""


def python_remake(run: Run) -> Remake:
    """Write the Python that makes a run again."""
    study = run.study
    sets = f", {list(study.overrides)!r}" if study.overrides else ""
    dtype = "" if run.dtype == "float64" else f", dtype={run.dtype!r}"
    name = study.name if configs.studies().get(study.name) == study.path else study.path.name
    engine = "" if run.choices else f", {run.fastest().engine!r}"
    return Remake(f"flopwatt.run_study(flopwatt.load_study({name!r}{sets}){engine}{dtype})")


def computed_shown(run: Run, remake: Remake, moment: datetime.datetime | None = None) -> tuple[tuple[str, str], ...]:
    """Say how a run was computed: pairs of what is said, and words.

    Parameters
    ----------
    run
        What running a study gave.
    remake
        What makes it again.
    moment
        When the report is made; now unless another time is given.
    """
    engines, moment = run.shown_engines(), moment or datetime.datetime.now(datetime.UTC)
    commit = this_commit()
    known = commit.id != UNKNOWN
    version = f"{__version__}, commit {commit.short}{', with changes since' if commit.dirty else ''}" if known else __version__
    pairs = [
        ("Scenarios", scenarios_text(run.study).removeprefix("Computed for ")),
        ("Computed by", f"the {engines_text(run)} in {run.dtype}"),
        ("Held against the reference", _agreement(engines)),
        ("flopwatt", version),
        ("Machine", machine_words(on_gpu=any(engine.engine in GPU_ENGINES for engine in engines))),
        ("Made on", f"{moment.astimezone(datetime.UTC):%Y-%m-%d %H:%M} UTC"),
        (REMADE, remake.command),
        ("Digest of the study", f"SHA-256 {run.study.digest}"),
    ]
    return tuple(pair for pair in pairs if pair[1])


def _agreement(engines: Sequence[EngineRun]) -> str:
    held = "every answer in full" if all(engine.checked == "grid" for engine in engines) else "a sample of the scenarios"
    error = max(engine.max_relative_error for engine in engines)
    return f"{held}: {f'the largest relative difference is {error:.1g}' if error else 'no difference'}"


def machine_words(*, on_gpu: bool) -> str:
    """Describe this machine in words: its processor and memory, and the GPU where that computed; never its name."""
    machine = this_machine()
    cpu, cores = machine.cpu, machine.cpu.usable or machine.cpu.threads
    parts = [cpu.model or cpu.architecture, f"{numbers.count(cores, 'core')}" if cores else ""]
    if machine.memory_bytes:
        parts.append(f"{numbers.memory(machine.memory_bytes)} of memory")
    if on_gpu and machine.gpus:
        parts.append(machine.gpus[0].name)
    return ", ".join([*filter(None, parts), f"{machine.system}, {machine.python}".strip(", ")])


def engine_columns(run: Run) -> tuple[ShownColumn, ...]:
    """Make the columns of a table with a row for each engine: what it computed, how fast, and how near to NumPy."""
    engines = run.engines
    return (
        ShownColumn("Engine", "", tuple(engine.engine for engine in engines), None, is_label=True),
        ShownColumn("Runs on", "", tuple(engine.device or "-" for engine in engines), None, is_label=False),
        ShownColumn("Numbers", "", tuple(engine.dtype for engine in engines), None, is_label=False),
        _numbers("Questions", [len(engine.questions) for engine in engines], numbers.count),
        _numbers("Points computed", [engine.evaluated for engine in engines], numbers.count),
        _numbers("Points pruned", [sum(q.result.pruned for q in engine.questions) for engine in engines], numbers.count),
        _numbers("Time", [engine.seconds for engine in engines], numbers.duration),
        _numbers("Points a second", [engine.points_per_second for engine in engines], numbers.count),
        _numbers("Compilation", [engine.prepare_seconds for engine in engines], numbers.duration),
        _numbers("Largest difference from NumPy", [engine.max_relative_error for engine in engines], _difference),
    )


def _numbers(heading: str, values: Sequence[float], show: Callable[[float], str]) -> ShownColumn:
    return ShownColumn(heading, "", tuple(show(value) for value in values), tuple(map(float, values)), is_label=False)


def _difference(value: float) -> str:
    return f"{value:.1g}" if value else "none"

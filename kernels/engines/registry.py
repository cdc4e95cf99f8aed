"""Which engines this machine has, and why not the others; and the engine of a name."""

import importlib
import importlib.util
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import EngineError
from ..model.kinds import ByKind
from ..model.questions import (
    Best,
    Chunk,
    Decision,
    Histogram,
    Pareto,
    Problem,
    Quantiles,
    Question,
    Result,
    Sensitivity,
    Summary,
    Table,
)
from ..plan.collapse import Collapsed, collapse, collapse_rows
from ..plan.sensitivity import SensitivityRun
from ..plan.sharing import SharedPass, prepare_family
from ..reductions.more_is_better import less_is_better, turned
from ..reductions.over_draws import wanted_statistics
from . import driver
from .decision_run import DecisionRun
from .engine import Availability, Engine, PassRun, Prepared, Settings
from .joint_progress import JointProgress
from .statistics_run import StatisticsRun

NAMES = ("numpy", "numba", "numba-cuda", "cupy")
REFERENCE = "reference"  # what every engine is held against; nobody chooses it
MODULES = {
    "numpy": "cpu_numpy",
    "numba": "cpu_numba",
    "numba-cuda": "gpu_numba",
    "cupy": "gpu_cupy",
    REFERENCE: "cpu_reference",
}
FASTEST_FIRST = ("cupy", "numba-cuda", "numba", "numpy")


def availability(name: str) -> Availability:
    """Find out whether the engine can run on this machine, without raising."""
    try:
        state: Availability = _module(name).availability()
    except Exception as error:  # Numba reads its settings from the environment when it is imported, and raises what it likes
        names = [name for name in os.environ if name.startswith("NUMBA_")]
        remark = f"; is {' or '.join(names)} set to what will not do?" if names else ""
        return Availability(name, False, f"it cannot be imported ({driver.first_line(error)}){remark}")
    return state


def _module(name: str) -> Any:
    """Import the module of an engine; of what Numba says of the environment's variables, a line each is shown."""
    module = f"{__package__}.{MODULES[name]}"
    if module in sys.modules:
        return sys.modules[module]
    with warnings.catch_warnings(record=True) as remarks:
        warnings.simplefilter("always", RuntimeWarning)
        imported = importlib.import_module(module)
    for remark in remarks:
        if issubclass(remark.category, RuntimeWarning):
            import logging

            logging.getLogger("flopwatt").warning("warning: %s", str(remark.message).partition("\n")[0])
    return imported


def count_devices(name: str) -> int:
    """Count the GPUs that an engine, which can run here, could run on: none where it runs on the CPU.

    Parameters
    ----------
    name
        The engine.
    """
    count = getattr(_module(name), "count_devices", None)
    return int(count()) if count is not None else 0


def available() -> list[str]:
    """List the engines that can run here, fastest first."""
    return [name for name in FASTEST_FIRST if availability(name).available]


def get(name: str) -> "Collapsing":
    """Load the engine of a name.

    Parameters
    ----------
    name
        One of NAMES, or REFERENCE.

    Returns
    -------
    Collapsing
        The engine, which is handed only the axes that matter.

    Raises
    ------
    EngineError
        If there is no such engine, or it cannot run here; the message says why.
    """
    if name not in MODULES:
        raise EngineError(f"there is no engine {name!r}; there are {', '.join(NAMES)}")
    state = availability(name)
    if not state.available:
        raise EngineError(f"the engine {name} cannot run here: {state.reason}")
    return Collapsing(_module(name).ENGINE)


class Collapsing:
    """An engine that is handed only the axes that matter to the question.

    Statistics over draws in other questions than decisions are computed first, and leave a number for each decision. What is
    then asked of those numbers is asked of no draws any more, so it is small, and tables over several axes are nothing that
    kernels read: NumPy does all of such a question, whichever engine was chosen, and so all engines give the same.

    Parameters
    ----------
    engine
        The engine, which walks every axis that it is handed.
    """

    def __init__(self, engine: Engine):
        self.engine, self.name, self.shares = engine, engine.name, engine.shares

    def prepare(self, problem: Problem, question: Question, settings: Settings) -> Prepared:
        """Compile what a question needs; the object returned runs it, as often as wanted.

        Parameters
        ----------
        problem
            The model on its grid.
        question
            What is asked.
        settings
            How the engine runs.

        Raises
        ------
        EngineError
            For a kind of question that the engine does not know, or a device that is not there.
        """
        if self.leaves_to_numpy(problem, question):
            return _prepare_statistics(self.engine, problem, question, settings)
        return PREPARATIONS.of(question)(self, problem, question, settings)

    def leaves_to_numpy(self, problem: Problem, question: Question) -> bool:
        """Tell whether NumPy does a question whichever engine is chosen: one of statistics that are no decision's.

        Parameters
        ----------
        problem
            The model on its grid.
        question
            What is asked.
        """
        return bool(wanted_statistics(problem, question.targets()))

    def prepare_together(self, problem: Problem, family: Sequence[Question], settings: Settings) -> list[Prepared]:
        """Compile a family of questions (`sharing.families`), which share a first pass and run one after the other.

        Parameters
        ----------
        problem
            What is asked about.
        family
            The questions.
        settings
            How the engine runs.

        Returns
        -------
        list[Prepared]
            A run for each question, in the family's order.
        """
        if len(family) == 1 or not self.engine.shares or self.leaves_to_numpy(problem, family[0]):
            return [self.prepare(problem, question, settings) for question in family]
        small = collapse(problem, family[0])
        runs = prepare_family(family, lambda question, shared: self.engine.prepare(small.problem, question, settings, shared))
        return [_CollapsedRun(run, small) for run in runs]

    def together(self) -> AbstractContextManager[None]:
        """Compile side by side, at its end, what is prepared in the ``with`` statement's body; nothing is run before."""
        return self.engine.together()

    def compile_seconds(self, problem: Problem, question: Question, settings: Settings) -> float:
        """Predict how long `prepare` would compile: 0 where nothing is compiled, or all of it is in the cache.

        Parameters
        ----------
        problem, question, settings
            As `prepare` takes them.
        """
        return self.compile_seconds_together(problem, (question,), settings)

    def compile_seconds_together(self, problem: Problem, family: Sequence[Question], settings: Settings) -> float:
        """Predict how long `prepare_together` would compile.

        Parameters
        ----------
        problem, family, settings
            As `prepare_together` takes them.
        """
        if self.leaves_to_numpy(problem, family[0]):
            return 0.0
        predicting = _Predicting(self.engine)
        Collapsing(predicting).prepare_together(problem, family, settings)
        return predicting.seconds


class _Predicting(Engine):
    """Stands in for an engine, and adds up how long it would compile what it is asked to prepare.

    Parameters
    ----------
    engine
        The engine.
    """

    def __init__(self, engine: Engine):
        self.engine, self.name, self.shares, self.seconds = engine, engine.name, engine.shares, 0.0

    def prepare(self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None) -> Any:
        """Add what preparing would take; there is nothing to be run."""
        self.seconds += self.engine.compile_seconds(problem, question, settings, shared)
        if shared and not shared.led:
            shared.lead(lambda share: {})


@dataclass(frozen=True)
class _CollapsedRun:
    """A run on the axes that matter, whose results are those of the whole grid."""

    inner: Prepared
    collapsed: Collapsed

    def run(self) -> Result:
        return self.collapsed.expand(self.inner.run())

    def chunks(self) -> Iterator[Chunk]:
        for chunk in self.inner.chunks():
            if self.collapsed.problem.grid.shape != self.collapsed.original.shape:
                rows = chunk.start + np.arange(len(next(iter(chunk.values.values()))))
                chunk = replace(chunk, index=self.collapsed.original_index(rows))
            yield chunk


def _prepare_collapsed(engine: Collapsing, problem: Problem, question: Question, settings: Settings) -> Prepared:
    """Prepare a question on the axes that matter to it."""
    small = collapse(problem, question)
    return _CollapsedRun(engine.engine.prepare(small.problem, question, settings), small)


@dataclass(frozen=True)
class _TurnedRun(_CollapsedRun):
    """A run of a front whose quantities stand below zero where more of them is better."""

    question: Pareto

    def run(self) -> Result:
        return turned(super().run(), self.question)


def _prepare_front(engine: Collapsing, problem: Problem, question: Pareto, settings: Settings) -> Prepared:
    """Prepare a front on the axes that matter to it, such that less of both quantities is better."""
    below, asked = less_is_better(problem, question)
    small = collapse(below, asked)
    return _TurnedRun(engine.engine.prepare(small.problem, asked, settings), small, question)


def _prepare_whole(engine: Collapsing, problem: Problem, question: Table, settings: Settings) -> Prepared:
    """Prepare a table on the whole grid: every point is written, those that are alike too; of statistics, every decision."""
    small = collapse_rows(problem, question)
    return _CollapsedRun(engine.engine.prepare(small.problem, question, settings), small)


def _prepare_composed(engine: Collapsing, problem: Problem, question: Sensitivity, settings: Settings) -> Prepared:
    """Prepare a sensitivity, which is composed of summaries, each prepared for itself."""
    progress = JointProgress(settings.progress)

    def prepare(whole: Problem, summary: Summary) -> Prepared:
        return engine.prepare(whole, summary, replace(settings, progress=progress.part()))

    return SensitivityRun(problem, question, prepare, settings.dtype)


def _prepare_decision(engine: Collapsing, problem: Problem, question: Decision, settings: Settings) -> Prepared:
    """Prepare a decision, which may need a second pass for what is nearest; the first alone tells of its progress."""

    def prepare(small: Problem, asked: Decision) -> PassRun:
        return engine.engine.prepare(small, asked, replace(settings, progress=None) if asked.nearest else settings)

    return DecisionRun(problem, question, prepare)


def _prepare_statistics(engine: Engine, problem: Problem, question: Question, settings: Settings) -> Prepared:
    """Prepare a question whose statistics are computed first, which tells of the progress; NumPy does what is asked of them."""
    plain, quiet = Collapsing(_module(REFERENCE).ENGINE), replace(settings, progress=None)
    compute = engine.computing(problem, settings)
    return StatisticsRun(problem, question, settings, lambda known: plain.prepare(known, question, quiet), compute)


PREPARATIONS: ByKind[Callable[[Collapsing, Problem, Any, Settings], Prepared]] = ByKind(
    "kernels.engines.registry.PREPARATIONS",
    {
        Best: _prepare_collapsed,
        Decision: _prepare_decision,
        Summary: _prepare_collapsed,
        Quantiles: _prepare_collapsed,
        Histogram: _prepare_collapsed,
        Sensitivity: _prepare_composed,
        Pareto: _prepare_front,
        Table: _prepare_whole,
    },
)

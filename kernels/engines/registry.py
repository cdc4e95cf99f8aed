"""Which engines this machine has, and why not the others; and the engine of a name."""

import importlib
import importlib.util
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import EngineError
from ..model.kinds import ByKind
from ..model.questions import (
    Best,
    Chunk,
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
from ..plan.collapse import Collapsed, collapse
from ..plan.sensitivity import SensitivityRun
from ..plan.sharing import prepare_family
from .engine import Availability, Engine, Prepared, Settings

NAMES = ("numpy", "numba", "numba-cuda", "cupy")
MODULES = {"numpy": "cpu_numpy", "numba": "cpu_numba", "numba-cuda": "gpu_numba", "cupy": "gpu_cupy"}
FASTEST_FIRST = ("cupy", "numba-cuda", "numba", "numpy")


def availability(name: str) -> Availability:
    """Find out whether the engine can run on this machine, without raising."""
    module: Any = importlib.import_module(f".{MODULES[name]}", __package__)
    state: Availability = module.availability()
    return state


def available() -> list[str]:
    """List the engines that can run here, fastest first."""
    return [name for name in FASTEST_FIRST if availability(name).available]


def get(name: str) -> "Collapsing":
    """Load the engine of a name.

    Parameters
    ----------
    name : str
        One of NAMES.

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
    return Collapsing(importlib.import_module(f".{MODULES[name]}", __package__).ENGINE)


class Collapsing:
    """An engine that is handed only the axes that matter to the question."""

    def __init__(self, engine: Engine):
        self.engine, self.name, self.shares = engine, engine.name, engine.shares

    def prepare(self, problem: Problem, question: Question, settings: Settings) -> Prepared:
        """Compile what a question needs. Raises EngineError for a kind that the engine does not know."""
        return PREPARATIONS.of(question)(self, problem, question, settings)

    def prepare_together(self, problem: Problem, family: Sequence[Question], settings: Settings) -> list[Prepared]:
        """Compile a family of questions (`sharing.families`), which run one after the other share a first pass.

        Parameters
        ----------
        problem : Problem
            What is asked about.
        family : Sequence[Question]
            The questions.
        settings : Settings
            How the engine runs.

        Returns
        -------
        list[Prepared]
            A run for each question, in the family's order.
        """
        if len(family) == 1 or not self.engine.shares:
            return [self.prepare(problem, question, settings) for question in family]
        small = collapse(problem, family[0])
        runs = prepare_family(family, lambda question, shared: self.engine.prepare(small.problem, question, settings, shared))
        return [_CollapsedRun(run, small) for run in runs]


@dataclass(frozen=True)
class _CollapsedRun:
    inner: Prepared
    collapsed: Collapsed

    def run(self) -> Result:
        return self.collapsed.expand(self.inner.run())

    def chunks(self) -> Iterator[Chunk]:
        return self.inner.chunks()


def _collapsed(engine: Collapsing, problem: Problem, question: Question, settings: Settings) -> Prepared:
    small = collapse(problem, question)
    return _CollapsedRun(engine.engine.prepare(small.problem, question, settings), small)


def _whole(engine: Collapsing, problem: Problem, question: Table, settings: Settings) -> Prepared:
    """Every point is written, those that are alike too."""
    return _CollapsedRun(engine.engine.prepare(problem, question, settings), Collapsed(problem, 1, problem.grid))


def _composed(engine: Collapsing, problem: Problem, question: Sensitivity, settings: Settings) -> Prepared:
    """A sensitivity is composed of summaries, each prepared for itself."""
    return SensitivityRun(problem, question, lambda p, q: engine.prepare(p, q, settings), settings.dtype)


PREPARATIONS: ByKind[Callable[[Collapsing, Problem, Any, Settings], Prepared]] = ByKind(
    "kernels.engines.registry.PREPARATIONS",
    {
        Best: _collapsed,
        Summary: _collapsed,
        Quantiles: _collapsed,
        Histogram: _collapsed,
        Sensitivity: _composed,
        Pareto: _collapsed,
        Table: _whole,
    },
)

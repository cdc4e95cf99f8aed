"""What an engine is: how it is asked to run, whether it can, and what it hands back."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from ..model.questions import Chunk, Problem, Question, Result
from ..plan.sharing import SharedPass
from ..reductions.over_draws import Compute
from ..reductions.states import Passes


@dataclass(frozen=True)
class Availability:
    """Whether an engine can run here.

    Parameters
    ----------
    name
        The engine.
    available
        Whether it can run.
    reason
        Why it cannot, in one line, and what to install where that helps.
    device
        What it runs on, where it can.
    """

    name: str
    available: bool
    reason: str = ""
    device: str = ""


@dataclass(frozen=True)
class Settings:
    """How an engine runs; the answer depends on the dtype alone.

    Parameters
    ----------
    dtype
        ``float64`` or ``float32``, of all arithmetic.
    threads
        CPU threads; if None one per core, and fewer for NumPy.
    device
        Which GPU, counted from 0.
    chunk
        Outer points at a time; chosen by the engine if None.
    progress
        Called with the share of the question's work that is done, from 0 to 1, now and then, from any thread.
    """

    dtype: str = "float64"
    threads: int | None = None
    device: int = 0
    chunk: int | None = None
    progress: Callable[[float], None] | None = None


class Engine(Protocol):
    """What runs questions; one that compiles nothing, or each kernel as it comes, has the last three methods from here.

    Attributes
    ----------
    name
        One of `registry.NAMES`, or `registry.REFERENCE`.
    shares
        Whether it can do a pass for several questions at once.
    """

    name: str
    shares: bool

    def prepare(self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None) -> "PassRun":
        """Compile what a question needs; the object returned runs it, as often as wanted.

        Parameters
        ----------
        problem
            The model on its grid.
        question
            What is asked.
        settings
            How the engine runs.
        shared
            A first pass that the question has in common with others.

        Raises
        ------
        EngineError
            For a kind of question that the engine does not know, or a device that is not there.
        """
        ...

    def compile_seconds(
        self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None
    ) -> float:
        """Predict how long `prepare` would compile on one core: 0 where nothing is compiled, or all of it is in the cache.

        Parameters
        ----------
        problem, question, settings, shared
            As `prepare` takes them.
        """
        return 0.0

    def together(self) -> AbstractContextManager[None]:
        """Compile side by side, at its end, what is prepared in the ``with`` statement's body; nothing is run before."""
        return nullcontext()

    def computing(self, problem: Problem, settings: Settings) -> Compute | None:
        """Return what computes statistics over draws for `over_draws.tabulate`; None where that is done here.

        Parameters
        ----------
        problem, settings
            The model on its grid, and how the engine runs.
        """
        return None


class Prepared(Protocol):
    """A question that is ready to run."""

    def run(self) -> Result:
        """Answer the question."""

    def chunks(self) -> Iterator[Chunk]:
        """Compute a table's values and hand them over chunk by chunk, in the order of the flat index."""


class PassRun(Prepared, Passes, Protocol):
    """A question that is ready to run on one engine, which can be asked for single passes too."""

"""What an engine is: how it is asked to run, whether it can, and what it hands back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from ..model.questions import Chunk, Problem, Question, Result
from ..plan.sharing import SharedPass


@dataclass(frozen=True)
class Availability:
    """Whether an engine can run here; ``reason`` is one line, and says what to install where that helps."""

    name: str
    available: bool
    reason: str = ""
    device: str = ""


@dataclass(frozen=True)
class Settings:
    """How an engine runs. ``progress`` is called with the share done, from 0 to 1, now and then, from any thread."""

    dtype: str = "float64"
    threads: int | None = None
    device: int = 0
    chunk: int | None = None  # outer points at a time; the answer does not depend on it
    progress: Callable[[float], None] | None = None


class Engine(Protocol):
    """``prepare`` compiles what a question needs; the object it returns runs it, as often as wanted.

    An engine that ``shares`` can do a pass for several questions at once.
    """

    name: str
    shares: bool

    def prepare(
        self, problem: Problem, question: Question, settings: Settings, shared: SharedPass | None = None
    ) -> "Prepared": ...


class Prepared(Protocol):
    """``run`` answers the question; ``chunks`` gives a table's values, stretch by stretch."""

    def run(self) -> Result: ...
    def chunks(self) -> Iterator[Chunk]: ...

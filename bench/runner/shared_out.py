"""What a study's run needs of whoever does its questions in parts elsewhere."""

from collections.abc import Callable
from typing import Any, Protocol

from ...kernels.engines import Collapsing, Settings
from ...kernels.model.questions import Problem, Question
from .table_walk import Walk


class SharedOut(Protocol):
    """Has a study's questions done in parts.

    Attributes
    ----------
    engine
        The name of the engine that computes, which need not be here.
    computes
        Whether what is not part of the study can be computed too.
    """

    engine: str
    computes: bool

    def collapsing(self) -> Collapsing:
        """Return the engine that answers, as `engines.get` gives one that is here."""
        ...

    def prepare_table(self, problem: Problem, question: Question, settings: Settings) -> Any:
        """Compile a table; `walk` takes what it returns.

        Parameters
        ----------
        problem, question, settings
            What the table is of, the dtype, and whom to tell of progress.
        """
        ...

    def walk(self, job: Any, progress: Callable[[float], None] | None) -> Walk:
        """Compute a table, which is written on the way where it has a place."""
        ...

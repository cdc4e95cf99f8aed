"""What a benchmark suite tells about what it times, so that the record can hold more than seconds."""

from dataclasses import dataclass, field
from typing import Any

from ..records.record import Reading, StoredAnswer, count_evaluated

ATTRIBUTE = "flopwatt"  # of the benchmark fixture


@dataclass
class Case:
    """One benchmark, as its suite describes it.

    Parameters
    ----------
    engine, dtype
        What computes it, and in which type; empty where it is no engine's work.
    points
        The points of the grid that a call answers for.
    evaluated
        How many of them a call computes, the rest being pruned; None where all are computed.
    threads
        The threads that it may use; None where that is not said.
    device
        The number of the GPU that the engine uses.
    compile_seconds
        What compiling took (s); to be set before the timing.
    prepared
        The engine's object whose ``run`` is timed.
    answers
        What was answered; may be set after the timing.
    max_relative_error
        The largest relative difference from the reference; may be set after the timing.
    """

    engine: str = ""
    dtype: str = ""
    points: int | None = None
    evaluated: int | None = None
    threads: int | None = None
    device: int = 0
    compile_seconds: float | None = None
    prepared: Any = None
    answers: tuple[StoredAnswer, ...] = ()
    max_relative_error: Reading = field(default_factory=Reading)

    @property
    def work(self) -> int | None:
        """The points that a call evaluates."""
        return count_evaluated(self.points, self.evaluated)


def describe(benchmark: Any, case: Case) -> Case:
    """Tell the ``benchmark`` fixture what it times; plain pytest-benchmark keeps the scalars as ``extra_info``."""
    setattr(benchmark, ATTRIBUTE, case)
    facts = {name: getattr(case, name) for name in ("engine", "dtype", "points", "evaluated", "compile_seconds")}
    benchmark.extra_info.update({name: value for name, value in facts.items() if value not in (None, "")})
    return case


def case_of(benchmark: Any) -> Case:
    """Return what `describe` was told about a benchmark; an empty case where it was told nothing."""
    case = getattr(benchmark, ATTRIBUTE, None)
    return case if isinstance(case, Case) else Case()

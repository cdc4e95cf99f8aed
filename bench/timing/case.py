"""What a benchmark suite tells about what it times, so that the record can hold more than seconds."""

from dataclasses import dataclass, field
from typing import Any

from ..records.record import Reading, StoredAnswer, worked

ATTRIBUTE = "flopwatt"  # of the benchmark fixture


@dataclass
class Case:
    """One benchmark: which engine, how many points; ``prepared`` is the engine's object whose ``run`` is timed.

    ``evaluated`` of the points are computed in a call, the rest pruned (None: all are computed).

    ``answers`` and ``max_relative_error`` may be set after the timing, ``compile_seconds`` before.
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
        return worked(self.points, self.evaluated)


def describe(benchmark: Any, case: Case) -> Case:
    """Tell the ``benchmark`` fixture what it times; plain pytest-benchmark keeps the scalars as ``extra_info``."""
    setattr(benchmark, ATTRIBUTE, case)
    facts = {name: getattr(case, name) for name in ("engine", "dtype", "points", "evaluated", "compile_seconds")}
    benchmark.extra_info.update({name: value for name, value in facts.items() if value not in (None, "")})
    return case


def case_of(benchmark: Any) -> Case:
    """What was told about a benchmark; an empty case where nothing was."""
    found = getattr(benchmark, ATTRIBUTE, None)
    return found if isinstance(found, Case) else Case()

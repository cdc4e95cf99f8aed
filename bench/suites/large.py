"""Grids so large that a GPU computes for a second, tables that are written whole, and how their answers are checked."""

from dataclasses import dataclass

import numpy as np

from flopwatt.bench.machine.info import GPU_ENGINES
from flopwatt.bench.suites import shapes
from flopwatt.bench.suites.shapes import Shape
from flopwatt.bench.suites.timing import hold, slice_problem, slice_result
from flopwatt.bench.verify.agreement import agreement, agreement_at_points
from flopwatt.bench.verify.tolerance import TOLERANCE
from flopwatt.kernels import engines
from flopwatt.kernels.engines import Prepared, Settings
from flopwatt.kernels.model.evaluate import evaluate_at
from flopwatt.kernels.model.questions import Question, Result, Table

LARGE = {
    "9 axes, 1e12": lambda: shapes.shallow(9, 1e12),
    "9 axes, 4e12": lambda: shapes.shallow(9, 4e12),
    "12 axes, 1e12": lambda: shapes.shallow(12, 1e12),
    "deep, 16 axes, 5e10": lambda: shapes.deep(5e10),
    "strategy, 14 axes, 1e10": lambda: shapes.deep(1e10, priced=False),
}
TABLES = {"6 axes, 1e9": lambda: shapes.shallow(6, 1e9)}
CHECKED = 5e9  # points of a group that is asked for once more, on an engine of the CPU
LOOKED_AT = 1000  # values of a table


def checked(shape: Shape, question: Question, result: Result, engine: str, dtype: str) -> float | None:
    """Assert that an answer is right: a group in the middle as the CPU's fastest engine has it, and every best where it stands.

    Parameters
    ----------
    shape, question
        What was answered.
    result
        The answer on the whole grid.
    engine, dtype
        Who gave it, and in which type.

    Returns
    -------
    float or None
        The largest relative difference; None where groups are too large to be asked for again.
    """
    assert result.evaluated + result.pruned == shape.points
    lengths = tuple(len(shape.problem.grid.axes[shape.problem.grid.position(name)]) for name in question.by)
    groups, error = int(np.prod(lengths)), None
    if shape.points / groups <= CHECKED:
        group = tuple(int(i) for i in np.unravel_index(groups // 2, lengths))
        problem = slice_problem(shape.problem, question, group)
        cpu = next(name for name in engines.available() if name not in GPU_ENGINES)
        expected = engines.get(cpu).prepare(problem, question, Settings(dtype)).run()
        part = slice_result(shape.problem, question, result, group)
        error = hold(agreement(problem, question, part, expected, dtype), engine)
    at_points = agreement_at_points(shape.problem, question, result, dtype)
    assert not at_points.wrong, f"{engine}: {at_points.wrong}"
    return error


@dataclass
class WholeTable:
    """A table as something that is run: every chunk is computed and copied back, and none is kept.

    Parameters
    ----------
    inner
        The prepared question; it is unwrapped, so that device events are put around its copies and launches.
    """

    inner: Prepared

    def __post_init__(self) -> None:
        self.inner = getattr(self.inner, "inner", self.inner)

    def run(self) -> int:
        """Compute every value; returns how many points there were."""
        return sum(len(next(iter(chunk.values.values()))) for chunk in self.inner.chunks())


def looked_at(shape: Shape, question: Table, whole: WholeTable, dtype: str) -> float:
    """Assert that values of the first chunk are those of the formulas; returns the largest relative difference.

    Parameters
    ----------
    shape, question
        What the table is of.
    whole
        The table.
    dtype
        The type of its values.
    """
    chunk = next(iter(whole.inner.chunks()))
    places = np.linspace(0, len(chunk.values[question.quantities[0]]) - 1, LOOKED_AT).astype(np.int64)
    expected, error = evaluate_at(shape.problem, list(question.quantities), chunk.start + places, dtype), 0.0
    for name in question.quantities:
        values = chunk.values[name][places].astype(float)
        error = max(error, float(np.max(np.abs(values / expected[name] - 1))))
    assert error <= TOLERANCE[dtype]
    return error

"""Tables: every scenario's values, walked in stretches so that memory is a stretch's and never the grid's."""

import copy
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...kernels.model.evaluate import evaluate_at, meets
from ...kernels.model.questions import Chunk, Problem, Question, Result
from ...kernels.plan.collapse import collapse_rows, scenarios
from ...kernels.reductions.over_draws import wanted_statistics
from ..verify.tolerance import TOLERANCE, Agreement, largest, relative, shift

MAX_KEPT = 1000  # rows that an answer keeps; a file gets all of them
MAX_PROBED = 100_000  # scenarios that are held against NumPy

Array = NDArray[Any]


@dataclass(frozen=True)
class Walk:
    """One pass over a table.

    Attributes
    ----------
    result
        The first rows (``index`` is their flat index) in base units, and how many there are in all (``rows``).
    seconds
        Seconds that the engine took, looking at what it handed out apart.
    agreement
        How far a sample of the scenarios is from NumPy's.
    """

    result: Result
    seconds: float
    agreement: Agreement


def walk(prepared: Any, problem: Problem, question: Question, dtype: str) -> Walk:
    """Walk a whole table; a sample of its scenarios, at most MAX_PROBED, is held against NumPy.

    Parameters
    ----------
    prepared
        What an engine prepared; its ``chunks()`` hands the table out in stretches.
    problem, question
        What the table is of.
    dtype
        The floating-point type of its values, which says how far they may be from NumPy's.
    """
    small = collapse_rows(problem, question)  # whose points are rows: of statistics, decisions
    probes = Probes(small.problem, question, dtype)
    kept: list[tuple[Array, dict[str, Array]]] = []
    rows = nan = length = 0
    seconds = 0.0
    stretches = iter(prepared.chunks())
    while True:
        start = time.perf_counter()
        chunk = next(stretches, None)
        seconds += time.perf_counter() - start
        if chunk is None:
            break
        probes.compare(chunk)
        met, unknown = find_rows(chunk)
        rows, nan = rows + int(met.sum()), nan + int(unknown.sum())
        if length < MAX_KEPT:
            kept.append(rows_of(chunk, MAX_KEPT - length))
            length += len(kept[-1][0])
    values = {name: np.concatenate([part[name] for _, part in kept]) for name in question.objectives()}
    index = np.concatenate([index for index, _ in kept])
    values |= {"index": index, "rows": np.array(rows)}
    evaluated = scenarios(problem, question) if small.times > 1 else problem.grid.size
    return Walk(Result(values, evaluated=evaluated, nan=nan * small.times), seconds, probes.agreement)


def find_rows(chunk: Chunk) -> tuple[Array, Array]:
    """Tell which points of a stretch are rows, and which are not known.

    Parameters
    ----------
    chunk
        The stretch.
    """
    unknown = np.zeros(len(next(iter(chunk.values.values()))), bool)
    for values in chunk.values.values():
        if len(values) and np.isnan(values.min()):  # which a NaN passes through, and takes a tenth of the time
            unknown |= np.isnan(values)
    return (~unknown if chunk.feasible is None else chunk.feasible & ~unknown), unknown


def rows_of(chunk: Chunk, limit: int | None = None) -> tuple[Array, dict[str, Array]]:
    """Pick a stretch's rows, the first ``limit`` of them: the scenarios that meet `where` and are known.

    Returns
    -------
    index
        Their flat indices in the grid.
    values
        Each quantity's values there, in base units.
    """
    places = np.flatnonzero(find_rows(chunk)[0])[:limit]
    index = chunk.start + places if chunk.index is None else chunk.index[places]
    return index, {name: values[places] for name, values in chunk.values.items()}


def stretches(prepared: Any) -> Iterator[tuple[Array, dict[str, Array]]]:
    """Hand out all rows of a table, stretch by stretch: their flat indices and values as `rows_of` gives them."""
    for chunk in prepared.chunks():
        yield rows_of(chunk)


class Probes:
    """Scenarios, the same for the same grid, whose values and conditions are compared with NumPy's as they pass.

    Parameters
    ----------
    problem, question
        What the table is of, on the grid of its rows.
    dtype
        The floating-point type of its values.
    """

    def __init__(self, problem: Problem, question: Question, dtype: str):
        self.problem, self.question, self.dtype = problem, question, dtype
        size = problem.grid.size
        random = np.random.default_rng(0)
        draws = [over.draws for over in wanted_statistics(problem, question.targets()).values()]
        most = max(MAX_PROBED // max(draws, default=1), 1)  # a statistic is computed of all its draws
        self.flat = np.arange(size) if size <= most else np.unique(random.integers(size, size=most))
        self.agreement = Agreement(0.0)

    def fresh(self) -> "Probes":
        """Give the same probes, none of which has been compared."""
        probes = copy.copy(self)
        probes.agreement = Agreement(0.0)
        return probes

    def compare(self, chunk: Chunk) -> None:
        """Compare the probes that lie in a stretch, and add what differs to ``agreement``.

        Parameters
        ----------
        chunk
            The stretch.
        """
        length = len(next(iter(chunk.values.values())))
        first, last = np.searchsorted(self.flat, [chunk.start, chunk.start + length])
        flat = self.flat[first:last]
        expected = evaluate_at(self.problem, self.question.targets(), flat, self.dtype)
        for name, values in chunk.values.items():
            error = largest(relative(values[flat - chunk.start], expected[name]))
            wrong = f"its {name} differs" if error > TOLERANCE[self.dtype] else ""
            self.agreement &= Agreement(error, wrong)
        if chunk.feasible is not None:
            self._compare_conditions(chunk.feasible[flat - chunk.start], expected)

    def _compare_conditions(self, met: Array, expected: dict[str, Array]) -> None:
        tight, loose = (self._meets(expected, sign) for sign in (-1, 1))
        if ((met & ~loose) | (tight & ~met)).any():
            self.agreement &= Agreement(0.0, "which scenarios meet the conditions differs")

    def _meets(self, values: dict[str, Array], sign: int) -> Array:
        result = np.ones(len(next(iter(values.values()))), bool)
        for condition in self.question.where:
            for moved in shift(condition, sign * TOLERANCE[self.dtype]):
                result &= meets(moved, values, np.dtype(self.dtype))
        return result

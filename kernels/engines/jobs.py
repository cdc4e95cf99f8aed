"""Jobs: what of a question can be done in parts, anywhere and in any order, whose states merge to those of one run.

A part is a range of an engine's steps. A state depends on the question, the model on its grid, the engine and the dtype, and on
nothing of the machine but its instruction set: `Job.key` names all of the former.
"""

import abc
import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..graph.expression import Node
from ..graph.tracing import trace
from ..model.grid import Grid
from ..model.quantity import Model
from ..model.questions import Problem, Question, group_shape
from ..reductions import partials
from ..reductions.over_draws import BlocksOfDecisions, OverDraws
from ..reductions.partials import Partial
from ..reductions.states import Visited
from .engine import Settings
from .planned import PlannedRun
from .registry import get

_DRAW_SECONDS = 0.1e-9  # of a quantity at a draw: 0.07 to 0.2 ns of 190 quantities, which most draws leave as they are


class JobParts(Protocol):
    """A job that is ready to be done here."""

    @property
    def steps(self) -> int:
        """In how many steps it can be shared out; the same wherever it is done."""
        ...

    def partial(self, low: int, high: int) -> Partial:
        """Do the steps from ``low`` to before ``high``."""
        ...


@dataclass(frozen=True, eq=False)
class Job(abc.ABC):
    """Work on a grid that is done in parts.

    Attributes
    ----------
    engine
        The name of the engine that does it.
    problem
        The model on its grid.
    dtype
        ``float64`` or ``float32``, of all arithmetic.
    """

    engine: str
    problem: Problem
    dtype: str

    by_one_thread = False  # whether a part has work for one thread only, so that several are done side by side

    def seconds(self) -> float | None:
        """Predict how long one core takes for all of it; None where the question's plan tells."""
        return None

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """What people call the question that it is part of."""

    @abc.abstractmethod
    def begin(self, settings: Settings) -> JobParts:
        """Compile what the job needs.

        Parameters
        ----------
        settings
            How the engine runs here; the dtype is the job's.

        Raises
        ------
        EngineError
            Where the engine cannot do it here.
        """

    @abc.abstractmethod
    def merge(self, states: Sequence[Partial]) -> Partial:
        """Merge the states of parts that have no step in common, at least one, in any order."""

    @abc.abstractmethod
    def complete(self, state: Partial) -> Partial:
        """Arrange the state of some parts as if the others had no scenario: a stand-in while these are done elsewhere."""

    def within(self, state: Partial) -> Partial:
        """Keep of a state of more what the job's scope asks for."""
        return state

    def stand_in(self) -> "Job":
        """Return a job that computes the same and leaves nothing anywhere."""
        return self

    def stands(self, low: int, high: int) -> bool:
        """Tell whether what the steps from ``low`` to before ``high`` have left beside their state is still there."""
        return True

    def lean(self) -> "Job":
        """Leave out of the model and of the grid's columns what the job does not need: what is left is sent elsewhere."""
        return replace(self, problem=lean(self.problem, self.wanted()))

    @abc.abstractmethod
    def wanted(self) -> tuple[str, ...]:
        """Name the quantities that the job computes."""

    def scope(self) -> str:
        """Say to which groups the job keeps, as a digest; nothing where it is of all."""
        return ""

    @abc.abstractmethod
    def told(self) -> str:
        """Say all that the state depends on beside the engine, the dtype and the model on its grid."""

    @cached_property
    def key(self) -> str:
        """A digest of all that the state depends on, but for the versions of what computes it, in hexadecimal."""
        digest = hashlib.sha256()
        for text in ("1", self.engine, self.dtype, self.told(), *_graph_lines(self.problem, self.wanted())):
            digest.update(f"{len(text)}:{text}".encode())
        for axis in self.problem.grid.axes:
            digest.update(repr((axis.name, axis.labels, axis.uncertain, sorted(axis.columns))).encode())
            for name in sorted(axis.columns):
                digest.update(np.ascontiguousarray(axis.columns[name], np.float64).tobytes())
            digest.update(b"" if axis.weights is None else axis.weights.tobytes())
        return digest.hexdigest()


def _graph_lines(problem: Problem, names: Sequence[str]) -> Iterator[str]:
    """List the operations by which quantities are computed, a line for each, and the values that are given."""
    traced = trace(replace(problem, statistics={}), names)
    for node in traced.graph.nodes:
        yield repr((node.op, [arg.id for arg in node.args], _value(node, problem), sorted(node.axes)))
    yield repr(sorted((name, node.id) for name, node in traced.quantities.items()))


def _value(node: Node, problem: Problem) -> Any:
    return (node.value, problem.given[node.value]) if node.op == "given" else node.value


def lean(problem: Problem, names: Sequence[str]) -> Problem:
    """Leave out what some quantities do not need: other quantities, and columns of axes, each of which keeps one.

    Parameters
    ----------
    problem
        The model on its grid.
    names
        The quantities.
    """
    needed = {item.name: item for item in problem.model.order(names, problem.held())}
    axes = []
    for axis in problem.grid.axes:
        columns = {name: column for name, column in axis.columns.items() if name in needed}
        axes.append(replace(axis, columns=columns or dict([next(iter(axis.columns.items()))])))
    given = {name: value for name, value in problem.given.items() if name in needed}
    statistics = {name: taken for name, taken in problem.statistics.items() if name in needed}
    return replace(problem, model=Model(needed), grid=Grid(tuple(axes)), given=given, statistics=statistics)


@dataclass(frozen=True, eq=False)
class QuestionJob(Job):
    """A question that an engine answers in passes over the grid.

    Attributes
    ----------
    question
        What is asked.
    groups
        Of a decision the numbers of the groups that are wanted; all if None.
    """

    question: Question = field(kw_only=True)
    groups: NDArray[np.int64] | None = field(default=None, kw_only=True)

    @property
    def name(self) -> str:
        """What the study calls the question."""
        return self.question.name

    def begin(self, settings: Settings) -> JobParts:
        """Compile the question's kernels on the engine: see `Job.begin`."""
        prepared: Any = get(self.engine).engine.prepare(self.problem, self.question, replace(settings, dtype=self.dtype))
        return _QuestionParts(self, prepared)

    def merge(self, states: Sequence[Partial]) -> Partial:
        """Merge the states of parts: see `Job.merge`."""
        return partials.merge(self.question, states)

    def complete(self, state: Partial) -> Partial:
        """Arrange the state of some parts over all groups: see `Job.complete`."""
        return partials.complete(self.question, state, math.prod(group_shape(self.problem.grid, self.question)))

    def within(self, state: Partial) -> Partial:
        """Keep the groups that are wanted: see `Job.within`."""
        return state if self.groups is None else partials.known_of(state, self.groups)

    def wanted(self) -> tuple[str, ...]:
        """Name the quantities that the question needs."""
        return self.question.targets()

    def scope(self) -> str:
        """Say to which groups a decision keeps: see `Job.scope`."""
        return "" if self.groups is None else hashlib.sha256(np.asarray(self.groups, np.int64).tobytes()).hexdigest()

    def told(self) -> str:
        """Say what is asked."""
        return repr(self.question)


@dataclass(frozen=True)
class _QuestionParts:
    job: QuestionJob
    run: PlannedRun

    @property
    def steps(self) -> int:
        return self.run.steps

    def partial(self, low: int, high: int) -> Partial:
        return partials.collect(self.job.question, self.run.part(low, high), self.job.groups)


@dataclass(frozen=True, eq=False)
class StatisticsJob(Job):
    """Statistics over draws at every decision, which NumPy computes whichever engine is chosen.

    Attributes
    ----------
    statistics
        The statistics that are wanted, by name: all over the same draws, and of the same axes.
    """

    statistics: Mapping[str, OverDraws] = field(kw_only=True)

    by_one_thread = True

    @property
    def name(self) -> str:
        """What is computed, in words."""
        return f"{len(self.statistics)} statistics over draws" if len(self.statistics) > 1 else next(iter(self.statistics))

    def seconds(self) -> float:
        """Predict how long one core takes, by what was measured of cost and energy."""
        blocks = BlocksOfDecisions(self.problem, self.statistics, self.dtype)
        return _DRAW_SECONDS * float(blocks.starts[-1]) * blocks.draws.count * blocks.quantities

    def begin(self, settings: Settings) -> JobParts:
        """Cut the decisions into blocks."""
        return _StatisticsParts(BlocksOfDecisions(self.problem, self.statistics, self.dtype))

    def merge(self, states: Sequence[Partial]) -> Partial:
        """Put the values of blocks one after the other."""
        order = sorted(states, key=lambda state: state.first)
        names = order[0].sparse
        sparse = {name: np.concatenate([state.sparse[name] for state in order]) for name in names}
        place = np.argsort(sparse["place"], kind="stable")
        return replace(order[0], sparse={name: array[place] for name, array in sparse.items()})

    def complete(self, state: Partial) -> Partial:
        """Fill up the decisions that others compute with NaN: see `Job.complete`."""
        total = int(BlocksOfDecisions(self.problem, self.statistics, self.dtype).starts[-1])
        sparse = {"place": np.arange(total)}
        for name, array in state.sparse.items():
            if name != "place":
                sparse[name] = np.full(total, np.nan, array.dtype)
                sparse[name][state.sparse["place"]] = array
        return replace(state, sparse=sparse)

    def wanted(self) -> tuple[str, ...]:
        """Name the quantities that statistics are taken of."""
        return tuple(dict.fromkeys(name for over in self.statistics.values() for name in over.taken.names()))

    def told(self) -> str:
        """Say which statistics, over which draws."""
        overs = [(name, over.taken, sorted(over.drawn)) for name, over in self.statistics.items()]
        return repr(overs)


@dataclass(frozen=True)
class _StatisticsParts:
    blocks: BlocksOfDecisions

    @property
    def steps(self) -> int:
        return len(self.blocks)

    def partial(self, low: int, high: int) -> Partial:
        values = self.blocks.compute(low, high)
        length = len(next(iter(values.values())))
        sparse = {"place": self.blocks.starts[low] + np.arange(length)}
        return Partial(0, 0, Visited(0), {}, sparse | {f"value {i}": array for i, array in enumerate(values.values())})

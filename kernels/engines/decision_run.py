"""A decision on any engine: the best of each group, and where no decision keeps its promises, the one that misses by least."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import EngineError
from ..model.evaluate import dependence
from ..model.promises import at_confidences, by_quantile, comparisons
from ..model.questions import Chunk, Decision, Problem, Result
from ..model.statistics import Measure, Promise
from ..model.weights import total_weight
from ..plan.collapse import collapse
from ..reductions.decisions import missed
from .engine import PassRun


class DecisionRun:
    """A decision on a grid: a run on the axes that matter, and runs for what is nearest where groups have no answer.

    Those are prepared when they are needed, and what they come to is kept: it is the same each time.

    Parameters
    ----------
    problem
        The model on its grid.
    question
        What is decided.
    prepare
        Makes a run on the engine.

    Raises
    ------
    EngineError
        Where a draw changes what must have one value.
    """

    def __init__(self, problem: Problem, question: Decision, prepare: Callable[[Problem, Decision], PassRun]):
        _check(problem, question)
        self.question, self.prepare = question, prepare
        self.small = collapse(problem, question)
        self.main = prepare(self.small.problem, question)
        self._nearest: dict[int, dict[str, NDArray[Any]]] = {}

    def run(self) -> Result:
        """Answer the question: see `decisions.decided`."""
        result = self.main.run()
        shape = result.values["index"].shape
        by_confidence = (-1, max(len(self.question.confidences), 1))
        missing = (result.values["index"] < 0).reshape(by_confidence)
        values, start = {name: array.copy() for name, array in result.values.items()}, time.perf_counter()
        for c, at in enumerate(at_confidences(self.question)):
            groups = np.flatnonzero(missing[:, c])
            if groups.size and c not in self._nearest and any(comparisons(at, soft=True)):  # else nothing is missed by a little
                self._nearest[c] = self._missed(at, groups)
            for name, array in self._nearest.get(c, {}).items():
                rest = values[name].shape[len(shape) :]
                values[name].reshape((*missing.shape, *rest))[groups, c] = array[groups]
        return self.small.expand(replace(result, values=values, extra_seconds=time.perf_counter() - start))

    def _missed(self, question: Decision, groups: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
        """Find what misses by least in some groups, at one confidence."""
        total = total_weight(question.draw_axes(self.small.problem.grid))
        promises = tuple(by_quantile(promise, total) for promise in question.promises)
        nearest = replace(question, promises=promises, nearest=True)
        run = self.prepare(self.small.problem, nearest)
        return missed(self.small.problem, self.question, run.decide(nearest, groups), run.dtype)

    def chunks(self) -> Iterator[Chunk]:
        """Refuse: raises TypeError, since this is no table."""
        raise TypeError("a decision gives no table")


def _check(problem: Problem, question: Decision) -> None:
    """Refuse quantities that draws change where one value is needed: EngineError."""
    single = [name for condition in question.where for name in condition.names()]
    if question.objective.measure is Measure.VALUE:
        single.append(question.objective.quantity)
    single += [
        promise.value for promise in question.promises if isinstance(promise, Promise) and isinstance(promise.value, str)
    ]
    drawn = {axis.name for axis in question.draw_axes(problem.grid)}
    axes_of = dependence(problem, question.targets())
    for name in single:
        axes = [problem.grid.axes[i].name for i in sorted(axes_of[name])]
        uncertain = [axis for axis in axes if axis in drawn]
        if uncertain:
            raise EngineError(
                f"the decision {question.name!r} needs one {name!r}, and the uncertain axis {uncertain[0]!r} changes it; "
                f"ask for a statistic, as P50({name})"
            )

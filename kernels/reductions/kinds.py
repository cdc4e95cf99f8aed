"""How each kind of question is answered from passes over the grid, alike on every engine.

A kind asks its engine for passes, which hand back merged states, and makes its answer of them. What an engine does
differently is in the passes alone.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import EngineError
from ..host_memory import shortage, size_text
from ..model.kinds import Apart, ByKind
from ..model.questions import (
    Best,
    Decision,
    Histogram,
    Pareto,
    Quantiles,
    Question,
    Result,
    Sensitivity,
    Summary,
    Table,
    group_shape,
)
from . import pareto
from .bins import Bins, Range, common_range, merge_bins, quantiles
from .decisions import decided, group_bytes, missed
from .states import GroupAnswer, Passes

# What share of a question's progress each pass is: where it begins, and how much it is.
_RANGE, _COUNT = (0.0, 0.4), (0.4, 0.6)
_FRONT_RANGE, _LEAST, _FIRST_ON = (0.0, 0.2), (0.2, 0.4), (0.6, 0.4)


def _best(question: Best, passes: Passes) -> GroupAnswer:
    state = passes.best(question)
    objective = np.where(state.index < 0, np.nan, state.objective).astype(passes.dtype)
    return GroupAnswer({"objective": objective, "index": state.index}, state.visited)


def _decision(question: Decision, passes: Passes) -> GroupAnswer:
    groups = math.prod(group_shape(passes.problem.grid, question))
    _check_memory(group_bytes(question) * groups, f"the answers of {groups:,} groups")
    state = passes.decide(question)
    values = (missed if question.nearest else decided)(passes.problem, question, state, passes.dtype)
    return GroupAnswer(values, state.visited)


def _summary(_: Summary, passes: Passes) -> GroupAnswer:
    state = passes.summary()
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = state.total.values() / state.feasible
    known = state.feasible > 0
    values = {"count": state.count, "feasible": state.feasible, "nan": state.nan}
    for name, array in (("min", state.low), ("mean", mean), ("max", state.high)):
        values[name] = np.where(known, array, np.nan).astype(array.dtype)
    return GroupAnswer(values, state.visited)


_OF_A_GROUP = 200  # bytes: what an engine keeps of it, and the answer
_OF_A_BIN = 32  # bytes of each bin of each group: counts, what is merged into them, sums and middles


def _bins(span: Range, passes: Passes) -> Bins:
    """Choose the bins. Raises EngineError where counting in them takes more memory than there is."""
    bins = Bins.of(span, passes.dtype.name)
    groups = len(bins.base)
    _check_memory(_OF_A_BIN * groups * bins.width, f"{groups:,} groups of {bins.width:,} bins")
    return bins


def _check_memory(needed: int, what: str) -> None:
    free = shortage(needed)
    if free:
        raise EngineError(f"{what} take {size_text(needed)} of memory, and {free} are free; keep fewer axes, or shorter ones")


def _quantiles(question: Quantiles, passes: Passes) -> GroupAnswer:
    state = passes.range(_RANGE)
    bins = _bins(state.range, passes)
    counts = passes.count(bins, _COUNT)
    return GroupAnswer({"quantiles": quantiles(counts, bins, state.range, question.at)}, state.visited)


def _histogram(question: Histogram, passes: Passes) -> GroupAnswer:
    state = passes.range(_RANGE)
    bins = _bins(common_range(state.range), passes)
    counts, edges = merge_bins(passes.count(bins, _COUNT), bins, state.range, question.bins)
    return GroupAnswer({"counts": counts}, state.visited, {"edges": edges})


def _pareto(question: Pareto, passes: Passes) -> GroupAnswer:
    state = passes.range(_FRONT_RANGE)
    bins = _bins(state.range, passes)
    least = passes.least(bins, _LEAST)
    on_front = pareto.on_front(least)
    index = passes.first_on(bins, np.where(on_front, least, np.nan).astype(passes.dtype), _FIRST_ON)
    return GroupAnswer(pareto.arrange(passes.problem, question, on_front, index, passes.dtype.name), state.visited)


ANSWERS: ByKind[Callable[[Any, Passes], GroupAnswer]] = ByKind(
    "kernels.reductions.kinds.ANSWERS",
    {
        Best: _best,
        Decision: _decision,
        Summary: _summary,
        Quantiles: _quantiles,
        Histogram: _histogram,
        Sensitivity: Apart("is composed of summaries, which are answered one by one"),
        Pareto: _pareto,
        Table: Apart("has no one answer: its values are handed over in chunks"),
    },
)


def answer(question: Question, passes: Passes) -> Result:
    """Answer a question.

    Parameters
    ----------
    question
        What is asked of ``passes.problem``.
    passes
        An engine's run of that question.

    Returns
    -------
    Result
        The answer over the kept axes, in base units.

    Raises
    ------
    EngineError
        If the kind of question is not known or has no answer of that form, or more memory is needed than is free.
    """
    grid = passes.problem.grid
    shape = group_shape(grid, question)
    groups = math.prod(shape)
    _check_memory(_OF_A_GROUP * groups, f"the answers of {groups:,} groups")
    parts = ANSWERS.of(question)(question, passes)
    visited = parts.visited
    values = {name: array.reshape(shape + array.shape[1:]) for name, array in parts.values.items()}
    evaluated = grid.size - visited.pruned
    return Result(values | dict(parts.common), evaluated=evaluated, nan=visited.nan, pruned=visited.pruned)

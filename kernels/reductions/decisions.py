"""The answer of a decision: what its statistics, promises and draws are at the decisions that were found.

``objective`` and ``index`` come from the engine's pass. All else is computed by NumPy at those few decisions, in blocks.
"""

from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.evaluate import Evaluator
from ..model.grid import Axis, Grid, Ints
from ..model.promises import at_confidences, comparisons
from ..model.questions import Decision, Problem
from ..model.statistics import rank
from .draws import Draws, check_memory
from .states import DecisionState

SPREAD = (Fraction(1, 10), Fraction(1, 2), Fraction(9, 10))  # of the objective's quantity, at a decision
_BLOCK_VALUES = 2**22  # values of all quantities and draws that are computed at once


@dataclass(frozen=True)
class Described:
    """What holds at some decisions: arrays whose first dimension is over them, in the engine's dtype; NaN at no decision.

    Parameters
    ----------
    spread
        The P10, P50 and P90 of the objective's quantity: (decisions, 3).
    promised
        What the promises are about: (decisions, promises).
    met
        The shares of draws that meet each promise's conditions: (decisions, promises).
    met_all
        The share that meets all of them at once, 1 where nothing is promised: (decisions,).
    """

    spread: NDArray[Any]
    promised: NDArray[Any]
    met: NDArray[Any]
    met_all: NDArray[Any]


def describe(problem: Problem, question: Decision, index: Ints, dtype: np.dtype[Any]) -> Described:
    """Compute what holds at some decisions.

    Parameters
    ----------
    problem
        What they are decisions of.
    question
        The question, as it was asked.
    index
        Their flat indices with any reduced uncertain axis at 0, -1 for none: (decisions,).
    dtype
        Of all arithmetic.

    Raises
    ------
    EngineError
        Where one decision's draws do not fit in memory.
    """
    decisions, place = np.unique(index[index >= 0], return_inverse=True)
    promises = len(question.promises)
    some = Described(*(np.full((len(decisions), *shape), np.nan, dtype) for shape in ((3,), (promises,), (promises,), ())))
    draws = Draws.of(problem.grid, question)
    count = draws.count * len(problem.model.order(question.targets(), problem.held()))
    check_memory(count)
    step = max(_BLOCK_VALUES // count, 1)
    for start in range(0, len(decisions), step):
        _describe_block(_chosen(problem, draws, decisions[start : start + step]), question, draws, _from(some, start))
    return Described(*(_spread_out(getattr(some, field.name), index >= 0, place) for field in fields(Described)))


def _from(described: Described, start: int) -> Described:
    """View what is from some decision on."""
    return Described(*(getattr(described, field.name)[start:] for field in fields(Described)))


def _spread_out(array: NDArray[Any], wanted: NDArray[np.bool_], place: Ints) -> NDArray[Any]:
    """Put values at distinct decisions where these are wanted, NaN elsewhere."""
    result = np.full((len(wanted), *array.shape[1:]), np.nan, array.dtype)
    result[wanted] = array[place]
    return result


def _chosen(problem: Problem, draws: Draws, decisions: Ints) -> Problem:
    """Make the problem of some decisions alone: one axis that joins them, and the draws."""
    reduced = {axis.name for axis in draws.axes}
    columns: dict[str, NDArray[Any]] = {}
    names = ["decision"]
    for axis, position in zip(problem.grid.axes, problem.grid.indices(decisions), strict=True):
        if axis.name not in reduced:
            columns |= {name: column[position] for name, column in axis.columns.items()}
            names.append(axis.name)
    joint = Axis(" ".join(names), columns or {" ".join(names): np.zeros(len(decisions))})
    return replace(problem, grid=Grid((joint, *draws.axes)))


def _describe_block(chosen: Problem, question: Decision, draws: Draws, into: Described) -> None:
    """Compute what holds at a problem's decisions, and write it to the first places of arrays."""
    count, dtype = len(chosen.grid.axes[0]), into.met_all.dtype
    evaluator = Evaluator(chosen, question.targets(), dtype.name)
    values = draws.arranged(evaluator.block([slice(0, n) for n in chosen.grid.shape]), (count,))
    ranks = [rank(share, draws.total) for share in SPREAD]
    into.spread[:count] = draws.quantiles(values[question.objective.quantity], ranks)
    everything = np.ones((count, draws.count), np.bool_)
    for i, promise in enumerate(question.promises):
        met = draws.met(promise.on_a_draw(), values)
        into.promised[:count, i] = draws.promised(promise, values)
        into.met[:count, i] = draws.weight(met) / draws.total
        everything &= met
    into.met_all[:count] = draws.weight(everything) / draws.total


def decided(problem: Problem, question: Decision, state: DecisionState, dtype: np.dtype[Any]) -> dict[str, NDArray[Any]]:
    """Make the values of a decision's answer, with nothing nearest.

    Parameters
    ----------
    problem
        What is decided.
    question
        The question.
    state
        What a pass came to.
    dtype
        Of all arithmetic.

    Returns
    -------
    dict
        Arrays over the groups, and then over the confidences where the question has some. With P promises and F soft
        conditions (`promises.comparisons`, at the first confidence):

        - ``objective``: the statistic, NaN where there is none; ``index``: the decision's flat index with every reduced
          uncertain axis at 0, -1 where there is none;
        - ``spread`` (..., 3), ``promised`` (..., P), ``met`` (..., P), ``met_all``: see `Described`;
        - ``nearest``: where no decision is an answer, the flat index of that which misses by least, else -1; ``excess``: by how
          much; ``nearest_promised`` (..., P), ``nearest_met`` (..., P);
        - ``failed`` (..., F): how many of the ``considered`` decisions fail each soft condition, 0 where there is an answer or
          no such condition.
    """
    shape = state.index.shape if question.confidences else (len(state.index),)
    index = state.index.reshape(-1)
    described = describe(problem, question, index, dtype)
    objective = np.where(index < 0, np.nan, state.value.reshape(-1))
    values = {"objective": objective.astype(dtype), "index": index}
    values |= {field.name: getattr(described, field.name) for field in fields(Described)}
    soft = len(list(comparisons(at_confidences(question)[0], soft=True)))
    for name in ("nearest_promised", "nearest_met"):
        values[name] = np.full((len(index), len(question.promises)), np.nan, dtype)
    values |= {"nearest": np.full(len(index), -1, np.int64), "excess": np.full(len(index), np.nan, dtype)}
    values |= {"failed": np.zeros((len(index), soft), np.int64), "considered": np.zeros(len(index), np.int64)}
    return {name: array.reshape(shape + array.shape[1:]) for name, array in values.items()}


def missed(problem: Problem, question: Decision, state: DecisionState, dtype: np.dtype[Any]) -> dict[str, NDArray[Any]]:
    """Make the values of a decision's answer that are about the nearest decision, of one pass for it: see `decided`.

    Parameters
    ----------
    problem
        What is decided.
    question
        The question, with its promises as they were asked.
    state
        What a pass for the nearest decision came to, at one confidence.
    dtype
        Of all arithmetic.

    Returns
    -------
    dict
        Arrays over the groups.
    """
    assert state.failed is not None
    assert state.considered is not None
    index = state.index[:, 0]
    described = describe(problem, question, index, dtype)
    return {
        "nearest": index,
        "nearest_promised": described.promised,
        "nearest_met": described.met,
        "excess": np.where(index < 0, np.nan, state.value[:, 0]).astype(dtype),
        "failed": state.failed,
        "considered": state.considered,
    }


def group_bytes(question: Decision) -> int:
    """Return about how many bytes the answer has of a group."""
    return 8 * max(len(question.confidences), 1) * (12 + len(question.where) + 5 * len(question.promises))

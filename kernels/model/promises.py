"""What promises mean in whole weights of draws, and by how much a decision misses them: alike for every engine.

With W the weight of all draws and k the rank of a quantile P_q, ``P_q(x) <= t`` says that draws of a weight of at least k
have ``x <= t``, and ``P_q(x) >= t`` that draws of a weight of at least W - k + 1 have ``x >= t``: a quantile is never needed,
only a sum. ``==`` is both at once, ``!=`` one of ``<`` and ``>``.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np

from .condition import Condition
from .questions import Decision
from .statistics import AnyPromise, Measure, Promise, SharePromise, Statistic, at_confidence, rank

Compared = TypeVar("Compared", Condition, Promise, SharePromise)

SOFT = ("<=", "<", ">=", ">")  # operators of conditions that can be missed by a little
_UPPER = ("<=", "<")
_OPPOSITE = {"<=": ">", "<": ">=", ">=": "<", ">": "<="}  # what a number meets that does not meet the other
_OPPOSITE_SHARE = {"<=": ">=", "<": ">"}


def is_upper(op: str) -> bool:
    """Tell whether a soft operator's bound is one from above."""
    return op in _UPPER


def one_sided(comparison: Compared) -> tuple[tuple[Compared, ...], bool]:
    """Split a comparison into soft ones.

    Parameters
    ----------
    comparison
        A condition or a promise.

    Returns
    -------
    tuple
        The soft comparisons, and whether all of them must hold (``==`` is ``<=`` and ``>=``), else any of them does (``!=`` is
        ``<`` or ``>``); a soft one is itself.
    """
    if comparison.op in SOFT:
        return (comparison,), True
    ops = ("<=", ">=") if comparison.op == "==" else ("<", ">")
    return tuple(replace(comparison, op=op) for op in ops), comparison.op == "=="


def bounds(promise: AnyPromise, total: int) -> tuple[int, int]:
    """Return the least and the greatest whole weight of draws that meet a promise's conditions, for the promise to be kept.

    Parameters
    ----------
    promise
        A soft one about a quantile or a share; the draws are those that meet all of its `on_a_draw`.
    total
        The whole weight of all draws.
    """
    if isinstance(promise, Promise):
        lowest = rank(promise.statistic.share, total)
        return (lowest if is_upper(promise.op) else total - lowest + 1), total
    weight = promise.share * total
    return {
        "<=": (0, math.floor(weight)),
        "<": (0, math.ceil(weight) - 1),
        ">=": (math.ceil(weight), total),
        ">": (math.floor(weight) + 1, total),
    }[promise.op]


def at_confidences(question: Decision) -> list[Decision]:
    """List the question at each of its confidences, none of which it has any more; itself where it has none."""
    return [
        replace(question, confidences=(), promises=tuple(at_confidence(promise, confidence) for promise in question.promises))
        for confidence in question.confidences
    ] or [question]


def by_quantile(promise: AnyPromise, total: int) -> AnyPromise:
    """Say by a quantile what a share of draws says that must meet one soft condition, so that it is missed in that one's unit.

    ``share(x <= t) >= 80%`` is ``P80(x) <= t``. How much of the share is missing says little where no draw meets the condition.

    Parameters
    ----------
    promise
        Another than such a share stays as it is.
    total
        The whole weight of all draws.
    """
    if not isinstance(promise, SharePromise) or promise.op not in SOFT or len(promise.conditions) != 1:
        return promise
    (condition,) = promise.conditions
    if condition.op not in SOFT or isinstance(condition.value, str):
        return promise
    same = promise
    if is_upper(promise.op):  # at most 20% with x >= t are at least 80% with x < t
        condition = replace(condition, op=_OPPOSITE[condition.op])
        same = SharePromise((condition,), _OPPOSITE_SHARE[promise.op], 1 - promise.share)
    least = bounds(same, total)[0]
    if not 1 <= least <= total:
        return promise
    reached = least if is_upper(condition.op) else total - least + 1
    statistic = Statistic(condition.quantity, Measure.QUANTILE, Fraction(reached, total))
    return Promise(statistic, condition.op, float(condition.value))


def comparisons(question: Decision, soft: bool) -> Iterator[Condition | AnyPromise]:
    """List what a decision must meet, conditions first: what it can miss by a little, or what it cannot.

    Parameters
    ----------
    question
        The question.
    soft
        Which of the two.
    """
    for comparison in (*question.where, *question.promises):
        if can_be_missed(question, comparison) == soft:
            yield comparison


def can_be_missed(question: Decision, comparison: Condition | AnyPromise) -> bool:
    """Tell whether a decision can miss a comparison by a little: not ``==`` and ``!=``, nor one on what is chosen itself."""
    is_choice = isinstance(comparison, Condition) and comparison.quantity in question.chosen
    return comparison.op in SOFT and not is_choice


def excess(op: str, value: Any, bound: Any) -> Any:
    """Compute by how much values miss a bound, as a share of it (of 1 where the bound is 0); below 0 where they keep it.

    This never decreases (never increases, for a bound from below) with the value, rounding included. So a quantile's excess
    is the quantile of the draws' excesses, of the least whole weight that `bounds` has.

    Parameters
    ----------
    op
        A soft operator.
    value, bound
        In one unit and dtype: arrays that broadcast together.
    """
    with np.errstate(all="ignore"):
        over = value - bound if is_upper(op) else bound - value
        return over / np.where(bound == 0, np.abs(bound) + 1, np.abs(bound)).astype(np.asarray(bound).dtype)


def share_excess(promise: SharePromise, weight: Any, total: int) -> Any:
    """Compute by how much shares of draws miss theirs: the plain difference, in float64.

    Parameters
    ----------
    promise
        A soft one.
    weight
        The whole weights of the draws that meet its conditions.
    total
        That of all draws.
    """
    wanted = float(promise.share * total)
    return ((weight - wanted) if is_upper(promise.op) else (wanted - weight)) / total

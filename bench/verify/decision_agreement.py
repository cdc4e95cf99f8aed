"""Whether two engines' decisions are equal: by NumPy's statistics at the decisions taken, since equal ones may tie.

A draw within tolerance of a threshold may meet a condition on one engine and not on another, so that a share of the draws, a
promise and with it the best decision may differ, by such draws and by no others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from ...kernels.model.condition import Condition
from ...kernels.model.promises import SOFT, at_confidences, comparisons
from ...kernels.model.questions import Decision, Problem, Result, group_shape
from ...kernels.model.statistics import AnyPromise, Measure, Promise, SharePromise, Statistic
from ..answers.decision_parts import comparison_text
from . import best
from .decided import MAX_POINTS, Decided, Interval, count_draws, decided
from .scenarios import groups_of
from .tolerance import TOLERANCE, Agreement, Array, ResultPair, largest, relative, shift


def decision(results: ResultPair) -> Agreement:
    """Compare decisions: objectives are equal and NumPy's own at the decisions, or draws at a threshold explain why not."""
    agreed = at_decisions(results.problem, results.question, results.candidate, results.dtype)
    if agreed.wrong:
        return agreed
    (value, numpy_value), (index, numpy_index) = results.pair("objective"), results.pair("index")
    both = (index >= 0) & (numpy_index >= 0)
    error = max(agreed.error, largest(relative(value[both], numpy_value[both])))
    if ((index >= 0) != (numpy_index >= 0)).any() or error > results.tolerance:
        if not (results.question.where or results.question.promises):
            return Agreement(error, "its best differs")
        tight, loose = (results.numpy_run(shifted(results, sign)) for sign in (-1, 1))
        agreed = best.between(results, tight, loose, error)
    else:
        agreed = Agreement(error)
    return agreed if agreed.wrong else agreed & _nearest(results)


def at_decisions(problem: Problem, question: Decision, result: Result, dtype: str) -> Agreement:
    """Judge decisions by NumPy: their groups, their statistics and shares of the draws, and the conditions.

    Where there are many, a choice of them is judged; where one has too many draws, its statistics are not.

    Parameters
    ----------
    problem, question
        What was asked.
    result
        What is judged; its flat indices are of the whole grid, its values in base units.
    dtype
        ``float64`` or ``float32``, which says how far apart equal numbers may be.
    """
    agreed = Agreement(0.0)
    for name, judge in (("index", _judge_taken), ("nearest", _judge_nearest)):
        reported = _Reported.of(problem, question, result, name)
        wrong = reported.misplaced(problem, question)
        if wrong:
            return agreed & Agreement(np.inf, wrong)
        for part, exact in reported.parts(problem, question, dtype):
            agreed &= judge(part, exact, problem, question)
            if agreed.wrong:
                return agreed
    return agreed


@dataclass(frozen=True)
class _Reported:
    """The decisions that a result reports, and what it says of each.

    Attributes
    ----------
    index
        Their flat indices.
    row
        The number of the group and confidence that each is of, in the order of the result's arrays.
    values
        The result's arrays at these rows.
    confidences
        How many confidences the question is asked at.
    shape
        The groups' shape.
    """

    index: Array
    row: Array
    values: Mapping[str, Array]
    confidences: int
    shape: tuple[int, ...]

    @classmethod
    def of(cls, problem: Problem, question: Decision, result: Result, name: str) -> "_Reported":
        """Gather the decisions whose flat indices are in the array of that name."""
        index = np.asarray(result.values[name])
        row = np.flatnonzero(index >= 0)
        values = {
            key: np.reshape(array, (index.size, *np.shape(array)[index.ndim :]))[row] for key, array in result.values.items()
        }
        return cls(values[name], row, values, max(len(question.confidences), 1), group_shape(problem.grid, question))

    def misplaced(self, problem: Problem, question: Decision) -> str:
        """Say which decision is not where decisions are: on the grid, in its group, at the first draw; empty where none is."""
        if not len(self.index):
            return ""
        if self.index.max() >= problem.grid.size:
            return "a decision that it reports is not on the grid"
        if (groups_of(problem, question, self.index) != self.row // self.confidences).any():
            return "a decision that it reports is of another group"
        places = problem.grid.indices(self.index)
        drawn = [places[problem.grid.position(axis.name)] for axis in question.draw_axes(problem.grid)]
        return "a decision that it reports is not at the first draw" if any(place.any() for place in drawn) else ""

    def parts(self, problem: Problem, question: Decision, dtype: str) -> Iterator[tuple["_Reported", Decided]]:
        """Walk a choice of the decisions, and NumPy's values at their draws, by confidence."""
        most = MAX_POINTS // count_draws(problem.grid, question)
        chosen = np.linspace(0, len(self.row) - 1, min(most, len(self.row))).astype(np.int64)
        for confidence in range(self.confidences):
            places = chosen[self.row[chosen] % self.confidences == confidence]
            for part, exact in decided(problem, question, self.index[places], dtype):
                yield self.at(places[part]), exact

    def at(self, places: Array) -> "_Reported":
        """Keep some of the decisions."""
        values = {name: array[places] for name, array in self.values.items()}
        return replace(self, index=self.index[places], row=self.row[places], values=values)

    def held(self, question: Decision) -> Decision:
        """Return the question at the confidence of these decisions, which have one."""
        return at_confidences(question)[int(self.row[0]) % self.confidences]


def _judge_taken(reported: _Reported, exact: Decided, problem: Problem, question: Decision) -> Agreement:
    objective = question.objective
    agreed = _equal(reported.values["objective"], exact, objective, "its objective")
    for i, share in enumerate((0.1, 0.5, 0.9)):
        statistic = Statistic(objective.quantity, Measure.QUANTILE, Fraction(share).limit_denominator())
        agreed &= _equal(reported.values["spread"][:, i], exact, statistic, f"its P{100 * share:g} of {objective.quantity}")
    agreed &= _promised(reported, exact, question, "")
    every = [condition for promise in question.promises for condition in promise.on_a_draw()]
    agreed &= _within(reported.values["met_all"], exact.share_within(every), "its share of draws that meet all conditions")
    for comparison in comparisons_of(reported.held(question)):
        if not exact.may_meet(comparison).all():
            agreed &= Agreement(np.inf, f"its decision does not meet {comparison_text(comparison, problem.model)}")
    return agreed


def _judge_nearest(reported: _Reported, exact: Decided, problem: Problem, question: Decision) -> Agreement:
    held = reported.held(question)
    agreed = _promised(reported, exact, question, "nearest_")
    agreed &= _within(reported.values["excess"], exact.excess_within(list(comparisons(held, soft=True))), "its excess")
    for comparison in comparisons(held, soft=False):
        if not exact.may_meet(comparison).all():
            agreed &= Agreement(np.inf, f"its nearest decision does not meet {comparison_text(comparison, problem.model)}")
    return agreed


def comparisons_of(question: Decision) -> Iterator[Condition | AnyPromise]:
    """List what a decision must meet."""
    yield from question.where
    yield from question.promises


def _promised(reported: _Reported, exact: Decided, question: Decision, prefix: str) -> Agreement:
    agreed = Agreement(0.0)
    for i, promise in enumerate(question.promises):
        agreed &= _within(
            reported.values[f"{prefix}promised"][:, i], exact.promised_within(promise), "what it says is promised"
        )
        shares = exact.share_within(promise.on_a_draw())
        agreed &= _within(reported.values[f"{prefix}met"][:, i], shares, "its share of draws that meet a condition")
    return agreed


def _equal(values: Array, exact: Decided, statistic: Statistic, what: str) -> Agreement:
    """Compare a reported statistic with NumPy's; a mean by what its terms allow."""
    expected = exact.statistic(statistic)
    errors, tolerance = relative(values, expected), TOLERANCE[exact.dtype]
    if statistic.measure is Measure.MEAN:
        with np.errstate(all="ignore"):
            scaled = np.abs(values - expected) / exact.slack(statistic) * tolerance
        errors = np.where(np.isfinite(scaled), np.minimum(scaled, errors), errors)
    error = largest(errors)
    return Agreement(error, f"{what} is not NumPy's at its decision" if error > tolerance else "")


def _within(values: Array, interval: Interval, what: str) -> Agreement:
    nearest = np.where(np.isnan(values), interval[0], np.clip(values, *interval))  # NaN where it is not known
    error = largest(relative(values, nearest))
    return Agreement(error, f"{what} is not NumPy's at its decision" if error else "")


def _nearest(results: ResultPair) -> Agreement:
    """Compare what misses by least where neither has an answer: no engine may pass over a decision that is surely nearer."""
    agreed = _counted(results)
    if agreed.wrong:
        return agreed
    problem, question, dtype = results.problem, results.question, results.dtype
    sides = [_Reported.of(problem, question, result, "nearest") for result in (results.candidate, results.reference)]
    _, *places = np.intersect1d(sides[0].row, sides[1].row, return_indices=True)
    own, numpy_own = (side.at(place) for side, place in zip(sides, places, strict=True))
    for (part, exact), (_, numpy_exact) in zip(
        *(side.parts(problem, question, dtype) for side in (own, numpy_own)), strict=True
    ):
        soft = list(comparisons(part.held(question), soft=True))
        (low, high), (numpy_low, numpy_high) = (side.excess_within(soft) for side in (exact, numpy_exact))
        if ((low > numpy_high) | (numpy_low > high)).any():
            return Agreement(np.inf, "its nearest decision differs")
    return agreed


def _counted(results: ResultPair) -> Agreement:
    """Compare how many decisions fail each condition; those near a threshold may or may not."""
    without = [np.asarray(side.values["index"]) < 0 for side in (results.candidate, results.reference)]
    both = without[0] & without[1]
    considered, expected = (counts[both] for counts in results.pair("considered"))
    if (considered != expected).any():
        return Agreement(np.inf, "the number of decisions that it considered differs")
    failed, numpy_failed = (counts[both] for counts in results.pair("failed"))
    if (failed == numpy_failed).all():
        return Agreement(0.0)
    most, least = (results.numpy_run(shifted(results, sign, hard=False)).values for sign in (-1, 1))
    none = (np.asarray(least["index"]) < 0)[both][:, None]
    fine = (failed <= most["failed"][both]) & (failed >= np.where(none, least["failed"][both], 0))
    return Agreement(0.0) if fine.all() else Agreement(np.inf, "the number of decisions that fail a condition differs")


def shifted(results: ResultPair, sign: int, *, hard: bool = True) -> Decision:
    """Move every threshold of a decision by the tolerance, to let more decisions in (1) or fewer (-1).

    Parameters
    ----------
    results
        Whose question and tolerance are meant.
    sign
        Which of the two.
    hard
        Whether ``==`` and ``!=`` are moved too.
    """
    question: Decision = results.question
    by = sign * results.tolerance
    where = (moved for c in question.where for moved in (shift(c, by) if hard or c.op in SOFT else (c,)))
    promises = (
        moved
        for promise in question.promises
        for moved in (shifted_promise(promise, by, bool(question.confidences)) if hard or promise.op in SOFT else (promise,))
    )
    return replace(question, where=tuple(where), promises=tuple(promises))


def shifted_promise(promise: AnyPromise, by: float, at_confidence: bool) -> tuple[AnyPromise, ...]:
    """Move the thresholds of a promise by a share of them: looser where ``by`` is above 0, tighter where it is below.

    Parameters
    ----------
    promise
        What is promised.
    by
        The share.
    at_confidence
        Whether it is asked at confidences, so that more draws that meet its conditions always let more decisions in.

    Returns
    -------
    tuple
        Promises that must all hold.
    """
    if isinstance(promise, Promise):
        conditions = shift(promise.on_a_draw()[0], by)
        return tuple(replace(promise, op=condition.op, value=condition.value) for condition in conditions)
    op = ">=" if at_confidence else promise.op
    if op in (">=", ">"):
        return (_with_moved(promise, by),)
    if op in ("<=", "<"):
        return (_with_moved(promise, -by),)
    if by < 0:
        return (promise,)
    return (replace(_with_moved(promise, by), op=">="), replace(_with_moved(promise, -by), op="<=")) if op == "==" else ()


def _with_moved(promise: SharePromise, by: float) -> SharePromise:
    return replace(promise, conditions=tuple(moved for condition in promise.conditions for moved in shift(condition, by)))

"""Decisions by brute force: every decision's draws in plain Python, weights as fractions, quantiles by sorting a list.

``check`` holds an engine's answer to that, to the last bit but for means. Nothing here is shared with what it tests, except
the values of quantities at single points.
"""

import math
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from flopwatt.kernels.model.condition import Condition
from flopwatt.kernels.model.evaluate import evaluate_at
from flopwatt.kernels.model.questions import Decision, Problem, Result
from flopwatt.kernels.model.statistics import AnyPromise, Measure, Promise, SharePromise, Statistic

SOFT = ("<=", "<", ">=", ">")
TOLERANCE = {"float64": 1e-12, "float32": 1e-5}


class BorderlineError(Exception):
    """A mean is so close to its bound that rounding decides."""


def compare(left: Any, op: str, right: Any) -> bool:
    """Compare two numbers; a NaN meets nothing."""
    if left != left or right != right:
        return False
    return {"<=": left <= right, "<": left < right, ">=": left >= right, ">": left > right, "==": left == right,
            "!=": left != right}[op]  # fmt: skip


@dataclass
class Group:
    """What a group comes to at one confidence."""

    ratings: dict[int, Any] = field(default_factory=dict)  # by decision: the statistic, where it is an answer
    excesses: dict[int, Any] = field(default_factory=dict)
    failed: list[int] = field(default_factory=list)
    considered: int = 0


class Brute:
    """A decision on a small grid."""

    def __init__(self, problem: Problem, question: Decision, dtype: str):
        self.problem, self.question, self.dtype = problem, question, np.dtype(dtype)
        grid = problem.grid
        self.values = evaluate_at(problem, question.targets(), np.arange(grid.size), dtype)
        self.reduced = [axis.uncertain and axis.name not in question.by for axis in grid.axes]
        self.draws: dict[int, list[tuple[Fraction, int]]] = {}  # by decision: weights and flat indices of what can be
        self.members: dict[tuple[int, ...], list[int]] = {}  # by group: its decisions
        everything = 0
        for flat, place in enumerate(product(*(range(len(axis)) for axis in grid.axes))):
            weight, decision = Fraction(1), 0
            for axis, i, stride, reduced in zip(grid.axes, place, grid.strides, self.reduced, strict=True):
                if not reduced:
                    decision += i * stride
                elif axis.weights is not None:
                    weight *= Fraction(repr(float(axis.weights[i])))
            if decision not in self.draws:
                self.draws[decision] = []
                self.members.setdefault(tuple(place[grid.position(name)] for name in question.by), []).append(decision)
            everything += 1
            if weight:
                self.draws[decision].append((weight, flat))
        self.per_decision = everything // len(self.draws)

    # --- of one decision ---

    def at(self, name: str, flat: int) -> Any:
        return self.values[name][flat]

    def bound(self, value: float | str, flat: int) -> Any:
        return self.at(value, flat) if isinstance(value, str) else self.dtype.type(value)

    def on_draw(self, conditions: tuple[Condition, ...], flat: int) -> bool:
        return all(compare(self.at(c.quantity, flat), c.op, self.bound(c.value, flat)) for c in conditions)

    def weight(self, decision: int) -> Fraction:
        return sum((weight for weight, _ in self.draws[decision]), Fraction(0))

    def share(self, conditions: tuple[Condition, ...], decision: int) -> Fraction:
        met = sum((weight for weight, flat in self.draws[decision] if self.on_draw(conditions, flat)), Fraction(0))
        return met / self.weight(decision)

    def statistic(self, statistic: Statistic, decision: int) -> Any:
        pairs = [(self.at(statistic.quantity, flat), weight) for weight, flat in self.draws[decision]]
        if any(value != value for value, _ in pairs):
            return self.dtype.type("nan")
        if statistic.measure is Measure.VALUE:
            return pairs[0][0]
        if statistic.measure is Measure.MEAN:
            return self.mean(pairs)
        return self.quantile(pairs, statistic.share)

    def quantile(self, pairs: list[tuple[Any, Fraction]], share: Fraction) -> Any:
        total, reached = sum(weight for _, weight in pairs), Fraction(0)
        for value, weight in sorted(pairs, key=lambda pair: pair[0]):
            reached += weight
            if reached >= share * total:
                return value
        raise AssertionError("the weights do not add up")

    def mean(self, pairs: list[tuple[Any, Fraction]]) -> Any:
        infinite = {float(value) for value, _ in pairs if math.isinf(value)}
        if infinite:
            return self.dtype.type(infinite.pop() if len(infinite) == 1 else "nan")
        total = sum(Fraction(float(value)) * weight for value, weight in pairs) / sum(weight for _, weight in pairs)
        with np.errstate(over="ignore"):
            return self.dtype.type(float(total))

    def judge(self, comparison: Condition | AnyPromise, decision: int, flat: int | None = None) -> tuple[bool, bool, Any]:
        """Tell whether a decision (or a draw) meets a comparison, whether that is unknown, and the excess of a soft one."""
        first = self.draws[decision][0][1] if flat is None else flat
        if isinstance(comparison, SharePromise):
            share = self.share(comparison.conditions, decision)
            if (by_value := self.missed_by_value(comparison, decision)) is not None:
                return compare(share, comparison.op, comparison.share), False, by_value
            excess = share - comparison.share if comparison.op in ("<=", "<") else comparison.share - share
            return compare(share, comparison.op, comparison.share), False, self.dtype.type(float(excess))
        if isinstance(comparison, Condition):
            value = self.at(comparison.quantity, first)
        else:
            value = self.statistic(comparison.statistic, decision)
        bound = self.bound(comparison.value, first)
        if isinstance(comparison, Promise) and comparison.statistic.measure is Measure.MEAN:
            self.refuse_borderline(comparison, value, bound, decision)
        with np.errstate(all="ignore"):
            scale = abs(bound) if bound != 0 else self.dtype.type(1)
            excess = (value - bound if comparison.op in ("<=", "<") else bound - value) / scale
        return compare(value, comparison.op, bound), bool(np.isnan(value) or np.isnan(bound)), excess

    def missed_by_value(self, promise: SharePromise, decision: int) -> Any:
        """Compute what a share that one condition must hold in is missed by: where enough draws would meet a looser bound."""
        (condition, *more), draws = promise.conditions, self.draws[decision]
        if more or condition.op not in SOFT or isinstance(condition.value, str):
            return None
        share, op = promise.share, promise.op
        if op in ("<=", "<"):  # at most so many with x >= t are at least the others with x < t
            opposite = {"<=": ">", "<": ">=", ">=": "<", ">": "<="}
            condition = replace(condition, op=opposite[condition.op])
            share, op = 1 - share, ">=" if op == "<=" else ">"
        wanted = share * sum(weight for weight, _ in draws)
        off = [(self.judge(condition, decision, flat)[2], weight) for weight, flat in draws]
        if any(np.isnan(excess) for excess, _ in off):
            off = [(self.dtype.type("nan"), weight) for _, weight in off]
        reached = Fraction(0)
        for excess, weight in sorted(off, key=lambda pair: pair[0]):
            reached += weight
            if (reached >= wanted > 0) if op == ">=" else (op == ">" and reached > wanted):
                return excess
        return None

    def refuse_borderline(self, promise: Promise, value: Any, bound: Any, decision: int) -> None:
        if np.isfinite(value) and np.isfinite(bound):
            size = max(abs(float(self.at(promise.statistic.quantity, flat))) for _, flat in self.draws[decision])
            if abs(float(value) - float(bound)) <= 10 * TOLERANCE[self.dtype.name] * max(size, abs(float(bound))):
                raise BorderlineError

    # --- of a group ---

    def promises(self, confidence: Fraction | None) -> list[AnyPromise]:
        if confidence is None:
            return list(self.question.promises)
        return [
            promise
            if isinstance(promise, Promise) and promise.statistic.measure is Measure.MEAN
            else SharePromise(
                promise.conditions
                if isinstance(promise, SharePromise)
                else (Condition(promise.statistic.quantity, promise.op, promise.value),),
                ">=",
                confidence,
            )
            for promise in self.question.promises
        ]

    def is_choice(self, comparison: Condition | AnyPromise) -> bool:
        return isinstance(comparison, Condition) and comparison.quantity in self.question.chosen

    def group(self, decisions: list[int], confidence: Fraction | None) -> tuple[Group, set[int]]:
        """Go through a group's decisions, and also list those that are not known."""
        comparisons: list[Any] = [*self.question.where, *self.promises(confidence)]
        soft = [i for i, comparison in enumerate(comparisons) if comparison.op in SOFT and not self.is_choice(comparison)]
        group, unknown = Group(failed=[0] * len(soft)), set()
        for decision in decisions:
            rating = self.statistic(self.question.objective, decision)
            judged = [self.judge(comparison, decision) for comparison in comparisons]
            if (rating != rating or any(nan for _, nan, _ in judged)) and all(met or nan for met, nan, _ in judged):
                unknown.add(decision)
            if all(met for met, _, _ in judged) and np.isfinite(rating):
                group.ratings[decision] = rating
            excesses = [judged[i][2] for i in soft]
            hard = all(met for i, (met, _, _) in enumerate(judged) if i not in soft)
            if soft and hard and not np.isnan(excesses).any():
                group.considered += 1
                group.failed = [n + (not judged[i][0]) for n, i in zip(group.failed, soft, strict=True)]
                if np.isfinite(max(excesses)):
                    group.excesses[decision] = max(excesses)
        return group, unknown


def check(problem: Problem, question: Decision, dtype: str, result: Result) -> None:
    """Assert that a result is what brute force finds. Raises BorderlineError where a mean's rounding would decide."""
    brute = Brute(problem, question, dtype)
    unknown = set[int]()
    for place in np.ndindex(*(len(problem.grid.axes[problem.grid.position(name)]) for name in question.by)):
        for c, confidence in enumerate(question.confidences or (None,)):
            group, nan = brute.group(brute.members[place], confidence)
            unknown |= nan
            at = (*place, c) if question.confidences else place
            _check_group(brute, group, {name: array[at] for name, array in result.values.items()})
    assert result.nan == len(unknown) * brute.per_decision


def _check_group(brute: Brute, group: Group, values: dict[str, Any]) -> None:
    question = brute.question
    means = any(isinstance(p, Promise) and p.statistic.measure is Measure.MEAN for p in question.promises)
    sign = -1 if question.maximize else 1
    mean = question.objective.measure is Measure.MEAN
    _check_chosen(brute, group.ratings, sign, (values["index"], values["objective"]), rounded=mean)
    _check_described(brute, int(values["index"]), values["promised"], values["met"])
    if values["index"] < 0:
        assert np.isnan(values["met_all"])
        assert np.isnan(values["spread"]).all()
        _check_chosen(brute, group.excesses, 1, (values["nearest"], values["excess"]), rounded=means, shares=True)
        assert values["failed"].tolist() == group.failed
        assert values["considered"] == group.considered
        _check_described(brute, int(values["nearest"]), values["nearest_promised"], values["nearest_met"])
        return
    assert values["nearest"] == -1
    assert np.isnan(values["excess"])
    assert np.isnan(values["nearest_promised"]).all()
    assert np.isnan(values["nearest_met"]).all()
    assert values["failed"].tolist() == [0] * len(group.failed)
    assert values["considered"] == 0
    decision = int(values["index"])
    joint = tuple(condition for promise in question.promises for condition in promise.on_a_draw())
    assert values["met_all"] == brute.dtype.type(float(brute.share(joint, decision)))
    for share, value in zip((Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)), values["spread"], strict=True):
        expected = brute.statistic(Statistic(question.objective.quantity, Measure.QUANTILE, share), decision)
        np.testing.assert_array_equal(value, expected)


def _check_chosen(
    brute: Brute, rated: dict[int, Any], sign: int, chosen: tuple[Any, Any], *, rounded: bool, shares: bool = False
) -> None:
    """Assert that the least is chosen, of equal ones the first; of means any within tolerance."""
    index, value = chosen
    assert value.dtype == brute.dtype
    if not rated:
        assert index == -1
        assert np.isnan(value)
        return
    best = min(sign * rating for rating in rated.values())
    assert index in rated
    if rounded:
        size = max(abs(float(array[np.isfinite(array)].max(initial=1.0))) for array in map(np.abs, brute.values.values()))
        close = 10 * TOLERANCE[brute.dtype.name] * size
        assert abs(float(sign * value) - float(best)) <= close
        assert abs(float(rated[int(index)]) - float(value)) <= close
        return
    if shares:  # their differences from a bound are rounded
        np.testing.assert_allclose(
            (value, rated[int(index)]), best, rtol=0, atol=TOLERANCE[brute.dtype.name] * max(abs(best), 1)
        )
    else:
        assert value == rated[int(index)] == sign * best
    assert index == min(decision for decision, rating in rated.items() if rating == rated[int(index)])


def _check_described(brute: Brute, decision: int, promised: Any, met: Any) -> None:
    """Assert what promises are about and come to at a decision; NaN at none."""
    assert promised.dtype == met.dtype == brute.dtype
    if decision < 0:
        assert np.isnan(promised).all()
        assert np.isnan(met).all()
        return
    for promise, value, share in zip(brute.question.promises, promised, met, strict=True):
        assert share == brute.dtype.type(float(brute.share(promise.on_a_draw(), decision)))
        if isinstance(promise, SharePromise):
            assert value == share
        elif promise.statistic.measure is Measure.MEAN:
            size = max(abs(float(brute.at(promise.statistic.quantity, flat))) for _, flat in brute.draws[decision])
            expected = brute.statistic(promise.statistic, decision)
            np.testing.assert_allclose(value, expected, rtol=0, atol=10 * TOLERANCE[brute.dtype.name] * min(size, 1e300))
        else:
            np.testing.assert_array_equal(value, brute.statistic(promise.statistic, decision))

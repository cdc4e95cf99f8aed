"""The exact quantile of one decision's draws, for a decision that may be the best so far.

Its draws are computed once more, into memory, as whole numbers that are ordered as the values are. Whether it is the best so
far is known once they are there; only then are the whole numbers between which its quantile lies halved.
"""

import math
from collections.abc import Sequence
from typing import Any

from ...graph.expression import Node, needed
from ...plan.deciding import Term
from ...plan.plan import Plan
from ..code import Array, Value
from ..nest import Nest, WeightedDraws
from .cpu_code import CpuCode

MAX_STORED = 2**20  # draws of a decision that are kept in memory while its quantile is looked for; of more, again and again
BITS = 64  # halvings that leave one number
KEYS = -(2**63), 2**63 - 1  # below and above the whole number of any value


def quantile(number: int) -> str:
    """Name the function that finds the quantile of a term, by its number."""
    return f"quantile{number}"


def just_below(code: CpuCode, value: Value) -> Value:
    """Write the greatest number below one; of zero, zero again."""
    return code.unbits(_turned(code, _turned(code, code.bits(value)) - 1))


def write_quantile(plan: Plan, code: CpuCode, number: int, term: Term) -> None:
    """Define ``quantile(limit, p, lane, indices..., K, T, L, W)``, of a decision all of whose draws are known.

    It gives the quantile where that is at most the limit, and infinity where it is not.

    Parameters
    ----------
    plan
        The question's plan.
    code
        The kernel that calls the function.
    number, term
        The term that is a quantile, and its place among the terms.
    """
    indices = [(f"i{loop.axis}", "int") for loop in plan.middle[: plan.cut.decided_level]]
    arrays = [("K", "real*"), ("T", "real*"), ("L", "real*"), ("W", "wide*")]
    place = [("limit", "real"), ("p", "int"), ("lane", "int"), *indices, *arrays]
    if plan.cut.draws <= MAX_STORED:
        code.function(quantile(number), place, lambda inner, *arguments: _of_stored(plan, inner, term, arguments))
        return
    weight = f"weight{number}"
    code.function(weight, place, lambda inner, limit, *rest: _weigh(plan, inner, term, limit, rest))

    def write(inner: CpuCode, limit: Value, *rest: Any) -> Value:
        def reached(value: Value) -> Value:
            result = inner.run(weight, value, *rest)
            assert result is not None
            return result >= term.rank

        return _halve(inner, limit, reached)

    code.function(quantile(number), place, write)


def _turned(code: CpuCode, bits: Value) -> Value:
    """Turn the bits of negative numbers round, and back: whole numbers that are ordered as the values are."""
    mask = 2**63 - 1 if code.dtype == "float64" else 2**31 - 1
    return code.select(bits < 0, bits ^ mask, bits)


def _middle(low: Value, high: Value) -> Value:
    """Write the whole number in the middle, without passing the greatest there is."""
    return (low & high) + ((low ^ high) >> 1)


def _walk(plan: Plan, code: CpuCode, node: Node, arguments: Sequence[Any], visit: Any) -> None:
    """Write the walk over all draws of one decision: ``visit(value, number, weight)`` is written for each."""
    point, lane, *rest = arguments
    *indices, constants, tables, columns, weights = rest
    nest, level = Nest(plan, code), plan.cut.decided_level
    nest.arrays = constants, tables, columns
    nest.load_constants()
    nest.decode(point)
    nest.load_lanes(lane)
    wanted = {item.id for item in needed([node])}
    draws = WeightedDraws(plan)

    def enter(number: int) -> None:
        nest.load_tables(number)
        nest.compute(item for item in plan.nodes if nest.levels[item.id] == number and item.id in wanted)

    enter(0)
    for number, (loop, index) in enumerate(zip(plan.middle[:level], indices, strict=True), 1):
        nest.index[loop.axis] = index
        enter(number)

    def inside(number: int, draw: Value) -> None:
        if number == len(plan.middle):
            visit(nest.value(node), draw, draws.weight(nest, weights, 0))
            return
        loop = plan.middle[number]
        with code.loop(f"i{loop.axis}", 0, loop.length) as nest.index[loop.axis]:
            enter(number + 1)
            inside(number + 1, draw * loop.length + nest.index[loop.axis])

    inside(level, code.whole(0))


# --- draws that are kept ---


def _of_stored(plan: Plan, code: CpuCode, term: Term, arguments: Sequence[Any]) -> Value:
    """Write the quantile with the draws' values, as whole numbers, and their weights, where they have any, in memory."""
    limit, *rest = arguments
    keys = code.alloc("wide", plan.cut.draws)
    weights = code.alloc("wide", plan.cut.draws) if WeightedDraws(plan).any else None
    total, low = code.var("total", code.whole(0)), code.var("low", code.whole(KEYS[1]))

    def visit(value: Value, draw: Value, weight: Value | None) -> None:
        keys[draw] = key = _turned(code, code.bits(value))
        if weights is not None and weight is not None:
            weights[draw] = weight
        one = code.whole(1) if weight is None else weight
        total.set(total.value + code.select(value <= limit, one, code.whole(0)))
        low.set(code.least(key, low.value))

    _walk(plan, code, term.node, rest, visit)
    result = code.var("result", code.literal(math.inf))
    with code.when(total.value >= term.rank):
        high = code.var("high", _turned(code, code.bits(limit)))
        with code.loop("halving", 0, BITS), code.when(low.value < high.value):
            weight, below, above = _around(plan, code, _middle(low.value, high.value), keys, weights)
            reached = code.let("reached", weight >= term.rank)
            low.set(code.select(reached, low.value, above))
            high.set(code.select(reached, below, high.value))
        result.set(code.unbits(_turned(code, high.value)) + 0.0)
    return result.value


def _around(plan: Plan, code: CpuCode, middle: Value, keys: Array, weights: Array | None) -> tuple[Value, Value, Value]:
    """Write the weight of the draws up to a number, the greatest of these and the least of the others."""
    first, last = (code.whole(key) for key in KEYS)
    total, below, above = code.var("upto", code.whole(0)), code.var("below", first), code.var("above", last)
    with code.loop("x", 0, plan.cut.draws) as x:
        key = keys[x]
        inside = code.let("inside", key <= middle)
        weight = weights[x] if weights is not None else code.whole(1)
        total.set(total.value + code.select(inside, weight, code.whole(0)))
        lower, upper = code.select(inside, key, first), code.select(inside, last, key)
        below.set(code.select(lower > below.value, lower, below.value))
        above.set(code.least(upper, above.value))
    return total.value, below.value, above.value


# --- draws that are computed again ---


def _weigh(plan: Plan, code: CpuCode, term: Term, limit: Value, arguments: Sequence[Any]) -> Value:
    """Write the weight of the draws whose value is at most a limit."""
    total = code.var("total", code.whole(0))

    def visit(value: Value, draw: Value, weight: Value | None) -> None:
        one = code.whole(1) if weight is None else weight
        total.set(total.value + code.select(value <= limit, one, code.whole(0)))

    _walk(plan, code, term.node, arguments, visit)
    return total.value


def _halve(code: CpuCode, limit: Value, reached: Any) -> Value:
    """Write the search for the least number, of those up to a limit, at or below which the weight reaches the rank."""
    result = code.var("result", code.literal(math.inf))
    with code.when(reached(limit)):
        low = code.var("low", _turned(code, code.bits(code.literal(-math.inf))))
        high = code.var("high", _turned(code, code.bits(limit)))
        with code.loop("halving", 0, BITS), code.when(low.value < high.value):
            middle = _middle(low.value, high.value)
            enough = code.let("enough", reached(code.unbits(_turned(code, middle))))
            low.set(code.select(enough, low.value, middle + 1))
            high.set(code.select(enough, middle, high.value))
        result.set(code.unbits(_turned(code, high.value)) + 0.0)
    return result.value

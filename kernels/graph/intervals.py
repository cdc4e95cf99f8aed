"""Interval arithmetic over a graph: the range of each node, and whether it can be NaN.

Rounding is monotone, so an operation on the ends of intervals, in the dtype of the computation, encloses what the
computation can give. Each quantity is bounded as if its inputs were independent: the range may be wider than the truth,
never narrower.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..model.questions import Problem
from .expression import BOOLEAN, Node, compute, leaf_value, needed

INF = float("inf")


@dataclass(frozen=True)
class Interval:
    """The range that all values of a node lie in.

    Attributes
    ----------
    low, high
        The ends, which belong to it: numbers of the computation's dtype, in base units.
    nan
        Whether a value may be NaN too.
    """

    low: Any
    high: Any
    nan: bool = False

    @classmethod
    def of(cls, values: Any, dtype: np.dtype[Any]) -> "Interval":
        """Bound an array's numbers; where all are NaN, from -inf to inf."""
        array = np.asarray(values, dtype=dtype)
        low, high = array.min(), array.max()
        if low == low:  # a NaN would be the least
            return cls(low, high)
        rest = array[~np.isnan(array)]
        return cls(rest.min(), rest.max(), True) if rest.size else cls(dtype.type(-INF), dtype.type(INF), True)

    def has(self, value: float) -> bool:
        """Tell whether a number lies within."""
        return bool(self.low <= value <= self.high)

    @property
    def infinite(self) -> bool:
        """Whether an end is infinite."""
        return bool(np.isinf(self.low) or np.isinf(self.high))


def _ends(op: Any, *sides: Interval) -> tuple[Any, Any, bool]:
    """Find the least and greatest result over all ends, and whether any was NaN (0 * inf, inf - inf)."""
    results = [op(*ends) for ends in itertools.product(*((side.low, side.high) for side in sides))]
    if any(result != result for result in results):
        kind = type(sides[0].low)
        return kind(-INF), kind(INF), True
    return min(results), max(results), False


def step(node: Node, args: list[Interval]) -> Interval:
    """Bound one operation from the intervals of its arguments. Call it under ``np.errstate(all="ignore")``."""
    result: Interval = _RULES.get(node.op, _anything)(args, any(arg.nan for arg in args))
    return result


def bounds(problem: Problem, outputs: Iterable[Node], dtype: str) -> dict[int, Interval]:
    """Bound nodes, and all that they need, on the problem's grid.

    What depends on one axis only is computed rather than bounded, which is exact.

    Parameters
    ----------
    problem
        Where the values of columns and given quantities come from.
    outputs
        The nodes wanted.
    dtype
        That of the computation.

    Returns
    -------
    dict
        Intervals by the node's ``id``.
    """
    real = np.dtype(dtype)
    exact: dict[int, Any] = {}
    result: dict[int, Interval] = {}
    with np.errstate(all="ignore"):
        for node in needed(outputs):
            if len(node.axes) > 1:
                result[node.id] = step(node, [result[arg.id] for arg in node.args])
                continue
            value = compute(node, [exact[arg.id] for arg in node.args]) if node.args else leaf_value(problem, node, real)
            exact[node.id] = value
            result[node.id] = Interval.of(value, real)
    return result


# Each rule bounds one operation from its arguments' intervals; ``nan`` says whether any of them may be NaN.


def _anything(args: list[Interval], nan: bool) -> Interval:
    kind = type(args[0].low)
    return Interval(kind(-INF), kind(INF), True)


def _monotone(op: Any) -> Any:
    return lambda args, nan: Interval(op(args[0].low), op(args[0].high), nan)


def _corners(op: Any) -> Any:
    def rule(args: list[Interval], nan: bool) -> Interval:
        low, high, nan_at_ends = _ends(op, *args)
        # 0 * inf and inf - inf can also meet inside the intervals.
        inside = op is np.multiply and any(a.infinite and b.has(0) for a, b in (args, args[::-1]))
        return Interval(low, high, nan or nan_at_ends or inside)

    return rule


def _divide(args: list[Interval], nan: bool) -> Interval:
    top, bottom = args
    kind = type(top.low)
    if bottom.has(0):
        # x/0 is infinite, 0/0 is NaN.
        return Interval(kind(-INF), kind(INF), nan or top.has(0) or (top.infinite and bottom.infinite))
    low, high, nan_at_ends = _ends(np.true_divide, top, bottom)
    return Interval(low, high, nan or nan_at_ends)


def _sqrt(args: list[Interval], nan: bool) -> Interval:
    low, high = args[0].low, args[0].high
    return Interval(np.sqrt(max(low, type(low)(0))), np.sqrt(max(high, type(low)(0))), nan or bool(low < 0))


def _log2(args: list[Interval], nan: bool) -> Interval:
    low, high = args[0].low, args[0].high
    zero = type(low)(0)
    return Interval(np.log2(max(low, zero)), np.log2(max(high, zero)), nan or bool(low < 0))


def _pow(args: list[Interval], nan: bool) -> Interval:
    base, exponent = args
    if base.low > 0 or (base.low == 0 and exponent.low >= 0):  # rises or falls along each argument: the ends enclose it
        low, high, nan_at_ends = _ends(np.power, *args)
        return Interval(low, high, nan or nan_at_ends)
    return _anything(args, nan)


def _where(args: list[Interval], nan: bool) -> Interval:
    _, yes, no = args
    return Interval(min(yes.low, no.low), max(yes.high, no.high), yes.nan or no.nan)


def _truth(args: list[Interval], nan: bool) -> Interval:
    kind = type(args[0].low)
    return Interval(kind(0), kind(1), False)


def _widened(op: Any) -> Any:
    # exp's last digit may differ from one library to another, and is not exactly monotone: allow for some.
    def rule(args: list[Interval], nan: bool) -> Interval:
        return Interval(op(args[0].low) * type(args[0].low)(0.999999), op(args[0].high) * type(args[0].low)(1.000001), nan)

    return rule


_RULES: dict[str, Any] = {
    "add": _corners(np.add),
    "sub": _corners(np.subtract),
    "mul": _corners(np.multiply),
    "div": _divide,
    "pow": _pow,
    "neg": lambda args, nan: Interval(-args[0].high, -args[0].low, nan),
    "minimum": lambda args, nan: Interval(min(args[0].low, args[1].low), min(args[0].high, args[1].high), nan),
    "maximum": lambda args, nan: Interval(max(args[0].low, args[1].low), max(args[0].high, args[1].high), nan),
    "where": _where,
    "ceil": _monotone(np.ceil),
    "floor": _monotone(np.floor),
    "sqrt": _sqrt,
    "log2": _log2,
    "exp": _widened(np.exp),
    **dict.fromkeys(BOOLEAN, _truth),
}

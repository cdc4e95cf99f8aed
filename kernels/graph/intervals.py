"""Interval arithmetic over a graph: the range of each node, and whether it can be NaN.

Rounding is monotone, so an operation on the ends of intervals, in the dtype of the computation, encloses what the
computation can give. Each quantity is bounded as if its inputs were independent: the range may be wider than the truth,
never narrower.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .expression import Node

INF = float("inf")


@dataclass(frozen=True)
class Interval:
    """All values lie in [low, high], or are NaN where ``nan`` says so."""

    low: Any
    high: Any
    nan: bool = False

    @classmethod
    def of(cls, values: Any, dtype: np.dtype[Any]) -> "Interval":
        """The interval of given numbers."""
        array = np.atleast_1d(np.asarray(values, dtype=dtype))
        nan = np.isnan(array)
        rest = array[~nan]
        if not rest.size:
            return cls(dtype.type(-INF), dtype.type(INF), True)
        return cls(rest.min(), rest.max(), bool(nan.any()))

    def has(self, value: float) -> bool:
        return bool(self.low <= value <= self.high)

    @property
    def infinite(self) -> bool:
        return bool(np.isinf(self.low) or np.isinf(self.high))


def _ends(op: Any, *sides: Interval) -> tuple[Any, Any, bool]:
    """The least and greatest result over all ends, and whether any was NaN (0 * inf, inf - inf)."""
    import itertools

    results = [op(*ends) for ends in itertools.product(*((side.low, side.high) for side in sides))]
    nan = any(np.isnan(result) for result in results)
    finite = [result for result in results if not np.isnan(result)]
    if nan or not finite:
        kind = type(sides[0].low)
        return kind(-INF), kind(INF), nan
    return min(finite), max(finite), nan


def step(node: Node, args: list[Interval]) -> Interval:
    """The interval of one operation."""
    with np.errstate(all="ignore"):
        result: Interval = _RULES.get(node.op, _anything)(args, any(arg.nan for arg in args))
        return result


def _anything(args: list[Interval], nan: bool) -> Interval:
    kind = type(args[0].low)
    return Interval(kind(-INF), kind(INF), True)


def _monotone(op: Any) -> Any:
    return lambda args, nan: Interval(op(args[0].low), op(args[0].high), nan)


def _corners(op: Any) -> Any:
    def rule(args: list[Interval], nan: bool) -> Interval:
        low, high, made = _ends(op, *args)
        # 0 * inf and inf - inf can also meet inside the intervals.
        inside = op is np.multiply and any(a.infinite and b.has(0) for a, b in (args, args[::-1]))
        return Interval(low, high, nan or made or inside)

    return rule


def _divide(args: list[Interval], nan: bool) -> Interval:
    top, bottom = args
    kind = type(top.low)
    if bottom.has(0):
        # x/0 is infinite, 0/0 is NaN.
        return Interval(kind(-INF), kind(INF), nan or top.has(0) or (top.infinite and bottom.infinite))
    low, high, made = _ends(np.true_divide, top, bottom)
    return Interval(low, high, nan or made)


def _sqrt(args: list[Interval], nan: bool) -> Interval:
    low, high = args[0].low, args[0].high
    return Interval(np.sqrt(max(low, type(low)(0))), np.sqrt(max(high, type(low)(0))), nan or bool(low < 0))


def _log2(args: list[Interval], nan: bool) -> Interval:
    low, high = args[0].low, args[0].high
    zero = type(low)(0)
    return Interval(np.log2(max(low, zero)), np.log2(max(high, zero)), nan or bool(low < 0))


def _pow(args: list[Interval], nan: bool) -> Interval:
    if args[0].low > 0:
        low, high, made = _ends(np.power, *args)
        return Interval(low, high, nan or made)
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
    **dict.fromkeys(("lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not"), _truth),
}

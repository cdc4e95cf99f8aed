"""Which operations of the innermost loop a reduction over some passes may be taken before, and not after.

The least of x_u + c over some passes u is the least x_u, plus c: rounding is monotone, so that holds to the last bit for every
operation that rises or falls with the one argument in which the passes differ. A sum goes through what is linear, and there
to the accuracy that the order of a sum has.
"""

from collections.abc import Iterable

import numpy as np

from ..graph.expression import Node, needed
from .plan import Plan

_ANY_NAN = frozenset({"add", "sub", "neg"})  # what hands a NaN on, and makes one only where the extreme is never the best
_RISING = frozenset({"minimum", "maximum", "ceil", "floor", "sqrt"})
_LINEAR = frozenset({"add", "sub", "neg", "mul", "div", "where"})
_LARGEST = 1e300  # of what is added up in another form, so that a few of it are a number of float64
_SMALL = 1 / 8  # share of a number that leaves about as much of it when it is taken away

ENDS = ("min", "max")


class JammedPasses:
    """What the passes of a plan's innermost loop have in common.

    Parameters
    ----------
    plan
        The plan.
    """

    def __init__(self, plan: Plan):
        self.plan, self.last = plan, len(plan.middle)

    def alike(self, node: Node) -> bool:
        """Tell whether a node's value is the same in all passes."""
        return self.last == 0 or self.plan.level(node) < self.last

    def carrier(self, node: Node) -> Node | None:
        """Find the one argument in which the passes differ, where the operation rises or falls with it.

        Returns
        -------
        Node or None
            None where there is no such argument, or the node is done once for all lanes anyway.
        """
        differing = self._differing(node)
        if len(differing) != 1:
            return None
        (place,) = differing
        arg = node.args[place]
        if node.op in _ANY_NAN:
            return arg
        if self.plan.may_be_nan(node):
            return None
        if node.op == "div" and place == 1:
            interval = self.plan.intervals.get(arg.id)
            return arg if interval is not None and not interval.has(0) else None
        rises = node.op in ("mul", "div") or node.op in _RISING or (node.op == "where" and place > 0)
        return arg if rises else None

    def adds_up(self, node: Node) -> bool:
        """Tell whether the passes' values may be added up in another form than each by itself: none can be infinite or NaN."""
        return all(self._finite(part) for part in self._parts(node))

    def splits(self, node: Node) -> bool:
        """Tell whether the sum of a node's values follows from those of its arguments, in which it is linear."""
        differing = self._differing(node)
        if not differing or node.op not in _LINEAR or (node.op == "where" and 0 in differing):
            return False
        if node.op in ("add", "sub") and self._cancels(node):
            return False
        return node.op not in ("mul", "div") or (len(differing) == 1 and not (node.op == "div" and differing == [1]))

    def addends(self, node: Node) -> list[Node]:
        """List the nodes whose every value is added up."""
        return [part for part in self._parts(node) if not self.alike(part) and not self.splits(part)]

    def _parts(self, node: Node) -> list[Node]:
        """List a node, and what its sum follows from."""
        if not self.splits(node):
            return [node]
        args = node.args[1:] if node.op == "where" else node.args
        return [node, *(part for arg in args for part in self._parts(arg))]

    def sign(self, node: Node) -> int:
        """Tell the sign of a number, which may be zero too: 1 or -1, 0 where it is not known."""
        interval = self.plan.intervals.get(node.id)
        if interval is None or interval.nan:
            return 0
        return 1 if interval.low >= 0 else -1 if interval.high <= 0 else 0

    def direction(self, node: Node) -> int:
        """Tell whether a node rises (1) or falls (-1) with its carrier, 0 where that is not known."""
        first = node.args[0] is self.carrier(node)
        if node.op in ("mul", "div"):
            sign = self.sign(node.args[1] if first else node.args[0])
            return sign if first or node.op == "mul" else -sign
        return -1 if node.op == "neg" or (node.op == "sub" and not first) else 1

    def end_of_carrier(self, node: Node, merge: str) -> str:
        """Tell of which end of its carrier's values an end of a node's follows, where it rises or falls with it."""
        return merge if self.direction(node) > 0 else ENDS[ENDS.index(merge) - 1]

    def applied(self, node: Node, merge: str) -> set[tuple[Node, str]]:
        """List the operations, and on which end of what they take, that give an end of a node's values over the passes."""
        carrier = None if self.alike(node) else self.carrier(node)
        if carrier is None:
            return set()
        ends = (self.end_of_carrier(node, merge),) if self.direction(node) else ENDS
        return {(node, end) for end in ends}.union(*(self.applied(carrier, end) for end in ends))

    def added(self, node: Node) -> list[Node]:
        """List the operations on sums that give the sum of a node's values."""
        return [part for part in self._parts(node) if not self.alike(part) and self.splits(part)]

    def _finite(self, node: Node) -> bool:
        interval = self.plan.intervals.get(node.id)
        return interval is not None and not interval.nan and self._size(node) < _LARGEST

    def _size(self, node: Node) -> float:
        """Return how far from zero a number may lie, infinity where that is not known."""
        interval = self.plan.intervals.get(node.id)
        return float("inf") if interval is None else max(-float(interval.low), float(interval.high))

    def _cancels(self, node: Node) -> bool:
        """Tell whether a sum or difference may be much less than its parts: each value is then as coarse as their rounding."""
        a, b = node.args
        leanings = self._leaning(a) * self._leaning(b)
        small, large = sorted((self._size(a), self._size(b)))
        return (leanings if node.op == "add" else -leanings) <= 0 and small > _SMALL * large

    def _leaning(self, node: Node) -> int:
        """Tell the sign that a number has wherever it is large, 0 where that may be either."""
        interval = self.plan.intervals.get(node.id)
        if interval is None:
            return 0
        low, high = float(interval.low), float(interval.high)
        return 1 if -low <= _SMALL * high else -1 if high <= _SMALL * -low else 0

    def _differing(self, node: Node) -> list[int]:
        """List the places of the arguments in which passes differ; none where the node itself is done once for all lanes."""
        if self.alike(node) or not self.plan.on_lanes(node):
            return []
        return [place for place, arg in enumerate(node.args) if not self.alike(arg)]

    # --- along the passes ---

    def falls(self) -> bool:
        """Tell whether the objective is known to fall, or to stay, from one pass to the next."""
        trends: dict[int, int | None] = {}
        for node in needed((self.plan.objective,)):
            trends[node.id] = 0 if self.alike(node) else self._trend(node, [trends[arg.id] for arg in node.args])
        return trends[self.plan.objective.id] == -1

    def _trend(self, node: Node, trends: list[int | None]) -> int | None:
        """Follow from those of its arguments whether a node rises (1), falls (-1) or stays (0); None where it may do both."""
        if not node.args:
            rises = np.diff(self.plan.column(node))
            return 1 if (rises >= 0).all() else -1 if (rises <= 0).all() else None
        if node.op in ("mul", "div"):
            first, second = (self.sign(arg) for arg in node.args)
            signs = [second, first if node.op == "mul" else -first]
            return _joint(_product(trend, sign) for trend, sign in zip(trends, signs, strict=True))
        if node.op in ("sub", "neg"):
            return _joint([*trends[:-1], _product(trends[-1], -1)])
        if node.op == "where" and trends[0] == 0:
            return _joint(trends[1:])
        return _joint(trends) if node.op == "add" or node.op in _RISING else None

    # --- what is still done in every pass ---

    def bottom(self, node: Node) -> Node:
        """Follow the carriers down to the node whose extreme over the passes is taken."""
        while (arg := self.carrier(node)) is not None:
            node = arg
        return node

    def in_every_pass(self, nodes: Iterable[Node]) -> tuple[Node, ...]:
        """List what is done on every lane in every pass, so that these nodes' values are there."""
        wanted = {node.id for node in needed(tuple(nodes))}
        return tuple(node for node in self.plan.schedule.per_lane[self.last] if node.id in wanted)


def _product(trend: int | None, sign: int) -> int | None:
    """Give the trend of a number times one of this sign, 0 where the sign is not known."""
    return 0 if trend == 0 else trend * sign if trend and sign else None


def _joint(trends: Iterable[int | None]) -> int | None:
    """Give the trend of what rises with all of some numbers."""
    distinct = set(trends) - {0}
    return distinct.pop() if len(distinct) == 1 else None if distinct else 0
